/* SPDX-License-Identifier: MIT */
/* test_port.c - what uses a local port is counted, and forgotten at none */
#include "tcp/port.h"
#include "tests/unit/lib/tcb.h"
#include <errno.h>

#define LISTENERS 200

static struct env *env;
static struct tcp *tcp;
static struct tcp_listener *listener[LISTENERS];

static void setup(void)
{
	env = tcb_layer_open();
	tcp = tcb_in(TCPS_ESTABLISHED)->tcp;
}

static void teardown(void)
{
	tcb_layer_close();
}

static struct tarn_addr at(uint8_t host, uint16_t port)
{
	return (struct tarn_addr){ tarn_ip4(10, 9, 0, host), port };
}

static struct tarn_addr anywhere(uint16_t port)
{
	return (struct tarn_addr){ .port = port };
}

static struct tcp_listener *listen_at(struct tarn_addr local)
{
	struct tcp_settings settings;
	struct tcp_listener *ret;

	tcp_settings_init(tcp, &settings);
	ck_assert_int_eq(tcp_open_passive(tcp, &local, &settings, 1, &ret), 0);

	return ret;
}

static int check(struct tarn_addr local, bool reuse)
{
	return tcp_bind_check(tcp, &local, reuse);
}

START_TEST(a_listener_is_in_the_way_of_its_address_and_of_the_wildcard)
{
	struct tcp_listener *one = listen_at(at(2, 8080));

	ck_assert_int_eq(check(at(2, 8080), true), -EADDRINUSE);
	ck_assert_int_eq(check(anywhere(8080), true), -EADDRINUSE);
	ck_assert_int_eq(check(at(3, 8080), true), 0);
	ck_assert_int_eq(check(at(2, 8081), true), 0);
	ck_assert(!port_is_used(tcp, 8080));

	tcp_listener_close(one);
	ck_assert_int_eq(check(at(2, 8080), true), 0);
	ck_assert_int_eq(check(anywhere(8080), true), 0);
}
END_TEST

START_TEST(a_listener_on_the_wildcard_is_in_the_way_of_every_address)
{
	struct tcp_listener *all = listen_at(anywhere(8080));

	ck_assert_int_eq(check(at(2, 8080), true), -EADDRINUSE);
	ck_assert_int_eq(check(anywhere(8080), true), -EADDRINUSE);
	ck_assert_int_eq(check(anywhere(8081), true), 0);
	tcp_listener_close(all);
}
END_TEST

START_TEST(the_last_listener_of_a_port_frees_it)
{
	const size_t used = env->memory.used;

	for (uint8_t i = 0; i < LISTENERS; i++)
		listener[i] = listen_at(at(i, 8080));
	for (uint8_t i = 0; i < LISTENERS; i++) {
		ck_assert_int_eq(check(anywhere(8080), true), -EADDRINUSE);
		tcp_listener_close(listener[i]);
	}
	ck_assert_int_eq(check(anywhere(8080), true), 0);
	ck_assert_uint_eq(env->memory.used, used);
}
END_TEST

START_TEST(a_connection_counts_unless_addresses_may_be_used_again)
{
	const struct tcb *tcb = tcb_in(TCPS_ESTABLISHED);
	const uint16_t port   = tcb->conn.key.local_port;

	ck_assert(port_is_used(tcp, port));
	ck_assert(!port_is_listened_to(tcp, port));
	ck_assert_int_eq(check(anywhere(port), false), -EADDRINUSE);
	ck_assert_int_eq(check(anywhere(port), true), 0);
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("tcp/port");
	TCase *tc = tcase_create("port");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(
	        tc,
	        a_listener_is_in_the_way_of_its_address_and_of_the_wildcard);
	tcase_add_test(
	        tc, a_listener_on_the_wildcard_is_in_the_way_of_every_address);
	tcase_add_test(tc, the_last_listener_of_a_port_frees_it);
	tcase_add_test(tc,
	               a_connection_counts_unless_addresses_may_be_used_again);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
