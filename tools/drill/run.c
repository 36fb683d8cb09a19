/* SPDX-License-Identifier: MIT */
/*
 * run.c - a script's events, one after the other, in virtual time
 *
 * The language's rules of time, as its public tool has them:
 *
 *	- A relative time counts from the moment at which the event before it
 *	  happened, not from when it was written to happen: delays within the
 *	  tolerance do not add up.
 *	- A call, a command, an assertion and an inbound packet wait for their
 *	  moment; they are late when the time has already gone beyond it.
 *	- An outbound packet is expected. Packets are judged in the order in which
 *	  they left, each once, and by the moment at which they left. What no line
 *	  expects makes the next expectation fail; what is left over at the end of
 *	  the script is not asked about.
 *	- A call written "a...b" is made at a and must return at b; the script goes
 *	  on meanwhile.
 */
#include "tools/drill/run.h"
#include "base/bytes.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

/* Each listener counts on from here; anything but a port of the script's. */
#define FIRST_PEER_PORT 53055

/* ---- verdicts ---- */

static void end(struct run *run, enum run_verdict verdict, const char *format,
                va_list args)
{
	if (run_is_over(run))
		return;
	run->verdict    = verdict;
	run->fault_line = run->event ? run->event->line : 0;
	vsnprintf(run->reason, sizeof(run->reason), format, args);
}

void run_fails(struct run *run, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	end(run, RUN_FAILED, format, args);
	va_end(args);
}

void run_skips(struct run *run, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	end(run, RUN_SKIPPED, format, args);
	va_end(args);
}

double run_seconds(const struct run *run, uint64_t at_us)
{
	return ((double)at_us - (double)run->world.born_us) / 1e6;
}

void run_tells(const struct run *run, const char *text)
{
	if (run->options->verbose)
		printf("%10.6f  %s\n", run_seconds(run, run->world.now_us),
		       text);
}

/* ---- events ---- */

/* Everything but an outbound packet waits for its moment. */
static bool wait_for_event(struct run *run, const char *what)
{
	clock_wait_until(run, run->event_us);
	if (run_is_over(run))
		return false;

	return clock_is_timely(run, &run->event->time, run->event_us,
	                       run->world.now_us, what);
}

static void play(struct run *run, const struct drill_event *event)
{
	switch (event->kind) {
	case DRILL_PACKET:
		if (event->packet.is_inbound)
			packet_arrives(run, &event->packet);
		else
			packet_expected(run, &event->packet);
		break;
	case DRILL_CALL:
		if (wait_for_event(run, "the call"))
			call_begin(run, event);
		break;
	case DRILL_COMMAND:
		if (wait_for_event(run, "the command"))
			command_run(run, event);
		break;
	case DRILL_CODE:
		if (wait_for_event(run, "the assertion"))
			code_collect(run, event);
		break;
	}
}

static bool is_relative(const struct drill_time *time)
{
	return time->when == DRILL_AFTER || time->when == DRILL_WITHIN_AFTER ||
	       time->when == DRILL_WHENEVER;
}

static void play_all(struct run *run)
{
	const struct drill_event *event = run->script->events;

	for (; event && !run_is_over(run); event = event->next) {
		const uint64_t base_us = is_relative(&event->time)
		                                 ? run->world.now_us
		                                 : run->world.born_us;

		run->event    = event;
		run->event_us = base_us + (uint64_t)event->time.at_us;
		play(run, event);
	}
	if (!run_is_over(run))
		clock_wait_calls(run);
}

/* ---- a run ---- */

static void find_unsupported(struct run *run)
{
	const struct drill_event *event = run->script->events;

	for (; event && !run_is_over(run); event = event->next) {
		run->event = event;
		if (event->unsupported)
			run_skips(run, "needs %s, which Tarn does not have",
			          event->unsupported);
	}
}

static bool open_stack(struct run *run)
{
	int rc;

	profile_apply(run);
	if (!run_is_over(run))
		command_prepare(run);
	if (run_is_over(run))
		return false;

	rc = world_open(&run->world);
	if (rc < 0)
		run_fails(run, "the stack cannot be made so: %s",
		          tarn_strerror(rc));
	run->is_open = rc == 0;

	return run->is_open;
}

static void keep_last_info(struct run *run)
{
	const struct connection *connection = run->under_test;

	run->has_last_info =
	        run->is_open && connection && connection->fd >= 0 &&
	        !connection->was_closed && !connection->is_udp &&
	        tarn_getsockopt(run->world.tarn, connection->fd, TARN_TCP_INFO,
	                        &run->last_info, sizeof(run->last_info)) >= 0;
}

static void take_down(struct run *run)
{
	size_t lost;

	keep_last_info(run);
	for (unsigned i = 0; i < run->connection_count; i++)
		free(run->connections[i]);
	if (run->code)
		fclose(run->code);
	free(run->code_text);
	run->code      = NULL;
	run->code_text = NULL;
	if (!run->is_open)
		return;
	lost       = world_close(&run->world);
	run->event = NULL;
	if (lost > 0 && run->verdict == RUN_PASSED) {
		run->verdict = RUN_GOES_ON;
		run_fails(run, "the stack kept %zu octets", lost);
	}
}

void run_script(struct run *run, const struct drill_script *script,
                const struct run_options *options,
                void (*observe)(void *observer, const struct tarn_event *event),
                void *observer)
{
	*run = (struct run){ .script    = script,
		             .options   = options,
		             .next_port = FIRST_PEER_PORT };
	world_config(&run->world);
	run->world.config.observe  = observe;
	run->world.config.observer = observer;

	find_unsupported(run);
	if (!run_is_over(run) && open_stack(run)) {
		play_all(run);
		if (!run_is_over(run) && !options->no_code)
			code_judge(run);
	}
	if (!run_is_over(run))
		run->verdict = RUN_PASSED;
	take_down(run);
}
