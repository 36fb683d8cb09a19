/* SPDX-License-Identifier: MIT */
/* test_queue.c - datagrams that wait; rows UD-04 and UD-05 of hostile input */
#include "base/limits.h"
#include "tests/unit/udp/sockets.h"

#define PEER at(PEER_IP, 5)
#define US   at(US_IP, 7)

START_TEST(ud_04_128_wait_and_the_newest_is_dropped)
{
	struct udp_pcb *pcb, *other;
	char text[64];

	open_udp();
	pcb        = bound(any(7));
	other      = bound(any(8));
	w.is_flood = true;
	for (int i = 0; i < 10000; i++) {
		snprintf(text, sizeof(text), "%d", i);
		(void)rx_udp(PEER, US, text, strlen(text));
	}
	ck_assert_uint_eq(pcb->queue_count, UDP_QUEUE_DATAGRAMS_MAX);
	ck_assert_uint_eq(w.env.drops[DROP_UDP_QUEUE_FULL],
	                  10000 - UDP_QUEUE_DATAGRAMS_MAX);
	ck_assert_drop(rx_udp(PEER, at(US_IP, 8), "text", 4), DROP_NONE);
	ck_assert_int_eq(receive(other, text, NULL), 4);
	for (int i = 0; i < UDP_QUEUE_DATAGRAMS_MAX; i++) {
		ck_assert_int_gt(receive(pcb, text, NULL), 0);
		ck_assert_int_eq(strtol(text, NULL, 10), i);
	}
	ck_assert_int_eq(receive(pcb, text, NULL), -EAGAIN);
	ck_assert_uint_eq(pcb->queue_bytes, 0);
	close_udp();
}
END_TEST

START_TEST(ud_04_true_octets_are_counted)
{
	struct udp_pcb *pcb;
	size_t base;

	open_udp();
	pcb                  = bound(any(7));
	pcb->queue_bytes_max = 4096;
	base                 = w.env.memory.used;
	for (int i = 0; i < 128; i++)
		(void)rx_udp(PEER, US, "", 0);
	ck_assert_uint_eq(w.env.memory.used - base, pcb->queue_bytes);
	ck_assert_uint_le(pcb->queue_bytes, 4096);
	ck_assert_uint_lt(pcb->queue_count, 128);
	ck_assert_uint_gt(w.env.drops[DROP_UDP_QUEUE_FULL], 0);
	close_udp();
}
END_TEST

START_TEST(no_memory_is_a_drop)
{
	open_udp();
	(void)bound(any(7));
	w.memory_left = 0;
	ck_assert_drop(rx_udp(PEER, US, "text", 4), DROP_UDP_MEMORY);
	w.memory_left = -1;
	ck_assert_drop(rx_udp(PEER, US, "text", 4), DROP_NONE);
	close_udp();
}
END_TEST

START_TEST(ud_05_a_short_buffer_takes_the_start_and_the_rest_is_lost)
{
	struct udp_pcb *pcb;
	struct udp_from from;
	uint8_t *buf;

	open_udp();
	pcb = bound(any(7));
	for (size_t size = 0; size <= 8; size++) {
		ck_assert_drop(rx_udp(PEER, US, "8 octets", 8), DROP_NONE);
		buf = guard_alloc(NULL, size);
		ck_assert_int_eq(udp_recv(udp, pcb, buf, size, false, &from),
		                 (ssize_t)size);
		ck_assert_uint_eq(from.len, 8);
		if (size > 0)
			ck_assert_mem_eq(buf, "8 octets", size);
		guard_free(buf, size);
		ck_assert_int_eq(udp_recv(udp, pcb, NULL, 0, false, NULL),
		                 -EAGAIN);
	}
	close_udp();
}
END_TEST

START_TEST(peeking_leaves_it_in_the_queue)
{
	struct udp_pcb *pcb;
	char text[64] = "";

	open_udp();
	pcb = bound(any(7));
	ck_assert_drop(rx_udp(PEER, US, "text", 4), DROP_NONE);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(udp_recv(udp, pcb, text, 64, true, NULL), 4);
	ck_assert_int_eq(receive(pcb, text, NULL), 4);
	ck_assert_int_eq(receive(pcb, text, NULL), -EAGAIN);
	close_udp();
}
END_TEST

START_TEST(an_error_comes_before_the_data_and_once)
{
	struct udp_pcb *pcb;
	char text[64];

	open_udp();
	pcb = connected(7, PEER);
	ck_assert_drop(rx_udp(PEER, US, "text", 4), DROP_NONE);
	udp_set_error(udp, pcb, ECONNREFUSED);
	ck_assert_int_eq(receive(pcb, text, NULL), -ECONNREFUSED);
	ck_assert_int_eq(receive(pcb, text, NULL), 4);
	close_udp();
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("udp/queue");
	TCase *t = tcase_create("queue");

	tcase_add_test(t, ud_04_128_wait_and_the_newest_is_dropped);
	tcase_add_test(t, ud_04_true_octets_are_counted);
	tcase_add_test(t, no_memory_is_a_drop);
	tcase_add_test(
	        t, ud_05_a_short_buffer_takes_the_start_and_the_rest_is_lost);
	tcase_add_test(t, peeking_leaves_it_in_the_queue);
	tcase_add_test(t, an_error_comes_before_the_data_and_once);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
