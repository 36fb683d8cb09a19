/* SPDX-License-Identifier: MIT */
/*
 * wheel.c - timers in a hierarchy of wheels; see wheel.h
 *
 * Write the deadline and the present in base 64. The highest digit in which
 * they differ is the timer's level, the deadline's digit there is its slot:
 *
 *	level		2	1	0
 *	now		5	17	60
 *	deadline	5	20	3	-> level 1, slot 20
 *
 * When the present reaches a slot (its digit becomes equal, those below are
 * zero) the timers in it are filed again, now at a lower level, or are due. So
 * at any time a timer's place follows from deadline and present alone: timers
 * with one deadline always share a slot, and filing them in the order in which
 * they stand keeps them first in, first out. On all levels but the last, slots
 * in use lie ahead of the present; the last one goes round in a circle.
 *
 * A deadline that had passed when it was set is filed in the slot of level 0
 * that the present is in, where nothing else can be, and falls due with the
 * next wheel_advance(): a handler that arms such a timer is not called again
 * in the same round.
 *
 * Deadlines beyond the last level (8.9 years) wait in the slot that is farthest
 * away and are looked at again when it is reached; only among them the order
 * of equal deadlines is not kept.
 */
#include "base/wheel.h"
#include "base/check.h"
#include "tarn.h"
#include <assert.h>

#define DIGIT_BITS 6
#define LEVEL_TOP  (WHEEL_LEVELS - 1)
#define LEVEL_DUE  WHEEL_LEVELS /* timer->level of those in wheel->due */
#define SLOT_MASK  (WHEEL_SLOTS - 1)

static_assert(1 << DIGIT_BITS == WHEEL_SLOTS, "a slot for each digit");

/* @time_us in slots of @level since time began; its last digit is the slot. */
static uint64_t ticks(uint64_t time_us, unsigned level)
{
	return time_us >> DIGIT_BITS * level;
}

static unsigned digit(uint64_t time_us, unsigned level)
{
	return ticks(time_us, level) & SLOT_MASK;
}

void wheel_init(struct wheel *wheel, uint64_t now_us)
{
	*wheel = (struct wheel){ .now_us = now_us };
	list_init(&wheel->due);
	for (unsigned level = 0; level < WHEEL_LEVELS; level++)
		for (unsigned slot = 0; slot < WHEEL_SLOTS; slot++)
			list_init(&wheel->slot[level][slot]);
}

void timer_init(struct timer *timer)
{
	*timer = (struct timer){ .deadline_us = TARN_NEVER };
	list_init(&timer->node);
}

bool timer_is_set(const struct timer *timer)
{
	return timer->deadline_us != TARN_NEVER;
}

static unsigned level_of(uint64_t now_us, uint64_t deadline_us)
{
	const uint64_t differ = now_us ^ deadline_us;
	const unsigned level =
	        differ ? (63u - (unsigned)__builtin_clzll(differ)) / DIGIT_BITS
	               : 0;

	return MIN(level, LEVEL_TOP);
}

static void file(struct wheel *wheel, struct timer *timer)
{
	const uint64_t at_us = MAX(timer->deadline_us, wheel->now_us);
	const unsigned level = level_of(wheel->now_us, at_us);
	const uint64_t far = ticks(at_us, level) - ticks(wheel->now_us, level);
	unsigned slot      = digit(at_us, level);

	if (far >= WHEEL_SLOTS)
		slot = (digit(wheel->now_us, level) - 1) & SLOT_MASK;

	timer->level = (uint8_t)level;
	timer->slot  = (uint8_t)slot;
	list_append(&wheel->slot[level][slot], &timer->node);
	wheel->used[level] |= 1ull << slot;
}

static void unfile(struct wheel *wheel, struct timer *timer)
{
	list_remove(&timer->node);
	if (timer->level < WHEEL_LEVELS &&
	    list_is_empty(&wheel->slot[timer->level][timer->slot]))
		wheel->used[timer->level] &= ~(1ull << timer->slot);
}

void timer_set(struct wheel *wheel, struct timer *timer, uint64_t deadline_us)
{
	timer_cancel(wheel, timer);
	if (deadline_us == TARN_NEVER)
		return;

	timer->deadline_us = deadline_us;
	file(wheel, timer);
	wheel->count++;
}

void timer_cancel(struct wheel *wheel, struct timer *timer)
{
	if (!timer_is_set(timer))
		return;

	unfile(wheel, timer);
	timer->deadline_us = TARN_NEVER;
	wheel->count--;
}

/* Empty one slot that the present has reached, oldest timer first. */
static void reach(struct wheel *wheel, unsigned level, unsigned slot)
{
	struct list *head = &wheel->slot[level][slot];
	struct list reached;

	/* Filing again may put a timer back here (the last level's far ones),
	 * so the slot is emptied into a list of its own first. */
	list_init(&reached);
	for (struct list *node; (node = list_take(head));)
		list_append(&reached, node);
	wheel->used[level] &= ~(1ull << slot);

	for (struct list *node; (node = list_take(&reached));) {
		struct timer *timer = CONTAINER_OF(node, struct timer, node);

		if (timer->deadline_us > wheel->now_us) {
			file(wheel, timer);
			continue;
		}
		timer->level = LEVEL_DUE;
		list_append(&wheel->due, node);
	}
}

/* When the next slot in use begins, and its level; TARN_NEVER: none is in use.
 * The slots of a level all begin before those of the level above. */
static uint64_t next_slot(const struct wheel *wheel, unsigned *ret_level)
{
	for (unsigned level = 0; level < WHEEL_LEVELS; level++) {
		const uint64_t used  = wheel->used[level];
		const unsigned first = digit(wheel->now_us, level) + 1;
		const uint64_t ahead = used >> (first & SLOT_MASK) |
		                       used << (-first & SLOT_MASK);

		if (!used)
			continue;

		*ret_level = level;
		return (ticks(wheel->now_us, level) + 1 +
		        (unsigned)__builtin_ctzll(ahead))
		       << DIGIT_BITS * level;
	}

	return TARN_NEVER;
}

/* Is a timer waiting whose deadline had passed when it was set? */
static bool has_late(const struct wheel *wheel)
{
	return wheel->used[0] >> digit(wheel->now_us, 0) & 1;
}

void wheel_advance(struct wheel *wheel, uint64_t now_us)
{
	unsigned level;

	if (has_late(wheel))
		reach(wheel, 0, digit(wheel->now_us, 0));

	for (;;) {
		const uint64_t next_us = next_slot(wheel, &level);

		if (next_us == TARN_NEVER || next_us > now_us)
			break;

		wheel->now_us = next_us;
		reach(wheel, level, digit(next_us, level));
	}
	wheel->now_us = MAX(wheel->now_us, now_us);
}

struct timer *wheel_take(struct wheel *wheel)
{
	struct list *node = list_first(&wheel->due);
	struct timer *timer;

	if (!node)
		return NULL;

	timer = CONTAINER_OF(node, struct timer, node);
	timer_cancel(wheel, timer);

	return timer;
}

uint64_t wheel_deadline(const struct wheel *wheel)
{
	unsigned level;

	if (!list_is_empty(&wheel->due) || has_late(wheel))
		return wheel->now_us;

	return next_slot(wheel, &level);
}
