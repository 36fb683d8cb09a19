/* SPDX-License-Identifier: MIT */
/*
 * fault_parse.c - the words of a fault rule; the grammar stands in fault.h
 *
 * One function per word. Each reads a word of known length and nothing behind
 * it, and says what it would have taken instead.
 */
#include "base/bytes.h"
#include "drivers/fault.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>

#define WORDS_MAX       4
#define PPM_PER_PERCENT 10000u

struct word {
	const char *text;
	size_t len;
};

/* A rule on its way from text to struct. */
struct parse {
	struct word word[WORDS_MAX];
	unsigned word_count;
	const char *text;
	char *error;
};

static int wrong(const struct parse *parse, struct word word, const char *cure)
{
	snprintf(parse->error, LINK_ERROR_LEN,
	         "fault rule \"%.120s\": \"%.*s\" %s", parse->text,
	         (int)MIN(word.len, 60u), word.text, cure);

	return -EINVAL;
}

static bool is_word(struct word word, const char *name)
{
	return strlen(name) == word.len &&
	       memcmp(name, word.text, word.len) == 0;
}

/* Up to the first @at, and what follows it. Return: is there one? */
static bool split(struct word word, char at, struct word *ret_head,
                  struct word *ret_tail)
{
	const char *found = memchr(word.text, at, word.len);

	*ret_head = word;
	*ret_tail = (struct word){ word.text + word.len, 0 };
	if (!found)
		return false;
	ret_head->len  = (size_t)(found - word.text);
	ret_tail->text = found + 1;
	ret_tail->len  = word.len - ret_head->len - 1;

	return true;
}

/* A decimal number that is all of the word. */
static bool number(struct word word, uint64_t max, uint64_t *ret)
{
	uint64_t value = 0;

	if (word.len == 0)
		return false;
	for (size_t i = 0; i < word.len; i++) {
		const uint64_t digit = (uint64_t)(word.text[i] - '0');

		if (!isdigit((unsigned char)word.text[i]) ||
		    value > (max - MIN(digit, max)) / 10)
			return false;
		value = value * 10 + digit;
	}
	*ret = value;

	return true;
}

/* ---- ACTION[:ARG] ------------------------------------------------------- */

static bool duration(struct word word, uint64_t *ret_us)
{
	static const struct {
		const char *unit;
		uint64_t us;
	} units[]     = { { "us", 1 }, { "ms", 1000 }, { "s", 1000000 } };
	size_t digits = 0;
	struct word unit;
	uint64_t value;

	while (digits < word.len && isdigit((unsigned char)word.text[digits]))
		digits++;
	unit     = (struct word){ word.text + digits, word.len - digits };
	word.len = digits;
	if (!number(word, FAULT_DELAY_US_MAX, &value))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (is_word(unit, units[i].unit)) {
			*ret_us = value * units[i].us;
			return *ret_us <= FAULT_DELAY_US_MAX;
		}

	return false;
}

/* How each action reads what stands behind the colon. */
static bool no_argument(bool has_arg, struct word arg, uint64_t *ret)
{
	(void)arg;
	(void)ret;

	return !has_arg;
}

static bool delay_argument(bool has_arg, struct word arg, uint64_t *ret)
{
	return has_arg && duration(arg, ret);
}

static bool bit_argument(bool has_arg, struct word arg, uint64_t *ret)
{
	*ret = FAULT_BIT_RANDOM;

	return !has_arg || number(arg, UINT32_MAX, ret);
}

static bool frames_argument(bool has_arg, struct word arg, uint64_t *ret)
{
	*ret = 1;

	return !has_arg ||
	       (number(arg, FAULT_HELD_FRAMES_MAX, ret) && *ret > 0);
}

static const struct {
	const char *name;
	enum fault_action action;
	bool (*argument)(bool has_arg, struct word arg, uint64_t *ret);
	const char *cure;
} actions[] = {
	{ "drop", FAULT_DROP, no_argument, "takes no argument" },
	{ "dup", FAULT_DUP, no_argument, "takes no argument" },
	{ "delay", FAULT_DELAY, delay_argument,
	  "needs a time up to an hour, such as delay:20ms, delay:500us, "
	  "delay:2s" },
	{ "corrupt", FAULT_CORRUPT, bit_argument,
	  "takes a bit's number, such as corrupt:272, or none" },
	{ "reorder", FAULT_REORDER, frames_argument,
	  "takes how many frames shall pass, such as reorder:3, or none" },
};

static int action_word(const struct parse *parse, struct fault_rule *rule)
{
	const struct word all = parse->word[0];
	struct word name, arg;
	const bool has_arg = split(all, ':', &name, &arg);

	for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
		if (!is_word(name, actions[i].name))
			continue;
		rule->action = actions[i].action;
		return actions[i].argument(has_arg, arg, &rule->arg)
		               ? 0
		               : wrong(parse, all, actions[i].cure);
	}

	return wrong(parse, all,
	             "is no action; allowed: drop, dup, delay:TIME, "
	             "corrupt[:BIT], reorder[:N]");
}

/* ---- DIRECTION ---------------------------------------------------------- */

static int direction_word(const struct parse *parse, struct fault_rule *rule)
{
	const struct word word = parse->word[1];

	rule->in  = is_word(word, "in") || is_word(word, "both");
	rule->out = is_word(word, "out") || is_word(word, "both");

	return rule->in || rule->out
	               ? 0
	               : wrong(parse, word,
	                       "is no direction; allowed: in, out, both");
}

/* ---- SELECTOR ----------------------------------------------------------- */

static const struct {
	const char *name;
	enum fault_selector selector;
	uint32_t count; /* when none is given */
} selectors[] = {
	{ "every", FAULT_EVERY, FAULT_ALWAYS },
	{ "data", FAULT_DATA, 1 },
	{ "syn", FAULT_SYN, 1 },
	{ "synack", FAULT_SYNACK, 1 },
	{ "ack", FAULT_ACK, 1 },
	{ "fin", FAULT_FIN, 1 },
	{ "rst", FAULT_RST, 1 },
	{ "tcp", FAULT_TCP, 1 },
	{ "udp", FAULT_UDP, 1 },
	{ "icmp", FAULT_ICMP, 1 },
	{ "arp", FAULT_ARP, 1 },
};

/* "1", "0.5", "12.3456": up to four decimals are millionths. */
static int chance(const struct parse *parse, struct word word,
                  struct fault_rule *rule)
{
	static const uint32_t decimals[] = { 10000, 1000, 100, 10, 1 };
	const char *cure = "is no chance; allowed: 0% to 100%, with up to four "
	                   "decimals";
	struct word whole, part;
	uint64_t percent, fraction = 0;
	const bool has_part = split((struct word){ word.text, word.len - 1 },
	                            '.', &whole, &part);

	if (!number(whole, 100, &percent))
		return wrong(parse, word, cure);
	if (has_part && (part.len >= ARRAY_LEN(decimals) ||
	                 !number(part, PPM_PER_PERCENT, &fraction)))
		return wrong(parse, word, cure);

	rule->selector = FAULT_CHANCE;
	rule->count    = FAULT_ALWAYS;
	rule->ppm      = (uint32_t)percent * PPM_PER_PERCENT +
	            (uint32_t)fraction * decimals[part.len];

	return rule->ppm <= 100 * PPM_PER_PERCENT ? 0
	                                          : wrong(parse, word, cure);
}

static int sequence(const struct parse *parse, struct word word,
                    struct word value, struct fault_rule *rule)
{
	struct word first, last;
	uint64_t from, to;
	const bool is_range = split(value, '-', &first, &last);

	if (!number(first, UINT32_MAX, &from) ||
	    (is_range && !number(last, UINT32_MAX, &to)))
		return wrong(parse, word,
		             "is no sequence number; allowed: seq=1461 or "
		             "seq=1-1460, relative to the ISN");
	to = is_range ? to : from;
	if (to < from || to - from >= 0x80000000u)
		return wrong(parse, word,
		             "ends before it begins, or is half of all "
		             "numbers");

	rule->selector  = FAULT_SEQ;
	rule->seq_first = (uint32_t)from;
	rule->seq_last  = (uint32_t)to;
	rule->count     = 1;

	return 0;
}

static int selector_word(const struct parse *parse, struct fault_rule *rule)
{
	const struct word word = parse->word[2];
	struct word name, ordinal, value, key;
	const bool has_ordinal = split(word, '#', &name, &ordinal);
	uint64_t first         = 1;

	if (word.text[word.len - 1] == '%')
		return chance(parse, word, rule);
	if (has_ordinal && (!number(ordinal, UINT32_MAX - 1, &first) || !first))
		return wrong(parse, word,
		             "needs a number from 1 behind #, such as data#3");
	rule->ordinal = (uint32_t)first;
	if (split(name, '=', &key, &value) && is_word(key, "seq"))
		return sequence(parse, word, value, rule);

	for (size_t i = 0; i < ARRAY_LEN(selectors); i++)
		if (is_word(name, selectors[i].name)) {
			rule->selector = selectors[i].selector;
			rule->count    = has_ordinal ? 1 : selectors[i].count;
			return 0;
		}

	return wrong(parse, word,
	             "selects nothing; allowed: every, N%, seq=A[-B], data, "
	             "syn, synack, ack, fin, rst, tcp, udp, icmp, arp, and "
	             "#K behind a word for the K-th");
}

/* ---- COUNT -------------------------------------------------------------- */

static int count_word(const struct parse *parse, struct fault_rule *rule)
{
	const struct word word = parse->word[3];
	uint64_t count;

	if (parse->word_count < 4)
		return 0;
	if (is_word(word, "once"))
		rule->count = 1;
	else if (is_word(word, "always"))
		rule->count = FAULT_ALWAYS;
	else if (number(word, UINT32_MAX - 1, &count) && count > 0)
		rule->count = (uint32_t)count;
	else
		return wrong(parse, word,
		             "is no count; allowed: once, always, or a number "
		             "from 1");

	return 0;
}

/* Return: 0, or -EINVAL for more than four words */
static int split_words(struct parse *parse)
{
	const char *at = parse->text;

	for (;;) {
		struct word word;

		at += strspn(at, " \t");
		word = (struct word){ at, strcspn(at, " \t") };
		if (word.len == 0)
			return 0;
		if (parse->word_count == WORDS_MAX)
			return wrong(parse, word,
			             "is one word too many; a rule is "
			             "ACTION[:ARG] DIRECTION SELECTOR [COUNT]");
		parse->word[parse->word_count++] = word;
		at += word.len;
	}
}

int fault_parse(const char *text, struct fault_rule *ret,
                char error[LINK_ERROR_LEN])
{
	struct parse parse     = { .text = text, .error = error };
	struct fault_rule rule = { .ordinal = 1 };

	if (split_words(&parse) < 0)
		return -EINVAL;
	if (parse.word_count < 3) {
		snprintf(
		        error, LINK_ERROR_LEN,
		        "fault rule \"%.120s\" has %u of at least three words: "
		        "ACTION[:ARG] DIRECTION SELECTOR [COUNT], such as "
		        "\"drop out data#3\"",
		        text, parse.word_count);
		return -EINVAL;
	}
	if (action_word(&parse, &rule) < 0 ||
	    direction_word(&parse, &rule) < 0 ||
	    selector_word(&parse, &rule) < 0 || count_word(&parse, &rule) < 0)
		return -EINVAL;
	*ret = rule;

	return 0;
}
