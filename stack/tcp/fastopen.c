/* SPDX-License-Identifier: MIT */
/*
 * fastopen.c - TCP Fast Open: a listener takes the data of a SYN (RFC 7413)
 *
 *	client		   server
 *	SYN, FO	---------->			first contact: a wish
 *		<---------- SYN,ACK, FO cookie	the cookie: a MAC of both addresses
 *	...
 *	SYN, FO cookie, data ->			it was there, so it is no forgery:
 *		<---------- SYN,ACK of all	read, answered, a round trip early
 *		<---------- data
 *	ACK	---------->
 *
 * What a three-way handshake proves, that the peer receives what is sent to its
 * address, the cookie proves beforehand. Such a SYN becomes a whole connection
 * in SYN-RECEIVED at once and waits for accept().
 *
 * Nothing proves that the SYN is no duplicate, so an application sees the same
 * request twice if the network repeats it late: only a listener that asks for it
 * gets this (TCP_FASTOPEN), and its number of pending connections is bounded.
 * Those that are reset count on for a while: else an attacker behind the same
 * address translator resets what it opens and never meets the bound (5.1).
 *
 * The key changes by the hour; a cookie of the last one is honoured and answered
 * with a new one. SYN cookies go before all this: whoever has no room for a
 * record has none for data.
 */
#include "base/bytes.h"
#include "tcp/parts.h"

#define COOKIE_LEN 8 /* octets: what SipHash gives */

/* ---- The cookie ---- */

static void rotate_key(struct tcp *tcp)
{
	struct random *random = &tcp->env->random;
	const uint64_t age_us = tcp->env->now_us - tcp->fastopen_key_us;

	if (age_us < TCP_FASTOPEN_KEY_US)
		return;

	tcp->fastopen_old_key = tcp->fastopen_key;
	if (age_us >= 2 * TCP_FASTOPEN_KEY_US) /* nobody asked for so long */
		tcp->fastopen_old_key = random_key_draw(random);
	tcp->fastopen_key    = random_key_draw(random);
	tcp->fastopen_key_us = tcp->env->now_us;
}

/* RFC7413-1 */
static struct tcp_fastopen bake(const struct random_key *key,
                                const struct tcp_seg *seg)
{
	const struct tarn_ip both[] = { seg->key.peer_ip, seg->key.local_ip };
	const uint64_t mac          = siphash(key, both, sizeof(both));
	struct tcp_fastopen ret     = {
		    .is_there      = true,
		    .is_experiment = seg->hdr->opt.fastopen.is_experiment,
		    .len           = COOKIE_LEN,
	};

	put_be32(ret.cookie, (uint32_t)(mac >> 32));
	put_be32(ret.cookie + 4, (uint32_t)mac);

	return ret;
}

static bool is_same(const struct tcp_fastopen *a, const struct tcp_fastopen *b)
{
	return a->len == b->len && memcmp(a->cookie, b->cookie, a->len) == 0;
}

/* ---- The listener's verdict (RFC 7413 4.2.2, steps 1 to 3) ---- */

/* RFC7413-3: PendingFastOpenRequests is over the limit. */
static bool is_overrun(struct tcp_listener *listener)
{
	if (listener->tcp->env->now_us >= listener->early_resets_until_us)
		listener->early_resets = 0;

	return listener->early_count + listener->early_resets >=
	       listener->settings.fastopen;
}

enum fastopen_verdict fastopen_judge(struct tcp_listener *listener,
                                     const struct tcp_seg *seg,
                                     struct tcp_fastopen *ret_grant)
{
	struct tcp *tcp                   = listener->tcp;
	const uint8_t config              = tcp->env->config.fastopen;
	const struct tcp_fastopen *option = &seg->hdr->opt.fastopen;
	struct tcp_fastopen fresh, old;

	*ret_grant = (struct tcp_fastopen){ 0 };
	if (!(config & TARN_FASTOPEN_SERVER) || is_overrun(listener))
		return FASTOPEN_IGNORE;
	if (config & TARN_FASTOPEN_NO_COOKIE)
		return seg->text_len > 0 ? FASTOPEN_ACCEPT : FASTOPEN_IGNORE;
	if (!option->is_there)
		return FASTOPEN_IGNORE;

	rotate_key(tcp);
	fresh = bake(&tcp->fastopen_key, seg);
	if (is_same(option, &fresh))
		return FASTOPEN_ACCEPT;

	*ret_grant = fresh;
	old        = bake(&tcp->fastopen_old_key, seg);

	return is_same(option, &old) ? FASTOPEN_ACCEPT : FASTOPEN_IGNORE;
}

/* ---- A connection at once (steps 4 to 6) ---- */

/* RFC7413-2 */
static void take_text(struct tcb *tcb, const struct tcp_seg *seg)
{
	struct ring *ring     = &tcb->rcv.ring;
	const uint32_t window = tcb->rcv.edge - tcb->rcv.nxt;
	const uint32_t len    = MIN(seg->text_len, window);
	uint32_t room;

	if (len == 0 || ring_reserve(ring, &tcb->tcp->env->memory, len) < 0)
		return; /* not acknowledged: it will be sent again */

	ring_write_at(ring, 0, seg->text, len);
	ring_claim(ring, len);
	tcb->rcv.nxt += len;
	tcb->octets_received += len;
	tcb->has_fastopen_data = true;

	room          = MIN(tcb->settings.rcvbuf - len, UINT16_MAX);
	tcb->rcv.edge = seq_max(tcb->rcv.edge, tcb->rcv.nxt + room);
}

/* LECTURE: Fast Open: data before the handshake has ended */
enum drop fastopen_accept(struct tcp_listener *listener, struct tcp_seg *seg,
                          const struct tcp_fastopen *grant)
{
	struct tcp *tcp = listener->tcp;
	struct conn_half half;
	struct tcb *tcb;

	if (listener_is_full(listener))
		return env_verdict(listener->tcp->env,
		                   DROP_TCP_ACCEPT_QUEUE_FULL);
	half_init(&half, listener, seg, tcp_isn(tcp, &seg->key));
	half_tell_birth(&half, WHY_GOT_SYN);
	tcb = half_become_tcb(&half);
	if (!tcb)
		return env_verdict(listener->tcp->env, DROP_TCP_MEMORY);

	tcb->fastopen        = FASTOPEN_TAKEN;
	tcb->fastopen_option = *grant;
	tcb->snd.nxt         = tcb->iss; /* the SYN,ACK is still to leave */
	tcb->snd.wl1         = seg->seq;
	tcb->snd.wl2         = tcb->iss;
	tcp_count_in(tcb, seg);
	take_text(tcb, seg);

	tcb->early_of = listener;
	list_append(&listener->early, &tcb->early);
	listener->early_count++;
	listener_established(tcb);
	tcp_owe(tcb, WHY_SYN_ACK);

	return DROP_NONE;
}

void fastopen_settle(struct tcb *tcb, bool was_reset)
{
	struct tcp_listener *listener = tcb->early_of;

	if (!listener)
		return;

	tcb->early_of = NULL;
	list_remove(&tcb->early);
	listener->early_count--;
	if (!was_reset)
		return;

	listener->early_resets++;
	listener->early_resets_until_us =
	        tcb->tcp->env->now_us + TCP_FASTOPEN_RESET_US;
}

void fastopen_listener_closes(struct tcp_listener *listener)
{
	struct list *node;

	while ((node = list_first(&listener->early)))
		fastopen_settle(CONTAINER_OF(node, struct tcb, early), false);
}
