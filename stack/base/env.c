/* SPDX-License-Identifier: MIT */
/* env.c - telling the observer, counting drops; see env.h */
#include "base/env.h"

void env_emit_at(struct env *env, struct tarn_event *event, const char *src)
{
	event->now_us = env->now_us;
	if (!event->src)
		event->src = src;
	env->config.observe(env->config.observer, event);
}

void env_emit_queue_at(struct env *env, const struct tarn_event_queue *queue,
                       struct reason reason)
{
	struct tarn_event event = { .kind = TARN_EVENT_QUEUE,
		                    .why  = reason.why,
		                    .src  = reason.src };

	event.queue = *queue;
	env_emit_at(env, &event, reason.src);
}

enum drop env_count_drop(struct env *env, enum drop drop)
{
	if (drop != DROP_NONE)
		env->drops[drop]++;

	return drop;
}

static void emit_drop(struct env *env, enum drop drop, const char *src)
{
	struct tarn_event event = { .kind = TARN_EVENT_DROP, .drop = drop };

	env_emit_at(env, &event, src);
}

enum drop env_drop_at(struct env *env, enum drop drop, const char *src)
{
	env_count_drop(env, drop);
	if (drop != DROP_NONE && env_is_observed(env))
		emit_drop(env, drop, src);

	return drop;
}
