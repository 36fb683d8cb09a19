/* SPDX-License-Identifier: MIT */
/*
 * reply.h - what a server answers: a head, and a body in memory or in a file
 */
#ifndef APPS_HTTP_REPLY_H
#define APPS_HTTP_REPLY_H

#include "apps/http/message.h"
#include "apps/http/write.h"

/** struct http_exchange - what is asked, and what the answer must know */
struct http_exchange {
	const uint8_t *buf; /* where the request's spans point to */
	const struct http_request *request;
	int64_t unix_s;  /* for Date */
	bool keep_alive; /* the connection goes on after the answer */
};

/** struct http_reply - an answer, ready to be sent
 *
 * Everything in out, then file_left octets of file_fd from file_at on.
 */
struct http_reply {
	int status;
	struct http_out out;
	size_t head_len; /* octets of out that are the head */
	int file_fd;     /* -1: none; the reply's */
	uint64_t file_at, file_left;
};

void http_reply_init(struct http_reply *reply);
/** http_reply_free() - Close the file, free the memory, be as after init */
void http_reply_free(struct http_reply *reply);

/** http_reply_begin() - Start over: status line, Date, Server */
void http_reply_begin(struct http_reply *reply,
                      const struct http_exchange *exchange, int status);
/** http_reply_end() - Connection, Content-Length (not with 204), empty line
 * @content_len:	octets of body; with HEAD as many as GET would have
 */
void http_reply_end(struct http_reply *reply,
                    const struct http_exchange *exchange, uint64_t content_len);

/** struct http_extra - one more field; name NULL: none */
struct http_extra {
	const char *name, *value;
};

/**
 * http_reply_page() - A whole answer that says what its status means
 * @sentence:	a constant of ours, never something that was sent to us
 *
 * RFC: 9110 section 15.5: a short explanation for people
 */
void http_reply_page(struct http_reply *reply,
                     const struct http_exchange *exchange, int status,
                     const char *sentence, struct http_extra extra);

#endif
