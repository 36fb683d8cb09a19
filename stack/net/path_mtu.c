/* SPDX-License-Identifier: MIT */
/*
 * path_mtu.c - what is known of the largest packet to a destination (RFC 1191)
 *
 * Routers tell, a transport that sent the packet judges whether to believe it
 * (tcp/pathmtu.c), and here it is kept for the next connection to the same
 * place. Only lower values than the link's are kept, each for ten minutes: no
 * router ever says that a path has become wider, so from time to time somebody
 * must try (section 6.3).
 *
 * A small table, looked through from end to end: it is read when a connection
 * opens, not when a packet leaves. The entry that would expire first makes room
 * for a new one.
 */
#include "net/path_mtu.h"
#include "net/net_state.h"

static struct path_mtu *find(struct path_mtus *paths, const struct tarn_ip *dst,
                             uint64_t now_us)
{
	if (paths->until_us <= now_us)
		return NULL; /* as nearly always */

	for (unsigned i = 0; i < ARRAY_LEN(paths->at); i++)
		if (paths->at[i].until_us > now_us &&
		    ip_equal(&paths->at[i].dst, dst))
			return &paths->at[i];

	return NULL;
}

/* An entry that has expired, or the one that will be the next. */
static struct path_mtu *make_room(struct path_mtus *paths)
{
	struct path_mtu *oldest = &paths->at[0];

	for (unsigned i = 1; i < ARRAY_LEN(paths->at); i++)
		if (paths->at[i].until_us < oldest->until_us)
			oldest = &paths->at[i];

	return oldest;
}

/* RFC1191-3 */
uint16_t net_path_mtu(struct net *net, const struct tarn_ip *dst,
                      uint64_t *ret_until_us)
{
	const struct path_mtu *path = find(&net->paths, dst, net->env->now_us);

	*ret_until_us = path ? path->until_us : TARN_NEVER;

	return path ? MIN(path->mtu, net->mtu) : net->mtu;
}

void net_path_mtu_lower(struct net *net, const struct tarn_ip *dst,
                        uint16_t mtu)
{
	const uint64_t now_us = net->env->now_us;
	struct path_mtu *path = find(&net->paths, dst, now_us);

	if (path && path->mtu <= mtu)
		return; /* somebody knew; another connection's time runs */
	if (!path)
		path = make_room(&net->paths);

	*path = (struct path_mtu){
		.dst      = *dst,
		.mtu      = mtu,
		.until_us = now_us + PATH_MTU_AGE_US,
	};
	net->paths.until_us = path->until_us;
}
