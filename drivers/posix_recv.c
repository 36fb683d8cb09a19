/* SPDX-License-Identifier: MIT */
/*
 * posix_recv.c - recv, recvfrom, recvmsg, read
 *
 * A stream gives what is there, as soon as there is as much as SO_RCVLOWAT
 * says: one octet, by default. MSG_WAITALL gives all or what came before the
 * end, the error, the timeout or the signal that stopped it. A datagram is one
 * request.
 */
#include "drivers/posix_state.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

/* What the stack knows, with the same values as the kernel's. */
#define CORE_FLAGS (MSG_PEEK | MSG_TRUNC | MSG_OOB)
#define KNOWN_FLAGS                                                            \
	(CORE_FLAGS | MSG_WAITALL | MSG_DONTWAIT | MSG_NOSIGNAL |              \
	 MSG_CMSG_CLOEXEC)
#define STREAM_END (TARN_POLLRDHUP | TARN_POLLHUP | TARN_POLLERR)

_Static_assert(MSG_PEEK == TARN_MSG_PEEK && MSG_TRUNC == TARN_MSG_TRUNC &&
                       MSG_OOB == TARN_MSG_OOB,
               "passed on as they are");

/**
 * struct receiving - a call under way
 * @size:	octets that fit into all buffers
 * @done:	how many of them are filled
 * @has_all:	the last attempt filled what it asked for
 * @peer:	who sent the datagram
 * @cut:	MSG_TRUNC: it was longer than @size
 * @is_at_mark:	what comes next is urgent: even MSG_WAITALL stops here
 */
struct receiving {
	const struct iovec *iov;
	size_t iov_count, size, done;
	int flags;
	bool has_all;
	struct tarn_addr peer;
	int cut;
	bool is_at_mark;
};

/* @len octets to @offset of all buffers together. */
static void scatter(const struct receiving *receiving, size_t offset,
                    const uint8_t *from, size_t len)
{
	for (size_t i = 0; i < receiving->iov_count && len > 0; i++) {
		const struct iovec *iov = &receiving->iov[i];
		size_t part;

		if (offset >= iov->iov_len) {
			offset -= iov->iov_len;
			continue;
		}
		part = iov->iov_len - offset;
		part = part < len ? part : len;
		memcpy((uint8_t *)iov->iov_base + offset, from, part);
		from += part;
		len -= part;
		offset = 0;
	}
}

static int64_t try_recv(const struct posix_ref *ref, void *context)
{
	struct receiving *receiving   = context;
	const size_t left             = receiving->size - receiving->done;
	struct posix_request *request = posix_call_begin(ref, POSIX_RECV);
	const size_t room = left < POSIX_DATA_LEN ? left : POSIX_DATA_LEN;
	int64_t result;

	request->len   = (uint32_t)room;
	request->flags = receiving->flags & CORE_FLAGS;
	result         = posix_call_run(ref, request);
	if (result > 0)
		scatter(receiving, receiving->done,
		        posix_call_data(ref, request),
		        (size_t)result < room ? (size_t)result : room);
	receiving->peer       = request->addr;
	receiving->cut        = request->flags & MSG_TRUNC;
	receiving->is_at_mark = request->flags & MSG_OOB;
	receiving->has_all    = result >= 0 && (size_t)result >= room;
	posix_call_end(ref, request);

	return result;
}

/* MSG_PEEK with MSG_WAITALL: look until there is enough, or no more to come. */
static int64_t try_peek_all(const struct posix_ref *ref, void *context)
{
	const struct receiving *receiving = context;
	const int64_t result              = try_recv(ref, context);

	if (result < 0 || receiving->has_all || receiving->is_at_mark ||
	    atomic_load(&ref->desc->bits) & STREAM_END)
		return result;

	return -EAGAIN;
}

static int64_t peek_stream(const struct posix_ref *ref,
                           struct receiving *receiving, uint64_t deadline_us)
{
	const bool wants_all = receiving->flags & MSG_WAITALL;
	int64_t result;

	result = posix_call_patiently(ref, deadline_us,
	                              wants_all ? try_peek_all : try_recv,
	                              receiving);
	if (wants_all && (result == -EAGAIN || result == -EINTR)) {
		const int64_t part = try_recv(ref, receiving);

		return part > 0 ? part : result;
	}

	return result;
}

/* Octets that a call which may wait does wait for (POSIX, SO_RCVLOWAT). */
static size_t wanted(const struct posix_ref *ref,
                     const struct receiving *receiving)
{
	const size_t low_water = atomic_load(&ref->desc->low_water);

	if (receiving->flags & MSG_WAITALL || low_water > receiving->size)
		return receiving->size;

	return low_water;
}

static int64_t take_stream(const struct posix_ref *ref,
                           struct receiving *receiving, uint64_t deadline_us)
{
	const size_t enough = wanted(ref, receiving);

	do {
		const int64_t n = posix_call_patiently(ref, deadline_us,
		                                       try_recv, receiving);

		if (n < 0)
			return posix_part_done(ref, receiving->done, n);
		if (n == 0)
			break;
		receiving->done += (size_t)n;
		/* From now on only what is there. */
		if (receiving->done >= enough)
			deadline_us = 0;
	} while (receiving->done < receiving->size && !receiving->is_at_mark &&
	         (receiving->has_all || deadline_us != 0));

	return (int64_t)receiving->done;
}

static int64_t recv_stream(const struct posix_ref *ref,
                           struct receiving *receiving)
{
	const uint64_t deadline_us =
	        posix_patience(ref, &ref->desc->receive_us, receiving->flags);
	const int error = atomic_exchange(&ref->desc->error, 0);

	if (error)
		return -error;
	if (receiving->flags & MSG_PEEK)
		return peek_stream(ref, receiving, deadline_us);

	return take_stream(ref, receiving, deadline_us);
}

static int64_t recv_ref(const struct posix_ref *ref,
                        struct receiving *receiving)
{
	const int64_t size =
	        posix_iov_len(receiving->iov, receiving->iov_count);
	const int error = posix_check_socket(ref);

	if (error)
		return error;
	if (size < 0)
		return size;
	if (receiving->flags & ~KNOWN_FLAGS)
		return -EOPNOTSUPP;

	receiving->size = (size_t)size;
	if (ref->entry.kind == POSIX_STREAM)
		return recv_stream(ref, receiving);

	return posix_call_patiently(
	        ref,
	        posix_patience(ref, &ref->desc->receive_us, receiving->flags),
	        try_recv, receiving);
}

/* Of a stream no address is told, as on Linux. */
static void tell_peer(const struct posix_ref *ref,
                      const struct receiving *receiving, struct sockaddr *addr,
                      socklen_t *addr_len)
{
	if (ref->entry.kind == POSIX_DGRAM)
		posix_addr_write(&receiving->peer, addr, addr_len);
	else if (addr_len)
		*addr_len = 0;
}

ssize_t tarn_posix_recvfrom(int fd, void *data, size_t size, int flags,
                            struct sockaddr *addr, socklen_t *addr_len)
{
	const struct iovec iov     = { .iov_base = data, .iov_len = size };
	struct receiving receiving = { .iov       = &iov,
		                       .iov_count = 1,
		                       .flags     = flags };
	struct posix_ref ref;
	int64_t result;

	if (!posix_table_get(fd, &ref))
		return recvfrom(fd, data, size, flags, addr, addr_len);

	result = recv_ref(&ref, &receiving);
	if (result >= 0)
		tell_peer(&ref, &receiving, addr, addr_len);

	return posix_finish(&ref, result);
}

ssize_t tarn_posix_recv(int fd, void *data, size_t size, int flags)
{
	return tarn_posix_recvfrom(fd, data, size, flags, NULL, NULL);
}

ssize_t tarn_posix_recvmsg(int fd, struct msghdr *msg, int flags)
{
	struct receiving receiving = { .iov       = msg->msg_iov,
		                       .iov_count = msg->msg_iovlen,
		                       .flags     = flags };
	struct posix_ref ref;
	int64_t result;

	if (!posix_table_get(fd, &ref))
		return recvmsg(fd, msg, flags);

	result = recv_ref(&ref, &receiving);
	if (result >= 0) {
		tell_peer(&ref, &receiving, msg->msg_name, &msg->msg_namelen);
		msg->msg_flags      = receiving.cut;
		msg->msg_controllen = 0;
	}

	return posix_finish(&ref, result);
}

ssize_t tarn_posix_read(int fd, void *data, size_t size)
{
	struct posix_ref ref;

	if (!posix_table_get(fd, &ref))
		return read(fd, data, size);
	posix_table_put(&ref);

	return tarn_posix_recv(fd, data, size, 0);
}
