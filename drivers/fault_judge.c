/* SPDX-License-Identifier: MIT */
/* fault_judge.c - see fault_judge.h */
#include "drivers/fault_judge.h"
#include "base/bytes.h"
#include "drivers/glance.h"
#include "wire/ip4.h"
#include <errno.h>
#include <stdio.h>

#define PPM 1000000u

static struct fault_isn *isn_find(struct fault_judge *judge,
                                  const struct glance *glance)
{
	const unsigned count = MIN(judge->isn_count, FAULT_ISNS_MAX);

	for (unsigned i = 0; i < count; i++) {
		struct fault_isn *isn = &judge->isn[i];

		if (isn->src.port == glance->src.port &&
		    isn->dst.port == glance->dst.port &&
		    ip_equal(&isn->src.ip, &glance->src.ip) &&
		    ip_equal(&isn->dst.ip, &glance->dst.ip))
			return isn;
	}

	return NULL;
}

static void isn_note(struct fault_judge *judge, const struct glance *glance)
{
	struct fault_isn *isn;

	if (glance->kind != GLANCE_TCP || !glance->tcp.syn)
		return;
	isn = isn_find(judge, glance);
	if (!isn)
		isn = &judge->isn[judge->isn_count++ % FAULT_ISNS_MAX];
	*isn = (struct fault_isn){ glance->src, glance->dst, glance->tcp.seq };
}

/* Does it occupy a number of first..last? Numbers are on a circle. */
static bool is_in_range(struct fault_judge *judge,
                        const struct fault_rule *rule,
                        const struct glance *glance)
{
	const struct fault_isn *isn = isn_find(judge, glance);
	uint32_t at;

	if (!isn || glance_seq_len(glance) == 0)
		return false;
	at = glance->tcp.seq - isn->iss;

	return rule->seq_first - at < glance_seq_len(glance) ||
	       at - rule->seq_first <= rule->seq_last - rule->seq_first;
}

static bool selects_tcp(enum fault_selector selector,
                        const struct glance *glance)
{
	const struct tcp_hdr *tcp = &glance->tcp;

	if (glance->kind != GLANCE_TCP)
		return false;
	switch (selector) {
	case FAULT_DATA:
		return glance->text_len > 0;
	case FAULT_SYN:
		return tcp->syn && !tcp->ack_bit;
	case FAULT_SYNACK:
		return tcp->syn && tcp->ack_bit;
	case FAULT_ACK:
		return tcp->ack_bit && !tcp->syn && !tcp->fin && !tcp->rst &&
		       glance->text_len == 0;
	case FAULT_FIN:
		return tcp->fin;
	case FAULT_RST:
		return tcp->rst;
	default:
		return selector == FAULT_TCP;
	}
}

bool fault_selects(enum fault_selector selector, const struct glance *glance)
{
	switch (selector) {
	case FAULT_EVERY:
		return true;
	case FAULT_ARP:
		return glance->kind == GLANCE_ARP;
	case FAULT_ICMP:
		return glance->kind == GLANCE_ICMP;
	case FAULT_UDP:
		return glance->kind == GLANCE_UDP;
	default:
		return selects_tcp(selector, glance);
	}
}

static bool matches(struct fault_judge *judge, const struct fault_rule *rule,
                    const struct glance *glance)
{
	switch (rule->selector) {
	case FAULT_CHANCE:
		return random_below(&judge->random, PPM) < rule->ppm;
	case FAULT_SEQ:
		return glance->kind == GLANCE_TCP &&
		       is_in_range(judge, rule, glance);
	default:
		return fault_selects(rule->selector, glance);
	}
}

/* Count a frame for one rule. Return: shall the rule act on it? */
static bool acts(struct fault_judge *judge, struct fault_active *active,
                 const struct glance *glance)
{
	const struct fault_rule *rule = &active->rule;

	if (!matches(judge, rule, glance))
		return false;
	active->matched += active->matched < UINT32_MAX;
	if (active->matched < rule->ordinal ||
	    (rule->count != FAULT_ALWAYS && active->acted >= rule->count))
		return false;
	active->acted += active->acted < UINT32_MAX;

	return true;
}

static void flip_bit(struct fault_judge *judge, const struct fault_rule *rule,
                     uint8_t *frame, size_t len)
{
	const uint64_t bits = (uint64_t)len * 8;
	uint64_t bit;

	if (bits == 0)
		return;
	bit = rule->arg == FAULT_BIT_RANDOM
	              ? random_below(&judge->random, (uint32_t)bits)
	              : rule->arg % bits;
	frame[bit / 8] ^= (uint8_t)(0x80u >> bit % 8);
}

static void add_to_verdict(struct fault_judge *judge,
                           const struct fault_rule *rule, uint8_t *frame,
                           size_t len, struct fault_verdict *verdict)
{
	switch (rule->action) {
	case FAULT_DROP:
		verdict->drop = true;
		break;
	case FAULT_DUP:
		verdict->dup = true;
		break;
	case FAULT_DELAY:
		verdict->delay_us += rule->arg;
		break;
	case FAULT_CORRUPT:
		flip_bit(judge, rule, frame, len);
		break;
	case FAULT_REORDER:
		verdict->pass = MAX(verdict->pass, rule->arg);
		break;
	}
}

static bool is_spent(const struct fault_active *active)
{
	return active->rule.count != FAULT_ALWAYS &&
	       active->acted >= active->rule.count;
}

/* Return: a place for one more, or NULL */
static struct fault_active *find_place(struct fault_judge *judge)
{
	if (judge->rule_count < FAULT_RULES_MAX)
		return &judge->rule[judge->rule_count++];
	for (unsigned i = 0; i < FAULT_RULES_MAX; i++)
		if (is_spent(&judge->rule[i]))
			return &judge->rule[i];

	return NULL;
}

int fault_judge_add(struct fault_judge *judge, const char *rule,
                    char error[LINK_ERROR_LEN])
{
	struct fault_active active = { .matched = 0 }, *place;

	if (fault_parse(rule, &active.rule, error) < 0)
		return -EINVAL;
	snprintf(active.text, sizeof(active.text), "%s", rule);
	place = find_place(judge);
	if (!place) {
		snprintf(error, LINK_ERROR_LEN,
		         "%d fault rules are waiting already; each that has "
		         "acted makes room",
		         FAULT_RULES_MAX);
		return -E2BIG;
	}
	*place = active;

	return 0;
}

int fault_judge_init(struct fault_judge *judge, const char *const *rules,
                     unsigned count, uint64_t seed, char error[LINK_ERROR_LEN])
{
	const uint64_t key[2] = { seed, 0x6661756c74 }; /* "fault" */

	if (count > FAULT_RULES_MAX) {
		snprintf(error, LINK_ERROR_LEN,
		         "%u fault rules; at most %d are allowed", count,
		         FAULT_RULES_MAX);
		return -E2BIG;
	}
	random_init(&judge->random, key);
	judge->isn_count  = 0;
	judge->rule_count = 0;
	for (unsigned i = 0; i < count; i++)
		if (fault_judge_add(judge, rules[i], error) < 0)
			return -EINVAL;

	return 0;
}

void fault_judge_frame(struct fault_judge *judge, bool is_in, uint8_t *frame,
                       size_t len, struct fault_verdict *ret)
{
	struct glance glance;

	*ret = (struct fault_verdict){ .drop = false };
	glance_at(frame, len, &glance);
	isn_note(judge, &glance);
	for (unsigned i = 0; i < judge->rule_count; i++) {
		struct fault_active *active = &judge->rule[i];

		if (!(is_in ? active->rule.in : active->rule.out) ||
		    !acts(judge, active, &glance))
			continue;
		add_to_verdict(judge, &active->rule, frame, len, ret);
		if (ret->drop && !ret->drop_rule)
			ret->drop_rule = active->text;
	}
}
