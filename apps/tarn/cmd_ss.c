/* SPDX-License-Identifier: MIT */
/*
 * cmd_ss.c - tarn ss: what running instances hold, in the manner of ss(8)
 *
 * An instance looks at itself and writes the answer (drivers/control.c); here
 * the question is put together, the instance found, the answer passed on.
 */
#include "apps/tarn/command.h"
#include "drivers/control_dir.h"
#include "drivers/control_request.h"
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define ANSWER_SECONDS 5 /* an instance that says nothing is stuck */
#define LINE_MAX_LEN   512

struct ss {
	struct control_request request;
	uint64_t pid;     /* 0: any */
	const char *name; /* NULL: any */
	char line[CONTROL_REQUEST_MAX + 1];
	size_t line_len;
	unsigned asked;    /* instances that are ours to ask */
	unsigned answered; /* and have been shown */
	bool failed;
};

/* ---- one instance ---- */

/* "tarn 123 tap:tap0 10.9.0.2": is it the one called @name? */
static bool is_called(const char *heading, const char *name)
{
	char link[64] = "", ip[64] = "";
	const char *device;

	if (!name)
		return true;
	sscanf(heading, "tarn %*d %63s %63s", link, ip);
	device = strchr(link, ':');

	return strcmp(name, link) == 0 || strcmp(name, ip) == 0 ||
	       (device && strcmp(name, device + 1) == 0);
}

static void complain(struct ss *ss, int pid, const char *what)
{
	fprintf(stderr, "tarn: instance %d %s", pid, what);
	ss->failed = true;
}

/* @heading is read. Everything behind it is the answer. */
static void show(struct ss *ss, int pid, const char *heading, FILE *answer)
{
	char block[4096];
	size_t len;

	if (strncmp(heading, "error ", 6) == 0) {
		complain(ss, pid, "answers: ");
		fputs(heading + 6, stderr);
		return;
	}
	if (strncmp(heading, "tarn ", 5) != 0) {
		complain(ss, pid, "does not answer; `kill` it if it hangs\n");
		return;
	}
	if (!is_called(heading, ss->name))
		return;

	if (ss->request.json)
		fputs(ss->answered ? "," : "[", stdout);
	else
		printf("%s%s", ss->answered ? "\n" : "", heading);
	ss->answered++;
	while ((len = fread(block, 1, sizeof(block), answer)) > 0)
		fwrite(block, 1, len, stdout);
}

/* A control_each() function; @fd is ours to close */
static void ask(void *context, int pid, int fd)
{
	const struct timeval patience = { .tv_sec = ANSWER_SECONDS };
	struct ss *ss                 = context;
	char heading[LINE_MAX_LEN]    = "";
	FILE *answer;

	if (ss->pid && ss->pid != (uint64_t)pid) {
		close(fd);
		return;
	}
	ss->asked++;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	answer = fdopen(fd, "r");
	if (!answer) {
		close(fd);
		return;
	}
	if (send(fd, ss->line, ss->line_len, MSG_NOSIGNAL) ==
	            (ssize_t)ss->line_len &&
	    !fgets(heading, sizeof(heading), answer))
		heading[0] = '\0';
	show(ss, pid, heading, answer);
	fclose(answer);
}

/* ---- all of them ---- */

static int explain_nothing(const struct ss *ss)
{
	if (ss->name && ss->asked > 0)
		fprintf(stderr,
		        "tarn: no running instance is called '%s'; its name is "
		        "its link (tap0) or its address; `tarn ss` shows all\n",
		        ss->name);
	else if (ss->pid)
		fprintf(stderr,
		        "tarn: no instance of yours has process id %u; `tarn "
		        "ss` shows all\n",
		        (unsigned)ss->pid);
	else
		fprintf(stderr, "tarn: no instance is running that you may "
		                "ask; start one, such as `tarn shell`, and "
		                "call `tarn ss` in it or beside it\n");

	return EXIT_FAILURE;
}

static int explain_directory(const struct control_path *dir, int error)
{
	fprintf(stderr,
	        "tarn: %s is where instances would be, and cannot be trusted: "
	        "%s; remove it, or set " CONTROL_DIR_VARIABLE
	        " to a directory of your own\n",
	        dir->text, strerror(-error));

	return EXIT_FAILURE;
}

static int run(struct ss *ss)
{
	struct control_path dir;
	const int error = control_dir(false, &dir);

	if (error && error != -ENOENT)
		return explain_directory(&dir, error);
	ss->line_len = control_request_write(&ss->request, ss->line);
	if (!error)
		control_each(&dir, ask, ss);
	if (ss->request.json && ss->answered)
		fputs("]\n", stdout);
	if (ss->failed)
		return EXIT_FAILURE;

	return ss->answered ? EXIT_SUCCESS : explain_nothing(ss);
}

/* ---- the command line ---- */

static bool take_option(struct ss *ss, int letter, const char *argument)
{
	struct control_request *request = &ss->request;

	switch (letter) {
	case 't':
		return request->tcp = true;
	case 'u':
		return request->udp = true;
	case 'l':
		return request->listening = true;
	case 'a':
		return request->all = true;
	case 'i':
		return request->info = true;
	case 'o':
		return request->timers = true;
	case 's':
		return request->summary = true;
	case 'd':
		return request->drops = true;
	case 'j':
		return request->json = true;
	case 'n': /* nothing is ever resolved */
		return true;
	case 'N':
		ss->name = argument;
		return true;
	case 'p':
		return command_number("--pid", argument, 1, INT32_MAX,
		                      &ss->pid);
	default:
		return false;
	}
}

int cmd_ss(const struct host_options *options, int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "tcp", no_argument, NULL, 't' },
		{ "udp", no_argument, NULL, 'u' },
		{ "listening", no_argument, NULL, 'l' },
		{ "all", no_argument, NULL, 'a' },
		{ "info", no_argument, NULL, 'i' },
		{ "options", no_argument, NULL, 'o' },
		{ "numeric", no_argument, NULL, 'n' },
		{ "summary", no_argument, NULL, 's' },
		{ "drops", no_argument, NULL, 'd' },
		{ "json", no_argument, NULL, 'j' },
		{ "name", required_argument, NULL, 'N' },
		{ "pid", required_argument, NULL, 'p' },
		{ 0 },
	};
	struct ss ss = { .pid = 0 };
	int letter;

	(void)options;
	optind = 0;
	while ((letter = getopt_long(argc, argv, "tulainos", long_options,
	                             NULL)) >= 0)
		if (!take_option(&ss, letter, optarg))
			return command_usage(SS_SYNOPSIS);
	if (optind != argc)
		return command_usage(SS_SYNOPSIS);

	return run(&ss);
}
