/* SPDX-License-Identifier: MIT */
/* test_arp.c - ARP packets; rows ARP-01 and ARP-02 of the hostile list */
#include "base/bytes.h"
#include "tests/unit/lib/test.h"
#include "wire/arp.h"
#include <errno.h>

static const uint8_t octets[ARP_LEN] = {
	0x00, 0x01, 0x08, 0x00, 6, 4, 0x00, 0x02, /* a reply */
	0x02, 0x54, 10,   9,    0, 1, 10,   9,    0, 1,
	0x02, 0x54, 10,   9,    0, 2, 10,   9,    0, 2,
};

START_TEST(fields_are_read_at_their_offsets)
{
	const struct tarn_ip sender = tarn_ip4(10, 9, 0, 1);
	const struct tarn_ip target = tarn_ip4(10, 9, 0, 2);
	struct arp_hdr arp;

	ck_assert_int_eq(arp_hdr_read(octets, sizeof(octets), &arp), 0);
	ck_assert_uint_eq(arp.operation, ARP_REPLY);
	ck_assert_mem_eq(arp.sender_mac, octets + 8, 6);
	ck_assert_mem_eq(arp.target_mac, octets + 18, 6);
	ck_assert_mem_eq(&arp.sender_ip, &sender, sizeof(sender));
	ck_assert_mem_eq(&arp.target_ip, &target, sizeof(target));
}
END_TEST

START_TEST(what_is_read_is_written_back)
{
	uint8_t *buf = guard_alloc(NULL, ARP_LEN);
	struct arp_hdr arp;

	ck_assert_int_eq(arp_hdr_read(octets, sizeof(octets), &arp), 0);
	arp_hdr_write(buf, &arp);
	ck_assert_mem_eq(buf, octets, ARP_LEN);
	guard_free(buf, ARP_LEN);
}
END_TEST

START_TEST(every_truncation_is_refused_and_leaves_the_result_alone)
{
	const size_t len = (size_t)_i;
	uint8_t *buf     = guard_alloc(octets, len);
	struct arp_hdr arp, untouched;

	memset(&arp, 0xaa, sizeof(arp));
	untouched = arp;
	ck_assert_int_eq(arp_hdr_read(buf, len, &arp), -EBADMSG);
	ck_assert_mem_eq(&arp, &untouched, sizeof(arp));
	guard_free(buf, len);
}
END_TEST

/* Short frames are padded to 60 octets. */
START_TEST(padding_behind_the_packet_is_ignored)
{
	uint8_t buf[46] = { 0 };
	struct arp_hdr arp;

	memcpy(buf, octets, sizeof(octets));
	memset(buf + ARP_LEN, 0xee, sizeof(buf) - ARP_LEN);
	ck_assert_int_eq(arp_hdr_read(buf, sizeof(buf), &arp), 0);
}
END_TEST

/* The first six octets tell the form; no other value of any will do. */
START_TEST(any_other_hardware_protocol_or_length_is_refused)
{
	const int at = _i;

	for (unsigned value = 0; value < 256; value++) {
		uint8_t buf[ARP_LEN];
		struct arp_hdr arp;

		memcpy(buf, octets, sizeof(buf));
		buf[at] = (uint8_t)value;
		ck_assert_int_eq(arp_hdr_read(buf, sizeof(buf), &arp),
		                 value == octets[at] ? 0 : -EPROTONOSUPPORT);
	}
}
END_TEST

START_TEST(every_operation_is_read)
{
	for (unsigned value = 0; value <= UINT16_MAX; value++) {
		uint8_t buf[ARP_LEN];
		struct arp_hdr arp;

		memcpy(buf, octets, sizeof(buf));
		put_be16(buf + 6, (uint16_t)value);
		EXPECT_EQ(arp_hdr_read(buf, sizeof(buf), &arp), 0);
		EXPECT_EQ(arp.operation, value);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("wire/arp");
	TCase *tc = tcase_create("arp");

	tcase_add_test(tc, fields_are_read_at_their_offsets);
	tcase_add_test(tc, what_is_read_is_written_back);
	tcase_add_loop_test(
	        tc, every_truncation_is_refused_and_leaves_the_result_alone, 0,
	        ARP_LEN);
	tcase_add_test(tc, padding_behind_the_packet_is_ignored);
	tcase_add_loop_test(
	        tc, any_other_hardware_protocol_or_length_is_refused, 0, 6);
	tcase_add_test(tc, every_operation_is_read);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
