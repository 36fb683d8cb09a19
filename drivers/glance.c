/* SPDX-License-Identifier: MIT */
/* glance.c - see glance.h */
#include "drivers/glance.h"
#include "base/bytes.h"
#include "wire/eth.h"
#include "wire/ip4.h"
#include "wire/udp.h"

/* RFC 791 section 3.1, as far as a glance needs it. */
enum {
	IP4_VERSION_IHL = 0,
	IP4_TOTAL_LEN   = 2,
	IP4_FRAGMENT    = 6,
	IP4_PROTO       = 9,
	IP4_SRC         = 12,
	IP4_DST         = 16,
};
#define IP4_OFFSET_MASK 0x1fff

static struct tarn_ip ip4_at(const uint8_t *octets)
{
	return tarn_ip4(octets[0], octets[1], octets[2], octets[3]);
}

/* @len: octets that are here; @sent_len: octets that the packet had. */
static void look_at_tcp(const uint8_t *buf, size_t len, size_t sent_len,
                        struct glance *ret)
{
	if (tcp_hdr_read(buf, len, &ret->tcp) != DROP_NONE ||
	    ret->tcp.hdr_len > sent_len)
		return;

	ret->kind     = GLANCE_TCP;
	ret->src.port = ret->tcp.src_port;
	ret->dst.port = ret->tcp.dst_port;
	ret->text_len = (uint32_t)(sent_len - ret->tcp.hdr_len);
}

static void look_at_udp(const uint8_t *buf, size_t len, struct glance *ret)
{
	ret->kind = GLANCE_UDP;
	if (len < UDP_HDR_LEN)
		return;

	ret->src.port = get_be16(buf);
	ret->dst.port = get_be16(buf + 2);
}

static void look_at_ip4(const uint8_t *buf, size_t len, struct glance *ret)
{
	size_t hdr_len, sent_len;
	bool is_first;

	if (len < IP4_HDR_LEN || buf[IP4_VERSION_IHL] >> 4 != TARN_IP4)
		return;
	hdr_len  = (size_t)(buf[IP4_VERSION_IHL] & 0xf) * 4;
	sent_len = get_be16(buf + IP4_TOTAL_LEN);
	if (hdr_len < IP4_HDR_LEN || hdr_len > len || hdr_len > sent_len)
		return;

	ret->kind   = GLANCE_IP4;
	ret->src.ip = ip4_at(buf + IP4_SRC);
	ret->dst.ip = ip4_at(buf + IP4_DST);
	ret->tcp_at = ETH_HDR_LEN + hdr_len;
	is_first    = (get_be16(buf + IP4_FRAGMENT) & IP4_OFFSET_MASK) == 0;
	/* What follows the packet in the frame is padding. */
	len = MIN(len, sent_len) - hdr_len;

	if (buf[IP4_PROTO] == IP_PROTO_ICMP)
		ret->kind = GLANCE_ICMP;
	else if (buf[IP4_PROTO] == IP_PROTO_UDP)
		look_at_udp(buf + hdr_len, is_first ? len : 0, ret);
	else if (buf[IP4_PROTO] == IP_PROTO_TCP && is_first)
		look_at_tcp(buf + hdr_len, len, sent_len - hdr_len, ret);
}

void glance_at(const uint8_t *frame, size_t len, struct glance *ret)
{
	struct eth_hdr eth;

	*ret = (struct glance){ .kind = GLANCE_OTHER };
	if (eth_hdr_read(frame, len, &eth) < 0)
		return;

	if (eth.type == ETH_TYPE_ARP)
		ret->kind = GLANCE_ARP;
	else if (eth.type == ETH_TYPE_IP4)
		look_at_ip4(frame + ETH_HDR_LEN, len - ETH_HDR_LEN, ret);
}

uint32_t glance_seq_len(const struct glance *glance)
{
	return glance->text_len + glance->tcp.syn + glance->tcp.fin;
}
