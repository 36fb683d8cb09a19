/* SPDX-License-Identifier: MIT */
/*
 * test_server.c - what the server answers, over two stacks in virtual time:
 * rows HF-01, HF-15 to HF-19, HO-02; sections A to D of the checklist
 */
#include "tests/unit/http/rig.h"

#define GET(path) "GET " path " HTTP/1.1\r\nHost: h\r\n\r\n"

START_TEST(a_page_is_served_and_the_connection_stays)
{
	struct client *c = rig_ask(GET("/a.txt"));

	assert_begins(c, "HTTP/1.1 200 OK\r\n"
	                 "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
	assert_contains(c->rcv,
	                "\r\nContent-Type: text/plain; charset=utf-8\r\n");
	assert_contains(c->rcv, "\r\nContent-Length: 7\r\n");
	assert_ends_with(c, "\r\n\r\ntext a\n");
	ck_assert(!c->is_ended);

	rig_say(c, GET("/"));
	rig_run(100 * MS);
	ck_assert_uint_eq(count_of(c->rcv, "200 OK"), 2);
	assert_ends_with(c, "\r\n\r\n<p>index\n");
}
END_TEST

START_TEST(a_large_file_arrives_whole)
{
	struct client *c = rig_ask(GET("/big.bin"));
	const char *body;

	rig_run(5 * SEC);
	body = strstr(c->rcv, "\r\n\r\n") + 4;
	ck_assert_uint_eq(c->len - (size_t)(body - c->rcv), RIG_BIG_LEN);
	ck_assert_int_eq(memcmp(body, rig_big(), RIG_BIG_LEN), 0);
}
END_TEST

/* All of it is there before the server looks, and nothing comes afterwards
 * that would make it look again. */
START_TEST(a_request_that_came_with_the_handshake_is_answered_at_once)
{
	struct client *c = rig_client();

	lab_run(rig.lab, 10 * MS);
	rig_say(c, GET("/nope"));
	tarn_shutdown(rig_a(), c->fd, TARN_SHUT_WR);
	lab_run(rig.lab, 20 * MS);
	http_server_step(rig.server, lab_now(rig.lab));
	lab_run(rig.lab, 30 * MS);
	client_read(c);
	assert_begins(c, "HTTP/1.1 404 ");
	ck_assert(c->is_ended);
}
END_TEST

/* What a fixture is answered with when it comes in pieces of @step octets. */
static char *answer_to(const char *bytes, size_t step)
{
	struct client *c = rig_client();
	const size_t len = strlen(bytes);
	char *answer;

	rig_run(10 * MS);
	for (size_t at = 0; at < len; at += step) {
		rig_say_bytes(c, bytes + at, len - at < step ? len - at : step);
		rig_run(5 * MS);
	}
	rig_run(200 * MS);
	tarn_close(rig_a(), c->fd);
	rig_run(5 * SEC);
	answer = c->rcv;
	rig.client_count--;

	return answer;
}

/* Dates differ by the time that the pieces take. */
static void hide_dates(char *answer)
{
	while ((answer = strstr(answer, "\r\nDate: ")) != NULL) {
		answer += 8;
		memset(answer, 'D', 29);
	}
}

/* HF-19 */
START_TEST(answers_do_not_depend_on_segments)
{
	static const char *const fixtures[] = {
		GET("/a.txt") GET("/nope") GET("/"),
		"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: "
		"chunked\r\n\r\n3;x\r\nabc\r\n0\r\nT: r\r\n\r\n" GET("/a.txt"),
		("GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n"
		 "GET /HEAD /a.txt HTTP/1.0\r\n\r\n"),
		"GET / HTTP/1.1\r\nHost: h\r\nX : y\r\n\r\n",
		"GET /\r\n",
	};

	for (size_t i = 0; i < sizeof(fixtures) / sizeof(fixtures[0]); i++) {
		char *whole = answer_to(fixtures[i], 10000);

		hide_dates(whole);
		for (size_t step = 1; step <= 16; step += 5) {
			char *cut = answer_to(fixtures[i], step);

			hide_dates(cut);
			ck_assert_str_eq(cut, whole);
			free(cut);
		}
		free(whole);
	}
}
END_TEST

/* HF-17 */
START_TEST(a_thousand_pipelined_requests_are_answered_in_order)
{
	struct client *c = rig_client();

	rig_run(10 * MS);
	for (int i = 0; i < 500; i++) {
		rig_say(c, GET("/a.txt"));
		rig_say(c, "HEAD /sub HTTP/1.1\r\nHost: h\r\n\r\n");
	}
	rig_run(10 * SEC);
	ck_assert_uint_eq(count_of(c->rcv, "HTTP/1.1 200 OK"), 500);
	ck_assert_uint_eq(count_of(c->rcv, "HTTP/1.1 301 "), 500);
	ck_assert_uint_eq(count_of(c->rcv, "text a\nHTTP/1.1 301 "), 500);
	ck_assert_uint_eq(count_of(c->rcv, "Connection: close"), 1);
	ck_assert(c->is_ended);
	ck_assert_int_eq(c->error, 0);
}
END_TEST

START_TEST(after_an_error_nothing_more_is_answered)
{
	struct client *c = rig_ask(GET("/a.txt") "BAD\r\n\r\n" GET("/a.txt"));

	ck_assert_uint_eq(count_of(c->rcv, "HTTP/1.1 "), 2);
	assert_contains(c->rcv, "HTTP/1.1 400 Bad Request\r\n");
	assert_contains(c->rcv, "Connection: close\r\n");
	ck_assert(c->is_ended);
	ck_assert_int_eq(c->error, 0);
}
END_TEST

/* HF-01 */
START_TEST(a_smuggled_request_is_never_answered)
{
	struct client *c = rig_ask(
	        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n"
	        "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" GET("/a.txt"));

	ck_assert_uint_eq(count_of(c->rcv, "HTTP/1.1 "), 1);
	assert_begins(c, "HTTP/1.1 400 ");
	ck_assert(c->is_ended);
}
END_TEST

/* HF-15 */
START_TEST(a_body_is_never_taken_for_a_request)
{
	struct client *c =
	        rig_ask("GET /a.txt HTTP/1.1\r\nHost: h\r\nContent-Length: "
	                "31\r\n\r\n" GET("/nope") GET("/sub/"));

	ck_assert_uint_eq(strlen(GET("/nope")), 31);
	assert_begins(c, "HTTP/1.1 200 OK");
	assert_ends_with(c, "\r\n\r\nsub\n");
	ck_assert_uint_eq(count_of(c->rcv, "HTTP/1.1 "), 2);
}
END_TEST

START_TEST(both_kinds_of_body_are_drained)
{
	struct client *c = rig_ask(
	        "GET /a.txt HTTP/1.1\r\nHost: h\r\nContent-Length: "
	        "5\r\n\r\nhello"
	        "OPTIONS /a.txt HTTP/1.1\r\nHost: h\r\n"
	        "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
	        "DELETE / HTTP/1.1\r\nHost: h\r\nContent-Length: "
	        "3\r\n\r\nabc" GET("/sub/"));

	ck_assert_uint_eq(count_of(c->rcv, "HTTP/1.1 "), 4);
	assert_contains(c->rcv, "HTTP/1.1 204 No Content\r\n");
	assert_contains(c->rcv, "HTTP/1.1 405 Method Not Allowed\r\n");
	assert_ends_with(c, "\r\n\r\nsub\n");
	ck_assert(!c->is_ended);
}
END_TEST

/* HF-16 */
START_TEST(continue_is_said_before_the_body)
{
	struct client *c = rig_ask("GET /a.txt HTTP/1.1\r\nHost: h\r\n"
	                           "Content-Length: 5\r\n"
	                           "Expect: 100-continue\r\n\r\n");

	ck_assert_str_eq(c->rcv, "HTTP/1.1 100 Continue\r\n\r\n");
	rig_say(c, "hello" GET("/"));
	rig_run(100 * MS);
	ck_assert_uint_eq(count_of(c->rcv, "HTTP/1.1 200"), 2);
	ck_assert_uint_eq(count_of(c->rcv, "HTTP/1.1 100"), 1);
	ck_assert_uint_eq(count_of(rig.log, "\n"), 2);
}
END_TEST

START_TEST(continue_is_not_said_when_it_makes_no_sense)
{
#define EXPECT "Expect: 100-continue\r\n"
	static const struct {
		const char *bytes, *begin;
	} rows[] = {
		/* the body has begun */
		{ "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n" EXPECT
		  "\r\nhello",
		  "HTTP/1.1 200 " },
		/* there is none */
		{ "GET / HTTP/1.1\r\nHost: h\r\n" EXPECT "\r\n",
		  "HTTP/1.1 200 " },
		/* HTTP/1.0 knows no 100 */
		{ "GET / HTTP/1.0\r\nContent-Length: 5\r\n" EXPECT "\r\nhello",
		  "HTTP/1.1 200 " },
		/* the final answer is known */
		{ "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n" EXPECT
		  "\r\n",
		  "HTTP/1.1 405 " },
		{ "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: "
		  "9999999\r\n" EXPECT "\r\n",
		  "HTTP/1.1 413 " },
		{ "GET / HTTP/1.1\r\nHost: h\r\nExpect: x\r\n\r\n",
		  "HTTP/1.1 417 " },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct client *c = rig_ask(rows[i].bytes);

		assert_begins(c, rows[i].begin);
		ck_assert_uint_eq(count_of(c->rcv, "HTTP/1.1 "), 1);
	}
}
END_TEST

START_TEST(each_refusal_has_its_status_and_closes)
{
	static const struct {
		const char *bytes, *begin;
	} rows[] = {
		{ "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 " },
		{ "GET / HTTP/2.0\r\nHost: h\r\n\r\n", "HTTP/1.1 505 " },
		{ "\x16\x03\x01", "HTTP/1.1 400 " },
		{ "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP/1.1 400 " },
		{ "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: "
		  "1048577\r\n\r\n",
		  "HTTP/1.1 413 " },
		{ "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: "
		  "chunked\r\n\r\n100001\r\n",
		  "HTTP/1.1 413 " },
		{ "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, "
		  "chunked\r\n\r\n",
		  "HTTP/1.1 501 " },
		{ "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: "
		  "chunked\r\n\r\n5\nhello",
		  "HTTP/1.1 400 " },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct client *c = rig_ask(rows[i].bytes);

		assert_begins(c, rows[i].begin);
		assert_contains(c->rcv, "\r\nDate: ");
		assert_contains(c->rcv, "\r\nConnection: close\r\n");
		ck_assert_uint_eq(count_of(c->rcv, "\r\nDate: "), 1);
		ck_assert_msg(c->is_ended && c->error == 0, "%s",
		              rows[i].bytes);
	}
}
END_TEST

START_TEST(old_clients_get_what_they_understand)
{
	struct client *c = rig_ask("GET /a.txt HTTP/1.0\r\n\r\n");

	assert_contains(c->rcv, "\r\nConnection: close\r\n");
	ck_assert(c->is_ended);
	c = rig_ask("GET /a.txt HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
	assert_contains(c->rcv, "\r\nConnection: keep-alive\r\n");
	ck_assert(!c->is_ended);
	c = rig_ask("GET /a.txt HTTP/1.1\r\nHost: h\r\n"
	            "Connection: x, close\r\n\r\n" GET("/"));
	ck_assert_uint_eq(count_of(c->rcv, "HTTP/1.1 "), 1);
	ck_assert(c->is_ended);
	ck_assert_int_eq(c->error, 0);
}
END_TEST

/* HO-02 */
START_TEST(head_has_the_fields_of_get_and_no_body)
{
	struct client *c =
	        rig_ask("HEAD /a.txt HTTP/1.1\r\nHost: h\r\n\r\n"
	                "HEAD /nope HTTP/1.1\r\nHost: h\r\n\r\n" GET("/"));

	assert_contains(c->rcv, "\r\nContent-Length: 7\r\n");
	ck_assert_uint_eq(count_of(c->rcv, "\r\n\r\nHTTP/1.1 "), 2);
	ck_assert_uint_eq(count_of(c->rcv, "text a"), 0);
	assert_ends_with(c, "\r\n\r\n<p>index\n");
}
END_TEST

START_TEST(a_client_that_closes_its_side_is_still_answered)
{
	struct client *c = rig_client();

	rig_run(10 * MS);
	rig_say(c, GET("/a.txt") GET("/big.bin"));
	tarn_shutdown(rig_a(), c->fd, TARN_SHUT_WR);
	rig_run(5 * SEC);
	ck_assert_uint_eq(count_of(c->rcv, "HTTP/1.1 200"), 2);
	ck_assert_uint_gt(c->len, RIG_BIG_LEN);
	ck_assert(c->is_ended);
	ck_assert_int_eq(c->error, 0);
}
END_TEST

START_TEST(half_a_request_is_not_answered)
{
	struct client *c = rig_client();

	rig_run(10 * MS);
	rig_say(c, "GET /a.txt HTTP/1.1\r\nHost: h\r\nContent-Length: "
	           "5\r\n\r\nhel");
	tarn_shutdown(rig_a(), c->fd, TARN_SHUT_WR);
	rig_run(SEC);
	ck_assert_uint_eq(c->len, 0);
	ck_assert(c->is_ended);
	ck_assert_uint_eq(rig.log_len, 0);
}
END_TEST

START_TEST(the_log_tells_each_answer_on_one_line)
{
	rig_ask("GET /a.txt HTTP/1.1\r\nHost: h\r\nReferer: http://r/\"x\r\n"
	        "User-Agent: \\evil %n\xff\r\n\r\n");
	ck_assert_str_eq(rig.log,
	                 "10.9.0.1 - - [06/Nov/1994:08:49:37 +0000] "
	                 "\"GET /a.txt HTTP/1.1\" 200 7 \"http://r/\\\"x\" "
	                 "\"\\\\evil %n\\xff\"\n");
	rig.log_len = 0;
	rig_ask("GE\x1b]0;x\x07");
	ck_assert_str_eq(rig.log + 42, "\"GE\\x1b]0;x\\x07\" 400 119 \"-\" "
	                               "\"-\"\n");
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("http server");
	TCase *tc = tcase_create("answers");

	tcase_add_checked_fixture(tc, rig_setup, rig_teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_page_is_served_and_the_connection_stays);
	tcase_add_test(
	        tc, a_request_that_came_with_the_handshake_is_answered_at_once);
	tcase_add_test(tc, a_large_file_arrives_whole);
	tcase_add_test(tc, answers_do_not_depend_on_segments);
	tcase_add_test(tc, a_thousand_pipelined_requests_are_answered_in_order);
	tcase_add_test(tc, after_an_error_nothing_more_is_answered);
	tcase_add_test(tc, a_smuggled_request_is_never_answered);
	tcase_add_test(tc, a_body_is_never_taken_for_a_request);
	tcase_add_test(tc, both_kinds_of_body_are_drained);
	tcase_add_test(tc, continue_is_said_before_the_body);
	tcase_add_test(tc, continue_is_not_said_when_it_makes_no_sense);
	tcase_add_test(tc, each_refusal_has_its_status_and_closes);
	tcase_add_test(tc, old_clients_get_what_they_understand);
	tcase_add_test(tc, head_has_the_fields_of_get_and_no_body);
	tcase_add_test(tc, a_client_that_closes_its_side_is_still_answered);
	tcase_add_test(tc, half_a_request_is_not_answered);
	tcase_add_test(tc, the_log_tells_each_answer_on_one_line);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
