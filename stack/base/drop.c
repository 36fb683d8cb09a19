/* SPDX-License-Identifier: MIT */
/* drop.c - the texts of drop.def */
#include "base/drop.h"

static const struct {
	const char *symbol, *sentence, *where;
} texts[] = {
	[DROP_NONE] = { "NONE", "nothing to object to", "" },
#define DROP(symbol, sentence, where)                                          \
	[DROP_##symbol] = { #symbol, sentence, where },
#include "base/drop.def"
#undef DROP
	[DROP_COUNT] = { "?", "?", "?" },
};

/* Notes carry reasons as plain integers, so a number may name nothing. */
static enum drop known(enum drop drop)
{
	return drop < DROP_COUNT ? drop : DROP_COUNT;
}

const char *drop_symbol(enum drop drop)
{
	return texts[known(drop)].symbol;
}

const char *drop_sentence(enum drop drop)
{
	return texts[known(drop)].sentence;
}

const char *drop_where(enum drop drop)
{
	return texts[known(drop)].where;
}
