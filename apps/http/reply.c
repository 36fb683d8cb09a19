/* SPDX-License-Identifier: MIT */
/* reply.c - see reply.h */
#include "apps/http/reply.h"
#include "apps/http/date.h"
#include "apps/http/limits.h"
#include <stdio.h>
#include <unistd.h>

void http_reply_init(struct http_reply *reply)
{
	*reply = (struct http_reply){ .file_fd = -1 };
	http_out_init(&reply->out, HTTP_REPLY_BUFFER_MAX);
}

void http_reply_free(struct http_reply *reply)
{
	if (reply->file_fd >= 0)
		close(reply->file_fd);
	if (reply->source.read)
		reply->source.close(reply->source.context);
	http_out_free(&reply->out);
	http_reply_init(reply);
}

void http_reply_begin(struct http_reply *reply,
                      const struct http_exchange *exchange, int status)
{
	char date[HTTP_DATE_LEN];

	http_reply_free(reply);
	reply->status = status;
	http_write_status_line(&reply->out, status);
	http_write_field(&reply->out, "Date",
	                 http_date(exchange->unix_s, date));
	http_write_field(&reply->out, "Server", "tarn");
}

void http_reply_end(struct http_reply *reply,
                    const struct http_exchange *exchange, uint64_t content_len)
{
	if (!exchange->keep_alive)
		http_write_field(&reply->out, "Connection", "close");
	else if (exchange->request->minor == 0)
		http_write_field(&reply->out, "Connection", "keep-alive");
	if (reply->status != 204) /* RFC 9110 section 8.6 */
		http_write_field_number(&reply->out, "Content-Length",
		                        content_len);
	http_write_end(&reply->out);
	reply->head_len = reply->out.len;
}

void http_reply_stream(struct http_reply *reply,
                       const struct http_exchange *exchange,
                       const struct http_source *source)
{
	reply->is_last    = true;
	reply->is_chunked = exchange->request->minor >= 1;
	http_write_field(&reply->out, "Connection", "close");
	if (reply->is_chunked)
		http_write_field(&reply->out, "Transfer-Encoding", "chunked");
	http_write_end(&reply->out);
	reply->head_len = reply->out.len;
	if (exchange->request->method == HTTP_METHOD_HEAD)
		source->close(source->context);
	else
		reply->source = *source;
}

void http_reply_text(struct http_reply *reply,
                     const struct http_exchange *exchange, int status,
                     const char *type, const char *data, size_t len)
{
	http_reply_begin(reply, exchange, status);
	http_write_field(&reply->out, "Cache-Control", "no-store");
	if (len > 0) {
		http_write_field(&reply->out, "Content-Type", type);
		http_write_field(&reply->out, "X-Content-Type-Options",
		                 "nosniff");
	}
	http_reply_end(reply, exchange, len);
	if (exchange->request->method != HTTP_METHOD_HEAD)
		http_out_bytes(&reply->out, data, len);
}

void http_reply_page(struct http_reply *reply,
                     const struct http_exchange *exchange, int status,
                     const char *sentence, struct http_extra extra)
{
	const char *reason = http_status_reason(status);
	char page[512];
	int len;

	len = snprintf(page, sizeof(page),
	               "<!DOCTYPE html>\n<title>%d %s</title>\n"
	               "<h1>%d %s</h1>\n<p>%s.</p>\n",
	               status, reason, status, reason, sentence);

	http_reply_begin(reply, exchange, status);
	if (extra.name)
		http_write_field(&reply->out, extra.name, extra.value);
	http_write_field(&reply->out, "Content-Type",
	                 "text/html; charset=utf-8");
	http_reply_end(reply, exchange, (uint64_t)len);
	if (exchange->request->method != HTTP_METHOD_HEAD)
		http_out_bytes(&reply->out, page, (size_t)len);
}
