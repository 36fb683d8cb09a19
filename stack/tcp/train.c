/* SPDX-License-Identifier: MIT */
/*
 * train.c - full segments that follow one of their like
 *
 *	output.c sends	|ETH|IP|TCP seq 1461 sum|text...|
 *	the train	|ETH|IP|TCP seq 2921 sum|text...|
 *			|ETH|IP|TCP seq 4381 sum|text...|  ...
 *
 * When a window opens, many segments leave in a row. The first is decided on
 * and built by output.c and segment.c. The next full one would get the same
 * answers: may it leave, how long is it, which reasons, options, window, which
 * neighbour? And its headers would differ from those that have just left in
 * two fields, the number and the sum. So here is decided once how many there
 * are of that kind, and each costs the two fields, the sum over its text, and
 * its line in the table of what was sent.
 *
 *	the loop of output.c asks	here
 *	-----------------------------	---------------------------------------
 *	both windows, whole segments	all of the train fits in both
 *	Nagle, SWS			a full segment always may
 *	PSH				the train ends before the end of a write,
 *					and before the last octet that waits
 *	FIN, URG			the same; nothing urgent waits
 *	options				timestamps of the same moment; no SACK
 *	window, ACK			nothing arrived in between
 *	ECN, limited transmit		not on this connection, not now
 *	route, neighbour, MTU		the first one has left just now
 *
 * A link that cuts super-frames gets one of those instead (segment.c). While
 * an observer looks, each segment takes the long way; what leaves is the same.
 * docs/design/0039
 */
#include "base/checksum.h"
#include "tcp/parts.h"

enum { AT_SEQ = 4, AT_FLAGS = 13, FLAG_ACK = 0x10 };

/* Is the connection in no state that makes two segments differ? */
static bool is_plain(const struct tcb *tcb)
{
	const struct env *env = tcb->tcp->env;

	return !env_is_observed(env) && !env_link_offloads(env) &&
	       env->config.without == 0 && tcb->loss.state == LOSS_OPEN &&
	       tcb->sent.sacked.octets + tcb->sent.lost.octets == 0 &&
	       tcb->loss.gone == 0 && !tcb->has_ecn && !tcb->snd.is_urgent &&
	       sack_option_len(tcb) == 0;
}

/* Is the segment that has just left a full one of the same kind? */
static bool is_like(const struct tcb *tcb, const struct pkt *pkt,
                    uint32_t hdr_len)
{
	const uint8_t *hdr = pkt->head + PKT_ROOM - hdr_len;
	size_t text_len    = 0;

	for (unsigned i = 0; i < pkt->part_count; i++)
		text_len += pkt->part[i].len;

	return tcb->tcp->last.out == tcb && pkt->has_left &&
	       text_len == segment_text_max(tcb) &&
	       tcb->tcp->last.hdr_len == hdr_len && hdr[AT_FLAGS] == FLAG_ACK;
}

/* Whole segments that both windows take, none with PSH or FIN. */
static uint32_t train_count(const struct tcb *tcb)
{
	const uint32_t flight = snd_flight(tcb);
	const uint32_t unsent = tcp_unsent(tcb);
	uint32_t room         = tcp_usable_window(tcb);

	if (unsent == 0 || flight >= tcb->cc.cwnd)
		return 0;

	room = MIN(room, tcb->cc.cwnd - flight);
	room = MIN(room, unsent - 1);
	room = MIN(room, push_ahead(tcb));

	return room / segment_text_max(tcb);
}

/* The text at @seq becomes the packet's. Return: its sum */
static uint64_t put_text(struct tcb *tcb, struct pkt *pkt, uint32_t seq)
{
	const struct sums *sums = tcb->tcp->env->sums;
	uint64_t sum            = 0;
	size_t offset           = 0;

	pkt->part_count =
	        (uint8_t)ring_slices(&tcb->snd.ring, seq - snd_text_seq(tcb),
	                             segment_text_max(tcb), pkt->part);
	for (unsigned i = 0; i < pkt->part_count; i++) {
		const struct tarn_slice *part = &pkt->part[i];
		const uint64_t plain = sums->add(0, part->data, part->len);

		sum += checksum_at(plain, offset);
		offset += part->len;
	}

	return sum;
}

/* The sum of all but number, sum and text. */
static uint64_t sum_template(const struct tcb *tcb, uint8_t *hdr,
                             uint32_t hdr_len)
{
	const struct conn_key *key = &tcb->conn.key;
	const uint64_t pseudo =
	        ip4_pseudo_sum(&key->local_ip, &key->peer_ip, IP_PROTO_TCP,
	                       hdr_len + segment_text_max(tcb));

	put_be32(hdr + AT_SEQ, 0);
	put_be16(hdr + TCP_SUM_OFFSET, 0);

	return checksum_add(pseudo, hdr, hdr_len);
}

/* The number and the sum of this one. */
static void finish(uint8_t *hdr, uint32_t seq, uint64_t sum)
{
	put_be32(hdr + AT_SEQ, seq);
	put_be16(hdr + TCP_SUM_OFFSET, checksum_fold(sum + seq));
}

/* The link takes it in parts: the text is summed where it lies. */
static void send_in_parts(struct tcb *tcb, uint32_t hdr_len, uint64_t base)
{
	struct pkt *pkt    = &tcb->tcp->last.pkt;
	const uint32_t seq = tcb->snd.nxt;

	finish(pkt->head + PKT_ROOM - hdr_len, seq,
	       base + put_text(tcb, pkt, seq));
	net_output_again(tcb->tcp->net, pkt);
}

/* The link lends the frame's place: the text is summed on its way there. */
static void send_in_place(struct tcb *tcb, uint8_t *frame, uint32_t hdr_len,
                          uint64_t base)
{
	const struct tcp *tcp = tcb->tcp;
	const struct pkt *pkt = &tcp->last.pkt;
	const uint32_t seq    = tcb->snd.nxt;
	const size_t head_len = (size_t)PKT_ROOM - pkt->head_at;
	const uint32_t at     = seq - snd_text_seq(tcb);
	const uint32_t len    = segment_text_max(tcb);

	memcpy(frame, pkt->head + pkt->head_at, head_len);
	base += ring_read_sum_at(&tcb->snd.ring, at, frame + head_len, len,
	                         tcp->env->sums);
	finish(frame + head_len - hdr_len, seq, base);
	net_frame_send(tcp->net, head_len + len);
}

static void send_train(struct tcb *tcb, uint32_t count, uint32_t hdr_len)
{
	struct pkt *pkt        = &tcb->tcp->last.pkt;
	uint8_t *hdr           = pkt->head + PKT_ROOM - hdr_len;
	const uint64_t base    = sum_template(tcb, hdr, hdr_len);
	const uint32_t len     = segment_text_max(tcb);
	const size_t frame_len = (size_t)PKT_ROOM - pkt->head_at + len;

	for (uint32_t i = 0; i < count; i++) {
		uint8_t *frame = net_frame_room(tcb->tcp->net, frame_len);

		if (frame)
			send_in_place(tcb, frame, hdr_len, base);
		else
			send_in_parts(tcb, hdr_len, base);
		scoreboard_sent(tcb, tcb->snd.nxt, tcb->snd.nxt + len, 1);
		tcb->snd.nxt += len;
	}
}

void train_follow(struct tcb *tcb)
{
	const uint32_t hdr_len = TCP_HDR_LEN + tcp_ts_option_len(tcb);
	const uint32_t len     = segment_text_max(tcb);
	uint32_t count;

	if (!is_plain(tcb) || !is_like(tcb, &tcb->tcp->last.pkt, hdr_len))
		return;
	count = train_count(tcb);
	if (count == 0)
		return;

	send_train(tcb, count, hdr_len);
	tcb->octets_sent += (uint64_t)count * len;
	tcb->count.segs_out += count;
	tcb->count.data_segs_out += count;
	prr_sent(tcb, count * len);
	tcp_note_sent(tcb, false);
}
