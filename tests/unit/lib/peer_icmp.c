/* SPDX-License-Identifier: MIT */
/* peer_icmp.c - ICMP errors about what the stack sent (RFC 792); see peer.h */
#include "tests/unit/lib/peer_state.h"
#include <string.h>

enum { IP_AT = 14, ICMP_AT = 34, ICMP_LEN = 36 /* 8, IPv4's 20, TCP's 8 */ };

static void seal_icmp(uint8_t *icmp)
{
	uint32_t sum = 0;

	for (unsigned i = 0; i < ICMP_LEN; i += 2)
		sum += (uint32_t)(icmp[i] << 8 | icmp[i + 1]);
	sum     = (sum >> 16) + (sum & 0xffff);
	sum     = ~(sum + (sum >> 16));
	icmp[2] = (uint8_t)(sum >> 8);
	icmp[3] = (uint8_t)sum;
}

/* An error of @type and @code with @word, about @text_len octets at @seq. */
static void inject(const uint8_t kind[2], uint16_t word, int64_t seq,
                   size_t text_len)
{
	uint8_t quoted[SEGMENT_FRAME_MAX], frame[SEGMENT_FRAME_MAX];
	static const uint8_t text[SEGMENT_FRAME_MAX];
	const struct segment sent = {
		.src_ip   = STACK_IP,
		.dst_ip   = PEER_IP,
		.ttl      = 63,
		.src_port = peer.flow->stack_port,
		.dst_port = peer.flow->peer_port,
		.seq      = peer.flow->iss + (uint32_t)seq,
		.flags    = SEG_ACK,
		.text     = text,
		.text_len = text_len,
	};
	const struct segment carrier = {
		.src_mac  = { 0x02, 0x54, 10, 9, 0, 1 },
		.dst_mac  = { 0x02, 0x54, 10, 9, 0, 2 },
		.src_ip   = PEER_IP,
		.dst_ip   = STACK_IP,
		.ttl      = 64,
		.text_len = ICMP_LEN - 20, /* the rest is its TCP header */
		.text     = quoted,
	};
	uint8_t *icmp = frame + ICMP_AT;

	segment_write(&sent, quoted);
	segment_write(&carrier, frame);
	frame[IP_AT + 9] = 1;
	segment_reseal_ip(frame);

	memset(icmp, 0, 8);
	icmp[0] = kind[0];
	icmp[1] = kind[1];
	icmp[6] = (uint8_t)(word >> 8);
	icmp[7] = (uint8_t)word;
	memcpy(icmp + 8, quoted + IP_AT, ICMP_LEN - 8);
	seal_icmp(icmp);
	write_down('<', "(ICMP)");
	peer_injects(frame, ICMP_AT + ICMP_LEN);
	settle();
}

void peer_icmp(uint8_t type, uint8_t code, int64_t seq)
{
	const uint8_t kind[2] = { type, code };

	inject(kind, 0, seq, 0);
}

void peer_too_big(uint16_t mtu, int64_t seq, size_t text_len)
{
	static const uint8_t kind[2] = { 3, 4 };

	inject(kind, mtu, seq, text_len);
}

void peer_allows_fragments(void)
{
	peer.allows_fragments = true;
}
