/* SPDX-License-Identifier: MIT */
/*
 * address.c - what kind of address is it? (RFC 1122 section 3.2.1.3)
 *
 *	{-1, -1}	255.255.255.255	every host on the link
 *	{net, -1}	10.9.0.255/24	every host of the subnet
 *	{net, 0}	10.9.0.0/24	the same, as 4.2BSD wrote it: nobody's
 *
 * A prefix of 31 bits has two hosts and no broadcast address (RFC 3021), one
 * of 32 bits has one host.
 */
#include "net/net_state.h"
#include <errno.h>

#define IP4_LIMITED_BROADCAST         0xffffffff
#define PREFIX_LEN_WITH_BROADCAST_MAX 30

static uint32_t host_mask(uint8_t prefix_len)
{
	return prefix_len < 32 ? UINT32_MAX >> prefix_len : 0;
}

static bool is_in_subnet(const struct net *net, uint32_t ip)
{
	return ((ip ^ ip4_u32(&net->ip)) & ~host_mask(net->prefix_len)) == 0;
}

/* All host bits one, or all zero, in a subnet that has such addresses. */
static bool is_host_part_special(uint32_t ip, uint8_t prefix_len)
{
	const uint32_t mask = host_mask(prefix_len);

	return prefix_len <= PREFIX_LEN_WITH_BROADCAST_MAX &&
	       ((ip & mask) == mask || (ip & mask) == 0);
}

/* 0/8 this network, 127/8 loopback, 224/4 multicast, 240/4 reserved. */
static bool is_host_by_class(uint32_t ip)
{
	return ip >> 24 != 0 && ip >> 24 != 127 && ip >> 24 < 224;
}

bool net_is_local(const struct net *net, const struct tarn_ip *ip)
{
	return ip_equal(ip, &net->ip);
}

bool net_is_broadcast(const struct net *net, const struct tarn_ip *ip)
{
	const uint32_t value = ip4_u32(ip);
	const uint32_t mask  = host_mask(net->prefix_len);

	if (ip->version != TARN_IP4)
		return false;
	if (value == IP4_LIMITED_BROADCAST)
		return true;

	return net->prefix_len <= PREFIX_LEN_WITH_BROADCAST_MAX &&
	       is_in_subnet(net, value) && (value & mask) == mask;
}

bool net_is_unicast(const struct net *net, const struct tarn_ip *ip)
{
	const uint32_t value = ip4_u32(ip);

	if (ip->version != TARN_IP4 || !is_host_by_class(value))
		return false;

	return !is_in_subnet(net, value) ||
	       !is_host_part_special(value, net->prefix_len);
}

bool net_is_on_link(const struct net *net, const struct tarn_ip *ip)
{
	const struct route *route = route_find(&net->routes, ip);

	return route && route->gateway.version == TARN_IP_NONE;
}

bool address_is_sound(const struct tarn_ip *ip, uint8_t prefix_len)
{
	if (ip->version != TARN_IP4 || prefix_len < 1 || prefix_len > 32)
		return false;

	return is_host_by_class(ip4_u32(ip)) &&
	       !is_host_part_special(ip4_u32(ip), prefix_len);
}

/* A destination that only a socket with SO_BROADCAST may send to has a source
 * address too, so broadcast is not refused here. To ourselves there is no way:
 * no loopback interface exists, and nobody on the link would answer. */
int net_source(const struct net *net, const struct tarn_ip *dst,
               struct tarn_ip *ret_src, uint16_t *ret_mtu)
{
	if (net->acd.state == ACD_LOST)
		return -EADDRNOTAVAIL;
	if (!net_is_broadcast(net, dst) &&
	    (!net_is_unicast(net, dst) || net_is_local(net, dst) ||
	     !route_find(&net->routes, dst)))
		return -ENETUNREACH;

	*ret_src = net->ip;
	*ret_mtu = net->mtu;
	return 0;
}
