/* SPDX-License-Identifier: MIT */
/* client.c - see client.h */
#include "apps/http/client.h"
#include "apps/http/limits.h"
#include "apps/http/write.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define REQUEST_BYTES_MAX (HTTP_URL_BYTES_MAX + 1024)
#define RECEIVE_BYTES_MAX (HTTP_REPLY_HEAD_BYTES_MAX + 4096)
#define RECEIVE_BYTES_MIN (64u << 10)

enum state { CONNECTING, SENDING, HEAD, BODY };

struct http_client {
	struct tarn *tarn;
	struct http_client_config config;
	int fd;
	enum state state;
	enum http_client_end end;
	enum http_fault fault;
	int error;
	uint64_t begin_us, progress_us;
	struct http_out request;
	size_t sent;
	uint8_t *rcv; /* a head, or what came of the body */
	size_t rcv_len, rcv_size;
	struct http_head head;
	unsigned interim_count;
	struct http_response response;
	struct http_body body;
};

enum step { STEP_AGAIN, STEP_WAIT };

static enum step finish(struct http_client *c, enum http_client_end end)
{
	c->end = end;

	return STEP_WAIT;
}

static enum step fail(struct http_client *c, enum http_client_end end,
                      ssize_t error)
{
	c->error = (int)error;

	return finish(c, end);
}

/* ---- begin ---- */

static int write_request(struct http_client *c)
{
	const struct http_client_config *config = &c->config;

	http_out_init(&c->request, REQUEST_BYTES_MAX);
	http_write_request_line(&c->request, config->method, config->target);
	http_write_field(&c->request, "Host", config->host);
	http_write_field(&c->request, "User-Agent", "tarn/" TARN_VERSION);
	http_write_field(&c->request, "Accept", "*/*");
	http_write_end(&c->request);

	return c->request.error;
}

static int start_connecting(struct http_client *c)
{
	int error;

	c->fd = tarn_socket(c->tarn, TARN_STREAM);
	if (c->fd < 0)
		return c->fd;
	error = tarn_connect(c->tarn, c->fd, &c->config.peer);

	return error == -EINPROGRESS ? 0 : error;
}

int http_client_open(struct tarn *t, const struct http_client_config *config,
                     uint64_t now_us, struct http_client **ret)
{
	struct http_client *c = calloc(1, sizeof(*c));
	int error;

	if (!c)
		return -ENOMEM;
	c->tarn        = t;
	c->config      = *config;
	c->fd          = -1;
	c->begin_us    = now_us;
	c->progress_us = now_us;
	http_head_init(&c->head, HTTP_RESPONSE);

	error = write_request(c);
	if (!error)
		error = start_connecting(c);
	if (error) {
		http_client_close(c);
		return error;
	}
	*ret = c;

	return 0;
}

/* ---- the states ---- */

static enum step run_connecting(struct http_client *c)
{
	const int ready = tarn_readiness(c->tarn, c->fd);
	int error       = 0;

	if (ready < 0)
		return fail(c, HTTP_CLIENT_NO_CONNECTION, ready);
	if (!(ready & (TARN_POLLOUT | TARN_POLLERR | TARN_POLLHUP)))
		return STEP_WAIT;
	if (tarn_getsockopt(c->tarn, c->fd, TARN_SO_ERROR, &error,
	                    sizeof(error)) < 0 ||
	    error)
		return fail(c, HTTP_CLIENT_NO_CONNECTION, -error);
	c->state = SENDING;

	return STEP_AGAIN;
}

static enum step run_sending(struct http_client *c)
{
	const ssize_t n = tarn_send(c->tarn, c->fd, c->request.data + c->sent,
	                            c->request.len - c->sent, 0);

	if (n == -EAGAIN)
		return STEP_WAIT;
	if (n < 0)
		return fail(c, HTTP_CLIENT_SEND_FAILED, n);
	c->sent += (size_t)n;
	if (c->sent == c->request.len) {
		if (c->config.sent)
			c->config.sent(c->config.context, c->request.data,
			               c->request.len);
		c->state = HEAD;
	}

	return STEP_AGAIN;
}

static bool make_room(struct http_client *c)
{
	size_t size = c->rcv_size ? 2 * c->rcv_size : RECEIVE_BYTES_MIN;
	uint8_t *rcv;

	if (c->rcv_len < c->rcv_size)
		return true;
	if (size > RECEIVE_BYTES_MAX)
		size = RECEIVE_BYTES_MAX;
	rcv = realloc(c->rcv, size);
	if (!rcv)
		return false;
	c->rcv      = rcv;
	c->rcv_size = size;

	return true;
}

/* The connection ended while more was expected. */
static enum step end_of_stream(struct http_client *c)
{
	if (c->state == BODY)
		return finish(c, http_body_end(&c->body) ? HTTP_CLIENT_DONE
		                                         : HTTP_CLIENT_PARTIAL);

	return finish(c, c->rcv_len == 0 && c->interim_count == 0
	                         ? HTTP_CLIENT_EMPTY
	                         : HTTP_CLIENT_CUT_HEAD);
}

static enum step receive(struct http_client *c)
{
	ssize_t n;

	if (!make_room(c))
		return fail(c, HTTP_CLIENT_RECV_FAILED, -ENOMEM);
	n = tarn_recv(c->tarn, c->fd, c->rcv + c->rcv_len,
	              c->rcv_size - c->rcv_len, 0);
	if (n == -EAGAIN)
		return STEP_WAIT;
	if (n == 0)
		return end_of_stream(c);
	if (n < 0)
		return fail(c, HTTP_CLIENT_RECV_FAILED, n);
	c->rcv_len += (size_t)n;

	return STEP_AGAIN;
}

static void drop_front(struct http_client *c, size_t len)
{
	c->rcv_len -= len;
	memmove(c->rcv, c->rcv + len, c->rcv_len);
}

static enum step bad_head(struct http_client *c, enum http_fault fault)
{
	c->fault = fault;

	return finish(c, HTTP_CLIENT_BAD_HEAD);
}

/* RFC 9110 section 15.2: any number of interim answers may come first; ours is
 * bounded, and none of them may take the connection over. */
static enum step take_interim(struct http_client *c)
{
	if (c->response.status == 101)
		return bad_head(c, HTTP_FAULT_UPGRADE);
	if (++c->interim_count > HTTP_REPLY_INTERIM_MAX)
		return bad_head(c, HTTP_FAULT_INTERIM_MANY);
	http_head_init(&c->head, HTTP_RESPONSE);

	return STEP_AGAIN;
}

static enum step take_head(struct http_client *c)
{
	const struct http_client_config *config = &c->config;
	const uint32_t len                      = c->head.len;
	enum http_fault fault;
	int error;

	fault = http_response_read(&c->head, c->rcv,
	                           strcmp(config->method, "HEAD") == 0,
	                           &c->response);
	if (fault)
		return bad_head(c, fault);
	error = config->head(config->context, c->rcv, len, &c->response);
	drop_front(c, len);
	if (error)
		return fail(c, HTTP_CLIENT_STOPPED, error);
	if (c->response.status < 200)
		return take_interim(c);

	http_body_init(&c->body, &c->response.framing, UINT64_MAX);
	c->state = BODY;

	return STEP_AGAIN;
}

static enum step run_head(struct http_client *c)
{
	switch (http_head_feed(&c->head, c->rcv, c->rcv_len)) {
	case HTTP_MORE:
		return receive(c);
	case HTTP_DONE:
		return take_head(c);
	case HTTP_BAD:
		break;
	}

	return bad_head(c, c->head.fault);
}

/* Feeds all that has been received, and tells it. */
static enum step run_body(struct http_client *c)
{
	enum http_result result;
	size_t at = 0;

	do {
		struct http_piece piece;
		int error = 0;

		result = http_body_feed(&c->body, c->rcv + at, c->rcv_len - at,
		                        &piece);
		at += piece.used;
		if (piece.len > 0)
			error = c->config.body(c->config.context, piece.data,
			                       piece.len);
		if (error)
			return fail(c, HTTP_CLIENT_STOPPED, error);
	} while (result == HTTP_MORE && at < c->rcv_len);
	drop_front(c, at);

	if (result == HTTP_DONE)
		return finish(c, HTTP_CLIENT_DONE);
	if (result == HTTP_MORE)
		return receive(c);
	c->fault = c->body.fault;

	return finish(c, HTTP_CLIENT_BAD_BODY);
}

/* ---- steps ---- */

static enum step run(struct http_client *c)
{
	switch (c->state) {
	case CONNECTING:
		return run_connecting(c);
	case SENDING:
		return run_sending(c);
	case HEAD:
		return run_head(c);
	case BODY:
		break;
	}

	return run_body(c);
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t deadline_of(const struct http_client *c)
{
	const struct http_client_config *config = &c->config;
	uint64_t deadline_us = c->progress_us + HTTP_CLIENT_STALL_US;

	if (config->total_us)
		deadline_us =
		        earlier(deadline_us, c->begin_us + config->total_us);
	if (config->connect_us && c->state == CONNECTING)
		deadline_us =
		        earlier(deadline_us, c->begin_us + config->connect_us);

	return deadline_us;
}

uint64_t http_client_step(struct http_client *c, uint64_t now_us)
{
	enum step step = STEP_AGAIN;

	while (step == STEP_AGAIN && c->end == HTTP_CLIENT_RUNNING) {
		step = run(c);
		if (step == STEP_AGAIN)
			c->progress_us = now_us;
	}
	if (c->end == HTTP_CLIENT_RUNNING && now_us >= deadline_of(c))
		c->end = c->state == CONNECTING ? HTTP_CLIENT_CONNECT_LATE
		                                : HTTP_CLIENT_LATE;

	return c->end == HTTP_CLIENT_RUNNING ? deadline_of(c) : TARN_NEVER;
}

enum http_client_end http_client_end(const struct http_client *c)
{
	return c->end;
}

int http_client_error(const struct http_client *c)
{
	return c->error;
}

enum http_fault http_client_fault(const struct http_client *c)
{
	return c->fault;
}

uint64_t http_client_received(const struct http_client *c)
{
	return c->body.received;
}

void http_client_close(struct http_client *c)
{
	if (!c)
		return;
	if (c->fd >= 0)
		tarn_close(c->tarn, c->fd);
	http_out_free(&c->request);
	free(c->rcv);
	free(c);
}
