/* SPDX-License-Identifier: MIT */
/*
 * frames.h - handmade frames for the tests of who watches frames
 *
 * "We" are 10.9.0.1:40000, the peer is 10.9.0.2:80. Sequence numbers are
 * relative to the ISNs below. Checksums of TCP and UDP are left out: nobody
 * who only watches verifies them.
 */
#ifndef TESTS_UNIT_DRIVERS_FRAMES_H
#define TESTS_UNIT_DRIVERS_FRAMES_H

#include "base/bytes.h"
#include "wire/arp.h"
#include "wire/icmp.h"
#include "wire/ip4.h"
#include "wire/tcp.h"
#include "wire/udp.h"

#define FRAME_SIZE    1600
#define TEST_ISS_OURS 1000000u
#define TEST_ISS_PEER 0xfffffff0u /* wraps soon */

struct test_frame {
	size_t len;
	uint8_t octets[FRAME_SIZE];
};

/* Ethernet and IPv4 around @len octets that are already at offset 34. */
static inline void frame_finish(struct test_frame *frame, bool is_ours,
                                uint8_t proto, size_t len)
{
	const struct eth_hdr eth = {
		.dst  = { 2, 0x54, 10, 9, 0, is_ours ? 2 : 1 },
		.src  = { 2, 0x54, 10, 9, 0, is_ours ? 1 : 2 },
		.type = ETH_TYPE_IP4,
	};
	const struct ip4_hdr ip = {
		.hdr_len   = IP4_HDR_LEN,
		.total_len = (uint16_t)(IP4_HDR_LEN + len),
		.ttl       = 64,
		.proto     = proto,
		.src       = tarn_ip4(10, 9, 0, is_ours ? 1 : 2),
		.dst       = tarn_ip4(10, 9, 0, is_ours ? 2 : 1),
	};

	eth_hdr_write(frame->octets, &eth);
	ip4_hdr_write(frame->octets + ETH_HDR_LEN, &ip);
	frame->len = ETH_HDR_LEN + IP4_HDR_LEN + len;
}

static inline struct test_frame tcp_frame_with(bool is_ours, const char *flags,
                                               uint32_t seq, uint32_t ack,
                                               size_t text_len,
                                               const struct tcp_options *opt)
{
	struct test_frame frame  = { 0 };
	const struct tcp_hdr hdr = {
		.src_port = is_ours ? 40000 : 80,
		.dst_port = is_ours ? 80 : 40000,
		.seq      = seq + (is_ours ? TEST_ISS_OURS : TEST_ISS_PEER),
		.ack      = ack + (is_ours ? TEST_ISS_PEER : TEST_ISS_OURS),
		.syn      = strchr(flags, 'S') != NULL,
		.fin      = strchr(flags, 'F') != NULL,
		.rst      = strchr(flags, 'R') != NULL,
		.psh      = strchr(flags, 'P') != NULL,
		.ack_bit  = strchr(flags, '.') != NULL,
		.window   = 1000,
		.opt      = *opt,
	};
	const size_t hdr_len = tcp_hdr_write(frame.octets + 34, &hdr);

	frame_finish(&frame, is_ours, IP_PROTO_TCP, hdr_len + text_len);

	return frame;
}

static inline struct test_frame tcp_frame(bool is_ours, const char *flags,
                                          uint32_t seq, uint32_t ack,
                                          size_t text_len)
{
	const struct tcp_options none = { .mss = 0 };

	return tcp_frame_with(is_ours, flags, seq, ack, text_len, &none);
}

static inline struct test_frame udp_frame(bool is_ours, size_t len)
{
	struct test_frame frame  = { 0 };
	const struct udp_hdr hdr = { 40000, 53, (uint16_t)(UDP_HDR_LEN + len),
		                     0 };

	udp_hdr_write(frame.octets + 34, &hdr);
	frame_finish(&frame, is_ours, IP_PROTO_UDP, UDP_HDR_LEN + len);

	return frame;
}

static inline struct test_frame icmp_frame(bool is_ours)
{
	struct test_frame frame   = { 0 };
	const struct icmp_hdr hdr = { .type = ICMP_ECHO_REQUEST };

	icmp_hdr_write(frame.octets + 34, &hdr);
	frame_finish(&frame, is_ours, IP_PROTO_ICMP, ICMP_HDR_LEN);

	return frame;
}

static inline struct test_frame arp_frame(void)
{
	struct test_frame frame  = { .len = ETH_HDR_LEN + ARP_LEN };
	const struct eth_hdr eth = { .dst  = { 255, 255, 255, 255, 255, 255 },
		                     .src  = { 2, 0x54, 10, 9, 0, 1 },
		                     .type = ETH_TYPE_ARP };
	const struct arp_hdr arp = { .operation  = ARP_REQUEST,
		                     .sender_mac = { 2, 0x54, 10, 9, 0, 1 },
		                     .sender_ip  = tarn_ip4(10, 9, 0, 1),
		                     .target_ip  = tarn_ip4(10, 9, 0, 2) };

	eth_hdr_write(frame.octets, &eth);
	arp_hdr_write(frame.octets + ETH_HDR_LEN, &arp);

	return frame;
}

#endif
