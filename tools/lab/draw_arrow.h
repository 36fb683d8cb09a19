/* SPDX-License-Identifier: MIT */
/*
 * draw_arrow.h - the arrow of one frame at one end, for draw.c
 *
 *	── text ──────╴╴╴	it leaves
 *	╶╶╶────── text ─▶	it arrives
 *	── text ──────✗ loss	it dies on its way
 *
 * and mirrored for what B sends. A's stand at the left, B's at the right.
 */
#ifndef TOOLS_LAB_DRAW_ARROW_H
#define TOOLS_LAB_DRAW_ARROW_H

#include "drivers/ladder_draw.h"
#include "tools/lab/draw.h"

/** draw_arrow() - @died: of what, or NULL */
void draw_arrow(const struct ladder_pen *pen, const struct happening *row,
                const char *text, const char *died,
                char ret[LADDER_MIDDLE_LEN]);

#endif
