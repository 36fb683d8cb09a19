/* SPDX-License-Identifier: MIT */
/*
 * route.c - from a destination to the next hop, RFC 1122 section 3.3.1
 *
 * The table is short and sorted by prefix length, so the first match is the
 * longest one. Addresses are compared as octets: nothing here knows how many
 * of them a family has.
 */
#include "net/route.h"
#include "base/bytes.h"
#include <errno.h>

static bool is_match(const struct tarn_ip *ip, const struct route *route)
{
	const unsigned octets = route->prefix_len / 8;
	const unsigned bits   = route->prefix_len % 8;

	if (ip->version != route->prefix.version ||
	    memcmp(ip->octet, route->prefix.octet, octets) != 0)
		return false;

	return bits == 0 || (ip->octet[octets] ^ route->prefix.octet[octets]) >>
	                                    (8 - bits) ==
	                            0;
}

int route_add(struct routes *routes, const struct route *route)
{
	unsigned at = 0;

	while (at < routes->count &&
	       routes->at[at].prefix_len >= route->prefix_len) {
		if (routes->at[at].prefix_len == route->prefix_len &&
		    is_match(&routes->at[at].prefix, route)) {
			routes->at[at] = *route;
			return 0;
		}
		at++;
	}
	if (routes->count == ROUTES_MAX)
		return -ENOBUFS;

	for (unsigned i = routes->count++; i > at; i--)
		routes->at[i] = routes->at[i - 1];
	routes->at[at] = *route;

	return 0;
}

const struct route *route_find(const struct routes *routes,
                               const struct tarn_ip *dst)
{
	for (unsigned i = 0; i < routes->count; i++)
		if (is_match(dst, &routes->at[i]))
			return &routes->at[i];

	return NULL;
}

bool route_next_hop(const struct routes *routes, const struct tarn_ip *dst,
                    struct tarn_ip *ret)
{
	const struct route *route = route_find(routes, dst);

	if (!route)
		return false;

	*ret = route->gateway.version == TARN_IP_NONE ? *dst : route->gateway;
	return true;
}
