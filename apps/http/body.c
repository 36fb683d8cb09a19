/* SPDX-License-Identifier: MIT */
/* body.c - see body.h */
#include "apps/http/body.h"

void http_body_init(struct http_body *body, const struct http_framing *framing,
                    uint64_t max)
{
	*body = (struct http_body){ .framing = *framing, .max = max };
	if (framing->kind == HTTP_BODY_LENGTH && framing->length > max)
		body->fault = HTTP_FAULT_BODY_LONG;
}

static enum http_result feed_length(struct http_body *body, const uint8_t *buf,
                                    size_t len, struct http_piece *ret)
{
	const uint64_t left = body->framing.length - body->received;
	const size_t n      = len < left ? len : (size_t)left;

	*ret = (struct http_piece){ .used = n, .data = buf, .len = n };
	body->received += n;

	return body->received == body->framing.length ? HTTP_DONE : HTTP_MORE;
}

static enum http_result feed_all(struct http_body *body, const uint8_t *buf,
                                 size_t len, struct http_piece *ret)
{
	const uint64_t room = body->max - body->received;
	const size_t n      = len < room ? len : (size_t)room;

	*ret = (struct http_piece){ .used = n, .data = buf, .len = n };
	body->received += n;
	if (n < len) {
		body->fault = HTTP_FAULT_BODY_LONG;
		return HTTP_BAD;
	}

	return HTTP_MORE;
}

enum http_result http_body_feed(struct http_body *body, const uint8_t *buf,
                                size_t len, struct http_piece *ret)
{
	*ret = (struct http_piece){ .data = buf };
	if (body->fault)
		return HTTP_BAD;

	switch (body->framing.kind) {
	case HTTP_BODY_NONE:
		return HTTP_DONE;
	case HTTP_BODY_LENGTH:
		return feed_length(body, buf, len, ret);
	case HTTP_BODY_CHUNKED:
		return http_chunked_feed(body, buf, len, ret);
	case HTTP_BODY_UNTIL_CLOSE:
		return feed_all(body, buf, len, ret);
	}

	return HTTP_BAD;
}

bool http_body_end(const struct http_body *body)
{
	return !body->fault && body->framing.kind == HTTP_BODY_UNTIL_CLOSE;
}
