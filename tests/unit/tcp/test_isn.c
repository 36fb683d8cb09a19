/* SPDX-License-Identifier: MIT */
/* test_isn.c - numbers that an outsider must not guess (RFC 6528, 6056) */
#include "tests/unit/lib/tcb.h"

static struct env *env;
static struct tcp *tcp;
static struct conn_key key;

static void setup(void)
{
	env = tcb_layer_open();
	tcp = tcb_in(TCPS_ESTABLISHED)->tcp;
	key = (struct conn_key){ .local_ip   = tarn_ip4(10, 9, 0, 2),
		                 .peer_ip    = tarn_ip4(10, 9, 0, 7),
		                 .local_port = 1000,
		                 .peer_port  = 80 };
}

/* MUST-8, SHLD-1, RFC6528-1 */
START_TEST(one_tuple_grows_by_250_a_millisecond)
{
	const uint32_t before = tcp_isn(tcp, &key);

	env->now_us += USEC_PER_SEC;
	ck_assert_uint_eq(tcp_isn(tcp, &key) - before, 250000);
}
END_TEST

/* MUST-9, SHLD-1, RFC6528-1 */
START_TEST(every_part_of_the_tuple_and_the_secret_matter)
{
	const uint32_t isn       = tcp_isn(tcp, &key);
	struct conn_key other[4] = { key, key, key, key };

	other[0].local_port++;
	other[1].peer_port++;
	other[2].local_ip.octet[3]++;
	other[3].peer_ip.octet[3]++;
	for (int i = 0; i < 4; i++)
		ck_assert_uint_ne(tcp_isn(tcp, &other[i]), isn);

	tcp->isn_key.half[0]++;
	ck_assert_uint_ne(tcp_isn(tcp, &key), isn);
}
END_TEST

/* MUST-9 */
START_TEST(neighbouring_tuples_say_nothing_about_each_other)
{
	uint32_t bits_that_differ = 0;

	for (int i = 0; i < 1000; i++) {
		const uint32_t isn = tcp_isn(tcp, &key);

		key.local_port++;
		bits_that_differ +=
		        (uint32_t)__builtin_popcount(isn ^ tcp_isn(tcp, &key));
	}
	/* 16 of 32 on average; 1000 draws deviate by 0.1 */
	ck_assert_uint_gt(bits_that_differ, 15000);
	ck_assert_uint_lt(bits_that_differ, 17000);
}
END_TEST

START_TEST(timestamps_have_an_origin_of_their_own)
{
	const uint32_t offset = tcp_ts_offset(tcp, &key);

	key.local_port++;
	ck_assert_uint_ne(tcp_ts_offset(tcp, &key), offset);
	ck_assert_uint_ne(tcp_ts_now(tcp, offset), env->now_us / 1000);
}
END_TEST

/* RFC6056-1 */
START_TEST(ephemeral_ports_lie_in_their_range_and_are_free)
{
	for (int i = 0; i < 1000; i++) {
		const uint16_t port = tcp_port_for(tcp, key);

		ck_assert_uint_ge(port, TCP_EPHEMERAL_MIN);
		ck_assert_uint_le(port, TCP_EPHEMERAL_MAX);
	}
}
END_TEST

/* RFC 6056 3.3.3: to one destination, one port after the other. */
START_TEST(one_destination_gets_the_ports_in_turn)
{
	uint16_t last = tcp_port_for(tcp, key);

	for (int i = 0; i < 100; i++) {
		const uint16_t port = tcp_port_for(tcp, key);

		ck_assert(port == last + 1 || (last == TCP_EPHEMERAL_MAX &&
		                               port == TCP_EPHEMERAL_MIN));
		last = port;
	}
}
END_TEST

/* RFC6056-1 */
START_TEST(destinations_get_unrelated_ports)
{
	uint16_t port[8];
	unsigned consecutive = 0;

	for (int i = 0; i < 8; i++) {
		key.peer_ip.octet[3] = (uint8_t)(10 + i);
		port[i]              = tcp_port_for(tcp, key);
	}
	for (int i = 1; i < 8; i++)
		consecutive += port[i] == port[i - 1] + 1;
	ck_assert_uint_lt(consecutive, 3);
}
END_TEST

static Suite *isn_suite(void)
{
	Suite *suite = suite_create("isn");
	TCase *tcase = tcase_create("isn");

	tcase_add_checked_fixture(tcase, setup, tcb_layer_close);
	tcase_add_test(tcase, one_tuple_grows_by_250_a_millisecond);
	tcase_add_test(tcase, every_part_of_the_tuple_and_the_secret_matter);
	tcase_add_test(tcase, neighbouring_tuples_say_nothing_about_each_other);
	tcase_add_test(tcase, timestamps_have_an_origin_of_their_own);
	tcase_add_test(tcase, ephemeral_ports_lie_in_their_range_and_are_free);
	tcase_add_test(tcase, one_destination_gets_the_ports_in_turn);
	tcase_add_test(tcase, destinations_get_unrelated_ports);
	suite_add_tcase(suite, tcase);

	return suite;
}

TEST_MAIN(isn_suite)
