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

struct env {
	uint64_t now_us;
	struct memory memory;
	struct random random;
	struct tarn_config config;  /* as given to tarn_create() */
	struct tarn_note rx_note;   /* about the frame being processed */
	uint64_t drops[DROP_COUNT]; /* how often each reason occurred */
};

/** env_is_observed() - The one branch that tracing costs when nobody looks */
static inline bool env_is_observed(const struct env *env)
{
	return __builtin_expect(env->config.observe != NULL, 0);
}

/** env_emit() - Stamp @event with now and show it; the caller asked is_observed */
void env_emit(struct env *env, struct tarn_event *event);

/** env_count_drop() - Count @drop; for the frame in hand, whose FRAME_DONE tells it
 *
 * Return: @drop, so that it can be returned on
 */
enum drop env_count_drop(struct env *env, enum drop drop);

/** env_drop() - Count and emit the loss of something that is not the frame in hand */
enum drop env_drop(struct env *env, enum drop drop);

#endif
