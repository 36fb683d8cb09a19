/* SPDX-License-Identifier: MIT */
/* repeats.h - which packet a retransmission repeats; for story.c */
#ifndef DRIVERS_REPEATS_H
#define DRIVERS_REPEATS_H

#include "drivers/story.h"

#define REPEATS_MAX 1024 /* segments remembered; the oldest goes */

/** struct repeats - the segments that left with new octets, lately */
struct repeats {
	struct {
		uint32_t conn, seq, len;
		uint64_t now_us, packet;
	} sent[REPEATS_MAX]; /* a circle */
	size_t count;        /* of all that ever were in it */
};

/** repeats_of() - Remember the segment in @row, or find the one it repeats
 * Return: number of that packet; 0: it repeats none that is known
 */
uint64_t repeats_of(struct repeats *repeats, const struct story_row *row);

#endif
