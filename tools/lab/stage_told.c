/* SPDX-License-Identifier: MIT */
/*
 * stage_told.c - what the stacks and the wire say, as rows of the lesson
 *
 * A story numbers frames as the wire does, so that both ends and the wire mean
 * the same one; times are the lesson's, not those of the older stacks.
 */
#include "base/bytes.h"
#include "tools/lab/stage_state.h"
#include "wire/seq.h"

static void remember(struct stage *stage, unsigned end,
                     const struct story_row *story)
{
	struct end_view *view = &stage->view[end];
	struct glance glance;

	if (story->note.has_conn)
		view->note = story->note;
	if (story->kind != STORY_FRAME)
		return;
	glance_at(story->frame, story->len, &glance);
	if (glance.kind == GLANCE_TCP && story->note.has_conn) {
		view->local = story->is_rx ? glance.dst : glance.src;
		view->peer  = story->is_rx ? glance.src : glance.dst;
	}
	if (!story->is_rx && glance.kind >= GLANCE_IP4) {
		view->last_len = MIN(story->len, sizeof(view->last));
		memcpy(view->last, story->frame, view->last_len);
	}
}

static bool is_same_way(const struct kept *kept, unsigned from,
                        const struct glance *segment)
{
	return kept->from == from && !kept->is_forged && kept->is_tcp &&
	       kept->src_port == segment->src.port &&
	       kept->dst_port == segment->dst.port;
}

/* A SYN begins a connection; one that comes again begins no other. */
static void note_syn(const struct kept *kept, uint32_t *iss, uint64_t *found)
{
	if (!kept->is_syn)
		return;
	if (kept->seq != *iss)
		*found = 0;
	*iss = kept->seq;
}

/* Which earlier frame of its connection carried the segment's first octet? */
static uint64_t first_sending(const struct stage *stage, unsigned from,
                              uint64_t packet, const struct glance *segment)
{
	uint64_t found = 0;
	uint32_t iss   = 0;

	for (unsigned i = 0; i < stage->kept_count; i++) {
		const struct kept *kept = &stage->kept[i];

		if (kept->number >= packet)
			break;
		if (!is_same_way(kept, from, segment))
			continue;
		note_syn(kept, &iss, &found);
		if (!found &&
		    seq_in(segment->tcp.seq, kept->seq, kept->seq_len))
			found = kept->number;
	}

	return segment->tcp.syn && segment->tcp.seq != iss ? 0 : found;
}

void stage_tie(const struct stage *stage, struct stage_row *row)
{
	struct glance segment;

	glance_at(row->story->frame, row->story->len, &segment);
	if (segment.kind != GLANCE_TCP || glance_seq_len(&segment) == 0)
		return;
	row->of       = first_sending(stage, row->end, row->packet, &segment);
	row->is_again = row->of != 0;
}

static void told(struct stage *stage, unsigned end,
                 const struct story_row *story)
{
	struct stage_row row = { .kind  = STAGE_STORY,
		                 .end   = end,
		                 .story = story };

	if (story->kind == STORY_FRAME) {
		row.packet = story->packet;
		if (!story->is_rx)
			stage_tie(stage, &row);
	}
	remember(stage, end, story);
	stage_tell(stage, &row);
}

void stage_told_a(void *stage, const struct story_row *row)
{
	told(stage, LAB_A, row);
}

void stage_told_b(void *stage, const struct story_row *row)
{
	told(stage, LAB_B, row);
}

static uint64_t number(const struct stage *stage, unsigned end, bool is_rx)
{
	return is_rx ? wire_received(stage->wire, end) - stage->warm_packets
	             : stage_next_packet(stage);
}

uint64_t stage_number_a(void *stage, bool is_rx)
{
	return number(stage, LAB_A, is_rx);
}

uint64_t stage_number_b(void *stage, bool is_rx)
{
	return number(stage, LAB_B, is_rx);
}

static void observe(struct stage *stage, unsigned end,
                    const struct tarn_event *event)
{
	struct tarn_event shown = *event;

	if (stage->is_warming)
		return;
	shown.now_us        = stage_time(event->now_us);
	shown.note.first_us = stage_time(event->note.first_us);
	if (event->kind == TARN_EVENT_TCP_TIMER)
		shown.timer.deadline_us = stage_time(event->timer.deadline_us);
	story_event(stage->story[end], &shown);
}

void stage_observe_a(void *stage, const struct tarn_event *event)
{
	observe(stage, LAB_A, event);
}

void stage_observe_b(void *stage, const struct tarn_event *event)
{
	observe(stage, LAB_B, event);
}

void stage_wire_told(void *context, uint64_t number, unsigned from,
                     enum wire_fate fate)
{
	static const enum stage_kind kinds[] = {
		[WIRE_LOST]       = STAGE_LOST,
		[WIRE_OVERFLOWED] = STAGE_LOST,
		[WIRE_CORRUPTED]  = STAGE_CORRUPTED,
		[WIRE_DUPLICATED] = STAGE_DOUBLED,
	};
	struct stage *stage  = context;
	struct stage_row row = { .kind   = kinds[fate],
		                 .end    = from,
		                 .packet = number - stage->warm_packets };

	if (stage->is_warming)
		return;
	row.by = fate == WIRE_OVERFLOWED ? "queue"
	         : stage->fate_by        ? stage->fate_by
	                                 : "loss";
	stage_tell(stage, &row);
}
