/* SPDX-License-Identifier: MIT */
/* send.c - what leaves a connection of the server's; see connection.h */
#include "apps/http/connection.h"
#include "apps/http/log.h"
#include <errno.h>
#include <sys/uio.h>

static const struct http_extra no_extra;

static void count_sent(struct connection *c, ssize_t n)
{
	c->sent += (uint64_t)n;
	c->progress_us = c->server->now_us;
}

/* Hands @len octets over. Return: how many the stack took, 0 for none now;
 * less than 0 when the connection is closed. */
static ssize_t hand_over(struct connection *c, const void *data, size_t len,
                         bool has_more)
{
	const ssize_t n = tarn_send(c->server->tarn, c->fd, data, len,
	                            has_more ? TARN_MSG_MORE : 0);

	if (n == -EAGAIN)
		return 0;
	if (n < 0) {
		connection_close(c, false);
		return n;
	}
	count_sent(c, n);

	return n;
}

enum connection_step connection_send_memory(struct connection *c)
{
	const struct http_out *out = &c->reply.out;

	while (c->out_sent < out->len) {
		const ssize_t n = hand_over(c, out->data + c->out_sent,
		                            out->len - c->out_sent,
		                            c->reply.file_left > 0);

		if (n <= 0)
			return STEP_WAIT;
		c->out_sent += (size_t)n;
	}

	return STEP_AGAIN;
}

/* pread() into the room that the stack has; -EIO for an end that comes too soon */
static ssize_t read_piece(const struct http_reply *reply,
                          const struct tarn_iovec room[2])
{
	const struct iovec iov[2] = {
		{ .iov_base = room[0].base, .iov_len = room[0].len },
		{ .iov_base = room[1].base, .iov_len = room[1].len },
	};
	ssize_t n;

	do
		n = preadv(reply->file_fd, iov, room[1].len > 0 ? 2 : 1,
		           (off_t)reply->file_at);
	while (n < 0 && errno == EINTR);

	return n > 0 ? n : -EIO;
}

/* One piece of the file, from the page cache to where it is sent from. A file
 * that has shrunk cannot give what the head has promised: the client must see
 * that, so the connection is reset. Return: how much; 0: none now; less: closed */
static ssize_t send_piece(struct connection *c)
{
	struct http_reply *reply = &c->reply;
	struct tarn *t           = c->server->tarn;
	const size_t wanted      = reply->file_left < HTTP_SEND_CHUNK_BYTES
	                                   ? (size_t)reply->file_left
	                                   : HTTP_SEND_CHUNK_BYTES;
	struct tarn_iovec room[2];
	ssize_t n = tarn_send_reserve(t, c->fd, wanted, room);
	bool has_more;

	if (n == -EAGAIN)
		return 0;
	if (n < 0) {
		connection_close(c, false);
		return n;
	}
	n = read_piece(reply, room);
	if (n < 0) {
		connection_close(c, true);
		return n;
	}
	has_more = (uint64_t)n < reply->file_left;
	n = tarn_send_commit(t, c->fd, (size_t)n, has_more ? TARN_MSG_MORE : 0);
	if (n < 0) {
		connection_close(c, false);
		return n;
	}
	count_sent(c, n);
	reply->file_at += (uint64_t)n;
	reply->file_left -= (uint64_t)n;

	return n;
}

enum connection_step connection_send(struct connection *c)
{
	if (connection_send_memory(c) == STEP_WAIT)
		return STEP_WAIT;
	while (c->reply.file_left > 0)
		if (send_piece(c) <= 0)
			return STEP_WAIT;

	return connection_stream(c);
}

/* ---- what is sent ---- */

static void begin_send(struct connection *c, enum connection_next next)
{
	c->state       = CONNECTION_SEND;
	c->next        = next;
	c->sent        = 0;
	c->out_sent    = 0;
	c->since_us    = c->server->now_us;
	c->progress_us = c->server->now_us;
}

static struct http_exchange exchange_of(const struct connection *c)
{
	const struct http_server_config *config = &c->server->config;
	const bool is_last = c->request_count >= config->limits.requests_max ||
	                     c->server->stop_at_us != TARN_NEVER;

	return (struct http_exchange){
		.buf        = c->rcv,
		.request    = &c->request,
		.unix_s     = config->wall_s(config->context),
		.keep_alive = c->request.keep_alive && !is_last,
		.head       = &c->head,
		.body       = c->kept,
		.body_len   = c->kept_len,
		.peer       = c->peer,
		.fd         = c->fd,
	};
}

/* Of a large file no more is read than leaves soon. */
static void bound_unsent(const struct connection *c)
{
	const int max = HTTP_UNSENT_BYTES_MAX;

	if (c->reply.file_left > HTTP_UNSENT_BYTES_MAX)
		tarn_setsockopt(c->server->tarn, c->fd, TARN_TCP_NOTSENT_LOWAT,
		                &max, sizeof(max));
}

/* An answer that could not be written: there is no memory, or a field of it
 * would not stand in a head. */
static void check_reply(struct connection *c,
                        const struct http_exchange *exchange)
{
	if (!c->reply.out.error)
		return;
	http_reply_page(&c->reply, exchange, 500,
	                "The answer could not be written", no_extra);
	if (c->reply.out.error)
		connection_close(c, true);
}

void connection_answer(struct connection *c)
{
	const struct http_exchange exchange = exchange_of(c);

	if (c->handler)
		http_handler_answer(c->handler,
		                    c->server->config.handlers_context,
		                    &exchange, &c->reply);
	else
		http_static_answer(&c->server->config.site, &exchange,
		                   &c->reply);
	begin_send(c, exchange.keep_alive && !c->reply.is_last ? NEXT_REQUEST
	                                                       : NEXT_LINGER);
	check_reply(c, &exchange);
	bound_unsent(c);
	connection_set_stream(c);
}

/* After an error nobody knows where the next request would begin. */
void connection_refuse(struct connection *c, enum http_fault fault)
{
	struct http_exchange exchange;

	if (c->state == CONNECTION_HEAD && c->head.len == 0)
		c->request = (struct http_request){ .minor = 1 };
	exchange            = exchange_of(c);
	exchange.keep_alive = false;
	http_reply_page(&c->reply, &exchange, http_fault_status(fault),
	                http_fault_text(fault), no_extra);
	begin_send(c, NEXT_LINGER);
	check_reply(c, &exchange);
}

void connection_continue(struct connection *c)
{
	http_write_status_line(&c->reply.out, 100);
	http_write_end(&c->reply.out);
	begin_send(c, NEXT_BODY);
	if (c->reply.out.error)
		connection_close(c, true);
}

/* What the log calls the request line: its start, if it has no end. */
static struct http_span line_of(const struct connection *c)
{
	uint32_t len = 0;

	if (c->head.line.len > 0)
		return c->head.line;
	while (c->head.line_at + len < c->rcv_len &&
	       c->rcv[c->head.line_at + len] != '\r' &&
	       c->rcv[c->head.line_at + len] != '\n')
		len++;

	return (struct http_span){ c->head.line_at, len };
}

void connection_log(struct connection *c)
{
	const struct http_server_config *config = &c->server->config;
	const size_t head_len                   = c->reply.head_len;
	struct http_out line;

	if (!config->log || c->next == NEXT_BODY)
		return;
	http_out_init(&line, 8 * HTTP_LOG_REQUEST_BYTES_MAX);
	http_log_line(
	        &line,
	        &(struct http_log_entry){
	                .peer       = c->peer.ip,
	                .unix_s     = config->wall_s(config->context),
	                .buf        = c->rcv,
	                .line       = line_of(c),
	                .referer    = c->request.referer,
	                .user_agent = c->request.user_agent,
	                .status     = c->reply.status,
	                .body_len = c->sent > head_len ? c->sent - head_len : 0,
	        });
	if (!line.error)
		config->log(config->context, line.data, line.len);
	http_out_free(&line);
}
