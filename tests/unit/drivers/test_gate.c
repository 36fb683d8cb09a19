/* SPDX-License-Identifier: MIT */
/* test_gate.c - some connections wait, and then go on in their order */
#include "drivers/gate.h"
#include "tests/unit/drivers/tape.h"

static struct link link;
static struct gate *gate;

static void setup(void)
{
	struct link below = tape_open();

	ck_assert_int_eq(gate_open(&below, &link), 0);
	ck_assert_int_eq(link.fd, 7);
	gate = link.state;
}

static void teardown(void)
{
	link_close(&link);
	ck_assert(tape.is_closed);
}

/* Everything but port 80 of the peer's */
static bool is_other(void *context, const struct tarn_addr *local,
                     const struct tarn_addr *peer)
{
	(void)context;
	ck_assert_uint_eq(local->port, 40000);
	ck_assert_uint_eq(local->ip.octet[3], 1);
	ck_assert_uint_eq(peer->ip.octet[3], 2);

	return peer->port != 80;
}

START_TEST(an_open_gate_is_not_there)
{
	tape_send_segment(&link, 1, 81);
	tape_arrives(tape_segment(false, 2, 81));
	ck_assert_str_eq(tape_sent(), "1");
	ck_assert_str_eq(tape_received(&link), "2");
}
END_TEST

START_TEST(what_is_sent_waits_and_leaves_in_order)
{
	gate_shut(gate, is_other, NULL);
	tape_send_segment(&link, 1, 81);
	tape_send_segment(&link, 2, 80);
	tape_send_segment(&link, 3, 81);
	ck_assert_str_eq(tape_sent(), "2");
	ck_assert_uint_eq(gate_waiting(gate), 2);
	gate_shut(gate, NULL, NULL);
	ck_assert_str_eq(tape_sent(), "1 3");
	ck_assert_uint_eq(gate_waiting(gate), 0);
	tape_send_segment(&link, 4, 81);
	ck_assert_str_eq(tape_sent(), "4");
}
END_TEST

START_TEST(what_arrives_waits_and_is_received_in_order)
{
	gate_shut(gate, is_other, NULL);
	tape_arrives(tape_segment(false, 1, 81));
	tape_arrives(tape_segment(false, 2, 80));
	tape_arrives(tape_segment(false, 3, 81));
	ck_assert_str_eq(tape_received(&link), "2");
	ck_assert_uint_eq(link.deadline(link.state), TARN_NEVER);
	gate_shut(gate, NULL, NULL);
	/* Nothing makes the descriptor readable: the loop must not wait. */
	ck_assert_uint_eq(link.deadline(link.state), 0);
	tape_arrives(tape_segment(false, 4, 81));
	ck_assert_str_eq(tape_received(&link), "1 3 4");
	ck_assert_uint_eq(link.deadline(link.state), TARN_NEVER);
}
END_TEST

START_TEST(what_is_no_conversation_passes)
{
	const struct test_frame arp = arp_frame(), icmp = icmp_frame(true);

	gate_shut(gate, is_other, NULL);
	tape_send(&link, &arp);
	tape_send(&link, &icmp);
	ck_assert_uint_eq(tape.sent_count, 2);
}
END_TEST

START_TEST(datagrams_wait_too)
{
	const struct test_frame udp = udp_frame(true, 10);

	gate_shut(gate, is_other, NULL);
	tape_send(&link, &udp);
	ck_assert_uint_eq(tape.sent_count, 0);
}
END_TEST

START_TEST(so_many_wait_and_no_more)
{
	struct test_frame frame      = tape_segment(true, 1, 81);
	const struct tarn_slice part = { frame.octets, frame.len };

	gate_shut(gate, is_other, NULL);
	for (unsigned i = 0; i < GATE_FRAMES_MAX; i++)
		tape_send(&link, &frame);
	ck_assert_uint_eq(gate_lost(gate), 0);
	ck_assert_int_lt(link.ops->transmit(link.state, &part, 1), 0);
	ck_assert_uint_eq(gate_lost(gate), 1);
	gate_shut(gate, NULL, NULL);
	ck_assert_uint_eq(tape.sent_count, GATE_FRAMES_MAX);
}
END_TEST

START_TEST(what_waits_when_it_ends_is_given_back)
{
	gate_shut(gate, is_other, NULL);
	tape_send_segment(&link, 1, 81);
	tape_arrives(tape_segment(false, 1, 81));
	ck_assert_str_eq(tape_received(&link), "");
	ck_assert_uint_eq(gate_waiting(gate), 2);
}
END_TEST

static Suite *suite(void)
{
	Suite *s     = suite_create("gate");
	TCase *tcase = tcase_create("gate");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, an_open_gate_is_not_there);
	tcase_add_test(tcase, what_is_sent_waits_and_leaves_in_order);
	tcase_add_test(tcase, what_arrives_waits_and_is_received_in_order);
	tcase_add_test(tcase, what_is_no_conversation_passes);
	tcase_add_test(tcase, datagrams_wait_too);
	tcase_add_test(tcase, so_many_wait_and_no_more);
	tcase_add_test(tcase, what_waits_when_it_ends_is_given_back);
	suite_add_tcase(s, tcase);

	return s;
}

TEST_MAIN(suite)
