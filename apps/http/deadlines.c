/* SPDX-License-Identifier: MIT */
/* deadlines.c - see deadlines.h */
#include "apps/http/deadlines.h"
#include <errno.h>
#include <stdlib.h>

#define FIRST_SIZE 64

static void put(struct deadlines *d, size_t slot, struct deadline *deadline)
{
	d->heap[slot - 1] = deadline;
	deadline->slot    = slot;
}

static struct deadline *get(const struct deadlines *d, size_t slot)
{
	return d->heap[slot - 1];
}

/* @deadline belongs at @slot or above it. */
static void sift_up(struct deadlines *d, struct deadline *deadline, size_t slot)
{
	for (; slot > 1 && get(d, slot / 2)->at_us > deadline->at_us; slot /= 2)
		put(d, slot, get(d, slot / 2));
	put(d, slot, deadline);
}

/* @deadline belongs at @slot or below it. */
static void sift_down(struct deadlines *d, struct deadline *deadline,
                      size_t slot)
{
	size_t child;

	while ((child = 2 * slot) <= d->count) {
		if (child < d->count &&
		    get(d, child + 1)->at_us < get(d, child)->at_us)
			child++;
		if (get(d, child)->at_us >= deadline->at_us)
			break;
		put(d, slot, get(d, child));
		slot = child;
	}
	put(d, slot, deadline);
}

static int make_room(struct deadlines *d)
{
	const size_t size = d->size ? 2 * d->size : FIRST_SIZE;
	struct deadline **heap;

	if (d->count < d->size)
		return 0;
	heap = realloc(d->heap, size * sizeof(struct deadline *));
	if (!heap)
		return -ENOMEM;
	d->heap = heap;
	d->size = size;

	return 0;
}

int deadlines_set(struct deadlines *d, struct deadline *deadline,
                  uint64_t at_us)
{
	const uint64_t before_us = deadline->at_us;

	if (deadline->slot == 0 && make_room(d))
		return -ENOMEM;
	deadline->at_us = at_us;
	if (deadline->slot == 0)
		sift_up(d, deadline, ++d->count);
	else if (at_us < before_us)
		sift_up(d, deadline, deadline->slot);
	else
		sift_down(d, deadline, deadline->slot);

	return 0;
}

void deadlines_drop(struct deadlines *d, struct deadline *deadline)
{
	const size_t slot = deadline->slot;
	struct deadline *last;

	if (slot == 0)
		return;
	last           = get(d, d->count--);
	deadline->slot = 0;
	if (last == deadline)
		return;
	/* The last one fills the gap; it may belong above or below it. */
	sift_up(d, last, slot);
	sift_down(d, last, last->slot);
}

struct deadline *deadlines_first(const struct deadlines *d)
{
	return d->count ? d->heap[0] : NULL;
}

void deadlines_free(struct deadlines *d)
{
	free(d->heap);
	*d = (struct deadlines){ 0 };
}
