/* SPDX-License-Identifier: MIT */
/*
 * fastopen_client.c - TCP Fast Open: a SYN that carries data (RFC 7413)
 *
 * fastopen.c has the picture, and the other side. A client remembers for each
 * server the cookie and the MSS that its SYN,ACK brought (4.1.3), in a small
 * table whose least recently used entry gives way. With a cookie the first text
 * goes with the SYN; without one the SYN asks for it. Either happens once: a
 * SYN that has to be repeated is an ordinary one, for something on the path may
 * have dropped the other (4.2.2).
 *
 * What the SYN,ACK does not acknowledge counts as never sent: SND.NXT goes back
 * to it, and it leaves with the first ACK. And a server or path that did not
 * take it is left in peace for a minute, then two, four ... (4.1.3.1).
 */
#include "tcp/parts.h"
#include <errno.h>

/* ---- What we know of servers ---- */

static struct fastopen_peer *find(struct tcp *tcp, const struct tarn_ip *ip,
                                  uint16_t port)
{
	for (unsigned i = 0; i < ARRAY_LEN(tcp->fastopen_peers); i++) {
		struct fastopen_peer *peer = &tcp->fastopen_peers[i];

		if (peer->port == port && ip_equal(&peer->ip, ip))
			return peer;
	}

	return NULL;
}

/* Its entry, or a free one, or that which was not used for longest. */
static struct fastopen_peer *take_entry(struct tcb *tcb)
{
	const struct conn_key *key = &tcb->conn.key;
	struct tcp *tcp            = tcb->tcp;
	struct fastopen_peer *peer = find(tcp, &key->peer_ip, key->peer_port);

	if (!peer) {
		peer = &tcp->fastopen_peers[0];
		for (unsigned i = 1; i < ARRAY_LEN(tcp->fastopen_peers); i++)
			if (tcp->fastopen_peers[i].used_us < peer->used_us)
				peer = &tcp->fastopen_peers[i];
		*peer = (struct fastopen_peer){ .ip   = key->peer_ip,
			                        .port = key->peer_port,
			                        .mss  = TCP_MSS_DEFAULT };
	}
	peer->used_us = tcp->env->now_us;

	return peer;
}

static bool is_off(const struct tcp *tcp, const struct fastopen_peer *peer)
{
	return peer && tcp->env->now_us < peer->off_until_us;
}

bool tcp_fastopen_is_on(const struct tcp *tcp)
{
	return tcp->env->config.fastopen & TARN_FASTOPEN_CLIENT;
}

bool tcp_fastopen_knows(struct tcp *tcp, const struct tarn_addr *to)
{
	const struct fastopen_peer *peer = find(tcp, &to->ip, to->port);

	if (!tcp_fastopen_is_on(tcp) || is_off(tcp, peer))
		return false;
	if (tcp->env->config.fastopen & TARN_FASTOPEN_NO_COOKIE)
		return true;

	return peer && peer->option.len > 0;
}

/* ---- The SYN ---- */

/* Ask or try? The first call decides. */
static void decide(struct tcb *tcb)
{
	struct tcp *tcp            = tcb->tcp;
	const struct conn_key *key = &tcb->conn.key;
	struct fastopen_peer *peer = find(tcp, &key->peer_ip, key->peer_port);

	if (tcb->fastopen != FASTOPEN_NO || is_off(tcp, peer))
		return;

	if (tcp->env->config.fastopen & TARN_FASTOPEN_NO_COOKIE) {
		tcb->fastopen = FASTOPEN_TRY;
	} else if (peer && peer->option.len > 0) {
		tcb->fastopen        = FASTOPEN_TRY;
		tcb->fastopen_option = peer->option;
		peer->used_us        = tcp->env->now_us;
	} else {
		tcb->fastopen                 = FASTOPEN_ASK;
		tcb->fastopen_option.is_there = true;
	}
}

static uint32_t text_max(struct tcb *tcb)
{
	const struct conn_key *key = &tcb->conn.key;
	const struct fastopen_peer *peer =
	        find(tcb->tcp, &key->peer_ip, key->peer_port);
	uint32_t mss = peer ? peer->mss : TCP_MSS_DEFAULT;

	mss = MIN(mss, TCP_FASTOPEN_MSS_MAX);

	return MIN(mss, tcb->rcv.mss) - TCP_FASTOPEN_SPARE;
}

ssize_t tcp_fastopen_send(struct tcb *tcb, const void *data, size_t len)
{
	struct ring *ring = &tcb->snd.ring;
	uint32_t count;

	if (!tcp_fastopen_is_on(tcb->tcp))
		return -EOPNOTSUPP;
	if (tcb->state != TCPS_SYN_SENT || tcb->snd.nxt != tcb->iss)
		return -EALREADY;
	decide(tcb);
	if (tcb->fastopen != FASTOPEN_TRY)
		return -EINPROGRESS;

	count = (uint32_t)MIN(len, text_max(tcb) - tcb->syn_text);
	if (count == 0)
		return 0;
	if (ring_reserve(ring, &tcb->tcp->env->memory, ring->len + count) < 0)
		return -EINPROGRESS;
	ring_write_at(ring, ring->len, data, count);
	ring_claim(ring, count);
	tcb->syn_text += count;

	return count;
}

void fastopen_write(const struct tcb *tcb, struct tcp_options *opt)
{
	if (tcb->snd.nxt == tcb->iss)
		opt->fastopen = tcb->fastopen_option;
}

/* ---- The answer ---- */

static void give_up_for_a_while(struct tcb *tcb)
{
	struct fastopen_peer *peer = take_entry(tcb);

	peer->option = (struct tcp_fastopen){ 0 };
	peer->off_until_us =
	        tcb->tcp->env->now_us + (TCP_FASTOPEN_OFF_US << peer->losses);
	if (peer->losses < TCP_FASTOPEN_LOSSES_MAX)
		peer->losses++;
}

/* RFC7413-4 */
static void remember(struct tcb *tcb, const struct tcp_options *opt)
{
	struct fastopen_peer *peer = take_entry(tcb);

	if (opt->fastopen.len > 0)
		peer->option = opt->fastopen;
	if (opt->has_mss)
		peer->mss = MAX(opt->mss, TCP_MSS_MIN);
	peer->losses       = 0;
	peer->off_until_us = 0;
}

void fastopen_answered(struct tcb *tcb, const struct tcp_seg *seg)
{
	const struct tcp_options *opt = &seg->hdr->opt;
	const uint32_t acked          = seg->ack - tcb->iss - 1;

	if (tcb->fastopen == FASTOPEN_NO)
		return;

	if (acked > 0 || opt->fastopen.len > 0)
		remember(tcb, opt);
	else if (tcb->fastopen == FASTOPEN_TRY || tcb->loss.timeouts > 0)
		give_up_for_a_while(tcb);

	if (acked < tcb->syn_text)
		tcb->retransmits++;
	tcb->has_fastopen_data = acked > 0;
	tcb->octets_acked += acked;
	ring_consume(&tcb->snd.ring, acked);
	if (tcb->snd.ring.len == 0)
		ring_release(&tcb->snd.ring, &tcb->tcp->env->memory);
	else
		tcp_owe(tcb, WHY_DATA);
	tcb->snd.nxt = seg->ack;
}

void fastopen_met(struct tcb *tcb)
{
	tcb->fastopen = FASTOPEN_NO;
	tcb->snd.nxt  = tcb->iss + 1;
}

void fastopen_failed(struct tcb *tcb)
{
	if (tcb->fastopen != FASTOPEN_NO)
		give_up_for_a_while(tcb);
}
