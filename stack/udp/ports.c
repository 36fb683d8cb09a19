/* SPDX-License-Identifier: MIT */
/*
 * ports.c - local and remote ends: bind, connect, and who is meant
 *
 * A pcb claims a port on one address or on any. Two claims conflict when one
 * could take what is meant for the other, unless both have said SO_REUSEADDR
 * (then the newer takes it), as on Linux. What arrives goes to the most
 * specific claim:
 *
 *	connected to the sender > bound to the address > bound to any
 *
 * A pcb bound to our address does not hear broadcasts: their destination is
 * another one. Ephemeral ports are drawn at random (RFC 6056 section 3.3.1), so
 * that a forger of answers must guess them.
 */
#include "base/limits.h"
#include "udp/udp_state.h"
#include <errno.h>

#define EPHEMERAL_COUNT (TCP_EPHEMERAL_MAX - TCP_EPHEMERAL_MIN + 1)

/* ---- who is meant ---- */

static bool is_connected(const struct udp_pcb *pcb)
{
	return pcb->peer.port != 0;
}

bool udp_is_meant(const struct udp_pcb *pcb, const struct tarn_addr *local,
                  const struct tarn_addr *peer)
{
	if (pcb->local.port != local->port)
		return false;
	if (pcb->local.ip.version != TARN_IP_NONE &&
	    !ip_equal(&pcb->local.ip, &local->ip))
		return false;

	return !is_connected(pcb) || (pcb->peer.port == peer->port &&
	                              ip_equal(&pcb->peer.ip, &peer->ip));
}

static unsigned specificity(const struct udp_pcb *pcb)
{
	return (is_connected(pcb) ? 2u : 0u) +
	       (pcb->local.ip.version != TARN_IP_NONE ? 1u : 0u);
}

struct udp_pcb *udp_find(struct udp *udp, const struct tarn_addr *local,
                         const struct tarn_addr *peer)
{
	struct udp_pcb *best = NULL;

	LIST_FOR_EACH(at, udp_bucket(udp, local->port)) {
		struct udp_pcb *pcb = CONTAINER_OF(at, struct udp_pcb, node);

		if (udp_is_meant(pcb, local, peer) &&
		    (!best || specificity(pcb) >= specificity(best)))
			best = pcb;
	}

	return best;
}

/* ---- bind ---- */

static bool is_taken(struct udp *udp, uint16_t port)
{
	LIST_FOR_EACH(at, udp_bucket(udp, port)) {
		if (CONTAINER_OF(at, struct udp_pcb, node)->local.port == port)
			return true;
	}

	return false;
}

static bool is_conflict(const struct udp_pcb *a, const struct udp_pcb *b,
                        const struct tarn_addr *wanted)
{
	if (b->local.port != wanted->port || (a->reuse && b->reuse))
		return false;

	return wanted->ip.version == TARN_IP_NONE ||
	       b->local.ip.version == TARN_IP_NONE ||
	       ip_equal(&wanted->ip, &b->local.ip);
}

static void claim(struct udp *udp, struct udp_pcb *pcb, uint16_t port)
{
	pcb->local.port = port;
	list_remove(&pcb->node);
	list_append(udp_bucket(udp, port), &pcb->node);
}

int udp_bind_ephemeral(struct udp *udp, struct udp_pcb *pcb)
{
	uint32_t at = random_below(&udp->env->random, EPHEMERAL_COUNT);

	for (uint32_t i = 0; i < EPHEMERAL_COUNT; i++) {
		const uint16_t port = (uint16_t)(TCP_EPHEMERAL_MIN + at);

		if (!is_taken(udp, port)) {
			claim(udp, pcb, port);
			return 0;
		}
		at = (at + 1) % EPHEMERAL_COUNT;
	}

	return -EADDRINUSE;
}

int udp_bind(struct udp *udp, struct udp_pcb *pcb,
             const struct tarn_addr *local)
{
	int rc = 0;

	if (pcb->local.port != 0)
		return -EINVAL;
	if (local->ip.version != TARN_IP_NONE &&
	    !net_is_local(udp->net, &local->ip))
		return -EADDRNOTAVAIL;

	LIST_FOR_EACH(at, udp_bucket(udp, local->port)) {
		if (is_conflict(pcb, CONTAINER_OF(at, struct udp_pcb, node),
		                local))
			return -EADDRINUSE;
	}

	if (local->port == 0)
		rc = udp_bind_ephemeral(udp, pcb);
	else
		claim(udp, pcb, local->port);
	if (rc == 0)
		pcb->local.ip = local->ip;

	return rc;
}

/* ---- connect ---- */

/* The local address is the route's, as getsockname() after connect() tells;
 * it is forgotten again with the peer unless bind() had named it. */
static void dissolve(struct udp_pcb *pcb)
{
	pcb->peer = (struct tarn_addr){ .port = 0 };
	if (pcb->is_ip_routed)
		pcb->local.ip = (struct tarn_ip){ .version = TARN_IP_NONE };
	pcb->is_ip_routed = false;
}

int udp_connect(struct udp *udp, struct udp_pcb *pcb,
                const struct tarn_addr *peer)
{
	struct tarn_ip src;
	uint16_t mtu;
	int rc;

	if (peer->ip.version == TARN_IP_NONE) {
		dissolve(pcb);
		return 0;
	}
	if (peer->ip.version != TARN_IP4 || peer->port == 0)
		return -EINVAL;
	if (net_is_broadcast(udp->net, &peer->ip) && !pcb->broadcast)
		return -EACCES;
	rc = net_source(udp->net, &peer->ip, &src, &mtu);
	if (rc < 0)
		return rc;
	if (pcb->local.port == 0 && udp_bind_ephemeral(udp, pcb) < 0)
		return -EADDRNOTAVAIL;

	pcb->peer = (struct tarn_addr){
		.ip   = ip4_from_u32(ip4_u32(&peer->ip)),
		.port = peer->port,
	};
	if (pcb->local.ip.version == TARN_IP_NONE) {
		pcb->local.ip     = src;
		pcb->is_ip_routed = true;
	}

	return 0;
}
