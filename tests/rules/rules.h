/* SPDX-License-Identifier: MIT */
/*
 * rules.h - scripted peers (peer.h) against a stack that breaks a rule
 *
 * These programs are linked with the lab build of the stack. Each file shows
 * one rule twice: the disaster without it, and the same events with it.
 */
#ifndef TESTS_RULES_RULES_H
#define TESTS_RULES_RULES_H

#include "base/bytes.h"
#include "base/rule.h"
#include "tests/unit/lib/peer.h"

/** without() - The scenario's stack breaks @rule; say it first */
static inline void without(enum tarn_rule rule)
{
	ck_assert(rule_can_be_broken());
	peer_config()->without |= BIT(rule);
}

#endif
