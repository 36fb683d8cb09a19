/* SPDX-License-Identifier: MIT */
/*
 * chronicle.h - everything that happened on stage, in order
 *
 * The ladder, the expectations and the stepping read it. It is bounded; what
 * does not fit is counted, and the report says so.
 */
#ifndef TOOLS_LAB_CHRONICLE_H
#define TOOLS_LAB_CHRONICLE_H

#include "drivers/glance.h"
#include "tools/lab/stage.h"

#define CHRONICLE_ROWS_MAX 400000u
#define CHRONICLE_HEAD_LEN 128u

/** struct happening - one row */
struct happening {
	enum stage_kind kind;
	bool is_frame, is_rx, is_caused, is_again;
	uint8_t end;
	uint64_t now_us, packet, of;
	struct tarn_note note;
	enum why why;
	enum drop drop;
	/* a frame */
	struct glance glance;
	uint32_t len, head_len;
	uint8_t head[CHRONICLE_HEAD_LEN];
	/* not a frame */
	enum tarn_event_kind event;
	enum tarn_timer_act act;
	char name[24]; /* of a timer or a call; the row's in the log */
	char log_name[28];
	int64_t result;
	char *text;     /* in words; or NULL */
	const char *by; /* of what a frame died */
	unsigned actor;
	enum stage_phase phase;
};

struct chronicle {
	struct happening *row;
	size_t count, size;
	uint64_t lost; /* rows that did not fit */
};

/** chronicle_add() - Copy a row */
void chronicle_add(struct chronicle *chronicle, const struct stage_row *row);
void chronicle_clear(struct chronicle *chronicle);
/** chronicle_fate() - The row that says what became of frame @packet, or NULL */
const struct happening *chronicle_fate(const struct chronicle *chronicle,
                                       uint64_t packet, size_t from);

#endif
