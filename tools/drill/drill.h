/* SPDX-License-Identifier: MIT */
/*
 * drill.h - tarn drill: packetdrill scripts against the stack, in virtual time
 *
 * The only header of tools/drill/ that others need.
 */
#ifndef TOOLS_DRILL_DRILL_H
#define TOOLS_DRILL_DRILL_H

#include <stdbool.h>

#define DRILL_WORDS_MAX 64 /* of -D and of the public tool's options */

/** struct drill_options - what the command line says; zeroes are good defaults */
struct drill_options {
	bool verbose;   /* tell each event as it passes */
	bool dry_run;   /* parse only */
	bool list;      /* only name the scripts */
	bool no_ladder; /* of a script that fails */
	bool freebsd;   /* that kernel's defaults for every script */
	bool own;       /* Tarn's own defaults */
	/* "NAME=VALUE" of -D, and "mtu=1400" of --mtu=1400; NULL ends both. */
	const char *define[DRILL_WORDS_MAX + 1];
	const char *override[DRILL_WORDS_MAX + 1];
};

/** struct drill_sum - how it went */
struct drill_sum {
	unsigned passed, failed, skipped;
	unsigned unreadable; /* files, not scripts: a mistake of the caller's */
};

/**
 * drill_path() - Play a script, or all *.pkt below a directory, by name
 * @path: "-" is standard input
 *
 * Tells failures and skips on standard output. Return: false: it was stopped
 * (drivers/stop.h)
 */
bool drill_path(const char *path, const struct drill_options *options,
                struct drill_sum *sum);

#endif
