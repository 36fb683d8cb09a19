/* SPDX-License-Identifier: MIT */
/*
 * acd.c - is our address ours? (RFC 5227)
 *
 *	create     probe     probe     probe            announce    announce
 *	|----------|---------|---------|----------------|-----------|
 *	0..WAIT     MIN..MAX  MIN..MAX  ANNOUNCE_WAIT   ours  INTERVAL
 *
 * A conflict before the first announcement is final: the address came from a
 * person, and only a person can choose another. After it we defend the address
 * once (section 2.4 b); a second conflict within DEFEND_INTERVAL ends it, or
 * two hosts would shout at each other for ever.
 *
 * Deviation: config.acd_fast shortens the times for links whose stations we
 * know (a TAP, the wire), config.acd_off leaves the probes out.
 */
#include "base/bytes.h"
#include "net/net_state.h"

/* Section 1.1; the fast set is ours. All in microseconds. */
static const struct timing {
	uint32_t probe_wait, probe_min, probe_max, announce_wait;
} timings[2] = {
	{ ACD_PROBE_WAIT_US, ACD_PROBE_MIN_US, ACD_PROBE_MAX_US,
	  ACD_ANNOUNCE_WAIT_US },
	{ ACD_FAST_PROBE_WAIT_US, ACD_FAST_PROBE_MIN_US, ACD_FAST_PROBE_MAX_US,
	  ACD_FAST_ANNOUNCE_WAIT_US },
};

static const struct timing *timing(const struct net *net)
{
	return &timings[net->env->config.acd_fast];
}

static uint64_t after(struct net *net, uint32_t min_us, uint32_t max_us)
{
	return net->env->now_us + min_us +
	       random_below(&net->env->random, max_us - min_us + 1);
}

static const char *state_name(enum acd_state state)
{
	static const char *const names[] = {
		[ACD_PROBING] = "probing",
		[ACD_OURS]    = "ours",
		[ACD_LOST]    = "lost",
	};

	return names[state];
}

static void set_state(struct net *net, enum acd_state state,
                      struct reason reason, const uint8_t mac[ETH_ADDR_LEN])
{
	struct tarn_event_neighbour told = {
		.ip   = net->ip,
		.from = state_name(net->acd.state),
		.to   = state_name(state),
	};

	memcpy(told.mac, mac, ETH_ADDR_LEN);
	net->acd.state = state;
	net_emit_neighbour(net, TARN_EVENT_ADDRESS, &told, reason);
}

void acd_init(struct net *net)
{
	net->acd = (struct acd){
		.state          = ACD_PROBING,
		.announce_count = ACD_ANNOUNCE_NUM,
		.conflict_us    = TARN_NEVER,
		.deadline_us    = after(net, 0, timing(net)->probe_wait),
	};
	if (!net->env->config.acd_off)
		return;

	net->acd.state          = ACD_OURS;
	net->acd.announce_count = 1;
	net->acd.deadline_us    = net->env->now_us;
}

/* Section 2.1.1 */
static void probe(struct net *net)
{
	struct acd *acd = &net->acd;

	arp_probe(net);
	if (++acd->probe_count < ACD_PROBE_NUM)
		acd->deadline_us = after(net, timing(net)->probe_min,
		                         timing(net)->probe_max);
	else
		acd->deadline_us =
		        net->env->now_us + timing(net)->announce_wait;
}

/* Section 2.3 */
static void announce(struct net *net)
{
	struct acd *acd = &net->acd;

	arp_announce(net, WHY_ARP_ANNOUNCE);
	if (--acd->announce_count > 0)
		acd->deadline_us = net->env->now_us + ACD_ANNOUNCE_INTERVAL_US;
	else
		acd->deadline_us = TARN_NEVER;
}

void acd_timeouts(struct net *net)
{
	const struct acd *acd = &net->acd;

	if (net->env->now_us < acd->deadline_us)
		return;
	if (acd->state == ACD_OURS) {
		announce(net);
	} else if (acd->probe_count < ACD_PROBE_NUM) {
		probe(net);
	} else {
		announce(net);
		set_state(net, ACD_OURS, BECAUSE(WHY_ARP_ANNOUNCE), net->mac);
		neigh_address_usable(net);
	}
}

/* The caller has seen that the sender is not us. A probe for our address is a
 * conflict only while we probe too; later it is a question that we answer. */
bool acd_is_conflict(const struct net *net, const struct arp_hdr *arp)
{
	const bool is_probe =
	        arp->operation == ARP_REQUEST && ip4_u32(&arp->sender_ip) == 0;

	if (net->acd.state == ACD_LOST)
		return false;
	if (net_is_local(net, &arp->sender_ip))
		return true;

	return net->acd.state == ACD_PROBING && is_probe &&
	       net_is_local(net, &arp->target_ip);
}

static void lose(struct net *net, const uint8_t mac[ETH_ADDR_LEN])
{
	net->acd.deadline_us = TARN_NEVER;
	set_state(net, ACD_LOST, BECAUSE(WHY_ARP_LOST), mac);
	neigh_flush(net, DROP_IP4_ADDRESS, WHY_ARP_LOST);
}

/* Section 2.4 */
void acd_conflict(struct net *net, const uint8_t mac[ETH_ADDR_LEN])
{
	struct acd *acd       = &net->acd;
	const uint64_t now_us = net->env->now_us;
	const bool is_again =
	        acd->conflict_us != TARN_NEVER &&
	        now_us - acd->conflict_us <= ACD_DEFEND_INTERVAL_US;

	if (acd->state == ACD_PROBING || is_again) {
		lose(net, mac);
		return;
	}

	acd->conflict_us = now_us;
	env_note_why(net->env, WHY_ARP_DEFEND);
	arp_announce(net, WHY_ARP_DEFEND);
}
