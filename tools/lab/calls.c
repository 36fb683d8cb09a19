/* SPDX-License-Identifier: MIT */
/* calls.c - see calls.h */
#include "tools/lab/calls.h"
#include "base/bytes.h"
#include "tools/lab/stage_state.h"
#include "wire/ip4.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- Tarn --------------------------------------------------------------- */

static int tarn_accept_any(struct tarn *t, int fd)
{
	return tarn_accept(t, fd, NULL);
}

static int tarn_pending(struct tarn *t, int fd, int *ret)
{
	return tarn_getsockopt(t, fd, TARN_SO_ERROR, ret, sizeof(*ret));
}

static ssize_t tarn_take(struct tarn *t, int fd, void *data, size_t size)
{
	return tarn_recv(t, fd, data, size, 0);
}

static int tarn_abort(struct tarn *t, int fd)
{
	const struct tarn_linger abort = { .on = 1 };

	return tarn_setsockopt(t, fd, TARN_SO_LINGER, &abort, sizeof(abort));
}

static ssize_t tarn_give_to(struct tarn *t, int fd, const void *data,
                            size_t len, const struct tarn_addr *peer)
{
	return tarn_sendto(t, fd, data, len, 0, peer);
}

const struct calls calls_tarn = {
	.socket         = tarn_socket,
	.bind           = tarn_bind,
	.listen         = tarn_listen,
	.accept         = tarn_accept_any,
	.connect        = tarn_connect,
	.readiness      = tarn_readiness,
	.error          = tarn_pending,
	.send           = tarn_send,
	.sendto         = tarn_give_to,
	.recv           = tarn_take,
	.shutdown       = tarn_shutdown,
	.abort_on_close = tarn_abort,
	.close          = tarn_close,
	.set            = settings_option,
};

/* ---- The kernel --------------------------------------------------------- */

static int result(long rc)
{
	return rc < 0 ? -errno : (int)rc;
}

static struct sockaddr_in sockaddr(const struct tarn_addr *addr)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		                  .sin_port   = htons(addr->port) };

	if (addr->ip.version == TARN_IP4)
		to.sin_addr.s_addr = htonl(ip4_u32(&addr->ip));

	return to;
}

static int kernel_socket(struct tarn *t, int type)
{
	(void)t;

	return result(socket(AF_INET,
	                     (type == TARN_STREAM ? SOCK_STREAM : SOCK_DGRAM) |
	                             SOCK_NONBLOCK | SOCK_CLOEXEC,
	                     0));
}

static int kernel_bind(struct tarn *t, int fd, const struct tarn_addr *local)
{
	const struct sockaddr_in to = sockaddr(local);

	(void)t;

	return result(bind(fd, (const struct sockaddr *)&to, sizeof(to)));
}

static int kernel_listen(struct tarn *t, int fd, int backlog)
{
	(void)t;

	return result(listen(fd, backlog));
}

static int kernel_accept(struct tarn *t, int fd)
{
	(void)t;

	return result(accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC));
}

static int kernel_connect(struct tarn *t, int fd, const struct tarn_addr *peer)
{
	const struct sockaddr_in to = sockaddr(peer);

	(void)t;

	return result(connect(fd, (const struct sockaddr *)&to, sizeof(to)));
}

/* Our names have poll(2)'s values. */
static int kernel_readiness(struct tarn *t, int fd)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN | POLLOUT };

	(void)t;

	return poll(&pollfd, 1, 0) < 0 ? -errno : pollfd.revents;
}

static int kernel_error(struct tarn *t, int fd, int *ret)
{
	socklen_t len = sizeof(*ret);

	(void)t;

	return result(getsockopt(fd, SOL_SOCKET, SO_ERROR, ret, &len));
}

static ssize_t kernel_send(struct tarn *t, int fd, const void *data, size_t len,
                           int flags)
{
	const int more   = flags & TARN_MSG_MORE ? MSG_MORE : 0;
	const int urgent = flags & TARN_MSG_OOB ? MSG_OOB : 0;
	const ssize_t rc = send(fd, data, len, MSG_NOSIGNAL | more | urgent);

	(void)t;

	return rc < 0 ? -errno : rc;
}

static ssize_t kernel_sendto(struct tarn *t, int fd, const void *data,
                             size_t len, const struct tarn_addr *peer)
{
	const struct sockaddr_in to = sockaddr(peer);
	const ssize_t rc            = sendto(fd, data, len, MSG_NOSIGNAL,
	                                     (const struct sockaddr *)&to, sizeof(to));

	(void)t;

	return rc < 0 ? -errno : rc;
}

static ssize_t kernel_recv(struct tarn *t, int fd, void *data, size_t size)
{
	const ssize_t rc = recv(fd, data, size, 0);

	(void)t;

	return rc < 0 ? -errno : rc;
}

static int kernel_shutdown(struct tarn *t, int fd, int how)
{
	(void)t;

	return result(shutdown(fd, how));
}

static int kernel_abort(struct tarn *t, int fd)
{
	const struct linger abort = { .l_onoff = 1 };

	(void)t;

	return result(
	        setsockopt(fd, SOL_SOCKET, SO_LINGER, &abort, sizeof(abort)));
}

static int kernel_close(struct tarn *t, int fd)
{
	(void)t;

	return result(close(fd));
}

/* The options that both have; others a lesson with a kernel cannot set. */
static int kernel_set(struct tarn *t, int fd, const struct step *step)
{
	static const struct {
		const char *name;
		int level, option;
	} options[] = {
		{ "nodelay", IPPROTO_TCP, TCP_NODELAY },
		{ "cork", IPPROTO_TCP, TCP_CORK },
		{ "quickack", IPPROTO_TCP, TCP_QUICKACK },
		{ "keepalive", SOL_SOCKET, SO_KEEPALIVE },
		{ "keepidle", IPPROTO_TCP, TCP_KEEPIDLE },
		{ "keepintvl", IPPROTO_TCP, TCP_KEEPINTVL },
		{ "keepcnt", IPPROTO_TCP, TCP_KEEPCNT },
		{ "user-timeout", IPPROTO_TCP, TCP_USER_TIMEOUT },
		{ "rcvbuf", SOL_SOCKET, SO_RCVBUF },
		{ "sndbuf", SOL_SOCKET, SO_SNDBUF },
		{ "maxseg", IPPROTO_TCP, TCP_MAXSEG },
		{ "reuseaddr", SOL_SOCKET, SO_REUSEADDR },
	};
	const int value = (int)step->count;

	(void)t;
	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		if (strcmp(options[i].name, step->text) == 0)
			return result(setsockopt(fd, options[i].level,
			                         options[i].option, &value,
			                         sizeof(value)));
	if (strcmp(step->text, "congestion") == 0)
		return result(setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION,
		                         step->word[0],
		                         (socklen_t)strlen(step->word[0])));

	return -ENOPROTOOPT;
}

const struct calls calls_kernel = {
	.socket         = kernel_socket,
	.bind           = kernel_bind,
	.listen         = kernel_listen,
	.accept         = kernel_accept,
	.connect        = kernel_connect,
	.readiness      = kernel_readiness,
	.error          = kernel_error,
	.send           = kernel_send,
	.sendto         = kernel_sendto,
	.recv           = kernel_recv,
	.shutdown       = kernel_shutdown,
	.abort_on_close = kernel_abort,
	.close          = kernel_close,
	.set            = kernel_set,
};
