/* SPDX-License-Identifier: MIT */
/*
 * stream.c - an answer without an end; see connection.h
 *
 * A source is asked whenever the server is stepped and when it said that it
 * would have something. What it gives is handed over before it is asked again,
 * so a slow reader holds back its own source and nothing piles up here; and a
 * stream that has nothing to say may be silent for ever, while one that the
 * peer does not take is given up like any other answer.
 */
#include "apps/http/connection.h"

static void frame_chunk(struct http_reply *reply, const uint8_t *data,
                        size_t len)
{
	char line[HTTP_CHUNK_LINE_MAX];

	if (reply->is_chunked)
		http_out_bytes(&reply->out, line,
		               (size_t)http_chunk_line(len, line));
	http_out_bytes(&reply->out, data, len);
	if (reply->is_chunked)
		http_out_text(&reply->out, "\r\n");
}

/* The server stops: a stream ends in good order, as an answer. */
static void end_stream(struct connection *c)
{
	struct http_reply *reply = &c->reply;

	reply->source.close(reply->source.context);
	reply->source = (struct http_source){ .read = NULL };
	if (reply->is_chunked)
		http_out_text(&reply->out, "0\r\n\r\n");
}

/* Everything before is handed over. Return: false: there is nothing now */
static bool refill(struct connection *c)
{
	struct http_server *server       = c->server;
	const struct http_source *source = &c->reply.source;
	size_t len;

	c->reply.out.len = 0;
	c->out_sent      = 0;
	if (server->stop_at_us != TARN_NEVER) {
		end_stream(c);
		return true;
	}
	len = source->read(source->context, server->chunk,
	                   sizeof(server->chunk), server->now_us);
	if (len == 0)
		return false;
	frame_chunk(&c->reply, server->chunk, len);
	if (c->reply.out.error)
		connection_close(c, true);

	return true;
}

uint64_t connection_wants(const struct connection *c)
{
	const struct http_source *source = &c->reply.source;

	if (!source->read || c->out_sent < c->reply.out.len)
		return TARN_NEVER;

	return source->due_us(source->context);
}

/* Nothing is read while it streams, so it must be looked whether anybody is
 * there: who has closed his side will not read ours either. */
static bool has_gone(const struct connection *c)
{
	const int ready = tarn_readiness(c->server->tarn, c->fd);

	return ready < 0 ||
	       ready & (TARN_POLLRDHUP | TARN_POLLHUP | TARN_POLLERR);
}

enum connection_step connection_stream(struct connection *c)
{
	while (c->reply.source.read) {
		if (has_gone(c)) {
			connection_close(c, false);
			return STEP_WAIT;
		}
		if (!refill(c) || c->state == CONNECTION_CLOSED ||
		    connection_send_memory(c) == STEP_WAIT)
			return STEP_WAIT;
	}

	return STEP_AGAIN;
}

void connection_set_stream(struct connection *c)
{
	if (!c->reply.source.read || c->is_stream)
		return;
	c->is_stream = true;
	TAILQ_INSERT_TAIL(&c->server->streams, c, stream);
}
