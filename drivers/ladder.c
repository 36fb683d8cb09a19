/* SPDX-License-Identifier: MIT */
/*
 * ladder.c - see ladder.h
 *
 * Rows of a live stack and frames of a file become the same struct
 * ladder_frame. The segment goes through peerstate for both ends; what the
 * left end has said about itself then replaces what was inferred for it.
 */
#include "drivers/ladder.h"
#include "base/bytes.h"
#include "drivers/ladder_draw.h"
#include "drivers/ladder_text.h"
#include "drivers/rowtext.h"
#include "wire/print.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#define NAME_LEN       16
#define TIME_LEN       32
#define INDENT         "  " /* of what stands below an arrow */
#define INDENT_COLUMNS 2
#define BULLET_COLUMNS 2

struct ladder {
	struct ladder_pen pen;
	bool no_why;
	unsigned connection;
	char name[2][NAME_LEN];
	struct peerstate *peers;
	bool has_header, has_start;
	char last_why[LADDER_MIDDLE_LEN]; /* of the arrow above */
	uint64_t start_us;
};

/* An arrow and what stands below it. */
struct rung {
	char time[TIME_LEN], tag[TIME_LEN];
	const char *before[2], *after[2]; /* states; NULL: none to show */
	char middle[LADDER_MIDDLE_LEN];
	enum ladder_style style;
	char more[LADDER_MIDDLE_LEN];   /* options, a window without room */
	char reason[LADDER_MIDDLE_LEN]; /* why or dropped */
	enum ladder_style reason_style;
};

int ladder_open(FILE *out, const struct ladder_options *options,
                struct ladder **ret)
{
	static const struct ladder_options none;
	struct ladder *ladder = calloc(1, sizeof(*ladder));

	if (!ladder || peerstate_open(&ladder->peers) < 0) {
		free(ladder);
		return -ENOMEM;
	}
	options = options ? options : &none;
	ladder_pen_init(&ladder->pen, out, options->ascii);
	ladder->no_why     = options->no_why;
	ladder->connection = options->connection;
	snprintf(ladder->name[0], NAME_LEN, "%s",
	         options->left ? options->left : "A");
	snprintf(ladder->name[1], NAME_LEN, "%s",
	         options->right ? options->right : "peer");
	*ret = ladder;

	return 0;
}

void ladder_close(struct ladder *ladder)
{
	if (!ladder)
		return;
	fflush(ladder->pen.out);
	peerstate_close(ladder->peers);
	free(ladder);
}

/* ---- Lines -------------------------------------------------------------- */

static void put_time(struct ladder *ladder, uint64_t time_us,
                     char ret[TIME_LEN])
{
	uint64_t since_us;

	if (!ladder->has_start) {
		ladder->has_start = true;
		ladder->start_us  = time_us;
	}
	since_us = time_us - MIN(time_us, ladder->start_us);
	snprintf(ret, TIME_LEN, "%" PRIu64 ".%06u", since_us / 1000000,
	         (unsigned)(since_us % 1000000));
}

/* With one connection there is nothing to tell apart. */
static void put_tag(const struct ladder *ladder, const struct flow *flow,
                    char ret[TIME_LEN])
{
	ret[0] = '\0';
	if (flow && peerstate_count(ladder->peers) > 1)
		snprintf(ret, TIME_LEN, "#%u", flow->number);
}

static void draw_header(struct ladder *ladder, struct flow *flow)
{
	char ends[2][TARN_ADDR_TEXT_LEN], tag[TIME_LEN];
	char middle[LADDER_MIDDLE_LEN];
	const struct ladder_line line = {
		.time         = ladder->has_header ? "" : "seconds",
		.tag          = tag,
		.left         = ladder->name[0],
		.middle       = middle,
		.right        = ladder->name[1],
		.left_style   = LADDER_STRONG,
		.middle_style = LADDER_STRONG,
		.right_style  = LADDER_STRONG,
	};

	if (flow->is_shown)
		return;
	flow->is_shown     = true;
	ladder->has_header = true;
	snprintf(tag, sizeof(tag), "#%u", flow->number);
	tarn_addr_text(&flow->end[0].addr, ends[0]);
	tarn_addr_text(&flow->end[1].addr, ends[1]);
	snprintf(middle, sizeof(middle), " %s%*s ", ends[0],
	         LADDER_MIDDLE_COLUMNS - 2 - (int)strlen(ends[0]), ends[1]);
	ladder_draw(&ladder->pen, &line);
}

/* Below the arrow: the states that it led to, beside the first line of text. */
static void draw_below(struct ladder *ladder, struct rung *rung,
                       const char *text, enum ladder_style style)
{
	char piece[LADDER_MIDDLE_LEN], middle[LADDER_MIDDLE_LEN + 8];

	while (ladder_wrap(&text, LADDER_MIDDLE_COLUMNS - INDENT_COLUMNS,
	                   piece)) {
		const struct ladder_line line = {
			.left         = rung->after[0],
			.middle       = middle,
			.right        = rung->after[1],
			.left_style   = LADDER_STRONG,
			.middle_style = style,
			.right_style  = LADDER_STRONG,
		};

		snprintf(middle, sizeof(middle), INDENT "%s", piece);
		ladder_draw(&ladder->pen, &line);
		rung->after[0] = NULL;
		rung->after[1] = NULL;
	}
}

static void draw_rung(struct ladder *ladder, struct rung *rung)
{
	const struct ladder_line line = {
		.time         = rung->time,
		.tag          = rung->tag,
		.left         = rung->before[0],
		.middle       = rung->middle,
		.right        = rung->before[1],
		.middle_style = rung->style,
	};
	const struct ladder_line states = {
		.left        = rung->after[0],
		.right       = rung->after[1],
		.left_style  = LADDER_STRONG,
		.right_style = LADDER_STRONG,
	};
	const bool has_text = rung->more[0] || rung->reason[0];

	ladder_draw(&ladder->pen, &line);
	draw_below(ladder, rung, rung->more, LADDER_PLAIN);
	draw_below(ladder, rung, rung->reason, rung->reason_style);
	if (!has_text && (rung->after[0] || rung->after[1]))
		ladder_draw(&ladder->pen, &states);
}

/* ---- Frames ------------------------------------------------------------- */

/* A drop that changed the state did arrive: "the peer reset the connection". */
static bool is_lost(const struct ladder_frame *frame)
{
	return frame->is_lost ||
	       (frame->dropped &&
	        !(frame->has_state && frame->state != frame->state_before));
}

/* A reason that the arrow above had, too, is not said again. */
static void put_why(struct ladder *ladder, const char *why, struct rung *rung)
{
	if (!why || ladder->no_why)
		why = "";
	if (strcmp(why, ladder->last_why) != 0)
		snprintf(rung->reason, sizeof(rung->reason), "%s", why);
	snprintf(ladder->last_why, sizeof(ladder->last_why), "%s", why);
}

static void put_reason(struct ladder *ladder, const struct ladder_frame *frame,
                       struct rung *rung)
{
	put_why(ladder, frame->dropped ? NULL : frame->why, rung);
	rung->reason_style = LADDER_DIM;
	if (!frame->dropped)
		return;
	snprintf(rung->reason, sizeof(rung->reason), "%s%s",
	         ladder->pen.ascii ? "dropped: " : "✗ ", frame->dropped);
	rung->reason_style = LADDER_LOST;
}

static void put_arrow(const struct ladder *ladder,
                      const struct ladder_frame *frame, bool to_the_left,
                      const char *text, struct rung *rung)
{
	ladder_arrow(&ladder->pen, to_the_left, is_lost(frame), text,
	             rung->middle);
	if (is_lost(frame))
		rung->style = LADDER_LOST;
	else if (rung->style == LADDER_PLAIN)
		rung->style = to_the_left ? LADDER_RECEIVED : LADDER_SENT;
}

static void draw_other(struct ladder *ladder, const struct ladder_frame *frame)
{
	const struct print_base base = { .seq = 0 };
	char text[LADDER_MIDDLE_LEN];
	struct rung rung = { .style = LADDER_PLAIN };

	if (ladder->connection)
		return;
	print_frame(text, sizeof(text), frame->frame, frame->len, &base);
	put_time(ladder, frame->time_us, rung.time);
	put_arrow(ladder, frame, frame->direction == LADDER_RX, text, &rung);
	put_reason(ladder, frame, &rung);
	draw_rung(ladder, &rung);
}

/* "S. 0:0(0) ack 1 win 65535" on the arrow; what has no room goes below. */
static void put_segment(const struct ladder *ladder,
                        const struct ladder_frame *frame,
                        const struct flow *flow, unsigned from,
                        const struct glance *segment, struct rung *rung)
{
	const char *again = "";
	char numbers[LADDER_TEXT_LEN], window[LADDER_TEXT_LEN];
	char options[LADDER_TEXT_LEN], text[LADDER_MIDDLE_LEN];

	if (rung->style == LADDER_AGAIN)
		again = ladder->pen.ascii ? "again: " : "↻ ";
	ladder_text_segment(flow, from, segment, numbers);
	ladder_text_window(flow, from, segment, window);
	ladder_text_options(flow, from, segment, frame->frame, frame->len,
	                    options);

	snprintf(text, sizeof(text), "%s%s %s", again, numbers, window);
	snprintf(rung->more, sizeof(rung->more), "%s", options);
	if (ladder_columns(text) > LADDER_MIDDLE_COLUMNS - 5) {
		snprintf(text, sizeof(text), "%s%s", again, numbers);
		snprintf(rung->more, sizeof(rung->more), "%s %s", window,
		         options);
	}
	put_arrow(ladder, frame, from == 1, text, rung);
}

/* States before and after; what the left end said counts more. */
static void put_states(struct flow *flow, const struct ladder_frame *frame,
                       struct flow_step *step, struct rung *rung)
{
	if (frame->has_state) {
		flow->end[0].state = frame->state;
		step->after[0]     = frame->state;
		if (frame->direction == LADDER_RX)
			step->before[0] = frame->state_before;
	}
	for (unsigned i = 0; i < 2; i++) {
		rung->before[i] = tarn_tcp_state_name(step->before[i]);
		if (step->before[i] != step->after[i])
			rung->after[i] = tarn_tcp_state_name(step->after[i]);
	}
}

/* Reasons that come before the segment could be attributed to anything. */
static bool is_damaged(const struct ladder_frame *frame)
{
	return frame->drop != DROP_NONE && frame->drop <= DROP_TCP_BROADCAST;
}

static void draw_segment(struct ladder *ladder,
                         const struct ladder_frame *frame,
                         const struct glance *segment)
{
	const unsigned left   = frame->direction == LADDER_RX;
	struct rung rung      = { .style = LADDER_PLAIN };
	struct flow_step step = { .is_again = false };
	struct flow *flow;
	unsigned from;

	flow = peerstate_find(ladder->peers, segment, left, !is_damaged(frame),
	                      &from);
	if (!flow) {
		draw_other(ladder, frame);
		return;
	}
	if (frame->conn)
		flow->conn = frame->conn;
	for (unsigned i = 0; i < 2; i++)
		step.before[i] = step.after[i] = flow->end[i].state;
	if (!is_damaged(frame))
		flow_segment(flow, from, segment, !frame->dropped, &step);
	if (step.is_again)
		rung.style = LADDER_AGAIN;
	put_states(flow, frame, &step, &rung);
	if (ladder->connection && ladder->connection != flow->number)
		return;

	put_time(ladder, frame->time_us, rung.time);
	put_tag(ladder, flow, rung.tag);
	put_segment(ladder, frame, flow, from, segment, &rung);
	put_reason(ladder, frame, &rung);
	draw_header(ladder, flow);
	draw_rung(ladder, &rung);
}

void ladder_frame(struct ladder *ladder, const struct ladder_frame *frame)
{
	struct glance segment;

	/* What was meant for others is not part of the story. */
	if (frame->drop == DROP_ETH_NOT_ME)
		return;
	glance_at(frame->frame, frame->len, &segment);
	if (segment.kind == GLANCE_TCP)
		draw_segment(ladder, frame, &segment);
	else
		draw_other(ladder, frame);
}

/* ---- What is no frame --------------------------------------------------- */

bool ladder_is_worth_a_line(const char *name, unsigned state)
{
	/* Other states are shown by the segment that goes with them. */
	if (strcmp(name, "tcp:state_updated") == 0)
		return state == TCPS_CLOSED;

	return strcmp(name, "timer:fired") == 0 ||
	       strcmp(name, "link:dropped") == 0 ||
	       strcmp(name, "arp:address_updated") == 0;
}

void ladder_remark(struct ladder *ladder, const struct ladder_remark *remark)
{
	struct flow *flow = peerstate_find_conn(ladder->peers, remark->conn);
	struct rung rung  = { .style = LADDER_DIM };
	const char *rest  = remark->text;
	char piece[LADDER_MIDDLE_LEN];

	if (ladder->connection && (!flow || flow->number != ladder->connection))
		return;
	put_time(ladder, remark->time_us, rung.time);
	put_tag(ladder, flow, rung.tag);
	if (flow && remark->has_state)
		flow->end[0].state = remark->state;
	if (flow)
		rung.before[0] = tarn_tcp_state_name(flow->end[0].state);

	if (!ladder_wrap(&rest, LADDER_MIDDLE_COLUMNS - BULLET_COLUMNS, piece))
		return;
	snprintf(rung.middle, sizeof(rung.middle), "%s%.500s",
	         ladder->pen.ascii ? "* " : "• ", piece);
	snprintf(rung.more, sizeof(rung.more), "%s", rest);
	ladder->last_why[0] = '\0';
	draw_rung(ladder, &rung);
}

static void row_frame(struct ladder *ladder, const struct story_row *row)
{
	char why[ROWTEXT_LEN], dropped[ROWTEXT_LEN];
	struct ladder_frame frame = {
		.time_us      = row->now_us,
		.direction    = row->is_rx ? LADDER_RX : LADDER_TX,
		.frame        = row->frame,
		.len          = row->len,
		.has_state    = row->note.has_conn,
		.state_before = row->note.state_before,
		.state        = row->note.state,
		.conn         = row->note.has_conn ? row->note.conn : 0,
		.drop         = row->drop,
	};

	if (row->reason.why != WHY_NONE)
		frame.why = rowtext_why(why, sizeof(why), row->reason.why);
	if (row->drop != DROP_NONE)
		frame.dropped =
		        rowtext_drop(dropped, sizeof(dropped), row->drop);
	if (row->lost) {
		snprintf(dropped, sizeof(dropped), "lost on its way: %s",
		         row->lost);
		frame.dropped = dropped;
		frame.is_lost = true;
	}
	ladder_frame(ladder, &frame);
}

/* Who watches through a pipe sees each row at once. */
void ladder_row(void *context, const struct story_row *row)
{
	struct ladder *ladder          = context;
	const struct tarn_event *event = row->event;
	char text[ROWTEXT_LEN];

	if (row->kind == STORY_FRAME) {
		row_frame(ladder, row);
	} else if (!row->is_caused &&
	           ladder_is_worth_a_line(rowtext_event_name(event),
	                                  event->note.state)) {
		const struct ladder_remark remark = {
			.time_us   = row->now_us,
			.text      = rowtext_event(text, sizeof(text), event),
			.conn      = row->note.has_conn ? row->note.conn : 0,
			.has_state = row->note.has_conn,
			.state     = row->note.state,
		};

		ladder_remark(ladder, &remark);
	}
	fflush(ladder->pen.out);
}
