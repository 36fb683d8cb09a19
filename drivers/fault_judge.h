/* SPDX-License-Identifier: MIT */
/*
 * fault_judge.h - what the rules say about a frame; for fault.c
 *
 * Knows rules, segments and chance; knows neither time nor links.
 */
#ifndef DRIVERS_FAULT_JUDGE_H
#define DRIVERS_FAULT_JUDGE_H

#include "base/random.h"
#include "drivers/fault.h"
#include "drivers/glance.h"

#define FAULT_ISNS_MAX                                                         \
	256 /* senders whose ISN is remembered; then the oldest goes */

/* What one end of a connection began to count from. */
struct fault_isn {
	struct tarn_addr src, dst;
	uint32_t iss;
};

struct fault_judge {
	struct random random;
	unsigned rule_count;
	struct fault_active {
		struct fault_rule rule;
		char text[FAULT_TEXT_LEN]; /* as it was written, or its start */
		uint32_t matched, acted;   /* frames */
	} rule[FAULT_RULES_MAX];
	unsigned isn_count; /* ever noted */
	struct fault_isn isn[FAULT_ISNS_MAX];
};

/** struct fault_verdict - what all rules together want with a frame */
struct fault_verdict {
	bool drop, dup;
	uint64_t delay_us;
	uint64_t pass;         /* frames that shall go before it */
	const char *drop_rule; /* the rule that drops it, as it was written */
};

/** fault_selects() - Is the frame of this kind? CHANCE and SEQ never are */
bool fault_selects(enum fault_selector selector, const struct glance *glance);

/** fault_judge_init() - Parse the rules. Return: 0, -EINVAL, -E2BIG; see fault_open() */
int fault_judge_init(struct fault_judge *judge, const char *const *rules,
                     unsigned count, uint64_t seed, char error[LINK_ERROR_LEN]);

/** fault_judge_add() - One more rule, which begins to count now
 *
 * A rule that will never act again makes room.
 * Return: 0, -EINVAL, -E2BIG
 */
int fault_judge_add(struct fault_judge *judge, const char *rule,
                    char error[LINK_ERROR_LEN]);

/** fault_judge_frame() - Let every rule count the frame and say what it wants
 * @frame:	bits that a rule corrupts are flipped in it
 */
void fault_judge_frame(struct fault_judge *judge, bool is_in, uint8_t *frame,
                       size_t len, struct fault_verdict *ret);

#endif
