/* SPDX-License-Identifier: MIT */
/* test_reassembly_hostile.c - what reassembly discards; rows FR-01 to FR-15 */
#include "tests/unit/net/fragments.h"

/* The tool of 1997 sent 36 octets first, which is no multiple of 8 either. */
START_TEST(fr_01_teardrop_as_it_was_and_aligned)
{
	world_open(&w);
	ck_assert_drop(rx(IP_PROTO_UDP, 0, 36, true), DROP_FRAGMENT_ALIGN);
	ck_assert_drop(rx(IP_PROTO_UDP, 24, 28, false), DROP_FRAGMENT_HELD);
	world_run(&w, 30 * USEC_PER_SEC);

	ck_assert_drop(rx(IP_PROTO_UDP, 0, 40, true), DROP_FRAGMENT_HELD);
	ck_assert_drop(rx(IP_PROTO_UDP, 24, 28, false), DROP_FRAGMENT_OVERLAP);
	ck_assert_drop(rx(IP_PROTO_UDP, 40, 48, false),
	               DROP_FRAGMENT_TOMBSTONE);
	world_run(&w, 30 * USEC_PER_SEC);
	assert_delivers(0x1234);
	world_close(&w);
}
END_TEST

START_TEST(fr_02_a_copy_is_ignored_and_the_datagram_delivered)
{
	world_open(&w);
	ck_assert_drop(rx(IP_PROTO_UDP, 0, 16, true), DROP_FRAGMENT_HELD);
	ck_assert_drop(rx(IP_PROTO_UDP, 0, 16, true), DROP_FRAGMENT_DUPLICATE);
	ck_assert_drop(rx(IP_PROTO_UDP, 16, 30, false), DROP_NONE);
	ck_assert_uint_eq(w.rx.len, 30);
	world_close(&w);
}
END_TEST

START_TEST(fr_02_the_same_place_with_another_text_is_an_overlap)
{
	struct ip4_hdr hdr = ip4_to_us(IP_PROTO_UDP);

	world_open(&w);
	ck_assert_drop(rx(IP_PROTO_UDP, 0, 16, true), DROP_FRAGMENT_HELD);
	hdr.more_fragments = true;
	ck_assert_drop(rx_ip4(&w, hdr, pattern() + 1, 16),
	               DROP_FRAGMENT_OVERLAP);
	ck_assert_drop(rx(IP_PROTO_UDP, 16, 30, false),
	               DROP_FRAGMENT_TOMBSTONE);
	world_close(&w);
}
END_TEST

START_TEST(fr_03_ping_of_death)
{
	static const uint8_t protos[] = { IP_PROTO_ICMP, IP_PROTO_UDP,
		                          IP_PROTO_TCP };

	world_open(&w);
	for (size_t i = 0; i < ARRAY_LEN(protos); i++) {
		ck_assert_drop(rx(protos[i], 0, 1480, true),
		               DROP_FRAGMENT_HELD);
		for (uint32_t len = 8; len <= 1480; len += 64)
			ck_assert_drop(rx(protos[i], 65528, 65528 + len, false),
			               len == 8 ? DROP_FRAGMENT_TOO_BIG
			                        : DROP_FRAGMENT_TOMBSTONE);
	}
	world_run(&w, 31 * USEC_PER_SEC);
	/* 65515 octets and a header are 65535: the last that fits */
	ck_assert_drop(rx(IP_PROTO_UDP, 64000, 65515, false),
	               DROP_ETH_LONG); /* not in one frame, but: */
	ck_assert_drop(rx(IP_PROTO_UDP, 65000, 65515, false),
	               DROP_FRAGMENT_HELD);
	ck_assert_drop(rx(IP_PROTO_UDP, 65000, 65516, false),
	               DROP_FRAGMENT_TOO_BIG);
	world_close(&w);
}
END_TEST

START_TEST(fr_04_the_first_fragment_holds_the_transport_header)
{
	static const struct {
		uint8_t proto;
		uint32_t hdr_len;
	} rows[] = { { IP_PROTO_TCP, 20 },
		     { IP_PROTO_UDP, 8 },
		     { IP_PROTO_ICMP, 8 } };

	world_open(&w);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		for (uint32_t len = 0; len < rows[i].hdr_len; len++)
			ck_assert_drop(rx(rows[i].proto, 0, len, true),
			               DROP_FRAGMENT_TINY);
		ck_assert_uint_eq(net_reassembly_count(w.net), i);
		ck_assert_drop(rx(rows[i].proto, 0, 24, true),
		               DROP_FRAGMENT_HELD);
	}
	world_close(&w);
}
END_TEST

START_TEST(fr_05_no_tcp_fragment_begins_inside_of_the_header)
{
	world_open(&w);
	ck_assert_drop(rx(IP_PROTO_TCP, 8, 16, true), DROP_FRAGMENT_TINY);
	ck_assert_drop(rx(IP_PROTO_TCP, 16, 32, true), DROP_FRAGMENT_TINY);
	ck_assert_drop(rx(IP_PROTO_TCP, 24, 32, true), DROP_FRAGMENT_HELD);
	ck_assert_drop(rx(IP_PROTO_UDP, 8, 16, true), DROP_FRAGMENT_HELD);
	world_close(&w);
}
END_TEST

START_TEST(fr_06_empty_fragments_leave_no_state)
{
	world_open(&w);
	w.is_flood = true;
	for (unsigned i = 0; i < 10000; i++) {
		struct ip4_hdr hdr = ip4_to_us(IP_PROTO_UDP);

		hdr.id             = (uint16_t)i;
		hdr.offset         = 80;
		hdr.more_fragments = i & 1;
		(void)rx_ip4(&w, hdr, NULL, 0);
	}
	ck_assert_uint_eq(drops(DROP_FRAGMENT_EMPTY), 10000);
	ck_assert_uint_eq(net_reassembly_count(w.net), 0);
	ck_assert_uint_eq(w.net->reassembly.bytes, 0);
	world_close(&w);
}
END_TEST

START_TEST(fr_07_all_but_the_last_end_on_8_octets)
{
	world_open(&w);
	for (uint32_t len = 8; len < 40; len++) {
		struct ip4_hdr hdr = ip4_to_us(IP_PROTO_UDP);

		hdr.id = (uint16_t)len;
		ck_assert_drop(rx_of(hdr, 80, 80 + len, true),
		               len % 8 ? DROP_FRAGMENT_ALIGN
		                       : DROP_FRAGMENT_HELD);
	}
	world_close(&w);
}
END_TEST

START_TEST(fr_08_two_ends)
{
	world_open(&w);
	ck_assert_drop(rx(IP_PROTO_UDP, 16, 20, false), DROP_FRAGMENT_HELD);
	ck_assert_drop(rx(IP_PROTO_UDP, 24, 28, false),
	               DROP_FRAGMENT_INCONSISTENT);
	ck_assert_drop(rx(IP_PROTO_UDP, 0, 16, true), DROP_FRAGMENT_TOMBSTONE);
	world_close(&w);
}
END_TEST

#define SMACK_COUNT 8189 /* fragments of 8 octets that 65515 hold */

/* The n-th to come: in order, in reverse, even ones first. */
static uint32_t smack_order(int order, uint32_t n)
{
	if (order == 0)
		return n;
	if (order == 1)
		return SMACK_COUNT - 1 - n;

	return n < SMACK_COUNT / 2 + 1 ? 2 * n
	                               : 2 * (n - SMACK_COUNT / 2 - 1) + 1;
}

static void smack(int order)
{
	struct ip4_hdr hdr = ip4_to_us(IP_PROTO_UDP);

	hdr.id = (uint16_t)order;
	for (uint32_t n = 0; n < SMACK_COUNT; n++) {
		const uint32_t i = smack_order(order, n);

		(void)rx_of(hdr, 8 * i, 8 * i + 8, i < SMACK_COUNT - 1);
		if (w.net->reassembly.bytes > REASM_BYTES_MAX)
			ck_abort_msg("too many octets at %u", i);
	}
}

START_TEST(fr_11_fragmentsmack_ends_at_128_fragments)
{
	world_open(&w);
	w.is_flood = true;
	for (int order = 0; order < 3; order++) {
		const uint64_t before = drops(DROP_FRAGMENT_TOMBSTONE);

		smack(order);
		ck_assert_uint_eq(drops(DROP_FRAGMENT_TOMBSTONE) - before,
		                  SMACK_COUNT - REASM_FRAGMENTS_MAX - 1);
	}
	ck_assert_uint_eq(drops(DROP_FRAGMENT_COUNT), 3);
	world_close(&w);
}
END_TEST

/* 1472 octets of 20000 datagrams, and what is really taken for them. */
static void flood(bool spoofed)
{
	const size_t base = w.env.memory.used;

	w.is_flood = true;
	for (uint32_t i = 0; i < 20000; i++) {
		struct ip4_hdr hdr = ip4_to_us(IP_PROTO_UDP);
		size_t taken;

		hdr.id = (uint16_t)i;
		if (spoofed)
			hdr.src = ip4_from_u32(0xc0000000 + i);
		(void)rx_of(hdr, 0, 1472, true);
		taken = w.env.memory.used - base;
		if (w.net->reassembly.bytes > REASM_BYTES_MAX ||
		    taken > REASM_BYTES_MAX + 2048 /* the table's buckets */ ||
		    net_reassembly_count(w.net) > REASM_DATAGRAMS_MAX)
			ck_abort_msg("%u: %zu octets", i, taken);
	}
	ck_assert_uint_ge(drops(DROP_FRAGMENT_HELD), 20000);
}

START_TEST(fr_12_one_source_gets_its_share_only)
{
	struct ip4_hdr other = ip4_to_us(IP_PROTO_UDP);

	world_open(&w);
	other.src = tarn_ip4(10, 9, 0, 77);
	ck_assert_drop(rx_of(other, 0, 16, true), DROP_FRAGMENT_HELD);
	flood(false);
	ck_assert_uint_eq(net_reassembly_count(w.net),
	                  REASM_PER_SOURCE_MAX + 1);
	ck_assert_drop(rx_of(other, 16, 20, false), DROP_NONE);
	ck_assert_uint_eq(drops(DROP_FRAGMENT_MEMORY),
	                  20000 - REASM_PER_SOURCE_MAX);
	world_close(&w);
}
END_TEST

START_TEST(fr_12_many_sources_are_bounded_and_pass)
{
	world_open(&w);
	flood(true);
	ck_assert_uint_eq(net_reassembly_count(w.net), REASM_DATAGRAMS_MAX);
	ck_assert_drop(rx_icmp(&w, ICMP_ECHO_REQUEST, 0, 1, NULL, 0),
	               DROP_NONE);
	assert_delivers(0x1234);
	world_run(&w, 30 * USEC_PER_SEC);
	ck_assert_uint_eq(net_reassembly_count(w.net), 0);
	ck_assert_uint_eq(w.net->reassembly.bytes, 0);
	world_close(&w);
}
END_TEST

START_TEST(fr_15_a_tombstone_stands_until_the_timer)
{
	world_open(&w);
	ck_assert_drop(rx(IP_PROTO_UDP, 0, 16, true), DROP_FRAGMENT_HELD);
	ck_assert_drop(rx(IP_PROTO_UDP, 8, 24, true), DROP_FRAGMENT_OVERLAP);
	world_run(&w, 30 * USEC_PER_SEC - 1);
	for (uint32_t start = 0; start < 800; start += 16)
		ck_assert_drop(rx(IP_PROTO_UDP, start, start + 16, true),
		               DROP_FRAGMENT_TOMBSTONE);
	ck_assert_uint_eq(net_reassembly_count(w.net), 1);
	world_run(&w, 1);
	ck_assert_uint_eq(net_reassembly_count(w.net), 0);
	assert_delivers(0x1234);
	world_close(&w);
}
END_TEST

/* All but the last of the 20 fragments of a datagram from this host. */
static enum drop almost_whole(uint8_t from_host)
{
	struct ip4_hdr hdr = ip4_to_us(IP_PROTO_UDP);
	enum drop drop     = DROP_NONE;

	hdr.src = tarn_ip4(10, 9, 0, from_host);
	for (uint32_t start = 0; start < 19 * 1480; start += 1480)
		drop = rx_of(hdr, start, start + 1480, true);

	return drop;
}

START_TEST(fr_16_the_bound_is_of_true_octets_and_the_oldest_goes)
{
	struct ip4_hdr first = ip4_to_us(IP_PROTO_UDP);
	size_t base;

	world_open(&w);
	w.is_flood = true;
	base       = w.env.memory.used + 2048; /* and the table's buckets */
	ck_assert_drop(rx_of(first, 0, 800, true), DROP_FRAGMENT_HELD);
	for (uint8_t from = 10; from < 18; from++)
		ck_assert_drop(almost_whole(from), DROP_FRAGMENT_HELD);
	ck_assert_uint_eq(drops(DROP_FRAGMENT_MEMORY), 0);
	ck_assert_drop(almost_whole(18), DROP_FRAGMENT_HELD);
	ck_assert_uint_gt(drops(DROP_FRAGMENT_MEMORY), 0);
	ck_assert_uint_le(w.net->reassembly.bytes, REASM_BYTES_MAX);
	ck_assert_uint_le(w.env.memory.used, REASM_BYTES_MAX + base);
	/* the first is gone: its rest begins a new one */
	ck_assert_drop(rx_of(first, 800, 900, false), DROP_FRAGMENT_HELD);
	world_close(&w);
}
END_TEST

START_TEST(fr_16_the_oldest_goes_even_if_it_is_the_one_that_grows)
{
	struct ip4_hdr first = ip4_to_us(IP_PROTO_UDP);

	world_open(&w);
	w.is_flood = true;
	ck_assert_drop(rx_of(first, 0, 800, true), DROP_FRAGMENT_HELD);
	for (uint8_t from = 10; from < 18; from++)
		ck_assert_drop(almost_whole(from), DROP_FRAGMENT_HELD);
	for (uint32_t start = 800; start < 64000; start += 1480)
		if (rx_of(first, start, start + 1480, true) !=
		    DROP_FRAGMENT_HELD)
			break;
	ck_assert_uint_eq(drops(DROP_FRAGMENT_MEMORY), 1);
	ck_assert_drop(rx_of(first, 64000, 64008, true),
	               DROP_FRAGMENT_TOMBSTONE);
	ck_assert_uint_eq(net_reassembly_count(w.net), 9);
	world_close(&w);
}
END_TEST

START_TEST(a_tombstone_that_gives_way_is_no_loss)
{
	world_open(&w);
	ck_assert_drop(rx(IP_PROTO_UDP, 0, 16, true), DROP_FRAGMENT_HELD);
	ck_assert_drop(rx(IP_PROTO_UDP, 8, 24, true), DROP_FRAGMENT_OVERLAP);
	for (uint16_t id = 0; id < REASM_PER_SOURCE_MAX; id++) {
		struct ip4_hdr hdr = ip4_to_us(IP_PROTO_UDP);

		hdr.id = id;
		ck_assert_drop(rx_of(hdr, 0, 16, true), DROP_FRAGMENT_HELD);
	}
	ck_assert_uint_eq(net_reassembly_count(w.net), REASM_PER_SOURCE_MAX);
	ck_assert_uint_eq(drops(DROP_FRAGMENT_MEMORY), 0);
	world_close(&w);
}
END_TEST

/* 64 kinds of datagram are held; a 65th from a greedy source takes the place
 * of that source's oldest, not of another's. */
START_TEST(fr_12_a_full_table_takes_from_the_greedy_first)
{
	struct ip4_hdr hdr = ip4_to_us(IP_PROTO_UDP);

	world_open(&w);
	w.is_flood = true;
	for (uint16_t i = 0; i < REASM_DATAGRAMS_MAX; i++) {
		hdr.id  = i;
		hdr.src = i < REASM_DATAGRAMS_MAX - REASM_PER_SOURCE_MAX
		                  ? tarn_ip4(192, 0, 2, (uint8_t)i)
		                  : PEER_IP;
		ck_assert_drop(rx_of(hdr, 0, 16, true), DROP_FRAGMENT_HELD);
	}
	hdr.id = 1000;
	ck_assert_drop(rx_of(hdr, 0, 16, true), DROP_FRAGMENT_HELD);
	ck_assert_uint_eq(net_reassembly_count(w.net), REASM_DATAGRAMS_MAX);
	hdr.id  = 0;
	hdr.src = tarn_ip4(192, 0, 2, 0);
	ck_assert_drop(rx_of(hdr, 16, 20, false), DROP_NONE);
	world_close(&w);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("net/reassembly hostile");
	TCase *t = tcase_create("discard");

	tcase_add_test(t, fr_01_teardrop_as_it_was_and_aligned);
	tcase_add_test(t, fr_02_a_copy_is_ignored_and_the_datagram_delivered);
	tcase_add_test(t, fr_02_the_same_place_with_another_text_is_an_overlap);
	tcase_add_test(t, fr_03_ping_of_death);
	tcase_add_test(t, fr_04_the_first_fragment_holds_the_transport_header);
	tcase_add_test(t, fr_05_no_tcp_fragment_begins_inside_of_the_header);
	tcase_add_test(t, fr_06_empty_fragments_leave_no_state);
	tcase_add_test(t, fr_07_all_but_the_last_end_on_8_octets);
	tcase_add_test(t, fr_08_two_ends);
	tcase_add_test(t, fr_15_a_tombstone_stands_until_the_timer);
	suite_add_tcase(s, t);
	t = tcase_create("bounds");
	tcase_add_test(t, fr_11_fragmentsmack_ends_at_128_fragments);
	tcase_add_test(t, fr_12_one_source_gets_its_share_only);
	tcase_add_test(t, fr_12_a_full_table_takes_from_the_greedy_first);
	tcase_add_test(t,
	               fr_16_the_bound_is_of_true_octets_and_the_oldest_goes);
	tcase_add_test(t,
	               fr_16_the_oldest_goes_even_if_it_is_the_one_that_grows);
	tcase_add_test(t, a_tombstone_that_gives_way_is_no_loss);
	tcase_add_test(t, fr_12_many_sources_are_bounded_and_pass);
	tcase_set_timeout(t, 60);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
