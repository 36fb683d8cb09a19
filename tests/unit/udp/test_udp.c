/* SPDX-License-Identifier: MIT */
/* test_udp.c - the layer's life, pcbs and their readiness */
#include "tests/unit/udp/sockets.h"

START_TEST(a_layer_goes_with_all_its_pcbs)
{
	open_udp();
	for (uint16_t port = 1; port < 3000; port++)
		(void)bound(any(port));
	(void)udp_open(udp);
	ck_assert_drop(rx_udp(at(PEER_IP, 5), at(US_IP, 7), "text", 4),
	               DROP_NONE);
	ck_assert_uint_eq(udp_count(udp), 3000);
	close_udp(); /* asserts that nothing is left */
}
END_TEST

START_TEST(memory_is_back_after_close)
{
	size_t used;
	struct udp_pcb *pcb;

	open_udp();
	used = w.env.memory.used;
	pcb  = bound(any(7));
	for (int i = 0; i < 10; i++)
		(void)rx_udp(at(PEER_IP, 5), at(US_IP, 7), "text", 4);
	ck_assert_uint_gt(w.env.memory.used, used);
	udp_close(udp, pcb);
	ck_assert_uint_eq(w.env.memory.used, used);
	ck_assert_uint_eq(udp_count(udp), 0);
	ck_assert_drop(rx_udp(at(PEER_IP, 5), at(US_IP, 7), "text", 4),
	               DROP_UDP_PORT);
	ck_assert_ptr_null(udp_take_ready(udp));
	close_udp();
}
END_TEST

START_TEST(nothing_can_be_destroyed)
{
	udp_destroy(NULL);
}
END_TEST

START_TEST(no_memory_no_pcb)
{
	struct udp *other;

	open_udp();
	w.memory_left = 0;
	ck_assert_ptr_null(udp_open(udp));
	ck_assert_int_eq(udp_create(&w.env, w.net, &other), -ENOMEM);
	w.memory_left = -1;
	close_udp();
}
END_TEST

START_TEST(a_datagram_makes_its_pcb_ready_once)
{
	char text[64];
	struct udp_pcb *pcb;

	open_udp();
	pcb = bound(any(7));
	ck_assert_uint_eq(udp_readiness(pcb), TARN_POLLOUT);
	ck_assert_ptr_null(udp_take_ready(udp));
	(void)rx_udp(at(PEER_IP, 5), at(US_IP, 7), "one", 3);
	(void)rx_udp(at(PEER_IP, 5), at(US_IP, 7), "two", 3);
	ck_assert_ptr_eq(udp_take_ready(udp), pcb);
	ck_assert_ptr_null(udp_take_ready(udp));
	ck_assert_uint_eq(udp_readiness(pcb), TARN_POLLOUT | TARN_POLLIN);
	ck_assert_int_eq(receive(pcb, text, NULL), 3);
	ck_assert_int_eq(receive(pcb, text, NULL), 3);
	ck_assert_uint_eq(udp_readiness(pcb), TARN_POLLOUT);
	close_udp();
}
END_TEST

START_TEST(an_error_makes_it_ready_and_is_taken_once)
{
	struct udp_pcb *pcb;

	open_udp();
	pcb = connected(7, at(PEER_IP, 5));
	udp_set_error(udp, pcb, ECONNREFUSED);
	ck_assert_ptr_eq(udp_take_ready(udp), pcb);
	ck_assert_uint_eq(udp_readiness(pcb), TARN_POLLOUT | TARN_POLLERR);
	ck_assert_int_eq(udp_take_error(pcb), ECONNREFUSED);
	ck_assert_int_eq(udp_take_error(pcb), 0);
	ck_assert_uint_eq(udp_readiness(pcb), TARN_POLLOUT);
	close_udp();
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("udp/udp");
	TCase *t = tcase_create("life");

	tcase_add_test(t, a_layer_goes_with_all_its_pcbs);
	tcase_add_test(t, memory_is_back_after_close);
	tcase_add_test(t, nothing_can_be_destroyed);
	tcase_add_test(t, no_memory_no_pcb);
	suite_add_tcase(s, t);
	t = tcase_create("readiness");
	tcase_add_test(t, a_datagram_makes_its_pcb_ready_once);
	tcase_add_test(t, an_error_makes_it_ready_and_is_taken_once);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
