/* SPDX-License-Identifier: MIT */
/* draw_text.h - a frame of the ladder in words, for draw.c */
#ifndef TOOLS_LAB_DRAW_TEXT_H
#define TOOLS_LAB_DRAW_TEXT_H

#include "drivers/ladder_draw.h"
#include "drivers/peerstate.h"
#include "tools/lab/chronicle.h"

/** draw_take_in() - Every segment counts for the numbers of later ones, shown or not */
struct flow *draw_take_in(struct peerstate *peers, const struct happening *row,
                          unsigned *ret_from);

/** draw_text() - On the arrow (@text) and below it (@more: options)
 * @is_absolute: sequence numbers as they are on the wire
 */
void draw_text(struct peerstate *peers, bool is_absolute,
               const struct happening *row, char text[LADDER_MIDDLE_LEN],
               char more[LADDER_MIDDLE_LEN]);

#endif
