/* SPDX-License-Identifier: MIT */
/*
 * test_handler.c - resources that are no files, over two stacks in virtual time:
 * methods, bodies that are kept, streams without an end
 */
#include "apps/http/octet.h"
#include "base/bytes.h"
#include "tests/unit/http/rig.h"

#define GET(path) "GET " path " HTTP/1.1\r\nHost: h\r\n\r\n"

/* ---- what is served ---- */

static struct {
	char body[64]; /* of the last POST */
	unsigned posts;
	char news[4096]; /* what the stream gives next */
	size_t news_len;
	uint64_t due_us;
	unsigned reads, closes;
} site;

static void answer_get(void *context, const struct http_exchange *exchange,
                       struct http_reply *reply)
{
	ck_assert_ptr_eq(context, &site);
	http_reply_text(reply, exchange, 200, "text/plain", "hello", 5);
}

static void answer_post(void *context, const struct http_exchange *exchange,
                        struct http_reply *reply)
{
	(void)context;
	ck_assert_uint_lt(exchange->body_len, sizeof(site.body));
	memset(site.body, 0, sizeof(site.body));
	if (exchange->body_len)
		memcpy(site.body, exchange->body, exchange->body_len);
	site.posts++;
	http_reply_begin(reply, exchange, 204);
	http_reply_end(reply, exchange, 0);
}

static size_t read_news(void *context, uint8_t *buf, size_t size,
                        uint64_t now_us)
{
	const size_t len = MIN(size, site.news_len);

	(void)context;
	(void)now_us;
	site.reads++;
	memcpy(buf, site.news, len);
	site.news_len = 0;

	return len;
}

static uint64_t news_due(void *context)
{
	(void)context;
	return site.due_us;
}

static void close_news(void *context)
{
	(void)context;
	site.closes++;
}

static void answer_stream(void *context, const struct http_exchange *exchange,
                          struct http_reply *reply)
{
	const struct http_source source = { read_news, news_due, close_news,
		                            NULL };

	(void)context;
	http_reply_begin(reply, exchange, 200);
	http_write_field(&reply->out, "Content-Type", "text/event-stream");
	http_reply_stream(reply, exchange, &source);
}

static const struct http_handler handlers[] = {
	{ "/_tarn/", HTTP_METHOD_BIT(HTTP_METHOD_GET), 0, answer_get },
	{ "/_tarn/fault", HTTP_METHOD_BIT(HTTP_METHOD_POST), 20, answer_post },
	{ "/_tarn/events", HTTP_METHOD_BIT(HTTP_METHOD_GET), 0, answer_stream },
	{ NULL, 0, 0, NULL },
};

static void setup(void)
{
	memset(&site, 0, sizeof(site));
	site.due_us = TARN_NEVER;
	rig_prepare();
	rig.config.handlers         = handlers;
	rig.config.handlers_context = &site;
	rig_open();
}

/* Now the source has @text. */
static void happens(const char *text)
{
	strcpy(site.news, text);
	site.news_len = strlen(text);
	rig_run(20 * MS);
}

/* ---- the table ---- */

START_TEST(a_row_answers_its_path_and_nothing_else)
{
	assert_ends_with(rig_ask(GET("/_tarn/")), "\r\n\r\nhello");
	assert_ends_with(rig_ask(GET("/_tarn/?x=1")), "\r\n\r\nhello");
	assert_begins(rig_ask(GET("/_tarn")), "HTTP/1.1 404 ");
	assert_begins(rig_ask(GET("/_tarn/x")), "HTTP/1.1 404 ");
	assert_ends_with(rig_ask(GET("/a.txt")), "\r\n\r\ntext a\n");
}
END_TEST

START_TEST(head_is_get_without_its_body)
{
	struct client *c = rig_ask("HEAD /_tarn/ HTTP/1.1\r\nHost: h\r\n\r\n");

	assert_contains(c->rcv, "\r\nContent-Length: 5\r\n");
	assert_ends_with(c, "\r\n\r\n");
}
END_TEST

START_TEST(other_methods_are_refused_with_what_is_allowed)
{
	struct client *c = rig_ask("DELETE /_tarn/fault HTTP/1.1\r\n"
	                           "Host: h\r\n\r\n");

	assert_begins(c, "HTTP/1.1 405 ");
	assert_contains(c->rcv, "\r\nAllow: POST, OPTIONS\r\n");
	c = rig_ask(GET("/_tarn/fault"));
	assert_begins(c, "HTTP/1.1 405 ");
	c = rig_ask("OPTIONS /_tarn/ HTTP/1.1\r\nHost: h\r\n\r\n");
	assert_begins(c, "HTTP/1.1 204 ");
	assert_contains(c->rcv, "\r\nAllow: GET, HEAD, OPTIONS\r\n");
	c = rig_ask("BREW /_tarn/ HTTP/1.1\r\nHost: h\r\n\r\n");
	assert_begins(c, "HTTP/1.1 501 ");
}
END_TEST

START_TEST(files_are_still_only_read)
{
	struct client *c = rig_ask("POST /a.txt HTTP/1.1\r\nHost: h\r\n"
	                           "Content-Length: 2\r\n\r\nhi");

	assert_begins(c, "HTTP/1.1 405 ");
	assert_contains(c->rcv, "\r\nAllow: GET, HEAD, OPTIONS\r\n");
	ck_assert_uint_eq(site.posts, 0);
}
END_TEST

/* ---- bodies ---- */

START_TEST(a_body_is_kept_for_its_handler)
{
	struct client *c = rig_ask("POST /_tarn/fault HTTP/1.1\r\nHost: h\r\n"
	                           "Content-Length: 15\r\n\r\ndrop out "
	                           "data#1");

	assert_begins(c, "HTTP/1.1 204 ");
	ck_assert_str_eq(site.body, "drop out data#1");
	/* The connection goes on, and so does nothing of the body. */
	rig_say(c, "POST /_tarn/fault HTTP/1.1\r\nHost: h\r\n\r\n");
	rig_run(100 * MS);
	ck_assert_uint_eq(count_of(c->rcv, "204 "), 2);
	ck_assert_str_eq(site.body, "");
}
END_TEST

START_TEST(chunks_are_one_body)
{
	struct client *c = rig_ask("POST /_tarn/fault HTTP/1.1\r\nHost: h\r\n"
	                           "Transfer-Encoding: chunked\r\n\r\n"
	                           "5\r\ndrop \r\n3\r\nout\r\n0\r\n\r\n");

	assert_begins(c, "HTTP/1.1 204 ");
	ck_assert_str_eq(site.body, "drop out");
}
END_TEST

START_TEST(more_than_the_handler_takes_is_refused)
{
	struct client *c = rig_ask("POST /_tarn/fault HTTP/1.1\r\nHost: h\r\n"
	                           "Content-Length: 21\r\n\r\n");

	assert_begins(c, "HTTP/1.1 413 ");
	c = rig_ask("POST /_tarn/fault HTTP/1.1\r\nHost: h\r\n"
	            "Transfer-Encoding: chunked\r\n\r\n"
	            "14\r\n12345678901234567890\r\n1\r\nx\r\n0\r\n\r\n");
	assert_begins(c, "HTTP/1.1 413 ");
	ck_assert_uint_eq(site.posts, 0);
}
END_TEST

START_TEST(expect_is_answered_for_what_is_allowed)
{
	struct client *c = rig_ask("POST /_tarn/fault HTTP/1.1\r\nHost: h\r\n"
	                           "Expect: 100-continue\r\n"
	                           "Content-Length: 4\r\n\r\n");

	assert_begins(c, "HTTP/1.1 100 ");
	rig_say(c, "drop");
	rig_run(100 * MS);
	assert_contains(c->rcv, "HTTP/1.1 204 ");
	ck_assert_str_eq(site.body, "drop");
}
END_TEST

/* ---- streams ---- */

START_TEST(a_stream_sends_in_chunks_what_comes_when_it_comes)
{
	struct client *c = rig_ask(GET("/_tarn/events"));

	assert_contains(c->rcv, "\r\nTransfer-Encoding: chunked\r\n");
	assert_contains(c->rcv, "\r\nConnection: close\r\n");
	ck_assert_uint_eq(count_of(c->rcv, "Content-Length"), 0);
	assert_ends_with(c, "\r\n\r\n");

	happens("data: one\n\n");
	assert_ends_with(c, "\r\n\r\nb\r\ndata: one\n\n\r\n");
	happens("data: second\n\n");
	assert_ends_with(c, "\r\ne\r\ndata: second\n\n\r\n");
	ck_assert(!c->is_ended);
}
END_TEST

START_TEST(it_is_asked_when_it_said_so)
{
	rig_ask(GET("/_tarn/events"));
	site.due_us = lab_now(rig.lab) + 5 * SEC;
	rig_run(4 * SEC);
	site.reads    = 0;
	site.news_len = 0;
	rig_run(MS); /* each run steps the server twice, and it is asked */
	ck_assert_uint_le(site.reads, 2);
	strcpy(site.news, "x");
	site.news_len   = 1;
	rig.deadline_us = http_server_step(rig.server, lab_now(rig.lab));
	ck_assert_uint_eq(rig.deadline_us, site.due_us);
}
END_TEST

START_TEST(silence_is_no_reason_to_close_it)
{
	struct client *c = rig_ask(GET("/_tarn/events"));

	rig_run(1000 * SEC);
	ck_assert(!c->is_ended);
	happens("still here");
	assert_ends_with(c, "a\r\nstill here\r\n");
}
END_TEST

START_TEST(whoever_reads_nothing_is_given_up)
{
	struct client *c = rig_ask(GET("/_tarn/events"));

	c->reads = false;
	for (unsigned i = 0; i < 3000; i++) {
		memset(site.news, 'x', sizeof(site.news));
		site.news_len = sizeof(site.news);
		rig_turn();
		lab_step(rig.lab, lab_now(rig.lab) + 10 * MS);
	}
	ck_assert_uint_eq(site.closes, 0);
	rig_run(70 * SEC);
	ck_assert_uint_eq(site.closes, 1);
}
END_TEST

START_TEST(whoever_goes_is_noticed_without_news)
{
	struct client *c = rig_ask(GET("/_tarn/events"));

	client_close(c);
	rig_run(100 * MS);
	ck_assert_uint_eq(site.closes, 1);
	ck_assert(http_server_is_idle(rig.server));
}
END_TEST

START_TEST(http_1_0_gets_it_as_it_is)
{
	struct client *c = rig_ask("GET /_tarn/events HTTP/1.0\r\n\r\n");

	ck_assert_uint_eq(count_of(c->rcv, "Transfer-Encoding"), 0);
	assert_contains(c->rcv, "\r\nConnection: close\r\n");
	happens("data: one\n\n");
	assert_ends_with(c, "\r\n\r\ndata: one\n\n");
}
END_TEST

START_TEST(head_of_a_stream_ends)
{
	struct client *c =
	        rig_ask("HEAD /_tarn/events HTTP/1.1\r\nHost: h\r\n\r\n");

	rig_run(10 * SEC);
	assert_begins(c, "HTTP/1.1 200 ");
	assert_ends_with(c, "\r\n\r\n");
	ck_assert(c->is_ended);
	ck_assert_uint_eq(site.closes, 1);
}
END_TEST

START_TEST(a_stopping_server_ends_it_in_good_order)
{
	struct client *c = rig_ask(GET("/_tarn/events"));

	happens("last");
	http_server_stop(rig.server, lab_now(rig.lab));
	rig_run(100 * MS);
	assert_ends_with(c, "4\r\nlast\r\n0\r\n\r\n");
	ck_assert(c->is_ended);
	ck_assert_int_eq(c->error, 0);
	ck_assert_uint_eq(site.closes, 1);
	client_close(c);
}
END_TEST

START_TEST(who_is_being_sent_a_file_is_known)
{
	struct tarn_addr me = { tarn_ip4(10, 9, 0, 1), 0 };
	struct client *c    = rig_client();

	rig_run(10 * MS);
	c->reads = false;
	rig_say(c, GET("/big.bin"));
	rig_run(100 * MS);
	ck_assert(!http_server_sends_file(rig.server, &me));
	ck_assert_int_eq(tarn_getsockname(rig_a(), c->fd, &me), 0);
	ck_assert(http_server_sends_file(rig.server, &me));
	c = rig_ask(GET("/_tarn/events"));
	ck_assert_int_eq(tarn_getsockname(rig_a(), c->fd, &me), 0);
	ck_assert(!http_server_sends_file(rig.server, &me));
}
END_TEST

static void add(Suite *suite, const char *name, const TTest *const *tests)
{
	TCase *tcase = tcase_create(name);

	tcase_add_checked_fixture(tcase, setup, rig_teardown);
	for (; *tests; tests++)
		tcase_add_test(tcase, *tests);
	suite_add_tcase(suite, tcase);
}

static Suite *handler_suite(void)
{
	const TTest *const table[] = {
		a_row_answers_its_path_and_nothing_else,
		head_is_get_without_its_body,
		other_methods_are_refused_with_what_is_allowed,
		files_are_still_only_read,
		NULL,
	};
	const TTest *const bodies[] = {
		a_body_is_kept_for_its_handler,
		chunks_are_one_body,
		more_than_the_handler_takes_is_refused,
		expect_is_answered_for_what_is_allowed,
		NULL,
	};
	const TTest *const streams[] = {
		a_stream_sends_in_chunks_what_comes_when_it_comes,
		it_is_asked_when_it_said_so,
		silence_is_no_reason_to_close_it,
		whoever_reads_nothing_is_given_up,
		whoever_goes_is_noticed_without_news,
		http_1_0_gets_it_as_it_is,
		head_of_a_stream_ends,
		a_stopping_server_ends_it_in_good_order,
		who_is_being_sent_a_file_is_known,
		NULL,
	};
	Suite *suite = suite_create("handler");

	add(suite, "table", table);
	add(suite, "bodies", bodies);
	add(suite, "streams", streams);

	return suite;
}

TEST_MAIN(handler_suite)
