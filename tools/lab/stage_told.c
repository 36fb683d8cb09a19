/* SPDX-License-Identifier: MIT */
/*
 * stage_told.c - what the stacks and the wire say, as rows of the lesson
 *
 * What a stack says goes through a story, which may hold a sent frame back
 * until the received one that caused it has its verdict. So the numbers of sent
 * frames wait in a queue for their rows.
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

/*
 * Which earlier frame of its connection carried the first octet of this
 * segment? A SYN with another number begins another connection.
 */
static uint64_t first_sending(const struct stage *stage, unsigned from,
                              uint64_t number, const struct glance *segment)
{
	const uint32_t len = glance_seq_len(segment);
	uint64_t found     = 0;
	uint32_t iss       = 0;

	for (unsigned i = 0; len && i < stage->kept_count; i++) {
		const struct kept *kept = &stage->kept[i];

		if (kept->number >= number)
			break;
		if (!is_same_way(kept, from, segment))
			continue;
		if (kept->is_syn && kept->seq != iss)
			found = 0;
		if (kept->is_syn)
			iss = kept->seq;
		if (!found && seq_leq(kept->seq, segment->tcp.seq) &&
		    seq_lt(segment->tcp.seq, kept->seq + kept->seq_len))
			found = kept->number;
	}

	return segment->tcp.syn && segment->tcp.seq != iss ? 0 : found;
}

void stage_tie(const struct stage *stage, struct stage_row *row)
{
	struct glance segment;

	glance_at(row->story->frame, row->story->len, &segment);
	if (segment.kind != GLANCE_TCP)
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

	if (story->kind == STORY_FRAME && story->is_rx) {
		row.packet = stage->rx_number[end];
	} else if (story->kind == STORY_FRAME && stage->tx_count[end]) {
		row.packet = stage->tx_number[end][stage->tx_first[end]];
		stage->tx_first[end] =
		        (stage->tx_first[end] + 1) % STAGE_QUEUE_MAX;
		stage->tx_count[end]--;
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

/* The stacks were born WARM_US before the lesson's time begins. */
static struct tarn_event in_lesson_time(const struct tarn_event *event)
{
	struct tarn_event copy = *event;

	copy.now_us -= MIN(copy.now_us, WARM_US);
	if (copy.kind == TARN_EVENT_TCP_TIMER &&
	    copy.timer.act == TARN_TIMER_ARMED)
		copy.timer.deadline_us -= MIN(copy.timer.deadline_us, WARM_US);

	return copy;
}

static void observe(struct stage *stage, unsigned end,
                    const struct tarn_event *event)
{
	const struct tarn_event shown = in_lesson_time(event);

	if (stage->is_warming)
		return;
	if (event->kind == TARN_EVENT_FRAME_RX)
		stage->rx_number[end] =
		        wire_received(stage->wire, end) - stage->warm_packets;
	if (event->kind == TARN_EVENT_FRAME_TX &&
	    stage->tx_count[end] < STAGE_QUEUE_MAX) {
		const unsigned at = stage->tx_first[end] + stage->tx_count[end];

		stage->tx_number[end][at % STAGE_QUEUE_MAX] =
		        stage_next_packet(stage);
		stage->tx_count[end]++;
	}
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
