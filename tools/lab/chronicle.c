/* SPDX-License-Identifier: MIT */
/* chronicle.c - see chronicle.h */
#include "tools/lab/chronicle.h"
#include "base/bytes.h"
#include "drivers/rowtext.h"
#include <stdio.h>
#include <stdlib.h>

#define ROWS_MIN 256u
/* A fate is told when the frame is sent; its row follows soon. */
#define FATE_ROWS 4096u

static struct happening *reserve(struct chronicle *chronicle)
{
	struct happening *row;

	if (chronicle->count == CHRONICLE_ROWS_MAX) {
		chronicle->lost++;
		return NULL;
	}
	if (chronicle->count == chronicle->size) {
		const size_t size =
		        chronicle->size ? chronicle->size * 2 : ROWS_MIN;

		row = realloc(chronicle->row, size * sizeof(*row));
		if (!row) {
			chronicle->lost++;
			return NULL;
		}
		chronicle->row  = row;
		chronicle->size = size;
	}
	row  = &chronicle->row[chronicle->count++];
	*row = (struct happening){ .kind = STAGE_STORY };

	return row;
}

static void copy_frame(struct happening *to, const uint8_t *frame, size_t len)
{
	to->is_frame = true;
	to->len      = (uint32_t)len;
	to->head_len = (uint32_t)MIN(len, CHRONICLE_HEAD_LEN);
	memcpy(to->head, frame, to->head_len);
	glance_at(frame, len, &to->glance);
}

static void copy_name(struct happening *to, const struct tarn_event *event)
{
	const char *name = "";

	if (event->kind == TARN_EVENT_TCP_TIMER) {
		name    = event->timer.name;
		to->act = event->timer.act;
	} else if (event->kind == TARN_EVENT_CALL) {
		name       = event->call.name;
		to->result = event->call.result;
	}
	snprintf(to->name, sizeof(to->name), "%s", name);
	snprintf(to->log_name, sizeof(to->log_name), "%s",
	         rowtext_event_name(event));
}

static void copy_story(struct happening *to, const struct story_row *story)
{
	char text[ROWTEXT_LEN];

	/* What an accepted segment was good for, log, page and capture tell;
	 * a ladder would be half as long again (docs/design/0025). */
	to->note      = story->note;
	to->why       = story->note.why;
	to->drop      = story->drop;
	to->is_caused = story->is_caused;
	if (story->kind == STORY_FRAME) {
		to->is_rx = story->is_rx;
		copy_frame(to, story->frame, story->len);
		return;
	}
	to->event = story->event->kind;
	to->why   = story->event->why;
	if (to->event == TARN_EVENT_DROP)
		to->drop = story->event->drop;
	copy_name(to, story->event);
	to->text = strdup(rowtext_event(text, sizeof(text), story->event));
}

void chronicle_add(struct chronicle *chronicle, const struct stage_row *row)
{
	struct happening *to = reserve(chronicle);

	if (!to)
		return;
	to->kind     = row->kind;
	to->end      = (uint8_t)row->end;
	to->now_us   = row->now_us;
	to->packet   = row->packet;
	to->of       = row->of;
	to->is_again = row->is_again;
	to->by       = row->by;
	to->actor    = row->actor;
	to->phase    = row->phase;
	if (row->story)
		copy_story(to, row->story);
	if (row->frame)
		copy_frame(to, row->frame, row->len);
	if (row->text)
		to->text = strdup(row->text);
}

void chronicle_clear(struct chronicle *chronicle)
{
	for (size_t i = 0; i < chronicle->count; i++)
		free(chronicle->row[i].text);
	free(chronicle->row);
	*chronicle = (struct chronicle){ .count = 0 };
}

const struct happening *chronicle_fate(const struct chronicle *chronicle,
                                       uint64_t packet, size_t from)
{
	const size_t first = from > FATE_ROWS ? from - FATE_ROWS : 0;
	const size_t last  = MIN(chronicle->count, from + FATE_ROWS);

	for (size_t i = first; packet && i < last; i++) {
		const struct happening *row = &chronicle->row[i];

		if (row->packet == packet &&
		    (row->kind == STAGE_LOST || row->kind == STAGE_DOUBLED ||
		     row->kind == STAGE_CORRUPTED))
			return row;
	}

	return NULL;
}
