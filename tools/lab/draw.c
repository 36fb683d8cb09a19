/* SPDX-License-Identifier: MIT */
/*
 * draw.c - see draw.h
 *
 * A row becomes a rung: what stands on the arrow's line and what below it.
 * Whoever speaks has its text at its own side, A's at the left, B's at the
 * right. Nothing is worked out here: states, reasons and verdicts are what the
 * ends said (drivers/story.h), deaths are what the wire said.
 */
#include "base/bytes.h"
#include "drivers/ladder_text.h"
#include "drivers/rowtext.h"
#include "tools/lab/draw_arrow.h"
#include "tools/lab/draw_text.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#define TIME_LEN 32
#define TEXT_LEN LADDER_MIDDLE_LEN
#define INDENT   2
#define GAP_US   500000u /* from which on silence has a line */

struct draw {
	struct ladder_pen pen;
	struct draw_options options;
	struct peerstate *peers; /* for relative numbers */
	bool has_header;
	bool is_absolute;
	bool is_silent; /* rows are taken in and not shown */
	uint64_t last_us;
	bool has_last;
	char last_why[2][2][TEXT_LEN]; /* of an end and a way: not said twice */
};

struct rung {
	unsigned end;
	char time[TIME_LEN], tag[TIME_LEN];
	const char *before, *after; /* states of @end */
	char arrow[TEXT_LEN];
	enum ladder_style style, reason_style;
	char more[TEXT_LEN], reason[TEXT_LEN];
};

int draw_open(FILE *out, const struct draw_options *options, struct draw **ret)
{
	struct draw *draw = calloc(1, sizeof(*draw));

	if (!draw || peerstate_open(&draw->peers) < 0) {
		free(draw);
		return -ENOMEM;
	}
	draw->options = *options;
	ladder_pen_init(&draw->pen, out, options->ascii);
	*ret = draw;

	return 0;
}

void draw_close(struct draw *draw)
{
	if (!draw)
		return;
	fflush(draw->pen.out);
	peerstate_close(draw->peers);
	free(draw);
}

/* ---- Lines -------------------------------------------------------------- */

static void draw_line(const struct draw *draw, const struct ladder_line *line)
{
	if (!draw->is_silent)
		ladder_draw(&draw->pen, line);
}

/* Time that passes without a row is said, so that the ladder is true to it. */
static void draw_gap(struct draw *draw, uint64_t now_us)
{
	const uint64_t gap_us = now_us - MIN(now_us, draw->last_us);
	char text[TEXT_LEN];
	const struct ladder_line line = { .middle       = text,
		                          .middle_style = LADDER_DIM };

	if (!draw->has_last || gap_us < GAP_US)
		return;
	snprintf(text, TEXT_LEN, "%*s%s %" PRIu64 ".%03" PRIu64 " s pass", 20,
	         "", draw->pen.ascii ? ":" : "⋮", gap_us / 1000000,
	         gap_us / 1000 % 1000);
	draw_line(draw, &line);
}

static void put_time(struct draw *draw, uint64_t now_us, char ret[TIME_LEN])
{
	ret[0] = '\0';
	if (draw->has_last && draw->last_us == now_us)
		return;
	draw_gap(draw, now_us);
	snprintf(ret, TIME_LEN, "%" PRIu64 ".%06" PRIu64, now_us / 1000000,
	         now_us % 1000000);
	draw->has_last = true;
	draw->last_us  = now_us;
}

static void draw_header(struct draw *draw)
{
	const struct ladder_line line = {
		.time         = "seconds",
		.left         = "A",
		.middle       = " 10.9.0.1                                     "
		                "10.9.0.2 ",
		.right        = "B",
		.left_style   = LADDER_STRONG,
		.middle_style = LADDER_STRONG,
		.right_style  = LADDER_STRONG,
	};

	if (!draw->has_header)
		draw_line(draw, &line);
	draw->has_header = true;
}

/* At the left for A, at the right for B. */
static void align(unsigned end, const char *text, char ret[TEXT_LEN])
{
	const size_t columns = ladder_columns(text);
	size_t room          = 0;

	if (end == LAB_B && columns + INDENT < LADDER_MIDDLE_COLUMNS)
		room = LADDER_MIDDLE_COLUMNS - INDENT - columns;
	snprintf(ret, TEXT_LEN, "%*s%.440s",
	         end == LAB_B ? (int)MIN(room, LADDER_MIDDLE_COLUMNS) : INDENT,
	         "", text);
}

static void draw_below(struct draw *draw, struct rung *rung, const char *text,
                       enum ladder_style style)
{
	char piece[TEXT_LEN], middle[TEXT_LEN];

	while (ladder_wrap(&text, LADDER_MIDDLE_COLUMNS - 2 * INDENT, piece)) {
		struct ladder_line line = { .middle       = middle,
			                    .left_style   = LADDER_STRONG,
			                    .middle_style = style,
			                    .right_style  = LADDER_STRONG };

		align(rung->end, piece, middle);
		*(rung->end == LAB_A ? &line.left : &line.right) = rung->after;
		rung->after                                      = NULL;
		draw_line(draw, &line);
	}
}

/* The reason at the right edge, behind B's state. */
static void beside(const struct draw *draw, struct rung *rung,
                   const char *state, char ret[TEXT_LEN])
{
	snprintf(ret, TEXT_LEN, "%s", rung->end == LAB_B && state ? state : "");
	if (!draw->options.why_column || !rung->reason[0])
		return;
	snprintf(ret, TEXT_LEN, "%-13s %c: %.400s",
	         rung->end == LAB_B && state ? state : "",
	         'A' + (char)rung->end, rung->reason);
	rung->reason[0] = '\0';
}

static void draw_rung(struct draw *draw, struct rung *rung)
{
	char right[TEXT_LEN];
	const struct ladder_line line = {
		.time         = rung->time,
		.tag          = rung->tag,
		.left         = rung->end == LAB_A ? rung->before : NULL,
		.middle       = rung->arrow,
		.right        = right,
		.middle_style = rung->style,
	};

	draw_header(draw);
	beside(draw, rung, rung->before, right);
	draw_line(draw, &line);
	draw_below(draw, rung, rung->more, LADDER_PLAIN);
	draw_below(draw, rung, rung->reason, rung->reason_style);
	if (rung->after) {
		const struct ladder_line state = {
			.left        = rung->end == LAB_A ? rung->after : NULL,
			.right       = rung->end == LAB_B ? rung->after : NULL,
			.left_style  = LADDER_STRONG,
			.right_style = LADDER_STRONG,
		};

		draw_line(draw, &state);
	}
}

/* ---- Frames ------------------------------------------------------------- */

static void put_states(const struct happening *row, struct rung *rung)
{
	if (!row->note.has_conn)
		return;
	rung->before = tarn_tcp_state_name(row->note.state_before);
	if (row->note.state != row->note.state_before)
		rung->after = tarn_tcp_state_name(row->note.state);
}

/* A fragment is kept, which is a reason to stop, but no refusal. */
static bool is_refused(const struct happening *row)
{
	return row->drop != DROP_NONE && row->drop != DROP_FRAGMENT_HELD;
}

static void put_reason(struct draw *draw, const struct happening *row,
                       struct rung *rung)
{
	char *last = draw->last_why[row->end][row->is_rx];

	rung->reason_style = LADDER_DIM;
	if (is_refused(row)) {
		char drop[ROWTEXT_LEN];

		snprintf(rung->reason, TEXT_LEN, "%s%s",
		         draw->pen.ascii ? "dropped: " : "✗ ",
		         rowtext_drop(drop, sizeof(drop), row->drop));
		rung->reason_style = LADDER_LOST;
		last[0]            = '\0';
		return;
	}
	if (draw->options.no_why)
		return;
	if (row->drop != DROP_NONE)
		rowtext_drop(rung->reason, TEXT_LEN, row->drop);
	else
		rowtext_why(rung->reason, TEXT_LEN, row->why);
	if (strcmp(rung->reason, last) == 0)
		rung->reason[0] = '\0';
	else
		snprintf(last, TEXT_LEN, "%s", rung->reason);
}

static const char *death_of(const struct chronicle *chronicle,
                            const struct happening *row, size_t at)
{
	const struct happening *fate;

	if (row->is_rx)
		return NULL;
	fate = chronicle_fate(chronicle, row->packet, at);

	return fate && fate->kind == STAGE_LOST ? fate->by : NULL;
}

static void draw_frame(struct draw *draw, const struct chronicle *chronicle,
                       const struct happening *row, size_t at)
{
	const char *died = death_of(chronicle, row, at);
	struct rung rung = { .end   = row->end,
		             .style = row->is_rx ? LADDER_RECEIVED
		                                 : LADDER_SENT };
	char text[TEXT_LEN], whole[TEXT_LEN];

	put_time(draw, row->now_us, rung.time);
	snprintf(rung.tag, TIME_LEN, "#%" PRIu64, row->packet);
	draw_text(draw->peers, draw->is_absolute, row, text, rung.more);
	snprintf(whole, TEXT_LEN, "%.400s", text);
	if (row->is_again) {
		rung.style = LADDER_AGAIN;
		snprintf(whole, TEXT_LEN, "%.400s again: #%" PRIu64, text,
		         row->of);
	}
	if (died || is_refused(row))
		rung.style = LADDER_LOST;
	if (died)
		rung.more[0] = '\0';
	draw_arrow(&draw->pen, row, whole, died, rung.arrow);
	put_states(row, &rung);
	put_reason(draw, row, &rung);
	draw_rung(draw, &rung);
}

static void draw_forged(struct draw *draw, const struct happening *row,
                        const char *died)
{
	struct rung rung      = { .end = !row->end, .style = LADDER_AGAIN };
	struct happening seen = *row;
	char text[TEXT_LEN], whole[TEXT_LEN];

	/* As it will arrive: without its window. */
	seen.end   = !row->end;
	seen.is_rx = true;
	put_time(draw, row->now_us, rung.time);
	snprintf(rung.tag, TIME_LEN, "#%" PRIu64, row->packet);
	draw_text(draw->peers, draw->is_absolute, &seen, text, rung.more);
	rung.more[0] = '\0';
	if (row->by)
		snprintf(whole, TEXT_LEN, "%s answers: %.400s", row->by, text);
	else
		snprintf(whole, TEXT_LEN, "%s put on the wire: %.400s",
		         draw->pen.ascii ? "*" : "☠", text);
	snprintf(rung.arrow, TEXT_LEN, "%*s%.400s%s%s", 6, "", whole,
	         !died             ? ""
	         : draw->pen.ascii ? " X "
	                           : " ✗ ",
	         died ? died : "");
	draw_rung(draw, &rung);
}

/* ---- What is no frame --------------------------------------------------- */

static void draw_event(struct draw *draw, const struct happening *row,
                       const char *text, enum ladder_style style)
{
	const char *bullet = draw->pen.ascii ? "*" : "•";
	struct rung rung   = { .end = row->end, .style = style };
	char piece[TEXT_LEN], line[TEXT_LEN];
	bool is_first = true;

	put_time(draw, row->now_us, rung.time);
	while (ladder_wrap(&text, LADDER_MIDDLE_COLUMNS - 2 * INDENT - 2,
	                   piece)) {
		const char *mark = is_first ? bullet : " ";

		if (row->end == LAB_A)
			snprintf(line, TEXT_LEN, "%s %.400s", mark, piece);
		else
			snprintf(line, TEXT_LEN, "%.400s %s", piece, mark);
		align(row->end, line, rung.arrow);
		if (is_first && row->note.has_conn)
			rung.before = tarn_tcp_state_name(row->note.state);
		draw_rung(draw, &rung);
		rung.time[0] = '\0';
		rung.before  = NULL;
		is_first     = false;
	}
}

static void draw_say(struct draw *draw, const struct happening *row)
{
	struct rung rung = { .end = LAB_A, .style = LADDER_STRONG };
	const char *text = row->text;
	const char *mark = draw->pen.ascii ? ">" : "»";
	char piece[TEXT_LEN];

	put_time(draw, row->now_us, rung.time);
	while (ladder_wrap(&text, LADDER_MIDDLE_COLUMNS - 4, piece)) {
		snprintf(rung.arrow, TEXT_LEN, "%s %.400s", mark, piece);
		draw_rung(draw, &rung);
		rung.time[0] = '\0';
		mark         = " ";
	}
}

/* The state stands at the lifeline; the text says how it came. */
static void draw_state(struct draw *draw, const struct happening *row)
{
	char why[TEXT_LEN];

	draw_event(draw, row,
	           row->why ? rowtext_why(why, sizeof(why), row->why)
	                    : row->text,
	           LADDER_PLAIN);
}

static void draw_app(struct draw *draw, const struct lesson *lesson,
                     const struct happening *row)
{
	char text[TEXT_LEN];

	snprintf(text, TEXT_LEN, "app %s: %s", lesson->app[row->actor].name,
	         row->text ? row->text : "failed");
	draw_event(draw, row, text, LADDER_LOST);
}

static void draw_row(struct draw *draw, const struct lesson *lesson,
                     const struct chronicle *chronicle, size_t at)
{
	const struct happening *row = &chronicle->row[at];
	unsigned from;

	draw->is_absolute = lesson->ladder_with & WITH_ABSOLUTE;
	if (draw_is_before(&draw->options, lesson, row) && row->is_frame &&
	    row->glance.kind == GLANCE_TCP)
		draw_take_in(draw->peers, row, &from);
	if (!draw_shows(&draw->options, lesson, row))
		return;
	switch (row->kind) {
	case STAGE_STORY:
		if (row->is_frame)
			draw_frame(draw, chronicle, row, at);
		else if (row->event == TARN_EVENT_TCP_STATE)
			draw_state(draw, row);
		else
			draw_event(draw, row, row->text, LADDER_PLAIN);
		break;
	case STAGE_FORGED:
		draw_forged(draw, row, death_of(chronicle, row, at));
		break;
	case STAGE_SAY:
		draw_say(draw, row);
		break;
	case STAGE_APP:
		draw_app(draw, lesson, row);
		break;
	default:
		draw_event(draw, row, "crashed: every connection is forgotten",
		           LADDER_LOST);
		break;
	}
}

void draw_rows(struct draw *draw, const struct lesson *lesson,
               const struct chronicle *chronicle, size_t first, size_t end)
{
	for (size_t i = first; i < end; i++)
		draw_row(draw, lesson, chronicle, i);
}

void draw_skip(struct draw *draw)
{
	draw->is_silent = true;
}

void draw_go_on(struct draw *draw)
{
	draw->is_silent = false;
}
