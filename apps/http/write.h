/* SPDX-License-Identifier: MIT */
/*
 * write.h - writing heads, and text into which others' octets go
 *
 * Everything is appended to a growing buffer. A line end, a NUL or another
 * control character never gets into a first line or a field (response
 * splitting, CWE-113): the buffer fails instead, stays failed, and is not sent.
 */
#ifndef APPS_HTTP_WRITE_H
#define APPS_HTTP_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** struct http_out - octets to be sent
 * @error:	0; -EINVAL: something could not stand where it was put;
 *		-ENOBUFS: beyond max; -ENOMEM. Then len counts no more.
 */
struct http_out {
	char *data;
	size_t len, size, max; /* octets; size are allocated */
	int error;
};

void http_out_init(struct http_out *out, size_t max);
void http_out_free(struct http_out *out);

void http_out_bytes(struct http_out *out, const void *data, size_t len);
void http_out_text(struct http_out *out, const char *text);
void http_out_number(struct http_out *out, uint64_t number);
/** http_out_html() - Text, with & < > " ' as references */
void http_out_html(struct http_out *out, const char *text);
/** http_out_visible() - Others' octets on one line, to be read by people
 *
 * Controls and octets from 0x80 become \xHH, and what is in @also gets a
 * backslash. After @max octets "..." says that there was more.
 */
void http_out_visible(struct http_out *out, const uint8_t *data, size_t len,
                      size_t max, const char *also);

/** http_status_reason() - The reason phrase of RFC 9110 section 15, or "" */
const char *http_status_reason(int status);

void http_write_status_line(struct http_out *out, int status);
/** http_write_request_line() - @method a token, @target as sent */
void http_write_request_line(struct http_out *out, const char *method,
                             const char *target);
/** http_write_field() - "name: value" CRLF; @name a token */
void http_write_field(struct http_out *out, const char *name,
                      const char *value);
void http_write_field_number(struct http_out *out, const char *name,
                             uint64_t value);
/** http_write_end() - The empty line behind the fields */
void http_write_end(struct http_out *out);

#endif
