/* SPDX-License-Identifier: MIT */
/* connection.c - one connection's machine; see connection.h */
#include "apps/http/connection.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- deadlines ---- */

/* A rate is kept as an average: so long for a start, then by the octet. */
static uint64_t rate_deadline(uint64_t since_us, uint64_t grace_us,
                              uint64_t octets, uint64_t rate)
{
	return since_us + grace_us + octets / rate * HTTP_USEC_PER_SEC;
}

/* A stream that has said all it had may be silent as long as it likes. */
static bool waits_for_stack(const struct connection *c)
{
	return c->out_sent < c->reply.out.len;
}

static uint64_t deadline_of(const struct connection *c)
{
	const struct http_server_limits *limits = &c->server->config.limits;
	uint64_t stall_us, rate_us;

	switch (c->state) {
	case CONNECTION_HEAD: /* the first request is due from the start */
		return c->since_us + (c->is_idle && c->request_count > 0
		                              ? limits->idle_us
		                              : limits->head_us);
	case CONNECTION_BODY:
		return rate_deadline(c->since_us, HTTP_BODY_GRACE_US,
		                     c->body.received, HTTP_BODY_RATE_MIN);
	case CONNECTION_SEND:
		stall_us = c->progress_us + limits->stall_us;
		if (c->is_stream)
			return waits_for_stack(c) ? stall_us
			                          : connection_wants(c);
		rate_us = rate_deadline(c->since_us, HTTP_SEND_GRACE_US,
		                        c->sent, HTTP_SEND_RATE_MIN);
		return stall_us < rate_us ? stall_us : rate_us;
	default:
		return c->since_us + HTTP_LINGER_US;
	}
}

static void set_state(struct connection *c, enum connection_state state)
{
	c->state       = state;
	c->since_us    = c->server->now_us;
	c->progress_us = c->server->now_us;
}

static void set_idle(struct connection *c, bool is_idle)
{
	if (is_idle && !c->is_idle)
		TAILQ_INSERT_TAIL(&c->server->idle, c, idle);
	if (!is_idle && c->is_idle)
		TAILQ_REMOVE(&c->server->idle, c, idle);
	c->is_idle = is_idle;
}

/* ---- birth and death ---- */

static int enter_epoll(struct connection *c)
{
	const struct tarn_epoll_event event = {
		.events = TARN_POLLIN | TARN_POLLOUT | TARN_POLLRDHUP |
		          TARN_EPOLLET,
		.data = (uintptr_t)c,
	};

	return tarn_epoll_ctl(c->server->tarn, c->server->epoll_fd,
	                      TARN_EPOLL_CTL_ADD, c->fd, &event);
}

static int enter_server(struct connection *c)
{
	struct http_server *server = c->server;
	int error;

	error = sources_enter(&server->sources, &c->peer.ip,
	                      server->config.limits.per_source_max);
	if (error)
		return error;
	error = enter_epoll(c);
	if (!error)
		error = deadlines_set(&server->deadlines, &c->deadline,
		                      deadline_of(c));
	if (error)
		sources_leave(&server->sources, &c->peer.ip);

	return error;
}

int connection_open(struct http_server *server, int fd,
                    const struct tarn_addr *peer)
{
	struct connection *c = calloc(1, sizeof(*c));
	const int on         = 1;
	int error;

	if (!c) {
		tarn_close(server->tarn, fd);
		return -ENOMEM;
	}
	c->server = server;
	c->fd     = fd;
	c->peer   = *peer;
	http_reply_init(&c->reply);
	http_head_init(&c->head, HTTP_REQUEST);
	set_state(c, CONNECTION_HEAD);
	/* Whole answers are handed over, with TARN_MSG_MORE where more is to
	 * come: Nagle's algorithm could only delay their last segment. */
	tarn_setsockopt(server->tarn, fd, TARN_TCP_NODELAY, &on, sizeof(on));

	error = enter_server(c);
	if (error) {
		tarn_close(server->tarn, fd);
		free(c);
		return error;
	}
	TAILQ_INSERT_TAIL(&server->connections, c, all);
	server->stats.connections++;
	set_idle(c, true);
	connection_run(c);

	return 0;
}

static void free_rcv(struct connection *c)
{
	free(c->rcv);
	c->rcv      = NULL;
	c->rcv_size = 0;
	c->rcv_len  = 0;
}

void connection_close(struct connection *c, bool is_abort)
{
	struct http_server *server       = c->server;
	const struct tarn_linger at_once = { .on = 1, .linger_s = 0 };

	if (c->state == CONNECTION_CLOSED)
		return;
	if (c->state == CONNECTION_SEND)
		connection_log(c);
	set_idle(c, false);
	if (c->is_stream)
		TAILQ_REMOVE(&server->streams, c, stream);
	deadlines_drop(&server->deadlines, &c->deadline);
	sources_leave(&server->sources, &c->peer.ip);
	if (is_abort)
		tarn_setsockopt(server->tarn, c->fd, TARN_SO_LINGER, &at_once,
		                sizeof(at_once));
	tarn_close(server->tarn, c->fd);

	c->state = CONNECTION_CLOSED;
	TAILQ_REMOVE(&server->connections, c, all);
	TAILQ_INSERT_TAIL(&server->closed, c, all);
	server->stats.connections--;
}

void connection_free(struct connection *c)
{
	http_reply_free(&c->reply);
	connection_forget_body(c);
	free_rcv(c);
	free(c);
}

/* ---- receiving ---- */

static bool make_room(struct connection *c)
{
	const uint32_t wanted =
	        c->rcv_size ? 2 * c->rcv_size : HTTP_RECEIVE_BYTES_MIN;
	const uint32_t size = wanted < HTTP_RECEIVE_BYTES_MAX
	                              ? wanted
	                              : HTTP_RECEIVE_BYTES_MAX;
	uint8_t *rcv;

	if (c->rcv_len < c->rcv_size)
		return true;
	if (size == c->rcv_size)
		return false; /* cannot be: no head is so long */
	rcv = realloc(c->rcv, size);
	if (!rcv)
		return false;
	c->rcv      = rcv;
	c->rcv_size = size;

	return true;
}

/* The first octet of a head ends the idle time and starts the head's; that of
 * the first request has been running since the handshake. */
static void begin_head(struct connection *c)
{
	if (c->request_count > 0)
		c->since_us = c->server->now_us;
	set_idle(c, false);
}

static enum connection_step receive(struct connection *c)
{
	ssize_t n;

	if (!make_room(c)) {
		connection_close(c, true);
		return STEP_WAIT;
	}
	n = tarn_recv(c->server->tarn, c->fd, c->rcv + c->rcv_len,
	              c->rcv_size - c->rcv_len, 0);
	if (n > 0) {
		if (c->is_idle)
			begin_head(c);
		c->rcv_len += (uint32_t)n;
		return STEP_AGAIN;
	}
	if (c->rcv_len == 0)
		free_rcv(c);
	/* The end of the stream, in front of a request or in its middle: there
	 * is nobody to answer, and half a request never reaches a handler. */
	if (n != -EAGAIN)
		connection_close(c, n < 0);

	return STEP_WAIT;
}

/* ---- the states ---- */

/* RFC 9110 section 10.1.1: no 100 if the body has begun to come, and rather
 * the final answer than 100 if that is known. */
static void begin_body(struct connection *c)
{
	const bool waits = c->request.expects_continue &&
	                   c->request.framing.kind != HTTP_BODY_NONE &&
	                   c->rcv_len == c->head.len;

	set_state(c, CONNECTION_BODY);
	if (!waits)
		return;
	if (connection_allows(c)) {
		connection_continue(c);
	} else {
		c->request.keep_alive = false;
		connection_answer(c);
	}
}

static void take_head(struct connection *c)
{
	enum http_fault fault;

	c->request_count++;
	c->handler = NULL;
	fault      = http_request_read(&c->head, c->rcv, &c->request);
	if (!fault) {
		c->handler = http_handler_find(c->server->config.handlers,
		                               c->rcv, c->request.path);
		http_body_init(&c->body, &c->request.framing,
		               connection_body_max(c));
		fault = c->body.fault;
	}
	if (fault)
		connection_refuse(c, fault);
	else
		begin_body(c);
}

static enum connection_step run_head(struct connection *c)
{
	switch (http_head_feed(&c->head, c->rcv, c->rcv_len)) {
	case HTTP_MORE:
		return receive(c);
	case HTTP_DONE:
		take_head(c);
		break;
	case HTTP_BAD:
		c->request_count++;
		connection_refuse(c, c->head.fault);
		break;
	}

	return STEP_AGAIN;
}

/* Most bodies are only read to find their end; the head stays in front of them
 * in the buffer, for the answer and the log. */
static enum connection_step run_body(struct connection *c)
{
	uint8_t *begin = c->rcv + c->head.len;
	struct http_piece piece;
	enum http_result result;

	result = http_body_feed(&c->body, begin, c->rcv_len - c->head.len,
	                        &piece);
	if (result != HTTP_BAD && !connection_keep(c, &piece)) {
		connection_close(c, true);
		return STEP_WAIT;
	}
	c->rcv_len -= (uint32_t)piece.used;
	memmove(begin, begin + piece.used, c->rcv_len - c->head.len);

	if (result == HTTP_DONE)
		connection_answer(c);
	else if (result == HTTP_BAD)
		connection_refuse(c, c->body.fault);
	else if (c->rcv_len == c->head.len)
		return receive(c);

	return STEP_AGAIN;
}

static void begin_linger(struct connection *c)
{
	if (c->is_stream)
		TAILQ_REMOVE(&c->server->streams, c, stream);
	c->is_stream = false;
	http_reply_free(&c->reply);
	free_rcv(c);
	set_state(c, CONNECTION_LINGER);
	if (tarn_shutdown(c->server->tarn, c->fd, TARN_SHUT_WR) < 0)
		connection_close(c, false);
}

/* The head goes out of the buffer; what came behind it is the next one. */
static void begin_next(struct connection *c)
{
	c->rcv_len -= c->head.len;
	memmove(c->rcv, c->rcv + c->head.len, c->rcv_len);
	if (c->rcv_len == 0)
		free_rcv(c);
	http_reply_free(&c->reply);
	connection_forget_body(c);
	http_head_init(&c->head, HTTP_REQUEST);
	if (c->rcv_len == 0 && c->server->stop_at_us != TARN_NEVER) {
		begin_linger(c);
		return;
	}
	set_state(c, CONNECTION_HEAD);
	set_idle(c, c->rcv_len == 0);
}

static enum connection_step run_send(struct connection *c)
{
	if (connection_send(c) == STEP_WAIT)
		return STEP_WAIT;

	if (c->next == NEXT_BODY) {
		http_reply_free(&c->reply);
		set_state(c, CONNECTION_BODY);
		return STEP_AGAIN;
	}
	connection_log(c);
	c->server->stats.answered++;
	if (c->next == NEXT_REQUEST)
		begin_next(c);
	else
		begin_linger(c);

	return STEP_AGAIN;
}

static enum connection_step run_linger(struct connection *c)
{
	struct tarn *t = c->server->tarn;
	struct tarn_slice seen[2];
	const ssize_t n = tarn_recv_peek(t, c->fd, seen);

	if (n > 0 && tarn_recv_consume(t, c->fd, (size_t)n) == 0)
		return STEP_AGAIN;
	if (n != -EAGAIN)
		connection_close(c, false);

	return STEP_WAIT;
}

void connection_run(struct connection *c)
{
	static enum connection_step (*const states[])(struct connection *) = {
		[CONNECTION_HEAD]   = run_head,
		[CONNECTION_BODY]   = run_body,
		[CONNECTION_SEND]   = run_send,
		[CONNECTION_LINGER] = run_linger,
	};
	enum connection_step step = STEP_AGAIN;

	while (step == STEP_AGAIN && c->state != CONNECTION_CLOSED)
		step = states[c->state](c);
	/* It is in the heap already: this cannot fail. */
	if (c->state != CONNECTION_CLOSED)
		(void)deadlines_set(&c->server->deadlines, &c->deadline,
		                    deadline_of(c));
}

void connection_expire(struct connection *c)
{
	const bool has_begun = c->state == CONNECTION_BODY ||
	                       (c->state == CONNECTION_HEAD && c->rcv_len > 0);

	if (c->is_stream && !waits_for_stack(c)) {
		connection_run(c);
		return;
	}
	c->server->stats.timed_out +=
	        c->state != CONNECTION_LINGER && !c->is_idle;
	if (!has_begun) {
		connection_close(c, c->state == CONNECTION_SEND);
		return;
	}
	connection_refuse(c, HTTP_FAULT_TIMEOUT);
	connection_run(c);
}
