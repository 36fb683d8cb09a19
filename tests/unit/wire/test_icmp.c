/* SPDX-License-Identifier: MIT */
/* test_icmp.c - the ICMP header; row IC-01 of the hostile list */
#include "base/bytes.h"
#include "tests/unit/lib/test.h"
#include "wire/icmp.h"
#include <errno.h>

static const uint8_t octets[ICMP_HDR_LEN] = { 8,    0,    0x12, 0x34,
	                                      0xab, 0xcd, 0x00, 0x07 };

START_TEST(fields_are_read_at_their_offsets)
{
	struct icmp_hdr icmp;

	ck_assert_int_eq(icmp_hdr_read(octets, sizeof(octets), &icmp), 0);
	ck_assert_uint_eq(icmp.type, ICMP_ECHO_REQUEST);
	ck_assert_uint_eq(icmp.code, 0);
	ck_assert_uint_eq(icmp.checksum, 0x1234);
	ck_assert_uint_eq(icmp.word, 0xabcd0007);
}
END_TEST

START_TEST(what_is_read_is_written_back_for_every_type_and_code)
{
	uint8_t in[ICMP_HDR_LEN];
	uint8_t *out = guard_alloc(NULL, ICMP_HDR_LEN);
	struct icmp_hdr icmp;

	memcpy(in, octets, sizeof(in));
	for (unsigned i = 0; i <= UINT16_MAX; i++) {
		put_be16(in, (uint16_t)i);
		EXPECT_EQ(icmp_hdr_read(in, sizeof(in), &icmp), 0);
		icmp_hdr_write(out, &icmp);
		EXPECT_EQ(memcmp(out, in, sizeof(in)), 0);
	}
	guard_free(out, ICMP_HDR_LEN);
}
END_TEST

START_TEST(every_truncation_is_refused_and_leaves_the_result_alone)
{
	const size_t len = (size_t)_i;
	uint8_t *buf     = guard_alloc(octets, len);
	struct icmp_hdr icmp, untouched;

	memset(&icmp, 0xaa, sizeof(icmp));
	untouched = icmp;
	ck_assert_int_eq(icmp_hdr_read(buf, len, &icmp), -EBADMSG);
	ck_assert_mem_eq(&icmp, &untouched, sizeof(icmp));
	guard_free(buf, len);
}
END_TEST

START_TEST(the_rest_is_data)
{
	uint8_t buf[ICMP_HDR_LEN + 56] = { 0 };
	struct icmp_hdr icmp;

	ck_assert_int_eq(icmp_hdr_read(buf, sizeof(buf), &icmp), 56);
}
END_TEST

/* RFC 1122 section 3.2.2: an error must not be answered with an error. */
START_TEST(five_types_are_errors_and_no_other_is)
{
	for (unsigned type = 0; type < 256; type++)
		ck_assert_int_eq(icmp_is_error((uint8_t)type),
		                 type == 3 || type == 4 || type == 5 ||
		                         type == 11 || type == 12);
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("wire/icmp");
	TCase *tc = tcase_create("icmp");

	tcase_add_test(tc, fields_are_read_at_their_offsets);
	tcase_add_test(tc,
	               what_is_read_is_written_back_for_every_type_and_code);
	tcase_add_loop_test(
	        tc, every_truncation_is_refused_and_leaves_the_result_alone, 0,
	        ICMP_HDR_LEN);
	tcase_add_test(tc, the_rest_is_data);
	tcase_add_test(tc, five_types_are_errors_and_no_other_is);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
