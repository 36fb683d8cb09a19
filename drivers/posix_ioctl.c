/* SPDX-License-Identifier: MIT */
/*
 * posix_ioctl.c - ioctl, sockatmark, readv, writev
 *
 * The lengths of a socket's queues, and O_NONBLOCK by its old name:
 *
 *	SIOCINQ, FIONREAD	octets that recv() would give
 *	SIOCOUTQ, TIOCOUTQ	octets not yet acknowledged, FIN included
 *	SIOCOUTQNSD		octets never sent
 *	SIOCATMARK		is the last urgent octet the next to read?
 *	FIONBIO			non-blocking or not
 */
#include "drivers/posix_state.h"
#include <errno.h>
#include <linux/sockios.h>
#include <stdarg.h>
#include <sys/ioctl.h>

static int64_t control(const struct posix_ref *ref, unsigned long request,
                       int *value)
{
	const int error = posix_check_socket(ref);

	if (error)
		return error;
	if (!value)
		return -EFAULT;

	switch (request) {
	case SIOCINQ:
		return posix_call_get_int(ref, TARN_SO_INQ, value);
	case SIOCOUTQ:
		return posix_call_get_int(ref, TARN_SO_OUTQ, value);
	case SIOCOUTQNSD:
		return posix_call_get_int(ref, TARN_SO_OUTQNSD, value);
	case SIOCATMARK:
		return posix_call_get_int(ref, TARN_SO_ATMARK, value);
	case FIONBIO:
		atomic_store(&ref->desc->is_nonblocking, *value != 0);
		return 0;
	default:
		return -ENOTTY;
	}
}

int tarn_posix_ioctl(int fd, unsigned long request, ...)
{
	struct posix_ref ref;
	va_list arguments;
	void *value;

	va_start(arguments, request);
	value = va_arg(arguments, void *);
	va_end(arguments);
	if (!posix_table_get(fd, &ref))
		return ioctl(fd, request, value);

	return (int)posix_finish(&ref, control(&ref, request, value));
}

int tarn_posix_sockatmark(int fd)
{
	int is_at_mark = 0;

	if (tarn_posix_ioctl(fd, SIOCATMARK, &is_at_mark) < 0)
		return -1;

	return is_at_mark;
}

ssize_t tarn_posix_readv(int fd, const struct iovec *iov, int count)
{
	/* recvmsg() writes to the struct msghdr, and to nothing of @iov. */
	struct msghdr msg = { .msg_iov    = (void *)(uintptr_t)iov,
		              .msg_iovlen = (size_t)count };
	struct posix_ref ref;

	if (!posix_table_get(fd, &ref))
		return readv(fd, iov, count);
	if (count < 0)
		return posix_finish(&ref, -EINVAL);
	posix_table_put(&ref);

	return tarn_posix_recvmsg(fd, &msg, 0);
}

ssize_t tarn_posix_writev(int fd, const struct iovec *iov, int count)
{
	const struct msghdr msg = { .msg_iov    = (void *)(uintptr_t)iov,
		                    .msg_iovlen = (size_t)count };
	struct posix_ref ref;

	if (!posix_table_get(fd, &ref))
		return writev(fd, iov, count);
	if (count < 0)
		return posix_finish(&ref, -EINVAL);
	posix_table_put(&ref);

	return tarn_posix_sendmsg(fd, &msg, 0);
}
