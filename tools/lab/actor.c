/* SPDX-License-Identifier: MIT */
/*
 * actor.c - an app on stage: steps, loops and time
 *
 * An actor writes like a program that blocks, and never blocks the stage: a
 * step that cannot be done now is tried again whenever anything has happened.
 */
#include "base/bytes.h"
#include "tools/lab/stage_state.h"
#include "tools/lab/words.h"
#include <errno.h>

#define STEPS_AT_ONCE_MAX 100000u

static void tell(struct stage *stage, const struct actor *actor,
                 enum stage_phase phase, const char *text)
{
	struct stage_row row = { .kind  = STAGE_APP,
		                 .end   = actor->app->on,
		                 .actor = (unsigned)(actor - stage->actor),
		                 .phase = phase,
		                 .text  = text };

	stage_tell(stage, &row);
}

static void say(struct stage *stage, const struct actor *actor,
                const char *text)
{
	struct stage_row row = { .kind = STAGE_SAY,
		                 .end  = actor->app->on,
		                 .text = text };

	stage_tell(stage, &row);
}

/* ---- Steps without sockets ---------------------------------------------- */

static enum outcome wait_until(struct stage *stage, struct actor *actor,
                               uint64_t until_us)
{
	actor->wake_us    = until_us;
	actor->is_waiting = until_us > stage->now_us;

	return STEP_DONE; /* the next one begins when the time has come */
}

static void jump(struct actor *actor, unsigned to)
{
	actor->pc        = to;
	actor->has_begun = false;
}

/* repeat N: the count is set on the way in and lowered at the end. */
static enum outcome repeat(struct actor *actor, const struct step *step)
{
	uint64_t *left = &actor->loop[actor->pc];

	if (step->kind == STEP_REPEAT) {
		*left = step->count;
		if (*left == 0)
			actor->pc = step->jump - 1;
		return STEP_DONE;
	}
	left = &actor->loop[step->jump];
	if (--*left > 0)
		actor->pc = step->jump; /* behind it, the body begins */

	return STEP_DONE;
}

static enum outcome flood(struct stage *stage, struct actor *actor,
                          const struct step *step)
{
	if (step->us == 0)
		while (actor->done < step->count)
			flood_one(stage, step, actor->done++);
	else if (actor->done < step->count)
		flood_one(stage, step, actor->done++);
	if (actor->done == step->count)
		return STEP_DONE;
	actor->wake_us    = stage->now_us + step->us;
	actor->is_waiting = true;

	return STEP_BLOCKED;
}

static void change_link(struct stage *stage, const struct step *step)
{
	for (unsigned end = 0; end < 2; end++)
		if (step->peer == LAB_NOONE || step->peer == end)
			link_set(wire_path(stage->wire, end), step->text,
			         step->count);
}

static enum outcome outcome_of(struct actor *actor, int rc)
{
	actor->error = rc < 0 ? -rc : 0;

	return rc < 0 ? STEP_FAILED : STEP_DONE;
}

static enum outcome wire_step(struct stage *stage, struct actor *actor,
                              const struct step *step)
{
	switch (step->kind) {
	case STEP_LINK:
		change_link(stage, step);
		return STEP_DONE;
	case STEP_FAULT:
		return outcome_of(
		        actor,
		        road_add_fault(&stage->road[step->peer], step->rule));
	case STEP_ROUTER:
		stage->router_mtu       = (uint16_t)step->count;
		stage->is_router_silent = step->is_silent;
		return STEP_DONE;
	case STEP_REPLAY:
		return outcome_of(actor, replay(stage, step));
	case STEP_FORGE:
		return outcome_of(actor, forge(stage, step));
	default:
		return flood(stage, actor, step);
	}
}

static enum outcome run_step(struct stage *stage, struct actor *actor,
                             const struct step *step)
{
	switch (step->kind) {
	case STEP_WAIT:
		return wait_until(stage, actor, stage->now_us + step->us);
	case STEP_AT:
		return wait_until(stage, actor, step->us);
	case STEP_REPEAT:
	case STEP_END:
		return repeat(actor, step);
	case STEP_SAY:
		say(stage, actor, step->text);
		return STEP_DONE;
	case STEP_CRASH:
		actor->listener = -1;
		actor->fd       = -1;
		return outcome_of(actor, stage_crash(stage, actor->app->on));
	case STEP_LINK:
	case STEP_FAULT:
	case STEP_ROUTER:
	case STEP_REPLAY:
	case STEP_FORGE:
	case STEP_FLOOD:
		return wire_step(stage, actor, step);
	default:
		return actor_socket_step(stage, actor, step);
	}
}

/* ---- One after the other ------------------------------------------------ */

static void leave(struct stage *stage, struct actor *actor,
                  enum stage_phase phase, const char *text)
{
	actor->is_finished = phase == PHASE_ENDS;
	actor->finished_us = stage->now_us;
	tell(stage, actor, phase, text);
}

/* Did the step end as the lesson says? Then go on. */
static bool go_on(struct stage *stage, struct actor *actor,
                  const struct step *step, enum outcome outcome)
{
	const int expected = step->error;
	const int error    = outcome == STEP_FAILED ? actor->error : 0;

	if (error == expected) {
		actor->error = 0;
	} else if (error && step->retry_us) {
		wait_until(stage, actor, stage->now_us + step->retry_us);
		jump(actor, actor->pc);
		actor->error = 0;
		return true;
	} else {
		actor->error = error ? error : EPROTO;
		leave(stage, actor, PHASE_FAILS,
		      error ? tarn_strerror(-error)
		            : "this was to fail, and did not");
		return false;
	}
	if (actor->is_told)
		tell(stage, actor, PHASE_RUNS, NULL);
	actor->is_told = false;
	actor->done    = 0;
	jump(actor, actor->pc + 1);

	return true;
}

static void tell_blocked(struct stage *stage, struct actor *actor)
{
	if (actor->is_told || actor->is_waiting)
		return;
	actor->is_told = true;
	tell(stage, actor, PHASE_BLOCKS, NULL);
}

/* A loop without time in it would hold up everybody else for ever. */
static void stop_runaway(struct stage *stage, struct actor *actor)
{
	actor->error = EPROTO;
	leave(stage, actor, PHASE_FAILS,
	      "does too much at one instant: is a wait missing?");
}

bool actor_is_over(const struct actor *actor)
{
	return actor->is_finished || actor->is_dead || actor->error;
}

/*
 * A step that is blocked may have called the stack all the same: connect() has
 * begun, send() has put in a part. Then the stack has something to do now.
 */
static bool try_step(struct stage *stage, struct actor *actor,
                     enum outcome *ret)
{
	const struct step *step = &actor->app->step[actor->pc];
	const bool had_begun    = actor->has_begun;
	const uint64_t done     = actor->done;

	*ret = run_step(stage, actor, step);
	if (*ret == STEP_BLOCKED && step->no_wait)
		*ret = STEP_DONE;

	return *ret != STEP_BLOCKED || actor->has_begun != had_begun ||
	       actor->done != done;
}

bool actor_run(struct stage *stage, struct actor *actor)
{
	bool has_acted = false;
	unsigned steps = 0;

	while (!actor_is_over(actor)) {
		const struct step *step;
		enum outcome outcome;

		if (actor->is_waiting && actor->wake_us > stage->now_us)
			break;
		if (++steps > STEPS_AT_ONCE_MAX) {
			stop_runaway(stage, actor);
			break;
		}
		actor->is_waiting = false;
		if (actor->pc == actor->app->step_count) {
			leave(stage, actor, PHASE_ENDS, NULL);
			return true;
		}
		step = &actor->app->step[actor->pc];
		has_acted |= try_step(stage, actor, &outcome);
		if (outcome == STEP_BLOCKED) {
			tell_blocked(stage, actor);
			break;
		}
		if (!go_on(stage, actor, step, outcome))
			break;
	}

	return has_acted;
}

uint64_t actor_deadline(const struct actor *actor)
{
	return actor->is_waiting && !actor_is_over(actor) ? actor->wake_us
	                                                  : TARN_NEVER;
}
