/* SPDX-License-Identifier: MIT */
/*
 * udp_state.h - what udp/ keeps, for files in udp/ only
 *
 *	udp.c		birth, death, pcbs and their readiness
 *	ports.c		local and remote ends: bind, connect, who is meant
 *	input.c		datagrams in, errors in
 *	output.c	datagrams out
 *	queue.c		datagrams that wait for the user
 */
#ifndef UDP_UDP_STATE_H
#define UDP_UDP_STATE_H

#include "base/rule.h"
#include "udp/udp.h"
#include "wire/udp.h"

/* Nobody outside chooses our ports, so the port itself is hash enough. */
#define UDP_BUCKET_COUNT 1024 /* a power of two */

struct udp {
	struct env *env;
	struct net *net;
	struct list unbound;                 /* pcbs without a port */
	struct list bound[UDP_BUCKET_COUNT]; /* pcbs by port */
	struct list ready;                   /* pcbs for udp_take_ready() */
	uint32_t count;
};

/** udp_bucket() - Where pcbs of a local port are, among others */
static inline struct list *udp_bucket(struct udp *udp, uint16_t port)
{
	return &udp->bound[port % UDP_BUCKET_COUNT];
}

/** udp_mark_ready() - Something happened that the user may want to know */
void udp_mark_ready(struct udp *udp, struct udp_pcb *pcb);

/** udp_set_error() - A pending error; a newer one replaces an older one */
void udp_set_error(struct udp *udp, struct udp_pcb *pcb, int error);

/** udp_bind_ephemeral() - Give an unbound pcb a free port at random
 *
 * Return: 0, or -EADDRINUSE when none is free
 */
int udp_bind_ephemeral(struct udp *udp, struct udp_pcb *pcb);

/** udp_find() - Whom does a datagram concern?
 * @local:	our end; its address may be a broadcast one
 * @peer:	the other end
 *
 * Return: the most specific pcb, of equals the newest; NULL: nobody
 */
struct udp_pcb *udp_find(struct udp *udp, const struct tarn_addr *local,
                         const struct tarn_addr *peer);

/** udp_is_meant() - Would this pcb take a datagram between these ends? */
bool udp_is_meant(const struct udp_pcb *pcb, const struct tarn_addr *local,
                  const struct tarn_addr *peer);

/** udp_queue_add() - Copy a datagram into a pcb's queue
 *
 * Return: DROP_NONE, DROP_UDP_QUEUE_FULL, DROP_UDP_MEMORY
 */
enum drop udp_queue_add(struct udp *udp, struct udp_pcb *pcb,
                        const struct tarn_addr *from, const uint8_t *data,
                        size_t len);

/** udp_queue_flush() - Give back everything that waits */
void udp_queue_flush(struct udp *udp, struct udp_pcb *pcb);

#endif
