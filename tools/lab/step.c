/* SPDX-License-Identifier: MIT */
/*
 * step.c - a lesson event by event, forward and back
 *
 *	space n Enter	the next event		b	one back
 *	N		the next instant	g NUMBER to this event
 *	d		lose the next frame	?	why, in full
 *	r		from the beginning	q	leave
 *
 * The stage is a pure function of the lesson and the frames that are to be
 * lost, so going back is playing again up to one event earlier: nothing has to
 * be undone, and what is shown is what happened (docs/design/0025). On a
 * terminal keys count at once; else commands are read from lines.
 */
#include "base/bytes.h"
#include "drivers/rowtext.h"
#include "drivers/stop.h"
#include "tools/lab/chronicle.h"
#include "tools/lab/lesson.h"
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

struct stepper {
	const struct lesson *lesson;
	struct lab_options options;
	struct chronicle chronicle; /* of the whole run */
	size_t shown;               /* rows before the cursor */
	bool is_terminal;
	struct termios cooked;
};

static void tell(void *listener, const struct stage_row *row)
{
	chronicle_add(listener, row);
}

/* The whole run, with the frames that are lost by now. */
static int play_all(struct stepper *stepper, char error[LAB_ERROR_LEN])
{
	struct stage *stage;
	int rc;

	chronicle_clear(&stepper->chronicle);
	rc = stage_open(stepper->lesson, &stepper->options.stage, tell,
	                &stepper->chronicle, &stage, error);
	if (rc < 0)
		return rc;
	while (stage_step(stage))
		;
	stage_close(stage);

	return 0;
}

/* ---- What stands on the screen ------------------------------------------ */

static int draw_shown(struct stepper *stepper, size_t first)
{
	struct draw *draw;
	int rc = draw_open(stdout, &stepper->options.draw, &draw);

	if (rc < 0)
		return rc;
	/* The ladder needs what came before for its numbers. */
	if (first > 0)
		draw_skip(draw);
	draw_rows(draw, stepper->lesson, &stepper->chronicle, 0, first);
	draw_go_on(draw);
	draw_rows(draw, stepper->lesson, &stepper->chronicle, first,
	          stepper->shown);
	draw_close(draw);

	return 0;
}

static bool is_visible(const struct stepper *stepper, size_t at)
{
	return draw_shows(&stepper->options.draw, stepper->lesson,
	                  &stepper->chronicle.row[at]);
}

static size_t next_visible(const struct stepper *stepper, size_t at)
{
	while (at < stepper->chronicle.count && !is_visible(stepper, at))
		at++;

	return MIN(at + 1, stepper->chronicle.count);
}

static size_t previous_visible(const struct stepper *stepper, size_t at)
{
	while (at > 0 && !is_visible(stepper, at - 1))
		at--;
	if (at > 0)
		at--;
	while (at > 0 && !is_visible(stepper, at - 1))
		at--;

	return at;
}

/* Rows of the same instant belong to one stop of "N". */
static size_t next_instant(const struct stepper *stepper, size_t at)
{
	uint64_t now_us;

	at = next_visible(stepper, at);
	if (at == 0)
		return 0;
	now_us = stepper->chronicle.row[at - 1].now_us;
	while (at < stepper->chronicle.count &&
	       stepper->chronicle.row[at].now_us == now_us)
		at++;

	return at;
}

static void put_why(const struct stepper *stepper)
{
	const struct happening *row;
	char why[ROWTEXT_LEN];

	if (stepper->shown == 0) {
		printf("nothing has happened yet\n");
		return;
	}
	row = &stepper->chronicle.row[stepper->shown - 1];
	if (row->drop != DROP_NONE)
		printf("dropped: %s\n",
		       rowtext_drop(why, sizeof(why), row->drop));
	else
		printf("why: %s\n", rowtext_why(why, sizeof(why), row->why));
	if (row->note.has_conn)
		printf("%s -> %s, cwnd %" PRIu32 ", ssthresh %" PRIu32
		       ", flight %" PRIu32 ", SND.WND %" PRIu32
		       ", RCV.WND %" PRIu32 ", SRTT %" PRIu32
		       " us, RTO %" PRIu32 " us\n",
		       tarn_tcp_state_name(row->note.state_before),
		       tarn_tcp_state_name(row->note.state), row->note.now.cwnd,
		       row->note.now.ssthresh, row->note.now.flight,
		       row->note.now.snd_wnd, row->note.now.rcv_wnd,
		       row->note.now.srtt_us, row->note.now.rto_us);
	if (row->text)
		printf("%s\n", row->text);
}

/* ---- Commands ----------------------------------------------------------- */

static void move_to(struct stepper *stepper, size_t to)
{
	const size_t from = stepper->shown;

	stepper->shown = to;
	if (to > from) {
		draw_shown(stepper, from);
		return;
	}
	printf("\n--- back: event %zu of %zu ---\n", to,
	       stepper->chronicle.count);
	draw_shown(stepper, 0);
}

/* The first frame after the cursor that leaves an end. */
static uint64_t next_packet(const struct stepper *stepper)
{
	for (size_t i = stepper->shown; i < stepper->chronicle.count; i++) {
		const struct happening *row = &stepper->chronicle.row[i];

		if (row->is_frame && !row->is_rx && row->packet &&
		    row->kind == STAGE_STORY)
			return row->packet;
	}

	return 0;
}

static int lose_next(struct stepper *stepper, char error[LAB_ERROR_LEN])
{
	struct stage_options *stage = &stepper->options.stage;
	const uint64_t packet       = next_packet(stepper);

	if (packet == 0) {
		printf("no frame is sent after this\n");
		return 0;
	}
	if (stage->drop_count == STAGE_DROPS_MAX) {
		printf("%d frames are lost already: no more\n",
		       STAGE_DROPS_MAX);
		return 0;
	}
	stage->drop[stage->drop_count++] = packet;
	printf("--- frame #%" PRIu64 " will be lost ---\n", packet);

	return play_all(stepper, error);
}

static void put_keys(void)
{
	printf("space next event, N next instant, b back, d lose the next "
	       "frame, ? why, r again, q leave\n");
}

/* Return: false to leave */
static bool command(struct stepper *stepper, int key, int *rc,
                    char error[LAB_ERROR_LEN])
{
	const size_t shown = stepper->shown;

	switch (key) {
	case ' ':
	case 'n':
	case '\r':
	case '\n':
		move_to(stepper, next_visible(stepper, shown));
		break;
	case 'N':
		move_to(stepper, next_instant(stepper, shown));
		break;
	case 'b':
		move_to(stepper, previous_visible(stepper, shown));
		break;
	case 'r':
		stepper->options.stage.drop_count = 0;
		*rc                               = play_all(stepper, error);
		move_to(stepper, 0);
		break;
	case 'd':
		*rc = lose_next(stepper, error);
		break;
	case '?':
		put_why(stepper);
		break;
	case 'q':
	case EOF:
	case 4: /* Ctrl-D */
		return false;
	default:
		put_keys();
		break;
	}

	return *rc == 0;
}

/* ---- Keys --------------------------------------------------------------- */

static void take_keys(struct stepper *stepper)
{
	struct termios raw;

	stepper->is_terminal = isatty(STDIN_FILENO) &&
	                       tcgetattr(STDIN_FILENO, &stepper->cooked) == 0;
	if (!stepper->is_terminal)
		return;
	raw = stepper->cooked;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
}

/* From a file or pipe each line is a command; its first character counts. */
static int read_key(const struct stepper *stepper)
{
	char line[64];

	if (stepper->is_terminal) {
		char key;

		return read(STDIN_FILENO, &key, 1) == 1 ? key : EOF;
	}
	if (!fgets(line, sizeof(line), stdin))
		return EOF;

	return line[0];
}

int lesson_step(const struct lesson *lesson, const struct lab_options *options,
                char error[LAB_ERROR_LEN])
{
	struct stepper stepper = { .lesson = lesson, .options = *options };
	int rc                 = play_all(&stepper, error);

	if (rc < 0)
		return rc;
	printf("%s\n", lesson->title);
	put_keys();
	stop_catch_signals();
	take_keys(&stepper);
	while (!stop_is_asked()) {
		fflush(stdout);
		if (!command(&stepper, read_key(&stepper), &rc, error))
			break;
		if (stepper.shown == stepper.chronicle.count)
			printf("--- the end; b goes back, q leaves ---\n");
	}
	if (stepper.is_terminal)
		tcsetattr(STDIN_FILENO, TCSANOW, &stepper.cooked);
	chronicle_clear(&stepper.chronicle);

	return rc;
}
