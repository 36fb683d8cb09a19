/* SPDX-License-Identifier: MIT */
/* icmp_names.c - one table, read both ways; of two names the first is printed */
#include "tools/drill/icmp_names.h"
#include <stddef.h>
#include <string.h>

#define NAMES (sizeof(names) / sizeof(*names))

struct name {
	const char *word;
	uint8_t type, code;
};

#define ANY_CODE 255 /* in the table: a name of the type itself */

/* RFC 792, 950, 1122 and 1812 */
static const struct name names[] = {
	{ "echo_reply", 0, ANY_CODE },
	{ "unreachable", 3, ANY_CODE },
	{ "source_quench", 4, ANY_CODE },
	{ "redirect", 5, ANY_CODE },
	{ "echo_request", 8, ANY_CODE },
	{ "time_exceeded", 11, ANY_CODE },
	{ "parameter_problem", 12, ANY_CODE },
	{ "timestamp_request", 13, ANY_CODE },
	{ "timestamp_reply", 14, ANY_CODE },
	{ "information_request", 15, ANY_CODE },
	{ "information_reply", 16, ANY_CODE },
	{ "address_mask_request", 17, ANY_CODE },
	{ "address_mask_reply", 18, ANY_CODE },
	{ "net_unreachable", 3, 0 },
	{ "host_unreachable", 3, 1 },
	{ "protocol_unreachable", 3, 2 },
	{ "port_unreachable", 3, 3 },
	{ "frag_needed", 3, 4 },
	{ "source_route_failed", 3, 5 },
	{ "net_unknown", 3, 6 },
	{ "host_unknown", 3, 7 },
	{ "source_host_isolated", 3, 8 },
	{ "net_prohibited", 3, 9 },
	{ "host_prohibited", 3, 10 },
	{ "net_unreachable_for_tos", 3, 11 },
	{ "host_unreachable_for_tos", 3, 12 },
	{ "communication_prohibited", 3, 13 },
	{ "packet_filtered", 3, 13 },
	{ "host_precedence_violation", 3, 14 },
	{ "precedence_violation", 3, 14 },
	{ "precedence_cutoff", 3, 15 },
	{ "net_redirect", 5, 0 },
	{ "host_redirect", 5, 1 },
	{ "tos_net_redirect", 5, 2 },
	{ "tos_host_redirect", 5, 3 },
	{ "transit", 11, 0 },
	{ "ttl_exceeded", 11, 0 },
	{ "ttl", 11, 0 },
	{ "reassembly", 11, 1 },
	{ "frag_time_exceeded", 11, 1 },
	{ "pointer", 12, 0 },
	{ "option_missing", 12, 1 },
	{ "bad_length", 12, 2 },
};

static const struct name *by_word(const char *word, bool is_code, uint8_t type)
{
	for (size_t i = 0; i < NAMES; i++)
		if (strcmp(names[i].word, word) == 0 &&
		    (names[i].code != ANY_CODE) == is_code &&
		    (!is_code || names[i].type == type))
			return &names[i];

	return NULL;
}

static const char *by_number(uint8_t type, uint8_t code)
{
	for (size_t i = 0; i < NAMES; i++)
		if (names[i].type == type && names[i].code == code)
			return names[i].word;

	return NULL;
}

bool icmp_type_named(const char *word, uint8_t *ret_type)
{
	const struct name *name = by_word(word, false, 0);

	if (name)
		*ret_type = name->type;

	return name;
}

bool icmp_code_named(uint8_t type, const char *word, uint8_t *ret_code)
{
	const struct name *name = by_word(word, true, type);

	if (name)
		*ret_code = name->code;

	return name;
}

const char *icmp_type_name(uint8_t type)
{
	return by_number(type, ANY_CODE);
}

const char *icmp_code_name(uint8_t type, uint8_t code)
{
	return code == ANY_CODE ? NULL : by_number(type, code);
}
