/* SPDX-License-Identifier: MIT */
/*
 * body.h - a message's body, read from any split of it
 *
 * RFC 9112 sections 6 and 7. Nothing is stored: each call gives at most one
 * piece of the body, where it lies in the caller's octets.
 *
 *	while (result == HTTP_MORE && at < len) {
 *		result = http_body_feed(&body, buf + at, len - at, &piece);
 *		... piece.data, piece.len (which may be 0)
 *		at += piece.used;
 *	}
 *
 * Chunk extensions are checked and ignored, trailer fields too: they never
 * become fields of the message (RFC 9110 section 6.5).
 */
#ifndef APPS_HTTP_BODY_H
#define APPS_HTTP_BODY_H

#include "apps/http/message.h"

/** struct http_piece - what one call found */
struct http_piece {
	size_t used;         /* octets that are dealt with */
	const uint8_t *data; /* body octets among them */
	size_t len;
};

/** struct http_chunked - where in the chunked coding we are */
struct http_chunked {
	uint8_t state;         /* enum state in chunked.c */
	uint8_t digit_count;   /* of the chunk's size */
	uint16_t ext_len;      /* octets of this chunk's extensions */
	uint16_t ext_total;    /* octets of all extensions */
	uint16_t trailer_len;  /* octets of the trailer section */
	uint8_t trailer_count; /* trailer fields */
	uint64_t left;         /* the chunk's size, then what is to come */
};

struct http_body {
	struct http_framing framing;
	enum http_fault fault;
	uint64_t received; /* body octets, without framing */
	uint64_t max;      /* more are refused with BODY_LONG */
	struct http_chunked chunked;
};

/** http_body_init() - Begin; HTTP_DONE comes at once if there is no body */
void http_body_init(struct http_body *body, const struct http_framing *framing,
                    uint64_t max);

/**
 * http_body_feed() - Take the next octets
 * @buf, @len:	what came; may be the start of the next message as well
 * @ret:	always set; used may be less than @len with HTTP_MORE
 *
 * Return: HTTP_MORE, HTTP_DONE (what is not used belongs to the next message),
 *	   HTTP_BAD (body->fault)
 */
enum http_result http_body_feed(struct http_body *body, const uint8_t *buf,
                                size_t len, struct http_piece *ret);

/** http_body_end() - The connection has ended; was the body complete?
 *
 * Return: true if it was, which only HTTP_BODY_UNTIL_CLOSE can say here
 */
bool http_body_end(const struct http_body *body);

/** http_chunked_feed() - http_body_feed() for the chunked coding */
enum http_result http_chunked_feed(struct http_body *body, const uint8_t *buf,
                                   size_t len, struct http_piece *ret);

#define HTTP_CHUNK_LINE_MAX 19 /* 16 digits, CRLF, NUL */

/** http_chunk_line() - What goes in front of @len octets (not 0) of a chunk
 *
 * Behind them goes CRLF; the body ends with "0\r\n\r\n".
 *
 * Return: octets written, without the NUL
 */
int http_chunk_line(uint64_t len, char ret[HTTP_CHUNK_LINE_MAX]);

#endif
