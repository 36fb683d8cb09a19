/* SPDX-License-Identifier: MIT */
/*
 * posix_owner.c - the thread that owns the stack does what the others ask
 *
 * A service of the loop: at the end of each step it runs what was submitted
 * with the non-blocking calls of tarn.h, then asks two epoll sets of the stack,
 * which watch every descriptor edge-triggered, what happened, and publishes
 * that: bits and count in struct posix_desc, and readability in the eventfd.
 *
 * What a call did to its own descriptor is published before the call is
 * answered. So whoever knows that the call is over never sees bits from before.
 */
#include "drivers/posix_state.h"
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define EVENTS_MAX 64 /* asked for at a time */

/* ---- publish ---- */

static void set_signal(struct posix_desc *desc, bool is_readable)
{
	uint64_t count = 1;

	if (desc->is_signalled == is_readable)
		return;
	desc->is_signalled = is_readable;

	/* It has room, or something to read, so neither fails. */
	if (is_readable ? write(desc->event_fd, &count, sizeof(count)) < 0
	                : read(desc->event_fd, &count, sizeof(count)) < 0)
		desc->is_signalled = !is_readable;
}

static struct posix_desc *desc_of(struct tarn_posix *posix, int fd)
{
	if (fd < 0 || fd >= POSIX_DESCS_MAX)
		return NULL;

	return &posix->ring->desc[fd];
}

/* @has_news: even if the bits are the same, somebody may wait for more. */
static void publish(struct tarn_posix *posix, int fd, bool has_news)
{
	struct posix_desc *desc = desc_of(posix, fd);
	uint32_t bits;

	if (!desc || !atomic_load(&desc->generation))
		return;

	bits = (uint32_t)tarn_readiness(posix->loop.stack, fd);
	if (bits == atomic_load(&desc->bits) && !has_news)
		return;
	atomic_store(&desc->bits, bits);
	set_signal(desc, bits & POSIX_READABLE);
	posix_ring_happened(desc);
}

static void publish_news_of(struct tarn_posix *posix, int watch)
{
	struct tarn_epoll_event event[EVENTS_MAX];
	int count;

	do {
		count = tarn_epoll_wait(posix->loop.stack, watch, event,
		                        EVENTS_MAX);
		for (int i = 0; i < count; i++)
			publish(posix, (int)event[i].data, true);
	} while (count == EVENTS_MAX);
}

/* Sets first: who knows that a socket is ready must find it in its set. */
static void publish_news(struct tarn_posix *posix)
{
	publish_news_of(posix, posix->set_watch);
	publish_news_of(posix, posix->watch);
}

/* ---- descriptors come and go ---- */

/* A descriptor of the stack that the other threads may use. */
static int64_t open_desc(struct tarn_posix *posix,
                         struct posix_request *request, int watch, int fd)
{
	const struct tarn_epoll_event all = {
		.events = TARN_POLLIN | TARN_POLLPRI | TARN_POLLOUT |
		          TARN_POLLRDHUP | TARN_EPOLLET,
		.data = (uint64_t)fd,
	};
	struct posix_desc *desc = desc_of(posix, fd);
	int error               = -EMFILE;

	if (desc)
		error = tarn_epoll_ctl(posix->loop.stack, watch,
		                       TARN_EPOLL_CTL_ADD, fd, &all);
	if (error) {
		tarn_close(posix->loop.stack, fd);
		return error;
	}

	if (++posix->generation == 0)
		posix->generation++;
	if (fd >= posix->desc_count)
		posix->desc_count = fd + 1;
	desc->event_fd     = request->event_fd;
	desc->is_signalled = false;
	atomic_store(&desc->is_nonblocking, false);
	atomic_store(&desc->error, 0);
	atomic_store(&desc->receive_us, 0);
	atomic_store(&desc->send_us, 0);
	atomic_store(&desc->linger_s, -1);
	atomic_store(&desc->low_water, 1);
	atomic_store(&desc->generation, posix->generation);
	request->name = (struct posix_name){ fd, posix->generation };
	publish(posix, fd, true);

	return fd;
}

static int64_t do_socket(struct tarn_posix *posix,
                         struct posix_request *request)
{
	const int fd = tarn_socket(posix->loop.stack, request->value);

	return fd < 0 ? fd : open_desc(posix, request, posix->watch, fd);
}

static int64_t do_epoll_create(struct tarn_posix *posix,
                               struct posix_request *request)
{
	const int fd = tarn_epoll_create(posix->loop.stack);

	return fd < 0 ? fd : open_desc(posix, request, posix->set_watch, fd);
}

/* As on Linux the new socket inherits what SO_* says, but not O_NONBLOCK. */
static int64_t do_accept(struct tarn_posix *posix,
                         struct posix_request *request)
{
	const struct posix_desc *from = desc_of(posix, request->name.fd);
	struct posix_desc *desc;
	int64_t fd;

	fd = tarn_accept(posix->loop.stack, request->name.fd, &request->addr);
	if (fd >= 0)
		fd = open_desc(posix, request, posix->watch, (int)fd);
	if (fd < 0)
		return fd;

	desc = desc_of(posix, (int)fd);
	atomic_store(&desc->receive_us, atomic_load(&from->receive_us));
	atomic_store(&desc->send_us, atomic_load(&from->send_us));
	atomic_store(&desc->linger_s, atomic_load(&from->linger_s));
	atomic_store(&desc->low_water, atomic_load(&from->low_water));

	return fd;
}

static int64_t do_close(struct tarn_posix *posix, struct posix_request *request)
{
	struct posix_desc *desc = desc_of(posix, request->name.fd);

	atomic_store(&desc->generation, 0);
	posix_ring_happened(desc);

	return tarn_close(posix->loop.stack, request->name.fd);
}

/* ---- the other calls ---- */

static int64_t do_bind(struct tarn_posix *posix, struct posix_request *request)
{
	return tarn_bind(posix->loop.stack, request->name.fd, &request->addr);
}

static int64_t do_listen(struct tarn_posix *posix,
                         struct posix_request *request)
{
	return tarn_listen(posix->loop.stack, request->name.fd, request->value);
}

static int64_t do_connect(struct tarn_posix *posix,
                          struct posix_request *request)
{
	return tarn_connect(posix->loop.stack, request->name.fd,
	                    &request->addr);
}

static int64_t do_send(struct tarn_posix *posix, struct posix_request *request)
{
	return tarn_sendto(posix->loop.stack, request->name.fd,
	                   posix_ring_data(posix->ring, request), request->len,
	                   request->flags,
	                   request->has_addr ? &request->addr : NULL);
}

static int64_t do_recv(struct tarn_posix *posix, struct posix_request *request)
{
	struct tarn_iovec iov = {
		.base = posix_ring_data(posix->ring, request),
		.len  = request->len,
	};
	struct tarn_msg msg = { .peer      = &request->addr,
		                .iov       = &iov,
		                .iov_count = 1 };
	const ssize_t n     = tarn_recvmsg(posix->loop.stack, request->name.fd,
	                                   &msg, request->flags);

	request->flags = msg.flags;

	return n;
}

static int64_t do_shutdown(struct tarn_posix *posix,
                           struct posix_request *request)
{
	return tarn_shutdown(posix->loop.stack, request->name.fd,
	                     request->value);
}

static int64_t do_sockname(struct tarn_posix *posix,
                           struct posix_request *request)
{
	return tarn_getsockname(posix->loop.stack, request->name.fd,
	                        &request->addr);
}

static int64_t do_peername(struct tarn_posix *posix,
                           struct posix_request *request)
{
	return tarn_getpeername(posix->loop.stack, request->name.fd,
	                        &request->addr);
}

static int64_t do_setopt(struct tarn_posix *posix,
                         struct posix_request *request)
{
	return tarn_setsockopt(posix->loop.stack, request->name.fd,
	                       (enum tarn_option)request->value,
	                       posix_ring_data(posix->ring, request),
	                       request->len);
}

static int64_t do_getopt(struct tarn_posix *posix,
                         struct posix_request *request)
{
	return tarn_getsockopt(posix->loop.stack, request->name.fd,
	                       (enum tarn_option)request->value,
	                       posix_ring_data(posix->ring, request),
	                       request->len);
}

static bool is_current(struct tarn_posix *posix, const struct posix_name *name)
{
	struct posix_desc *desc = desc_of(posix, name->fd);

	return desc && name->generation != 0 &&
	       atomic_load(&desc->generation) == name->generation;
}

static int64_t do_epoll_ctl(struct tarn_posix *posix,
                            struct posix_request *request)
{
	if (!is_current(posix, &request->other))
		return -EBADF;

	return tarn_epoll_ctl(posix->loop.stack, request->name.fd,
	                      request->value, request->other.fd,
	                      &request->event);
}

static int64_t do_epoll_wait(struct tarn_posix *posix,
                             struct posix_request *request)
{
	/* The data area begins a page of the region: aligned for anything. */
	void *events = posix_ring_data(posix->ring, request);

	return tarn_epoll_wait(posix->loop.stack, request->name.fd, events,
	                       (int)request->len);
}

static int64_t (*const operations[])(struct tarn_posix *posix,
                                     struct posix_request *request) = {
	[POSIX_SOCKET]       = do_socket,
	[POSIX_BIND]         = do_bind,
	[POSIX_LISTEN]       = do_listen,
	[POSIX_ACCEPT]       = do_accept,
	[POSIX_CONNECT]      = do_connect,
	[POSIX_SEND]         = do_send,
	[POSIX_RECV]         = do_recv,
	[POSIX_SHUTDOWN]     = do_shutdown,
	[POSIX_CLOSE]        = do_close,
	[POSIX_SOCKNAME]     = do_sockname,
	[POSIX_PEERNAME]     = do_peername,
	[POSIX_SETOPT]       = do_setopt,
	[POSIX_GETOPT]       = do_getopt,
	[POSIX_EPOLL_CREATE] = do_epoll_create,
	[POSIX_EPOLL_CTL]    = do_epoll_ctl,
	[POSIX_EPOLL_WAIT]   = do_epoll_wait,
};
_Static_assert(sizeof(operations) / sizeof(operations[0]) == POSIX_OP_COUNT,
               "every operation has a function");

/* ---- the service ---- */

static void run(struct tarn_posix *posix, struct posix_request *request)
{
	const bool makes_one = request->op == POSIX_SOCKET ||
	                       request->op == POSIX_EPOLL_CREATE;
	const int fd = request->name.fd;

	if (request->op >= POSIX_OP_COUNT)
		request->result = -EINVAL;
	else if (!makes_one && !is_current(posix, &request->name))
		request->result = -EBADF;
	else
		request->result = operations[request->op](posix, request);
	if (!makes_one) {
		publish_news_of(posix, posix->set_watch);
		publish(posix, fd, false);
	}
	posix_ring_answer(request);
}

static void serve_all(struct tarn_posix *posix)
{
	uint64_t bits = posix_ring_take(posix->ring);

	while (bits) {
		run(posix, &posix->ring->slot[__builtin_ctzll(bits)]);
		bits &= bits - 1;
	}
}

static void drain_wake(const struct tarn_posix *posix)
{
	uint64_t count;

	if (read(posix->wake_fd, &count, sizeof(count)) < 0) {
		/* Something else ended the wait. */
	}
}

void posix_owner_serve(void *posix)
{
	drain_wake(posix); /* first: what comes from now on wakes again */
	serve_all(posix);
	publish_news(posix);
}

int posix_owner_open(struct tarn_posix *posix)
{
	posix->watch = tarn_epoll_create(posix->loop.stack);
	if (posix->watch < 0)
		return posix->watch;
	posix->set_watch = tarn_epoll_create(posix->loop.stack);
	if (posix->set_watch < 0)
		tarn_close(posix->loop.stack, posix->watch);

	return posix->set_watch < 0 ? posix->set_watch : 0;
}

/* ---- the end ---- */

void posix_owner_abandon(struct tarn_posix *posix)
{
	tarn_close(posix->loop.stack, posix->set_watch);
	tarn_close(posix->loop.stack, posix->watch);
}

static void turn_away(struct tarn_posix *posix)
{
	uint64_t bits = posix_ring_take(posix->ring);

	while (bits) {
		struct posix_request *request =
		        &posix->ring->slot[__builtin_ctzll(bits)];

		request->result = -ENETDOWN;
		posix_ring_answer(request);
		bits &= bits - 1;
	}
}

/* Whoever sleeps on a descriptor wakes up and tries again, in vain. */
static void wake_sleepers(struct tarn_posix *posix)
{
	for (int fd = 0; fd < posix->desc_count; fd++) {
		struct posix_desc *desc = &posix->ring->desc[fd];

		if (!atomic_load(&desc->generation))
			continue;
		atomic_store(&desc->bits, POSIX_READABLE | TARN_POLLOUT);
		set_signal(desc, true);
		posix_ring_happened(desc);
	}
}

/* Their descriptors can do nothing more, so the peers are told now. */
static void close_sockets(struct tarn_posix *posix)
{
	for (int fd = 0; fd < posix->desc_count; fd++)
		if (atomic_load(&posix->ring->desc[fd].generation))
			tarn_close(posix->loop.stack, fd);
}

void posix_owner_close(struct tarn_posix *posix)
{
	struct pollfd wake = { .fd = posix->wake_fd, .events = POLLIN };

	posix_table_close(posix);
	wake_sleepers(posix);
	while (turn_away(posix), !posix_table_is_idle(posix)) {
		(void)poll(&wake, 1, -1);
		drain_wake(posix);
	}
	close_sockets(posix);
	posix_owner_abandon(posix);
}
