/* SPDX-License-Identifier: MIT */
/*
 * reply.h - what a server answers: a head, and a body in memory, in a file, or
 * from a source that has more and more
 */
#ifndef APPS_HTTP_REPLY_H
#define APPS_HTTP_REPLY_H

#include "apps/http/message.h"
#include "apps/http/write.h"
#include "tarn_types.h"

/** struct http_exchange - what is asked, and what the answer must know */
struct http_exchange {
	const uint8_t *buf; /* where the request's spans point to */
	const struct http_request *request;
	int64_t unix_s;  /* for Date */
	bool keep_alive; /* the connection goes on after the answer */
	/* for handlers: */
	const struct http_head *head; /* its fields are walked in buf */
	const uint8_t *body;          /* what is kept of it; or NULL */
	size_t body_len;
	struct tarn_addr peer;
	int fd; /* the connection's socket: to look, not to touch */
};

/** struct http_source - a body without an end, given as it comes
 * @read:	Write what there is now. Return: octets, 0: nothing now
 * @due_us:	when read() shall be called again at the latest; it is called
 *		whenever the server is stepped, too
 * @close:	nobody reads any more
 */
struct http_source {
	size_t (*read)(void *context, uint8_t *buf, size_t size,
	               uint64_t now_us);
	uint64_t (*due_us)(void *context);
	void (*close)(void *context);
	void *context;
};

/** struct http_reply - an answer, ready to be sent
 *
 * Everything in out, then file_left octets of file_fd from file_at on, or what
 * the source has until the connection or the server ends.
 */
struct http_reply {
	int status;
	struct http_out out;
	size_t head_len; /* octets of out that are the head */
	int file_fd;     /* -1: none; the reply's */
	uint64_t file_at, file_left;
	bool is_last; /* its head says that the connection ends with it */
	struct http_source source; /* read NULL: none */
	bool is_chunked;           /* the source's body is (not in HTTP/1.0) */
};

void http_reply_init(struct http_reply *reply);
/** http_reply_free() - Close file and source, free the memory, be as after init */
void http_reply_free(struct http_reply *reply);

/** http_reply_begin() - Start over: status line, Date, Server */
void http_reply_begin(struct http_reply *reply,
                      const struct http_exchange *exchange, int status);
/** http_reply_end() - Connection, Content-Length (not with 204), empty line
 * @content_len:	octets of body; with HEAD as many as GET would have
 */
void http_reply_end(struct http_reply *reply,
                    const struct http_exchange *exchange, uint64_t content_len);

/**
 * http_reply_stream() - End the head of an answer whose body never ends
 * @source:	the reply's from now on, even if HEAD makes it close at once
 *
 * Chunked, or for HTTP/1.0 as it is up to the end of the connection, which is
 * never used again.
 */
void http_reply_stream(struct http_reply *reply,
                       const struct http_exchange *exchange,
                       const struct http_source *source);

/** http_reply_text() - A whole answer out of memory, which nobody may cache
 * @type:	of the content */
void http_reply_text(struct http_reply *reply,
                     const struct http_exchange *exchange, int status,
                     const char *type, const char *data, size_t len);

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
