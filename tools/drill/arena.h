/* SPDX-License-Identifier: MIT */
/*
 * arena.h - memory that is given back all at once
 *
 * A parsed script is a web of small nodes that live exactly as long as it
 * does. They are cut from blocks; nobody frees one of them.
 */
#ifndef TOOLS_DRILL_ARENA_H
#define TOOLS_DRILL_ARENA_H

#include <stddef.h>

struct drill_arena;

/** arena_create() - Return: an empty arena; NULL: no memory */
struct drill_arena *arena_create(void);
void arena_destroy(struct drill_arena *arena);

/** arena_take() - @size octets, zeroed, aligned for any type; NULL: no memory */
void *arena_take(struct drill_arena *arena, size_t size);

/** arena_copy() - @len octets of text with a NUL behind them; NULL: no memory */
char *arena_copy(struct drill_arena *arena, const char *text, size_t len);

#endif
