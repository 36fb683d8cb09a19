/* SPDX-License-Identifier: MIT */
/*
 * error.c - sentences for the errors that tarn.h promises
 *
 * strerror() is not used: its text depends on the C library and on the locale,
 * and a transcript of ours must be the same everywhere.
 */
#include "base/bytes.h"
#include "tarn.h"
#include <errno.h>

static const struct {
	int error;
	const char *sentence;
} sentences[] = {
	{ EACCES, "permission denied (a broadcast needs SO_BROADCAST)" },
	{ EADDRINUSE, "address already in use" },
	{ EADDRNOTAVAIL, "address not available, or no port is free" },
	{ EAFNOSUPPORT, "address family not supported" },
	{ EAGAIN, "would block: try again later" },
	{ EALREADY, "connection attempt already in progress" },
	{ EBADF, "no such descriptor" },
	{ EBADMSG, "malformed message" },
	{ ECONNABORTED, "connection aborted" },
	{ ECONNREFUSED, "connection refused" },
	{ ECONNRESET, "connection reset by peer" },
	{ EDESTADDRREQ, "destination address required" },
	{ EEXIST, "already there" },
	{ EHOSTDOWN, "host is not known to the last router" },
	{ EHOSTUNREACH, "no route to host" },
	{ EINPROGRESS, "connection attempt now in progress" },
	{ EINVAL, "invalid argument" },
	{ EISCONN, "already connected" },
	{ ELOOP, "too many epoll sets inside each other" },
	{ EMFILE, "too many open descriptors" },
	{ EMSGSIZE, "message too long" },
	{ ENETUNREACH, "network is unreachable" },
	{ ENOBUFS, "no buffer space available" },
	{ ENONET, "host is cut off from the network" },
	{ ENODEV, "no such device" },
	{ ENOENT, "no such entry" },
	{ ENOMEM, "out of memory" },
	{ ENOPROTOOPT, "no such option" },
	{ ENOTCONN, "not connected" },
	{ EOPNOTSUPP, "operation not supported on this kind of socket" },
	{ EPERM, "operation not permitted" },
	{ EPIPE, "the sending side is closed" },
	{ EPROTO, "a router found our packet malformed" },
	{ EPROTONOSUPPORT, "protocol not supported" },
	{ ETIMEDOUT, "timed out" },
};

const char *tarn_strerror(int error)
{
	if (error >= 0)
		return "success";

	for (size_t i = 0; i < ARRAY_LEN(sentences); i++)
		if (error == -sentences[i].error)
			return sentences[i].sentence;

	return "unknown error";
}
