/* SPDX-License-Identifier: MIT */
/*
 * ladder_draw.h - the lines of a ladder: columns, arrows, colour
 *
 *	|<-- 10 -->|<4>|<--- 12 --->|<-------- 57 -------->|<--- 12 --->|
 *	  0.000123  #1  ESTABLISHED │── . 1:1(0) ack 1 ───▶│ ESTABLISHED
 *
 * 100 columns with the two lifelines and the spaces around them. A cell that
 * does not fit pushes the rest to the right.
 */
#ifndef DRIVERS_LADDER_DRAW_H
#define DRIVERS_LADDER_DRAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define LADDER_MIDDLE_COLUMNS 57
#define LADDER_MIDDLE_LEN     512 /* octets, with room for UTF-8 and long text */

struct ladder_pen {
	FILE *out;
	bool ascii;
	bool color;
};

enum ladder_style {
	LADDER_PLAIN,
	LADDER_SENT,
	LADDER_RECEIVED,
	LADDER_LOST,
	LADDER_AGAIN,
	LADDER_DIM,
	LADDER_STRONG,
};

/** struct ladder_line - one line; NULL is an empty cell */
struct ladder_line {
	const char *time, *tag;
	const char *left, *middle, *right;
	enum ladder_style left_style, middle_style, right_style;
};

/** ladder_pen_init() - Colour if @out is a terminal and NO_COLOR is not set */
void ladder_pen_init(struct ladder_pen *pen, FILE *out, bool ascii);

void ladder_draw(const struct ladder_pen *pen, const struct ladder_line *line);

/** ladder_arrow() - "── text ───▶", "◀─ text ────", or "✗─ text ────" */
void ladder_arrow(const struct ladder_pen *pen, bool to_the_left, bool is_lost,
                  const char *text, char ret[LADDER_MIDDLE_LEN]);

/** ladder_columns() - Columns that UTF-8 text takes, all characters being narrow */
size_t ladder_columns(const char *text);

/** ladder_wrap() - Cut the next line of at most @columns off at a space or comma
 * @at:	moves to what is left
 * Return: false when nothing is left
 */
bool ladder_wrap(const char **at, size_t columns, char ret[LADDER_MIDDLE_LEN]);

#endif
