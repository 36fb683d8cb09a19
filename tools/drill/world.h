/* SPDX-License-Identifier: MIT */
/*
 * world.h - what surrounds the stack under test: its link, its clock, its memory
 *
 * One stack on a link whose other end is the script, and a clock that is a
 * number. Nothing happens but in world_settle() and world_step(), so the same
 * script gives the same frames at the same microsecond on every machine. ARP is
 * answered here, silently, for whatever address is asked for. Of what the stack
 * sends, IP packets wait in the order in which they left, each with its moment.
 */
#ifndef TOOLS_DRILL_WORLD_H
#define TOOLS_DRILL_WORLD_H

#include "tarn.h"

#define WORLD_FRAME_HEAD 14 /* octets of Ethernet header */

/** struct world_frame - one IP packet that the stack sent */
struct world_frame {
	struct world_frame *next;
	uint64_t at_us;
	size_t len; /* octets of @packet */
	uint8_t packet[];
};

/** struct world_queue - frames in order */
struct world_queue {
	struct world_frame *first, **last;
};

struct world {
	struct tarn *tarn;
	struct tarn_config config;
	uint64_t born_us, now_us;
	uint64_t deadline_us; /* when the stack wants to be polled */
	struct world_queue rx, tx;
	size_t memory_held; /* octets that the stack has */
	bool spins;         /* it never stopped wanting to be polled */
};

/** world_config() - The defaults, and our link and memory in them */
void world_config(struct world *world);
/** world_open() - Make the stack. Return: 0, or what tarn_create() says */
int world_open(struct world *world);
/** world_close() - Destroy the stack and all frames that wait
 * Return: octets that the stack did not give back; 0: all is well */
size_t world_close(struct world *world);

/** world_settle() - Let the stack do everything that is due now */
void world_settle(struct world *world);
/** world_step() - Settle, jump to the next deadline at or before @limit_us, settle
 * Return: false when there is none; time is then @limit_us */
bool world_step(struct world *world, uint64_t limit_us);

/** world_inject() - An IP packet arrives. Return: 0, -ENOMEM */
int world_inject(struct world *world, const uint8_t *packet, size_t len);
/** world_take() - The oldest packet that nobody has judged, or NULL
 * It is the caller's, who frees it. */
struct world_frame *world_take(struct world *world);

#endif
