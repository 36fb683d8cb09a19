/* SPDX-License-Identifier: MIT */
/* draw_frame.h - a frame that carries no TCP, in a few words */
#ifndef TOOLS_LAB_DRAW_FRAME_H
#define TOOLS_LAB_DRAW_FRAME_H

#include "tools/lab/chronicle.h"

/** draw_frame_text() - "UDP 49152 > 7, 100 octets": short enough for an arrow
 * @row:	a frame; its first octets will do
 */
void draw_frame_text(const struct happening *row, char *ret, size_t size);

#endif
