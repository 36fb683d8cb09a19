/* SPDX-License-Identifier: MIT */
/*
 * posix_send.c - send, sendto, sendmsg, write
 *
 * A blocking send() on a stream returns when everything is queued, so it goes
 * through the ring piece by piece. When it fails behind a piece, POSIX lets it
 * tell the octets only; the error, which TCP tells once, is put aside for the
 * next call.
 */
#include "drivers/posix_state.h"
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* What the stack knows, with the same values as the kernel's. */
#define CORE_FLAGS  (MSG_MORE | MSG_OOB | MSG_FASTOPEN)
#define KNOWN_FLAGS (CORE_FLAGS | MSG_NOSIGNAL | MSG_DONTWAIT)

_Static_assert(MSG_MORE == TARN_MSG_MORE && MSG_OOB == TARN_MSG_OOB &&
                       MSG_FASTOPEN == TARN_MSG_FASTOPEN,
               "passed on as they are");

/**
 * struct sending - a call under way
 * @len:	octets in all buffers
 * @done:	how many of them are queued
 * @peer:	a datagram's, or MSG_FASTOPEN's, if @has_peer; else the connected one
 */
struct sending {
	const struct iovec *iov;
	size_t iov_count, len, done;
	bool has_peer;
	struct tarn_addr peer;
	int flags;
};

int64_t posix_iov_len(const struct iovec *iov, size_t count)
{
	size_t len = 0;

	if (count > IOV_MAX)
		return -EMSGSIZE;

	for (size_t i = 0; i < count; i++) {
		if (!iov[i].iov_base && iov[i].iov_len)
			return -EFAULT;
		if (iov[i].iov_len > (size_t)SSIZE_MAX - len)
			return -EINVAL;
		len += iov[i].iov_len;
	}

	return (int64_t)len;
}

/* @len octets from @offset of all buffers together. */
static void gather(uint8_t *to, const struct sending *sending, size_t offset,
                   size_t len)
{
	for (size_t i = 0; i < sending->iov_count && len > 0; i++) {
		const struct iovec *iov = &sending->iov[i];
		size_t part;

		if (offset >= iov->iov_len) {
			offset -= iov->iov_len;
			continue;
		}
		part = iov->iov_len - offset;
		part = part < len ? part : len;
		memcpy(to, (const uint8_t *)iov->iov_base + offset, part);
		to += part;
		len -= part;
		offset = 0;
	}
}

static int64_t try_send(const struct posix_ref *ref, void *context)
{
	const struct sending *sending = context;
	const size_t left             = sending->len - sending->done;
	struct posix_request *request = posix_call_begin(ref, POSIX_SEND);
	int64_t result;

	request->len =
	        (uint32_t)(left < POSIX_DATA_LEN ? left : POSIX_DATA_LEN);
	request->flags    = sending->flags & CORE_FLAGS;
	request->has_addr = sending->has_peer;
	request->addr     = sending->peer;
	gather(posix_call_data(ref, request), sending, sending->done,
	       request->len);
	result = posix_call_run(ref, request);
	posix_call_end(ref, request);

	return result;
}

/* Errors of the connection are told once; the others come again by themselves. */
static bool is_told_once(int64_t result)
{
	switch (-result) {
	case EAGAIN:
	case EINTR:
	case EPIPE:
	case ENOBUFS:
	case ENETDOWN:
	case EBADF:
	case EDEADLK:
		return false;
	default:
		return true;
	}
}

int64_t posix_part_done(const struct posix_ref *ref, size_t done,
                        int64_t result)
{
	if (done == 0)
		return result;
	if (is_told_once(result))
		atomic_store(&ref->desc->error, (int32_t)-result);

	return (int64_t)done;
}

static int64_t send_stream(const struct posix_ref *ref, struct sending *sending)
{
	const uint64_t deadline_us =
	        posix_patience(ref, &ref->desc->send_us, sending->flags);
	const int error = atomic_exchange(&ref->desc->error, 0);

	if (error)
		return -error;

	do {
		const int64_t n = posix_call_patiently(ref, deadline_us,
		                                       try_send, sending);

		/* Fast Open without a cookie: the data follow the handshake. */
		if (n == -EINPROGRESS && deadline_us > 0) {
			sending->flags &= ~MSG_FASTOPEN;
			continue;
		}
		if (n < 0)
			return posix_part_done(ref, sending->done, n);
		sending->flags &= ~MSG_FASTOPEN;
		sending->done += (size_t)n;
	} while (sending->done < sending->len);

	return (int64_t)sending->done;
}

static int64_t send_datagram(const struct posix_ref *ref,
                             struct sending *sending)
{
	if (sending->len > POSIX_DATA_LEN)
		return -EMSGSIZE;

	return posix_call_patiently(
	        ref, posix_patience(ref, &ref->desc->send_us, sending->flags),
	        try_send, sending);
}

static int64_t send_ref(const struct posix_ref *ref, struct sending *sending)
{
	const int64_t len = posix_iov_len(sending->iov, sending->iov_count);
	int64_t result    = posix_check_socket(ref);

	if (result)
		return result;
	if (len < 0)
		return len;
	if (sending->flags & ~KNOWN_FLAGS)
		return -EOPNOTSUPP;

	sending->len = (size_t)len;
	if (ref->entry.kind == POSIX_DGRAM)
		return send_datagram(ref, sending);

	result = send_stream(ref, sending);
	if (result == -EPIPE && !(sending->flags & MSG_NOSIGNAL))
		raise(SIGPIPE);

	return result;
}

/* A stream is connected or not: where to makes no difference (POSIX), but for
 * MSG_FASTOPEN, which connects it. */
static int64_t send_to(const struct posix_ref *ref, struct sending *sending,
                       const struct sockaddr *addr, socklen_t addr_len)
{
	int error = 0;

	sending->has_peer = addr && (ref->entry.kind == POSIX_DGRAM ||
	                             (sending->flags & MSG_FASTOPEN));
	if (sending->has_peer)
		error = posix_addr_read(addr, addr_len, &sending->peer);

	return error ? error : send_ref(ref, sending);
}

ssize_t tarn_posix_sendto(int fd, const void *data, size_t len, int flags,
                          const struct sockaddr *addr, socklen_t addr_len)
{
	const struct iovec iov = {
		.iov_base = (void *)(uintptr_t)data, /* read only */
		.iov_len  = len,
	};
	struct sending sending = { .iov       = &iov,
		                   .iov_count = 1,
		                   .flags     = flags };
	struct posix_ref ref;

	if (!posix_table_get(fd, &ref))
		return sendto(fd, data, len, flags, addr, addr_len);

	return posix_finish(&ref, send_to(&ref, &sending, addr, addr_len));
}

ssize_t tarn_posix_send(int fd, const void *data, size_t len, int flags)
{
	return tarn_posix_sendto(fd, data, len, flags, NULL, 0);
}

ssize_t tarn_posix_sendmsg(int fd, const struct msghdr *msg, int flags)
{
	struct sending sending = { .iov       = msg->msg_iov,
		                   .iov_count = msg->msg_iovlen,
		                   .flags     = flags };
	struct posix_ref ref;

	if (!posix_table_get(fd, &ref))
		return sendmsg(fd, msg, flags);
	if (msg->msg_controllen > 0)
		return posix_finish(&ref, -EOPNOTSUPP);

	return posix_finish(
	        &ref, send_to(&ref, &sending, msg->msg_name, msg->msg_namelen));
}

ssize_t tarn_posix_write(int fd, const void *data, size_t len)
{
	struct posix_ref ref;

	if (!posix_table_get(fd, &ref))
		return write(fd, data, len);
	posix_table_put(&ref);

	return tarn_posix_send(fd, data, len, 0);
}
