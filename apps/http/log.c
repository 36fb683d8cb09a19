/* SPDX-License-Identifier: MIT */
/* log.c - see log.h */
#include "apps/http/log.h"
#include "apps/http/date.h"
#include "apps/http/limits.h"

static void write_quoted(struct http_out *out, const uint8_t *buf,
                         struct http_span span, size_t max)
{
	http_out_text(out, " \"");
	if (span.len == 0)
		http_out_text(out, "-");
	else
		http_out_visible(out, buf + span.at, span.len, max, "\"\\");
	http_out_text(out, "\"");
}

void http_log_line(struct http_out *out, const struct http_log_entry *entry)
{
	char peer[TARN_ADDR_TEXT_LEN], date[HTTP_LOG_DATE_LEN];

	http_out_text(out, tarn_ip_text(&entry->peer, peer));
	http_out_text(out, " - - [");
	http_out_text(out, http_log_date(entry->unix_s, date));
	http_out_text(out, "]");
	write_quoted(out, entry->buf, entry->line, HTTP_LOG_REQUEST_BYTES_MAX);
	http_out_text(out, " ");
	http_out_number(out, (uint64_t)entry->status);
	http_out_text(out, " ");
	http_out_number(out, entry->body_len);
	write_quoted(out, entry->buf, entry->referer, HTTP_LOG_FIELD_BYTES_MAX);
	write_quoted(out, entry->buf, entry->user_agent,
	             HTTP_LOG_FIELD_BYTES_MAX);
	http_out_text(out, "\n");
}
