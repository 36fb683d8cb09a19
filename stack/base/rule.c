/* SPDX-License-Identifier: MIT */
/* rule.c - the texts of rule.def */
#include "base/rule.h"
#include "base/bytes.h"
#include "base/text.h"
#include <errno.h>

static const struct {
	const char *name, *prevents, *where;
} texts[] = {
#define RULE(symbol, name, prevents, where)                                    \
	[RULE_##symbol] = { name, prevents, where },
#include "base/rule.def"
#undef RULE
	[RULE_COUNT] = { "?", "?", "?" },
};

static enum tarn_rule known(enum tarn_rule rule)
{
	return rule < RULE_COUNT ? rule : RULE_COUNT;
}

const char *rule_name(enum tarn_rule rule)
{
	return texts[known(rule)].name;
}

const char *rule_prevents(enum tarn_rule rule)
{
	return texts[known(rule)].prevents;
}

const char *rule_where(enum tarn_rule rule)
{
	return texts[known(rule)].where;
}

int tarn_rule_find(const char *name)
{
	for (int rule = 0; rule < RULE_COUNT; rule++)
		if (strcmp(texts[rule].name, name) == 0)
			return rule;

	return -ENOENT;
}

char *rule_list(uint32_t without, char text[RULE_LIST_LEN])
{
	struct text list;

	text_init(&list, text, RULE_LIST_LEN);
	for (unsigned rule = 0; rule < RULE_COUNT; rule++) {
		if (!(without >> rule & 1))
			continue;
		if (list.len > 0)
			text_str(&list, ", ");
		text_str(&list, texts[rule].name);
	}

	return text;
}

bool rule_can_be_broken(void)
{
#ifdef TARN_LAB
	return true;
#else
	return false;
#endif
}
