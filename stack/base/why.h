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

/** SRC - This place in the code, as an observer is told it: "stack/tcp/ack.c:26" */
#define SRC          __FILE__ ":" SRC_TEXT(__LINE__)
#define SRC_TEXT(x)  SRC_TEXT_(x)
#define SRC_TEXT_(x) #x

/** struct reason - why, and the line of code that says so; src: NULL or SRC */
struct reason {
	enum why why;
	const char *src;
};

/** BECAUSE() - The reason @why, given here */
#define BECAUSE(why) ((struct reason){ (why), SRC })

const char *why_symbol(enum why why); /* "ACK_DELAYED" */
/* "the delayed acknowledgment is due" */
const char *why_sentence(enum why why);
const char *why_where(enum why why); /* "RFC 9293 3.8.6.3 MUST-40" */

#endif
