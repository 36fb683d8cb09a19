/* SPDX-License-Identifier: MIT */
/* route.h - from a destination to the next hop (RFC 1122 section 3.3.1) */
#ifndef NET_ROUTE_H
#define NET_ROUTE_H

#include "base/limits.h"
#include "tarn.h"
#include <stdbool.h>

/** struct route - where packets to a prefix go
 * @prefix:	its first prefix_len bits count
 * @gateway:	version NONE: the destination itself, it is on the link
 */
struct route {
	struct tarn_ip prefix, gateway;
	uint8_t prefix_len;
};

/** struct routes - the table, longest prefix first */
struct routes {
	unsigned count;
	struct route at[ROUTES_MAX];
};

/** route_add() - Add a route; one to the same prefix is replaced
 *
 * Return: 0, or -ENOBUFS when the table is full
 */
int route_add(struct routes *routes, const struct route *route);

/** route_find() - The route with the longest matching prefix, or NULL */
const struct route *route_find(const struct routes *routes,
                               const struct tarn_ip *dst);

/** route_next_hop() - The station that packets to @dst are handed to
 *
 * Return: true and the hop, or false: there is no route
 */
bool route_next_hop(const struct routes *routes, const struct tarn_ip *dst,
                    struct tarn_ip *ret);

#endif
