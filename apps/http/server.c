/* SPDX-License-Identifier: MIT */
/* server.c - accepting, readiness, deadlines, stopping; see server.h */
#include "apps/http/connection.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define EVENTS_MAX  64
#define ACCEPTS_MAX 64 /* per event; then the others have a turn */

void http_server_config_init(struct http_server_config *config)
{
	*config = (struct http_server_config){
		.local.port = 80,
		.site.root_fd = -1,
		.limits = {
			.connections_max = HTTP_CONNECTIONS_MAX,
			.per_source_max	 = HTTP_PER_SOURCE_MAX,
			.requests_max	 = HTTP_REQUESTS_MAX,
			.body_bytes_max	 = HTTP_BODY_BYTES_MAX,
			.head_us	 = HTTP_HEAD_US,
			.idle_us	 = HTTP_IDLE_US,
			.stall_us	 = HTTP_STALL_US,
			.stop_us	 = HTTP_STOP_US,
		},
	};
}

static int watch_listener(struct http_server *server)
{
	const struct tarn_epoll_event event = { .events = TARN_POLLIN,
		                                .data   = 0 };

	server->epoll_fd = tarn_epoll_create(server->tarn);
	if (server->epoll_fd < 0)
		return server->epoll_fd;

	return tarn_epoll_ctl(server->tarn, server->epoll_fd,
	                      TARN_EPOLL_CTL_ADD, server->listen_fd, &event);
}

static int start_listening(struct http_server *server)
{
	const int on = 1;
	int error;

	server->listen_fd = tarn_socket(server->tarn, TARN_STREAM);
	if (server->listen_fd < 0)
		return server->listen_fd;
	tarn_setsockopt(server->tarn, server->listen_fd, TARN_SO_REUSEADDR, &on,
	                sizeof(on));
	error = tarn_bind(server->tarn, server->listen_fd,
	                  &server->config.local);
	if (!error)
		error = tarn_listen(server->tarn, server->listen_fd,
		                    HTTP_BACKLOG);

	return error ? error : watch_listener(server);
}

int http_server_open(struct tarn *t, const struct http_server_config *config,
                     struct http_server **ret)
{
	struct http_server *server = calloc(1, sizeof(*server));
	int error;

	if (!server)
		return -ENOMEM;
	server->tarn              = t;
	server->config            = *config;
	server->config.site.cache = &server->files;
	server->listen_fd         = -1;
	server->epoll_fd          = -1;
	server->stop_at_us        = TARN_NEVER;
	TAILQ_INIT(&server->connections);
	TAILQ_INIT(&server->idle);
	TAILQ_INIT(&server->streams);
	TAILQ_INIT(&server->closed);

	error = start_listening(server);
	if (error) {
		http_server_close(server);
		return error;
	}
	*ret = server;

	return 0;
}

static void close_fd(struct http_server *server, int *fd)
{
	if (*fd >= 0)
		tarn_close(server->tarn, *fd);
	*fd = -1;
}

/* ---- accepting ---- */

/* When all places are taken, the one that has been idle longest goes. */
static bool make_place(struct http_server *server)
{
	if (server->stats.connections < server->config.limits.connections_max)
		return true;
	if (TAILQ_EMPTY(&server->idle))
		return false;
	connection_close(TAILQ_FIRST(&server->idle), false);
	server->stats.evicted++;

	return true;
}

static void take(struct http_server *server, int fd,
                 const struct tarn_addr *peer)
{
	const bool has_place = make_place(server);

	if (!has_place)
		tarn_close(server->tarn, fd);
	if (has_place && connection_open(server, fd, peer) == 0)
		server->stats.accepted++;
	else
		server->stats.refused++;
}

static void accept_some(struct http_server *server)
{
	for (unsigned i = 0; i < ACCEPTS_MAX; i++) {
		struct tarn_addr peer;
		const int fd =
		        tarn_accept(server->tarn, server->listen_fd, &peer);

		if (fd < 0)
			return;
		take(server, fd, &peer);
	}
}

/* ---- one step ---- */

static void run_event(struct http_server *server,
                      const struct tarn_epoll_event *event)
{
	struct connection *connection =
	        (struct connection *)(uintptr_t)event->data;

	if (!connection)
		accept_some(server);
	else if (connection->state != CONNECTION_CLOSED)
		connection_run(connection);
}

static void run_ready(struct http_server *server)
{
	struct tarn_epoll_event events[EVENTS_MAX];
	int count;

	do {
		count = tarn_epoll_wait(server->tarn, server->epoll_fd, events,
		                        EVENTS_MAX);
		for (int i = 0; i < count; i++)
			run_event(server, &events[i]);
	} while (count == EVENTS_MAX);
}

static struct connection *connection_of(struct deadline *deadline)
{
	return (struct connection *)(void *)((char *)deadline -
	                                     offsetof(struct connection,
	                                              deadline));
}

static void run_deadlines(struct http_server *server)
{
	struct deadline *first;

	while ((first = deadlines_first(&server->deadlines)) != NULL &&
	       first->at_us <= server->now_us)
		connection_expire(connection_of(first));
}

/* Whether a source has something, nobody tells: it is asked. */
static void run_streams(struct http_server *server)
{
	struct connection *at, *next;

	for (at = TAILQ_FIRST(&server->streams); at; at = next) {
		next = TAILQ_NEXT(at, stream);
		connection_run(at);
	}
}

static void close_all(struct http_server *server)
{
	while (!TAILQ_EMPTY(&server->connections))
		connection_close(TAILQ_FIRST(&server->connections), true);
}

/* Whatever closed in this step was still in somebody's hands. */
static void free_closed(struct http_server *server)
{
	while (!TAILQ_EMPTY(&server->closed)) {
		struct connection *connection = TAILQ_FIRST(&server->closed);

		TAILQ_REMOVE(&server->closed, connection, all);
		connection_free(connection);
	}
}

uint64_t http_server_step(struct http_server *server, uint64_t now_us)
{
	const struct deadline *first;

	server->now_us = now_us;
	server->files.step++;
	run_ready(server);
	run_streams(server);
	run_deadlines(server);
	if (now_us >= server->stop_at_us)
		close_all(server);
	free_closed(server);

	first = deadlines_first(&server->deadlines);
	if (!first)
		return TARN_NEVER;

	return first->at_us < server->stop_at_us ? first->at_us
	                                         : server->stop_at_us;
}

/* ---- the end ---- */

void http_server_stop(struct http_server *server, uint64_t now_us)
{
	struct connection *at, *next;

	if (server->stop_at_us != TARN_NEVER)
		return;
	server->now_us     = now_us;
	server->stop_at_us = now_us + server->config.limits.stop_us;
	close_fd(server, &server->listen_fd);

	for (at = TAILQ_FIRST(&server->connections); at; at = next) {
		next = TAILQ_NEXT(at, all);
		if (at->state == CONNECTION_HEAD && at->rcv_len == 0)
			connection_close(at, false);
	}
	free_closed(server);
}

bool http_server_is_idle(const struct http_server *server)
{
	return TAILQ_EMPTY(&server->connections);
}

bool http_server_sends_file(const struct http_server *server,
                            const struct tarn_addr *peer)
{
	const struct connection *at;

	TAILQ_FOREACH(at, &server->connections, all)
	if (at->peer.port == peer->port &&
	    memcmp(&at->peer.ip, &peer->ip, sizeof(peer->ip)) == 0)
		return !at->handler && (at->state == CONNECTION_BODY ||
		                        at->state == CONNECTION_SEND);

	return false;
}

void http_server_stats(const struct http_server *server,
                       struct http_server_stats *ret)
{
	*ret = server->stats;
}

void http_server_close(struct http_server *server)
{
	if (!server)
		return;
	close_all(server);
	free_closed(server);
	close_fd(server, &server->epoll_fd);
	close_fd(server, &server->listen_fd);
	deadlines_free(&server->deadlines);
	file_cache_free(&server->files);
	free(server);
}
