/* SPDX-License-Identifier: MIT */
/*
 * drop.h - named reasons to stop
 *
 * What arrives from the wire is never an error. Input functions return an enum
 * drop: DROP_NONE to go on, otherwise the reason, which is counted, traced and
 * asserted by tests.
 */
#ifndef BASE_DROP_H
#define BASE_DROP_H

enum drop {
	DROP_NONE,
#define DROP(symbol, sentence, where) DROP_##symbol,
#include "base/drop.def"
#undef DROP
	DROP_COUNT,
};

const char *drop_symbol(enum drop drop);   /* "TCP_CHECKSUM" */
const char *drop_sentence(enum drop drop); /* "TCP checksum is wrong" */
const char *drop_where(enum drop drop);    /* "RFC 9293 3.1 MUST-3" */

#endif
