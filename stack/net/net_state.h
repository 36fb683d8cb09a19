/* SPDX-License-Identifier: MIT */
/*
 * net_state.h - what net/ keeps, for files in net/ only
 *
 *	net.c		birth, death, the way in, time
 *	address.c	what kind of address is it?
 *	ethernet.c	frames in and out
 *	arp.c		ARP packets in and out
 *	acd.c		is our address ours? (RFC 5227)
 *	neighbour.c	which MAC has the next hop?
 *	route.c		which next hop has the destination?
 *	path_mtu.c	how large may a packet to the destination be?
 *	ip4_input.c	is the packet sound, and for us?
 *	reassembly.c	fragments in, datagrams out
 *	ip4_output.c	headers pushed, next hop chosen
 *	fragment.c	a packet cut into what the link carries
 *	icmp.c, icmp_error.c, icmp_quote.c, ping.c
 */
#ifndef NET_NET_STATE_H
#define NET_NET_STATE_H

#include "base/rule.h"
#include "net/acd.h"
#include "net/icmp.h"
#include "net/neighbour.h"
#include "net/net.h"
#include "net/path_mtu.h"
#include "net/ping.h"
#include "net/reassembly.h"
#include "net/route.h"
#include "wire/eth.h"

#define REPEAT_HEAD_LEN 34 /* Ethernet's and IPv4's, without options */

/** struct repeat - the last frame of TCP that was accepted (repeat.c) */
struct repeat {
	bool is_there;
	uint8_t head[REPEAT_HEAD_LEN];
	struct net_rx rx; /* what it turned out to be */
};

struct net {
	struct env *env;
	uint8_t mac[ETH_ADDR_LEN];
	uint16_t mtu; /* octets of IP packet in one frame */
	struct tarn_ip ip;
	uint8_t prefix_len; /* of our subnet: 1..32 */
	struct routes routes;
	struct path_mtus paths;
	struct acd acd;
	struct neighbours neighbours;
	struct reassembly reassembly;
	struct icmp_bucket icmp_bucket;
	struct ping ping;
	struct repeat repeat;
	struct random_key id_secret; /* of IP identifiers */
	uint16_t id_count;           /* identifiers given so far, modulo 2^16 */
};

/** net_is_on_link() - Can we reach @ip without a gateway? */
bool net_is_on_link(const struct net *net, const struct tarn_ip *ip);

/** address_is_usable_config() - May a host be given this address and prefix? */
bool address_is_sound(const struct tarn_ip *ip, uint8_t prefix_len);

/* ---- ethernet.c ---- */

/** ethernet_input() - One frame from the link; see net_input() */
enum drop ethernet_input(struct net *net, const uint8_t *frame, size_t len,
                         struct net_rx *ret);

/** ethernet_output() - Push the Ethernet header and hand the frame to the link
 *
 * Short frames are padded with zeroes. A frame that the link does not take is
 * counted here.
 *
 * Return: DROP_NONE, or DROP_IP4_LINK
 * RFC:    894, 1122 2.3.3
 */
enum drop ethernet_output(struct net *net, struct pkt *pkt,
                          const uint8_t dst[ETH_ADDR_LEN], uint16_t type);

/* ---- repeat.c ---- */

/** repeat_input() - Are the headers those of the last frame? Then fill @ret
 * Return: they are; otherwise ethernet_input() must look, @ret is untouched
 */
bool repeat_input(const struct net *net, const uint8_t *frame, size_t len,
                  struct net_rx *ret);
/** repeat_remember() - @frame was accepted as @rx */
void repeat_remember(struct net *net, const uint8_t *frame,
                     const struct net_rx *rx);

/* ---- arp.c ---- */

/** arp_input() - One ARP packet: conflict, answer to us, or question to us */
enum drop arp_input(struct net *net, const uint8_t *buf, size_t len);

/** net_emit_neighbour() - A neighbour's state, or our own address's, changed */
static inline void
net_emit_neighbour(struct net *net, enum tarn_event_kind kind,
                   const struct tarn_event_neighbour *neighbour,
                   struct reason reason)
{
	struct tarn_event event;

	if (!env_is_observed(net->env))
		return;

	event           = (struct tarn_event){ .kind = kind,
		                               .why  = reason.why,
		                               .src  = reason.src };
	event.neighbour = *neighbour;
	env_emit(net->env, &event);
}

/** arp_ask() - Who has @ip? To everybody, or (@mac not NULL) to one station */
void arp_ask(struct net *net, const struct tarn_ip *ip,
             const uint8_t mac[ETH_ADDR_LEN]);

/** arp_probe() - RFC 5227's probe: sender address zero, target ours */
void arp_probe(struct net *net);

/** arp_announce() - RFC 5227's announcement: sender and target address ours
 * @why:	WHY_ARP_ANNOUNCE or WHY_ARP_DEFEND
 */
#define arp_announce(net, why) arp_announce_at((net), BECAUSE(why))
void arp_announce_at(struct net *net, struct reason reason);

/* ---- ip4_input.c, ip4_output.c, fragment.c ---- */

/** ip4_input() - One IPv4 packet, perhaps followed by padding
 * @rx:	is_broadcast says how the frame was addressed; the rest is filled in
 */
enum drop ip4_input(struct net *net, const uint8_t *buf, size_t len,
                    struct net_rx *rx);

/** fragment_output() - Send an IP packet to a station, cut to the MTU if need be
 * @pkt:	its first header is the IPv4 header, without options
 *
 * Return: DROP_NONE, or DROP_IP4_LINK (counted; the rest is not sent)
 * RFC:    791 3.2, 1122 3.3.3
 */
enum drop fragment_output(struct net *net, struct pkt *pkt,
                          const uint8_t dst[ETH_ADDR_LEN]);

#endif
