/* SPDX-License-Identifier: MIT */
/*
 * report.c - passed, failed, skipped: and why
 *
 * A failure is told in the order in which one looks for its cause: where, what
 * differs, the line of the script, the connection as it was, and everything
 * that happened on the wire up to there, with the stack's reasons.
 */
#include "tools/drill/report.h"
#include "drivers/ladder.h"
#include <inttypes.h>

static void tell_connection(const struct run *run)
{
	const struct tarn_tcp_info *info = &run->last_info;

	if (!run->has_last_info)
		return;
	printf("  connection  %s, snd.una %" PRIu32 ", snd.nxt %" PRIu32
	       ", rcv.nxt %" PRIu32 ", snd.wnd %" PRIu32 ", cwnd %" PRIu32
	       ", ssthresh %" PRIu32 ", flight %" PRIu32 ", rto %" PRIu64
	       " us\n",
	       info->state_name, info->snd_una - info->iss,
	       info->snd_nxt - info->iss, info->rcv_nxt - info->irs,
	       info->snd_wnd, info->cwnd, info->ssthresh, info->flight,
	       info->rto_us);
}

static const char *source_of(const struct run *run)
{
	const struct drill_event *event = run->script->events;

	while (event && event->line != run->fault_line)
		event = event->next;

	return event ? event->source : NULL;
}

static void draw_ladder(const struct run *run)
{
	const struct ladder_options look = { .left  = "Tarn",
		                             .right = "script" };
	struct run_options quiet         = *run->options;
	struct run *again                = run->scratch;
	struct ladder *ladder;
	struct story *story;

	if (run->options->no_ladder || !again ||
	    ladder_open(stdout, &look, &ladder) < 0)
		return;
	quiet.verbose = false;
	quiet.no_code = true;
	if (story_open(ladder_row, ladder, &story) == 0) {
		run_script(again, run->script, &quiet, story_event, story);
		story_close(story);
	}
	ladder_close(ladder);
}

static void tell_failure(const struct run *run)
{
	const char *source = source_of(run);

	printf("not ok %s:%u: %s\n", run->script->path, run->fault_line,
	       run->reason);
	if (source)
		printf("  line      %s\n", source);
	tell_connection(run);
	draw_ladder(run);
	fputc('\n', stdout);
}

void report_tell(const struct run *run)
{
	switch (run->verdict) {
	case RUN_PASSED:
	case RUN_GOES_ON:
		printf("ok %s\n", run->script->path);
		break;
	case RUN_SKIPPED:
		printf("skip %s:%u: %s\n", run->script->path, run->fault_line,
		       run->reason);
		break;
	case RUN_FAILED:
		tell_failure(run);
		break;
	}
}
