/* SPDX-License-Identifier: MIT */
/*
 * posix_socket.c - socket, bind, listen, shutdown, and the two names
 *
 * A new descriptor begins as the kernel's eventfd: its number is the
 * application's handle, and when no number is left nothing has happened yet.
 */
#include "drivers/posix_state.h"
#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

static const struct posix_ref nobody;

int posix_new_event_fd(int flags)
{
	const int cloexec = (flags & SOCK_CLOEXEC) ? EFD_CLOEXEC : 0;
	const int fd      = eventfd(0, EFD_NONBLOCK | cloexec);

	return fd < 0 ? -errno : fd;
}

int64_t posix_add_socket(const struct posix_ref *of, enum posix_kind kind,
                         const struct posix_name *name, int fd, int flags)
{
	const struct posix_entry entry = {
		.kind  = kind,
		.posix = of->entry.posix,
		.name  = *name,
	};
	struct posix_ref made = { .entry = entry };
	int error;

	made.desc = &entry.posix->ring->desc[name->fd];
	if (flags & SOCK_NONBLOCK)
		atomic_store(&made.desc->is_nonblocking, true);
	error = posix_table_add(fd, &entry);
	if (!error)
		return fd;

	(void)posix_call_simple(&made, POSIX_CLOSE, 0);
	close(fd);

	return error;
}

/* ---- socket ---- */

static int check_type(int domain, int type, int protocol)
{
	if (domain != AF_INET)
		return -EAFNOSUPPORT;
	if (type != SOCK_STREAM && type != SOCK_DGRAM)
		return -ESOCKTNOSUPPORT;
	if (protocol != 0 &&
	    protocol != (type == SOCK_STREAM ? IPPROTO_TCP : IPPROTO_UDP))
		return -EPROTONOSUPPORT;

	return 0;
}

static int64_t make_socket(struct tarn_posix *posix, int type, int flags)
{
	const bool is_stream   = type == SOCK_STREAM;
	const int fd           = posix_new_event_fd(flags);
	struct posix_ref blank = nobody;
	struct posix_request *request;
	struct posix_name name;
	int64_t result;

	if (fd < 0)
		return fd;

	blank.entry.posix = posix;
	request           = posix_call_begin(&blank, POSIX_SOCKET);
	request->event_fd = fd;
	request->value    = is_stream ? TARN_STREAM : TARN_DGRAM;
	result            = posix_call_run(&blank, request);
	name              = request->name;
	posix_call_end(&blank, request);
	if (result < 0) {
		close(fd);
		return result;
	}

	return posix_add_socket(&blank, is_stream ? POSIX_STREAM : POSIX_DGRAM,
	                        &name, fd, flags);
}

/* @posix is held, or NULL when there is none. */
static int socket_on(struct tarn_posix *posix, int domain, int type,
                     int protocol)
{
	const int flags = type & POSIX_TYPE_FLAGS;
	int64_t result = check_type(domain, type & ~POSIX_TYPE_FLAGS, protocol);

	if (!posix)
		return (int)posix_result(result ? result : -ENETDOWN);

	if (!result)
		result = make_socket(posix, type & ~POSIX_TYPE_FLAGS, flags);
	posix_table_release(posix);

	return (int)posix_result(result);
}

int tarn_posix_socket(int domain, int type, int protocol)
{
	return socket_on(posix_table_hold_first(), domain, type, protocol);
}

int tarn_posix_socket_on(struct tarn_posix *posix, int domain, int type,
                         int protocol)
{
	return socket_on(posix_table_hold(posix) ? posix : NULL, domain, type,
	                 protocol);
}

/* ---- bind, listen, the names, shutdown ---- */

static int64_t bind_ref(const struct posix_ref *ref,
                        const struct sockaddr *addr, socklen_t len)
{
	struct posix_request *request;
	struct tarn_addr local;
	int64_t result = posix_check_socket(ref);

	if (!result)
		result = posix_addr_read(addr, len, &local);
	if (result)
		return result;

	request       = posix_call_begin(ref, POSIX_BIND);
	request->addr = local;
	result        = posix_call_run(ref, request);
	posix_call_end(ref, request);

	return result;
}

int tarn_posix_bind(int fd, const struct sockaddr *addr, socklen_t len)
{
	struct posix_ref ref;

	if (!posix_table_get(fd, &ref))
		return bind(fd, addr, len);

	return (int)posix_finish(&ref, bind_ref(&ref, addr, len));
}

static int64_t simple(const struct posix_ref *ref, enum posix_op op, int value)
{
	const int error = posix_check_socket(ref);

	return error ? error : posix_call_simple(ref, op, value);
}

int tarn_posix_listen(int fd, int backlog)
{
	struct posix_ref ref;

	if (!posix_table_get(fd, &ref))
		return listen(fd, backlog);

	return (int)posix_finish(&ref, simple(&ref, POSIX_LISTEN, backlog));
}

int tarn_posix_shutdown(int fd, int how)
{
	struct posix_ref ref;

	if (!posix_table_get(fd, &ref))
		return shutdown(fd, how);

	return (int)posix_finish(&ref, simple(&ref, POSIX_SHUTDOWN, how));
}

static int64_t get_name(const struct posix_ref *ref, enum posix_op op,
                        struct sockaddr *addr, socklen_t *len)
{
	struct posix_request *request;
	int64_t result = posix_check_socket(ref);

	if (result)
		return result;
	if (!addr || !len)
		return -EFAULT;

	request = posix_call_begin(ref, op);
	result  = posix_call_run(ref, request);
	if (result == 0)
		posix_addr_write(&request->addr, addr, len);
	posix_call_end(ref, request);

	return result;
}

int tarn_posix_getsockname(int fd, struct sockaddr *addr, socklen_t *len)
{
	struct posix_ref ref;

	if (!posix_table_get(fd, &ref))
		return getsockname(fd, addr, len);

	return (int)posix_finish(&ref,
	                         get_name(&ref, POSIX_SOCKNAME, addr, len));
}

int tarn_posix_getpeername(int fd, struct sockaddr *addr, socklen_t *len)
{
	struct posix_ref ref;

	if (!posix_table_get(fd, &ref))
		return getpeername(fd, addr, len);

	return (int)posix_finish(&ref,
	                         get_name(&ref, POSIX_PEERNAME, addr, len));
}
