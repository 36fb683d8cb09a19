/* SPDX-License-Identifier: MIT */
/*
 * plot.c - see plot.h
 *
 *	seconds     cwnd  ssthresh  flight
 *	0.280000   43800         -   43800  ████████░░░░░   2 lost
 *
 * A line shows the variables as they were after the last event of its
 * interval; the bar is the window, its full part what is in flight. Losses are
 * those of the interval, and the last reason is the last change of the window.
 */
#include "tools/lab/plot.h"
#include "base/bytes.h"
#include "base/why.h"
#include <inttypes.h>
#include <string.h>

#define BAR_COLUMNS 40u
/* Above that nothing has set it yet. */
#define SSTHRESH_UNSET (1u << 30)

/** struct interval - what happened in the time of one line */
struct interval {
	const struct tarn_note *note; /* the last one; NULL: none yet */
	unsigned lost, again;
	enum why why; /* of the last change of cwnd */
};

static bool is_about(const struct lesson *lesson, const struct happening *row)
{
	return row->kind == STAGE_STORY && row->end == lesson->plot_end &&
	       row->note.has_conn && row->note.state >= TCPS_ESTABLISHED &&
	       row->note.state != TCPS_TIME_WAIT;
}

static void take_in(const struct lesson *lesson, const struct happening *row,
                    struct interval *interval)
{
	if (row->kind == STAGE_LOST && row->end == lesson->plot_end)
		interval->lost++;
	if (!is_about(lesson, row))
		return;
	interval->note = &row->note;
	interval->again += row->is_frame && row->is_again;
	if (!row->is_frame && row->event == TARN_EVENT_TCP_CC)
		interval->why = row->why;
}

static uint32_t largest_window(const struct lesson *lesson,
                               const struct chronicle *chronicle)
{
	uint32_t largest = 1;

	for (size_t i = 0; i < chronicle->count; i++)
		if (is_about(lesson, &chronicle->row[i]))
			largest = MAX(largest, chronicle->row[i].note.now.cwnd);

	return largest;
}

static uint32_t columns(uint32_t octets, uint32_t largest)
{
	return MIN((uint32_t)((uint64_t)octets * BAR_COLUMNS / largest),
	           BAR_COLUMNS);
}

static void put_bar(FILE *out, bool ascii, const struct tarn_note *note,
                    uint32_t largest)
{
	const uint32_t cwnd   = columns(note->now.cwnd, largest);
	const uint32_t flight = columns(note->now.flight, largest);

	for (uint32_t i = 0; i < cwnd; i++) {
		if (i < flight)
			fputs(ascii ? "#" : "█", out);
		else
			fputs(ascii ? "." : "░", out);
	}
}

static void put_line(FILE *out, bool ascii, uint64_t time_us,
                     const struct interval *interval, uint32_t largest)
{
	const struct tarn_note *note = interval->note;
	char ssthresh[16]            = "-";

	if (note->now.ssthresh < SSTHRESH_UNSET)
		snprintf(ssthresh, sizeof(ssthresh), "%" PRIu32,
		         note->now.ssthresh);
	fprintf(out,
	        "%3" PRIu64 ".%06" PRIu64 " %7" PRIu32 " %8s %7" PRIu32 "  ",
	        time_us / 1000000, time_us % 1000000, note->now.cwnd, ssthresh,
	        note->now.flight);
	put_bar(out, ascii, note, largest);
	if (interval->lost || interval->again || interval->why != WHY_NONE)
		fprintf(out, "%*s",
		        (int)(BAR_COLUMNS - columns(note->now.cwnd, largest)),
		        "");
	if (interval->lost)
		fprintf(out, "  %u lost", interval->lost);
	if (interval->again)
		fprintf(out, "  %u again", interval->again);
	if (interval->why != WHY_NONE)
		fprintf(out, "  %s", why_sentence(interval->why));
	fputc('\n', out);
}

void plot_put(FILE *out, bool ascii, const struct lesson *lesson,
              const struct chronicle *chronicle)
{
	const uint32_t largest   = largest_window(lesson, chronicle);
	struct interval interval = { .why = WHY_NONE };
	uint64_t end_us          = lesson->plot_every_us;

	fprintf(out, "   seconds    cwnd ssthresh  flight\n");
	for (size_t i = 0; i < chronicle->count; i++) {
		const struct happening *row = &chronicle->row[i];

		for (; row->now_us >= end_us; end_us += lesson->plot_every_us) {
			if (interval.note)
				put_line(out, ascii, end_us, &interval,
				         largest);
			interval.lost  = 0;
			interval.again = 0;
			interval.why   = WHY_NONE;
		}
		take_in(lesson, row, &interval);
	}
	if (interval.note)
		put_line(out, ascii, end_us, &interval, largest);
}
