/* SPDX-License-Identifier: MIT */
/*
 * test_client.c - the client against servers that do anything, in virtual time:
 * rows HC-01 to HC-03, HC-06, HC-09, HC-10; section G of the checklist
 */
#include "apps/http/client.h"
#include "apps/http/limits.h"
#include "drivers/lab.h"
#include "tests/unit/lib/test.h"
#include <errno.h>
#include <string.h>

#define SEC   HTTP_USEC_PER_SEC
#define MS    (SEC / 1000)
#define OK    "HTTP/1.1 200 OK\r\n"
#define HELLO OK "Content-Length: 5\r\n\r\nhello"

static struct lab *lab;
static int listen_fd, peer_fd; /* of B */
static struct http_client *client;
static struct http_client_config config;
static char request[4096], heads[1 << 19], body[4096];
static size_t heads_len, body_len;
static uint64_t deadline_us, ended_us;
static int stop_with; /* what the callbacks return */

static int on_head(void *context, const uint8_t *head, size_t len,
                   const struct http_response *response)
{
	(void)context, (void)response;
	ck_assert_uint_lt(heads_len + len, sizeof(heads));
	memcpy(heads + heads_len, head, len);
	heads_len += len;
	heads[heads_len] = '\0';

	return 0;
}

static int on_body(void *context, const uint8_t *data, size_t len)
{
	(void)context;
	ck_assert_uint_lt(body_len + len, sizeof(body));
	memcpy(body + body_len, data, len);
	body_len += len;
	body[body_len] = '\0';

	return stop_with;
}

static struct tarn *b(void)
{
	return lab_stack(lab, 1);
}

static void listen_on_b(void)
{
	const struct tarn_addr local = { .port = 80 };

	listen_fd = tarn_socket(b(), TARN_STREAM);
	ck_assert_int_ge(listen_fd, 0);
	ck_assert_int_eq(tarn_bind(b(), listen_fd, &local), 0);
	ck_assert_int_eq(tarn_listen(b(), listen_fd, 5), 0);
}

static void forget(void)
{
	heads_len = body_len = 0;
	heads[0] = body[0] = '\0';
	ended_us           = 0;
}

static void setup(void)
{
	const struct wire_path path = { .delay_us = MS };

	ck_assert_int_eq(lab_create(&path, 1, NULL, NULL, &lab), 0);
	listen_on_b();
	peer_fd = -1;
	client  = NULL;
	config  = (struct http_client_config){
		 .peer   = { tarn_ip4(10, 9, 0, 2), 80 },
		 .method = "GET",
		 .target = "/x?y",
		 .host   = "10.9.0.2",
		 .head   = on_head,
		 .body   = on_body,
	};
	request[0] = '\0';
	stop_with  = 0;
	forget();
}

static int try_open(void)
{
	return http_client_open(lab_stack(lab, 0), &config, lab_now(lab),
	                        &client);
}

static void run(uint64_t for_us)
{
	const uint64_t until_us = lab_now(lab) + for_us;
	bool has_moved;

	do {
		deadline_us = http_client_step(client, lab_now(lab));
		if (http_client_end(client) && !ended_us)
			ended_us = lab_now(lab);
		has_moved = lab_step(lab, deadline_us < until_us ? deadline_us
		                                                 : until_us);
	} while (has_moved || lab_now(lab) < until_us);
	http_client_step(client, lab_now(lab));
}

static void accept_peer(void)
{
	struct tarn_addr peer;
	ssize_t n;

	peer_fd = tarn_accept(b(), listen_fd, &peer);
	ck_assert_int_ge(peer_fd, 0);
	n = tarn_recv(b(), peer_fd, request, sizeof(request) - 1, 0);
	ck_assert_int_gt(n, 0);
	request[n] = '\0';
}

/* Connects, and lets the server have the request. */
static void connect_both(void)
{
	ck_assert_int_eq(try_open(), 0);
	run(20 * MS);
	accept_peer();
}

static void say(const char *data, size_t len)
{
	ck_assert_int_eq(tarn_send(b(), peer_fd, data, len, 0), (ssize_t)len);
	run(5 * MS);
}

static void hang_up(void)
{
	tarn_close(b(), peer_fd);
	peer_fd = -1;
	run(20 * MS);
}

static void finish(void)
{
	http_client_close(client);
	client = NULL;
	if (peer_fd >= 0)
		tarn_close(b(), peer_fd);
	peer_fd = -1;
	lab_run(lab, lab_now(lab) + SEC);
	forget();
}

static void teardown(void)
{
	struct tarn_usage usage;

	finish();
	tarn_usage(lab_stack(lab, 0), &usage);
	ck_assert_uint_eq(usage.descriptors, 0);
	lab_destroy(lab);
}

START_TEST(the_request_is_what_a_server_expects)
{
	connect_both();
	ck_assert_str_eq(request, "GET /x?y HTTP/1.1\r\nHost: 10.9.0.2\r\n"
	                          "User-Agent: tarn/" TARN_VERSION "\r\n"
	                          "Accept: */*\r\n\r\n");
}
END_TEST

struct row {
	const char *bytes, *body;
	enum http_client_end end;
	enum http_fault fault;
	bool hangs_up; /* else the server stays */
};

static void check_outcome(const struct row *row, size_t at)
{
	ck_assert_msg(http_client_end(client) == row->end &&
	                      http_client_fault(client) == row->fault,
	              "cut at %zu of \"%s\": end %d, fault %s", at, row->bytes,
	              http_client_end(client),
	              http_fault_name(http_client_fault(client)));
	ck_assert_str_eq(body, row->body);
	ck_assert_uint_eq(http_client_received(client), body_len);
}

/* In one piece, and cut at every octet. */
static void check_every_cut(const struct row *row)
{
	const size_t len = strlen(row->bytes);

	for (size_t at = 0; at <= len; at++) {
		connect_both();
		if (at > 0)
			say(row->bytes, at);
		if (at < len)
			say(row->bytes + at, len - at);
		if (row->hangs_up)
			hang_up();
		check_outcome(row, at);
		finish();
	}
}

START_TEST(answers_end_as_they_are_framed)
{
	static const struct row rows[] = {
		{ HELLO, "hello", HTTP_CLIENT_DONE, 0, false },
		{ OK "Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo"
		     "\r\n0\r\nT: r\r\n\r\n",
		  "hello", HTTP_CLIENT_DONE, 0, false },
		{ OK "\r\nhello", "hello", HTTP_CLIENT_DONE, 0, true },
		{ OK "Content-Length: 0\r\n\r\n", "", HTTP_CLIENT_DONE, 0,
		  false },
		{ "HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\n", "",
		  HTTP_CLIENT_DONE, 0, false },
		{ "HTTP/1.1 304 Not\r\n\r\n", "", HTTP_CLIENT_DONE, 0, false },
		{ "HTTP/1.1 100 C\r\n\r\nHTTP/1.1 103 E\r\nLink: "
		  "x\r\n\r\n" HELLO,
		  "hello", HTTP_CLIENT_DONE, 0, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_every_cut(&rows[i]);
}
END_TEST

START_TEST(what_is_cut_short_is_never_complete)
{
	static const struct row rows[] = {
		{ OK "Content-Length: 6\r\n\r\nhello", "hello",
		  HTTP_CLIENT_PARTIAL, 0, true },
		{ OK "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
		  "hello", HTTP_CLIENT_PARTIAL, 0, true },
		{ OK "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
		  "hello", HTTP_CLIENT_PARTIAL, 0, true },
		{ OK "Content-Length: 5\r\n", "", HTTP_CLIENT_CUT_HEAD, 0,
		  true },
		{ "HTTP/1.1 100 C\r\n\r\n", "", HTTP_CLIENT_CUT_HEAD, 0, true },
		{ "", "", HTTP_CLIENT_EMPTY, 0, true },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_every_cut(&rows[i]);
}
END_TEST

START_TEST(what_is_broken_is_refused_by_name)
{
	static const struct row rows[] = {
		{ "SSH-2.0-x\r\n", "", HTTP_CLIENT_BAD_HEAD,
		  HTTP_FAULT_NOT_HTTP, false },
		{ OK "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", "",
		  HTTP_CLIENT_BAD_HEAD, HTTP_FAULT_LENGTH_REPEATED, false },
		{ OK "Transfer-Encoding: chunked\r\n\r\n5\r\nhellX!", "hellX",
		  HTTP_CLIENT_BAD_BODY, HTTP_FAULT_CHUNK_DATA, false },
		{ OK "Transfer-Encoding: chunked\r\n\r\n8000000000000000\r\n",
		  "", HTTP_CLIENT_BAD_BODY, HTTP_FAULT_CHUNK_SIZE_RANGE,
		  false },
		{ "HTTP/1.1 101 S\r\n\r\n", "", HTTP_CLIENT_BAD_HEAD,
		  HTTP_FAULT_UPGRADE, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_every_cut(&rows[i]);
}
END_TEST

START_TEST(each_head_is_told)
{
	connect_both();
	say("HTTP/1.1 100 C\r\n\r\n" HELLO, strlen(HELLO) + 18);
	ck_assert_str_eq(heads, "HTTP/1.1 100 C\r\n\r\n" OK
	                        "Content-Length: 5\r\n\r\n");
}
END_TEST

/* HC-01 */
START_TEST(interim_answers_and_heads_have_an_end)
{
	static char big[16384];

	connect_both();
	for (int i = 0; i < HTTP_REPLY_INTERIM_MAX; i++)
		say("HTTP/1.1 100 C\r\n\r\n", 18);
	ck_assert_int_eq(http_client_end(client), HTTP_CLIENT_RUNNING);
	say("HTTP/1.1 100 C\r\n\r\n", 18);
	ck_assert_int_eq(http_client_fault(client), HTTP_FAULT_INTERIM_MANY);
	finish();

	connect_both();
	say(OK "A:", 19);
	memset(big, 'a', sizeof(big));
	for (int i = 0; i < 17 && !http_client_end(client); i++)
		say(big, sizeof(big));
	ck_assert_int_eq(http_client_fault(client), HTTP_FAULT_HEAD_LONG);
}
END_TEST

START_TEST(the_answer_to_head_has_no_body)
{
	config.method = "HEAD";
	connect_both();
	ck_assert(strncmp(request, "HEAD /x?y ", 10) == 0);
	say(OK "Content-Length: 5\r\n\r\n", 38);
	ck_assert_int_eq(http_client_end(client), HTTP_CLIENT_DONE);
}
END_TEST

START_TEST(octets_behind_the_answer_are_left)
{
	connect_both();
	say(HELLO HELLO, 2 * strlen(HELLO));
	ck_assert_int_eq(http_client_end(client), HTTP_CLIENT_DONE);
	ck_assert_str_eq(body, "hello");
	ck_assert_str_eq(heads, OK "Content-Length: 5\r\n\r\n");
}
END_TEST

START_TEST(a_refused_connection_is_told)
{
	config.peer.port = 81;
	ck_assert_int_eq(try_open(), 0);
	run(20 * MS);
	ck_assert_int_eq(http_client_end(client), HTTP_CLIENT_NO_CONNECTION);
	ck_assert_int_eq(http_client_error(client), -ECONNREFUSED);
}
END_TEST

START_TEST(a_reset_is_told)
{
	const struct tarn_linger at_once = { 1, 0 };

	connect_both();
	say(OK, strlen(OK));
	tarn_setsockopt(b(), peer_fd, TARN_SO_LINGER, &at_once,
	                sizeof(at_once));
	hang_up();
	ck_assert_int_eq(http_client_end(client), HTTP_CLIENT_RECV_FAILED);
	ck_assert_int_eq(http_client_error(client), -ECONNRESET);
}
END_TEST

/* HC-09 */
START_TEST(each_phase_has_its_deadline)
{
	config.connect_us = 2 * SEC;
	config.total_us   = 5 * SEC;
	config.peer.ip    = tarn_ip4(10, 9, 0, 99); /* nobody answers for it */
	ck_assert_int_eq(try_open(), 0);
	run(10 * SEC);
	ck_assert_int_eq(http_client_end(client), HTTP_CLIENT_CONNECT_LATE);
	ck_assert_uint_eq(ended_us, 2 * SEC);
	finish();

	config.peer.ip = tarn_ip4(10, 9, 0, 2);
	for (size_t len = 0; len < strlen(HELLO); len++) {
		const uint64_t begin_us = lab_now(lab);

		connect_both();
		if (len > 0)
			say(HELLO, len);
		run(10 * SEC);
		ck_assert_int_eq(http_client_end(client), HTTP_CLIENT_LATE);
		ck_assert_uint_eq(ended_us - begin_us, 5 * SEC);
		finish();
	}
}
END_TEST

START_TEST(without_a_limit_a_silent_server_is_left_after_300_seconds)
{
	connect_both();
	run(299 * SEC);
	ck_assert_int_eq(http_client_end(client), HTTP_CLIENT_RUNNING);
	say(OK, strlen(OK));
	run(299 * SEC);
	ck_assert_int_eq(http_client_end(client), HTTP_CLIENT_RUNNING);
	run(2 * SEC);
	ck_assert_int_eq(http_client_end(client), HTTP_CLIENT_LATE);
}
END_TEST

START_TEST(who_listens_can_stop_it)
{
	stop_with = -ENOSPC;
	connect_both();
	say(HELLO, strlen(HELLO));
	ck_assert_int_eq(http_client_end(client), HTTP_CLIENT_STOPPED);
	ck_assert_int_eq(http_client_error(client), -ENOSPC);
}
END_TEST

/* HC-06 */
START_TEST(nothing_splits_the_request)
{
	static const char *const evil[] = { "/a b", "/\r\nX: y", "", "/#" };
	struct tarn_usage usage;

	for (size_t i = 0; i < sizeof(evil) / sizeof(evil[0]); i++) {
		config.target = evil[i];
		ck_assert_int_eq(try_open(), -EINVAL);
	}
	config.target = "/";
	config.host   = "h\r\nX: y";
	ck_assert_int_eq(try_open(), -EINVAL);
	client = NULL;
	tarn_usage(lab_stack(lab, 0), &usage);
	ck_assert_uint_eq(usage.descriptors, 0);
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("http client");
	TCase *tc = tcase_create("client");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, the_request_is_what_a_server_expects);
	tcase_add_test(tc, answers_end_as_they_are_framed);
	tcase_add_test(tc, what_is_cut_short_is_never_complete);
	tcase_add_test(tc, what_is_broken_is_refused_by_name);
	tcase_add_test(tc, each_head_is_told);
	tcase_add_test(tc, interim_answers_and_heads_have_an_end);
	tcase_add_test(tc, the_answer_to_head_has_no_body);
	tcase_add_test(tc, octets_behind_the_answer_are_left);
	tcase_add_test(tc, a_refused_connection_is_told);
	tcase_add_test(tc, a_reset_is_told);
	tcase_add_test(tc, each_phase_has_its_deadline);
	tcase_add_test(
	        tc, without_a_limit_a_silent_server_is_left_after_300_seconds);
	tcase_add_test(tc, who_listens_can_stop_it);
	tcase_add_test(tc, nothing_splits_the_request);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
