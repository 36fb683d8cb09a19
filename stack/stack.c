/* SPDX-License-Identifier: MIT */
/*
 * stack.c - the composition root: the only file that sees every layer
 *
 *	      sock/	descriptors
 *	     /	  \
 *	  tcp/	  udp/	connections, datagrams
 *	     \	  /
 *	      net/	IPv4, ICMP, ARP, Ethernet
 *		|
 *	     the link	handed in
 *
 * A poll does, in this order: take now; received frames, because an ACK that
 * has arrived beats the timer that it cancels; expired timers; output of every
 * marked connection; release of what has closed. Upwards goes data, not calls:
 * net/ hands back what a frame turned out to be, and this file gives it to
 * whom it concerns.
 */
#include "stack.h"
#include "base/limits.h"
#include "base/rule.h"
#include "wire/eth.h"
#include <errno.h>

struct tarn {
	struct env env;
	struct net *net;
	struct tcp *tcp;
	struct udp *udp;
	struct socks *socks;
	uint8_t *frame; /* where the link writes one; NULL: it lends its own */
	size_t frame_size;
	const uint8_t *in_hand;      /* the one being received */
	struct tarn_offload offload; /* ... and what the link says of it */
	unsigned full_batches;       /* in a row, with timers put off */
	bool has_more;               /* the last batch was a full one */
};

/* ---- Birth and death ---- */

void tarn_config_init(struct tarn_config *config)
{
	*config = (struct tarn_config){
		.mtu             = 1500,
		.prefix_len      = 24,
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
		.delayed_ack_us  = TCP_DELAYED_ACK_US,
		.wscale          = TCP_WSCALE_DEFAULT,
		.rcvbuf_max      = TCP_RCVBUF_MAX,
		.sndbuf_max      = TCP_SNDBUF_MAX,
		.syn_queue_max   = TCP_SYN_QUEUE_MAX,
		.orphans_max     = TCP_ORPHANS_MAX,
		.fin_wait_2_us   = TCP_FIN_WAIT_2_US,
		.keep_idle_s     = TCP_KEEP_IDLE_S,
		.keep_interval_s = TCP_KEEP_INTERVAL_S,
		.keep_probes     = TCP_KEEP_PROBES,
	};
}

static bool limits_are_possible(const struct tarn_config *config)
{
	return config->mtu >= 576 && config->initial_window > 0 &&
	       config->rcvbuf >= TCP_BUF_MIN && config->rcvbuf <= TCP_BUF_MAX &&
	       config->sndbuf >= TCP_BUF_MIN && config->sndbuf <= TCP_BUF_MAX &&
	       config->rcvbuf_max <= TCP_BUF_MAX &&
	       config->sndbuf_max <= TCP_BUF_MAX &&
	       config->wscale <= TCP_WSCALE_MAX && config->syn_queue_max > 0 &&
	       config->descriptors_max <= SOCKETS_MAX && config->msl_us > 0 &&
	       config->rto_us_min > 0 && config->rto_us_min <= TCP_RTO_US_MAX;
}

static int check_config(const struct tarn_config *config)
{
	if (config->ip.version == TARN_IP6)
		return -EAFNOSUPPORT;
	if (!config->ops || !config->ops->receive || !config->ops->transmit)
		return -EINVAL;
	if (config->seed[0] == 0 && config->seed[1] == 0)
		return -EINVAL; /* no secret is worse than none */

	if (!tcp_congestion_name(config->congestion))
		return -EINVAL;
	if (config->without != 0 && !rule_can_be_broken())
		return -EOPNOTSUPP;

	return limits_are_possible(config) ? 0 : -EINVAL;
}

static int create_layers(struct tarn *t)
{
	int error = net_create(&t->env, &t->net);

	if (error == 0)
		error = tcp_create(&t->env, t->net, &t->tcp);
	if (error == 0)
		error = udp_create(&t->env, t->net, &t->udp);
	if (error == 0)
		error = socks_create(&t->env, t->net, t->tcp, t->udp,
		                     &t->socks);

	return error;
}

/* A link that offloads may give super-frames. */
static size_t frame_size_of(const struct tarn_config *config)
{
	const size_t packet_len =
	        config->super_ops ? IP4_PACKET_LEN_MAX : config->mtu;

	return ETH_HDR_LEN + packet_len;
}

int tarn_create(const struct tarn_config *config, uint64_t now_us,
                struct tarn **ret)
{
	struct memory memory;
	struct tarn *t;
	int error;

	error = check_config(config);
	if (error < 0)
		return error;
	memory_init(&memory, &config->memory, config->memory_max);
	t = memory_take(&memory, sizeof(*t));
	if (!t)
		return -ENOMEM;

	t->env.memory            = memory;
	t->env.config            = *config;
	t->env.config.congestion = tcp_congestion_name(config->congestion);
	t->env.now_us            = now_us;
	t->env.sums              = sums_best();
	random_init(&t->env.random, config->seed);
	t->frame_size = frame_size_of(config);
	if (!config->lend_ops)
		t->frame = memory_take(&t->env.memory, t->frame_size);
	error = t->frame || config->lend_ops ? create_layers(t) : -ENOMEM;
	if (error < 0) {
		tarn_destroy(t);
		return error;
	}
	*ret = t;

	return 0;
}

void tarn_destroy(struct tarn *t)
{
	struct memory memory;

	if (!t)
		return;

	socks_destroy(t->socks);
	tcp_destroy(t->tcp);
	udp_destroy(t->udp);
	net_destroy(t->net);
	memory_give(&t->env.memory, t->frame, t->frame_size);
	memory = t->env.memory;
	memory_give(&memory, t, sizeof(*t));
}

/* ---- A frame arrives ---- */

static enum drop datagram_arrives(struct tarn *t, const struct net_rx *rx)
{
	switch (rx->proto) {
	case IP_PROTO_TCP:
		return tcp_input(t->tcp, rx);
	case IP_PROTO_UDP:
		return udp_input(t->udp, rx);
	default:
		net_unreachable(t->net, rx, ICMP_UNREACHABLE_PROTOCOL);
		return env_verdict(&t->env, DROP_IP4_PROTOCOL);
	}
}

static enum drop error_arrives(struct tarn *t, const struct net_rx *rx)
{
	switch (rx->proto) {
	case IP_PROTO_TCP:
		return tcp_icmp_error(t->tcp, rx);
	case IP_PROTO_UDP:
		return udp_icmp_error(t->udp, rx);
	default:
		return env_verdict(&t->env, DROP_ICMP_NO_USER);
	}
}

static enum drop frame_arrives(struct tarn *t, size_t len)
{
	struct net_rx rx = { .kind = NET_RX_NOTHING };
	enum drop drop;

	if (len > t->frame_size)
		return env_verdict(&t->env, DROP_ETH_LONG);

	drop = net_input_offloaded(t->net, t->in_hand, len, &t->offload, &rx);
	if (drop != DROP_NONE)
		return drop;

	switch (rx.kind) {
	case NET_RX_DATAGRAM:
		return datagram_arrives(t, &rx);
	case NET_RX_ERROR:
		return error_arrives(t, &rx);
	case NET_RX_NOTHING:
		break;
	}

	return DROP_NONE;
}

static void emit_frame(struct tarn *t, enum tarn_event_kind kind, size_t len,
                       enum drop drop)
{
	const struct tarn_slice part = { t->in_hand, MIN(len, t->frame_size) };
	struct tarn_event event      = {
		     .kind  = kind,
		     .src   = t->env.rx_note.src,
		     .note  = t->env.rx_note,
		     .frame = { .part       = &part,
		                .part_count = 1,
		                .drop       = drop,
		                .offload    = t->offload },
	};

	env_emit(&t->env, &event);
}

static void process_frame(struct tarn *t, size_t len)
{
	const bool is_observed = env_is_observed(&t->env);
	enum drop drop;

	tarn_note_init(&t->env.rx_note);
	t->env.verdict = DROP_NONE;
	if (is_observed)
		emit_frame(t, TARN_EVENT_FRAME_RX, len, DROP_NONE);

	drop = frame_arrives(t, len);
	if (drop != DROP_NONE) {
		env_count_drop(&t->env, drop);
		t->env.rx_note.src =
		        t->env.verdict == drop ? t->env.verdict_src : NULL;
	}

	if (is_observed)
		emit_frame(t, TARN_EVENT_FRAME_DONE, len, drop);
}

static ssize_t receive_frame(struct tarn *t)
{
	const struct tarn_config *config = &t->env.config;

	t->offload = (struct tarn_offload){ 0 };
	if (config->lend_ops)
		return config->lend_ops->lend(config->link, &t->in_hand,
		                              &t->offload);

	t->in_hand = t->frame;
	if (config->super_ops)
		return config->super_ops->receive(config->link, t->frame,
		                                  t->frame_size, &t->offload);

	return config->ops->receive(config->link, t->frame, t->frame_size);
}

/* Up to a batch of frames. Return: how many; then @t->has_more tells whether
 * more may be waiting. */
static unsigned receive_frames(struct tarn *t, unsigned max)
{
	size_t octets = 0;
	unsigned count;

	t->has_more = true;
	for (count = 0; count < max && octets < RX_BATCH_BYTES_MAX; count++) {
		const ssize_t len = receive_frame(t);

		if (len <= 0) {
			t->has_more = false;
			break;
		}
		process_frame(t, (size_t)len);
		octets += (size_t)len;
	}

	return count;
}

/* ---- The poll ---- */

static void tell_unreached(struct tarn *t)
{
	struct tarn_ip peer;

	while (net_unreached(t->net, &peer)) {
		tcp_unreached(t->tcp, &peer);
		udp_unreached(t->udp, &peer);
	}
}

/*
 * May timers expire now? While frames still wait, one of them may be the ACK
 * that a timer waits for; but a flood must not stop the clock.
 */
static bool is_time_for_timers(struct tarn *t)
{
	if (t->has_more && ++t->full_batches < RX_BATCHES_MAX)
		return false;

	t->full_batches = 0;

	return true;
}

unsigned tarn_poll_input(struct tarn *t, uint64_t now_us, unsigned frames_max)
{
	unsigned count;

	t->env.now_us = MAX(t->env.now_us, now_us);
	count         = receive_frames(t, MIN(frames_max, RX_BATCH_FRAMES_MAX));
	if (is_time_for_timers(t)) {
		net_timeouts(t->net);
		tcp_timeouts(t->tcp);
	}
	tell_unreached(t);
	socks_drain(t->socks);

	return count;
}

uint64_t tarn_poll_output(struct tarn *t, uint64_t now_us)
{
	t->env.now_us = MAX(t->env.now_us, now_us);
	tcp_output_all(t->tcp);
	tcp_reap(t->tcp);
	socks_drain(t->socks);

	return MIN(net_deadline(t->net), tcp_deadline(t->tcp));
}

uint64_t tarn_poll(struct tarn *t, uint64_t now_us)
{
	uint64_t due_us;

	tarn_poll_input(t, now_us, RX_BATCH_FRAMES_MAX);
	due_us = tarn_poll_output(t, now_us);

	return t->has_more ? t->env.now_us : due_us;
}

/* ---- Looking in ---- */

int tarn_address_state(const struct tarn *t)
{
	return net_address_state(t->net);
}

uint64_t tarn_drop_count(const struct tarn *t, const char *name)
{
	for (enum drop drop = DROP_NONE; drop < DROP_COUNT; drop++)
		if (strcmp(drop_symbol(drop), name) == 0)
			return t->env.drops[drop];

	return 0;
}

void tarn_usage(const struct tarn *t, struct tarn_usage *ret)
{
	struct tcp_usage tcp;

	tcp_usage(t->tcp, &tcp);
	*ret = (struct tarn_usage){
		.memory       = t->env.memory.used,
		.memory_peak  = t->env.memory.used_max,
		.connections  = tcp.connections,
		.half_open    = tcp.half_open,
		.time_wait    = tcp.time_wait,
		.listeners    = tcp.listeners,
		.udp          = udp_count(t->udp),
		.descriptors  = socks_count(t->socks),
		.neighbours   = net_neighbour_count(t->net),
		.reassemblies = net_reassembly_count(t->net),
	};
}

void tarn_ends(const struct tarn *t,
               void (*tell)(void *context, const struct tarn_end *end),
               void *context)
{
	tcp_ends(t->tcp, tell, context);
	udp_ends(t->udp, tell, context);
}

int tarn_ping(struct tarn *t, const struct tarn_ip *peer, uint16_t seq,
              const void *data, size_t len)
{
	return net_ping(t->net, peer, seq, data, len);
}

int tarn_ping_reply(struct tarn *t, struct tarn_ping_reply *ret)
{
	return net_ping_reply(t->net, ret);
}

/* ---- For sock/ and for tests ---- */

struct socks *tarn_socks(struct tarn *t)
{
	return t->socks;
}

struct tcp *tarn_tcp(struct tarn *t)
{
	return t->tcp;
}

struct udp *tarn_udp(struct tarn *t)
{
	return t->udp;
}

struct net *tarn_net(struct tarn *t)
{
	return t->net;
}

struct env *tarn_env(struct tarn *t)
{
	return &t->env;
}
