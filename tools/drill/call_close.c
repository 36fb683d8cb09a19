/* SPDX-License-Identifier: MIT */
/*
 * call_close.c - close, and how long it takes
 *
 * With SO_LINGER and a time, close() of a blocking socket returns when the peer
 * has acknowledged everything, FIN included, or when the time is up. The core
 * never waits, so the FIN is sent first and the descriptor given back then.
 */
#include "tools/drill/call.h"

static bool has_unread(const struct run *run, const struct fd *fd)
{
	uint8_t octet;

	return tarn_recv(run->world.tarn, fd->live, &octet, 1, TARN_MSG_PEEK) >
	       0;
}

static bool is_acknowledged(const struct run *run, const struct fd *fd)
{
	int unacked = 0;

	return tarn_getsockopt(run->world.tarn, fd->live, TARN_SO_OUTQ,
	                       &unacked, sizeof(unacked)) < 0 ||
	       unacked == 0;
}

static bool must_linger(struct run *run, struct call *call, struct fd *fd)
{
	if (fd->kind != FD_SOCKET || fd->nonblocking || fd->linger_s <= 0)
		return false;
	if (!call->has_begun) {
		if (has_unread(run, fd) ||
		    tarn_shutdown(run->world.tarn, fd->live, TARN_SHUT_WR) < 0)
			return false;
		call->has_begun = true;
		call->gives_up_us =
		        call->begun_us + (uint64_t)fd->linger_s * 1000000u;
	}

	return !is_acknowledged(run, fd) &&
	       run->world.now_us < call->gives_up_us;
}

enum call_status call_close(struct run *run, struct call *call)
{
	struct fd *fd;
	int rc = 0;

	if (!argument_fd(run, call->arg[0], &fd))
		return CALL_OVER;
	if (must_linger(run, call, fd))
		return CALL_BLOCKS;

	if (fd->kind == FD_SOCKET) {
		connection_learn_port(run, fd->connection);
		fd->connection->was_closed   = true;
		fd->connection->is_listening = false;
	}
	if (fd->kind == FD_SOCKET || fd->kind == FD_EPOLL)
		rc = tarn_close(run->world.tarn, fd->live);
	fd->kind = FD_FREE;

	return call_returns(call, rc);
}
