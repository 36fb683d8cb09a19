/* SPDX-License-Identifier: MIT */
/*
 * gate.h - a link on which some connections can be stopped for a while
 *
 * While the gate is shut for a connection, its frames wait in both directions,
 * and go on in their order when it opens. To both ends that is a path that has
 * become slow: their timers run on. Everything else passes.
 */
#ifndef DRIVERS_GATE_H
#define DRIVERS_GATE_H

#include "drivers/link.h"

#define GATE_FRAMES_MAX 4096       /* that wait; then frames are lost */
#define GATE_OCTETS_MAX (8u << 20) /* of them; then the same */

struct gate;

/** gate_open() - Put a gate, which is open, in front of a link
 * @below:	taken on success: closing @ret closes it
 * @ret:	its state is the struct gate
 *
 * Return: 0, -ENOMEM
 */
int gate_open(struct link *below, struct link *ret);

/** gate_shut() - From now on frames of these connections wait
 * @holds:	asked for each segment and datagram; NULL: the gate opens
 */
void gate_shut(struct gate *gate,
               bool (*holds)(void *context, const struct tarn_addr *local,
                             const struct tarn_addr *peer),
               void *context);

/** gate_waiting(), gate_lost() - Frames that wait; that found no room */
unsigned gate_waiting(const struct gate *gate);
uint64_t gate_lost(const struct gate *gate);

#endif
