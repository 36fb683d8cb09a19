/* SPDX-License-Identifier: MIT */
/* path_mtu.h - the table of path MTUs, for files in net/ only; see net.h */
#ifndef NET_PATH_MTU_H
#define NET_PATH_MTU_H

#include "base/limits.h"
#include "tarn.h"

/** struct path_mtu - a path that is narrower than our link
 * @until_us:	forgotten then (RFC 1191 6.3); 0: free
 */
struct path_mtu {
	struct tarn_ip dst;
	uint16_t mtu; /* octets of IP packet */
	uint64_t until_us;
};

/** struct path_mtus - the table
 * @until_us:	when the last of them is forgotten
 */
struct path_mtus {
	uint64_t until_us;
	struct path_mtu at[PATH_MTU_ENTRIES_MAX];
};

#endif
