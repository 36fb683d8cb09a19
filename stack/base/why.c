/* SPDX-License-Identifier: MIT */
/* why.c - the texts of why.def */
#include "base/why.h"

static const struct {
	const char *symbol, *sentence, *where;
} texts[] = {
	[WHY_NONE] = { "NONE", "no reason given", "" },
#define WHY(symbol, sentence, where)                                           \
	[WHY_##symbol] = { #symbol, sentence, where },
#include "base/why.def"
#undef WHY
	[WHY_COUNT] = { "?", "?", "?" },
};

/* Notes carry reasons as plain integers, so a number may name nothing. */
static enum why known(enum why why)
{
	return why < WHY_COUNT ? why : WHY_COUNT;
}

const char *why_symbol(enum why why)
{
	return texts[known(why)].symbol;
}

const char *why_sentence(enum why why)
{
	return texts[known(why)].sentence;
}

const char *why_where(enum why why)
{
	return texts[known(why)].where;
}
