/* SPDX-License-Identifier: MIT */
/* test_eth.c - the Ethernet header */
#include "base/bytes.h"
#include "tests/unit/lib/test.h"
#include "wire/eth.h"
#include <errno.h>

static const uint8_t octets[ETH_HDR_LEN] = {
	0x02, 0x54, 10, 9, 0, 2, /* to */
	0x02, 0x54, 10, 9, 0, 1, /* from */
	0x08, 0x06,
};

START_TEST(fields_are_read_at_their_offsets)
{
	struct eth_hdr eth;

	ck_assert_int_eq(eth_hdr_read(octets, sizeof(octets), &eth), 0);
	ck_assert_mem_eq(eth.dst, octets, 6);
	ck_assert_mem_eq(eth.src, octets + 6, 6);
	ck_assert_uint_eq(eth.type, ETH_TYPE_ARP);
}
END_TEST

START_TEST(what_is_read_is_written_back)
{
	uint8_t *buf = guard_alloc(NULL, ETH_HDR_LEN);
	struct eth_hdr eth;

	ck_assert_int_eq(eth_hdr_read(octets, sizeof(octets), &eth), 0);
	eth_hdr_write(buf, &eth);
	ck_assert_mem_eq(buf, octets, ETH_HDR_LEN);
	guard_free(buf, ETH_HDR_LEN);
}
END_TEST

START_TEST(every_truncation_is_refused_and_leaves_the_result_alone)
{
	const size_t len = (size_t)_i;
	uint8_t *buf     = guard_alloc(octets, len);
	struct eth_hdr eth, untouched;

	memset(&eth, 0xaa, sizeof(eth));
	untouched = eth;
	ck_assert_int_eq(eth_hdr_read(buf, len, &eth), -EBADMSG);
	ck_assert_mem_eq(&eth, &untouched, sizeof(eth));
	guard_free(buf, len);
}
END_TEST

START_TEST(the_rest_is_payload)
{
	uint8_t frame[ETH_HDR_LEN + 1500] = { 0 };
	struct eth_hdr eth;

	ck_assert_int_eq(eth_hdr_read(frame, sizeof(frame), &eth), 1500);
	ck_assert_int_eq(eth_hdr_read(frame, ETH_HDR_LEN + 1, &eth), 1);
}
END_TEST

START_TEST(the_lowest_bit_of_the_first_octet_means_a_group)
{
	ck_assert(eth_is_group(eth_broadcast));
	ck_assert(eth_is_group((const uint8_t[]){ 1, 0, 0x5e, 0, 0, 1 }));
	ck_assert(!eth_is_group(octets));
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("wire/eth");
	TCase *tc = tcase_create("eth");

	tcase_add_test(tc, fields_are_read_at_their_offsets);
	tcase_add_test(tc, what_is_read_is_written_back);
	tcase_add_loop_test(
	        tc, every_truncation_is_refused_and_leaves_the_result_alone, 0,
	        ETH_HDR_LEN);
	tcase_add_test(tc, the_rest_is_payload);
	tcase_add_test(tc, the_lowest_bit_of_the_first_octet_means_a_group);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
