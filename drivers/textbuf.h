/* SPDX-License-Identifier: MIT */
/*
 * textbuf.h - text that grows up to a bound
 *
 * Whoever writes does not look at each step: a text that could not grow stays
 * as it was before that step, and says so at the end.
 */
#ifndef DRIVERS_TEXTBUF_H
#define DRIVERS_TEXTBUF_H

#include <stdbool.h>
#include <stddef.h>

struct textbuf {
	char *data; /* NUL behind it; NULL while nothing was written */
	size_t len, size;
	size_t max;   /* octets; 0: an empty text and no more */
	bool is_full; /* something was left out: @max, or no memory */
};

void textbuf_init(struct textbuf *text, size_t max);
void textbuf_free(struct textbuf *text);

/** textbuf_add() - printf() behind what is there: all of it or nothing */
__attribute__((format(printf, 2, 3))) void textbuf_add(struct textbuf *text,
                                                       const char *format, ...);

/** textbuf_cut() - Take back everything from @len on */
void textbuf_cut(struct textbuf *text, size_t len);

#endif
