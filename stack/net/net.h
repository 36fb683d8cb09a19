/* SPDX-License-Identifier: MIT */
/*
 * net.h - from the link to a datagram for us, and back down
 *
 *	up	net_input: ethernet.c -> ip4_input.c -> reassembly.c -> icmp.c
 *	down	ip_output: route.c -> ip4_output.c -> neighbour.c -> ethernet.c
 *
 * net/ knows no transport. What is for one is handed back as a struct net_rx
 * and stack.c gives it to whom it concerns. ARP, echo and errors are answered
 * here, at once: they are the stateless replies that design.md excepts from
 * "input marks, output sends".
 */
#ifndef NET_NET_H
#define NET_NET_H

#include "base/env.h"
#include "base/pkt.h"
#include "wire/icmp.h"
#include "wire/ip4.h"

struct net; /* net/net_state.h, for files in net/ only */

enum net_rx_kind {
	NET_RX_NOTHING,  /* handled or dropped here */
	NET_RX_DATAGRAM, /* for TCP or UDP */
	NET_RX_ERROR,    /* an ICMP error about a datagram that we sent */
};

/**
 * struct net_rx - what a frame turned out to be
 *
 * The octets are borrowed until the next net_input() or net_timeouts().
 */
struct net_rx {
	enum net_rx_kind kind;
	struct tarn_ip src, dst;
	uint8_t proto, ttl, tos;
	bool is_broadcast;   /* to more than one host, in either header */
	const uint8_t *data; /* the transport's header and payload */
	size_t len;
	const uint8_t *packet; /* the IP packet, for net_unreachable() */
	size_t packet_len;
	struct tarn_offload offload; /* what the link said of the frame */
	bool has_good_sum;           /* the transport's need not be checked */
	/* NET_RX_ERROR: src, dst, proto and data are the quoted packet's, so
	 * src is us; from is who reported it. */
	struct tarn_ip from;
	struct icmp_hdr icmp;
	uint16_t quoted_len; /* the quoted packet's total length */
};

/** net_create() - Return: 0, -EINVAL, -ENOMEM. Reads link, ip, ... from env->config */
int net_create(struct env *env, struct net **ret);
void net_destroy(struct net *net);

/** net_input() - One frame from the link, from destination MAC to payload end
 *
 * Return: DROP_NONE (then look at ret->kind) or why it went no further
 */
enum drop net_input(struct net *net, const uint8_t *frame, size_t len,
                    struct net_rx *ret);
/** net_input_offloaded() - The same, and what the link says of the frame */
enum drop net_input_offloaded(struct net *net, const uint8_t *frame, size_t len,
                              const struct tarn_offload *offload,
                              struct net_rx *ret);

/** net_timeouts() - Do what is due at env->now_us (neighbours, ACD, reassembly) */
void net_timeouts(struct net *net);
/** net_deadline() - When net_timeouts() has something to do, or TARN_NEVER */
uint64_t net_deadline(const struct net *net);

/** struct ip_tx - what IP is told about a packet */
struct ip_tx {
	struct tarn_ip src, dst;
	uint8_t proto;
	uint8_t ttl; /* 0: IP4_TTL_DEFAULT */
	uint8_t tos;
	bool dont_fragment;
	bool broadcast_allowed; /* SO_BROADCAST */
};

/** ip_output() - Send one transport packet; headers are pushed, payload borrowed
 *
 * Whatever is lost on the way is counted and told here, by env_drop(): the
 * caller reacts to what is returned and does not count it again.
 *
 * Return: DROP_NONE if sent or queued for its neighbour, else why not
 */
enum drop ip_output(struct net *net, struct pkt *pkt, const struct ip_tx *tx);

/** net_output_again() - Send a packet that has just left (pkt->has_left) once
 * more, after its transport header or payload became another of the same length */
enum drop net_output_again(struct net *net, const struct pkt *pkt);

/** net_frame_room() - Where the link lets us write a frame of @len octets
 * Return: NULL if nowhere; otherwise net_frame_send() must follow at once */
uint8_t *net_frame_room(struct net *net, size_t len);
/** net_frame_send() - It is written: all headers, the sum complete. Nobody
 * observes: the caller has looked */
enum drop net_frame_send(struct net *net, size_t len);

/** net_source() - The source address and MTU for a destination (MUST-44)
 *
 * Return: 0, -ENETUNREACH (no route), -EADDRNOTAVAIL (our address is not
 *	   usable: still probing is fine, lost is not)
 */
int net_source(const struct net *net, const struct tarn_ip *dst,
               struct tarn_ip *ret_src, uint16_t *ret_mtu);

/** net_path_mtu() - The largest packet that the path to @dst takes, as we know it
 * @ret_until_us: when to ask again; TARN_NEVER: it is the link's MTU
 */
uint16_t net_path_mtu(struct net *net, const struct tarn_ip *dst,
                      uint64_t *ret_until_us);
/** net_path_mtu_lower() - A transport believes that it is only @mtu (RFC 1191) */
void net_path_mtu_lower(struct net *net, const struct tarn_ip *dst,
                        uint16_t mtu);

/** net_is_local() - Is it an address of ours? */
bool net_is_local(const struct net *net, const struct tarn_ip *ip);
/** net_is_broadcast() - 255.255.255.255 or our subnet's broadcast address? */
bool net_is_broadcast(const struct net *net, const struct tarn_ip *ip);
/** net_is_unicast() - Can it be a single host's: not 0/8, 127/8, 224/4, 240/4, broadcast? */
bool net_is_unicast(const struct net *net, const struct tarn_ip *ip);

/** net_unreachable() - Answer @rx with ICMP type 3 @code, if the rules and the rate allow */
void net_unreachable(struct net *net, const struct net_rx *rx, uint8_t code);

/** net_confirm() - TCP heard from this peer: its neighbour entry is alive (RFC 1122 2.3.2.1) */
void net_confirm(struct net *net, const struct tarn_ip *peer);

/** net_doubt() - TCP hears nothing from this peer: is its next hop still there?
 *
 * The negative advice of RFC 1122 3.3.1.4 and 4.2.3.5 (MUST-20).
 */
void net_doubt(struct net *net, const struct tarn_ip *peer);

/** net_unreached() - A destination not reached since the last call, for EHOSTUNREACH
 *
 * Its next hop, itself or a gateway, did not answer ARP while a packet waited.
 *
 * Return: true and its address; false when there is none (bounded list)
 */
bool net_unreached(struct net *net, struct tarn_ip *ret);

/** net_address_state(), net_ping(), net_ping_reply(): see tarn.h */
int net_address_state(const struct net *net);
int net_ping(struct net *net, const struct tarn_ip *peer, uint16_t seq,
             const void *data, size_t len);
int net_ping_reply(struct net *net, struct tarn_ping_reply *ret);

/** net_neighbour_count(), net_reassembly_count() - what is held, for tarn_usage() */
uint32_t net_neighbour_count(const struct net *net);
uint32_t net_reassembly_count(const struct net *net);

#endif
