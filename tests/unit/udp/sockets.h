/* SPDX-License-Identifier: MIT */
/*
 * sockets.h - the UDP layer on the link of tests/unit/net/world.h
 *
 * Frames that arrive are dispatched as stack.c does it.
 */
#ifndef TESTS_UNIT_UDP_SOCKETS_H
#define TESTS_UNIT_UDP_SOCKETS_H

#include "tests/unit/net/world.h"
#include "udp/udp_state.h"

static struct world w;
static struct udp *udp;

static inline void open_udp(void)
{
	world_open(&w);
	ck_assert_drop(send_to(&w, PEER_IP, 0), DROP_NONE);
	ck_assert_drop(rx_arp(&w, ARP_REPLY, PEER_IP, peer_mac, US_IP),
	               DROP_NONE);
	w.sent_count = 0;
	ck_assert_int_eq(udp_create(&w.env, w.net, &udp), 0);
}

static inline void close_udp(void)
{
	udp_destroy(udp);
	world_close(&w);
}

static inline struct tarn_addr at(struct tarn_ip ip, uint16_t port)
{
	return (struct tarn_addr){ ip, port };
}

static inline struct tarn_addr any(uint16_t port)
{
	return (struct tarn_addr){ .port = port };
}

/** bound() - A pcb bound to this address */
static inline struct udp_pcb *bound(struct tarn_addr local)
{
	struct udp_pcb *pcb = udp_open(udp);

	ck_assert_ptr_nonnull(pcb);
	ck_assert_int_eq(udp_bind(udp, pcb, &local), 0);

	return pcb;
}

/** connected() - A pcb bound to a port and connected to this address */
static inline struct udp_pcb *connected(uint16_t port, struct tarn_addr peer)
{
	struct udp_pcb *pcb = bound(any(port));

	ck_assert_int_eq(udp_connect(udp, pcb, &peer), 0);

	return pcb;
}

/** put_udp() - A datagram with a right checksum. Return: its length */
static inline size_t put_udp(uint8_t *buf, struct tarn_addr from,
                             struct tarn_addr to, const void *data, size_t len)
{
	struct udp_hdr hdr = { .src_port = from.port,
		               .dst_port = to.port,
		               .length   = (uint16_t)(UDP_HDR_LEN + len) };

	udp_hdr_write(buf, &hdr);
	if (len)
		memcpy(buf + UDP_HDR_LEN, data, len);
	hdr.checksum = checksum_fold(checksum_add(
	        ip4_pseudo_sum(&from.ip, &to.ip, IP_PROTO_UDP, hdr.length), buf,
	        hdr.length));
	if (hdr.checksum == 0)
		hdr.checksum = 0xffff;
	udp_hdr_write(buf, &hdr);

	return hdr.length;
}

/** dispatch() - What stack.c does with a packet that net/ hands up */
static inline enum drop dispatch(enum drop drop)
{
	if (drop != DROP_NONE || w.rx.kind == NET_RX_NOTHING)
		return drop;
	if (w.rx.kind == NET_RX_ERROR)
		return env_count_drop(&w.env, udp_icmp_error(udp, &w.rx));

	return env_count_drop(&w.env, udp_input(udp, &w.rx));
}

/** rx_raw() - These octets as the payload of an IP packet */
static inline enum drop rx_raw(struct tarn_ip src, struct tarn_ip dst,
                               const uint8_t *datagram, size_t len)
{
	struct ip4_hdr hdr = ip4_to_us(IP_PROTO_UDP);

	hdr.src = src;
	hdr.dst = dst;

	return dispatch(rx_ip4(&w, hdr, datagram, len));
}

/** rx_udp() - A sound datagram */
static inline enum drop rx_udp(struct tarn_addr from, struct tarn_addr to,
                               const void *data, size_t len)
{
	uint8_t datagram[FRAME_MAX];
	const size_t total = put_udp(datagram, from, to, data, len);

	return rx_raw(from.ip, to.ip, datagram, total);
}

/** rx_error() - An ICMP error from the peer about a datagram of ours */
static inline enum drop rx_error(uint8_t type, uint8_t code,
                                 struct tarn_addr from, struct tarn_addr to)
{
	uint8_t quote[IP4_HDR_LEN + UDP_HDR_LEN];
	struct ip4_hdr hdr = { .total_len = 100,
		               .ttl       = 1,
		               .proto     = IP_PROTO_UDP,
		               .src       = from.ip,
		               .dst       = to.ip };
	struct udp_hdr cut = { from.port, to.port, 80, 0x1234 };

	ip4_hdr_write(quote, &hdr);
	udp_hdr_write(quote + IP4_HDR_LEN, &cut);

	return dispatch(rx_icmp(&w, type, code, 0, quote, sizeof(quote)));
}

/** receive() - The next datagram's length; its text in @text */
static inline ssize_t receive(struct udp_pcb *pcb, char text[64],
                              struct udp_from *from)
{
	memset(text, 0, 64);
	return udp_recv(udp, pcb, text, 63, false, from);
}

#endif
