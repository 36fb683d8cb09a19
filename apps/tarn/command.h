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
#include <stdlib.h> /* EXIT_SUCCESS, EXIT_FAILURE */

#define EXIT_USAGE 2

/* How each is called; what command_usage() and `tarn --help` print. */
#define SERVE_SYNOPSIS                                                         \
	"serve [--port N] [--access-log FILE] [--quiet] [--list] [--live] "    \
	"[DIR]"
#define GET_SYNOPSIS                                                           \
	"get [-o FILE] [-iIvfs] [--max-time S] [--connect-timeout S] URL"
#define PING_SYNOPSIS   "ping [-c COUNT] [-i SECONDS] [-s OCTETS] HOST"
#define NC_SYNOPSIS     "nc [-u] HOST PORT | nc [-u] -l PORT"
#define ECHO_SYNOPSIS   "echo [--port N]"
#define SINK_SYNOPSIS   "sink [--port N]"
#define SOURCE_SYNOPSIS "source [--port N] [--bytes N]"
#define SHELL_SYNOPSIS  "shell [--root DIR] [-- COMMAND...]"
#define LADDER_SYNOPSIS                                                        \
	"ladder [--connection N] [--no-why] [--ascii] FILE.pcap[ng]"
#define PAGE_SYNOPSIS "page [-o FILE.html] FILE.jsonl"

#define SS_SYNOPSIS                                                            \
	"ss [-tulanio] [-s] [--drops] [--json] [--pid PID] [--name NAME]"
#define DOCTOR_SYNOPSIS "doctor"
#define DRILL_SYNOPSIS                                                         \
	"drill [-v] [-D NAME=VALUE]... [--profile linux|freebsd|tarn] "        \
	"[--dry-run] [--list] [--no-ladder] PATH..."

#define LAB_SYNOPSIS                                                           \
	"lab [--why] [--step | --predict | --grade | --with-kernel] [--drop "  \
	"N] "                                                                  \
	"[--seed N] "                                                          \
	"[--without RULE] [--out DIR] [LESSON | FILE]..."

struct command {
	const char *name;
	const char *synopsis; /* "serve [--port N] [DIR]" */
	const char *summary;  /* "the HTTP server" */
	bool needs_link;      /* then link and address are checked first */
	int (*run)(const struct host_options *options, int argc, char **argv);
};

/** What `tarn lab --help` adds: a line for each option */
extern const char lab_details[];

int cmd_serve(const struct host_options *options, int argc, char **argv);
int cmd_get(const struct host_options *options, int argc, char **argv);
int cmd_ping(const struct host_options *options, int argc, char **argv);
int cmd_nc(const struct host_options *options, int argc, char **argv);
int cmd_echo(const struct host_options *options, int argc, char **argv);
int cmd_sink(const struct host_options *options, int argc, char **argv);
int cmd_source(const struct host_options *options, int argc, char **argv);
int cmd_shell(const struct host_options *options, int argc, char **argv);
int cmd_ladder(const struct host_options *options, int argc, char **argv);
int cmd_page(const struct host_options *options, int argc, char **argv);
int cmd_ss(const struct host_options *options, int argc, char **argv);
int cmd_doctor(const struct host_options *options, int argc, char **argv);
int cmd_drill(const struct host_options *options, int argc, char **argv);
int cmd_lab(const struct host_options *options, int argc, char **argv);

/** command_open() - host_open() that prints its own error; NULL on failure
 *
 * Without --link it says which to give and offers `tarn shell`. With --live the
 * page is served beside what the command does.
 */
struct host *command_open(const struct host_options *options);

struct livepage;

/** command_open_live() - The same for a command that serves the page itself
 * @ret:	what livepage_mount() takes at once; NULL: --live was not given */
struct host *command_open_live(const struct host_options *options,
                               struct livepage **ret);

/** command_close() - Let the last data and FINs leave, and take all down
 * @last_step:	what the last host_step() returned; 0 when the work is done
 * Return: the exit code: 0, or 1 after saying that the link is gone */
int command_close(struct host *host, int last_step);

/** command_usage() - Print "usage: tarn SYNOPSIS" on stderr; returns EXIT_USAGE */
int command_usage(const char *synopsis);

/** command_address() - Parse "ADDR:PORT" or ADDR and a port text
 * Return: true, or false after saying on stderr what is wrong */
bool command_address(const char *host, const char *port, struct tarn_addr *ret);

/** command_complain() - Say "tarn: PEER: what @rc means; what to do"; returns EXIT_FAILURE */
int command_complain(const struct tarn_addr *peer, int rc);

/** command_number() - Read a decimal of @min..@max
 * @what:	for the message: "--port"
 * Return: true, or false after saying on stderr what is wrong */
bool command_number(const char *what, const char *text, uint64_t min,
                    uint64_t max, uint64_t *ret);

#endif
