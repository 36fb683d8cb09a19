/* SPDX-License-Identifier: MIT */
/*
 * posix_option.c - setsockopt, getsockopt, fcntl
 *
 * One table from the kernel's names to ours. What only a blocking call knows,
 * the timeouts and O_NONBLOCK, never reaches the stack.
 */
#include "base/event.h"
#include "drivers/posix_state.h"
#include "drivers/posix_tcp_info.h"
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <string.h>

#define TIME_MAX_S (INT32_MAX) /* longer timeouts count as this much */

/* Options of ours that are ints, whose value goes through unchanged. */
static const struct {
	int level, name;
	enum tarn_option option;
} ints[] = {
	{ SOL_SOCKET, SO_REUSEADDR, TARN_SO_REUSEADDR },
	{ SOL_SOCKET, SO_RCVBUF, TARN_SO_RCVBUF },
	{ SOL_SOCKET, SO_SNDBUF, TARN_SO_SNDBUF },
	{ SOL_SOCKET, SO_BROADCAST, TARN_SO_BROADCAST },
	{ SOL_SOCKET, SO_KEEPALIVE, TARN_SO_KEEPALIVE },
	{ SOL_SOCKET, SO_ERROR, TARN_SO_ERROR },
	{ SOL_SOCKET, SO_TYPE, TARN_SO_TYPE },
	{ SOL_SOCKET, SO_ACCEPTCONN, TARN_SO_ACCEPTCONN },
	{ SOL_SOCKET, SO_RCVLOWAT, TARN_SO_RCVLOWAT },
	{ SOL_SOCKET, SO_OOBINLINE, TARN_SO_OOBINLINE },
	{ IPPROTO_IP, IP_TTL, TARN_IP_TTL },
	{ IPPROTO_IP, IP_TOS, TARN_IP_TOS },
	{ IPPROTO_IP, IP_MTU, TARN_IP_MTU },
	{ IPPROTO_IP, IP_MTU_DISCOVER, TARN_IP_MTU_DISCOVER },
	{ IPPROTO_TCP, TCP_NODELAY, TARN_TCP_NODELAY },
	{ IPPROTO_TCP, TCP_MAXSEG, TARN_TCP_MAXSEG },
	{ IPPROTO_TCP, TCP_QUICKACK, TARN_TCP_QUICKACK },
	{ IPPROTO_TCP, TCP_USER_TIMEOUT, TARN_TCP_USER_TIMEOUT },
	{ IPPROTO_TCP, TCP_CORK, TARN_TCP_CORK },
	{ IPPROTO_TCP, TCP_NOTSENT_LOWAT, TARN_TCP_NOTSENT_LOWAT },
	{ IPPROTO_TCP, TCP_KEEPIDLE, TARN_TCP_KEEPIDLE },
	{ IPPROTO_TCP, TCP_KEEPINTVL, TARN_TCP_KEEPINTVL },
	{ IPPROTO_TCP, TCP_KEEPCNT, TARN_TCP_KEEPCNT },
	{ IPPROTO_TCP, TCP_SYNCNT, TARN_TCP_SYNCNT },
	{ IPPROTO_TCP, TCP_LINGER2, TARN_TCP_LINGER2 },
	{ IPPROTO_TCP, TCP_DEFER_ACCEPT, TARN_TCP_DEFER_ACCEPT },
	{ IPPROTO_TCP, TCP_FASTOPEN, TARN_TCP_FASTOPEN },
	{ IPPROTO_TCP, TCP_FASTOPEN_CONNECT, TARN_TCP_FASTOPEN_CONNECT },
};

_Static_assert(SOCK_STREAM == TARN_STREAM && SOCK_DGRAM == TARN_DGRAM,
               "SO_TYPE is passed on as it is");

/* The name and value of a socket option, as the caller gave them. */
struct option {
	int level, name;
	const void *set; /* setsockopt: @len octets */
	void *get;       /* getsockopt: room for @len octets */
	socklen_t len;
};

/* Return: our option, or TARN_OPTION_COUNT */
static enum tarn_option find_int(const struct option *option)
{
	for (size_t i = 0; i < sizeof(ints) / sizeof(ints[0]); i++)
		if (ints[i].level == option->level &&
		    ints[i].name == option->name)
			return ints[i].option;

	return TARN_OPTION_COUNT;
}

static bool is_named(const struct option *option, int level, int name)
{
	return option->level == level && option->name == name;
}

/* ---- set ---- */

static int64_t set_core(const struct posix_ref *ref, enum tarn_option option,
                        const void *value, size_t len)
{
	struct posix_request *request = posix_call_begin(ref, POSIX_SETOPT);
	int64_t result;

	request->value = (int32_t)option;
	request->len   = (uint32_t)len;
	memcpy(posix_call_data(ref, request), value, len);
	result = posix_call_run(ref, request);
	posix_call_end(ref, request);

	return result;
}

/* SO_RCVTIMEO, SO_SNDTIMEO */
static int64_t set_timeout(_Atomic uint64_t *ret_us,
                           const struct option *option)
{
	struct timeval value;
	uint64_t seconds;

	if (option->len < sizeof(value))
		return -EINVAL;
	memcpy(&value, option->set, sizeof(value));
	if (value.tv_usec < 0 || value.tv_usec >= 1000000)
		return -EDOM;

	/* Linux: negative means that the time is up at once. */
	seconds =
	        value.tv_sec > TIME_MAX_S ? TIME_MAX_S : (uint64_t)value.tv_sec;
	if (value.tv_sec < 0)
		atomic_store(ret_us, 1);
	else
		atomic_store(ret_us,
		             seconds * 1000000 + (uint64_t)value.tv_usec);

	return 0;
}

static int64_t set_linger(const struct posix_ref *ref,
                          const struct option *option)
{
	struct linger value;
	struct tarn_linger core;
	int64_t result;

	if (option->len < sizeof(value))
		return -EINVAL;

	memcpy(&value, option->set, sizeof(value));
	core   = (struct tarn_linger){ .on       = value.l_onoff != 0,
		                       .linger_s = value.l_linger };
	result = set_core(ref, TARN_SO_LINGER, &core, sizeof(core));
	if (result == 0)
		atomic_store(&ref->desc->linger_s,
		             core.on ? value.l_linger : -1);

	return result;
}

/* SO_RCVLOWAT: the stack minds it where it says what is readable, a blocking
 * receive where it waits. */
static int64_t set_low_water(const struct posix_ref *ref,
                             const struct option *option)
{
	int64_t result;
	int value;

	if (option->len < sizeof(value))
		return -EINVAL;

	memcpy(&value, option->set, sizeof(value));
	result = set_core(ref, TARN_SO_RCVLOWAT, &value, sizeof(value));
	if (result == 0)
		atomic_store(&ref->desc->low_water,
		             value > 0 ? (uint32_t)value : 1);

	return result;
}

/* TCP_CONGESTION: longer than any name is as unknown as any other. */
static int64_t set_congestion(const struct posix_ref *ref,
                              const struct option *option)
{
	const size_t len = option->len < TARN_CONGESTION_LEN
	                           ? option->len
	                           : TARN_CONGESTION_LEN;

	return set_core(ref, TARN_TCP_CONGESTION, option->set, len);
}

static int64_t set_ref(const struct posix_ref *ref, const struct option *option)
{
	const int error = posix_check_socket(ref);
	enum tarn_option core;

	if (error)
		return error;
	if (!option->set)
		return -EFAULT;

	if (is_named(option, SOL_SOCKET, SO_RCVTIMEO))
		return set_timeout(&ref->desc->receive_us, option);
	if (is_named(option, SOL_SOCKET, SO_SNDTIMEO))
		return set_timeout(&ref->desc->send_us, option);
	if (is_named(option, SOL_SOCKET, SO_LINGER))
		return set_linger(ref, option);
	if (is_named(option, SOL_SOCKET, SO_RCVLOWAT))
		return set_low_water(ref, option);
	if (is_named(option, IPPROTO_TCP, TCP_CONGESTION))
		return set_congestion(ref, option);

	core = find_int(option);
	if (core == TARN_OPTION_COUNT)
		return -ENOPROTOOPT;
	if (option->len < sizeof(int))
		return -EINVAL;

	return set_core(ref, core, option->set, sizeof(int));
}

int tarn_posix_setsockopt(int fd, int level, int name, const void *value,
                          socklen_t len)
{
	const struct option option = {
		.level = level, .name = name, .set = value, .len = len
	};
	struct posix_ref ref;

	if (!posix_table_get(fd, &ref))
		return setsockopt(fd, level, name, value, len);

	return (int)posix_finish(&ref, set_ref(&ref, &option));
}

/* ---- get ---- */

/* As POSIX has it: a value that does not fit is cut. */
static int64_t give(struct option *option, const void *value, size_t len)
{
	const size_t n = option->len < len ? option->len : len;

	memcpy(option->get, value, n);
	option->len = (socklen_t)n;

	return 0;
}

static int64_t give_int(struct option *option, int value)
{
	return give(option, &value, sizeof(value));
}

static int64_t give_timeout(struct option *option, uint64_t timeout_us)
{
	const struct timeval value = {
		.tv_sec  = (time_t)(timeout_us / 1000000),
		.tv_usec = (suseconds_t)(timeout_us % 1000000),
	};

	return give(option, &value, sizeof(value));
}

static int64_t give_linger(struct option *option, int seconds)
{
	const struct linger value = { .l_onoff  = seconds >= 0,
		                      .l_linger = seconds >= 0 ? seconds : 0 };

	return give(option, &value, sizeof(value));
}

static int64_t give_info(const struct posix_ref *ref, struct option *option)
{
	struct posix_request *request = posix_call_begin(ref, POSIX_GETOPT);
	struct tarn_tcp_info info;
	int64_t result;

	request->value = TARN_TCP_INFO;
	request->len   = sizeof(info);
	result         = posix_call_run(ref, request);
	if (result >= 0)
		memcpy(&info, posix_call_data(ref, request), sizeof(info));
	posix_call_end(ref, request);
	if (result < 0)
		return result;

	option->len =
	        (socklen_t)posix_tcp_info(&info, option->get, option->len);

	return 0;
}

static int64_t give_congestion(const struct posix_ref *ref,
                               struct option *option)
{
	struct posix_request *request = posix_call_begin(ref, POSIX_GETOPT);
	char name[TARN_CONGESTION_LEN];
	int64_t result;

	request->value = TARN_TCP_CONGESTION;
	request->len   = sizeof(name);
	result         = posix_call_run(ref, request);
	if (result >= 0)
		memcpy(name, posix_call_data(ref, request), sizeof(name));
	posix_call_end(ref, request);

	return result < 0 ? result : give(option, name, sizeof(name));
}

/* An error that an earlier call put aside comes first. */
static int64_t give_core(const struct posix_ref *ref, struct option *option)
{
	const enum tarn_option core = find_int(option);
	int value                   = 0;
	int64_t result;

	if (core == TARN_OPTION_COUNT)
		return -ENOPROTOOPT;
	if (core == TARN_SO_ERROR)
		value = atomic_exchange(&ref->desc->error, 0);
	if (value)
		return give_int(option, value);

	result = posix_call_get_int(ref, core, &value);

	return result ? result : give_int(option, value);
}

static int64_t get_ref(const struct posix_ref *ref, struct option *option)
{
	const bool is_stream = ref->entry.kind == POSIX_STREAM;
	const int error      = posix_check_socket(ref);

	if (error)
		return error;
	if (option->level != SOL_SOCKET) {
		if (is_named(option, IPPROTO_TCP, TCP_INFO))
			return give_info(ref, option);
		if (is_named(option, IPPROTO_TCP, TCP_CONGESTION))
			return give_congestion(ref, option);
		return give_core(ref, option);
	}

	switch (option->name) {
	case SO_RCVTIMEO:
		return give_timeout(option,
		                    atomic_load(&ref->desc->receive_us));
	case SO_SNDTIMEO:
		return give_timeout(option, atomic_load(&ref->desc->send_us));
	case SO_LINGER:
		return give_linger(option, atomic_load(&ref->desc->linger_s));
	case SO_DOMAIN:
		return give_int(option, AF_INET);
	case SO_PROTOCOL:
		return give_int(option, is_stream ? IPPROTO_TCP : IPPROTO_UDP);
	default:
		return give_core(ref, option);
	}
}

int tarn_posix_getsockopt(int fd, int level, int name, void *value,
                          socklen_t *len)
{
	struct option option = { .level = level, .name = name, .get = value };
	struct posix_ref ref;
	int64_t result;

	if (!posix_table_get(fd, &ref))
		return getsockopt(fd, level, name, value, len);
	if (!value || !len)
		return (int)posix_finish(&ref, -EFAULT);

	option.len = *len;
	result     = get_ref(&ref, &option);
	if (result == 0)
		*len = option.len;

	return (int)posix_finish(&ref, result);
}

/* ---- fcntl ---- */

static int64_t control(const struct posix_ref *ref, int command, int value)
{
	if (!ref->desc)
		return -ENETDOWN;

	if (command == F_GETFL)
		return O_RDWR |
		       (atomic_load(&ref->desc->is_nonblocking) ? O_NONBLOCK
		                                                : 0);
	if (command != F_SETFL)
		return -EINVAL;
	atomic_store(&ref->desc->is_nonblocking, (value & O_NONBLOCK) != 0);

	return 0;
}

int tarn_posix_fcntl(int fd, int command, ...)
{
	struct posix_ref ref;
	va_list arguments;
	long value;

	va_start(arguments, command);
	value = va_arg(arguments, long);
	va_end(arguments);

	/* Close-on-exec is a property of the number, so of the kernel's. */
	if (command == F_GETFD || command == F_SETFD ||
	    !posix_table_get(fd, &ref))
		return fcntl(fd, command, value);
	if (ref.entry.kind == POSIX_EPOLL) {
		posix_table_put(&ref);
		return fcntl(fd, command, value);
	}

	return (int)posix_finish(&ref, control(&ref, command, (int)value));
}
