/* SPDX-License-Identifier: MIT */
/*
 * stream_option.c - the options of a stream that are numbers
 *
 * An option of a stream lives in up to two places: in the socket, for the
 * connections that it will make, and in what it holds now, a connection or a
 * listener. Setting writes both, reading asks the one that is in force.
 *
 * What only has to be kept is one line of the table; TCP looks at it when it
 * matters. What can only be read, or is computed, follows below.
 */
#include "sock/socket.h"
#include <errno.h>
#include <limits.h>

#define MAXSEG_MIN     88 /* as Linux: below it, headers are most of a segment */
#define MAXSEG_MAX     32767
#define KEEP_S_MAX     32767 /* as Linux */
#define KEEP_COUNT_MAX 127
#define SYN_COUNT_MAX  127

/* How the value of an option is looked at before it is kept. */
enum kind {
	FLAG,   /* 0 or not */
	NUMBER, /* from min to max, else -EINVAL */
	BUFFER, /* clamped */
	DEFER,  /* seconds, kept as a number of SYN,ACKs */
};

#define FIELD(name)                                                            \
	offsetof(struct tcp_settings, name),                                   \
	        sizeof(((struct tcp_settings *)NULL)->name)

/** struct setting - an option that is kept in struct tcp_settings
 * @at, @size:	the field, an unsigned number of @size octets or a bool
 */
static const struct setting {
	enum tarn_option option;
	enum kind kind;
	size_t at, size;
	int min, max;
} settings[] = {
	{ TARN_SO_RCVBUF, BUFFER, FIELD(rcvbuf), 0, INT_MAX },
	{ TARN_SO_SNDBUF, BUFFER, FIELD(sndbuf), 0, INT_MAX },
	{ TARN_IP_TTL, NUMBER, FIELD(ttl), 1, UINT8_MAX },
	{ TARN_IP_TOS, NUMBER, FIELD(tos), 0, UINT8_MAX },
	{ TARN_SO_RCVLOWAT, NUMBER, FIELD(rcvlowat), 0, INT_MAX },
	{ TARN_IP_MTU_DISCOVER, NUMBER, FIELD(path_mtu_discover),
	  TARN_PMTUDISC_DONT, TARN_PMTUDISC_DO },
	{ TARN_TCP_NODELAY, FLAG, FIELD(nodelay), 0, 0 },
	{ TARN_TCP_CORK, FLAG, FIELD(cork), 0, 0 },
	{ TARN_TCP_NOTSENT_LOWAT, NUMBER, FIELD(notsent_lowat), 0, INT_MAX },
	{ TARN_TCP_MAXSEG, NUMBER, FIELD(maxseg), MAXSEG_MIN, MAXSEG_MAX },
	{ TARN_TCP_QUICKACK, FLAG, FIELD(quickack), 0, 0 },
	{ TARN_TCP_USER_TIMEOUT, NUMBER, FIELD(user_timeout_ms), 0, INT_MAX },
	{ TARN_SO_KEEPALIVE, FLAG, FIELD(keep_alive), 0, 0 }, /* MUST-24 */
	{ TARN_TCP_KEEPIDLE, NUMBER, FIELD(keep_idle_s), 1, KEEP_S_MAX },
	{ TARN_TCP_KEEPINTVL, NUMBER, FIELD(keep_interval_s), 1, KEEP_S_MAX },
	{ TARN_TCP_KEEPCNT, NUMBER, FIELD(keep_probes), 1, KEEP_COUNT_MAX },
	{ TARN_TCP_SYNCNT, NUMBER, FIELD(syn_retries), 1, SYN_COUNT_MAX },
	{ TARN_TCP_LINGER2, NUMBER, FIELD(linger2_s), -INT_MAX, INT_MAX },
	{ TARN_TCP_FASTOPEN, NUMBER, FIELD(fastopen), 0, UINT16_MAX },
	{ TARN_TCP_FASTOPEN_CONNECT, FLAG, FIELD(fastopen_connect), 0, 0 },
	{ TARN_TCP_DEFER_ACCEPT, DEFER, FIELD(defer_retries), -INT_MAX,
	  INT_MAX },
};

static const struct setting *find(enum tarn_option option)
{
	for (size_t i = 0; i < ARRAY_LEN(settings); i++)
		if (settings[i].option == option)
			return &settings[i];

	return NULL;
}

/* The options of what the stream holds now, or NULL. */
static struct tcp_settings *in_force(const struct socket *socket)
{
	if (socket->tcb)
		return tcp_settings(socket->tcb);
	if (socket->listener)
		return tcp_listener_settings(socket->listener);

	return NULL;
}

/* ---- set ---- */

uint32_t buffer_len_clamped(int value)
{
	return MAX(TCP_BUF_MIN, MIN((uint32_t)value, TCP_BUF_MAX));
}

/* MAXSEG 0 takes the bound away again. */
static bool is_in_range(const struct setting *setting, int value)
{
	if (setting->kind == FLAG ||
	    (setting->option == TARN_TCP_MAXSEG && value == 0))
		return true;

	return value >= setting->min && value <= setting->max;
}

static void put(struct tcp_settings *to, const struct setting *setting,
                uint32_t value)
{
	uint8_t *at        = (uint8_t *)to + setting->at;
	const uint16_t two = (uint16_t)value;
	const uint8_t one  = (uint8_t)value;

	switch (setting->size) {
	case sizeof(one):
		memcpy(at, &one, sizeof(one));
		break;
	case sizeof(two):
		memcpy(at, &two, sizeof(two));
		break;
	default:
		memcpy(at, &value, sizeof(value));
		break;
	}
}

static void set(struct tcp_settings *to, const struct setting *setting,
                int value)
{
	if (setting->kind == FLAG)
		put(to, setting, value != 0);
	else if (setting->kind == BUFFER)
		put(to, setting, buffer_len_clamped(value));
	else if (setting->kind == DEFER)
		put(to, setting, tcp_defer_retries(value));
	else
		put(to, setting, (uint32_t)value);

	/* The user's word: it does not grow by itself any more. */
	to->is_rcvbuf_fixed |= setting->option == TARN_SO_RCVBUF;
	to->is_sndbuf_fixed |= setting->option == TARN_SO_SNDBUF;
}

/* What a connection does besides keeping the value. */
static void act_on(struct tcb *tcb, enum tarn_option option, int value)
{
	if (option == TARN_TCP_QUICKACK)
		tcp_quick_ack(tcb, value != 0);
	/* As Linux: weaker than a cork, but what is queued leaves now. */
	if (option == TARN_TCP_NODELAY && value)
		tcp_push(tcb);
	tcp_settings_changed(tcb);
}

int stream_option_set(struct socket *socket, enum tarn_option option, int value)
{
	const struct setting *setting = find(option);
	struct tcp_settings *live     = in_force(socket);

	if (option == TARN_SO_OOBINLINE)
		return value ? 0 : -EINVAL; /* RFC 6093 section 5: always */
	if (!setting)
		return -ENOPROTOOPT;
	if (!is_in_range(setting, value))
		return -EINVAL;

	if (socket->setup)
		set(&socket->setup->settings, setting, value);
	if (live)
		set(live, setting, value);
	if (socket->tcb)
		act_on(socket->tcb, option, value);

	return 0;
}

int stream_congestion_set(struct socket *socket, const struct tarn_slice *name)
{
	char text[TARN_CONGESTION_LEN] = "";
	struct tcp_settings *live      = in_force(socket);
	const char *found;

	if (socket->kind != SOCKET_STREAM)
		return -ENOPROTOOPT;
	if (name->len == 0)
		return -EINVAL;

	memcpy(text, name->data, MIN(name->len, sizeof(text) - 1));
	found = tcp_congestion_name(text);
	if (!found)
		return -ENOENT;

	if (socket->setup)
		socket->setup->settings.congestion = found;
	if (live)
		live->congestion = found;
	if (socket->tcb)
		tcp_settings_changed(socket->tcb);

	return 0;
}

/* ---- get ---- */

const char *stream_congestion(struct socket *socket)
{
	const struct tcp_settings *live = in_force(socket);

	if (socket->kind != SOCKET_STREAM)
		return NULL;
	if (!live)
		live = &socket->setup->settings;

	return tcp_congestion_name(live->congestion);
}

static uint32_t get(const struct tcp_settings *from,
                    const struct setting *setting)
{
	const uint8_t *at = (const uint8_t *)from + setting->at;
	uint32_t four;
	uint16_t two;

	switch (setting->size) {
	case sizeof(*at):
		return *at;
	case sizeof(two):
		memcpy(&two, at, sizeof(two));
		return two;
	default:
		memcpy(&four, at, sizeof(four));
		return four;
	}
}

/* Octets in one of the queues; there are none without a connection. */
static int queued(const struct socket *socket,
                  uint32_t (*count)(const struct tcb *tcb))
{
	return socket->tcb ? (int)MIN(count(socket->tcb), (uint32_t)INT_MAX)
	                   : 0;
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
	if (socket->setup->settings.maxseg)
		return socket->setup->settings.maxseg;

	return TCP_MSS_DEFAULT;
}

static int path_mtu(const struct socket *socket, int *ret)
{
	struct tarn_tcp_info info;

	if (!socket->tcb)
		return -ENOTCONN;

	tcp_info(socket->tcb, &info);
	*ret = (int)info.path_mtu;

	return 0;
}

int stream_option_get(struct socket *socket, enum tarn_option option, int *ret)
{
	const struct setting *setting   = find(option);
	const struct tcp_settings *live = in_force(socket);

	switch ((int)option) {
	case TARN_TCP_MAXSEG:
		*ret = segment_size(socket);
		return 0;
	case TARN_SO_SOFT_ERROR:
		*ret = socket->tcb ? tcp_take_soft_error(socket->tcb) : 0;
		return 0;
	case TARN_IP_MTU:
		return path_mtu(socket, ret);
	case TARN_SO_OUTQ:
		*ret = queued(socket, tcp_unacked);
		return 0;
	case TARN_SO_OUTQNSD:
		*ret = queued(socket, tcp_unsent);
		return 0;
	case TARN_SO_INQ:
		*ret = queued(socket, tcp_readable);
		return 0;
	case TARN_SO_OOBINLINE:
		*ret = 1;
		return 0;
	case TARN_SO_ATMARK:
		*ret = socket->tcb && tcp_mark_distance(socket->tcb) == 0;
		return 0;
	default:
		break;
	}
	if (!setting)
		return -ENOPROTOOPT;

	*ret = (int)get(live ? live : &socket->setup->settings, setting);
	if (setting->kind == DEFER)
		*ret = tcp_defer_seconds((uint8_t)*ret);

	return 0;
}
