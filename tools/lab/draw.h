/* SPDX-License-Identifier: MIT */
/*
 * draw.h - the two-ended ladder
 *
 *	  0.000000  #1       CLOSED │── S 0:0(0) win 65535 ────╴╴╴        │
 *	                   SYN-SENT │  opens the connection (RFC ...)     │
 *	  0.050000  #1              │        ╶╶╶────────────── S ────────▶│ LISTEN
 *	                            │     SYN arrived (RFC 9293 3.10.7.2) │ SYN-RECEIVED
 *
 * Both lifelines are true: each end says itself what it did and why. Time
 * runs down; a frame has a line where it leaves and one where it arrives, or
 * ends in ✗ where it died. The number ties them. Text only depends on the
 * rows; colour is added on a terminal.
 */
#ifndef TOOLS_LAB_DRAW_H
#define TOOLS_LAB_DRAW_H

#include "tools/lab/chronicle.h"
#include <stdio.h>

/** struct draw_options - zeroes are good defaults */
struct draw_options {
	bool ascii;
	bool why_column; /* reasons at the right edge, not below the arrows */
	bool no_why;
	bool all; /* every call, timer and change of cwnd */
};

struct draw;

int draw_open(FILE *out, const struct draw_options *options, struct draw **ret);
/** draw_rows() - The rows from @first up to @end, which is a whole instant */
void draw_rows(struct draw *draw, const struct lesson *lesson,
               const struct chronicle *chronicle, size_t first, size_t end);
void draw_close(struct draw *draw);

/** draw_skip(), draw_go_on() - rows in between are taken in and not shown */
void draw_skip(struct draw *draw);
void draw_go_on(struct draw *draw);
/** draw_shows() - Would the row have a line of its own? */
bool draw_shows(const struct draw_options *options, const struct lesson *lesson,
                const struct happening *row);

/** draw_is_before() - Is it from before the lesson's ladder begins? */
bool draw_is_before(const struct draw_options *options,
                    const struct lesson *lesson, const struct happening *row);

#endif
