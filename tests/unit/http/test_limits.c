/* SPDX-License-Identifier: MIT */
/*
 * test_limits.c - slow, many and endless clients, and stopping, in virtual
 * time: rows HL-01 to HL-05, HL-09, HP-03
 */
#include "tests/unit/http/rig.h"

#define GET(path) "GET " path " HTTP/1.1\r\nHost: h\r\n\r\n"

static double seconds(uint64_t us)
{
	return (double)us / (double)SEC;
}

static void assert_ended_at(const struct client *c, double from, double to)
{
	ck_assert_msg(c->is_ended, "it is still open");
	ck_assert_msg(seconds(c->ended_us) >= from &&
	                      seconds(c->ended_us) <= to,
	              "ended at %.3f s", seconds(c->ended_us));
}

/* HL-01: progress does not move the head's deadline. */
START_TEST(a_slow_head_is_ended_with_408_in_20_seconds)
{
	struct client *c = rig_client(), *other;

	rig_run(10 * MS);
	for (int i = 0; i < 30 && !c->is_ended; i++) {
		rig_say(c, i ? "X" : "GET / HTTP/1.1\r\n");
		rig_run(SEC);
	}
	assert_ended_at(c, 19.9, 20.1);
	assert_begins(c, "HTTP/1.1 408 Request Timeout\r\n");
	assert_contains(rig.log, "\"GET / HTTP/1.1\" 408 ");

	other = rig_ask(GET("/a.txt"));
	assert_begins(other, "HTTP/1.1 200 OK");
}
END_TEST

START_TEST(a_client_that_says_nothing_is_left_in_20_seconds)
{
	struct client *c = rig_client();

	rig_run(30 * SEC);
	assert_ended_at(c, 19.9, 20.1);
	ck_assert_uint_eq(c->len, 0);
	ck_assert_uint_eq(rig.log_len, 0);
}
END_TEST

START_TEST(an_idle_connection_is_closed_after_60_seconds)
{
	struct client *c = rig_ask(GET("/a.txt"));
	const size_t len = c->len;

	rig_run(59 * SEC);
	ck_assert(!c->is_ended);
	rig_say(c, GET("/a.txt"));
	rig_run(59 * SEC);
	ck_assert(!c->is_ended);
	rig_run(2 * SEC);
	assert_ended_at(c, 118, 120);
	ck_assert_uint_eq(c->len, 2 * len);
	ck_assert_int_eq(c->error, 0);
}
END_TEST

START_TEST(a_later_head_has_20_seconds_from_its_first_octet)
{
	struct client *c = rig_ask(GET("/a.txt"));

	rig_run(50 * SEC);
	rig_say(c, "G");
	rig_run(15 * SEC);
	ck_assert(!c->is_ended);
	rig_run(10 * SEC);
	assert_ended_at(c, 70, 70.5);
	assert_contains(c->rcv, "HTTP/1.1 408 ");
}
END_TEST

/* HL-02 */
START_TEST(a_slow_body_is_ended_with_408)
{
	struct client *c = rig_ask("POST / HTTP/1.1\r\nHost: h\r\n"
	                           "Content-Length: 100000\r\n\r\n");

	for (int i = 0; i < 60 && !c->is_ended; i++) {
		rig_say(c, "x");
		rig_run(SEC);
	}
	assert_ended_at(c, 20, 21);
	assert_begins(c, "HTTP/1.1 408 ");
}
END_TEST

START_TEST(a_body_that_keeps_the_rate_has_its_time)
{
	static char octets[1000];
	struct client *c = rig_ask("POST / HTTP/1.1\r\nHost: h\r\n"
	                           "Content-Length: 60000\r\n\r\n");

	for (int i = 0; i < 60; i++) {
		rig_say_bytes(c, octets, sizeof(octets));
		rig_run(SEC);
	}
	assert_begins(c, "HTTP/1.1 405 ");
	ck_assert(!c->is_ended);
}
END_TEST

/* HL-03 */
START_TEST(a_client_that_does_not_read_is_reset_after_60_seconds)
{
	struct client *c = rig_client(), *other;

	c->reads = false;
	rig_run(10 * MS);
	rig_say(c, GET("/big.bin"));
	rig_run(30 * SEC);
	other = rig_ask(GET("/a.txt"));
	assert_begins(other, "HTTP/1.1 200 OK");
	rig_run(29 * SEC);
	ck_assert(!http_server_is_idle(rig.server));
	rig_run(3 * SEC);
	ck_assert_int_eq(tarn_readiness(rig_a(), c->fd) & TARN_POLLERR,
	                 TARN_POLLERR);
	assert_contains(rig.log, "\"GET /big.bin HTTP/1.1\" 200 ");
}
END_TEST

START_TEST(a_client_that_reads_slowly_is_reset_after_its_average)
{
	struct client *c = rig_client();
	char octets[64];
	int i;

	c->reads = false;
	rig_run(10 * MS);
	rig_say(c, GET("/big.bin"));
	for (i = 0; i < 3000; i++) {
		rig_run(SEC);
		if (http_server_is_idle(rig.server) ||
		    tarn_recv(rig_a(), c->fd, octets, sizeof(octets), 0) <= 0)
			break;
	}
	/* About 300 KiB are in the two buffers; they count as sent. */
	ck_assert_int_ge(i, 60);
	ck_assert_int_le(i, 500);
}
END_TEST

START_TEST(slow_clients_do_not_delay_others)
{
	struct client *slow[40], *c;
	uint64_t begin_us;

	for (int i = 0; i < 40; i++)
		slow[i] = rig_client();
	rig_run(10 * MS);
	for (int i = 0; i < 40; i++) {
		slow[i]->reads = false;
		rig_say(slow[i], i % 2 ? GET("/big.bin") : "GET / HT");
	}
	rig_run(SEC);
	begin_us = lab_now(rig.lab);
	c        = rig_client();
	rig_run(3 * MS);
	rig_say(c, GET("/a.txt"));
	rig_run(3 * MS);
	assert_begins(c, "HTTP/1.1 200 OK");
	ck_assert_uint_le(lab_now(rig.lab) - begin_us, 10 * MS);
}
END_TEST

/* HL-05 */
START_TEST(long_heads_are_refused_at_the_limit)
{
	static char bytes[70000];
	struct client *c = rig_client();

	memset(bytes, 'a', sizeof(bytes));
	rig_run(10 * MS);
	memcpy(bytes, "GET /", 5);
	rig_say_bytes(c, bytes, sizeof(bytes));
	rig_run(100 * MS);
	assert_begins(c, "HTTP/1.1 414 URI Too Long\r\n");
	ck_assert_int_eq(c->error, 0);

	c = rig_client();
	rig_run(10 * MS);
	rig_say(c, "GET / HTTP/1.1\r\nHost: h\r\n");
	for (int i = 0; i < 1000; i++)
		rig_say(c, "A: b\r\n");
	rig_run(100 * MS);
	assert_begins(c, "HTTP/1.1 431 Request Header Fields Too Large\r\n");
	ck_assert(c->is_ended);
	ck_assert_int_eq(c->error, 0);
}
END_TEST

static void setup_small(void)
{
	rig_prepare();
	rig.config.limits.connections_max = 4;
	rig.config.limits.per_source_max  = 3;
	rig.config.limits.requests_max    = 5;
	rig_open();
}

/* HL-09 */
START_TEST(a_connection_has_so_many_requests)
{
	struct client *c = rig_ask(GET("/a.txt") GET("/a.txt") GET(
	        "/a.txt") GET("/a.txt") GET("/a.txt") GET("/a.txt"));

	ck_assert_uint_eq(count_of(c->rcv, "HTTP/1.1 200 OK"), 5);
	ck_assert_uint_eq(count_of(c->rcv, "Connection: close"), 1);
	ck_assert(c->is_ended);
	ck_assert_int_eq(c->error, 0);
}
END_TEST

START_TEST(an_address_has_so_many_connections)
{
	struct http_server_stats stats;
	struct client *c;

	for (int i = 0; i < 3; i++)
		rig_ask(GET("/a.txt"));
	c = rig_client();
	rig_run(100 * MS);
	ck_assert(c->is_ended);
	http_server_stats(rig.server, &stats);
	ck_assert_uint_eq(stats.accepted, 3);
	ck_assert_uint_eq(stats.refused, 1);

	/* One leaves: there is room again. */
	client_close(&rig.client[0]);
	rig_run(100 * MS);
	assert_begins(rig_ask(GET("/a.txt")), "HTTP/1.1 200 OK");
}
END_TEST

static void setup_full(void)
{
	rig_prepare();
	rig.config.limits.connections_max = 2;
	rig_open();
}

/* HL-04 */
START_TEST(the_longest_idle_connection_makes_room)
{
	struct client *first  = rig_ask(GET("/a.txt"));
	struct client *second = rig_ask(GET("/a.txt"));
	struct client *third;

	rig_say(first, GET("/a.txt"));
	rig_run(100 * MS); /* now the second has been idle longest */
	third = rig_ask(GET("/a.txt"));
	assert_begins(third, "HTTP/1.1 200 OK");
	ck_assert(second->is_ended);
	ck_assert_int_eq(second->error, 0);
	ck_assert(!first->is_ended);
}
END_TEST

START_TEST(without_an_idle_one_a_new_connection_is_refused)
{
	struct client *busy[2], *c;

	for (int i = 0; i < 2; i++) {
		busy[i] = rig_ask("GET / HTTP/1.1\r\n");
		ck_assert(!busy[i]->is_ended);
	}
	c = rig_client();
	rig_run(100 * MS);
	ck_assert(c->is_ended);
	rig_say(busy[0], "Host: h\r\n\r\n");
	rig_run(100 * MS);
	assert_begins(busy[0], "HTTP/1.1 200 OK");
}
END_TEST

/* HP-03 */
START_TEST(a_file_that_shrinks_is_seen_to_be_cut)
{
	struct client *c = rig_client();

	c->reads = false;
	rig_run(10 * MS);
	rig_say(c, GET("/big.bin"));
	rig_run(SEC);
	rig_file("big.bin", "", 0);
	c->reads = true;
	rig_run(10 * SEC);
	ck_assert(c->is_ended);
	ck_assert_int_eq(c->error, -ECONNRESET);
	ck_assert_uint_lt(c->len, RIG_BIG_LEN);
}
END_TEST

START_TEST(a_file_that_grows_is_sent_as_announced)
{
	static char more[RIG_BIG_LEN + 5000];
	struct client *c = rig_client();

	c->reads = false;
	rig_run(10 * MS);
	rig_say(c, GET("/big.bin"));
	rig_run(SEC);
	rig_file("big.bin", more, sizeof(more));
	c->reads = true;
	rig_say(c, GET("/a.txt"));
	rig_run(10 * SEC);
	assert_ends_with(c, "\r\n\r\ntext a\n");
}
END_TEST

START_TEST(stopping_closes_idle_ones_and_finishes_the_others)
{
	struct client *idle = rig_ask(GET("/a.txt")), *silent, *busy, *half;

	silent      = rig_client();
	busy        = rig_client();
	busy->reads = false;
	half        = rig_client();
	rig_run(10 * MS);
	rig_say(busy, GET("/big.bin"));
	rig_say(half, "GET /a.txt HTTP/1.1\r\nHost:");
	rig_run(SEC);

	http_server_stop(rig.server, lab_now(rig.lab));
	rig_run(100 * MS);
	ck_assert(idle->is_ended && idle->error == 0);
	ck_assert(silent->is_ended);
	ck_assert(!http_server_is_idle(rig.server));

	busy->reads = true;
	rig_say(half, "h\r\n\r\n");
	rig_run(2 * SEC);
	assert_contains(half->rcv, "\r\nConnection: close\r\n");
	assert_ends_with(half, "text a\n");
	ck_assert_uint_gt(busy->len, RIG_BIG_LEN);
	ck_assert(busy->is_ended && busy->error == 0);
	client_close(busy);
	client_close(half);
	rig_run(100 * MS);
	ck_assert(http_server_is_idle(rig.server));

	silent = rig_client();
	rig_run(100 * MS);
	ck_assert(silent->is_ended);
}
END_TEST

START_TEST(stopping_takes_at_most_5_seconds)
{
	struct client *c = rig_client();

	c->reads = false;
	rig_run(10 * MS);
	rig_say(c, GET("/big.bin"));
	rig_run(SEC);
	http_server_stop(rig.server, lab_now(rig.lab));
	rig_run(4 * SEC);
	ck_assert(!http_server_is_idle(rig.server));
	rig_run(1100 * MS);
	ck_assert(http_server_is_idle(rig.server));
}
END_TEST

static void add_slow(Suite *s)
{
	TCase *tc = tcase_create("slow");

	tcase_add_checked_fixture(tc, rig_setup, rig_teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_slow_head_is_ended_with_408_in_20_seconds);
	tcase_add_test(tc, a_client_that_says_nothing_is_left_in_20_seconds);
	tcase_add_test(tc, an_idle_connection_is_closed_after_60_seconds);
	tcase_add_test(tc, a_later_head_has_20_seconds_from_its_first_octet);
	tcase_add_test(tc, a_slow_body_is_ended_with_408);
	tcase_add_test(tc, a_body_that_keeps_the_rate_has_its_time);
	tcase_add_test(tc,
	               a_client_that_does_not_read_is_reset_after_60_seconds);
	tcase_add_test(tc,
	               a_client_that_reads_slowly_is_reset_after_its_average);
	tcase_add_test(tc, slow_clients_do_not_delay_others);
	tcase_add_test(tc, long_heads_are_refused_at_the_limit);
	tcase_add_test(tc, a_file_that_shrinks_is_seen_to_be_cut);
	tcase_add_test(tc, a_file_that_grows_is_sent_as_announced);
	tcase_add_test(tc, stopping_closes_idle_ones_and_finishes_the_others);
	tcase_add_test(tc, stopping_takes_at_most_5_seconds);
	suite_add_tcase(s, tc);
}

static Suite *suite(void)
{
	Suite *s     = suite_create("http limits");
	TCase *small = tcase_create("small"), *full = tcase_create("full");

	add_slow(s);
	tcase_add_checked_fixture(small, setup_small, rig_teardown);
	tcase_add_test(small, a_connection_has_so_many_requests);
	tcase_add_test(small, an_address_has_so_many_connections);
	tcase_set_timeout(small, 60);
	suite_add_tcase(s, small);
	tcase_add_checked_fixture(full, setup_full, rig_teardown);
	tcase_add_test(full, the_longest_idle_connection_makes_room);
	tcase_add_test(full, without_an_idle_one_a_new_connection_is_refused);
	tcase_set_timeout(full, 60);
	suite_add_tcase(s, full);

	return s;
}

TEST_MAIN(suite)
