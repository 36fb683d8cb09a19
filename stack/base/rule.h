/* SPDX-License-Identifier: MIT */
/*
 * rule.h - rules that a lab build can be made to break: counterfactuals
 *
 * The line that keeps a rule asks whether it is to be kept:
 *
 *	if (... && rule_holds(env, RULE_PERSIST))
 *
 * Everywhere but in a lab build (-DTARN_LAB) the answer is the constant true,
 * the compiler sees it, and no code is left of the question. A lab build asks
 * tarn_config.without. docs/design/0026-counterfactuals.md
 */
#ifndef BASE_RULE_H
#define BASE_RULE_H

#include "base/env.h"
#include <assert.h>

enum tarn_rule {
#define RULE(symbol, name, prevents, where) RULE_##symbol,
#include "base/rule.def"
#undef RULE
	RULE_COUNT,
};
static_assert(RULE_COUNT <= 32, "tarn_config.without has a bit for each");

#define RULE_LIST_LEN 512 /* characters of all names and what divides them */

const char *rule_name(enum tarn_rule rule); /* "time-wait" */
/* "an old duplicate becomes data of the next connection" */
const char *rule_prevents(enum tarn_rule rule);
const char *rule_where(enum tarn_rule rule); /* "RFC 6528 3" */

/** tarn_rule_find() - Which rule has this name?
 * Return: enum tarn_rule, -ENOENT
 */
int tarn_rule_find(const char *name);

/**
 * rule_list() - The names of the rules in a mask, for a banner
 * @without:	as in struct tarn_config
 *
 * Return: @text: "time-wait, persist", or "" if none is broken
 */
char *rule_list(uint32_t without, char text[RULE_LIST_LEN]);

/** rule_can_be_broken() - Is the stack that is linked in a lab build? */
bool rule_can_be_broken(void);

/** rule_holds() - Is the rule kept? The constant true, except in a lab build
 *
 * There it is not even evaluated: the least trace, and the compiler inlines
 * other functions around it than without.
 */
#ifdef TARN_LAB
static inline bool rule_holds(const struct env *env, enum tarn_rule rule)
{
	return !(env->config.without >> rule & 1);
}
#else
#define rule_holds(env, rule) ((void)sizeof((env) + (rule)), true)
#endif

#endif
