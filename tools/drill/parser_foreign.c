/* SPDX-License-Identifier: MIT */
/*
 * parser_foreign.c - what the language has words for and Tarn has not
 *
 * Tunnels stand before the packet that they carry and end with a colon, which
 * an IPv6 address has too: theirs is the one before a blank. Of another
 * protocol nothing is read: it ends where the next event begins.
 */
#include "tools/drill/parse.h"
#include <string.h>

struct foreign {
	const char *word, *reason;
};

static const struct foreign tunnels[] = {
	{ "ipv4", "IP in IP" }, { "ipv6", "IPv6" },          { "gre", "GRE" },
	{ "mpls", "MPLS" },     { "tcp/udp", "TCP in UDP" },
};

static const struct foreign protocols[] = {
	{ "sctp", "SCTP" },   { "dccp", "DCCP" }, { "udplite", "UDP-Lite" },
	{ "icmpv6", "IPv6" }, { "igmp", "IGMP" },
};

bool parse_tunnel(struct parse *parse)
{
	for (size_t i = 0; i < sizeof(tunnels) / sizeof(*tunnels); i++) {
		if (!scan_is_word(parse, tunnels[i].word))
			continue;

		parse->unsupported = tunnels[i].reason;
		while (*parse->at && *parse->at != '\n' &&
		       !(parse->at[0] == ':' && strchr(" \t\n", parse->at[1])))
			parse->at++;
		scan_need(parse, ":", "behind a tunnel's header");
		return true;
	}
	(void)scan_take_word(parse, "tcp:");

	return false;
}

/* Does a line that starts so begin an event, an option, or nothing? */
static bool begins_event(const char *line)
{
	line += strspn(line, " \t");
	return *line && strchr("0123456789.+*`%-#/\n\r", *line);
}

static void skip_to_next_event(struct parse *parse)
{
	const char *at = parse->at;

	do {
		at = strchr(at, '\n');
		at = at ? at + 1 : parse->end;
	} while (*at && !begins_event(at));

	parse->at = at;
}

bool parse_foreign(struct parse *parse)
{
	for (size_t i = 0; i < sizeof(protocols) / sizeof(*protocols); i++)
		if (scan_is_word(parse, protocols[i].word)) {
			parse->unsupported = protocols[i].reason;
			skip_to_next_event(parse);
			return true;
		}

	return false;
}
