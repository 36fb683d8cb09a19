/* SPDX-License-Identifier: MIT */
/*
 * handler.h - resources that are no files: a table of paths and functions
 *
 * A request whose path is in the table is answered by its row, every other one
 * from files. Methods that a row does not have are refused with its Allow,
 * OPTIONS is answered from it, and HEAD goes where GET goes.
 */
#ifndef APPS_HTTP_HANDLER_H
#define APPS_HTTP_HANDLER_H

#include "apps/http/reply.h"

#define HTTP_METHOD_BIT(method) (1u << (method))

/** struct http_handler - one resource; a table ends with a NULL path
 * @path:	exactly, as it is sent; no query
 * @methods:	HTTP_METHOD_BIT() of those that answer() knows
 * @body_max:	octets of a request's body that are kept for answer(), more is
 *		refused with 413; 0: a body is read and thrown away
 * @answer:	must write a whole answer, or begin a stream (reply.h)
 */
struct http_handler {
	const char *path;
	unsigned methods;
	uint32_t body_max;
	void (*answer)(void *context, const struct http_exchange *exchange,
	               struct http_reply *reply);
};

/** http_handler_find() - The row of a path, or NULL
 * @handlers:	NULL: there are none */
const struct http_handler *
http_handler_find(const struct http_handler *handlers, const uint8_t *buf,
                  struct http_span path);

/** http_handler_allows() - Would a request with this method be answered? */
bool http_handler_allows(const struct http_handler *handler,
                         enum http_method method);

/** http_handler_answer() - Answer a complete request
 * @reply:	initialised; afterwards its out.error may be set */
void http_handler_answer(const struct http_handler *handler, void *context,
                         const struct http_exchange *exchange,
                         struct http_reply *reply);

#endif
