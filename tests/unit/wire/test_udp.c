/* SPDX-License-Identifier: MIT */
/* test_udp.c - the UDP header; row UD-01 of the hostile list */
#include "base/bytes.h"
#include "tests/unit/lib/test.h"
#include "wire/udp.h"
#include <errno.h>

#define LEN 20

static const uint8_t octets[LEN] = { 0x9c, 0x40, 0x00, 0x35,
	                             0x00, LEN,  0xbe, 0xef };

START_TEST(fields_are_read_at_their_offsets)
{
	struct udp_hdr udp;

	ck_assert_int_eq(udp_hdr_read(octets, LEN, &udp), LEN - 8);
	ck_assert_uint_eq(udp.src_port, 40000);
	ck_assert_uint_eq(udp.dst_port, 53);
	ck_assert_uint_eq(udp.length, LEN);
	ck_assert_uint_eq(udp.checksum, 0xbeef);
}
END_TEST

START_TEST(what_is_read_is_written_back)
{
	uint8_t *buf = guard_alloc(NULL, UDP_HDR_LEN);
	struct udp_hdr udp;

	ck_assert_int_eq(udp_hdr_read(octets, LEN, &udp), LEN - 8);
	udp_hdr_write(buf, &udp);
	ck_assert_mem_eq(buf, octets, UDP_HDR_LEN);
	guard_free(buf, UDP_HDR_LEN);
}
END_TEST

/* Too short for a header is one thing, shorter than it says is another. */
START_TEST(every_truncation_is_refused_and_leaves_the_result_alone)
{
	const size_t len = (size_t)_i;
	uint8_t *buf     = guard_alloc(octets, len);
	struct udp_hdr udp, untouched;

	memset(&udp, 0xaa, sizeof(udp));
	untouched = udp;
	ck_assert_int_eq(udp_hdr_read(buf, len, &udp),
	                 len < UDP_HDR_LEN ? -EBADMSG : -EMSGSIZE);
	ck_assert_mem_eq(&udp, &untouched, sizeof(udp));
	guard_free(buf, len);
}
END_TEST

START_TEST(every_length_field_is_accepted_within_8_and_the_packet)
{
	uint8_t buf[LEN];
	struct udp_hdr udp;

	memcpy(buf, octets, sizeof(buf));
	for (unsigned length = 0; length <= UINT16_MAX; length++) {
		const int expected = length >= 8 && length <= LEN
		                             ? (int)length - 8
		                             : -EMSGSIZE;

		put_be16(buf + 4, (uint16_t)length);
		EXPECT_EQ(udp_hdr_read(buf, LEN, &udp), expected);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("wire/udp");
	TCase *tc = tcase_create("udp");

	tcase_add_test(tc, fields_are_read_at_their_offsets);
	tcase_add_test(tc, what_is_read_is_written_back);
	tcase_add_loop_test(
	        tc, every_truncation_is_refused_and_leaves_the_result_alone, 0,
	        LEN);
	tcase_add_test(tc,
	               every_length_field_is_accepted_within_8_and_the_packet);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
