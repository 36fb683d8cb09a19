/* SPDX-License-Identifier: MIT */
/* why.h - named reasons to act; see why.def */
#ifndef BASE_WHY_H
#define BASE_WHY_H

enum why {
	WHY_NONE,
#define WHY(symbol, sentence, where) WHY_##symbol,
#include "base/why.def"
#undef WHY
	WHY_COUNT,
};

const char *why_symbol(enum why why); /* "ACK_DELAYED" */
/* "the delayed acknowledgment is due" */
const char *why_sentence(enum why why);
const char *why_where(enum why why); /* "RFC 9293 3.8.6.3 MUST-40" */

#endif
