/* SPDX-License-Identifier: MIT */
/*
 * server.h - the HTTP server, on the non-blocking calls of tarn.h
 *
 * Theory of operation. The server runs on the stack's own thread, between two
 * polls of it, and never waits: its sockets are in one epoll set of the stack's
 * (edge-triggered), and http_server_step() lets every connection that has
 * become ready run until it would block.
 *
 *	for (;;) {
 *		host_step(host, deadline_us);
 *		deadline_us = http_server_step(server, host_now(host));
 *	}
 *
 * Each connection is a machine of its own (connection.c) with one deadline; a
 * slow client costs its record, its socket, and at most one buffer for a head,
 * and delays nobody. Time and date are handed in, so the same server runs in
 * virtual time.
 */
#ifndef APPS_HTTP_SERVER_H
#define APPS_HTTP_SERVER_H

#include "apps/http/handler.h"
#include "apps/http/static.h"
#include "tarn.h"

struct http_server;

/** struct http_server_limits - those of limits.h that a user may change */
struct http_server_limits {
	uint32_t connections_max, per_source_max;
	uint32_t requests_max;   /* per connection */
	uint64_t body_bytes_max; /* of a request */
	uint64_t head_us, idle_us, stall_us, stop_us;
};

/** struct http_server_config - what a server is told at birth; copied */
struct http_server_config {
	struct tarn_addr local; /* version NONE: any address of the stack's */
	struct http_site site;  /* root_fd and mime: borrowed, to the end;
	                         * root_fd -1: there are no files */
	struct http_server_limits limits;
	/** @wall_s: The time of day, seconds since 1970 (UTC) */
	int64_t (*wall_s)(void *context);
	/** @log: One line of the access log, with its LF; NULL: nobody reads */
	void (*log)(void *context, const char *line, size_t len);
	void *context; /* first argument of both */
	/** @handlers: What is answered otherwise; borrowed; NULL: nothing */
	const struct http_handler *handlers;
	void *handlers_context;
};

/** http_server_config_init() - The limits; wall_s and site must then be set */
void http_server_config_init(struct http_server_config *config);

/**
 * http_server_open() - Listen
 *
 * Return: 0; -EADDRINUSE, -EADDRNOTAVAIL, -EMFILE, -ENOMEM as of tarn.h
 */
int http_server_open(struct tarn *t, const struct http_server_config *config,
                     struct http_server **ret) TARN_CHECKED;

/**
 * http_server_step() - Do everything that can be done now
 * @now_us:	the stack's time
 *
 * Return: when to call again at the latest, or TARN_NEVER; sooner whenever
 *	   the stack has been polled
 */
uint64_t http_server_step(struct http_server *server, uint64_t now_us);

/**
 * http_server_stop() - Stop in good order
 *
 * No new connection is taken, idle ones are closed, answers under way are
 * finished and say Connection: close, and after limits.stop_us what is left is
 * closed. Go on stepping until http_server_is_idle().
 */
void http_server_stop(struct http_server *server, uint64_t now_us);

/** http_server_is_idle() - No connection is left */
bool http_server_is_idle(const struct http_server *server);

/** http_server_sends_file() - Is an answer for this peer from files under way?
 *
 * Looks at every connection: not for each segment of a busy server.
 */
bool http_server_sends_file(const struct http_server *server,
                            const struct tarn_addr *peer);

/** struct http_server_stats - what has happened so far */
struct http_server_stats {
	uint64_t accepted, refused, evicted; /* connections */
	uint64_t answered, timed_out;        /* requests */
	uint32_t connections;                /* now */
};
void http_server_stats(const struct http_server *server,
                       struct http_server_stats *ret);

/** http_server_close() - Close everything at once, and free it */
void http_server_close(struct http_server *server);

#endif
