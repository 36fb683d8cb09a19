/* SPDX-License-Identifier: MIT */
/*
 * test_response.c - heads of responses as a client reads them: rows HC-01 to
 * HC-03, section G of the checklist
 */
#include "apps/http/limits.h"
#include "tests/unit/http/split.h"
#include <stdio.h>

#define OK  "HTTP/1.1 200 OK\r\n"
#define END "\r\n"

static struct reader reader;

static enum http_fault judge_as(const char *bytes, size_t len, bool is_to_head,
                                struct http_response *ret)
{
	read_every_split(&reader, HTTP_RESPONSE, bytes, len);
	if (reader.result == HTTP_BAD)
		return reader.head.fault;
	ck_assert_msg(reader.result == HTTP_DONE, "no end in \"%s\"", bytes);

	return http_response_read(&reader.head, reader.buf, is_to_head, ret);
}

static struct http_response accepted_as(const char *bytes, bool is_to_head)
{
	struct http_response response;
	const enum http_fault fault =
	        judge_as(bytes, strlen(bytes), is_to_head, &response);

	ck_assert_msg(fault == HTTP_FAULT_NONE, "%s: \"%s\"",
	              http_fault_name(fault), bytes);

	return response;
}

static struct http_response accepted(const char *bytes)
{
	return accepted_as(bytes, false);
}

static void assert_refused(const char *bytes, enum http_fault expected)
{
	struct http_response response;
	const enum http_fault fault =
	        judge_as(bytes, strlen(bytes), false, &response);

	ck_assert_msg(fault == expected, "%s, not %s: \"%s\"",
	              http_fault_name(fault), http_fault_name(expected), bytes);
}

static void assert_span(struct http_span span, const char *text)
{
	ck_assert_msg(span_is_exactly(reader.buf, span, text),
	              "\"%.*s\", not \"%s\"", (int)span.len,
	              (const char *)reader.buf + span.at, text);
}

START_TEST(the_reason_is_optional)
{
	struct http_response response = accepted(OK END);

	ck_assert_uint_eq(response.status, 200);
	assert_span(response.reason, "OK");
	response = accepted("HTTP/1.1 404 \r\n\r\n");
	ck_assert_uint_eq(response.status, 404);
	assert_span(response.reason, "");
	response = accepted("HTTP/1.0 500\r\n\r\n");
	ck_assert_uint_eq(response.status, 500);
	ck_assert_uint_eq(response.minor, 0);
	response = accepted("HTTP/1.1 999 Sch\xf6n \t so\r\n\r\n");
	assert_span(response.reason, "Sch\xf6n \t so");
}
END_TEST

START_TEST(status_lines_are_strict)
{
	static const struct {
		const char *bytes;
		enum http_fault fault;
	} rows[] = {
		{ "HTTP/1.1 20 OK\r\n\r\n", HTTP_FAULT_STATUS_LINE },
		{ "HTTP/1.1 2000 OK\r\n\r\n", HTTP_FAULT_STATUS_LINE },
		{ "HTTP/1.1  200 OK\r\n\r\n", HTTP_FAULT_STATUS_LINE },
		{ "HTTP/1.1 099 OK\r\n\r\n", HTTP_FAULT_STATUS_LINE },
		{ "HTTP/1.1 2x0 OK\r\n\r\n", HTTP_FAULT_STATUS_LINE },
		{ "HTTP/1.1 200-OK\r\n\r\n", HTTP_FAULT_STATUS_LINE },
		{ "HTTP/1.1\t200 OK\r\n\r\n", HTTP_FAULT_STATUS_LINE },
		{ "HTTP/1.10 200 OK\r\n\r\n", HTTP_FAULT_STATUS_LINE },
		{ "HTTP/1.x 200 OK\r\n\r\n", HTTP_FAULT_STATUS_LINE },
		{ "HTTP/1.1\r\n\r\n", HTTP_FAULT_STATUS_LINE },
		{ "HTTP/2.0 200 OK\r\n\r\n", HTTP_FAULT_NOT_HTTP },
		{ "http/1.1 200 OK\r\n\r\n", HTTP_FAULT_NOT_HTTP },
		{ "\r\nHTTP/1.1 200 OK\r\n\r\n", HTTP_FAULT_NOT_HTTP },
		{ "ICY 200 OK\r\n\r\n", HTTP_FAULT_NOT_HTTP },
		{ "<html>", HTTP_FAULT_NOT_HTTP },
		{ "HTTP/1.1 200 OK\n\n", HTTP_FAULT_BARE_LF },
		{ OK "A: b\r\n\n", HTTP_FAULT_BARE_LF },
		{ OK "A : b\r\n\r\n", HTTP_FAULT_FIELD_NAME },
		{ OK "A\r\n\r\n", HTTP_FAULT_FIELD_COLON },
		{ OK " A: b\r\n\r\n", HTTP_FAULT_FOLD },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_refused(rows[i].bytes, rows[i].fault);
}
END_TEST

/* RFC 9110 section 5.5: NUL is refused, others may be kept and are escaped
 * before a terminal sees them. */
START_TEST(control_characters_are_kept_but_nul_is_not)
{
	static const char nul[] = OK "A: b\0c\r\n" END;
	struct http_response response;
	struct http_field field;
	uint32_t at = 0;

	accepted(OK "A: \x1b[31m\x01\x7f\r\n" END);
	ck_assert(http_field_next(&reader.head, reader.buf, &at, &field));
	assert_span(field.value, "\x1b[31m\x01\x7f");
	ck_assert_int_eq(judge_as(nul, sizeof(nul) - 1, false, &response),
	                 HTTP_FAULT_CONTROL);
}
END_TEST

START_TEST(a_folded_line_is_unfolded)
{
	struct http_field field;
	uint32_t at = 0;

	accepted(OK "A: b\r\n c\r\n\t d\r\nE: f\r\n" END);
	ck_assert(http_field_next(&reader.head, reader.buf, &at, &field));
	assert_span(field.value, "b   c  \t d");
	ck_assert(http_field_next(&reader.head, reader.buf, &at, &field));
	assert_span(field.name, "E");
	ck_assert(!http_field_next(&reader.head, reader.buf, &at, &field));
	ck_assert_uint_eq(
	        accepted(OK "Content-Length:\r\n 5\r\n" END).framing.length, 5);
}
END_TEST

/* RFC 9112 section 6.3, in its order */
START_TEST(the_body_s_length_is_decided_in_the_rfc_s_order)
{
	static const struct {
		const char *bytes;
		bool is_to_head;
		enum http_framing_kind kind;
	} rows[] = {
		{ OK "Content-Length: 5\r\n" END, true, HTTP_BODY_NONE },
		{ OK "Transfer-Encoding: chunked\r\n" END, true,
		  HTTP_BODY_NONE },
		{ "HTTP/1.1 100 C\r\nContent-Length: 5\r\n\r\n", false,
		  HTTP_BODY_NONE },
		{ "HTTP/1.1 204 N\r\nTransfer-Encoding: chunked\r\n\r\n", false,
		  HTTP_BODY_NONE },
		{ "HTTP/1.1 304 N\r\nContent-Length: 5\r\n\r\n", false,
		  HTTP_BODY_NONE },
		{ OK "Transfer-Encoding: chunked\r\n" END, false,
		  HTTP_BODY_CHUNKED },
		{ OK "Transfer-Encoding: gzip, chunked\r\n" END, false,
		  HTTP_BODY_CHUNKED },
		{ OK "Transfer-Encoding: gzip\r\n" END, false,
		  HTTP_BODY_UNTIL_CLOSE },
		{ OK "Content-Length: 5\r\n" END, false, HTTP_BODY_LENGTH },
		{ OK "Content-Length: 0\r\n" END, false, HTTP_BODY_NONE },
		{ OK END, false, HTTP_BODY_UNTIL_CLOSE },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_msg(accepted_as(rows[i].bytes, rows[i].is_to_head)
		                              .framing.kind == rows[i].kind,
		              "\"%s\"", rows[i].bytes);
	ck_assert(accepted(OK "Transfer-Encoding: gzip, chunked\r\n" END)
	                  .has_unknown_coding);
}
END_TEST

/* HC-02, HC-03 */
START_TEST(ambiguous_body_lengths_are_refused)
{
	static const struct {
		const char *fields;
		enum http_fault fault;
	} rows[] = {
		{ "Content-Length: 5\r\nContent-Length: 6",
		  HTTP_FAULT_LENGTH_REPEATED },
		{ "Content-Length: 5\r\nContent-Length: 5",
		  HTTP_FAULT_LENGTH_REPEATED },
		{ "Content-Length: 5, 5", HTTP_FAULT_LENGTH_SYNTAX },
		{ "Content-Length: -5", HTTP_FAULT_LENGTH_SYNTAX },
		{ "Content-Length: 9223372036854775808",
		  HTTP_FAULT_LENGTH_SYNTAX },
		{ "Content-Length: 18446744073709551615",
		  HTTP_FAULT_LENGTH_SYNTAX },
		{ "Content-Length: 5\r\nTransfer-Encoding: chunked",
		  HTTP_FAULT_LENGTH_AND_CODING },
		{ "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
		  HTTP_FAULT_CODING_REPEATED },
		{ "Transfer-Encoding: chunked, gzip",
		  HTTP_FAULT_CODING_NOT_LAST },
		{ "Transfer-Encoding: chunked;x", HTTP_FAULT_CODING_SYNTAX },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char bytes[256];

		snprintf(bytes, sizeof(bytes), OK "%s\r\n\r\n", rows[i].fields);
		assert_refused(bytes, rows[i].fault);
	}
	assert_refused("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
	               HTTP_FAULT_CODING_IN_1_0);
}
END_TEST

START_TEST(a_connection_is_kept_only_if_the_body_s_end_is_known)
{
	ck_assert(accepted(OK "Content-Length: 5\r\n" END).keep_alive);
	ck_assert(!accepted(OK END).keep_alive);
	ck_assert(!accepted(OK "Content-Length: 5\r\nConnection: close\r\n" END)
	                   .keep_alive);
	ck_assert(!accepted("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n")
	                   .keep_alive);
}
END_TEST

/* HC-01: what endless heads are refused for */
START_TEST(endless_heads_are_refused)
{
	static uint8_t bytes[HTTP_REPLY_HEAD_BYTES_MAX + 64];
	const size_t ok = strlen(OK);
	struct http_head head;

	memset(bytes, 'a', sizeof(bytes));
	memcpy(bytes, OK, ok - 2);
	http_head_init(&head, HTTP_RESPONSE);
	ck_assert_int_eq(http_head_feed(&head, bytes, sizeof(bytes)), HTTP_BAD);
	ck_assert_int_eq(head.fault, HTTP_FAULT_REPLY_LINE_LONG);

	memcpy(bytes, OK, ok);
	http_head_init(&head, HTTP_RESPONSE);
	ck_assert_int_eq(http_head_feed(&head, bytes, sizeof(bytes)), HTTP_BAD);
	ck_assert_int_eq(head.fault, HTTP_FAULT_HEAD_LONG);

	for (size_t at = ok; at + 4 < sizeof(bytes); at += 4)
		memcpy(bytes + at, "A:\r\n", 4);
	http_head_init(&head, HTTP_RESPONSE);
	ck_assert_int_eq(http_head_feed(&head, bytes, sizeof(bytes)), HTTP_BAD);
	ck_assert_int_eq(head.fault, HTTP_FAULT_FIELDS_MANY);
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("http response");
	TCase *tc = tcase_create("response");

	tcase_add_test(tc, the_reason_is_optional);
	tcase_add_test(tc, status_lines_are_strict);
	tcase_add_test(tc, control_characters_are_kept_but_nul_is_not);
	tcase_add_test(tc, a_folded_line_is_unfolded);
	tcase_add_test(tc, the_body_s_length_is_decided_in_the_rfc_s_order);
	tcase_add_test(tc, ambiguous_body_lengths_are_refused);
	tcase_add_test(tc,
	               a_connection_is_kept_only_if_the_body_s_end_is_known);
	tcase_add_test(tc, endless_heads_are_refused);
	tcase_set_timeout(tc, 60);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
