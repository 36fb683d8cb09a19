/* SPDX-License-Identifier: MIT */
/*
 * connection.h - inside the server: one connection, and what it shares
 *
 *	        head complete        body complete
 *	HEAD -------------> BODY -------------> SEND -----> HEAD
 *	 |  refused, late    |  refused, late    ^ |
 *	 +-------------------+-------------------+ | last answer
 *	                                           v
 *	                    closed <----------- LINGER
 *
 * HEAD	   reading a head, or idle between two requests
 * BODY	   reading what belongs to the request; nothing is kept of it
 * SEND	   the answer leaves as fast as the stack takes it; nothing is read.
 *	   A stream stays here: until the client closes, or the server stops
 * LINGER  our FIN is out; what still comes is thrown away, because a close
 *	   with unread data would reset the connection and could destroy the
 *	   answer on its way (RFC 9112 section 9.6)
 */
#ifndef APPS_HTTP_CONNECTION_H
#define APPS_HTTP_CONNECTION_H

#include "apps/http/body.h"
#include "apps/http/deadlines.h"
#include "apps/http/limits.h"
#include "apps/http/server.h"
#include "apps/http/sources.h"
#include <sys/queue.h>

enum connection_state {
	CONNECTION_HEAD,
	CONNECTION_BODY,
	CONNECTION_SEND,
	CONNECTION_LINGER,
	CONNECTION_CLOSED, /* waits to be freed */
};

/* What comes after what is being sent. */
enum connection_next {
	NEXT_REQUEST,
	NEXT_BODY, /* it was 100 Continue */
	NEXT_LINGER,
};

struct connection {
	struct http_server *server;
	TAILQ_ENTRY(connection) all;    /* in server->connections or ->closed */
	TAILQ_ENTRY(connection) idle;   /* in server->idle while is_idle */
	TAILQ_ENTRY(connection) stream; /* in server->streams while is_stream */
	struct deadline deadline;
	struct tarn_addr peer;
	int fd;
	enum connection_state state;
	enum connection_next next;
	bool is_idle;           /* between two requests: may be evicted */
	bool is_stream;         /* its answer has a source */
	uint32_t request_count; /* begun */
	uint64_t since_us;      /* the state's begin; HEAD: the head's */
	uint64_t progress_us;   /* SEND: when the stack last took something */
	/* what is received; memory only while there is something */
	uint8_t *rcv;
	uint32_t rcv_len, rcv_size;
	struct http_head head;
	struct http_request request;
	struct http_body body;
	const struct http_handler *handler; /* of the request; NULL: files */
	uint8_t *kept; /* the body, for the handler; NULL: nothing of it */
	uint32_t kept_len;
	/* what is sent */
	struct http_reply reply;
	size_t out_sent; /* octets of reply.out that the stack took */
	uint64_t sent;   /* octets of the whole answer */
};

TAILQ_HEAD(connection_list, connection);

struct http_server {
	struct tarn *tarn;
	struct http_server_config config;
	int listen_fd, epoll_fd; /* of the stack; -1: closed */
	uint64_t now_us;         /* of this step */
	uint64_t stop_at_us;     /* TARN_NEVER: not stopping */
	struct connection_list connections;
	struct connection_list idle; /* the longest idle comes first */
	struct connection_list streams;
	struct connection_list closed;
	struct deadlines deadlines;
	struct sources sources;
	struct file_cache files;
	struct http_server_stats stats;
	uint8_t chunk[HTTP_SEND_CHUNK_BYTES]; /* from source to stack */
};

/** connection_open() - Take over @fd, an accepted socket, and run it: its
 * request may have come together with the handshake
 *
 * Return: 0 or -errno; then @fd is closed
 */
int connection_open(struct http_server *server, int fd,
                    const struct tarn_addr *peer);

/** connection_run() - Go on until it would block */
void connection_run(struct connection *connection);

/** connection_expire() - Its deadline has come */
void connection_expire(struct connection *connection);

/** connection_close() - Close now; it is freed at the end of the step
 * @is_abort:	reset, so that unsent data does not stay behind
 */
void connection_close(struct connection *connection, bool is_abort);

/** connection_free() - Free one that is closed */
void connection_free(struct connection *connection);

/* ---- send.c ---- */

enum connection_step {
	STEP_AGAIN, /* something changed: go on */
	STEP_WAIT,  /* it would block */
};

/** connection_send() - Hand what there is of the answer to the stack
 *
 * Return: STEP_AGAIN when all of it is handed over
 */
enum connection_step connection_send(struct connection *connection);

/** connection_send_memory() - Hand over what reply.out has, as far as it goes */
enum connection_step connection_send_memory(struct connection *connection);

/* ---- handled.c ---- */

/** connection_allows() - Would its request be answered, or refused? */
bool connection_allows(const struct connection *connection);
/** connection_body_max() - Octets of body that its request may have */
uint64_t connection_body_max(const struct connection *connection);
/** connection_keep() - Keep a piece of the body, if its handler wants it
 * Return: false: there is no memory for it */
bool connection_keep(struct connection *connection,
                     const struct http_piece *piece);
void connection_forget_body(struct connection *connection);

/* ---- stream.c ---- */

/** connection_stream() - Go on with what the source has; as connection_send() */
enum connection_step connection_stream(struct connection *connection);
/** connection_set_stream() - It is one from now on, if its answer has a source */
void connection_set_stream(struct connection *connection);
/** connection_wants() - When what it streams wants to go on, or TARN_NEVER:
 * it waits for the stack */
uint64_t connection_wants(const struct connection *connection);

/* ---- send.c again ---- */

/** connection_answer() - Answer the complete request */
void connection_answer(struct connection *connection);
/** connection_refuse() - Answer with what @fault says, and close behind it */
void connection_refuse(struct connection *connection, enum http_fault fault);
/** connection_continue() - Send 100 Continue in front of the answer */
void connection_continue(struct connection *connection);
/** connection_log() - Tell the access log about the answer */
void connection_log(struct connection *connection);

#endif
