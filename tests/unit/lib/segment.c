/* SPDX-License-Identifier: MIT */
/*
 * segment.c - segments on the wire: RFC 894, RFC 791 3.1, RFC 9293 3.1
 *
 *	0	 6	  12   14			34
 *	| to	 | from	  |0800| IPv4, 20 octets	| TCP, 20 to 60 | text
 */
#include "tests/unit/lib/segment.h"
#include <string.h>

enum {
	ETH_LEN   = 14,
	IP_AT     = ETH_LEN,
	IP_LEN    = 20,
	TCP_AT    = IP_AT + IP_LEN,
	TCP_LEN   = 20,
	FRAME_MIN = 60, /* shorter ones are padded, with zeroes (RFC 1042) */
};

static void put16(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value)
{
	put16(at, value >> 16);
	put16(at + 2, value & 0xffff);
}

static uint16_t get16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static uint32_t get32(const uint8_t *at)
{
	return (uint32_t)get16(at) << 16 | get16(at + 2);
}

/* RFC 1071, as plainly as it can be said. */
static uint32_t add_words(uint32_t sum, const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		sum += (uint32_t)data[i] << (i % 2 ? 0 : 8);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);

	return sum;
}

static uint16_t tcp_sum(const uint8_t *frame, size_t tcp_len)
{
	uint8_t pseudo[12];

	memcpy(pseudo, frame + IP_AT + 12, 8);
	pseudo[8] = 0;
	pseudo[9] = 6;
	put16(pseudo + 10, (unsigned)tcp_len);

	return (uint16_t)~add_words(add_words(0, pseudo, sizeof(pseudo)),
	                            frame + TCP_AT, tcp_len);
}

void segment_reseal_ip(uint8_t *frame)
{
	put16(frame + IP_AT + 10, 0);
	put16(frame + IP_AT + 10,
	      (uint16_t)~add_words(0, frame + IP_AT, IP_LEN));
}

void segment_reseal(uint8_t *frame, size_t len)
{
	put16(frame + IP_AT + 2, (unsigned)(len - ETH_LEN));
	segment_reseal_ip(frame);
	put16(frame + TCP_AT + 16, 0);
	put16(frame + TCP_AT + 16, tcp_sum(frame, len - TCP_AT));
}

size_t segment_write(const struct segment *segment,
                     uint8_t frame[SEGMENT_FRAME_MAX])
{
	const size_t header_len = TCP_LEN + segment->options_len;
	const size_t len        = TCP_AT + header_len + segment->text_len;
	uint8_t *ip = frame + IP_AT, *tcp = frame + TCP_AT;

	memset(frame, 0, TCP_AT + TCP_LEN);
	memcpy(frame, segment->dst_mac, 6);
	memcpy(frame + 6, segment->src_mac, 6);
	put16(frame + 12, 0x0800);

	ip[0] = 0x45;
	ip[1] = segment->tos;
	put16(ip + 6, 0x4000); /* DF */
	ip[8] = segment->ttl;
	ip[9] = 6;
	put32(ip + 12, segment->src_ip);
	put32(ip + 16, segment->dst_ip);

	put16(tcp, segment->src_port);
	put16(tcp + 2, segment->dst_port);
	put32(tcp + 4, segment->seq);
	put32(tcp + 8, segment->ack);
	tcp[12] = (uint8_t)(header_len / 4 << 4);
	tcp[13] = segment->flags;
	put16(tcp + 14, segment->window);
	put16(tcp + 18, segment->urgent);
	memcpy(tcp + TCP_LEN, segment->options, segment->options_len);
	if (segment->text_len)
		memcpy(tcp + header_len, segment->text, segment->text_len);
	segment_reseal(frame, len);

	return len;
}

static const char *find_ip_fault(const uint8_t *frame, size_t len)
{
	const uint8_t *ip = frame + IP_AT;

	if (len < TCP_AT + TCP_LEN)
		return "the frame is too short for a TCP segment";
	if (get16(frame + 12) != 0x0800 || ip[9] != 6)
		return "the frame holds no TCP segment";
	if (ip[0] != 0x45)
		return "the IPv4 header is not one of 20 octets";
	if (get16(ip + 2) < IP_LEN + TCP_LEN)
		return "the IPv4 length has no room for a TCP header";
	if (get16(ip + 2) > len - ETH_LEN)
		return "the IPv4 length is beyond the frame";
	if (get16(ip + 2) < len - ETH_LEN && len != FRAME_MIN)
		return "octets follow the IPv4 packet";
	if (add_words(0, ip, IP_LEN) != 0xffff)
		return "the IPv4 checksum is wrong";
	if (get16(ip + 6) & 0xbfff)
		return "it is a fragment";
	if (ip[8] == 0)
		return "TTL is zero";

	return NULL;
}

/* Options must be whole, and what follows EOL must be zero (MUST-69). */
static const char *find_option_fault(const uint8_t *at, const uint8_t *end)
{
	while (at < end && *at != 0) {
		if (*at == 1) {
			at++;
			continue;
		}
		if (end - at < 2 || at[1] < 2 || at[1] > end - at)
			return "an option overruns the header";
		at += at[1];
	}
	while (at < end) {
		if (*at++ != 0)
			return "padding is not zero";
	}

	return NULL;
}

static const char *find_tcp_fault(const uint8_t *frame, size_t len)
{
	const uint8_t *tcp      = frame + TCP_AT;
	const size_t header_len = (size_t)(tcp[12] >> 4) * 4;

	if (header_len < TCP_LEN || header_len > len - TCP_AT)
		return "the data offset is impossible";
	if (tcp[12] & 0x0f)
		return "reserved bits are set";
	if (tcp_sum(frame, len - TCP_AT) != 0)
		return "the TCP checksum is wrong";
	if (!(tcp[13] & SEG_ACK) && get32(tcp + 8) != 0)
		return "an acknowledgment number without ACK";
	if (!(tcp[13] & SEG_URG) && get16(tcp + 18) != 0)
		return "an urgent pointer without URG";

	return find_option_fault(tcp + TCP_LEN, tcp + header_len);
}

static const char *find_padding_fault(const uint8_t *at, const uint8_t *end)
{
	while (at < end) {
		if (*at++ != 0)
			return "the padding of the frame is not zero";
	}

	return NULL;
}

const char *segment_read(const uint8_t *frame, size_t len, struct segment *ret)
{
	const uint8_t *ip = frame + IP_AT, *tcp = frame + TCP_AT;
	const uint8_t *end = frame + len;
	const char *fault  = find_ip_fault(frame, len);
	size_t header_len;

	if (!fault) {
		len   = ETH_LEN + get16(ip + 2);
		fault = find_padding_fault(frame + len, end);
	}
	if (!fault)
		fault = find_tcp_fault(frame, len);
	if (fault)
		return fault;

	header_len = (size_t)(tcp[12] >> 4) * 4;
	*ret       = (struct segment){
		      .src_ip        = get32(ip + 12),
		      .dst_ip        = get32(ip + 16),
		      .ttl           = ip[8],
		      .tos           = ip[1],
		      .src_port      = get16(tcp),
		      .dst_port      = get16(tcp + 2),
		      .seq           = get32(tcp + 4),
		      .ack           = get32(tcp + 8),
		      .flags         = tcp[13],
		      .window        = get16(tcp + 14),
		      .urgent        = get16(tcp + 18),
		      .dont_fragment = get16(frame + IP_AT + 6) & 0x4000,
		      .options_len   = header_len - TCP_LEN,
		      .text          = tcp + header_len,
		      .text_len      = len - TCP_AT - header_len,
	};
	memcpy(ret->dst_mac, frame, 6);
	memcpy(ret->src_mac, frame + 6, 6);
	memcpy(ret->options, tcp + TCP_LEN, ret->options_len);

	return NULL;
}

const uint8_t *segment_option(const struct segment *segment, uint8_t kind)
{
	const uint8_t *at        = segment->options;
	const uint8_t *const end = at + segment->options_len;

	while (at < end && *at != 0) {
		if (*at == kind)
			return at;
		at += *at == 1 ? 1 : at[1];
	}

	return NULL;
}
