/* SPDX-License-Identifier: MIT */
/*
 * superframe.c - a super-frame cut into the segments that it stands for
 *
 *	|ETH|IP|TCP|text ...............................|
 *	|ETH|IP|TCP|text ...|  |ETH|IP|TCP|text ...|  |ETH|IP|TCP|text.|
 *	     '- its own length and sum; identifiers count up without DF
 *	        '- its own number and sum; FIN and PSH on the last, CWR on the
 *		   first (Linux: tcp_gso_segment)
 */
#include "drivers/superframe.h"
#include "base/bytes.h"
#include "base/checksum.h"
#include "wire/eth.h"
#include "wire/ip4.h"
#include "wire/tcp.h"

enum {
	IP4_TOTAL_LEN = 2, /* in the header */
	IP4_ID        = 4,
	IP4_CHECKSUM  = 10,
};
enum {
	TCP_SEQ   = 4, /* in the header */
	TCP_FLAGS = 13,
	TCP_FIN   = 0x01,
	TCP_PSH   = 0x08,
	TCP_CWR   = 0x80,
};

/* What a frame holds, if it is TCP over IPv4 and as long as it says. */
struct anatomy {
	struct ip4_hdr ip;
	size_t tcp_at, text_at; /* in the frame */
	size_t text_len;
};

static bool dissect(const uint8_t *frame, size_t len, struct anatomy *ret)
{
	struct eth_hdr eth;
	struct tcp_hdr tcp;

	if (eth_hdr_read(frame, len, &eth) < 0 || eth.type != ETH_TYPE_IP4)
		return false;
	if (ip4_hdr_read(frame + ETH_HDR_LEN, len - ETH_HDR_LEN, &ret->ip) !=
	    DROP_NONE)
		return false;
	if (ret->ip.proto != IP_PROTO_TCP || ret->ip.more_fragments ||
	    ret->ip.offset > 0)
		return false;

	ret->tcp_at = (size_t)ETH_HDR_LEN + ret->ip.hdr_len;
	len         = (size_t)ETH_HDR_LEN + ret->ip.total_len;
	if (tcp_hdr_read(frame + ret->tcp_at, len - ret->tcp_at, &tcp) !=
	    DROP_NONE)
		return false;
	ret->text_at  = ret->tcp_at + tcp.hdr_len;
	ret->text_len = len - ret->text_at;

	return true;
}

static uint32_t count_of(const struct anatomy *anatomy, uint16_t gso_size)
{
	const size_t count = (anatomy->text_len + gso_size - 1) / gso_size;

	return (uint32_t)MAX(count, 1);
}

/* The IP header at @buf, for a packet of @len octets. */
static void mend_ip(uint8_t *buf, const struct anatomy *anatomy, size_t len,
                    uint32_t index)
{
	const size_t hdr_len = anatomy->ip.hdr_len;

	put_be16(buf + IP4_TOTAL_LEN, (uint16_t)len);
	if (!anatomy->ip.dont_fragment)
		put_be16(buf + IP4_ID, (uint16_t)(anatomy->ip.id + index));
	put_be16(buf + IP4_CHECKSUM, 0);
	put_be16(buf + IP4_CHECKSUM,
	         checksum_fold(checksum_add(0, buf, hdr_len)));
}

static void mend_tcp(uint8_t *buf, const struct anatomy *anatomy, size_t len,
                     uint32_t at, bool is_last)
{
	uint64_t sum = ip4_pseudo_sum(&anatomy->ip.src, &anatomy->ip.dst,
	                              IP_PROTO_TCP, len);

	put_be32(buf + TCP_SEQ, get_be32(buf + TCP_SEQ) + at);
	if (!is_last)
		buf[TCP_FLAGS] &= (uint8_t) ~(TCP_FIN | TCP_PSH);
	if (at > 0)
		buf[TCP_FLAGS] &= (uint8_t)~TCP_CWR;
	put_be16(buf + TCP_SUM_OFFSET, 0);
	put_be16(buf + TCP_SUM_OFFSET,
	         checksum_fold(checksum_add(sum, buf, len)));
}

/* A frame of which nobody knows more than where its sum goes. */
static size_t complete(size_t len, const struct tarn_offload *offload,
                       uint8_t *buf)
{
	const size_t at = (size_t)offload->sum_start + offload->sum_offset;
	uint16_t sum;

	if (!(offload->flags & TARN_OFFLOAD_NEEDS_SUM) || at + 2 > len)
		return len;

	sum = checksum_fold(checksum_add(0, buf + offload->sum_start,
	                                 len - offload->sum_start));
	put_be16(buf + at, sum ? sum : 0xffff); /* RFC 768: 0 means none */

	return len;
}

size_t superframe_segment(const uint8_t *frame, size_t len,
                          const struct tarn_offload *offload, uint32_t index,
                          uint8_t *buf)
{
	struct anatomy anatomy;
	uint32_t count, at, text_len;

	if (offload->gso_size == 0 || !dissect(frame, len, &anatomy)) {
		memcpy(buf, frame, len);
		return index == 0 ? complete(len, offload, buf) : 0;
	}
	count = count_of(&anatomy, offload->gso_size);
	if (index >= count)
		return 0;

	at       = index * offload->gso_size;
	text_len = MIN(offload->gso_size, (uint32_t)anatomy.text_len - at);
	memcpy(buf, frame, anatomy.text_at);
	memcpy(buf + anatomy.text_at, frame + anatomy.text_at + at, text_len);
	len = anatomy.text_at + text_len;
	mend_ip(buf + ETH_HDR_LEN, &anatomy, len - ETH_HDR_LEN, index);
	mend_tcp(buf + anatomy.tcp_at, &anatomy, len - anatomy.tcp_at, at,
	         index + 1 == count);

	return len;
}
