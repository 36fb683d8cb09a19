/* SPDX-License-Identifier: MIT */
/*
 * pair.h - two stacks up to sock/, joined back to back, in virtual time
 *
 * The layers are the real ones; only stack.c, which lies above sock/, is
 * replaced by the few lines here. Every frame arrives at once, unless the
 * test's own filter swallows it.
 *
 *	A 10.9.0.1  <------>  B 10.9.0.2
 */
#ifndef TESTS_UNIT_SOCK_PAIR_H
#define TESTS_UNIT_SOCK_PAIR_H

#include "base/limits.h"
#include "sock/sock.h"
#include "tests/unit/lib/test.h"
#include <errno.h>
#include <string.h>

#define PAIR_INBOX_FRAMES 512
#define PAIR_FRAME_MAX    1600
#define PAIR_ROUNDS_MAX   10000

/** struct tarn - what stack.c would define, and the frames that wait for it */
struct tarn {
	struct env env;
	struct net *net;
	struct tcp *tcp;
	struct udp *udp;
	struct socks *socks;
	struct tarn *peer;
	bool is_deaf; /* frames to it are lost */
	unsigned inbox_count;
	size_t len[PAIR_INBOX_FRAMES];
	uint8_t frame[PAIR_INBOX_FRAMES][PAIR_FRAME_MAX];
	/* the last call that the observer saw */
	unsigned call_count;
	struct tarn_event_call call;
	/* allocations until one fails; negative: none does */
	int memory_fuse;
};

static struct tarn *A, *B;

struct socks *tarn_socks(struct tarn *t)
{
	return t->socks;
}

static int pair_transmit(void *link, const struct tarn_slice *part,
                         unsigned part_count)
{
	const struct tarn *from = link;
	struct tarn *to         = from->peer;
	size_t len              = 0;

	if (to->is_deaf)
		return 0;
	ck_assert_uint_lt(to->inbox_count, PAIR_INBOX_FRAMES);
	for (unsigned i = 0; i < part_count; i++) {
		ck_assert_uint_le(len + part[i].len, PAIR_FRAME_MAX);
		memcpy(to->frame[to->inbox_count] + len, part[i].data,
		       part[i].len);
		len += part[i].len;
	}
	to->len[to->inbox_count++] = len;

	return 0;
}

static const struct tarn_link_ops pair_ops = { .transmit = pair_transmit };

static void pair_observe(void *observer, const struct tarn_event *event)
{
	struct tarn *t = observer;

	if (event->kind != TARN_EVENT_CALL)
		return;
	t->call_count++;
	t->call = event->call;
}

static void *pair_resize(void *context, void *ptr, size_t old_size,
                         size_t new_size)
{
	struct tarn *t = context;

	if (new_size == 0) {
		free(ptr);
		return NULL;
	}
	if (new_size > old_size && t->memory_fuse >= 0 && t->memory_fuse-- == 0)
		return NULL;

	return realloc(ptr, new_size);
}

static void pair_config(struct tarn *t, uint8_t host)
{
	t->env.config = (struct tarn_config){
		.ops             = &pair_ops,
		.link            = t,
		.mac             = { 2, 0x54, 10, 9, 0, host },
		.mtu             = 1500,
		.ip              = tarn_ip4(10, 9, 0, host),
		.prefix_len      = 24,
		.acd_off         = true,
		.seed            = { 1, host },
		.memory_max      = MEMORY_BYTES_DEFAULT,
		.descriptors_max = SOCKETS_MAX,
		.msl_us          = TCP_MSL_US,
		.rto_us_min      = TCP_RTO_US_MIN,
		.rcvbuf          = TCP_RCVBUF_DEFAULT,
		.sndbuf          = TCP_SNDBUF_DEFAULT,
		.initial_window  = TCP_INITIAL_WINDOW_SEGMENTS,
		.syn_retries     = TCP_SYN_RETRIES,
		.synack_retries  = TCP_SYNACK_RETRIES,
		.data_retries    = TCP_DATA_RETRIES,
		.syn_queue_max   = TCP_SYN_QUEUE_MAX,
		.orphans_max     = TCP_ORPHANS_MAX,
		.fin_wait_2_us   = TCP_FIN_WAIT_2_US,
		.delayed_ack_us  = TCP_DELAYED_ACK_US,
		.keep_idle_s     = TCP_KEEP_IDLE_S,
		.keep_interval_s = TCP_KEEP_INTERVAL_S,
		.keep_probes     = TCP_KEEP_PROBES,
		.observe         = pair_observe,
		.observer        = t,
	};
}

static struct tarn *pair_stack(uint8_t host)
{
	const struct tarn_memory hook = { .resize = pair_resize };
	struct tarn *t                = calloc(1, sizeof(*t));

	ck_assert_ptr_nonnull(t);
	t->memory_fuse = -1;
	t->env.now_us  = USEC_PER_SEC;
	pair_config(t, host);
	memory_init(&t->env.memory, &hook, MEMORY_BYTES_DEFAULT);
	t->env.memory.hook.context = t;
	random_init(&t->env.random, t->env.config.seed);
	t->env.sums = sums_best();
	ck_assert_int_eq(net_create(&t->env, &t->net), 0);
	ck_assert_int_eq(tcp_create(&t->env, t->net, &t->tcp), 0);
	ck_assert_int_eq(udp_create(&t->env, t->net, &t->udp), 0);
	ck_assert_int_eq(
	        socks_create(&t->env, t->net, t->tcp, t->udp, &t->socks), 0);

	return t;
}

static void pair_dispatch(struct tarn *t, const struct net_rx *rx)
{
	if (rx->kind == NET_RX_DATAGRAM && rx->proto == IP_PROTO_TCP)
		(void)tcp_input(t->tcp, rx);
	else if (rx->kind == NET_RX_DATAGRAM && rx->proto == IP_PROTO_UDP)
		(void)udp_input(t->udp, rx);
	else if (rx->kind == NET_RX_ERROR && rx->proto == IP_PROTO_TCP)
		(void)tcp_icmp_error(t->tcp, rx);
	else if (rx->kind == NET_RX_ERROR && rx->proto == IP_PROTO_UDP)
		(void)udp_icmp_error(t->udp, rx);
}

/* What tarn_poll() does, at t->env.now_us. */
static void pair_poll(struct tarn *t)
{
	struct tarn_ip failed;

	for (unsigned i = 0; i < t->inbox_count; i++) {
		struct net_rx rx = { 0 };

		if (net_input(t->net, t->frame[i], t->len[i], &rx) == DROP_NONE)
			pair_dispatch(t, &rx);
	}
	t->inbox_count = 0;
	net_timeouts(t->net);
	while (net_unreached(t->net, &failed)) {
		tcp_unreached(t->tcp, &failed);
		udp_unreached(t->udp, &failed);
	}
	tcp_timeouts(t->tcp);
	tcp_output_all(t->tcp);
	tcp_reap(t->tcp);
	socks_drain(t->socks);
}

static uint64_t pair_deadline(const struct tarn *t)
{
	return MIN(net_deadline(t->net), tcp_deadline(t->tcp));
}

/* Let both stacks talk until nothing more happens at this time. */
static void settle(void)
{
	unsigned round = 0;

	do {
		pair_poll(A);
		pair_poll(B);
		ck_assert_uint_lt(round++, PAIR_ROUNDS_MAX);
	} while (A->inbox_count || B->inbox_count ||
	         MIN(pair_deadline(A), pair_deadline(B)) <= A->env.now_us);
}

/* Let @us pass, stopping at every deadline. */
static inline void pass(uint64_t us)
{
	const uint64_t end = A->env.now_us + us;

	settle();
	while (A->env.now_us < end) {
		const uint64_t next = MIN(pair_deadline(A), pair_deadline(B));

		A->env.now_us = MIN(end, next);
		B->env.now_us = A->env.now_us;
		settle();
	}
}

static void pair_setup(void)
{
	A       = pair_stack(1);
	B       = pair_stack(2);
	A->peer = B;
	B->peer = A;
	settle();
}

static void pair_free(struct tarn *t)
{
	socks_destroy(t->socks);
	udp_destroy(t->udp);
	tcp_destroy(t->tcp);
	net_destroy(t->net);
	ck_assert_uint_eq(t->env.memory.used, 0);
	free(t);
}

static void pair_teardown(void)
{
	pair_free(A);
	pair_free(B);
}

/* ---- what tests say often ---- */

static inline struct tarn_addr addr_of(const struct tarn *t, uint16_t port)
{
	return (struct tarn_addr){ .ip = t->env.config.ip, .port = port };
}

static inline struct tarn_addr any_port(uint16_t port)
{
	return (struct tarn_addr){ .port = port };
}

static inline int stream(struct tarn *t)
{
	const int fd = tarn_socket(t, TARN_STREAM);

	ck_assert_int_ge(fd, 0);

	return fd;
}

static inline int datagram(struct tarn *t)
{
	const int fd = tarn_socket(t, TARN_DGRAM);

	ck_assert_int_ge(fd, 0);

	return fd;
}

static inline int bound(struct tarn *t, int type, uint16_t port)
{
	const struct tarn_addr local = any_port(port);
	const int fd                 = tarn_socket(t, type);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(tarn_bind(t, fd, &local), 0);

	return fd;
}

static inline int listener(struct tarn *t, uint16_t port)
{
	const int fd = bound(t, TARN_STREAM, port);

	ck_assert_int_eq(tarn_listen(t, fd, 8), 0);

	return fd;
}

static inline void set_int(struct tarn *t, int fd, enum tarn_option option,
                           int value)
{
	ck_assert_int_eq(tarn_setsockopt(t, fd, option, &value, sizeof(value)),
	                 0);
}

static inline int get_int(struct tarn *t, int fd, enum tarn_option option)
{
	int value = -1;

	ck_assert_int_eq(tarn_getsockopt(t, fd, option, &value, sizeof(value)),
	                 (int)sizeof(value));

	return value;
}

/* An established connection from A to port 80 of B. */
struct conn {
	int a, b, listener;
};

static inline struct conn connected(void)
{
	const struct tarn_addr peer = addr_of(B, 80);
	struct conn conn = { .listener = listener(B, 80), .a = stream(A) };

	ck_assert_int_eq(tarn_connect(A, conn.a, &peer), -EINPROGRESS);
	settle();
	conn.b = tarn_accept(B, conn.listener, NULL);
	ck_assert_int_ge(conn.b, 0);
	ck_assert_int_eq(get_int(A, conn.a, TARN_SO_ERROR), 0);

	return conn;
}

/* A suite of tests that each get a fresh pair. */
#define PAIR_SUITE(name, ...)                                                  \
	static Suite *suite(void)                                              \
	{                                                                      \
		const TTest *const all[] = { __VA_ARGS__ };                    \
		Suite *whole             = suite_create(name);                 \
		TCase *tcase             = tcase_create(name);                 \
                                                                               \
		tcase_add_checked_fixture(tcase, pair_setup, pair_teardown);   \
		for (unsigned i = 0; i < ARRAY_LEN(all); i++)                  \
			tcase_add_test(tcase, all[i]);                         \
		suite_add_tcase(whole, tcase);                                 \
                                                                               \
		return whole;                                                  \
	}                                                                      \
	TEST_MAIN(suite)

#endif
