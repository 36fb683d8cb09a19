/* SPDX-License-Identifier: MIT */
/*
 * env.h - what every layer needs and none owns: now, memory, chance, observer
 *
 * One per stack. Layers hold a pointer to it; nothing in it knows a protocol.
 */
#ifndef BASE_ENV_H
#define BASE_ENV_H

#include "base/event.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/sums.h"

struct env {
	uint64_t now_us;
	struct memory memory;
	struct random random;
	const struct sums *sums;    /* what this machine does best */
	struct tarn_config config;  /* as given to tarn_create() */
	struct tarn_note rx_note;   /* about the frame being processed */
	enum drop verdict;          /* on it, and where it was given; only */
	const char *verdict_src;    /* ... if somebody observes */
	uint64_t drops[DROP_COUNT]; /* how often each reason occurred */
};

/** env_is_observed() - The one branch that tracing costs when nobody looks
 *
 * TARN_MUTE compiles all that follows from it out: `make bench` measures what
 * the question costs.
 */
static inline bool env_is_observed(const struct env *env)
{
#ifdef TARN_MUTE
	(void)env;
	return false;
#else
	return __builtin_expect(env->config.observe != NULL, 0);
#endif
}

/** env_link_offloads() - Does the link complete sums and cut super-frames? */
static inline bool env_link_offloads(const struct env *env)
{
	return env->config.super_ops != NULL;
}

/*
 * What follows notes the line of its caller: hence macros, one for each
 * function. The line is data for whoever observes, and decides nothing.
 */

/** env_emit() - Stamp @event with now, and with this line if it has none, and
 * show it; the caller asked is_observed */
#define env_emit(env, event) env_emit_at((env), (event), SRC)
void env_emit_at(struct env *env, struct tarn_event *event, const char *src);

/** env_count_drop() - Count @drop; for the frame in hand, whose FRAME_DONE tells it
 *
 * Return: @drop, so that it can be returned on
 */
enum drop env_count_drop(struct env *env, enum drop drop);

/** env_emit_queue() - A bounded queue became longer or shorter */
#define env_emit_queue(env, queue, why)                                        \
	env_emit_queue_at((env), (queue), BECAUSE(why))
void env_emit_queue_at(struct env *env, const struct tarn_event_queue *queue,
                       struct reason reason);

/** env_drop() - Count and emit the loss of something that is not the frame in hand */
#define env_drop(env, drop) env_drop_at((env), (drop), SRC)
enum drop env_drop_at(struct env *env, enum drop drop, const char *src);

/** env_verdict() - The frame in hand goes no further, for reason @drop
 *
 * Stands where the decision falls, or where the verdict of a pure parser is
 * taken over. Who passes it on does not call it again.
 *
 * Return: @drop, so that it can be returned on
 */
#define env_verdict(env, drop) env_verdict_at((env), (drop), SRC)
static inline enum drop env_verdict_at(struct env *env, enum drop drop,
                                       const char *src)
{
	if (env_is_observed(env) && drop != DROP_NONE) {
		env->verdict     = drop;
		env->verdict_src = src;
	}

	return drop;
}

/** env_note_effect() - What the frame in hand was good for; the last one counts */
#define env_note_effect(env, why) env_note_effect_at((env), BECAUSE(why))
static inline void env_note_effect_at(struct env *env, struct reason reason)
{
	if (env_is_observed(env)) {
		env->rx_note.effect     = (uint16_t)reason.why;
		env->rx_note.effect_src = reason.src;
	}
}

/** env_note_why() - What the frame in hand causes, for its FRAME_DONE */
#define env_note_why(env, why) env_note_why_at((env), (why), SRC)
static inline void env_note_why_at(struct env *env, enum why why,
                                   const char *src)
{
	if (env_is_observed(env)) {
		env->rx_note.why = (uint16_t)why;
		env->rx_note.src = src;
	}
}

#endif
