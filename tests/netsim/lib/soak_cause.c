/* SPDX-License-Identifier: MIT */
/*
 * soak_cause.c - errors that have a cause in what was drawn; see soak.h
 *
 * A reset has one when the other end went before its time. Giving up has one
 * where much is lost. Anything goes where memory is refused, except what only
 * a wrong call can cause.
 */
#include "tests/netsim/lib/soak.h"
#include <errno.h>

/* May the other end have answered with a reset, or not at all? */
static bool peer_is_to_blame(const struct soak *soak,
                             const struct soak_conn *conn, unsigned who)
{
	const struct soak_end *peer = &conn->end[!who];
	const bool is_listener_shut = soak->listener[!who] < 0;

	if (conn->plan->opener == who && soak->plan.has_cookies[!who])
		return true;
	if (peer->state == END_NOT_YET)
		return is_listener_shut || soak->plan.is_lossy;

	return (peer->state == END_GONE &&
	        (!peer->is_clean || soak->plan.is_lossy)) ||
	       peer->was_discarding;
}

bool soak_has_a_cause(const struct soak *soak, const struct soak_conn *conn,
                      unsigned who, int error)
{
	if (soak->plan.is_starved)
		return error != EBADF && error != EINVAL && error != EFAULT;

	switch (error) {
	case ECONNRESET:
	case EPIPE:
	case ECONNREFUSED:
		return peer_is_to_blame(soak, conn, who);
	case ETIMEDOUT:
		return soak->plan.is_lossy || peer_is_to_blame(soak, conn, who);
	case EHOSTUNREACH: /* requests of ARP are lost too */
		return soak->plan.is_lossy || soak->plan.path[0].loss_ppm ||
		       soak->plan.path[1].loss_ppm;
	default:
		return false;
	}
}
