/* SPDX-License-Identifier: MIT */
/* net.c - the internet layer's birth, death, way in and time; see net.h */
#include "base/bytes.h"
#include "net/net_state.h"
#include <errno.h>

#define MTU_MIN 576 /* what every host must take (RFC 791 section 3.1) */

static int check_config(const struct tarn_config *config)
{
	const struct tarn_ip *gateway = &config->gateway;

	if (config->ip.version == TARN_IP6)
		return -EAFNOSUPPORT;
	if (!config->ops || config->mtu < MTU_MIN || eth_is_group(config->mac))
		return -EINVAL;
	if (!address_is_sound(&config->ip, config->prefix_len))
		return -EINVAL;
	if (gateway->version != TARN_IP_NONE &&
	    !address_is_sound(gateway, config->prefix_len))
		return -EINVAL;

	return 0;
}

/* Locally administered, recognisable, and another for each address. */
static void derive_mac(const struct tarn_ip *ip, uint8_t ret[ETH_ADDR_LEN])
{
	ret[0] = 0x02;
	ret[1] = 0x54;
	memcpy(ret + 2, ip->octet, 4);
}

/* Our subnet is on the link; the rest is behind the gateway. A gateway outside
 * the subnet (a prefix of 32 bits has no other) is on the link by itself. */
static int add_routes(struct net *net, const struct tarn_config *config)
{
	const struct route subnet   = { .prefix     = config->ip,
		                        .prefix_len = config->prefix_len };
	const struct route fallback = { .prefix.version = TARN_IP4,
		                        .gateway        = config->gateway };
	const struct route host     = { .prefix     = config->gateway,
		                        .prefix_len = 32 };
	int rc                      = route_add(&net->routes, &subnet);

	if (rc < 0 || config->gateway.version == TARN_IP_NONE)
		return rc;
	if (net_is_local(net, &config->gateway))
		return -EINVAL;
	if (!net_is_on_link(net, &config->gateway)) {
		if (config->prefix_len < 32)
			return -EINVAL;
		rc = route_add(&net->routes, &host);
	}

	return rc < 0 ? rc : route_add(&net->routes, &fallback);
}

int net_create(struct env *env, struct net **ret)
{
	static const uint8_t none[ETH_ADDR_LEN];
	const struct tarn_config *config = &env->config;
	struct net *net;
	int rc = check_config(config);

	if (rc < 0)
		return rc;
	net = memory_take(&env->memory, sizeof(*net));
	if (!net)
		return -ENOMEM;

	net->env        = env;
	net->mtu        = config->mtu;
	net->ip         = config->ip;
	net->prefix_len = config->prefix_len;
	net->id_secret  = random_key_draw(&env->random);
	memcpy(net->mac, config->mac, ETH_ADDR_LEN);
	if (!memcmp(net->mac, none, ETH_ADDR_LEN))
		derive_mac(&net->ip, net->mac);
	rc = add_routes(net, config);
	if (rc < 0) {
		memory_give(&env->memory, net, sizeof(*net));
		return rc;
	}

	neigh_init(net);
	reassembly_init(net);
	icmp_bucket_init(net);
	ping_init(net);
	acd_init(net);
	*ret = net;

	return 0;
}

void net_destroy(struct net *net)
{
	if (!net)
		return;

	neigh_flush(net, DROP_NONE, WHY_NONE);
	reassembly_flush(net);
	memory_give(&net->env->memory, net, sizeof(*net));
}

enum drop net_input_offloaded(struct net *net, const uint8_t *frame, size_t len,
                              const struct tarn_offload *offload,
                              struct net_rx *ret)
{
	enum drop drop;

	reassembly_release(net);
	if (offload->flags == 0 && offload->gso_size == 0 &&
	    repeat_input(net, frame, len, ret))
		return DROP_NONE;

	*ret = (struct net_rx){ .kind = NET_RX_NOTHING, .offload = *offload };
	drop = ethernet_input(net, frame, len, ret);
	if (drop == DROP_NONE)
		repeat_remember(net, frame, ret);

	return drop;
}

enum drop net_input(struct net *net, const uint8_t *frame, size_t len,
                    struct net_rx *ret)
{
	static const struct tarn_offload none;

	return net_input_offloaded(net, frame, len, &none, ret);
}

void net_timeouts(struct net *net)
{
	reassembly_release(net);
	acd_timeouts(net);
	neigh_timeouts(net);
	reassembly_timeouts(net);
}

uint64_t net_deadline(const struct net *net)
{
	uint64_t deadline_us = wheel_deadline(&net->neighbours.wheel);

	deadline_us = MIN(deadline_us, net->acd.deadline_us);
	return MIN(deadline_us, reassembly_deadline(net));
}

int net_address_state(const struct net *net)
{
	switch (net->acd.state) {
	case ACD_PROBING:
		return 0;
	case ACD_OURS:
		return 1;
	case ACD_LOST:
		break;
	}

	return -EADDRINUSE;
}

void net_confirm(struct net *net, const struct tarn_ip *peer)
{
	struct tarn_ip hop;

	if (route_next_hop(&net->routes, peer, &hop))
		neigh_confirm(net, &hop);
}

void net_doubt(struct net *net, const struct tarn_ip *peer)
{
	struct tarn_ip hop;

	if (route_next_hop(&net->routes, peer, &hop))
		neigh_doubt(net, &hop);
}

uint32_t net_neighbour_count(const struct net *net)
{
	return net->neighbours.table.node_count;
}

uint32_t net_reassembly_count(const struct net *net)
{
	return net->reassembly.table.node_count;
}
