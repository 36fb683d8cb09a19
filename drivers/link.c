/* SPDX-License-Identifier: MIT */
/*
 * link.c - from the text after --link to an open link
 *
 * What stands before the colon names the kind; each kind is one file with one
 * function that opens it. A kind that is missing here does not exist.
 */
#include "drivers/link.h"
#include "drivers/pcap.h"
#include "drivers/tap.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

struct link_kind {
	const char *prefix;
	int (*open)(const char *name, const struct link_options *options,
	            struct link *ret, char error[LINK_ERROR_LEN]);
};

static const struct link_kind kinds[] = {
	{ "tap:", tap_open },
	{ "pcap:", pcap_link_live },
	{ "file:", pcap_link_file },
};

int link_open(const char *spec, const struct link_options *options,
              struct link *ret, char error[LINK_ERROR_LEN])
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const size_t len = strlen(kinds[i].prefix);

		if (strncmp(spec, kinds[i].prefix, len) != 0)
			continue;
		if (spec[len] != '\0')
			return kinds[i].open(spec + len, options, ret, error);
		snprintf(error, LINK_ERROR_LEN,
		         "link '%s' names no interface or file; write what "
		         "comes after the colon, as in tap:tap0",
		         spec);
		return -EINVAL;
	}

	snprintf(error, LINK_ERROR_LEN,
	         "link '%s' is of no known kind; give tap:NAME, pcap:IFACE or "
	         "file:IN.pcap",
	         spec);
	return -EINVAL;
}

void link_close(struct link *link)
{
	if (link->close)
		link->close(link->state);
	*link = (struct link){ .fd = -1 };
}
