/* SPDX-License-Identifier: MIT */
/*
 * posix_connect.c - accept, connect, close: the calls that wait for the peer
 */
#include "drivers/posix_state.h"
#include <errno.h>
#include <unistd.h>

/* ---- accept ---- */

struct accepting {
	int event_fd;
	struct posix_name name;
	struct tarn_addr peer;
};

static int64_t try_accept(const struct posix_ref *ref, void *context)
{
	struct accepting *accepting   = context;
	struct posix_request *request = posix_call_begin(ref, POSIX_ACCEPT);
	int64_t result;

	request->event_fd = accepting->event_fd;
	result            = posix_call_run(ref, request);
	accepting->name   = request->name;
	accepting->peer   = request->addr;
	posix_call_end(ref, request);

	return result;
}

static int64_t accept_ref(const struct posix_ref *ref, struct sockaddr *addr,
                          socklen_t *len, int flags)
{
	struct accepting accepting = { .event_fd = -1 };
	int64_t result             = posix_check_socket(ref);

	if (result)
		return result;
	if (flags & ~POSIX_TYPE_FLAGS)
		return -EINVAL;
	accepting.event_fd = posix_new_event_fd(flags);
	if (accepting.event_fd < 0)
		return accepting.event_fd;

	result = posix_call_patiently(
	        ref, posix_patience(ref, &ref->desc->receive_us, 0), try_accept,
	        &accepting);
	if (result < 0) {
		close(accepting.event_fd);
		return result;
	}
	posix_addr_write(&accepting.peer, addr, len);

	return posix_add_socket(ref, POSIX_STREAM, &accepting.name,
	                        accepting.event_fd, flags);
}

int tarn_posix_accept4(int fd, struct sockaddr *addr, socklen_t *len, int flags)
{
	struct posix_ref ref;

	if (!posix_table_get(fd, &ref))
		return accept4(fd, addr, len, flags);

	return (int)posix_finish(&ref, accept_ref(&ref, addr, len, flags));
}

int tarn_posix_accept(int fd, struct sockaddr *addr, socklen_t *len)
{
	return tarn_posix_accept4(fd, addr, len, 0);
}

/* ---- connect ---- */

static int64_t start_connect(const struct posix_ref *ref,
                             const struct tarn_addr *peer)
{
	struct posix_request *request = posix_call_begin(ref, POSIX_CONNECT);
	int64_t result;

	request->addr = *peer;
	result        = posix_call_run(ref, request);
	posix_call_end(ref, request);

	return result;
}

static int64_t is_decided(const struct posix_ref *ref, void *context)
{
	const uint32_t bits = atomic_load(&ref->desc->bits);

	(void)context;

	if (bits & (TARN_POLLOUT | TARN_POLLERR | TARN_POLLHUP))
		return 0;

	return -EAGAIN;
}

/* As POSIX has it: a blocking connect() that is interrupted or out of time
 * goes on by itself, and whoever asks again hears EALREADY. */
static int64_t connect_ref(const struct posix_ref *ref,
                           const struct sockaddr *addr, socklen_t len)
{
	const uint64_t deadline_us =
	        posix_patience(ref, &ref->desc->send_us, 0);
	struct tarn_addr peer;
	int64_t result = posix_addr_read(addr, len, &peer);
	int error      = 0;

	if (!result)
		result = start_connect(ref, &peer);
	if (result != -EINPROGRESS || deadline_us == 0)
		return result;

	result = posix_call_patiently(ref, deadline_us, is_decided, NULL);
	if (result == -EAGAIN)
		return -EINPROGRESS;

	if (!result)
		result = posix_call_get_int(ref, TARN_SO_ERROR, &error);

	return result < 0 ? result : -error;
}

int tarn_posix_connect(int fd, const struct sockaddr *addr, socklen_t len)
{
	struct posix_ref ref;
	int error;

	if (!posix_table_get(fd, &ref))
		return connect(fd, addr, len);

	error = posix_check_socket(&ref);

	return (int)posix_finish(&ref,
	                         error ? error : connect_ref(&ref, addr, len));
}

/* ---- close ---- */

static int64_t is_acknowledged(const struct posix_ref *ref, void *context)
{
	int left            = 0;
	const int64_t error = posix_call_get_int(ref, TARN_SO_OUTQ, &left);

	(void)context;
	if (error)
		return error;

	return left > 0 ? -EAGAIN : 0;
}

static bool has_unread(const struct posix_ref *ref)
{
	struct posix_request *request = posix_call_begin(ref, POSIX_RECV);
	int64_t result;

	request->flags = TARN_MSG_PEEK;
	request->len   = 1;
	result         = posix_call_run(ref, request);
	posix_call_end(ref, request);

	return result > 0;
}

/* SO_LINGER with a time: close() returns when the peer has everything, FIN
 * included, or the time is up; the rest then happens in the background. With
 * unread data there is nothing to wait for: close() resets. */
static void linger(const struct posix_ref *ref)
{
	const int seconds = atomic_load(&ref->desc->linger_s);

	if (seconds <= 0 || has_unread(ref) ||
	    posix_call_simple(ref, POSIX_SHUTDOWN, SHUT_WR) < 0)
		return;

	(void)posix_call_patiently(ref,
	                           posix_deadline((uint64_t)seconds * 1000000u),
	                           is_acknowledged, NULL);
}

int tarn_posix_close(int fd)
{
	struct posix_ref ref;
	int64_t result = 0;

	if (!posix_table_take(fd, &ref))
		return close(fd);

	if (ref.entry.kind == POSIX_EPOLL)
		posix_epoll_close(ref.entry.epoll);
	if (ref.entry.posix && ref.entry.kind == POSIX_STREAM)
		linger(&ref);
	if (ref.entry.posix)
		result = posix_call_simple(&ref, POSIX_CLOSE, 0);
	/* The number last: until here nobody else could get it. */
	close(fd);

	/* A stack that stops meanwhile closes what it has. */
	return (int)posix_finish(&ref, result == -ENETDOWN ? 0 : result);
}
