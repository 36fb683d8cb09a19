/* SPDX-License-Identifier: MIT */
/*
 * rows.h - tables of requests, and the fault that each is refused for
 *
 * Every table begins with a twin that is accepted, so that its rows are seen to
 * reach the check that they are about.
 */
#ifndef TESTS_UNIT_HTTP_ROWS_H
#define TESTS_UNIT_HTTP_ROWS_H

#include "tests/unit/http/split.h"
#include <stdio.h>

#define GET  "GET / HTTP/1.1\r\nHost: h\r\n"
#define POST "POST / HTTP/1.1\r\nHost: h\r\n"
#define END  "\r\n"

struct row {
	const char *bytes;
	size_t len;
	enum http_fault fault;
};

/* Literals may hold NUL: the length is the literal's. */
#define ROW(bytes, fault)                                                      \
	{                                                                      \
		bytes, sizeof(bytes) - 1, HTTP_FAULT_##fault                   \
	}

static struct reader reader;

static inline enum http_fault judge(const char *bytes, size_t len,
                                    struct http_request *ret)
{
	read_every_split(&reader, HTTP_REQUEST, bytes, len);
	if (reader.result == HTTP_BAD)
		return reader.head.fault;
	ck_assert_msg(reader.result == HTTP_DONE, "no end in \"%s\"", bytes);

	return http_request_read(&reader.head, reader.buf, ret);
}

static inline void check_rows(const struct row *row, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct http_request request;
		const enum http_fault fault =
		        judge(row[i].bytes, row[i].len, &request);

		ck_assert_msg(fault == row[i].fault, "%s, not %s: \"%s\"",
		              http_fault_name(fault),
		              http_fault_name(row[i].fault), row[i].bytes);
	}
}

#define CHECK_ROWS(rows) check_rows(rows, sizeof(rows) / sizeof((rows)[0]))

static inline struct http_request accepted(const char *bytes)
{
	struct http_request request;
	const enum http_fault fault = judge(bytes, strlen(bytes), &request);

	ck_assert_msg(fault == HTTP_FAULT_NONE, "%s: \"%s\"",
	              http_fault_name(fault), bytes);

	return request;
}

static inline void assert_span(struct http_span span, const char *text)
{
	ck_assert_msg(span_is_exactly(reader.buf, span, text),
	              "\"%.*s\", not \"%s\"", (int)span.len,
	              (const char *)reader.buf + span.at, text);
}

#define LINE(line, fault) ROW(line "\r\nHost: h\r\n\r\n", fault)

#endif
