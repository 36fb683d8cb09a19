/* SPDX-License-Identifier: MIT */
/* handler.c - see handler.h */
#include "apps/http/handler.h"
#include <stdio.h>
#include <string.h>

#define ALLOW_LEN 64

const struct http_handler *
http_handler_find(const struct http_handler *handlers, const uint8_t *buf,
                  struct http_span path)
{
	for (; handlers && handlers->path; handlers++)
		if (span_is_exactly(buf, path, handlers->path))
			return handlers;

	return NULL;
}

bool http_handler_allows(const struct http_handler *handler,
                         enum http_method method)
{
	if (method == HTTP_METHOD_OPTIONS)
		return true;
	if (method == HTTP_METHOD_HEAD)
		method = HTTP_METHOD_GET;

	return handler->methods & HTTP_METHOD_BIT(method);
}

static void write_allow(const struct http_handler *handler, char ret[ALLOW_LEN])
{
	snprintf(ret, ALLOW_LEN, "%s%sOPTIONS",
	         handler->methods & HTTP_METHOD_BIT(HTTP_METHOD_GET)
	                 ? "GET, HEAD, "
	                 : "",
	         handler->methods & HTTP_METHOD_BIT(HTTP_METHOD_POST) ? "POST, "
	                                                              : "");
}

void http_handler_answer(const struct http_handler *handler, void *context,
                         const struct http_exchange *exchange,
                         struct http_reply *reply)
{
	const enum http_method method = exchange->request->method;
	char allow[ALLOW_LEN];

	write_allow(handler, allow);
	if (method == HTTP_METHOD_UNKNOWN) {
		http_reply_page(reply, exchange, 501,
		                http_fault_text(HTTP_FAULT_METHOD_UNKNOWN),
		                (struct http_extra){ NULL, NULL });
	} else if (method == HTTP_METHOD_OPTIONS) {
		http_reply_begin(reply, exchange, 204);
		http_write_field(&reply->out, "Allow", allow);
		http_reply_end(reply, exchange, 0);
	} else if (!http_handler_allows(handler, method)) {
		http_reply_page(reply, exchange, 405,
		                "This resource does not know that method",
		                (struct http_extra){ "Allow", allow });
	} else {
		handler->answer(context, exchange, reply);
	}
}
