/* SPDX-License-Identifier: MIT */
/*
 * code.c - %{ assert tcpi_snd_cwnd == 10, tcpi_snd_cwnd }%
 *
 * At the event's time the connection's values are taken down, in Linux's names
 * and units (info.def), with the text of the script beside them. Everything is
 * run by one python3 at the end of the script, if there is one, for what a
 * piece of code defines the next may use. A script whose code needs a value
 * that Tarn does not have, or python where there is none, is skipped.
 */
#include "base/bytes.h"
#include "base/event.h"
#include "tools/drill/argument.h"
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define SAID_LEN       1024 /* of what python complains */
#define EXIT_NO_PYTHON 127

/* ---- Linux's words ---- */

static unsigned linux_state(uint8_t state)
{
	static const uint8_t numbers[TCPS_COUNT] = {
		[TCPS_CLOSED] = 7,      [TCPS_LISTEN] = 10,
		[TCPS_SYN_SENT] = 2,    [TCPS_SYN_RECEIVED] = 3,
		[TCPS_ESTABLISHED] = 1, [TCPS_FIN_WAIT_1] = 4,
		[TCPS_FIN_WAIT_2] = 5,  [TCPS_CLOSE_WAIT] = 8,
		[TCPS_CLOSING] = 11,    [TCPS_LAST_ACK] = 9,
		[TCPS_TIME_WAIT] = 6,
	};

	return state < TCPS_COUNT ? numbers[state] : 0;
}

static unsigned linux_options(const struct tarn_tcp_info *info)
{
	return (info->has_timestamps ? 1u : 0) | (info->has_sack ? 2u : 0) |
	       (info->has_wscale ? 4u : 0) | (info->has_ecn ? 8u : 0) |
	       (info->has_fastopen_data ? 32u : 0);
}

/* An ssthresh that is "infinite" is so in segments, too. */
static uint64_t segments(uint32_t octets, uint32_t mss)
{
	return octets >= INT32_MAX ? INT32_MAX : octets / mss;
}

static const char *const known[] = {
#define INFO(name, value) #name,
#include "tools/drill/info.def"
#undef INFO
};

static const char prelude[] =
        "import sys, textwrap\n"
        "g = {}\n"
        "exec('''\n"
        "TCP_ESTABLISHED, TCP_SYN_SENT, TCP_SYN_RECV = 1, 2, 3\n"
        "TCP_FIN_WAIT1, TCP_FIN_WAIT2, TCP_TIME_WAIT = 4, 5, 6\n"
        "TCP_CLOSE, TCP_CLOSE_WAIT, TCP_LAST_ACK = 7, 8, 9\n"
        "TCP_LISTEN, TCP_CLOSING = 10, 11\n"
        "TCP_CA_Open, TCP_CA_Disorder, TCP_CA_CWR = 0, 1, 2\n"
        "TCP_CA_Recovery, TCP_CA_Loss = 3, 4\n"
        "TCPI_OPT_TIMESTAMPS, TCPI_OPT_SACK, TCPI_OPT_WSCALE = 1, 2, 4\n"
        "TCPI_OPT_ECN, TCPI_OPT_ECN_SEEN, TCPI_OPT_SYN_DATA = 8, 16, 32\n"
        "TCP_INFINITE_SSTHRESH = 0x7fffffff\n"
        "''', g)\n"
        "def run(line, info, text):\n"
        "    g.update(info)\n"
        "    head, sep, rest = text.partition('\\n')\n"
        "    text = head.strip() + sep + textwrap.dedent(rest)\n"
        "    try:\n"
        "        exec(compile(text, '', 'exec'), g)\n"
        "    except AssertionError as error:\n"
        "        print(line, 'does not hold:', text.strip(), error.args and\n"
        "              '(it is %s)' % (error.args[0],) or '', "
        "file=sys.stderr)\n"
        "        sys.exit(1)\n"
        "    except Exception as error:\n"
        "        print(line, 'fails:', error, file=sys.stderr)\n"
        "        sys.exit(1)\n";

/* ---- collect ---- */

static bool is_known(const char *name, size_t len)
{
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (strlen(known[i]) == len &&
		    strncmp(known[i], name, len) == 0)
			return true;

	return false;
}

/* Words of other records than Linux's tcp_info, and fields that we lack. */
static bool needs_unknown(struct run *run, const char *code)
{
	static const char *const records[] = { "tcpi_",  "bbr_",   "dctcp_",
		                               "tcpv_",  "vegas_", "sk_",
		                               "SK_MEM", "so_" };

	for (const char *at = code; *at;) {
		const size_t len = strspn(at, "abcdefghijklmnopqrstuvwxyz_"
		                              "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		                              "0123456789");
		for (size_t i = 0; len && i < ARRAY_LEN(records); i++) {
			if (strncmp(at, records[i], strlen(records[i])) != 0 ||
			    is_known(at, len))
				continue;
			run_skips(run, "needs %.*s, which Tarn does not have",
			          (int)len, at);
			return true;
		}
		at += len ? len : 1;
	}

	return false;
}

static void write_text(FILE *out, const char *text)
{
	fputc('\'', out);
	for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
		if (isprint(*at) && *at != '\'' && *at != '\\')
			fputc(*at, out);
		else
			fprintf(out, "\\x%02x", *at);
	}
	fputc('\'', out);
}

static void write_info(FILE *out, const struct tarn_tcp_info *info)
{
	const uint32_t mss = MAX(info->snd_mss, 1u);

	fputs("{", out);
#define INFO(name, value)                                                      \
	fprintf(out, "'" #name "': %" PRIu64 ", ", (uint64_t)(value));
#include "tools/drill/info.def"
#undef INFO
	fputs("}", out);
}

void code_collect(struct run *run, const struct drill_event *event)
{
	struct tarn_tcp_info info           = { 0 };
	const struct connection *connection = run->under_test;

	if (needs_unknown(run, event->code))
		return;
	if (connection && connection->fd >= 0 && !connection->was_closed &&
	    tarn_getsockopt(run->world.tarn, connection->fd, TARN_TCP_INFO,
	                    &info, sizeof(info)) < 0)
		info = (struct tarn_tcp_info){ 0 };
	if (!run->code) {
		run->code = open_memstream(&run->code_text, &run->code_len);
		if (!run->code) {
			run_fails(run, "out of memory");
			return;
		}
		fputs(prelude, run->code);
	}
	fprintf(run->code, "run('%u:', ", event->line);
	write_info(run->code, &info);
	fputs(", ", run->code);
	write_text(run->code, event->code);
	fputs(")\n", run->code);
}

/* ---- run ---- */

static _Noreturn void become_python(const struct run *run, FILE *program,
                                    int said)
{
	if (dup2(fileno(program), STDIN_FILENO) < 0 ||
	    dup2(said, STDERR_FILENO) < 0)
		_exit(EXIT_NO_PYTHON);
	if (!run->options->verbose)
		(void)dup2(said, STDOUT_FILENO);
	/* The system's first: others are often scripts that look for it. */
	execl("/usr/bin/python3", "python3", "-I", "-S", "-", (char *)NULL);
	execlp("python3", "python3", "-I", "-S", "-", (char *)NULL);
	_exit(EXIT_NO_PYTHON);
}

/* What it says on standard error. Return: its exit code, or -1 */
static int run_python(const struct run *run, FILE *program, FILE *said)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		return -1;
	if (pid == 0)
		become_python(run, program, fileno(said));
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;

	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* "12: does not hold: ..." */
static void tell_fault(struct run *run, FILE *said)
{
	char text[SAID_LEN] = "";
	unsigned long line;
	char *rest;

	rewind(said);
	text[fread(text, 1, sizeof(text) - 1, said)] = '\0';
	text[strcspn(text, "\n")]                    = '\0';
	line                                         = strtoul(text, &rest, 10);
	run_fails(run, "the assertion%s",
	          *rest == ':' ? rest + 1 : " cannot be run");
	run->fault_line = (unsigned)line;
}

static void judge(struct run *run, FILE *program, FILE *said)
{
	int code;

	fwrite(run->code_text, 1, run->code_len, program);
	if (fflush(program) != 0 || fseek(program, 0, SEEK_SET) != 0) {
		run_fails(run, "no room for what python3 is to run");
		return;
	}
	code = run_python(run, program, said);
	if (code == EXIT_NO_PYTHON)
		run_skips(run, "needs python3 for its assertions, which is not "
		               "installed");
	else if (code != 0)
		tell_fault(run, said);
}

void code_judge(struct run *run)
{
	FILE *program, *said;

	if (!run->code)
		return;
	fflush(run->code);
	program = tmpfile();
	said    = tmpfile();
	if (program && said)
		judge(run, program, said);
	else
		run_fails(run, "no temporary file for its assertions");
	if (program)
		fclose(program);
	if (said)
		fclose(said);
}
