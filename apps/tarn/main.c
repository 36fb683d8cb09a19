/* SPDX-License-Identifier: MIT */
/*
 * main.c - tarn: options, then a sub-command
 *
 * Exit codes: 0, 1 for failure, 2 for usage; `get` as curl.
 */
#include "apps/tarn/command.h"
#include "apps/tarn/options.h"
#include "base/bytes.h"
#include <stdio.h>
#include <string.h>

static const struct command commands[] = {
	{ "serve", SERVE_SYNOPSIS, "the HTTP server", true, cmd_serve },
	{ "get", GET_SYNOPSIS, "the HTTP client", true, cmd_get },
	{ "ping", PING_SYNOPSIS, "is it there, and how far?", true, cmd_ping },
	{ "nc", NC_SYNOPSIS, "standard input and output over the network", true,
	  cmd_nc },
	{ "echo", ECHO_SYNOPSIS, "send back what comes (RFC 862)", true,
	  cmd_echo },
	{ "sink", SINK_SYNOPSIS, "take what comes and count it (RFC 863)", true,
	  cmd_sink },
	{ "source", SOURCE_SYNOPSIS, "send without end (RFC 864)", true,
	  cmd_source },
	{ "shell", SHELL_SYNOPSIS,
	  "your shell on the kernel's side, Tarn on the other", false,
	  cmd_shell },
	{ "lab", LAB_SYNOPSIS, "a lesson on two stacks in virtual time", false,
	  cmd_lab },
	{ "ss", SS_SYNOPSIS, "the connections of a running instance, live",
	  false, cmd_ss },
	{ "doctor", DOCTOR_SYNOPSIS, "what this machine lacks, and the cure",
	  false, cmd_doctor },
	{ "drill", DRILL_SYNOPSIS,
	  "packetdrill scripts against the stack, in virtual time", false,
	  cmd_drill },
	{ "ladder", LADDER_SYNOPSIS, "a capture as a ladder diagram", false,
	  cmd_ladder },
	{ "page", PAGE_SYNOPSIS, "a log of --log as a page for a browser",
	  false, cmd_page },
};

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];

	return NULL;
}

static int help(void)
{
	printf("usage: tarn [OPTION]... COMMAND ...\n\n"
	       "A TCP/IP stack of its own on a TAP, an interface or a file.\n"
	       "`tarn shell` needs nothing prepared and no root.\n\n"
	       "Commands:\n");
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		printf("  %s\n\t%s\n", commands[i].synopsis,
		       commands[i].summary);
	printf("\nOptions, in front of the command:\n%s", options_text);
	printf("\nExample:\n  tarn --link tap:tap0 --ip 10.9.0.2/24 serve .\n");

	return EXIT_SUCCESS;
}

static int command_help(const struct command *command)
{
	printf("usage: tarn [OPTION]... %s\n\n%s; `tarn --help` lists the "
	       "options\n",
	       command->synopsis, command->summary);
	if (command->run == cmd_lab)
		printf("\n%s", lab_details);

	return EXIT_SUCCESS;
}

static bool asks_for_help(int argc, char **argv)
{
	return argc > 1 &&
	       (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0);
}

static int run(const struct host_options *options, int argc, char **argv)
{
	const struct command *command;
	char error[LINK_ERROR_LEN];

	if (argc == 0) {
		fprintf(stderr,
		        "tarn: which command? `tarn --help` lists them; "
		        "`tarn shell` is a good first one\n");
		return EXIT_USAGE;
	}

	command = find_command(argv[0]);
	if (!command) {
		fprintf(stderr,
		        "tarn: there is no command '%s'; `tarn --help` lists "
		        "them\n",
		        argv[0]);
		return EXIT_USAGE;
	}
	if (asks_for_help(argc, argv))
		return command_help(command);

	if (command->needs_link && host_check(options, error) < 0) {
		fprintf(stderr, "tarn: %s\n", error);
		return EXIT_USAGE;
	}

	return command->run(options, argc, argv);
}

int main(int argc, char **argv)
{
	char error[OPTIONS_ERROR_LEN];
	struct host_options options;
	int at;

	switch (options_read(argc, argv, &options, &at, error)) {
	case OPTIONS_HELP:
		return help();
	case OPTIONS_VERSION:
		puts("tarn " TARN_VERSION);
		return EXIT_SUCCESS;
	case OPTIONS_WRONG:
		fprintf(stderr, "tarn: %s\n", error);
		return EXIT_USAGE;
	case OPTIONS_RUN:
		break;
	}

	return run(&options, argc - at, argv + at);
}
