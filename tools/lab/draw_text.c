/* SPDX-License-Identifier: MIT */
/* draw_text.c - see draw_text.h */
#include "tools/lab/draw_text.h"
#include "drivers/ladder_text.h"
#include "tools/lab/draw_frame.h"

struct flow *draw_take_in(struct peerstate *peers, const struct happening *row,
                          unsigned *ret_from)
{
	const bool from_a = (row->end == LAB_A) != row->is_rx;
	struct flow_step step;
	struct flow *flow = peerstate_find(peers, &row->glance, from_a ? 0 : 1,
	                                   true, ret_from);

	if (flow && !row->is_rx)
		flow_segment(flow, *ret_from, &row->glance, true, &step);

	return flow;
}

static void put_segment(struct peerstate *peers, bool is_absolute,
                        const struct happening *row,
                        char text[LADDER_MIDDLE_LEN],
                        char more[LADDER_MIDDLE_LEN])
{
	char part[LADDER_TEXT_LEN], options[LADDER_TEXT_LEN],
	        window[LADDER_TEXT_LEN];
	struct flow *flow;
	unsigned from;

	flow = draw_take_in(peers, row, &from);
	ladder_text_segment(is_absolute ? NULL : flow, from, &row->glance,
	                    part);
	ladder_text_window(flow, from, &row->glance, window);
	ladder_text_options(flow, from, &row->glance, row->head, row->head_len,
	                    options);
	if (row->is_rx) {
		snprintf(text, LADDER_MIDDLE_LEN, "%s", part);
		return;
	}
	if (is_absolute) /* the numbers need the room */
		window[0] = '\0';
	snprintf(text, LADDER_MIDDLE_LEN, "%s%s%s", part, window[0] ? " " : "",
	         window);
	snprintf(more, LADDER_MIDDLE_LEN, "%s", options);
}

void draw_text(struct peerstate *peers, bool is_absolute,
               const struct happening *row, char text[LADDER_MIDDLE_LEN],
               char more[LADDER_MIDDLE_LEN])
{
	more[0] = '\0';
	if (row->glance.kind == GLANCE_TCP)
		put_segment(peers, is_absolute, row, text, more);
	else
		draw_frame_text(row, text, LADDER_MIDDLE_LEN);
}
