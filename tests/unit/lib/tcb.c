/* SPDX-License-Identifier: MIT */
/* tcb.c - see tcb.h */
#include "tests/unit/lib/tcb.h"
#include "base/limits.h"
#include <stdio.h>

static struct env env;
static struct net *net;
static struct tcp *tcp;
static size_t memory_before;
static uint16_t next_port;

static ssize_t receive_nothing(void *link, uint8_t *buf, size_t size)
{
	(void)link;
	(void)buf;
	(void)size;

	return 0;
}

static int swallow(void *link, const struct tarn_slice *part,
                   unsigned part_count)
{
	(void)link;
	(void)part;
	(void)part_count;

	return 0;
}

static const struct tarn_link_ops no_link = {
	.receive  = receive_nothing,
	.transmit = swallow,
};

struct env *tcb_layer_open(void)
{
	const struct tarn_memory hook = { 0 };
	const uint64_t seed[2]        = { 1, 2 };

	env = (struct env){
		.now_us = 1000 * USEC_PER_SEC,
		.sums   = sums_best(),
		.config = {
			.ops		= &no_link,
			.mtu		= 1500,
			.ip		= tarn_ip4(10, 9, 0, 2),
			.prefix_len	= 24,
			.acd_off	= true,
			.msl_us		= TCP_MSL_US,
			.rto_us_min	= TCP_RTO_US_MIN,
			.rcvbuf		= TCP_RCVBUF_DEFAULT,
			.sndbuf		= TCP_SNDBUF_DEFAULT,
			.initial_window = TCP_INITIAL_WINDOW_SEGMENTS,
			.syn_retries	= TCP_SYN_RETRIES,
			.synack_retries = TCP_SYNACK_RETRIES,
			.data_retries	= TCP_DATA_RETRIES,
			.syn_queue_max	= TCP_SYN_QUEUE_MAX,
			.orphans_max	= TCP_ORPHANS_MAX,
			.fin_wait_2_us	= TCP_FIN_WAIT_2_US,
			.delayed_ack_us = TCP_DELAYED_ACK_US,
		},
	};
	memory_init(&env.memory, &hook, 16u << 20);
	memory_before = env.memory.used;
	random_init(&env.random, seed);
	ck_assert_int_eq(net_create(&env, &net), 0);
	ck_assert_int_eq(tcp_create(&env, net, &tcp), 0);
	next_port = 40000;

	return &env;
}

void tcb_layer_close(void)
{
	tcp_destroy(tcp);
	net_destroy(net);
	ck_assert_uint_eq(env.memory.used, memory_before);
}

static void open_sequence_space(struct tcb *tcb)
{
	tcb->iss         = TCB_ISS;
	tcb->irs         = 5000;
	tcb->snd.una     = TCB_ISS;
	tcb->snd.nxt     = TCB_ISS + 1;
	tcb->snd.mss     = TCB_MSS;
	tcb->snd.wnd     = 1u << 20;
	tcb->snd.max_wnd = tcb->snd.wnd;
	tcb->rcv.nxt     = 5001;
	tcb->rcv.acked   = 5001;
	tcb->rcv.edge    = 5001 + UINT16_MAX;
	tcb->rcv.mss     = 1460;
	tcb->path        = (struct tcp_path){
		       .mtu      = 1500,
		       .peer_mss = TCB_MSS,
		       .until_us = TARN_NEVER,
	};
	recovery_init(tcb);
	cc_init(tcb);
}

static void count_as_sent(struct tcb *tcb, uint32_t len)
{
	scoreboard_sent(tcb, tcb->snd.nxt, tcb->snd.nxt + len, 1);
	tcb->snd.nxt += len;
	loss_timer_restart(tcb);
	loss_timer_set(tcb);
}

struct tcb *tcb_in(enum tcp_state state)
{
	const struct conn_key key = {
		.local_ip   = tarn_ip4(10, 9, 0, 2),
		.peer_ip    = tarn_ip4(10, 9, 0, 1),
		.local_port = 80,
		.peer_port  = next_port++,
	};
	struct tcp_settings settings;
	struct tcb *tcb;

	tcp_settings_init(tcp, &settings);
	tcb = tcb_create(tcp, &key, &settings);
	ck_assert_ptr_nonnull(tcb);
	ck_assert_int_eq(conn_insert(tcp, &tcb->conn), 0);
	open_sequence_space(tcb);
	tcb->state = (uint8_t)state;
	if (!tcp_in(tcb, IN(SYN_SENT) | IN(SYN_RECEIVED))) {
		tcb->snd.syn_acked = true;
		tcb->snd.una       = tcb->snd.nxt;
	}
	if (tcp_in(tcb, IN(FIN_WAIT_1) | IN(FIN_WAIT_2) | IN(CLOSING) |
	                        IN(LAST_ACK))) {
		tcb->snd.fin_queued = true;
		count_as_sent(tcb, 1);
	}
	if (state == TCPS_FIN_WAIT_2) {
		tcb->snd.fin_acked = true;
		tcb->snd.una       = tcb->snd.nxt;
		sent_release(&tcb->sent, &env.memory);
	}
	if (tcp_in(tcb, IN(CLOSE_WAIT) | IN(CLOSING) | IN(LAST_ACK))) {
		tcb->rcv.fin = true;
		tcb->rcv.nxt++;
	}

	return tcb;
}

void tcb_sends(struct tcb *tcb, uint32_t len)
{
	struct ring *ring = &tcb->snd.ring;

	ck_assert_int_eq(ring_reserve(ring, &env.memory, ring->len + len), 0);
	ring_claim(ring, len);
	while (len > 0) {
		const uint32_t part = len < TCB_MSS ? len : TCB_MSS;

		count_as_sent(tcb, part);
		len -= part;
	}
}

void tcb_hears(struct tcb *tcb, uint32_t ack,
               const struct tcp_sack_block *block, uint8_t count)
{
	struct tcp_hdr hdr = { .ack_bit = true, .opt.sack_count = count };
	struct tcp_seg seg = {
		.hdr     = &hdr,
		.key     = tcb->conn.key,
		.seq     = tcb->rcv.nxt,
		.ack     = TCB_ISS + 1 + ack,
		.wnd     = tcb->snd.wnd,
		.has_ack = true,
	};

	for (uint8_t i = 0; i < count; i++)
		hdr.opt.sack[i] = (struct tcp_sack_block){
			TCB_ISS + 1 + block[i].left,
			TCB_ISS + 1 + block[i].right,
		};
	ck_assert_int_eq(tcp_check_ack(tcb, &seg), DROP_NONE);
	ck_assert_ptr_null(tcb_check(tcb));
}

void tcb_hears_sack(struct tcb *tcb, uint32_t ack, uint32_t left,
                    uint32_t right)
{
	const struct tcp_sack_block block = { left, right };

	tcb_hears(tcb, ack, &block, 1);
}

void tcb_resends(struct tcb *tcb, uint32_t seq, uint32_t len)
{
	const uint32_t first = TCB_ISS + 1 + seq;

	sent_resend(&tcb->sent, &env.memory, first, first + len, env.now_us);
	undo_resent(tcb, len);
	prr_sent(tcb, len);
	tcb->loss.rtx_now = 0;
}
