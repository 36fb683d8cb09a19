/* SPDX-License-Identifier: MIT */
/* fuzz_fault_rule.c - an accepted rule is sound, and its canonical text is the same rule */
#include "drivers/fault.h"
#include "tests/fuzz/fuzz.h"
#include <inttypes.h>
#include <stdio.h>

static const char *const actions[]   = { "drop", "dup", "delay", "corrupt",
	                                 "reorder" };
static const char *const selectors[] = { "every",  "%",    "seq", "data", "syn",
	                                 "synack", "ack",  "fin", "rst",  "tcp",
	                                 "udp",    "icmp", "arp" };

static int put_action(char *text, size_t size, const struct fault_rule *rule)
{
	const char *name = actions[rule->action];

	if (rule->action == FAULT_DELAY)
		return snprintf(text, size, "%s:%" PRIu64 "us", name,
		                rule->arg);
	if (rule->action == FAULT_REORDER ||
	    (rule->action == FAULT_CORRUPT && rule->arg != FAULT_BIT_RANDOM))
		return snprintf(text, size, "%s:%" PRIu64, name, rule->arg);

	return snprintf(text, size, "%s", name);
}

static int put_selector(char *text, size_t size, const struct fault_rule *rule)
{
	if (rule->selector == FAULT_CHANCE)
		return snprintf(text, size, "%" PRIu32 ".%04" PRIu32 "%%",
		                rule->ppm / 10000, rule->ppm % 10000);
	if (rule->selector == FAULT_SEQ)
		return snprintf(text, size,
		                "seq=%" PRIu32 "-%" PRIu32 "#%" PRIu32,
		                rule->seq_first, rule->seq_last, rule->ordinal);

	return snprintf(text, size, "%s#%" PRIu32, selectors[rule->selector],
	                rule->ordinal);
}

static void put_rule(char *text, size_t size, const struct fault_rule *rule)
{
	const char *direction = !rule->in ? "out" : rule->out ? "both" : "in";
	int at                = put_action(text, size, rule);

	at += snprintf(text + at, size - (size_t)at, " %s ", direction);
	at += put_selector(text + at, size - (size_t)at, rule);
	if (rule->count == FAULT_ALWAYS)
		snprintf(text + at, size - (size_t)at, " always");
	else
		snprintf(text + at, size - (size_t)at, " %" PRIu32,
		         rule->count);
}

static void require_sound(const struct fault_rule *rule)
{
	REQUIRE(rule->in || rule->out);
	REQUIRE(rule->ordinal > 0 && rule->count > 0);
	REQUIRE(rule->ppm <= 1000000);
	REQUIRE(rule->seq_first <= rule->seq_last);
	if (rule->action == FAULT_DELAY)
		REQUIRE(rule->arg <= FAULT_DELAY_US_MAX);
	if (rule->action == FAULT_REORDER)
		REQUIRE(rule->arg > 0 && rule->arg <= FAULT_HELD_FRAMES_MAX);
}

static void require_equal(const struct fault_rule *a,
                          const struct fault_rule *b)
{
	REQUIRE(a->action == b->action && a->arg == b->arg);
	REQUIRE(a->in == b->in && a->out == b->out);
	REQUIRE(a->selector == b->selector && a->ppm == b->ppm);
	REQUIRE(a->seq_first == b->seq_first && a->seq_last == b->seq_last);
	REQUIRE(a->ordinal == b->ordinal && a->count == b->count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char error[LINK_ERROR_LEN], canonical[160], *text = malloc(len + 1);
	struct fault_rule rule, again;

	REQUIRE(text);
	if (len)
		memcpy(text, data, len);
	text[len] = '\0';
	error[0]  = '\0';
	if (fault_parse(text, &rule, error) == 0) {
		require_sound(&rule);
		put_rule(canonical, sizeof(canonical), &rule);
		REQUIRE(fault_parse(canonical, &again, error) == 0);
		require_equal(&rule, &again);
	} else {
		REQUIRE(error[0] && strlen(error) < LINK_ERROR_LEN);
	}
	free(text);

	return 0;
}
