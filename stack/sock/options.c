/* SPDX-License-Identifier: MIT */
/*
 * options.c - setsockopt and getsockopt
 *
 * Here are the options that every socket has, those of datagrams, and the ones
 * that are no int; stream_option.c has the table of those of a stream.
 */
#include "sock/socket.h"
#include <errno.h>

#define TTL_MAX 255
#define TOS_MAX 255

/* ---- set ---- */

/* Is @value fit for @option? Buffer sizes are clamped instead, as everywhere. */
static bool is_in_range(enum tarn_option option, int value)
{
	switch ((int)option) {
	case TARN_SO_RCVBUF:
	case TARN_SO_SNDBUF:
		return value >= 0;
	case TARN_IP_TTL:
		return value >= 1 && value <= TTL_MAX;
	case TARN_IP_TOS:
		return value >= 0 && value <= TOS_MAX;
	default:
		return true;
	}
}

static int set_datagram(struct socket *socket, enum tarn_option option,
                        int value)
{
	if (!is_in_range(option, value))
		return -EINVAL;

	switch ((int)option) {
	case TARN_SO_KEEPALIVE:
		socket->keepalive = value != 0; /* only kept, as everywhere */
		return 0;
	case TARN_SO_RCVBUF:
		socket->udp->queue_bytes_max = buffer_len_clamped(value);
		return 0;
	case TARN_SO_SNDBUF:
		socket->setup->settings.sndbuf = buffer_len_clamped(value);
		return 0;
	case TARN_IP_TTL:
		socket->udp->ttl = (uint8_t)value;
		return 0;
	case TARN_IP_TOS:
		socket->udp->tos = (uint8_t)value;
		return 0;
	default:
		return -ENOPROTOOPT;
	}
}

static int set_int(struct socket *socket, enum tarn_option option, int value)
{
	switch ((int)option) {
	case TARN_SO_REUSEADDR:
		socket->reuse = value != 0;
		if (socket->udp)
			socket->udp->reuse = value != 0;
		return 0;
	case TARN_SO_BROADCAST:
		socket->broadcast = value != 0;
		if (socket->udp)
			socket->udp->broadcast = value != 0;
		return 0;
	default:
		break;
	}

	if (socket->kind == SOCKET_DGRAM)
		return set_datagram(socket, option, value);

	return stream_option_set(socket, option, value);
}

static int set_linger(struct socket *socket, const void *value, size_t len)
{
	if (len < sizeof(socket->linger))
		return -EINVAL;

	memcpy(&socket->linger, value, sizeof(socket->linger));

	return 0;
}

static int set_option(struct socks *socks, int fd, enum tarn_option option,
                      const struct tarn_slice *from)
{
	struct socket *socket;
	int value;
	const int error = socks_get(socks, fd, &socket);

	if (error)
		return error;
	if (!from->data)
		return -EFAULT;
	if (option == TARN_SO_LINGER)
		return set_linger(socket, from->data, from->len);
	if (option == TARN_TCP_CONGESTION)
		return stream_congestion_set(socket, from);
	if (from->len < sizeof(value))
		return -EINVAL;

	memcpy(&value, from->data, sizeof(value));

	return set_int(socket, option, value);
}

int tarn_setsockopt(struct tarn *t, int fd, enum tarn_option option,
                    const void *value, size_t len)
{
	struct socks *socks          = tarn_socks(t);
	const struct tarn_slice from = { value, len };

	return (int)socks_told(
	        socks, CALL("setsockopt", fd, .count = 1, .number = { option }),
	        set_option(socks, fd, option, &from));
}

/* ---- get ---- */

/* SO_ERROR: whatever failed since somebody last asked. Asking clears it. */
static int take_error(struct socket *socket)
{
	if (socket->udp)
		return udp_take_error(socket->udp);
	if (socket->tcb)
		return tcp_take_error(socket->tcb);

	return 0;
}

static int ttl_or_default(uint8_t ttl)
{
	return ttl ? ttl : IP4_TTL_DEFAULT;
}

static int get_datagram(const struct socket *socket, enum tarn_option option,
                        int *ret)
{
	switch ((int)option) {
	case TARN_SO_KEEPALIVE:
		*ret = socket->keepalive;
		return 0;
	case TARN_SO_RCVBUF:
		*ret = (int)socket->udp->queue_bytes_max;
		return 0;
	case TARN_SO_SNDBUF:
		*ret = (int)socket->setup->settings.sndbuf;
		return 0;
	case TARN_IP_TTL:
		*ret = ttl_or_default(socket->udp->ttl);
		return 0;
	case TARN_IP_TOS:
		*ret = socket->udp->tos;
		return 0;
	case TARN_SO_OUTQ:
		*ret = 0; /* a datagram leaves at once or not at all */
		return 0;
	default:
		return -ENOPROTOOPT;
	}
}

/* SHLD-20: nothing is reported that nobody asks for */
static int get_int(struct socket *socket, enum tarn_option option, int *ret)
{
	const bool is_stream = socket->kind == SOCKET_STREAM;

	switch ((int)option) {
	case TARN_SO_REUSEADDR:
		*ret = socket->reuse;
		return 0;
	case TARN_SO_BROADCAST:
		*ret = socket->broadcast;
		return 0;
	case TARN_SO_ERROR:
		*ret = take_error(socket);
		return 0;
	case TARN_SO_TYPE:
		*ret = is_stream ? TARN_STREAM : TARN_DGRAM;
		return 0;
	case TARN_SO_ACCEPTCONN:
		*ret = socket->listener != NULL;
		return 0;
	default:
		break;
	}

	return is_stream ? stream_option_get(socket, option, ret)
	                 : get_datagram(socket, option, ret);
}

/* As POSIX has it: a value that does not fit is cut. */
static int give(void *to, size_t size, const void *value, size_t len)
{
	const size_t n = MIN(size, len);

	memcpy(to, value, n);

	return (int)n;
}

static int get_info(const struct socket *socket, void *value, size_t size)
{
	struct tarn_tcp_info info = { 0 };

	if (socket->kind != SOCKET_STREAM)
		return -ENOPROTOOPT;

	if (socket->tcb)
		tcp_info(socket->tcb, &info);
	else if (socket->listener)
		info.state = TCPS_LISTEN;
	info.state_name = tarn_tcp_state_name(info.state);

	return give(value, size, &info, sizeof(info));
}

/* As Linux: a field of fixed length, padded. */
static int get_congestion(struct socket *socket, void *value, size_t size)
{
	char field[TARN_CONGESTION_LEN] = "";
	const char *name                = stream_congestion(socket);

	if (!name)
		return -ENOPROTOOPT;

	memcpy(field, name, strlen(name));

	return give(value, size, field, sizeof(field));
}

static int get_option(struct socks *socks, int fd, enum tarn_option option,
                      void *value, size_t size)
{
	struct socket *socket;
	int number = 0;
	int error  = socks_get(socks, fd, &socket);

	if (error)
		return error;
	if (!value)
		return -EFAULT;
	if (option == TARN_SO_LINGER)
		return give(value, size, &socket->linger,
		            sizeof(socket->linger));
	if (option == TARN_TCP_INFO)
		return get_info(socket, value, size);
	if (option == TARN_TCP_CONGESTION)
		return get_congestion(socket, value, size);

	error = get_int(socket, option, &number);
	if (error)
		return error;

	return give(value, size, &number, sizeof(number));
}

int tarn_getsockopt(struct tarn *t, int fd, enum tarn_option option,
                    void *value, size_t size)
{
	struct socks *socks = tarn_socks(t);

	return (int)socks_told(
	        socks, CALL("getsockopt", fd, .count = 1, .number = { option }),
	        get_option(socks, fd, option, value, size));
}
