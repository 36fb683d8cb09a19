/* SPDX-License-Identifier: MIT */
/*
 * cmd_drill.c - tarn drill: packetdrill scripts against the stack
 *
 * Needs no link, no root and no time: see tools/drill/.
 */
#include "apps/tarn/command.h"
#include "drivers/stop.h"
#include "tools/drill/drill.h"
#include <getopt.h>
#include <stdio.h>
#include <string.h>

enum { OPTION_PROFILE = 256, OPTION_DRY_RUN, OPTION_LIST, OPTION_NO_LADDER };

static const struct option long_options[] = {
	{ "verbose", no_argument, NULL, 'v' },
	{ "dry-run", no_argument, NULL, OPTION_DRY_RUN },
	{ "dry_run", no_argument, NULL, OPTION_DRY_RUN },
	{ "list", no_argument, NULL, OPTION_LIST },
	{ "no-ladder", no_argument, NULL, OPTION_NO_LADDER },
	{ "profile", required_argument, NULL, OPTION_PROFILE },
	{ "define", required_argument, NULL, 'D' },
	{ NULL, 0, NULL, 0 },
};

/* The public tool's options about scripts, as they may stand in one, too. */
static bool is_override(const char *argument)
{
	static const char *const names[] = {
		"--tolerance_usecs=",   "--mtu=",        "--mss=",
		"--local_ip=",          "--remote_ip=",  "--bind_port=",
		"--connect_port=",      "--ip_version=", "--strict_segments",
		"--tcp_ts_tick_usecs=",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strncmp(argument, names[i], strlen(names[i])) == 0)
			return true;

	return false;
}

static bool keep(const char **list, const char *word)
{
	for (size_t i = 0; i < DRILL_WORDS_MAX; i++)
		if (!list[i]) {
			list[i] = word;
			return true;
		}
	fprintf(stderr, "tarn: drill: more than %d words are given\n",
	        DRILL_WORDS_MAX);

	return false;
}

/* Takes them out of @argv, so that getopt sees only its own. */
static bool take_overrides(int *argc, char **argv,
                           struct drill_options *options)
{
	int kept = 0;

	for (int i = 0; i < *argc; i++) {
		if (!is_override(argv[i]))
			argv[kept++] = argv[i];
		else if (!keep(options->override, argv[i] + 2))
			return false;
	}
	argv[kept] = NULL;
	*argc      = kept;

	return true;
}

static bool take_profile(const char *name, struct drill_options *options)
{
	options->freebsd = strcmp(name, "freebsd") == 0;
	options->own     = strcmp(name, "tarn") == 0;
	if (options->freebsd || options->own || strcmp(name, "linux") == 0)
		return true;
	fprintf(stderr,
	        "tarn: drill: there is no profile '%s'; linux, freebsd and "
	        "tarn are known\n",
	        name);

	return false;
}

static bool take_option(int option, struct drill_options *options)
{
	switch (option) {
	case 'v':
		options->verbose = true;
		return true;
	case 'D':
		return keep(options->define, optarg);
	case OPTION_DRY_RUN:
		options->dry_run = true;
		return true;
	case OPTION_LIST:
		options->list = true;
		return true;
	case OPTION_NO_LADDER:
		options->no_ladder = true;
		return true;
	case OPTION_PROFILE:
		return take_profile(optarg, options);
	default:
		command_usage(DRILL_SYNOPSIS);
		return false;
	}
}

static int tell_sum(const struct drill_options *options,
                    const struct drill_sum *sum)
{
	if (options->list)
		return sum->unreadable ? EXIT_USAGE : EXIT_SUCCESS;
	printf("%u passed, %u failed, %u skipped\n", sum->passed, sum->failed,
	       sum->skipped);
	if (sum->unreadable)
		return EXIT_USAGE;
	if (sum->passed + sum->failed + sum->skipped == 0) {
		fflush(stdout);
		fprintf(stderr, "tarn: drill: there is no *.pkt\n");
		return EXIT_FAILURE;
	}

	return sum->failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

int cmd_drill(const struct host_options *host, int argc, char **argv)
{
	struct drill_options options = { 0 };
	struct drill_sum sum         = { 0 };
	int option;

	(void)host;
	if (!take_overrides(&argc, argv, &options))
		return EXIT_USAGE;
	optind = 0;
	while ((option = getopt_long(argc, argv, "vD:", long_options, NULL)) !=
	       -1)
		if (!take_option(option, &options))
			return EXIT_USAGE;
	if (optind == argc)
		return command_usage(DRILL_SYNOPSIS);

	stop_catch_signals();
	for (int i = optind; i < argc; i++)
		if (!drill_path(argv[i], &options, &sum))
			break;

	return tell_sum(&options, &sum);
}
