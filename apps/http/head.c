/* SPDX-License-Identifier: MIT */
/*
 * head.c - where a message's head ends; see message.h
 *
 * The window in which a line's end is looked for is cut to the longest line
 * that is allowed, so "too long" is known at the same octet for every split.
 */
#include "apps/http/limits.h"
#include "apps/http/line.h"
#include "apps/http/message.h"
#include <string.h>

static const struct {
	uint32_t line, field, head; /* octets, without CRLF but for head */
	uint16_t fields;
} limits[] = {
	[HTTP_REQUEST]  = { HTTP_REQUEST_LINE_BYTES_MAX, HTTP_FIELD_BYTES_MAX,
	                    HTTP_HEAD_BYTES_MAX, HTTP_FIELDS_MAX },
	[HTTP_RESPONSE] = { HTTP_REPLY_LINE_BYTES_MAX,
	                    HTTP_REPLY_HEAD_BYTES_MAX,
	                    HTTP_REPLY_HEAD_BYTES_MAX, HTTP_REPLY_FIELDS_MAX },
};

_Static_assert(HTTP_REQUEST_LINE_BYTES_MAX >=
                       HTTP_TARGET_BYTES_MAX + HTTP_METHOD_BYTES_MAX + 10,
               "the longest target fits into the longest request line");
_Static_assert(HTTP_RECEIVE_BYTES_MAX > HTTP_HEAD_BYTES_MAX,
               "the longest head leaves room for body octets");

void http_head_init(struct http_head *head, enum http_kind kind)
{
	*head = (struct http_head){ .kind = kind };
}

/* A line reached the end of its window without an end of its own. */
static enum http_fault too_long(const struct http_head *head,
                                const uint8_t *buf)
{
	if (head->scanned + 1 >= limits[head->kind].head)
		return HTTP_FAULT_HEAD_LONG;
	if (head->fields_at)
		return HTTP_FAULT_FIELD_LONG;
	if (head->kind == HTTP_RESPONSE)
		return HTTP_FAULT_REPLY_LINE_LONG;
	/* Which part of the request line was it? RFC 9112 section 3 */
	if (!memchr(buf + head->line_at, ' ', HTTP_METHOD_BYTES_MAX + 1))
		return HTTP_FAULT_METHOD_LONG;

	return HTTP_FAULT_TARGET_LONG;
}

static enum http_result find_line(struct http_head *head, const uint8_t *buf,
                                  size_t len)
{
	const uint32_t line_max = head->fields_at ? limits[head->kind].field
	                                          : limits[head->kind].line;
	const uint32_t head_max = limits[head->kind].head;
	const uint32_t window   = head->line_at + line_max + 2 < head_max
	                                  ? head->line_at + line_max + 2
	                                  : head_max;
	const uint32_t end      = len < window ? (uint32_t)len : window;
	enum http_result result;

	result = http_line_find(buf, &head->scanned, end, head->kind,
	                        &head->fault);
	if (result == HTTP_MORE && len >= window) {
		head->fault = too_long(head, buf);
		return HTTP_BAD;
	}

	return result;
}

static enum http_fault take_first_line(struct http_head *head,
                                       const uint8_t *buf)
{
	struct http_request_line request;
	struct http_status_line status;

	if (head->line.len == 0 && head->kind == HTTP_REQUEST)
		return ++head->empty_lines > HTTP_EMPTY_LINES_MAX
		               ? HTTP_FAULT_EMPTY_LINES
		               : HTTP_FAULT_NONE;
	head->fields_at = head->scanned;
	if (head->kind == HTTP_REQUEST)
		return http_request_line_read(buf, head->line, &request);

	return http_status_line_read(buf, head->line, &status);
}

/* RFC 9112 section 5.2: a server refuses a folded line, a user agent replaces
 * the fold with spaces. */
static enum http_fault take_fold(struct http_head *head, uint8_t *buf)
{
	if (head->kind == HTTP_REQUEST || head->field_count == 0)
		return HTTP_FAULT_FOLD;
	memset(buf + head->line_at - 2, ' ', 2);

	return HTTP_FAULT_NONE;
}

static enum http_fault take_field(struct http_head *head, uint8_t *buf,
                                  struct http_span line)
{
	struct http_field field;

	if (octet_is_space(buf[line.at]))
		return take_fold(head, buf);
	if (++head->field_count > limits[head->kind].fields)
		return HTTP_FAULT_FIELDS_MANY;

	return http_field_read(buf, line, &field);
}

/* @head->line_at to @head->scanned is a line with its CRLF. */
static void take_line(struct http_head *head, uint8_t *buf)
{
	const struct http_span line = { head->line_at,
		                        head->scanned - head->line_at - 2 };

	if (!head->fields_at) {
		head->line  = line;
		head->fault = take_first_line(head, buf);
	} else if (line.len == 0) {
		head->len = head->scanned;
	} else {
		head->fault = take_field(head, buf, line);
	}
	head->line_at = head->scanned;
}

/* What is no HTTP at all is known before its first line ends, if it ends. */
static bool begins_as_response(const uint8_t *buf, size_t len)
{
	static const char start[] = "HTTP/1.";
	const size_t start_len    = sizeof(start) - 1;

	return len == 0 ||
	       memcmp(buf, start, len < start_len ? len : start_len) == 0;
}

enum http_result http_head_feed(struct http_head *head, uint8_t *buf,
                                size_t len)
{
	if (head->kind == HTTP_RESPONSE && !begins_as_response(buf, len))
		head->fault = HTTP_FAULT_NOT_HTTP;

	while (!head->fault && !head->len) {
		enum http_result result = find_line(head, buf, len);

		if (result != HTTP_DONE)
			return result;
		take_line(head, buf);
	}

	return head->fault ? HTTP_BAD : HTTP_DONE;
}

bool http_field_next(const struct http_head *head, const uint8_t *buf,
                     uint32_t *at, struct http_field *ret)
{
	const uint8_t *cr;
	struct http_span line;

	if (*at == 0)
		*at = head->fields_at;
	if (*at + 2 >= head->len)
		return false;

	cr   = memchr(buf + *at, '\r', head->len - *at);
	line = (struct http_span){ *at, (uint32_t)(cr - (buf + *at)) };
	*at += line.len + 2;

	return http_field_read(buf, line, ret) == HTTP_FAULT_NONE;
}
