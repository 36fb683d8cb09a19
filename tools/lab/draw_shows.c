/* SPDX-License-Identifier: MIT */
/* draw_shows.c - which rows the ladder has lines for: what the frames do not tell */
#include "base/bytes.h"
#include "tools/lab/draw.h"
#include <errno.h>

static bool is_worth_a_call(const struct happening *row)
{
	/* What connect, shutdown and close do, the states say. */
	static const char *const names[] = { "listen", "accept" };

	if (row->result < 0)
		return row->result != -EAGAIN && row->result != -EINPROGRESS;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(names[i], row->name) == 0)
			return true;

	return false;
}

/* ARP is for the lesson that is about it, and for who asks for all. */
static unsigned shown_with(const struct draw_options *options,
                           const struct lesson *lesson)
{
	return options->all ? ~0u
	                    : lesson->ladder_with |
	                              (lesson->is_cold ? WITH_ARP : 0u);
}

static bool is_worth_a_line(const struct draw_options *options,
                            const struct lesson *lesson,
                            const struct happening *row)
{
	const unsigned with = shown_with(options, lesson);

	switch (row->event) {
	case TARN_EVENT_TCP_STATE:
		/* A cookie brings a connection to life that is then told of. */
		return (!row->is_caused || row->why == WHY_GOT_COOKIE) &&
		       row->note.state != TCPS_LISTEN;
	case TARN_EVENT_TCP_TIMER:
		return row->act == TARN_TIMER_FIRED || with & WITH_TIMERS;
	case TARN_EVENT_CALL:
		return with & WITH_CALLS || is_worth_a_call(row);
	case TARN_EVENT_TCP_CC:
		return with & WITH_CWND;
	case TARN_EVENT_TCP_RTT:
		return with & WITH_RTT;
	case TARN_EVENT_NEIGHBOUR:
	case TARN_EVENT_ADDRESS:
		return with & WITH_ARP;
	case TARN_EVENT_DROP:
		return true;
	default:
		return false;
	}
}

bool draw_is_before(const struct draw_options *options,
                    const struct lesson *lesson, const struct happening *row)
{
	return row->now_us < lesson->ladder_from_us && !options->all;
}

bool draw_shows(const struct draw_options *options, const struct lesson *lesson,
                const struct happening *row)
{
	if (draw_is_before(options, lesson, row))
		return false;
	switch (row->kind) {
	case STAGE_STORY:
		if (row->is_frame)
			return row->glance.kind != GLANCE_ARP ||
			       shown_with(options, lesson) & WITH_ARP;
		return row->text && is_worth_a_line(options, lesson, row);
	case STAGE_APP:
		return row->phase == PHASE_FAILS && row->end <= LAB_B;
	case STAGE_FORGED:
	case STAGE_SAY:
	case STAGE_CRASH:
		return true;
	case STAGE_LOST:
	case STAGE_DOUBLED:
	case STAGE_CORRUPTED:
		break;
	}

	return false;
}
