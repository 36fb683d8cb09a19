/* SPDX-License-Identifier: MIT */
/*
 * story.h - from events to rows: what ladder, capture and log all render
 *
 * The stack tells FRAME_RX, then what the frame causes, then FRAME_DONE. The
 * story holds a received frame back until its verdict is known and passes on
 * rows in the order in which things happened on the wire: the received frame
 * first, with its verdict, then what it caused. Frames are copied as needed. A
 * received frame that gives no reason itself gets that of what it changed: the
 * last change of state, else of the congestion window; a row's @reason is that,
 * or else what the segment was good for.
 */
#ifndef DRIVERS_STORY_H
#define DRIVERS_STORY_H

#include "base/event.h"

enum story_kind {
	STORY_FRAME, /* one frame, in or out, with note and verdict */
	STORY_EVENT, /* anything else: @event says what */
};

struct story_row {
	enum story_kind kind;
	uint64_t now_us;
	bool is_rx;           /* frame: received */
	const uint8_t *frame; /* contiguous, from destination MAC */
	size_t len;
	enum drop drop; /* received frame: why it went no further */
	struct tarn_note note;
	struct reason reason; /* of the note, or else its effect */
	const char *src;      /* where in the code: a literal, or NULL */
	uint64_t packet;      /* frame: its number, from 1 */
	uint64_t packet_of; /* ... and of the frame that it repeats; 0: none */
	const char
	        *lost; /* frame: the rule that loses it on its way; or NULL */
	const struct tarn_event *event; /* STORY_EVENT */
	bool is_caused; /* by the received frame that was told before it */
};

struct story; /* NULL is a valid story that tells nobody */

/** story_open() - @tell is called for each row, in order, during story_event() */
int story_open(void (*tell)(void *listener, const struct story_row *row),
               void *listener, struct story **ret);
/**
 * story_set_numbering() - Who numbers the frames
 * @number:	called for each frame as it leaves or arrives, before the link
 *		gets it or right after it gave it; NULL: the story counts both
 */
void story_set_numbering(struct story *story,
                         uint64_t (*number)(void *context, bool is_rx),
                         void *context);
/** story_lose() - The FRAME_TX that comes next is lost to @rule (NULL: it is not) */
void story_lose(struct story *story, const char *rule);
/** story_lost_arrival() - A frame was on its way to us, and is lost to @rule */
void story_lost_arrival(struct story *story, uint64_t now_us,
                        const uint8_t *frame, size_t len, const char *rule);
/** story_event() - A tarn_config.observe function; @story is the observer */
void story_event(void *story, const struct tarn_event *event);
void story_close(struct story *story);

#endif
