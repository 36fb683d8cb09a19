/* SPDX-License-Identifier: MIT */
/*
 * clock.c - waiting in virtual time
 *
 * Time moves only here, and only to the nearest of: what is waited for, the
 * stack's own deadline, the moment at which a blocked call gives up or is
 * late. Each time something has happened the blocked calls are tried again:
 * a call that blocks is no thread but one that has not succeeded yet.
 */
#include "base/bytes.h"
#include "tools/drill/run.h"

/* No script waits that long for a packet with "*". */
#define PATIENCE_US (UINT64_C(3600) * 1000000)

void clock_settle(struct run *run)
{
	do
		world_settle(&run->world);
	while (!run_is_over(run) && call_retry(run));

	if (run->world.spins)
		run_fails(run, "the stack asks to be polled without end");
}

/* Return: false when nothing more happens up to @limit_us. */
static bool step(struct run *run, uint64_t limit_us)
{
	const uint64_t next_us = MIN(limit_us, call_deadline(run));
	const bool moved       = world_step(&run->world, next_us);

	clock_settle(run);

	return !run_is_over(run) && (moved || next_us < limit_us);
}

void clock_wait_until(struct run *run, uint64_t at_us)
{
	while (step(run, at_us))
		;
}

struct world_frame *clock_wait_packet(struct run *run, uint64_t limit_us)
{
	const uint64_t patience_us = run->world.now_us + PATIENCE_US;

	limit_us = MIN(limit_us, patience_us);
	clock_settle(run);
	while (!run->world.tx.first && !run_is_over(run))
		if (!step(run, limit_us) && !run->world.tx.first)
			return NULL;

	return run_is_over(run) ? NULL : world_take(&run->world);
}

void clock_wait_calls(struct run *run)
{
	while (run->pending_count > 0 && step(run, TARN_NEVER - 1))
		;
}

static void tell_late(struct run *run, const char *what, uint64_t from_us,
                      uint64_t to_us, uint64_t at_us)
{
	if (from_us == to_us)
		run_fails(
		        run,
		        "%s should happen at %.6f s, and it happens at %.6f s "
		        "(tolerance %.6f s)",
		        what, run_seconds(run, from_us),
		        run_seconds(run, at_us),
		        (double)run->numbers.tolerance_us / 1e6);
	else
		run_fails(run,
		          "%s should happen between %.6f s and %.6f s, and it "
		          "happens at %.6f s",
		          what, run_seconds(run, from_us),
		          run_seconds(run, to_us), run_seconds(run, at_us));
}

bool clock_is_timely(struct run *run, const struct drill_time *time,
                     uint64_t due_us, uint64_t at_us, const char *what)
{
	const uint64_t tolerance_us = (uint64_t)run->numbers.tolerance_us;
	uint64_t until_us           = due_us;

	if (time->when == DRILL_WHENEVER)
		return true;
	if (time->when == DRILL_WITHIN || time->when == DRILL_WITHIN_AFTER)
		until_us += (uint64_t)(time->until_us - time->at_us);

	if (at_us + tolerance_us >= due_us && at_us <= until_us + tolerance_us)
		return true;
	tell_late(run, what, due_us, until_us, at_us);

	return false;
}
