/* SPDX-License-Identifier: MIT */
/* handled.c - a request that a handler answers, while it is read; see connection.h */
#include "apps/http/connection.h"
#include <stdlib.h>
#include <string.h>

bool connection_allows(const struct connection *c)
{
	return c->handler ? http_handler_allows(c->handler, c->request.method)
	                  : http_static_allows(c->request.method);
}

/* What a handler keeps of a body is bounded more tightly than what is read. */
uint64_t connection_body_max(const struct connection *c)
{
	const uint64_t max = c->server->config.limits.body_bytes_max;

	if (!c->handler || c->handler->body_max == 0)
		return max;

	return c->handler->body_max < max ? c->handler->body_max : max;
}

bool connection_keep(struct connection *c, const struct http_piece *piece)
{
	if (piece->len == 0 || !c->handler || c->handler->body_max == 0)
		return true;
	if (!c->kept)
		c->kept = malloc(c->handler->body_max);
	if (!c->kept)
		return false;
	/* It fits: http_body_feed() refuses what is longer. */
	memcpy(c->kept + c->kept_len, piece->data, piece->len);
	c->kept_len += (uint32_t)piece->len;

	return true;
}

void connection_forget_body(struct connection *c)
{
	free(c->kept);
	c->kept     = NULL;
	c->kept_len = 0;
}
