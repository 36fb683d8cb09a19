/* SPDX-License-Identifier: MIT */
/*
 * cookie.c - SYN cookies: a handshake that costs us no memory (RFC 4987 3.6)
 *
 * A SYN costs its sender nothing and us a record. When the SYN queue is full,
 * what the record would hold is put into our ISN instead, sealed, and forgotten;
 * the ACK brings it back as SEG.ACK-1:
 *
 *	 31	    27 26      24 23			     0
 *	+------------+-----------+----------------------------+
 *	|  step mod  | MSS, an	 |  MAC of both sockets, the  |	 + F(4-tuple)
 *	|     32     |	index	 |  peer's ISN, step and MSS  |
 *	+------------+-----------+----------------------------+
 *
 * A step is 64 s, and a cookie is valid in its own and in the next. F is that
 * of RFC 6528: with it the numbers of one 4-tuple grow as isn.c's do, and the
 * plain fields tell an outsider nothing. Whoever guesses has one chance in 2^23.
 *
 * Eight values must do for the MSS. The other options ride on the timestamp: we
 * choose TSval and the peer echoes it. Its lowest six bits are worth 64 ms at
 * most, and they only ever set it back, so the connection goes on with the same
 * clock and it never runs backwards.
 *
 *	   5    4    3	     0
 *	| ECN | SACK | wscale  |  wscale 15: none
 *
 * A SYN without timestamps loses its options; that, an untold RTT and the text
 * of its SYN is the price. A lost SYN,ACK is never sent again: the peer's SYN is.
 */
#include "tcp/parts.h"

enum {
	STEP_SHIFT = 27, /* five bits */
	STEP_MASK  = 31,
	MSS_SHIFT  = 24, /* three bits */
	MSS_MASK   = 7,
	MAC_MASK   = 0xffffff,
};

enum {
	STAMP_WSCALE = 0x0f, /* shift, or all ones: no window scale */
	STAMP_SACK   = 0x10,
	STAMP_ECN    = 0x20,
	STAMP_MASK   = 0x3f,
};

/*
 * The largest that is not larger than what the peer offers is taken. Ethernet
 * (1460) and PPPoE (1452) are by far the most; then tunnels (1360) and IPv6's
 * minimum (1220), the default (536) and what an offer is worth at least; jumbo
 * frames would be hit hard by 1460.
 */
static const uint16_t mss_values[] = {
	TCP_MSS_MIN, TCP_MSS_DEFAULT, 1220, 1360, 1440, 1452, 1460, 8960,
};
static_assert(ARRAY_LEN(mss_values) == MSS_MASK + 1, "one for each index");

/** struct sealed - what the MAC is over; hashed whole, so no padding */
struct sealed {
	struct conn_key key;
	uint16_t mss_index;
	uint32_t irs, step;
};
static_assert(sizeof(struct sealed) == 48, "a hashed key has no padding");

static uint32_t step_now(const struct tcp *tcp)
{
	return (uint32_t)(tcp->env->now_us / TCP_COOKIE_STEP_US);
}

static uint32_t mac(const struct tcp *tcp, const struct sealed *sealed)
{
	return (uint32_t)siphash(&tcp->cookie_key, sealed, sizeof(*sealed)) &
	       MAC_MASK;
}

static uint32_t origin(const struct tcp *tcp, const struct conn_key *key)
{
	return (uint32_t)siphash(&tcp->isn_key, key, sizeof(*key));
}

static uint16_t mss_index(const struct tcp_options *opt)
{
	const uint16_t mss = opt->has_mss ? opt->mss : TCP_MSS_DEFAULT;
	uint16_t index     = MSS_MASK;

	while (index > 0 && mss_values[index] > mss)
		index--;

	return index;
}

static uint32_t bake(const struct tcp *tcp, const struct tcp_seg *seg)
{
	const struct sealed sealed = {
		.key       = seg->key,
		.mss_index = mss_index(&seg->hdr->opt),
		.irs       = seg->seq,
		.step      = step_now(tcp),
	};
	const uint32_t fields = (sealed.step & STEP_MASK) << STEP_SHIFT |
	                        (uint32_t)sealed.mss_index << MSS_SHIFT |
	                        mac(tcp, &sealed);

	return fields + origin(tcp, &seg->key);
}

/* Return: the MSS that the cookie holds, or 0: it is none, or too old. */
static uint16_t taste(const struct tcp *tcp, const struct tcp_seg *seg)
{
	const uint32_t fields = seg->ack - 1 - origin(tcp, &seg->key);
	const uint32_t age =
	        (step_now(tcp) - (fields >> STEP_SHIFT)) & STEP_MASK;
	const struct sealed sealed = {
		.key       = seg->key,
		.mss_index = fields >> MSS_SHIFT & MSS_MASK,
		.irs       = seg->seq - 1,
		.step      = step_now(tcp) - age,
	};

	if (age >= TCP_COOKIE_STEPS_MAX)
		return 0;
	if (mac(tcp, &sealed) != (fields & MAC_MASK))
		return 0;

	return mss_values[sealed.mss_index];
}

/* ---- The options, in TSval ---- */

static uint32_t stamp(const struct conn_half *half, uint32_t ts_now)
{
	uint32_t tsval = ts_now & ~(uint32_t)STAMP_MASK;

	tsval |= half->has_wscale ? MIN(half->peer_wscale, TCP_WSCALE_MAX)
	                          : STAMP_WSCALE;
	tsval |= half->has_sack ? STAMP_SACK : 0;
	tsval |= half->has_ecn ? STAMP_ECN : 0;

	return seq_gt(tsval, ts_now) ? tsval - (STAMP_MASK + 1) : tsval;
}

static void read_stamp(struct conn_half *half, uint32_t tsecr)
{
	half->peer_wscale = tsecr & STAMP_WSCALE;
	half->has_wscale  = half->peer_wscale != STAMP_WSCALE;
	half->has_sack    = tsecr & STAMP_SACK;
	half->has_ecn     = tsecr & STAMP_ECN;
}

/* ---- The two halves of the handshake ---- */

bool cookie_is_due(const struct tcp_listener *listener)
{
	const struct tarn_config *config = &listener->tcp->env->config;

	if (!rule_holds(listener->tcp->env, RULE_SYN_COOKIES))
		return false; /* the oldest gives way */
	switch ((enum tarn_syn_cookies)config->syn_cookies) {
	case TARN_SYN_COOKIES_ALWAYS:
		return true;
	case TARN_SYN_COOKIES_NEVER:
		return false;
	case TARN_SYN_COOKIES_WHEN_FULL:
		break;
	}

	return listener->half_count >= config->syn_queue_max;
}

/* LECTURE: SYN cookies, step 2: the record is made, told, and forgotten
 * RFC4987-1 */
enum drop cookie_answer(struct tcp_listener *listener, struct tcp_seg *seg)
{
	struct tcp *tcp = listener->tcp;
	struct tcp_answer answer;
	struct conn_half half;

	if (listener_is_full(listener))
		return env_verdict(listener->tcp->env,
		                   DROP_TCP_ACCEPT_QUEUE_FULL);

	half_init(&half, listener, seg, bake(tcp, seg));
	if (!half.has_timestamps)
		half.has_sack = half.has_wscale = half.has_ecn =
		        false; /* no room for them */
	answer = half_syn_ack(&half, BECAUSE(WHY_SYN_COOKIE));
	if (half.has_timestamps)
		answer.hdr.opt.tsval = stamp(&half, answer.hdr.opt.tsval);
	segment_answer(tcp, &answer);
	listener->cookies_until_us =
	        tcp->env->now_us + TCP_COOKIE_STEPS_MAX * TCP_COOKIE_STEP_US;

	return DROP_NONE;
}

/* Only while cookies are about is it worth guessing, and worth looking. */
bool cookie_may_come(const struct tcp_listener *listener)
{
	return listener->tcp->env->now_us < listener->cookies_until_us;
}

/* LECTURE: SYN cookies, step 3: the ACK brings back what we forgot */
enum drop cookie_arrives(struct tcp_listener *listener, struct tcp_seg *seg)
{
	struct tcp *tcp    = listener->tcp;
	const uint16_t mss = seg->syn ? 0 : taste(tcp, seg);
	struct conn_half half;

	if (mss == 0) {
		segment_reset(tcp, seg, WHY_RST_LISTEN);
		return env_verdict(listener->tcp->env, DROP_TCP_COOKIE);
	}
	if (listener_is_full(listener))
		return env_verdict(listener->tcp->env,
		                   DROP_TCP_ACCEPT_QUEUE_FULL);

	half_init(&half, listener, seg, seg->ack - 1);
	half.irs      = seg->seq - 1;
	half.has_mss  = true;
	half.peer_mss = mss;
	if (half.has_timestamps)
		read_stamp(&half, seg->hdr->opt.tsecr);
	half_tell_birth(&half, WHY_GOT_COOKIE);

	return half_establish(&half, seg);
}
