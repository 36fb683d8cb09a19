/* SPDX-License-Identifier: MIT */
/*
 * log.h - one line per answer, in the combined format of Apache's and nginx's
 *
 *	10.9.0.1 - - [06/Nov/1994:08:49:37 +0000] "GET / HTTP/1.1" 200 612 "-" "curl/8"
 */
#ifndef APPS_HTTP_LOG_H
#define APPS_HTTP_LOG_H

#include "apps/http/message.h"
#include "apps/http/write.h"
#include "tarn.h"

/** struct http_log_entry - what is told about one answer */
struct http_log_entry {
	struct tarn_ip peer;
	int64_t unix_s;
	const uint8_t *buf; /* where the spans point to */
	struct http_span line, referer, user_agent;
	int status;
	uint64_t body_len; /* octets of body that were handed to TCP */
};

/** http_log_line() - Append the line, with its LF; others' octets are escaped */
void http_log_line(struct http_out *out, const struct http_log_entry *entry);

#endif
