/* SPDX-License-Identifier: MIT */
/*
 * tell.c - what observers see of the application: its calls, and readiness
 *
 * A call is told when it returns, with what it was given. A program that polls
 * would say "not yet" over and over: that is told once, until something else
 * happens to the descriptor. What a descriptor is ready for is compared with
 * what was told last, after each of its calls and whenever TCP or UDP say that
 * something may have changed.
 */
#include "base/text.h"
#include "sock/socket.h"
#include <errno.h>

static void note_connection(const struct socket *socket, struct tarn_note *ret)
{
	if (socket && socket->tcb)
		tcp_note(socket->tcb, ret);
}

/* "10.9.0.2:80", "4096, 64" */
static void put_args(const struct call *call, char args[TARN_ARGS_LEN])
{
	char addr[TARN_ADDR_TEXT_LEN];
	struct text text;

	text_init(&text, args, TARN_ARGS_LEN);
	if (call->addr)
		text_str(&text, tarn_addr_text(call->addr, addr));
	for (unsigned i = 0; i < call->count; i++) {
		if (text.len > 0)
			text_str(&text, ", ");
		text_u32(&text, (uint32_t)MIN(call->number[i], UINT32_MAX));
	}
}

static void emit_call(const struct socks *socks, const struct socket *socket,
                      const struct call *call, ssize_t result)
{
	char args[TARN_ARGS_LEN];
	struct tarn_event event = {
		.kind = TARN_EVENT_CALL,
		.src  = call->src,
		.call = { .name   = call->name,
		          .fd     = call->fd,
		          .result = result,
		          .args   = args },
	};

	put_args(call, args);
	note_connection(socket, &event.note);
	env_emit(socks->env, &event);
}

/* Is this "not yet" the same as the last one? Remember it if not. */
static bool is_told_again(struct socket *socket, const struct call *call,
                          ssize_t result)
{
	const bool is_again =
	        result == -EAGAIN && socket->told_waiting == call->name;

	socket->told_waiting = result == -EAGAIN ? call->name : NULL;

	return is_again;
}

void socks_tell_ready(struct socks *socks, struct socket *socket)
{
	struct tarn_event event = { .kind = TARN_EVENT_READY,
		                    .why  = WHY_READY,
		                    .src  = SRC };

	event.ready.fd     = socket->fd;
	event.ready.before = socket->told_ready;
	event.ready.now    = socket_readiness(socks, socket);
	if (event.ready.now == event.ready.before)
		return;

	socket->told_ready   = event.ready.now;
	socket->told_waiting = NULL;
	note_connection(socket, &event.note);
	env_emit(socks->env, &event);
}

/* A descriptor's call, and the one that made a descriptor. */
static void tell(struct socks *socks, const struct call *call, ssize_t result)
{
	struct socket *socket = socks_find(socks, call->fd);
	struct socket *made   = NULL;

	if (socket && is_told_again(socket, call, result))
		return;

	emit_call(socks, socket, call, result);
	if (call->is_maker && result >= 0)
		made = socks_find(socks, (int)result);
	if (socket && socket->kind != SOCKET_EPOLL)
		socks_tell_ready(socks, socket);
	if (made && made->kind != SOCKET_EPOLL)
		socks_tell_ready(socks, made);
}

ssize_t socks_told(struct socks *socks, const struct call *call, ssize_t result)
{
	if (env_is_observed(socks->env))
		tell(socks, call, result);

	return result;
}
