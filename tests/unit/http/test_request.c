/* SPDX-License-Identifier: MIT */
/*
 * test_request.c - what a request asks for: rows HF-13, HF-14, HF-16, HP-04
 */
#include "apps/http/limits.h"
#include "tests/unit/http/rows.h"

START_TEST(parts_of_a_request_are_found)
{
	const struct http_request request =
	        accepted("GET /a/b?c=d&e HTTP/1.1\r\nHost: h:8080\r\n"
	                 "User-Agent:\t curl \r\nReferer: http://x/\r\n\r\n");

	ck_assert_int_eq(request.method, HTTP_METHOD_GET);
	ck_assert_uint_eq(request.minor, 1);
	assert_span(request.method_name, "GET");
	assert_span(request.target, "/a/b?c=d&e");
	assert_span(request.path, "/a/b");
	assert_span(request.query, "c=d&e");
	ck_assert(request.has_query);
	assert_span(request.host, "h:8080");
	assert_span(request.user_agent, "curl");
	assert_span(request.referer, "http://x/");
	ck_assert_int_eq(request.framing.kind, HTTP_BODY_NONE);
	ck_assert(request.keep_alive);
	ck_assert(!request.expects_continue);
}
END_TEST

START_TEST(an_absolute_target_replaces_host)
{
	struct http_request request;

	request = accepted("GET http://b:81/p?q HTTP/1.1\r\nHost: a\r\n\r\n");
	assert_span(request.host, "b:81");
	assert_span(request.path, "/p");
	assert_span(request.query, "q");
	request = accepted("GET http://b?q HTTP/1.1\r\nHost: a\r\n\r\n");
	assert_span(request.path, "");
	assert_span(request.query, "q");
}
END_TEST

START_TEST(persistence)
{
	static const struct {
		const char *bytes;
		bool keep_alive;
	} rows[] = {
		{ GET END, true },
		{ GET "Connection: close\r\n" END, false },
		{ GET "Connection: x, CLOSE ,y\r\n" END, false },
		{ GET "Connection: x\r\nConnection: close\r\n" END, false },
		{ GET "Connection: closed, xclose\r\n" END, true },
		{ GET "Connection: keep-alive, close\r\n" END, false },
		{ "GET / HTTP/1.0\r\n\r\n", false },
		{ "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true },
		{ "GET / HTTP/1.2\r\nHost: h\r\n\r\n", true },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_msg(accepted(rows[i].bytes).keep_alive ==
		                      rows[i].keep_alive,
		              "\"%s\"", rows[i].bytes);
}
END_TEST

START_TEST(methods_are_known_in_capitals)
{
	static const char *const names[] = { "?",    "GET",     "HEAD",
		                             "POST", "PUT",     "DELETE",
		                             NULL,   "OPTIONS", "TRACE",
		                             "PATCH" };

	for (int i = 1; i <= HTTP_METHOD_PATCH; i++) {
		char bytes[64];

		if (!names[i])
			continue;
		snprintf(bytes, sizeof(bytes),
		         "%s / HTTP/1.1\r\nHost: h\r\n\r\n", names[i]);
		ck_assert_int_eq(accepted(bytes).method, i);
	}
	ck_assert_int_eq(accepted("get / HTTP/1.1\r\nHost: h\r\n\r\n").method,
	                 HTTP_METHOD_UNKNOWN);
	ck_assert_int_eq(accepted("GETX / HTTP/1.1\r\nHost: h\r\n\r\n").method,
	                 HTTP_METHOD_UNKNOWN);
}
END_TEST

/* HF-16 */
START_TEST(expectations)
{
	ck_assert(
	        accepted(GET "Expect: 100-continue\r\n" END).expects_continue);
	ck_assert(
	        accepted(GET "Expect: 100-Continue\r\n" END).expects_continue);
	ck_assert(!accepted("GET / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n")
	                   .expects_continue);
	ck_assert(!accepted("GET / HTTP/1.0\r\nExpect: x\r\n\r\n")
	                   .expects_continue);
	static const struct row rows[] = {
		ROW(GET "Expect: 100-continuex\r\n" END, EXPECTATION),
		ROW(GET "Expect: x, 100-continue\r\n" END, EXPECTATION),
		ROW(GET "Expect:\r\n" END, EXPECTATION),
	};
	CHECK_ROWS(rows);
}
END_TEST

/* HF-13, HP-04 */
START_TEST(request_lines_have_three_parts_and_single_spaces)
{
	static const struct row rows[] = {
		LINE("GET / HTTP/1.1", NONE),
		LINE("GET / HTTP/1.0", NONE),
		LINE("GET / HTTP/1.2", NONE),
		LINE("GET / HTTP/1.9", NONE),
		LINE("GET  / HTTP/1.1", REQUEST_LINE),
		LINE("GET /  HTTP/1.1", VERSION_SYNTAX),
		LINE("GET / HTTP/1.1 ", VERSION_SYNTAX),
		LINE(" GET / HTTP/1.1", REQUEST_LINE),
		LINE("GET\t/ HTTP/1.1", METHOD_CHAR),
		LINE("GET /\tHTTP/1.1", REQUEST_LINE),
		LINE("GET /\t HTTP/1.1", TARGET_CHAR),
		LINE("GET HTTP/1.1", REQUEST_LINE),
		LINE("GET", REQUEST_LINE),
		LINE("GET /", REQUEST_LINE),
		LINE("GET / HTTP/1.32", VERSION_SYNTAX),
		LINE("GET / HTTP/11.1", VERSION_SYNTAX),
		LINE("GET / HTTP/01.1", VERSION_SYNTAX),
		LINE("GET / HTTP/1", VERSION_SYNTAX),
		LINE("GET / HTTP/1.", VERSION_SYNTAX),
		LINE("GET / HTTP/1.x", VERSION_SYNTAX),
		LINE("GET / http/1.1", VERSION_SYNTAX),
		LINE("GET / HTTP/ 1.1", VERSION_SYNTAX),
		LINE("GET / HTTPS/1.1", VERSION_SYNTAX),
		LINE("GET / HTTP/1.1 x", VERSION_SYNTAX),
		LINE("GET / HTTP/2.0", VERSION_MAJOR),
		LINE("GET / HTTP/0.9", VERSION_MAJOR),
		LINE("GET / HTTP/9.9", VERSION_MAJOR),
		LINE("PRI * HTTP/2.0", TARGET_FORM),
		LINE("G\"T / HTTP/1.1", METHOD_CHAR),
		LINE("G\xc3T / HTTP/1.1", METHOD_CHAR),
		LINE("GET /a \0.php HTTP/1.1", CONTROL),
		LINE("GET /a b HTTP/1.1", VERSION_SYNTAX),
		LINE("GET /a#b HTTP/1.1", TARGET_CHAR),
		LINE("GET /a\\b HTTP/1.1", TARGET_CHAR),
		LINE("GET /\xc3\xa4 HTTP/1.1", TARGET_CHAR),
		LINE("GET /\x7f HTTP/1.1", CONTROL),
		LINE("GET /{a|b}^`?q=[1]|{2} HTTP/1.1", NONE),
		ROW("\x16\x03\x01\x02", CONTROL), /* TLS ClientHello */
		ROW("SSH-2.0-x\r\n", REQUEST_LINE),
	};

	CHECK_ROWS(rows);
}
END_TEST

START_TEST(http_0_9_is_refused_at_the_end_of_its_line)
{
	reader_init(&reader, HTTP_REQUEST);
	reader_feed(&reader, "GET /\r\n", 7);
	ck_assert_int_eq(reader.result, HTTP_BAD);
	ck_assert_int_eq(reader.head.fault, HTTP_FAULT_REQUEST_LINE);
}
END_TEST

START_TEST(the_target_s_form_fits_the_method)
{
	static const struct row rows[] = {
		LINE("OPTIONS * HTTP/1.1", NONE),
		LINE("OPTIONS / HTTP/1.1", NONE),
		LINE("GET * HTTP/1.1", TARGET_FORM),
		LINE("OPTIONS ** HTTP/1.1", TARGET_FORM),
		LINE("CONNECT h:443 HTTP/1.1", NONE),
		LINE("CONNECT h HTTP/1.1", TARGET_FORM),
		LINE("CONNECT / HTTP/1.1", TARGET_FORM),
		LINE("CONNECT u@h:443 HTTP/1.1", TARGET_FORM),
		LINE("GET h:80 HTTP/1.1", TARGET_FORM),
		LINE("GET h HTTP/1.1", TARGET_FORM),
		LINE("GET ?q HTTP/1.1", TARGET_FORM),
		LINE("GET http://b/ HTTP/1.1", NONE),
		LINE("GET HTTP://b HTTP/1.1", NONE),
		LINE("GET http:/// HTTP/1.1", TARGET_FORM),
		LINE("GET http://u@b/ HTTP/1.1", TARGET_FORM),
		LINE("GET http://b:99999/ HTTP/1.1", TARGET_FORM),
		LINE("GET https://b/ HTTP/1.1", TARGET_FORM),
		LINE("GET file:///etc/passwd HTTP/1.1", TARGET_FORM),
	};

	CHECK_ROWS(rows);
}
END_TEST

/* HF-14 */
START_TEST(there_is_one_sound_host)
{
#define HOST(host, fault) ROW("GET / HTTP/1.1\r\nHost: " host "\r\n\r\n", fault)
	static const struct row rows[] = {
		HOST("h", NONE),
		HOST("h:80", NONE),
		HOST("h:", NONE),
		HOST("10.9.0.2:8080", NONE),
		HOST("[::1]:80", NONE),
		ROW("GET / HTTP/1.1\r\n\r\n", HOST_MISSING),
		ROW("GET http://b/ HTTP/1.1\r\n\r\n", HOST_MISSING),
		ROW("GET / HTTP/1.0\r\n\r\n", NONE),
		HOST("h\r\nHost: h", FIELD_REPEATED),
		HOST("h\r\nhost: i", FIELD_REPEATED),
		HOST("", HOST_SYNTAX),
		HOST("a, b", HOST_SYNTAX),
		HOST("a,b", HOST_SYNTAX),
		HOST("a/b", HOST_SYNTAX),
		HOST("u@h", HOST_SYNTAX),
		HOST("h:99999", HOST_SYNTAX),
		HOST("h:8x", HOST_SYNTAX),
		HOST("h:80:80", HOST_SYNTAX),
		HOST("a b", HOST_SYNTAX),
		HOST("###", HOST_SYNTAX),
		HOST("h?", HOST_SYNTAX),
		HOST("[::1", HOST_SYNTAX),
		HOST("[::g]", HOST_SYNTAX),
		HOST("\xc3\xa4", HOST_SYNTAX),
		ROW("GET / HTTP/1.0\r\nHost: a b\r\n\r\n", HOST_SYNTAX),
		ROW("OPTIONS * HTTP/1.1\r\nHost:\r\n\r\n", NONE),
	};

	CHECK_ROWS(rows);
}
END_TEST

START_TEST(fields_that_may_come_once_come_once)
{
	static const struct row rows[] = {
		ROW(GET "Accept: a\r\nAccept: b\r\n" END, NONE),
		ROW(GET "Content-Type: a/b\r\n" END, NONE),
		ROW(GET "Content-Type: a/b\r\ncontent-type: a/b\r\n" END,
		    FIELD_REPEATED),
		ROW(GET "User-Agent: a\r\nUser-Agent: b\r\n" END,
		    FIELD_REPEATED),
	};

	CHECK_ROWS(rows);
}
END_TEST

static Suite *suite(void)
{
	Suite *s      = suite_create("http request");
	TCase *parts  = tcase_create("parts");
	TCase *strict = tcase_create("strict");

	tcase_add_test(parts, parts_of_a_request_are_found);
	tcase_add_test(parts, an_absolute_target_replaces_host);
	tcase_add_test(parts, persistence);
	tcase_add_test(parts, methods_are_known_in_capitals);
	tcase_add_test(parts, expectations);
	tcase_set_timeout(parts, 60);
	suite_add_tcase(s, parts);

	tcase_add_test(strict,
	               request_lines_have_three_parts_and_single_spaces);
	tcase_add_test(strict, http_0_9_is_refused_at_the_end_of_its_line);
	tcase_add_test(strict, the_target_s_form_fits_the_method);
	tcase_add_test(strict, there_is_one_sound_host);
	tcase_add_test(strict, fields_that_may_come_once_come_once);
	tcase_set_timeout(strict, 60);
	suite_add_tcase(s, strict);

	return s;
}

TEST_MAIN(suite)
