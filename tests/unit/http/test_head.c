/* SPDX-License-Identifier: MIT */
/*
 * test_head.c - lines, field names, values and limits: rows HF-09 to HF-12, HL-05
 */
#include "apps/http/limits.h"
#include "tests/unit/http/rows.h"

/* HF-09 */
START_TEST(lines_end_in_crlf_and_nothing_else)
{
	static const struct row rows[] = {
		ROW("\r\n" GET END, NONE),
		ROW("\r\n\r\n\r\n\r\n" GET END, NONE),
		ROW("\r\n\r\n\r\n\r\n\r\n" GET END, EMPTY_LINES),
		ROW("\n" GET END, BARE_LF),
		ROW("\r" GET END, BARE_CR),
		ROW("GET / HTTP/1.1\nHost: h\r\n\r\n", BARE_LF),
		ROW("GET / HTTP/1.1\r\nHost: h\n\r\n", BARE_LF),
		ROW("GET / HTTP/1.1\r\nHost: h\r\n\n", BARE_LF),
		ROW("GET / HTTP/1.1\rHost: h\r\n\r\n", BARE_CR),
		ROW("GET / HTTP/1.1\r\r\nHost: h\r\n\r\n", BARE_CR),
		ROW("GET / HTTP/1.1\n\rHost: h\r\n\r\n", BARE_LF),
		ROW("GET / HTTP/1.1\r\nHost: h\r\n\rX", BARE_CR),
		ROW(GET "A: b\rc\r\n" END, BARE_CR),
		ROW(GET "A: b\nc\r\n" END, BARE_LF),
		ROW("GET\n/ HTTP/1.1\r\nHost: h\r\n\r\n", BARE_LF),
	};

	CHECK_ROWS(rows);
}
END_TEST

/* HF-10, HF-11 */
START_TEST(field_names_are_tokens)
{
	static const struct row rows[] = {
		ROW(GET "!#$%&'*+-.^_`|~09azAZ: v\r\n" END, NONE),
		ROW(GET "Content_Length: 5\r\n" END, NONE),
		ROW(GET "A : v\r\n" END, FIELD_NAME),
		ROW(GET "A\t: v\r\n" END, FIELD_NAME),
		ROW(GET ": v\r\n" END, FIELD_NAME),
		ROW(GET "A\r\n" END, FIELD_COLON),
		ROW(GET "A B: v\r\n" END, FIELD_NAME),
		ROW(GET "A\x80: v\r\n" END, FIELD_NAME),
		ROW(GET "\xff: v\r\n" END, FIELD_NAME),
		ROW(GET "A\0B: v\r\n" END, CONTROL),
		ROW("GET / HTTP/1.1\r\n Host: h\r\n\r\n", FOLD),
		ROW("GET / HTTP/1.1\r\n\tHost: h\r\n\r\n", FOLD),
		ROW(GET "A: b\r\n c\r\n" END, FOLD),
		ROW(GET "A: b\r\n\tc\r\n" END, FOLD),
		ROW(GET "A: b\r\n \r\n" END, FOLD),
		ROW(POST "Content-Length:\r\n 5\r\n" END, FOLD),
		ROW(POST "Transfer-\r\nEncoding: chunked\r\n" END, FIELD_COLON),
	};

	CHECK_ROWS(rows);
	for (const char *c = "()<>@,;\\\"/[]?={}"; *c; c++) {
		struct http_request request;
		char bytes[64];
		const int len = snprintf(bytes, sizeof(bytes),
		                         GET "A%cB: v\r\n" END, *c);

		ck_assert_int_eq(judge(bytes, (size_t)len, &request),
		                 HTTP_FAULT_FIELD_NAME);
	}
}
END_TEST

/* HF-12 */
START_TEST(values_hold_no_controls)
{
	struct http_request request;
	char bytes[] = GET "A: bXc\r\n" END;
	char *x      = strchr(bytes, 'X');

	for (int c = 0; c < 256; c++) {
		const enum http_fault fault =
		        (*x = (char)c,
		         judge(bytes, sizeof(bytes) - 1, &request));

		if (c == '\n')
			ck_assert_int_eq(fault, HTTP_FAULT_BARE_LF);
		else if (c == '\r')
			ck_assert_int_eq(fault, HTTP_FAULT_BARE_CR);
		else if ((c < ' ' && c != '\t') || c == 0x7f)
			ck_assert_int_eq(fault, HTTP_FAULT_CONTROL);
		else
			ck_assert_int_eq(fault, HTTP_FAULT_NONE);
	}
}
END_TEST

START_TEST(fields_are_walked_in_order)
{
	struct http_field field;
	uint32_t at = 0;

	accepted(GET "A: 1\r\nEmpty:\r\nEmpty2: \t \r\n" END);
	ck_assert(http_field_next(&reader.head, reader.buf, &at, &field));
	assert_span(field.name, "Host");
	ck_assert(http_field_next(&reader.head, reader.buf, &at, &field));
	assert_span(field.name, "A");
	assert_span(field.value, "1");
	ck_assert(http_field_next(&reader.head, reader.buf, &at, &field));
	assert_span(field.value, "");
	ck_assert(http_field_next(&reader.head, reader.buf, &at, &field));
	assert_span(field.value, "");
	ck_assert(!http_field_next(&reader.head, reader.buf, &at, &field));
}
END_TEST

START_TEST(nothing_is_decided_before_the_final_crlf)
{
	const char bytes[] = GET END;

	reader_init(&reader, HTTP_REQUEST);
	for (size_t len = 0; len < sizeof(bytes) - 1; len++) {
		reader_feed(&reader, bytes, len);
		ck_assert_int_eq(reader.result, HTTP_MORE);
	}
}
END_TEST

START_TEST(the_next_request_is_not_part_of_the_head)
{
	accepted("GET / HTTP/1.1\r\nHost: h\r\n\r\nGET /next HTTP/1.1\r\n\r\n");
	ck_assert_uint_eq(reader.head.len, strlen(GET END));
}
END_TEST

/* Reads @bytes in one piece and in two cuts near @near: every cut of a long
 * fixture would take long. */
static enum http_fault judge_long(const char *bytes, size_t len, size_t near)
{
	static struct reader cut;

	reader_init(&reader, HTTP_REQUEST);
	reader_feed(&reader, bytes, len);
	for (size_t at = near < 8 ? 0 : near - 8; at < near + 8 && at <= len;
	     at++) {
		reader_init(&cut, HTTP_REQUEST);
		reader_feed(&cut, bytes, at);
		reader_feed(&cut, bytes, len);
		assert_same(&reader, &cut, "(long)", at);
	}
	ck_assert_int_ne(reader.result, HTTP_MORE);

	return reader.head.fault;
}

static char long_bytes[FIXTURE_BYTES_MAX];

/* @before, then @count times @c, then @after */
static size_t fill(const char *before, size_t count, char c, const char *after)
{
	const size_t len = strlen(before);

	memcpy(long_bytes, before, len);
	memset(long_bytes + len, c, count);
	memcpy(long_bytes + len + count, after, strlen(after) + 1);

	return len + count + strlen(after);
}

/* HL-05 */
START_TEST(each_limit_is_reached_and_not_passed)
{
	static const char after[] = " HTTP/1.1\r\nHost: h\r\n\r\n";
	size_t len;

	len = fill("GET /", HTTP_TARGET_BYTES_MAX - 1, 'a', after);
	ck_assert_int_eq(judge_long(long_bytes, len, 8197), HTTP_FAULT_NONE);
	len = fill("GET /", HTTP_TARGET_BYTES_MAX, 'a', after);
	ck_assert_int_eq(judge_long(long_bytes, len, 8198),
	                 HTTP_FAULT_TARGET_LONG);
	len = fill("GET /", 20000, 'a', "");
	ck_assert_int_eq(
	        judge_long(long_bytes, len, HTTP_REQUEST_LINE_BYTES_MAX + 2),
	        HTTP_FAULT_TARGET_LONG);

	len = fill("", HTTP_METHOD_BYTES_MAX, 'A',
	           " / HTTP/1.1\r\nHost: h\r\n\r\n");
	ck_assert_int_eq(judge_long(long_bytes, len, 32), HTTP_FAULT_NONE);
	len = fill("", HTTP_METHOD_BYTES_MAX + 1, 'A',
	           " / HTTP/1.1\r\nHost: h\r\n\r\n");
	ck_assert_int_eq(judge_long(long_bytes, len, 33),
	                 HTTP_FAULT_METHOD_LONG);
	len = fill("", 30000, 'A', "");
	ck_assert_int_eq(
	        judge_long(long_bytes, len, HTTP_REQUEST_LINE_BYTES_MAX + 2),
	        HTTP_FAULT_METHOD_LONG);

	len = fill(GET "A:", HTTP_FIELD_BYTES_MAX - 2, 'a', "\r\n\r\n");
	ck_assert_int_eq(judge_long(long_bytes, len, len - 4), HTTP_FAULT_NONE);
	len = fill(GET "A:", HTTP_FIELD_BYTES_MAX - 1, 'a', "\r\n\r\n");
	ck_assert_int_eq(judge_long(long_bytes, len, len - 4),
	                 HTTP_FAULT_FIELD_LONG);
	len = fill(GET, 30000, 'a', "");
	ck_assert_int_eq(judge_long(long_bytes, len, HTTP_FIELD_BYTES_MAX),
	                 HTTP_FAULT_FIELD_LONG);
}
END_TEST

/* @count lines "A: aa..\r\n" of @line_len octets behind GET */
static size_t fill_lines(unsigned count, size_t line_len)
{
	size_t len = strlen(GET);

	memcpy(long_bytes, GET, len);
	for (unsigned i = 0; i < count; i++, len += line_len) {
		memset(long_bytes + len, 'a', line_len);
		long_bytes[len + 1] = ':';
		memcpy(long_bytes + len + line_len - 2, "\r\n", 2);
	}
	memcpy(long_bytes + len, "\r\n", 3);

	return len + 2;
}

/* One more field, of 8190 octets, in front of the empty line at the end. */
static size_t add_long_field(size_t len)
{
	return len - 2 +
	       (size_t)snprintf(long_bytes + len - 2,
	                        sizeof(long_bytes) - len + 2,
	                        "B:%08188d\r\n\r\n", 0);
}

START_TEST(a_head_has_so_many_fields_and_octets)
{
	size_t len = fill_lines(HTTP_FIELDS_MAX - 1, 8);

	ck_assert_int_eq(judge_long(long_bytes, len, len), HTTP_FAULT_NONE);
	len = fill_lines(HTTP_FIELDS_MAX, 8);
	ck_assert_int_eq(judge_long(long_bytes, len, len),
	                 HTTP_FAULT_FIELDS_MANY);

	/* 25 of Host's and the request line's, 2 at the end */
	len = fill_lines(1, HTTP_HEAD_BYTES_MAX - 8192 - strlen(GET) - 2);
	len = add_long_field(len);
	ck_assert_uint_eq(len, HTTP_HEAD_BYTES_MAX);
	ck_assert_int_eq(judge_long(long_bytes, len, len), HTTP_FAULT_NONE);
	len = fill_lines(1, HTTP_HEAD_BYTES_MAX - 8192 - strlen(GET) - 1);
	len = add_long_field(len);
	ck_assert_int_eq(judge_long(long_bytes, len, len),
	                 HTTP_FAULT_HEAD_LONG);
	len = fill_lines(90, 300);
	ck_assert_int_eq(judge_long(long_bytes, len, HTTP_HEAD_BYTES_MAX),
	                 HTTP_FAULT_HEAD_LONG);
}
END_TEST

static Suite *suite(void)
{
	Suite *s      = suite_create("http head");
	TCase *lines  = tcase_create("lines");
	TCase *limits = tcase_create("limits");

	tcase_add_test(lines, lines_end_in_crlf_and_nothing_else);
	tcase_add_test(lines, field_names_are_tokens);
	tcase_add_test(lines, values_hold_no_controls);
	tcase_add_test(lines, fields_are_walked_in_order);
	tcase_add_test(lines, nothing_is_decided_before_the_final_crlf);
	tcase_add_test(lines, the_next_request_is_not_part_of_the_head);
	tcase_set_timeout(lines, 60);
	suite_add_tcase(s, lines);

	tcase_add_test(limits, each_limit_is_reached_and_not_passed);
	tcase_add_test(limits, a_head_has_so_many_fields_and_octets);
	tcase_set_timeout(limits, 60);
	suite_add_tcase(s, limits);

	return s;
}

TEST_MAIN(suite)
