/* SPDX-License-Identifier: MIT */
/*
 * pathmtu.c - segments as large as the path takes (RFC 1191, 5927, 2923)
 *
 * Our segments bear DF: a router that cannot forward one says so by ICMP, and
 * names the MTU of its next hop. Then the segments of this connection become
 * smaller, those that were too large leave again at once, and the window stays
 * as it is: nothing was lost to congestion (RFC 1191 6.4).
 *
 *	      ICMP names a smaller one		10 minutes without
 *	1500 --------------------------> 1280 ----------------------> 1500
 *	  '-- 3 timeouts in a row --> 1064 -- 6 in a row --> 576, no DF
 *
 * Whom to believe. Anybody can send an ICMP message. It counts only if
 *
 *	- it quotes a number in flight (icmp.c; RFC 5927 4.1),
 *	- what it quotes is larger than the MTU that it names,
 *	- it would lower the path's MTU: a burst of large segments gives a burst
 *	  of messages, of which the first says all (RFC 1191 6.4),
 *
 * and at once only if no packet larger than the MTU that it names was ever
 * acknowledged. Otherwise the path did carry such packets, and the claim waits:
 * it is true if the quoted number times out, and forgotten if that is
 * acknowledged (RFC 5927 7.2, with MAXSEGRTO = 1). A forger must not only guess
 * a number in flight, but also stop the connection before he can shrink it.
 *
 * No claim makes segments smaller than a packet of TCP_PATH_MTU_MIN. A path that
 * takes less gets packets of that size without DF, and may fragment them.
 *
 * Old routers name no MTU, but 0. Then the next lower one of RFC 1191's table
 * 7-1 is tried, counted from the size of the packet that is quoted.
 *
 * Black holes. Some routers drop and do not tell (RFC 2923 2.1). Small segments
 * get through, or there would be no connection; full-sized ones time out again
 * and again. After TCP_BLACK_HOLE_TIMEOUTS in a row for a segment that is larger
 * than the first size of the table below, that size is tried; after as many
 * again, the second. If the peer is merely gone, little is lost by it.
 *
 * What is learnt by ICMP is kept in net/ for the next connection to the same
 * place; a suspicion of a black hole concerns this connection only. Either is
 * forgotten after ten minutes, when one full-sized segment tries again. That is
 * all there is of RFC 4821: we never probe above the link's MTU, and if the path
 * is still narrow, we learn it again as the first time.
 */
#include "tcp/parts.h"

#define HEADERS_LEN (IP4_HDR_LEN + TCP_HDR_LEN)

/* RFC 1191 table 7-1, and below it what every host must take. */
static const uint16_t plateaus[] = { 65535, 32000, 17914, 8166, 4352,
	                             2002,  1492,  1006,  576,  508 };

/* MSS 1024 and 536 (RFC 2923 2.1, RFC 4821 7.7). */
static const uint16_t black_hole_sizes[] = { 1064, 576 };

/* RFC1191-2 */
static uint16_t plateau_below(uint16_t size)
{
	for (size_t i = 0; i < ARRAY_LEN(plateaus); i++)
		if (plateaus[i] < size)
			return plateaus[i];

	return TCP_PATH_MTU_MIN;
}

static bool is_discovering(const struct tcb *tcb)
{
	return tcb->settings.path_mtu_discover != TARN_PMTUDISC_DONT &&
	       !tcb->tcp->env->config.no_path_mtu;
}

bool path_mtu_wants_df(const struct tcb *tcb)
{
	return is_discovering(tcb) && !tcb->path.may_fragment;
}

/* Octets of the IP packet that carries @text octets. */
static uint32_t packet_len(const struct tcb *tcb, uint32_t text)
{
	return text + HEADERS_LEN + tcp_ts_option_len(tcb);
}

/* Eff.snd.MSS: what the peer takes, and what the path takes (MUST-16). */
static void set_mss(struct tcb *tcb)
{
	const uint32_t path = tcb->path.mtu - HEADERS_LEN;

	tcb->snd.mss = MIN(tcb->path.peer_mss, path) - tcp_ts_option_len(tcb);
}

/* What net/ knows, or our link's. */
static void look_up(struct tcb *tcb)
{
	struct tcp_path *path = &tcb->path;

	path->mtu      = tcb->tcp->env->config.mtu;
	path->until_us = TARN_NEVER;
	if (is_discovering(tcb))
		path->mtu = net_path_mtu(tcb->tcp->net, &tcb->conn.key.peer_ip,
		                         &path->until_us);
	set_mss(tcb);
}

void path_mtu_init(struct tcb *tcb, uint32_t peer_mss)
{
	tcb->path = (struct tcp_path){ .peer_mss = (uint16_t)peer_mss };
	look_up(tcb);
}

/* ---- Smaller ---- */

static void lower(struct tcb *tcb, uint16_t mtu)
{
	struct tcp_path *path = &tcb->path;

	path->mtu      = MAX(mtu, TCP_PATH_MTU_MIN);
	path->claimed  = 0;
	path->until_us = tcb->tcp->env->now_us + PATH_MTU_AGE_US;
	if (mtu < TCP_PATH_MTU_MIN)
		path->may_fragment = true;
	set_mss(tcb);
}

/* RFC1191-1, RFC1191-4
 * A claim that is believed: for this connection, and for those to come. */
static void believe(struct tcb *tcb, uint16_t mtu)
{
	lower(tcb, mtu);
	net_path_mtu_lower(tcb->tcp->net, &tcb->conn.key.peer_ip,
	                   tcb->path.mtu);
}

/* RFC5927-2 */
enum drop path_mtu_claim(struct tcb *tcb, uint32_t seq, uint32_t quoted_len,
                         uint16_t mtu)
{
	struct tcp_path *path = &tcb->path;

	if (!path_mtu_wants_df(tcb) || !tcp_in(tcb, TCPS_SENDING) ||
	    !rule_holds(tcb->tcp->env, RULE_PATH_MTU))
		return tcp_verdict(tcb, DROP_TCP_ICMP_SOFT);
	/* A router that got a super-frame may quote it as it was. */
	if (env_link_offloads(tcb->tcp->env))
		quoted_len = MIN(quoted_len, path->mtu);
	if (quoted_len > path->mtu)
		return tcp_verdict(
		        tcb,
		        DROP_TCP_PATH_MTU_OLD); /* smaller ones are on the way */
	if (mtu == 0)
		mtu = plateau_below((uint16_t)quoted_len);
	if (mtu >= quoted_len)
		return tcp_verdict(tcb, DROP_TCP_PATH_MTU_CLAIM);

	if (MAX(mtu, TCP_PATH_MTU_MIN) < path->acked_len) {
		path->claimed     = mtu;
		path->claimed_seq = seq;
		return tcp_verdict(tcb, DROP_TCP_PATH_MTU_WAITS);
	}
	believe(tcb, mtu);
	recovery_resize(tcb);

	return DROP_NONE;
}

/* ---- Time ---- */

/* RFC2923-1 */
/* What to try after so many timeouts of the first segment; 0: go on as it is. */
static uint16_t black_hole_size(const struct tcb *tcb)
{
	const uint32_t first =
	        packet_len(tcb, MIN(tcb->snd.ring.len, tcb->snd.mss));

	for (size_t i = 0; i < ARRAY_LEN(black_hole_sizes); i++)
		if (black_hole_sizes[i] < first &&
		    tcb->loss.timeouts == (i + 1) * TCP_BLACK_HOLE_TIMEOUTS)
			return black_hole_sizes[i];

	return 0;
}

void path_mtu_timeout(struct tcb *tcb)
{
	const uint16_t size = black_hole_size(tcb);

	if (!is_discovering(tcb) || !rule_holds(tcb->tcp->env, RULE_PATH_MTU))
		return;
	if (tcb->path.claimed) {
		tcb->path.acked_len = tcb->path.claimed; /* RFC 5927 7.2 */
		believe(tcb, tcb->path.claimed);
		return;
	}
	if (size == 0)
		return;

	lower(tcb, size);
	tcb->path.may_fragment =
	        size == black_hole_sizes[ARRAY_LEN(black_hole_sizes) - 1];
}

/* ---- Larger again ---- */

static void forget(struct tcb *tcb)
{
	tcb->path.may_fragment = false;
	look_up(tcb);
	/* One full-sized segment fits into any window of ours. */
	if (tcb->cc.cwnd < tcb->snd.mss)
		cc_set_cwnd(tcb, tcb->snd.mss, WHY_CC_IDLE);
}

void path_mtu_acked(struct tcb *tcb, uint32_t text)
{
	struct tcp_path *path = &tcb->path;
	const uint32_t len    = packet_len(tcb, MIN(text, tcb->snd.mss));

	path->acked_len = (uint16_t)MAX(path->acked_len, len);
	if (path->claimed && seq_gt(tcb->snd.una, path->claimed_seq))
		path->claimed = 0; /* it got through: the claim was false */
	if (tcb->tcp->env->now_us >= path->until_us)
		forget(tcb);
}
