/* SPDX-License-Identifier: MIT */
/*
 * command.h - the sub-commands of tarn
 *
 * main.c reads the options before the sub-command into a struct host_options,
 * finds the sub-command in a table and calls it. A command parses its own
 * arguments (argv[0] is its name), opens the link with command_open() and
 * returns the process's exit code.
 */
#ifndef APPS_TARN_COMMAND_H
#define APPS_TARN_COMMAND_H

#include "drivers/host.h"

#define EXIT_USAGE 2

struct command {
	const char *name;
	const char *synopsis; /* "serve [--port N] [DIR]" */
	const char *summary;  /* "the HTTP server" */
	int (*run)(const struct host_options *options, int argc, char **argv);
};

int cmd_serve(const struct host_options *options, int argc, char **argv);
int cmd_get(const struct host_options *options, int argc, char **argv);
int cmd_ping(const struct host_options *options, int argc, char **argv);
int cmd_nc(const struct host_options *options, int argc, char **argv);
int cmd_echo(const struct host_options *options, int argc, char **argv);
int cmd_sink(const struct host_options *options, int argc, char **argv);
int cmd_source(const struct host_options *options, int argc, char **argv);
int cmd_shell(const struct host_options *options, int argc, char **argv);
int cmd_ladder(const struct host_options *options, int argc, char **argv);

/** command_open() - host_open() that prints its own error; NULL on failure
 *
 * Without --link it says which to give and offers `tarn shell`.
 */
struct host *command_open(const struct host_options *options);

/** command_usage() - Print "usage: tarn SYNOPSIS" on stderr; returns EXIT_USAGE */
int command_usage(const char *synopsis);

/** command_address() - Parse "ADDR:PORT" or ADDR and a port text
 * Return: true, or false after saying on stderr what is wrong */
bool command_address(const char *host, const char *port, struct tarn_addr *ret);

/** command_number() - Read a decimal of @min..@max
 * @what:	for the message: "--port"
 * Return: true, or false after saying on stderr what is wrong */
bool command_number(const char *what, const char *text, uint64_t min,
		    uint64_t max, uint64_t *ret);

#endif
