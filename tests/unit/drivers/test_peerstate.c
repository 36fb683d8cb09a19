/* SPDX-License-Identifier: MIT */
/* test_peerstate.c - states and repetitions are inferred from segments alone */
#include "base/event.h"
#include "drivers/peerstate.h"
#include "tests/unit/lib/test.h"
#include <string.h>

static const uint32_t isses[] = { 1000, 0x7fffff00, 0xffffff00 };
static struct peerstate *peers;
static struct flow_step step;
static uint32_t iss[2]; /* of A and B */
static uint16_t port;   /* of A */

static void setup(void)
{
	ck_assert_int_eq(peerstate_open(&peers), 0);
	port   = 40000;
	iss[0] = 1000;
	iss[1] = 9000;
}

static void teardown(void)
{
	peerstate_close(peers);
}

/* End @from sends flags ("S", "S.", "F.", ...) with relative numbers. */
static struct glance segment(unsigned from, const char *flags, uint32_t seq,
                             uint32_t len, uint32_t ack)
{
	struct glance g    = { .kind = GLANCE_TCP, .text_len = len };
	struct tarn_addr a = { tarn_ip4(10, 9, 0, 1), port };
	struct tarn_addr b = { tarn_ip4(10, 9, 0, 2), 80 };

	g.src         = from ? b : a;
	g.dst         = from ? a : b;
	g.tcp.seq     = iss[from] + seq;
	g.tcp.ack     = iss[!from] + ack;
	g.tcp.syn     = strchr(flags, 'S') != NULL;
	g.tcp.fin     = strchr(flags, 'F') != NULL;
	g.tcp.rst     = strchr(flags, 'R') != NULL;
	g.tcp.ack_bit = strchr(flags, '.') != NULL;

	return g;
}

static struct flow *sent(unsigned from, const char *flags, uint32_t seq,
                         uint32_t len, uint32_t ack)
{
	const struct glance g = segment(from, flags, seq, len, ack);
	unsigned who;
	struct flow *flow = peerstate_find(peers, &g, 0, true, &who);

	ck_assert_ptr_nonnull(flow);
	flow_segment(flow, who, &g, true, &step);

	return flow;
}

static void expect(const char *a_before, const char *a_after,
                   const char *b_before, const char *b_after)
{
	ck_assert_str_eq(tarn_tcp_state_name(step.before[0]), a_before);
	ck_assert_str_eq(tarn_tcp_state_name(step.after[0]), a_after);
	ck_assert_str_eq(tarn_tcp_state_name(step.before[1]), b_before);
	ck_assert_str_eq(tarn_tcp_state_name(step.after[1]), b_after);
}

static void handshake(void)
{
	sent(0, "S", 0, 0, 0);
	sent(1, "S.", 0, 0, 1);
	sent(0, ".", 1, 0, 1);
}

START_TEST(handshake_walks_both_ends)
{
	iss[0] = isses[_i];
	sent(0, "S", 0, 0, 0);
	expect("CLOSED", "SYN-SENT", "LISTEN", "SYN-RECEIVED");
	sent(1, "S.", 0, 0, 1);
	expect("SYN-SENT", "ESTABLISHED", "SYN-RECEIVED", "SYN-RECEIVED");
	sent(0, ".", 1, 0, 1);
	expect("ESTABLISHED", "ESTABLISHED", "SYN-RECEIVED", "ESTABLISHED");
}
END_TEST

START_TEST(repeated_syn_ack_proves_that_the_ack_was_lost)
{
	handshake();
	sent(1, "S.", 0, 0, 1);
	expect("ESTABLISHED", "ESTABLISHED", "ESTABLISHED", "SYN-RECEIVED");
	ck_assert(step.is_again);
	sent(0, "P.", 1, 10, 1);
	ck_assert_str_eq(tarn_tcp_state_name(step.after[1]), "ESTABLISHED");
}
END_TEST

START_TEST(simultaneous_open_passes_syn_received_on_both_sides)
{
	sent(0, "S", 0, 0, 0);
	sent(1, "S", 0, 0, 0);
	ck_assert_str_eq(tarn_tcp_state_name(step.after[0]), "SYN-RECEIVED");
	sent(0, "S.", 0, 0, 1);
	sent(1, "S.", 0, 0, 1);
	ck_assert_str_eq(tarn_tcp_state_name(step.after[0]), "ESTABLISHED");
}
END_TEST

START_TEST(four_way_close_ends_in_time_wait)
{
	iss[1] = isses[_i];
	handshake();
	sent(0, "F.", 1, 0, 1);
	expect("ESTABLISHED", "FIN-WAIT-1", "ESTABLISHED", "CLOSE-WAIT");
	sent(1, ".", 1, 0, 2);
	expect("FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT", "CLOSE-WAIT");
	sent(1, "F.", 1, 0, 2);
	expect("FIN-WAIT-2", "TIME-WAIT", "CLOSE-WAIT", "LAST-ACK");
	sent(0, ".", 2, 0, 2);
	expect("TIME-WAIT", "TIME-WAIT", "LAST-ACK", "CLOSED");
}
END_TEST

START_TEST(three_segment_close_jumps_over_fin_wait_2)
{
	handshake();
	sent(1, "F.", 1, 0, 1);
	expect("ESTABLISHED", "CLOSE-WAIT", "ESTABLISHED", "FIN-WAIT-1");
	sent(0, "F.", 1, 0, 2);
	expect("CLOSE-WAIT", "LAST-ACK", "FIN-WAIT-1", "TIME-WAIT");
}
END_TEST

START_TEST(crossing_fins_meet_in_closing)
{
	handshake();
	sent(0, "F.", 1, 0, 1);
	sent(1, "F.", 1, 0, 1);
	expect("FIN-WAIT-1", "CLOSING", "CLOSE-WAIT", "CLOSING");
	sent(0, ".", 2, 0, 2);
	ck_assert_str_eq(tarn_tcp_state_name(step.after[1]), "TIME-WAIT");
	sent(1, ".", 2, 0, 2);
	ck_assert_str_eq(tarn_tcp_state_name(step.after[0]), "TIME-WAIT");
}
END_TEST

START_TEST(repeated_fin_proves_that_its_ack_was_lost)
{
	handshake();
	sent(0, "F.", 1, 0, 1);
	sent(1, "F.", 1, 0, 2);
	sent(0, ".", 2, 0, 2);
	expect("TIME-WAIT", "TIME-WAIT", "LAST-ACK", "CLOSED");
	sent(1, "F.", 1, 0, 2);
	ck_assert(step.is_again);
	expect("TIME-WAIT", "TIME-WAIT", "CLOSED", "LAST-ACK");
}
END_TEST

START_TEST(reset_closes_both)
{
	handshake();
	sent(1, "R.", 1, 0, 1);
	expect("ESTABLISHED", "CLOSED", "ESTABLISHED", "CLOSED");
}
END_TEST

START_TEST(fin_behind_a_hole_waits)
{
	handshake();
	sent(0, "F.", 101, 0, 1);
	expect("ESTABLISHED", "FIN-WAIT-1", "ESTABLISHED", "ESTABLISHED");
	sent(0, "P.", 1, 100, 1);
	expect("FIN-WAIT-1", "FIN-WAIT-1", "ESTABLISHED", "CLOSE-WAIT");
}
END_TEST

START_TEST(joining_late_presumes_established)
{
	struct flow *flow = sent(0, "P.", 5000, 10, 7000);

	expect("ESTABLISHED", "ESTABLISHED", "ESTABLISHED", "ESTABLISHED");
	/* The first octet seen gets the relative number 1. */
	ck_assert_uint_eq(flow->end[0].iss, iss[0] + 4999);
	ck_assert_uint_eq(flow->end[1].iss, iss[1] + 6999);
}
END_TEST

START_TEST(text_sent_twice_is_marked)
{
	handshake();
	sent(0, "P.", 1, 100, 1);
	ck_assert(!step.is_again);
	sent(0, "P.", 1, 100, 1);
	ck_assert(step.is_again);
	/* Half of it is new. */
	sent(0, "P.", 51, 100, 1);
	ck_assert(!step.is_again);
	/* An acknowledgment is never "again". */
	sent(0, ".", 151, 0, 1);
	ck_assert(!step.is_again);
}
END_TEST

START_TEST(text_that_fills_a_hole_is_not_sent_twice)
{
	iss[0] = isses[_i];
	handshake();
	sent(0, "P.", 301, 100, 1);
	sent(0, "P.", 101, 100, 1); /* in the middle of the hole */
	ck_assert(!step.is_again);
	sent(0, "P.", 201, 100, 1);
	ck_assert(!step.is_again);
	sent(0, "P.", 1, 100, 1);
	ck_assert(!step.is_again);
	sent(0, "P.", 101, 100, 1);
	ck_assert(step.is_again);
}
END_TEST

START_TEST(more_holes_than_fit_forget_the_oldest)
{
	handshake();
	for (uint32_t i = 1; i <= 10; i++)
		sent(0, "P.", i * 200, 100, 1);
	sent(0, "P.", 1000 - 100, 100, 1);
	ck_assert(!step.is_again);
	sent(0, "P.", 1, 100, 1);
	ck_assert(step.is_again);
}
END_TEST

START_TEST(syn_after_the_end_is_a_new_connection)
{
	struct flow *flow;

	handshake();
	sent(1, "R", 1, 0, 0);
	iss[0] += 77777;
	flow = sent(0, "S", 0, 0, 0);
	ck_assert_uint_eq(flow->number, 2);
	expect("CLOSED", "SYN-SENT", "LISTEN", "SYN-RECEIVED");
	ck_assert_uint_eq(peerstate_count(peers), 2);
}
END_TEST

START_TEST(syn_on_a_live_connection_is_not)
{
	handshake();
	iss[0] += 77777;
	ck_assert_uint_eq(sent(0, "S", 0, 0, 0)->number, 1);
}
END_TEST

START_TEST(both_directions_are_one_flow)
{
	const struct glance there = segment(0, "S", 0, 0, 0);
	const struct glance back  = segment(1, "S.", 0, 0, 1);
	unsigned from;
	struct flow *flow = peerstate_find(peers, &there, 1, true, &from);

	ck_assert_uint_eq(from, 1);
	ck_assert_ptr_eq(peerstate_find(peers, &back, 0, true, &from), flow);
	ck_assert_uint_eq(from, 0);
}
END_TEST

START_TEST(looking_creates_nothing)
{
	const struct glance g = segment(0, "S", 0, 0, 0);
	unsigned from;

	ck_assert_ptr_null(peerstate_find(peers, &g, 0, false, &from));
	ck_assert_uint_eq(peerstate_count(peers), 0);
}
END_TEST

START_TEST(flows_are_bounded_and_the_silent_one_goes)
{
	struct flow *first;

	for (unsigned i = 0; i < FLOWS_MAX; i++) {
		port = (uint16_t)(1000 + i);
		sent(0, "S", 0, 0, 0);
	}
	port = 1000;
	sent(1, "S.", 0, 0, 1);
	port  = 999;
	first = sent(0, "S", 0, 0, 0);
	ck_assert_uint_eq(first->number, FLOWS_MAX + 1);
	/* 1001 was silent the longest; 1000 is still known. */
	port = 1000;
	ck_assert_uint_eq(sent(0, ".", 1, 0, 1)->number, 1);
	port = 1001;
	ck_assert_uint_eq(sent(0, ".", 1, 0, 1)->number, FLOWS_MAX + 2);
}
END_TEST

static Suite *suite(void)
{
	Suite *s      = suite_create("peerstate");
	TCase *states = tcase_create("flow_segment");
	TCase *table  = tcase_create("peerstate_find");

	tcase_add_checked_fixture(states, setup, teardown);
	tcase_add_loop_test(states, handshake_walks_both_ends, 0, 3);
	tcase_add_test(states, repeated_syn_ack_proves_that_the_ack_was_lost);
	tcase_add_test(states,
	               simultaneous_open_passes_syn_received_on_both_sides);
	tcase_add_loop_test(states, four_way_close_ends_in_time_wait, 0, 3);
	tcase_add_test(states, three_segment_close_jumps_over_fin_wait_2);
	tcase_add_test(states, crossing_fins_meet_in_closing);
	tcase_add_test(states, repeated_fin_proves_that_its_ack_was_lost);
	tcase_add_test(states, reset_closes_both);
	tcase_add_test(states, fin_behind_a_hole_waits);
	tcase_add_test(states, joining_late_presumes_established);
	tcase_add_test(states, text_sent_twice_is_marked);
	tcase_add_loop_test(states, text_that_fills_a_hole_is_not_sent_twice, 0,
	                    3);
	tcase_add_test(states, more_holes_than_fit_forget_the_oldest);
	suite_add_tcase(s, states);

	tcase_add_checked_fixture(table, setup, teardown);
	tcase_add_test(table, syn_after_the_end_is_a_new_connection);
	tcase_add_test(table, syn_on_a_live_connection_is_not);
	tcase_add_test(table, both_directions_are_one_flow);
	tcase_add_test(table, looking_creates_nothing);
	tcase_add_test(table, flows_are_bounded_and_the_silent_one_goes);
	suite_add_tcase(s, table);

	return s;
}

TEST_MAIN(suite)
