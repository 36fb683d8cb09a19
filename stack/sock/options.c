/* SPDX-License-Identifier: MIT */
/*
 * options.c - setsockopt and getsockopt
 *
 * An option of a stream lives in up to two places: in the socket, for the
 * connections that it will make, and in what it holds now, a connection or a
 * listener. Setting writes both, reading asks the one that is in force.
 */
#include "sock/socket.h"
#include <errno.h>
#include <limits.h>

#define TTL_MAX    255
#define TOS_MAX    255
#define MAXSEG_MIN 88 /* as Linux: below it, headers are most of a segment */
#define MAXSEG_MAX 32767

/* The options of what the stream holds now, or NULL. */
static struct tcp_settings *settings_in_force(const struct socket *socket)
{
	if (socket->tcb)
		return tcp_settings(socket->tcb);
	if (socket->listener)
		return tcp_listener_settings(socket->listener);

	return NULL;
}

/* ---- set ---- */

/* Is @value fit for @option? Buffer sizes are clamped instead, as everywhere. */
static bool is_in_range(enum tarn_option option, int value)
{
	switch ((int)option) {
	case TARN_SO_RCVBUF:
	case TARN_SO_SNDBUF:
	case TARN_TCP_USER_TIMEOUT:
		return value >= 0;
	case TARN_IP_TTL:
		return value >= 1 && value <= TTL_MAX;
	case TARN_IP_TOS:
		return value >= 0 && value <= TOS_MAX;
	case TARN_TCP_MAXSEG:
		return value == 0 ||
		       (value >= MAXSEG_MIN && value <= MAXSEG_MAX);
	default:
		return true;
	}
}

static uint32_t buffer_size(int value)
{
	return MAX(TCP_BUF_MIN, MIN((uint32_t)value, TCP_BUF_MAX));
}

/* Return: 0, -ENOPROTOOPT when it is no option of a connection */
static int set_setting(struct tcp_settings *settings, enum tarn_option option,
                       int value)
{
	switch ((int)option) {
	case TARN_SO_RCVBUF:
		settings->rcvbuf = buffer_size(value);
		return 0;
	case TARN_SO_SNDBUF:
		settings->sndbuf = buffer_size(value);
		return 0;
	case TARN_IP_TTL:
		settings->ttl = (uint8_t)value;
		return 0;
	case TARN_IP_TOS:
		settings->tos = (uint8_t)value;
		return 0;
	case TARN_TCP_NODELAY:
		settings->nodelay = value != 0;
		return 0;
	case TARN_TCP_MAXSEG:
		settings->maxseg = (uint16_t)value;
		return 0;
	case TARN_TCP_QUICKACK:
		settings->quickack = value != 0;
		return 0;
	case TARN_TCP_USER_TIMEOUT:
		settings->user_timeout_ms = (uint32_t)value;
		return 0;
	default:
		return -ENOPROTOOPT;
	}
}

static int set_stream(struct socket *socket, enum tarn_option option, int value)
{
	struct tcp_settings *settings = settings_in_force(socket);
	const int error = set_setting(&socket->settings, option, value);

	if (error || !settings)
		return error;

	(void)set_setting(settings, option, value);
	if (socket->tcb)
		tcp_settings_changed(socket->tcb);

	return 0;
}

static int set_datagram(struct socket *socket, enum tarn_option option,
                        int value)
{
	switch ((int)option) {
	case TARN_SO_RCVBUF:
		socket->udp->queue_bytes_max = buffer_size(value);
		return 0;
	case TARN_SO_SNDBUF:
		socket->settings.sndbuf = buffer_size(value);
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
	if (!is_in_range(option, value))
		return -EINVAL;

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
	case TARN_SO_KEEPALIVE:
		socket->keepalive = value != 0;
		return 0;
	default:
		break;
	}

	if (socket->kind == SOCKET_DGRAM)
		return set_datagram(socket, option, value);

	return set_stream(socket, option, value);
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

	return (int)socks_told(socks, "setsockopt", fd,
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

static int outgoing_queue(const struct socket *socket)
{
	const uint32_t len = socket->tcb ? tcp_unacked(socket->tcb) : 0;

	return (int)MIN(len, (uint32_t)INT_MAX);
}

/* Of a connection the size in force; of a fresh socket the bound that was set,
 * or what RFC 9293 3.7.1 (MUST-15) assumes. */
static int segment_size(const struct socket *socket)
{
	struct tarn_tcp_info info;

	if (socket->tcb) {
		tcp_info(socket->tcb, &info);
		return (int)info.snd_mss;
	}
	if (socket->settings.maxseg)
		return socket->settings.maxseg;

	return TCP_MSS_DEFAULT;
}

static int ttl_or_default(uint8_t ttl)
{
	return ttl ? ttl : IP4_TTL_DEFAULT;
}

static int get_stream(const struct socket *socket, enum tarn_option option,
                      int *ret)
{
	const struct tcp_settings *settings = settings_in_force(socket);

	if (!settings)
		settings = &socket->settings;

	switch ((int)option) {
	case TARN_SO_RCVBUF:
		*ret = (int)settings->rcvbuf;
		return 0;
	case TARN_SO_SNDBUF:
		*ret = (int)settings->sndbuf;
		return 0;
	case TARN_IP_TTL:
		*ret = ttl_or_default(settings->ttl);
		return 0;
	case TARN_IP_TOS:
		*ret = settings->tos;
		return 0;
	case TARN_TCP_NODELAY:
		*ret = settings->nodelay;
		return 0;
	case TARN_TCP_MAXSEG:
		*ret = segment_size(socket);
		return 0;
	case TARN_TCP_QUICKACK:
		*ret = settings->quickack;
		return 0;
	case TARN_TCP_USER_TIMEOUT:
		*ret = (int)settings->user_timeout_ms;
		return 0;
	case TARN_SO_OUTQ:
		*ret = outgoing_queue(socket);
		return 0;
	default:
		return -ENOPROTOOPT;
	}
}

static int get_datagram(const struct socket *socket, enum tarn_option option,
                        int *ret)
{
	switch ((int)option) {
	case TARN_SO_RCVBUF:
		*ret = (int)socket->udp->queue_bytes_max;
		return 0;
	case TARN_SO_SNDBUF:
		*ret = (int)socket->settings.sndbuf;
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
	case TARN_SO_KEEPALIVE:
		*ret = socket->keepalive;
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

	return is_stream ? get_stream(socket, option, ret)
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

	error = get_int(socket, option, &number);
	if (error)
		return error;

	return give(value, size, &number, sizeof(number));
}

int tarn_getsockopt(struct tarn *t, int fd, enum tarn_option option,
                    void *value, size_t size)
{
	struct socks *socks = tarn_socks(t);

	return (int)socks_told(socks, "getsockopt", fd,
	                       get_option(socks, fd, option, value, size));
}
