/* SPDX-License-Identifier: MIT */
/*
 * line.h - inside the message parser: one line, its first line, its fields
 */
#ifndef APPS_HTTP_LINE_H
#define APPS_HTTP_LINE_H

#include "apps/http/message.h"

/**
 * http_line_find() - Look for the CRLF that ends a line
 * @at:		where to go on; moved behind the CRLF, or to where it stopped
 * @end:	no octet from here on is looked at
 * @kind:	a response may hold control characters other than NUL: RFC 9110
 *		section 5.5 lets a client keep them, and many servers send them
 * @fault:	set with HTTP_BAD: a CR or LF alone, or a control character
 *
 * RFC: 9112 section 2.2; a bare LF is not taken for a line's end
 */
enum http_result http_line_find(const uint8_t *buf, uint32_t *at, uint32_t end,
                                enum http_kind kind, enum http_fault *fault);

/** struct http_request_line - METHOD SP TARGET SP HTTP/1.MINOR */
struct http_request_line {
	struct http_span method, target;
	uint8_t minor;
};

/** http_request_line_read() - RFC 9112 section 3, with single spaces */
enum http_fault http_request_line_read(const uint8_t *buf,
                                       struct http_span line,
                                       struct http_request_line *ret);

/** struct http_status_line - HTTP/1.MINOR SP 3DIGIT [SP REASON] */
struct http_status_line {
	uint16_t status;
	uint8_t minor;
	struct http_span reason;
};

enum http_fault http_status_line_read(const uint8_t *buf, struct http_span line,
                                      struct http_status_line *ret);

/** http_field_read() - name ":" OWS value OWS, RFC 9112 section 5 */
enum http_fault http_field_read(const uint8_t *buf, struct http_span line,
                                struct http_field *ret);

/* ---- framing.c ---- */

/** struct http_fields - the fields that decide about a message's body and end */
struct http_fields {
	bool has_length, has_coding;
	uint64_t length;
	bool is_chunked;         /* the last coding is chunked */
	bool has_unknown_coding; /* another stands before it, or instead */
	bool says_close, says_keep_alive; /* in Connection */
};

/** http_fields_take() - Note what a Content-Length, Transfer-Encoding or
 * Connection field says; other fields are none of its business */
enum http_fault http_fields_take(struct http_fields *fields, const uint8_t *buf,
                                 const struct http_field *field);

/** http_fields_keep_alive() - RFC 9112 section 9.3 */
bool http_fields_keep_alive(const struct http_fields *fields, uint8_t minor);

/** http_framing_of_request(), ..._of_response() - RFC 9112 section 6.3 */
enum http_fault http_framing_of_request(const struct http_fields *fields,
                                        uint8_t minor,
                                        struct http_framing *ret);
enum http_fault http_framing_of_response(const struct http_fields *fields,
                                         uint8_t minor, bool has_no_body,
                                         struct http_framing *ret);

#endif
