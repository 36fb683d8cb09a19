/* SPDX-License-Identifier: MIT */
/*
 * call_file.c - open, pipe, sendfile, splice: octets that come from no buffer
 *
 * A file is a source of as many octets as are asked for, whatever its name; a
 * pipe is a count. That is all that a script about TCP can see of them: the
 * contents of the stream are always drill_octet().
 */
#include "base/bytes.h"
#include "tools/drill/transfer.h"
#include <errno.h>

#define PIPE_LEN_MAX 65536 /* as Linux's pipe(7) */

enum { SPLICE_MORE = 4 };

enum call_status call_open(struct run *run, struct call *call)
{
	int64_t number;

	if (is_ellipsis(call->script->result))
		return call_needs(run, "open with a descriptor nobody knows");
	if (!argument_integer(run, call->script->result, &number))
		return CALL_OVER;
	call->new_kind     = FD_FILE;
	call->result_is_fd = true;

	return call_returns(call, number);
}

enum call_status call_pipe(struct run *run, struct call *call)
{
	for (unsigned i = 0; i < 2; i++) {
		int64_t number;
		struct fd *fd;

		if (!argument_integer(run, argument_field(call->arg[0], "", i),
		                      &number))
			return CALL_OVER;
		fd = fd_new(run, (int)number, FD_PIPE, -1);
		if (!fd)
			return CALL_OVER;
		fd->pipe       = run->pipe_count;
		fd->is_writing = i == 1;
	}
	run->pipe_count++;

	return call_returns(call, 0);
}

static enum call_status file_to_socket(struct run *run, struct call *call,
                                       struct fd *to, int64_t len, bool more)
{
	struct transfer transfer = { .fd    = to,
		                     .len   = (size_t)len,
		                     .flags = more ? TARN_MSG_MORE : 0 };

	return transfer_send(run, call, &transfer);
}

enum call_status call_sendfile(struct run *run, struct call *call)
{
	struct fd *to, *from;
	int64_t len;

	if (!argument_socket(run, call->arg[0], &to) ||
	    !argument_fd(run, call->arg[1], &from) ||
	    !argument_integer(run, call->arg[3], &len))
		return CALL_OVER;
	if (from->kind != FD_FILE)
		return call_returns(call, -EINVAL);

	return file_to_socket(run, call, to, len, false);
}

/* ---- splice ---- */

static enum call_status socket_to_pipe(struct run *run, struct call *call,
                                       struct fd *from, const struct fd *to,
                                       int64_t len)
{
	int64_t *held            = &run->pipe_len[to->pipe];
	struct transfer transfer = { .fd = from };
	enum call_status status;

	transfer.len = (size_t)MIN(len, PIPE_LEN_MAX - *held);
	if (len > 0 && transfer.len == 0)
		return call_returns(call, -EAGAIN);
	status = transfer_receive(run, call, &transfer);
	if (status == CALL_DONE && call->result > 0)
		*held += call->result;

	return status;
}

static enum call_status pipe_to_socket(struct run *run, struct call *call,
                                       const struct fd *from, struct fd *to,
                                       int64_t len, bool more)
{
	int64_t *held = &run->pipe_len[from->pipe];
	enum call_status status;

	/* What is left of a call that blocks is what its pipe still has. */
	status = file_to_socket(run, call, to, MIN(len, *held), more);
	if (status == CALL_DONE && call->result > 0)
		*held -= call->result;

	return status;
}

enum call_status call_splice(struct run *run, struct call *call)
{
	struct fd *from, *to;
	int64_t len, flags;

	if (!argument_fd(run, call->arg[0], &from) ||
	    !argument_fd(run, call->arg[2], &to) ||
	    !argument_integer(run, call->arg[4], &len) ||
	    !argument_integer(run, call->arg[5], &flags))
		return CALL_OVER;

	if (from->kind == FD_SOCKET && to->kind == FD_PIPE && to->is_writing)
		return socket_to_pipe(run, call, from, to, len);
	if (from->kind == FD_PIPE && !from->is_writing && to->kind == FD_SOCKET)
		return pipe_to_socket(run, call, from, to, len,
		                      (flags & SPLICE_MORE) != 0);
	if (from->kind == FD_FILE && to->kind == FD_PIPE && to->is_writing) {
		run->pipe_len[to->pipe] += len;
		return call_returns(call, len);
	}

	return call_returns(call, -EINVAL);
}
