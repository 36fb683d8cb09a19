/* SPDX-License-Identifier: MIT */
/* icmp_names.h - types and codes of ICMP as scripts call them */
#ifndef TOOLS_DRILL_ICMP_NAMES_H
#define TOOLS_DRILL_ICMP_NAMES_H

#include <stdbool.h>
#include <stdint.h>

/** icmp_type_named() - false: @word is no type */
bool icmp_type_named(const char *word, uint8_t *ret_type);
/** icmp_code_named() - false: @word is no code of this type */
bool icmp_code_named(uint8_t type, const char *word, uint8_t *ret_code);

/** icmp_type_name() - NULL: it has only a number */
const char *icmp_type_name(uint8_t type);
const char *icmp_code_name(uint8_t type, uint8_t code);

#endif
