/* SPDX-License-Identifier: MIT */
/*
 * fastpath.c - the segment that was expected (header prediction)
 *
 * Most segments of a bulk transfer are the next text of the connection that
 * the last segment was for, and say nothing else. Such a one goes through the
 * eight checks of input.c with the answer known beforehand. Here the question
 * is asked once, whether that is so; if it is not, in any respect, the segment
 * takes the long way, as if this file did not exist.
 *
 *	check		what it would find		because
 *	-------------	---------------------------	------------------------
 *	checksum	right				it is computed here, too
 *	4-tuple		the connection			compared whole
 *	first	PAWS	TSval is not old		compared
 *		window	acceptable, no trimming		SEG.SEQ = RCV.NXT and all
 *							of it lies in the window
 *	second	RST	none				only ACK and PSH are set
 *	third		nothing is looked at, ever
 *	fourth	SYN	none				only ACK and PSH are set
 *	fifth	ACK	acknowledges nothing new	SEG.ACK = SND.UNA; it has
 *							text, so it is no duplicate
 *		window	the same as before		compared
 *		loss	nothing to learn		nothing is in flight
 *	sixth	URG	none				only ACK and PSH are set
 *	seventh	text	in order, at RCV.NXT		no hole, no FIN that waits
 *	eighth	FIN	none				only ACK and PSH are set
 *
 * The order of the checks matters where two of them would object; here none
 * does. One step changes its place: text is copied to where it will belong
 * while it is summed, and so before the sum is known. That leaves no trace if
 * the sum is wrong: the octets lie beyond RCV.NXT, where nothing was kept
 * (without holes nothing is), and nobody sees them before they are claimed.
 *
 * An observer is told of each step, so while one looks the long way is taken;
 * what comes out is the same (tests/scenario/fast_path.c). So it is where a
 * rule is left out. docs/design/0039
 */
#include "base/checksum.h"
#include "tcp/parts.h"

enum {
	AT_PORTS   = 0,
	AT_SEQ     = 4,
	AT_ACK     = 8,
	AT_OFFSET  = 12,
	AT_FLAGS   = 13,
	AT_WINDOW  = 14,
	AT_OPTIONS = 20,
	FLAG_PSH   = 0x08,
	FLAG_ACK   = 0x10,
	/* NOP, NOP, timestamps, 10 octets: as all of today's senders write it */
	STAMP_HEAD = 0x0101080a,
	STAMP_LEN  = 12,
};

/* What is sent before anything else may happen: input.c looks for it first. */
#define OWED_FIRST                                                             \
	(BIT(WHY_RESET) | BIT(WHY_ACK_HOLE) | BIT(WHY_ACK_AGAIN) |             \
	 BIT(WHY_CHALLENGE))

/* ---- Is it the next text, and nothing else? ---- */

static bool is_for(const struct conn_key *key, const struct net_rx *rx)
{
	const uint32_t ports = (uint32_t)key->peer_port << 16 | key->local_port;

	return get_be32(rx->data + AT_PORTS) == ports &&
	       !memcmp(&rx->src, &key->peer_ip, sizeof(rx->src)) &&
	       !memcmp(&rx->dst, &key->local_ip, sizeof(rx->dst));
}

/* Nothing is in flight that an acknowledgment could tell of. */
static bool expects_no_news(const struct tcb *tcb)
{
	return tcb->snd.una == tcb->snd.nxt && tcb->sent.count == 0 &&
	       tcb->loss.state == LOSS_OPEN && !tcb->tlp.is_out &&
	       !tcb->undo.is_armed && !tcb->rack.has_dsack_round &&
	       tcb->rack.reorder_until_us == 0;
}

/* What arrives in order is simply the next. */
static bool expects_text(const struct tcb *tcb)
{
	return tcb->state == TCPS_ESTABLISHED && !tcb->rcv.holes_after &&
	       !tcb->rcv.fin_waits && !tcb->rcv.discard && !tcb->has_ecn &&
	       !tcb->is_orphan && (tcb->owed & OWED_FIRST) == 0;
}

/* Of the header: length, control bits, and the layout of its options. */
static bool has_plain_header(const struct tcb *tcb, const uint8_t *hdr)
{
	const uint32_t hdr_len = TCP_HDR_LEN + tcp_ts_option_len(tcb);

	return hdr[AT_OFFSET] == hdr_len / 4 << 4 &&
	       (hdr[AT_FLAGS] & ~FLAG_PSH) == FLAG_ACK &&
	       (!tcb->has_timestamps ||
	        get_be32(hdr + AT_OPTIONS) == STAMP_HEAD);
}

/* Of the numbers: the next text, all of it in the window; nothing new for the
 * sender that we are, too. */
static bool has_expected_numbers(const struct tcb *tcb, const uint8_t *hdr,
                                 uint32_t text_len)
{
	const uint32_t wnd = (uint32_t)get_be16(hdr + AT_WINDOW)
	                     << tcb->snd.wscale;

	return get_be32(hdr + AT_SEQ) == tcb->rcv.nxt &&
	       get_be32(hdr + AT_ACK) == tcb->snd.una && text_len > 0 &&
	       text_len <= tcb->rcv.edge - tcb->rcv.nxt &&
	       wnd == tcb->snd.wnd && wnd > 0;
}

/* RFC 7323 5.3, R1: it is no old duplicate. */
static bool has_good_stamp(const struct tcb *tcb, const struct tcp_options *opt)
{
	return !opt->has_timestamps || seq_geq(opt->tsval, tcb->ts_recent);
}

/* The two stamps; the layout was looked at. */
static struct tcp_options read_stamp(const struct tcb *tcb, const uint8_t *hdr)
{
	if (!tcb->has_timestamps)
		return (struct tcp_options){ 0 };

	return (struct tcp_options){
		.has_timestamps = true,
		.tsval          = get_be32(hdr + AT_OPTIONS + 4),
		.tsecr          = get_be32(hdr + AT_OPTIONS + 8),
	};
}

static bool is_expected(const struct tcb *tcb, const struct net_rx *rx)
{
	const uint32_t hdr_len = TCP_HDR_LEN + tcp_ts_option_len(tcb);

	return rx->len > hdr_len && is_for(&tcb->conn.key, rx) &&
	       has_plain_header(tcb, rx->data) && expects_text(tcb) &&
	       expects_no_news(tcb) &&
	       has_expected_numbers(tcb, rx->data,
	                            (uint32_t)(rx->len - hdr_len));
}

/* ---- Then this is all there is to do ---- */

/* Copy the text behind what is held, and sum on the way. Return: the sum of
 * the whole is right, or the link has vouched for it */
static bool copy_text(struct tcb *tcb, const struct net_rx *rx,
                      const struct tcp_seg *seg)
{
	struct ring *ring       = &tcb->rcv.ring;
	const struct sums *sums = tcb->tcp->env->sums;
	const size_t hdr_len    = rx->len - seg->text_len;
	uint64_t sum;

	if (rx->has_good_sum) {
		ring_write_at(ring, ring->len, seg->text, seg->text_len);
		return true;
	}

	sum = ip4_pseudo_sum(&rx->src, &rx->dst, IP_PROTO_TCP, rx->len);
	sum = checksum_add(sum, rx->data, hdr_len);
	sum += ring_write_sum_at(ring, ring->len, seg->text, seg->text_len,
	                         sums);

	return checksum_fold(sum) == 0;
}

/* What the checks would have left behind, in their order. */
static void settle(struct tcb *tcb, const struct tcp_seg *seg)
{
	tcp_count_in(tcb, seg);
	tcp_remember_timestamp(tcb, seg); /* first */
	keep_alive_heard(tcb);            /* fifth */
	if (seq_lt(tcb->snd.wl1, seg->seq) || tcb->snd.wl1 == seg->seq) {
		tcb->snd.wl1 = seg->seq;
		tcb->snd.wl2 = seg->ack;
	}
	tcp_text_arrived(tcb, seg); /* seventh */
#ifdef TARN_TEST_BUILD
	tcb_verify(tcb);
#endif
}

bool fast_is_allowed(const struct tcp *tcp)
{
	const struct env *env = tcp->env;

	return (!env_is_observed(env) || tcp->is_hasty) &&
	       env->config.without == 0;
}

bool fast_path(struct tcp *tcp, const struct net_rx *rx)
{
	struct tcb *tcb = tcp->last.in;
	struct tcp_hdr hdr;
	struct tcp_seg seg;

	if (!tcb || !fast_is_allowed(tcp))
		return false;
	if (!is_expected(tcb, rx))
		return false;
	hdr.opt = read_stamp(tcb, rx->data);
	if (!has_good_stamp(tcb, &hdr.opt))
		return false;

	seg = (struct tcp_seg){
		.rx       = rx,
		.hdr      = &hdr, /* of which only the options are asked for */
		.seq      = tcb->rcv.nxt,
		.ack      = tcb->snd.una,
		.text_len = (uint32_t)rx->len - TCP_HDR_LEN -
		            tcp_ts_option_len(tcb),
		.gso_size = rx->offload.gso_size,
		.has_ack  = true,
		.psh      = rx->data[AT_FLAGS] & FLAG_PSH,
	};
	seg.text = rx->data + (rx->len - seg.text_len);
	if (ring_reserve(&tcb->rcv.ring, &tcp->env->memory,
	                 tcb->rcv.ring.len + seg.text_len) < 0)
		return false;
	if (!copy_text(tcb, rx, &seg))
		return false;
	settle(tcb, &seg);

	return true;
}
