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

	return fast_is_allowed(tcb->tcp) && !env_link_offloads(env) &&
	       tcb->loss.state == LOSS_OPEN &&
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

/** struct train - what all of its segments share */
struct train {
	struct pkt *pkt; /* the segment before: a template */
	uint32_t hdr_len, text_len, count;
	uint64_t base; /* the sum of all but number and text */
};

static struct train make_train(struct tcb *tcb, uint32_t hdr_len,
                               uint32_t count)
{
	const struct conn_key *key = &tcb->conn.key;
	struct train train         = {
		        .pkt      = &tcb->tcp->last.pkt,
		        .hdr_len  = hdr_len,
		        .text_len = segment_text_max(tcb),
		        .count    = count,
	};
	uint8_t *hdr = train.pkt->head + PKT_ROOM - hdr_len;

	put_be32(hdr + AT_SEQ, 0);
	put_be16(hdr + TCP_SUM_OFFSET, 0);
	train.base = checksum_add(ip4_pseudo_sum(&key->local_ip, &key->peer_ip,
	                                         IP_PROTO_TCP,
	                                         hdr_len + train.text_len),
	                          hdr, hdr_len);

	return train;
}

/* The number and the sum of this one. */
static void finish(uint8_t *hdr, uint32_t seq, uint64_t sum)
{
	put_be32(hdr + AT_SEQ, seq);
	put_be16(hdr + TCP_SUM_OFFSET, checksum_fold(sum + seq));
}

/* The link takes it in parts: the text is summed where it lies. */
static void send_in_parts(struct tcb *tcb, const struct train *train)
{
	const struct sums *sums = tcb->tcp->env->sums;
	const uint32_t seq      = tcb->snd.nxt;
	struct pkt *pkt         = train->pkt;
	uint64_t sum            = train->base;
	size_t offset           = 0;

	pkt->part_count =
	        (uint8_t)ring_slices(&tcb->snd.ring, seq - snd_text_seq(tcb),
	                             train->text_len, pkt->part);
	for (unsigned i = 0; i < pkt->part_count; i++) {
		const struct tarn_slice *part = &pkt->part[i];

		sum += checksum_at(sums->add(0, part->data, part->len), offset);
		offset += part->len;
	}
	finish(pkt->head + PKT_ROOM - train->hdr_len, seq, sum);
	net_output_again(tcb->tcp->net, pkt);
}

/* The link lends the frame's place: the text is summed on its way there. */
static void send_in_place(struct tcb *tcb, const struct train *train,
                          uint8_t *frame)
{
	const struct tcp *tcp = tcb->tcp;
	const uint32_t seq    = tcb->snd.nxt;
	const size_t head_len = (size_t)PKT_ROOM - train->pkt->head_at;
	uint64_t sum          = train->base;

	memcpy(frame, train->pkt->head + train->pkt->head_at, head_len);
	sum += ring_read_sum_at(&tcb->snd.ring, seq - snd_text_seq(tcb),
	                        frame + head_len, train->text_len,
	                        tcp->env->sums);
	finish(frame + head_len - train->hdr_len, seq, sum);
	net_frame_send(tcp->net, head_len + train->text_len);
}

static void send_train(struct tcb *tcb, const struct train *train)
{
	const size_t frame_len =
	        (size_t)PKT_ROOM - train->pkt->head_at + train->text_len;

	for (uint32_t i = 0; i < train->count; i++) {
		const uint32_t end = tcb->snd.nxt + train->text_len;
		uint8_t *frame     = net_frame_room(tcb->tcp->net, frame_len);

		if (frame)
			send_in_place(tcb, train, frame);
		else
			send_in_parts(tcb, train);
		scoreboard_sent(tcb, tcb->snd.nxt, end, 1);
		tcb->snd.nxt = end;
	}
}

void train_follow(struct tcb *tcb)
{
	const uint32_t hdr_len = TCP_HDR_LEN + tcp_ts_option_len(tcb);
	struct train train;
	uint32_t count, octets;

	if (!is_plain(tcb) || !is_like(tcb, &tcb->tcp->last.pkt, hdr_len))
		return;
	count = train_count(tcb);
	if (count == 0)
		return;

	train = make_train(tcb, hdr_len, count);
	send_train(tcb, &train);
	octets = count * train.text_len;
	tcb->octets_sent += octets;
	tcb->count.segs_out += count;
	tcb->count.data_segs_out += count;
	prr_sent(tcb, octets);
	tcp_note_sent(tcb, false);
}
