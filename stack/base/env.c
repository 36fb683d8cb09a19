/* SPDX-License-Identifier: MIT */
/* env.c - telling the observer, counting drops; see env.h */
#include "base/env.h"

void env_emit(struct env *env, struct tarn_event *event)
{
	event->now_us = env->now_us;
	env->config.observe(env->config.observer, event);
}

enum drop env_count_drop(struct env *env, enum drop drop)
{
	if (drop != DROP_NONE)
		env->drops[drop]++;

	return drop;
}

enum drop env_drop(struct env *env, enum drop drop)
{
	struct tarn_event event = { .kind = TARN_EVENT_DROP, .drop = drop };

	env_count_drop(env, drop);
	if (drop != DROP_NONE && env_is_observed(env))
		env_emit(env, &event);

	return drop;
}
