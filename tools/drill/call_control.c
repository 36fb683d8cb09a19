/* SPDX-License-Identifier: MIT */
/* call_control.c - fcntl and ioctl: a descriptor's flags, a queue's length */
#include "base/bytes.h"
#include "tools/drill/call.h"
#include <errno.h>

enum {
	GETFD    = 1,
	SETFD    = 2,
	GETFL    = 3,
	SETFL    = 4,
	RDWR     = 2,
	NONBLOCK = 0x800,
};

enum {
	INQ     = 0x541b,
	OUTQ    = 0x5411,
	OUTQNSD = 0x894b,
	ATMARK  = 0x8905,
	NBIO    = 0x5421,
};

enum call_status call_fcntl(struct run *run, struct call *call)
{
	int64_t command, value = 0;
	struct fd *fd;

	if (!argument_fd(run, call->arg[0], &fd) ||
	    !argument_integer(run, call->arg[1], &command))
		return CALL_OVER;
	if (!is_ellipsis(call->arg[2]) &&
	    !argument_integer(run, call->arg[2], &value))
		return CALL_OVER;

	switch (command) {
	case GETFD:
	case SETFD:
		return call_returns(call, 0);
	case GETFL:
		return call_returns(call,
		                    RDWR | (fd->nonblocking ? NONBLOCK : 0));
	case SETFL:
		fd->nonblocking = (value & NONBLOCK) != 0;
		return call_returns(call, 0);
	default:
		return call_needs(run, "this command of fcntl");
	}
}

/* ---- ioctl ---- */

/* A fork of the tool knows 4.4BSD's names only; scripts use both. */
static const struct {
	int64_t request;
	enum tarn_option option;
	const char *name;
} requests[] = {
	{ INQ, TARN_SO_INQ, "SIOCINQ" },
	{ OUTQ, TARN_SO_OUTQ, "SIOCOUTQ" },
	{ OUTQNSD, TARN_SO_OUTQNSD, "SIOCOUTQNSD" },
	{ ATMARK, TARN_SO_ATMARK, "SIOCATMARK" },
};

static enum call_status ask(struct run *run, struct call *call,
                            const struct fd *fd, size_t at)
{
	int value = 0;
	const int rc =
	        tarn_getsockopt(run->world.tarn, fd->live, requests[at].option,
	                        &value, sizeof(value));

	if (rc == -ENOPROTOOPT)
		return call_needs(run, requests[at].name);
	if (rc >= 0 &&
	    !expect_integer(run, call->arg[2], value, requests[at].name))
		return CALL_OVER;

	return call_returns(call, rc < 0 ? rc : 0);
}

enum call_status call_ioctl(struct run *run, struct call *call)
{
	int64_t request, value;
	struct fd *fd;

	if (!argument_socket(run, call->arg[0], &fd) ||
	    !argument_integer(run, call->arg[1], &request))
		return CALL_OVER;
	if (request == NBIO) {
		if (!argument_integer(run, call->arg[2], &value))
			return CALL_OVER;
		fd->nonblocking = value != 0;
		return call_returns(call, 0);
	}
	/* A listener has no queue of octets. */
	if (fd->connection->is_listening && request != ATMARK)
		return call_returns(call, -EINVAL);
	for (size_t i = 0; i < ARRAY_LEN(requests); i++)
		if (requests[i].request == request)
			return ask(run, call, fd, i);

	return call_needs(run, "this request of ioctl");
}
