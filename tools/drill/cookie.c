/* SPDX-License-Identifier: MIT */
/*
 * cookie.c - fast open cookies that only one kernel makes (RFC 7413 section 4.1.2)
 *
 * A server makes a cookie with a key of its own, and to the client it is opaque.
 * Scripts that were written for Linux have the cookies in them which it makes for
 * their addresses with the key of their runner. A cookie of a client is a
 * script's to choose, and one that is wrong stays wrong.
 */
#include "base/bytes.h"
#include "tools/drill/run.h"

/* TFO_COOKIE and TFO_COOKIE_ZERO of define.c. */
static const uint8_t linux_cookies[][8] = {
	{ 0x30, 0x21, 0xb9, 0xd8, 0x89, 0x01, 0x7e, 0xeb },
	{ 0xb7, 0xc1, 0x23, 0x50, 0xa9, 0x0d, 0xc8, 0xf5 },
};

static bool is_linux(const struct drill_option *option)
{
	for (size_t i = 0; i < ARRAY_LEN(linux_cookies); i++)
		if (option->data_len == sizeof(linux_cookies[i]) &&
		    memcmp(option->data, linux_cookies[i],
		           sizeof(linux_cookies[i])) == 0)
			return true;

	return false;
}

/* The server's SYN answers, or the client's first one brings it back. */
bool cookie_is_foreign(const struct drill_packet *packet)
{
	if (!packet->syn || packet->protocol != DRILL_TCP ||
	    packet->ack_bit == packet->is_inbound)
		return false;
	for (unsigned i = 0; i < packet->option_count; i++)
		if ((packet->option[i].kind == DRILL_OPT_FASTOPEN ||
		     packet->option[i].kind == DRILL_OPT_FASTOPEN_EXP) &&
		    is_linux(&packet->option[i]))
			return true;

	return false;
}
