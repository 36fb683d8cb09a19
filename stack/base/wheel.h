/* SPDX-License-Identifier: MIT */
/*
 * wheel.h - many timers, each O(1) to set, to move and to cancel
 *
 * A hierarchy of wheels of 64 slots. Level 0 has a slot per microsecond, each
 * level above a slot per 64 of the one below; a timer sits in the lowest level
 * in which its deadline and the present differ, and falls down as time passes.
 * A timer never fires early and is exact to the microsecond. A bitmap per
 * level finds the next slot in use without looking at the others.
 *
 * Timers with one deadline fire in the order in which they were set, so a run
 * repeats exactly.
 */
#ifndef BASE_WHEEL_H
#define BASE_WHEEL_H

#include "base/list.h"

/* 2^48 us, about 8.9 years; later ones wait at the end */
#define WHEEL_LEVELS 8
#define WHEEL_SLOTS  64

struct timer {
	struct list node;
	uint64_t deadline_us; /* TARN_NEVER: not set */
	uint8_t level, slot;  /* where it is, if it is set */
};

struct wheel {
	uint64_t now_us;
	uint64_t used[WHEEL_LEVELS]; /* a bit per slot that is not empty */
	struct list slot[WHEEL_LEVELS][WHEEL_SLOTS];
	struct list due; /* passed, not yet handed out */
	uint32_t count;  /* timers that are set */
};

void wheel_init(struct wheel *wheel, uint64_t now_us);
void timer_init(struct timer *timer);

/** timer_set() - (Re)arm; a deadline that has passed fires at the next advance */
void timer_set(struct wheel *wheel, struct timer *timer, uint64_t deadline_us);
void timer_cancel(struct wheel *wheel, struct timer *timer);
bool timer_is_set(const struct timer *timer);

/** wheel_advance() - Move to @now_us; what is due can then be taken */
void wheel_advance(struct wheel *wheel, uint64_t now_us);

/** wheel_take() - The next timer that is due, no longer set, or NULL */
struct timer *wheel_take(struct wheel *wheel);

/** wheel_deadline() - When to advance next: never later than the next timer
 *
 * It may be earlier (a slot of a higher level begins), never by more than a
 * slot of that level.
 */
uint64_t wheel_deadline(const struct wheel *wheel);

#endif
