/* SPDX-License-Identifier: MIT */
/*
 * story.c - see story.h
 *
 *	events:	RX ... TX ... STATE ... DONE
 *	rows:	frame(RX, verdict of DONE), frame(TX), STATE
 *
 * Between FRAME_RX and FRAME_DONE everything is copied into a scroll: one
 * growing block of octets that holds the frames, and one growing array of
 * entries. A frame causes a handful of rows, so both stay small; if one ever
 * causes more than the scroll may hold, or memory is out, the received frame
 * is told without its verdict and what follows is told as it comes.
 *
 * A link that offloads shows frames as no wire ever carries them. They are told
 * as what they stand for: each segment of a super-frame a row, all with the note
 * and the verdict of the whole, and with sums that are complete.
 */
#include "drivers/story.h"
#include "base/bytes.h"
#include "drivers/repeats.h"
#include "drivers/superframe.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define SCROLL_ENTRIES_MAX 8192
#define SCROLL_OCTETS_MAX  (8u << 20)
#define SCROLL_OCTETS_MIN  4096u
#define NAME_LEN_MAX       TARN_ARGS_LEN /* of a name, NUL included */

struct entry {
	struct tarn_event
	        event; /* a copy; its pointers are mended on telling */
	size_t frame_at, frame_len;
	uint64_t packet;
	char name[2][NAME_LEN_MAX];
	char lost[NAME_LEN_MAX]; /* the rule; "": it is not */
};

struct story {
	void (*tell)(void *listener, const struct story_row *row);
	void *listener;
	uint64_t (*number)(void *context, bool is_rx);
	void *number_context;
	uint64_t last_packet; /* without @number */
	struct repeats repeats;
	char lost[NAME_LEN_MAX]; /* of the FRAME_TX that comes next */
	bool is_holding;         /* a FRAME_RX whose FRAME_DONE has not come */
	struct entry *entry;     /* the first is the FRAME_RX */
	size_t entry_count, entry_size;
	uint8_t *octets;
	size_t octets_len, octets_size;
	uint8_t segment[SUPERFRAME_LEN_MAX]; /* one of a super-frame's */
};

static bool is_frame(const struct tarn_event *event)
{
	return event->kind == TARN_EVENT_FRAME_RX ||
	       event->kind == TARN_EVENT_FRAME_TX;
}

/* Room for @more elements of @size octets after @used. */
static bool reserve(void **block, size_t *have, size_t need, size_t first,
                    size_t size)
{
	size_t want = *have ? *have : first;
	void *grown;

	if (need <= *have)
		return true;
	while (want < need)
		want *= 2;
	grown = realloc(*block, want * size);
	if (!grown)
		return false;
	*block = grown;
	*have  = want;

	return true;
}

static bool reserve_octets(struct story *story, size_t more)
{
	void *block = story->octets;
	bool ok;

	if (more > SCROLL_OCTETS_MAX - story->octets_len)
		return false;
	ok = reserve(&block, &story->octets_size, story->octets_len + more,
	             SCROLL_OCTETS_MIN, 1);
	story->octets = block;

	return ok;
}

static struct entry *reserve_entry(struct story *story)
{
	void *block = story->entry;
	bool ok;

	if (story->entry_count == SCROLL_ENTRIES_MAX)
		return NULL;
	ok = reserve(&block, &story->entry_size, story->entry_count + 1, 8,
	             sizeof(*story->entry));
	story->entry = block;

	return ok ? &story->entry[story->entry_count] : NULL;
}

/* The slices of a frame, one behind the other, at the end of the octets. */
static bool copy_frame(struct story *story,
                       const struct tarn_event_frame *frame)
{
	for (unsigned i = 0; i < frame->part_count; i++) {
		const struct tarn_slice *part = &frame->part[i];

		if (!reserve_octets(story, part->len))
			return false;
		if (part->len)
			memcpy(story->octets + story->octets_len, part->data,
			       part->len);
		story->octets_len += part->len;
	}

	return true;
}

static void copy_name(char copy[NAME_LEN_MAX], const char **name)
{
	size_t len;

	if (!*name)
		return;
	len = strnlen(*name, NAME_LEN_MAX - 1);
	memcpy(copy, *name, len);
	copy[len] = '\0';
}

/* The names that an event of this kind points to; NULL where it has none. */
static void names_of(struct tarn_event *event, const char **ret[2])
{
	ret[0] = NULL;
	ret[1] = NULL;
	if (event->kind == TARN_EVENT_TCP_TIMER) {
		ret[0] = &event->timer.name;
	} else if (event->kind == TARN_EVENT_CALL) {
		ret[0] = &event->call.name;
		ret[1] = &event->call.args;
	} else if (event->kind == TARN_EVENT_QUEUE) {
		ret[0] = &event->queue.name;
	} else if (event->kind == TARN_EVENT_NEIGHBOUR ||
	           event->kind == TARN_EVENT_ADDRESS) {
		ret[0] = &event->neighbour.from;
		ret[1] = &event->neighbour.to;
	}
}

/* The number that somebody else gives it; 0: none, it is counted on telling. */
static uint64_t number_of(struct story *story, const struct tarn_event *event)
{
	if (!is_frame(event) || !story->number)
		return 0;

	return story->number(story->number_context,
	                     event->kind == TARN_EVENT_FRAME_RX);
}

static bool hold(struct story *story, const struct tarn_event *event,
                 uint64_t packet)
{
	const size_t frame_at = story->octets_len;
	struct entry *entry   = reserve_entry(story);
	const char **name[2];

	if (!entry)
		return false;
	if (is_frame(event) && !copy_frame(story, &event->frame)) {
		story->octets_len = frame_at;
		return false;
	}

	entry->event     = *event;
	entry->packet    = packet;
	entry->frame_at  = frame_at;
	entry->frame_len = story->octets_len - frame_at;
	memcpy(entry->lost, story->lost, sizeof(entry->lost));
	names_of(&entry->event, name);
	for (unsigned i = 0; i < 2; i++)
		if (name[i])
			copy_name(entry->name[i], name[i]);
	story->entry_count++;

	return true;
}

/* Why a frame was sent, or what became of one that arrived. */
static struct reason reason_of(const struct tarn_event *event)
{
	const struct tarn_note *note = &event->note;

	if (!is_frame(event))
		return (struct reason){ event->why, event->src };
	if (note->why != WHY_NONE || note->effect == WHY_NONE)
		return (struct reason){ note->why, event->src };

	return (struct reason){ note->effect, note->effect_src };
}

static void tell_frame(struct story *story, struct story_row *row)
{
	if (!story->number)
		row->packet = ++story->last_packet;
	if (row->frame)
		row->packet_of = repeats_of(&story->repeats, row);
	story->tell(story->listener, row);
}

static bool is_offloaded(const struct tarn_offload *offload)
{
	return offload->gso_size > 0 ||
	       (offload->flags & TARN_OFFLOAD_NEEDS_SUM);
}

static void tell_segments(struct story *story,
                          const struct tarn_offload *offload,
                          const struct story_row *whole)
{
	const size_t len     = MIN(whole->len, SUPERFRAME_LEN_MAX);
	struct story_row row = *whole;

	row.frame = story->segment;
	for (uint32_t i = 0;; i++) {
		row.len = superframe_segment(whole->frame, len, offload, i,
		                             story->segment);
		if (row.len == 0)
			return;
		tell_frame(story, &row);
	}
}

static void tell(struct story *story, const struct tarn_event *event,
                 const struct story_row *where)
{
	const bool has_frame = is_frame(event);
	struct story_row row = *where;

	row.kind   = has_frame ? STORY_FRAME : STORY_EVENT;
	row.now_us = event->now_us;
	row.is_rx  = event->kind == TARN_EVENT_FRAME_RX;
	row.drop   = has_frame ? event->frame.drop : DROP_NONE;
	row.note   = event->note;
	row.reason = reason_of(event);
	row.src    = row.drop != DROP_NONE ? event->src : row.reason.src;
	row.event  = has_frame ? NULL : event;

	if (has_frame && is_offloaded(&event->frame.offload))
		tell_segments(story, &event->frame.offload, &row);
	else if (has_frame)
		tell_frame(story, &row);
	else
		story->tell(story->listener, &row);
}

/* Everything held, in order; the entries' events point to their own copies. */
static void tell_all(struct story *story)
{
	for (size_t i = 0; i < story->entry_count; i++) {
		struct entry *entry = &story->entry[i];
		struct story_row row;
		const char **name[2];

		names_of(&entry->event, name);
		for (unsigned n = 0; n < 2; n++)
			if (name[n] && *name[n])
				*name[n] = entry->name[n];
		row = (struct story_row){
			.frame     = story->octets + entry->frame_at,
			.len       = entry->frame_len,
			.packet    = entry->packet,
			.lost      = entry->lost[0] ? entry->lost : NULL,
			.is_caused = i > 0,
		};
		if (!entry->frame_len)
			row.frame = NULL;
		tell(story, &entry->event, &row);
	}

	story->entry_count = 0;
	story->octets_len  = 0;
	story->is_holding  = false;
}

static void tell_directly(struct story *story, const struct tarn_event *event,
                          uint64_t packet)
{
	struct story_row row = { .packet = packet,
		                 .lost = story->lost[0] ? story->lost : NULL };

	if (!is_frame(event)) {
		tell(story, event, &row);
		return;
	}
	story->octets_len = 0;
	if (event->frame.part_count == 1) {
		row.frame = event->frame.part[0].data;
		row.len   = event->frame.part[0].len;
		tell(story, event, &row);
	} else if (copy_frame(story, &event->frame)) {
		row.frame = story->octets;
		row.len   = story->octets_len;
		tell(story, event, &row);
	}
	story->octets_len = 0;
}

/* The last event of this kind that the held frame caused, with its reason. */
static const struct tarn_event *caused(const struct story *story,
                                       enum tarn_event_kind kind)
{
	for (size_t i = story->entry_count; i > 1; i--) {
		const struct tarn_event *event = &story->entry[i - 1].event;

		if (event->kind == kind && event->why != WHY_NONE)
			return event;
	}

	return NULL;
}

/* A frame that says nothing itself is told by what it changed. */
static void give_reason(const struct story *story, struct tarn_event *rx)
{
	const struct tarn_event *event = caused(story, TARN_EVENT_TCP_STATE);

	if (!event)
		event = caused(story, TARN_EVENT_TCP_CC);
	if (!event)
		return;
	rx->note.why = (uint16_t)event->why;
	if (rx->frame.drop == DROP_NONE)
		rx->src = event->src;
}

static void finish(struct story *story, const struct tarn_event *done)
{
	struct tarn_event *rx;

	if (!story->is_holding)
		return;
	rx             = &story->entry[0].event;
	rx->why        = done->why;
	rx->src        = done->src;
	rx->note       = done->note;
	rx->frame.drop = done->frame.drop;
	if (rx->note.why == WHY_NONE)
		give_reason(story, rx);
	tell_all(story);
}

void story_set_numbering(struct story *story,
                         uint64_t (*number)(void *context, bool is_rx),
                         void *context)
{
	story->number         = number;
	story->number_context = context;
}

int story_open(void (*tell_row)(void *listener, const struct story_row *row),
               void *listener, struct story **ret)
{
	struct story *story = calloc(1, sizeof(*story));

	if (!story)
		return -ENOMEM;
	story->tell     = tell_row;
	story->listener = listener;
	*ret            = story;

	return 0;
}

void story_event(void *observer, const struct tarn_event *event)
{
	struct story *story = observer;
	uint64_t packet;

	if (!story)
		return;
	if (event->kind == TARN_EVENT_FRAME_DONE) {
		finish(story, event);
		return;
	}
	/* A FRAME_RX without an end before it: its verdict never came. */
	if (event->kind == TARN_EVENT_FRAME_RX && story->is_holding)
		tell_all(story);
	if (event->kind == TARN_EVENT_FRAME_RX)
		story->is_holding = true;

	packet = number_of(story, event);
	if (!story->is_holding || !hold(story, event, packet)) {
		tell_all(story);
		tell_directly(story, event, packet);
	}
	story->lost[0] = '\0';
}

void story_lose(struct story *story, const char *rule)
{
	if (story && rule)
		snprintf(story->lost, sizeof(story->lost), "%s", rule);
}

void story_lost_arrival(struct story *story, uint64_t now_us,
                        const uint8_t *frame, size_t len, const char *rule)
{
	const struct story_row row = {
		.kind   = STORY_FRAME,
		.now_us = now_us,
		.is_rx  = true,
		.frame  = frame,
		.len    = len,
		.packet = story->number ? 0 : ++story->last_packet,
		.lost   = rule,
	};

	tell_all(story);
	story->tell(story->listener, &row);
}

void story_close(struct story *story)
{
	if (!story)
		return;
	tell_all(story);
	free(story->entry);
	free(story->octets);
	free(story);
}
