/* SPDX-License-Identifier: MIT */
/*
 * arp.c - ARP packets in and out (RFC 826, RFC 5227, RFC 1122 section 2.3.2)
 *
 * Stricter than RFC 826 in one thing: its merge rule would let any packet on
 * the link overwrite an entry. Here a packet makes an entry where none is
 * alive, or answers a question; what contradicts a live entry is counted and
 * makes us ask the station that we know (neighbour.c).
 */
#include "base/bytes.h"
#include "net/net_state.h"
#include <errno.h>

static const uint8_t zero_mac[ETH_ADDR_LEN];

static enum drop read_packet(struct net *net, const uint8_t *buf, size_t len,
                             struct arp_hdr *ret)
{
	const int rc = arp_hdr_read(buf, len, ret);

	if (rc == -EPROTONOSUPPORT)
		return env_verdict(net->env, DROP_ARP_FORM);
	if (rc < 0)
		return env_verdict(net->env, DROP_ARP_SHORT);
	if (ret->operation != ARP_REQUEST && ret->operation != ARP_REPLY)
		return env_verdict(net->env, DROP_ARP_OPERATION);

	return DROP_NONE;
}

/* Not a group's, not nobody's, not our own packet come back from a hub. */
static bool is_station(const struct net *net, const uint8_t mac[ETH_ADDR_LEN])
{
	return !eth_is_group(mac) && memcmp(mac, zero_mac, ETH_ADDR_LEN) != 0 &&
	       memcmp(mac, net->mac, ETH_ADDR_LEN) != 0;
}

static bool is_probe(const struct arp_hdr *arp)
{
	return arp->operation == ARP_REQUEST && ip4_u32(&arp->sender_ip) == 0;
}

static enum drop check_sender(const struct net *net, const struct arp_hdr *arp)
{
	if (is_probe(arp))
		return DROP_NONE;
	if (!net_is_unicast(net, &arp->sender_ip) ||
	    !net_is_on_link(net, &arp->sender_ip))
		return env_verdict(net->env, DROP_ARP_SENDER);

	return DROP_NONE;
}

static void reply(struct net *net, const struct arp_hdr *request)
{
	struct arp_hdr arp = {
		.operation = ARP_REPLY,
		.sender_ip = net->ip,
		.target_ip = request->sender_ip,
	};
	struct pkt pkt;

	memcpy(arp.sender_mac, net->mac, ETH_ADDR_LEN);
	memcpy(arp.target_mac, request->sender_mac, ETH_ADDR_LEN);
	pkt_init(&pkt);
	pkt_because(&pkt, WHY_ARP_REPLY);
	arp_hdr_write(pkt_push(&pkt, ARP_LEN), &arp);
	(void)ethernet_output(net, &pkt, arp.target_mac, ETH_TYPE_ARP);
}

/* Who asks for us will hear from us: its address is worth keeping. A probe has
 * none yet, and is answered so that its sender chooses another. */
static enum drop process_request(struct net *net, const struct arp_hdr *arp)
{
	const bool for_us = net_is_local(net, &arp->target_ip);
	enum drop drop    = DROP_NONE;

	if (!is_probe(arp))
		drop = neigh_heard(net, &arp->sender_ip, arp->sender_mac,
		                   for_us);
	if (for_us) {
		env_note_why(net->env, WHY_ARP_REPLY);
		reply(net, arp);
		return drop;
	}

	return drop != DROP_NONE ? drop
	                         : env_verdict(net->env, DROP_ARP_NOT_ME);
}

enum drop arp_input(struct net *net, const uint8_t *buf, size_t len)
{
	struct arp_hdr arp;
	enum drop drop = read_packet(net, buf, len, &arp);

	if (drop != DROP_NONE)
		return drop;
	if (!is_station(net, arp.sender_mac))
		return env_verdict(net->env, DROP_ARP_SENDER);
	if (acd_is_conflict(net, &arp)) {
		acd_conflict(net, arp.sender_mac);
		return env_verdict(net->env, DROP_ARP_CONFLICT);
	}
	drop = check_sender(net, &arp);
	if (drop != DROP_NONE)
		return drop;
	if (net->acd.state != ACD_OURS)
		return env_verdict(net->env, DROP_IP4_ADDRESS);
	if (arp.operation == ARP_REQUEST)
		return process_request(net, &arp);

	return neigh_answered(net, &arp.sender_ip, arp.sender_mac,
	                      net_is_local(net, &arp.target_ip));
}

static void send_request(struct net *net, const struct tarn_ip *sender_ip,
                         const struct tarn_ip *target_ip,
                         const uint8_t dst[ETH_ADDR_LEN], struct reason reason)
{
	struct arp_hdr arp = {
		.operation = ARP_REQUEST,
		.sender_ip = *sender_ip,
		.target_ip = *target_ip,
	};
	struct pkt pkt;

	memcpy(arp.sender_mac, net->mac, ETH_ADDR_LEN);
	if (!eth_is_group(dst))
		memcpy(arp.target_mac, dst, ETH_ADDR_LEN);
	pkt_init(&pkt);
	pkt_because_at(&pkt, reason);
	arp_hdr_write(pkt_push(&pkt, ARP_LEN), &arp);
	(void)ethernet_output(net, &pkt, dst, ETH_TYPE_ARP);
}

void arp_ask(struct net *net, const struct tarn_ip *ip,
             const uint8_t mac[ETH_ADDR_LEN])
{
	send_request(net, &net->ip, ip, mac ? mac : eth_broadcast,
	             mac ? BECAUSE(WHY_ARP_CONFIRM) : BECAUSE(WHY_ARP_REQUEST));
}

/* The sender address is zero so that no cache learns what may be wrong. */
void arp_probe(struct net *net)
{
	const struct tarn_ip nobody = { .version = TARN_IP4 };

	send_request(net, &nobody, &net->ip, eth_broadcast,
	             BECAUSE(WHY_ARP_PROBE));
}

void arp_announce_at(struct net *net, struct reason reason)
{
	send_request(net, &net->ip, &net->ip, eth_broadcast, reason);
}
