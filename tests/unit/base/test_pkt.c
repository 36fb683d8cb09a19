/* SPDX-License-Identifier: MIT */
/* test_pkt.c - headers pushed in front of borrowed payload */
#include "base/bytes.h"
#include "base/checksum.h"
#include "base/pkt.h"
#include "tests/unit/lib/dies.h"
#include "tests/unit/lib/test.h"

static struct pkt pkt;

static void setup(void)
{
	pkt_init(&pkt);
}

static void push(const char *octets)
{
	memcpy(pkt_push(&pkt, strlen(octets)), octets, strlen(octets));
}

static void check_content(const char *expected)
{
	const size_t len = pkt_len(&pkt);
	uint8_t *buf     = guard_alloc(NULL, len);

	ck_assert_uint_eq(len, strlen(expected));
	pkt_copy(&pkt, buf);
	ck_assert_mem_eq(buf, expected, len);
	ck_assert_uint_eq(checksum_fold(pkt_checksum(&pkt, &sums_portable, 7)),
	                  checksum_fold(checksum_add(7, expected, len)));
	guard_free(buf, len);
}

START_TEST(a_new_packet_is_empty)
{
	struct tarn_slice part[3];
	size_t len = 1;

	ck_assert_uint_eq(pkt_len(&pkt), 0);
	ck_assert_uint_eq(pkt_slices(&pkt, part), 0);
	pkt_headers(&pkt, &len);
	ck_assert_uint_eq(len, 0);
	ck_assert_uint_eq(pkt.note.why, WHY_NONE);
	ck_assert(!pkt.note.has_conn);
	check_content("");
}
END_TEST

START_TEST(headers_stand_in_front_of_each_other_and_of_the_payload)
{
	pkt_payload(&pkt, "payload", 7);
	push("tcp");
	push("ip");
	push("ethernet");
	check_content("ethernetiptcppayload");
}
END_TEST

START_TEST(slices_of_odd_length_are_summed_at_their_place)
{
	pkt_payload(&pkt, "abc", 3);
	pkt_payload(&pkt, "defgh", 5);
	push("x");
	check_content("xabcdefgh");
	push("y");
	check_content("yxabcdefgh");
}
END_TEST

START_TEST(an_empty_slice_is_not_added)
{
	struct tarn_slice part[3];

	pkt_payload(&pkt, NULL, 0);
	pkt_payload(&pkt, "a", 1);
	pkt_payload(&pkt, "b", 1);
	pkt_payload(&pkt, NULL, 0);
	ck_assert_uint_eq(pkt_slices(&pkt, part), 2);
	check_content("ab");
}
END_TEST

START_TEST(all_slices_come_headers_first)
{
	struct tarn_slice part[3];

	pkt_payload(&pkt, "a", 1);
	pkt_payload(&pkt, "bc", 2);
	push("head");
	ck_assert_uint_eq(pkt_slices(&pkt, part), 3);
	ck_assert_mem_eq(part[0].data, "head", 4);
	ck_assert_mem_eq(part[1].data, "a", 1);
	ck_assert_mem_eq(part[2].data, "bc", 2);
	ck_assert_uint_eq(part[0].len + part[1].len + part[2].len, 7);
}
END_TEST

START_TEST(pulled_headers_are_gone)
{
	size_t len;

	push("tcp");
	push("ip");
	pkt_pull(&pkt, 2);
	ck_assert_mem_eq(pkt_headers(&pkt, &len), "tcp", 3);
	ck_assert_uint_eq(len, 3);
	push("IP");
	check_content("IPtcp");
}
END_TEST

START_TEST(there_is_room_for_the_longest_headers)
{
	ck_assert_ptr_nonnull(pkt_push(&pkt, 60));
	ck_assert_ptr_nonnull(pkt_push(&pkt, 60));
	ck_assert_ptr_nonnull(pkt_push(&pkt, 14));
	ck_assert_ptr_eq(pkt_push(&pkt, PKT_ROOM - 134), pkt.head);
	pkt_pull(&pkt, PKT_ROOM);
	ck_assert_uint_eq(pkt_len(&pkt), 0);
}
END_TEST

static void push_too_much(void *arg)
{
	(void)arg;
	pkt_push(&pkt, PKT_ROOM + 1);
}

static void pull_too_much(void *arg)
{
	(void)arg;
	pkt_pull(&pkt, 1);
}

static void add_a_third_slice(void *arg)
{
	(void)arg;
	for (int i = 0; i < 3; i++)
		pkt_payload(&pkt, "a", 1);
}

START_TEST(leaving_the_packet_is_a_programmers_error)
{
	ck_assert(dies(push_too_much, NULL));
	ck_assert(dies(pull_too_much, NULL));
	ck_assert(dies(add_a_third_slice, NULL));
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("base/pkt");
	TCase *tc = tcase_create("pkt");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, a_new_packet_is_empty);
	tcase_add_test(tc,
	               headers_stand_in_front_of_each_other_and_of_the_payload);
	tcase_add_test(tc, slices_of_odd_length_are_summed_at_their_place);
	tcase_add_test(tc, an_empty_slice_is_not_added);
	tcase_add_test(tc, all_slices_come_headers_first);
	tcase_add_test(tc, pulled_headers_are_gone);
	tcase_add_test(tc, there_is_room_for_the_longest_headers);
	tcase_add_test(tc, leaving_the_packet_is_a_programmers_error);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
