/* SPDX-License-Identifier: MIT */
/*
 * deadlines.h - which of very many deadlines comes first: a binary heap
 *
 * Each deadline knows its slot, so that moving one costs O(log n) and finding
 * the first O(1), with a thousand connections or twelve.
 */
#ifndef APPS_HTTP_DEADLINES_H
#define APPS_HTTP_DEADLINES_H

#include <stddef.h>
#include <stdint.h>

/** struct deadline - part of what has one; zeroed means "in no heap" */
struct deadline {
	uint64_t at_us;
	size_t slot; /* 1-based place in the heap; 0: in none */
};

struct deadlines {
	struct deadline **heap; /* heap[0] comes first */
	size_t count, size;
};

/** deadlines_set() - Come at @at_us, whatever was set before
 *
 * Return: 0, -ENOMEM (only when @deadline was in no heap)
 */
int deadlines_set(struct deadlines *deadlines, struct deadline *deadline,
                  uint64_t at_us);
/** deadlines_drop() - Not at all; fine if it is in no heap */
void deadlines_drop(struct deadlines *deadlines, struct deadline *deadline);
/** deadlines_first() - The one that comes first, or NULL */
struct deadline *deadlines_first(const struct deadlines *deadlines);
void deadlines_free(struct deadlines *deadlines);

#endif
