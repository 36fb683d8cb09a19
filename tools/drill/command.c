/* SPDX-License-Identifier: MIT */
/*
 * command.c - the shell lines of a script
 *
 * Nothing is executed. A line that sets what a kernel does is translated for
 * our stack (setting.c); one that cannot change a packet is ignored by name;
 * any other makes the script skipped.
 *
 * A stack is told its configuration when it is made, and a script makes its
 * settings before its first packet: so all lines up to there are obeyed before
 * the first call. A later one may only say what holds already, or stand at the
 * end, where scripts put back what they changed.
 */
#include "base/bytes.h"
#include "tools/drill/run.h"
#include "tools/drill/setting.h"
#include "tools/drill/shell.h"
#include <inttypes.h>
#include <stdlib.h>

#define NAME_LEN  128
#define PROC_SYS  "/proc/sys/"
#define MTU_MIN   576
#define SECOND_US 1000000.0

/* ---- settings ---- */

/* "/proc/sys/net/ipv4/tcp_sack" and "net/ipv4/tcp_sack" are net.ipv4.tcp_sack. */
static void name_from_path(const char *path, char name[NAME_LEN])
{
	if (strncmp(path, PROC_SYS, strlen(PROC_SYS)) == 0)
		path += strlen(PROC_SYS);
	snprintf(name, NAME_LEN, "%s", path);
	for (char *at = name; *at; at++)
		if (*at == '/')
			*at = '.';
}

static void assign(struct run *run, const char *text)
{
	const char *equals = strchr(text, '=');
	char name[NAME_LEN];

	name_from_path(text, name);
	if (!equals)
		return;
	name[MIN(strcspn(name, "="), sizeof(name) - 1)] = '\0';
	setting_apply(run, name, equals + 1);
}

static void do_assignments(struct run *run, const struct shell_command *command)
{
	for (unsigned i = 1; i < command->count; i++)
		if (command->word[i][0] != '-')
			assign(run, command->word[i]);
}

static void do_echo(struct run *run, const struct shell_command *command)
{
	char name[NAME_LEN], value[NAME_LEN] = "";

	if (!command->output ||
	    strncmp(command->output, PROC_SYS, strlen(PROC_SYS)) != 0)
		return;
	for (unsigned i = 1; i < command->count; i++) {
		const size_t len = strlen(value);

		snprintf(value + len, sizeof(value) - len, "%s%s",
		         len ? " " : "", command->word[i]);
	}
	name_from_path(command->output, name);
	setting_apply(run, name, value);
}

/* ---- ip ---- */

static void set_mtu(struct run *run, const char *value)
{
	int64_t mtu;

	if (!setting_number(value, &mtu) || mtu < MTU_MIN || mtu > UINT16_MAX)
		run_skips(run, "needs an MTU of %s, which Tarn does not have",
		          value);
	else
		run->world.config.mtu = (uint16_t)mtu;
}

static void set_rto_min(struct run *run, const char *value)
{
	int64_t time;

	if (!setting_number(value, &time) || time < 0)
		return;
	run->world.config.rto_us_min =
	        (uint64_t)time *
	        (strstr(value, "ms") || !strchr(value, 's') ? 1000u : 1000000u);
}

/* What a route can say of its connections. Return: false: not known here. */
static bool set_metric(struct run *run, const char *name, const char *value)
{
	int64_t number;

	if (strcmp(name, "mtu") == 0)
		set_mtu(run, value);
	else if (strcmp(name, "rto_min") == 0)
		set_rto_min(run, value);
	else if (strcmp(name, "initcwnd") == 0 &&
	         setting_number(value, &number))
		run->world.config.initial_window = (uint8_t)number;
	else if (strcmp(name, "congctl") == 0)
		setting_apply(run, "net.ipv4.tcp_congestion_control", value);
	else
		return false;

	return true;
}

static void do_route(struct run *run, const struct shell_command *command)
{
	static const char *const strange[] = {
		"advmss",      "initrwnd",
		"quickack",    "features",
		"cwnd",        "window",
		"ssthresh",    "rtt",
		"rttvar",      "reordering",
		"unreachable", "blackhole",
		"prohibit",    "fastopen_no_cookie"
	};

	for (unsigned i = 1; i < command->count; i++) {
		const char *value = command->word[i + 1];

		if (value && strcmp(value, "lock") == 0)
			value = command->word[i + 2];
		if (value)
			(void)set_metric(run, command->word[i], value);
		for (size_t j = 0; j < ARRAY_LEN(strange); j++)
			if (strcmp(command->word[i], strange[j]) == 0)
				run_skips(run,
				          "needs a route with %s, which Tarn "
				          "does not have",
				          strange[j]);
	}
}

static void do_ip(struct run *run, const struct shell_command *command)
{
	unsigned at = 1;

	while (command->word[at] && command->word[at][0] == '-')
		at++;
	if (!command->word[at] || command->word[at][0] == 't')
		return; /* tcp_metrics: Tarn keeps none */
	if (strncmp(command->word[at], "ro", 2) == 0 ||
	    strcmp(command->word[at], "r") == 0 || command->word[at][0] == 'l')
		do_route(run, command);
	else
		run_skips(run, "needs `ip %s`, which Tarn does not have",
		          command->word[at]);
}

/* ---- one command ---- */

static void do_sleep(struct run *run, const struct shell_command *command)
{
	const double seconds =
	        command->count > 1 ? strtod(command->word[1], NULL) : 0;

	if (run->is_open)
		clock_wait_until(run, run->world.now_us +
		                              (uint64_t)(seconds * SECOND_US));
}

static void do_nothing(struct run *run, const struct shell_command *command)
{
	(void)run;
	(void)command;
}

static const struct {
	const char *name;
	void (*obey)(struct run *run, const struct shell_command *command);
} programs[] = {
	{ "sysctl", do_assignments },
	{ "set_sysctls.py", do_assignments },
	{ "echo", do_echo },
	{ "ip", do_ip },
	{ "sleep", do_sleep },
	/* These change nothing that reaches a packet. */
	{ "defaults.sh", do_nothing },
	{ "tc", do_nothing },
	{ "ethtool", do_nothing },
	{ "kldload", do_nothing },
	{ "kldunload", do_nothing },
	{ "modprobe", do_nothing },
	{ "nstat", do_nothing },
	{ "true", do_nothing },
	{ ":", do_nothing },
	/* Files are not looked at (call_file.c). */
	{ "dd", do_nothing },
	{ "truncate", do_nothing },
	{ "touch", do_nothing },
	{ "rm", do_nothing },
	{ "mkdir", do_nothing },
};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void obey(struct run *run, const struct shell_command *command)
{
	const char *name = base_name(command->word[0]);

	for (size_t i = 0; i < ARRAY_LEN(programs); i++)
		if (strcmp(programs[i].name, name) == 0) {
			programs[i].obey(run, command);
			return;
		}
	run_skips(run, "needs the command '%s', which Tarn does not have",
	          name);
}

static void obey_all(struct run *run, const char *text)
{
	struct shell_command command;
	int rc;

	while (!run_is_over(run) && (rc = shell_next(&text, &command)) != 0) {
		if (rc == SHELL_NOT_A_SHELL) {
			run_skips(run,
			          "needs a shell for its command, and Tarn "
			          "runs none");
			return;
		}
		obey(run, &command);
	}
}

/* ---- when ---- */

static const struct drill_event *first_packet(const struct run *run)
{
	const struct drill_event *event = run->script->events;

	while (event && event->kind != DRILL_PACKET)
		event = event->next;

	return event;
}

static bool is_before(const struct drill_event *event,
                      const struct drill_event *other)
{
	while (event && event != other)
		event = event->next;

	return event == other && other;
}

static bool is_followed(const struct drill_event *event)
{
	for (event = event->next; event; event = event->next)
		if (event->kind != DRILL_COMMAND)
			return true;

	return false;
}

void command_prepare(struct run *run)
{
	const struct drill_event *packet = first_packet(run);
	const struct drill_event *event  = run->script->events;

	for (; event && event != packet && !run_is_over(run);
	     event = event->next) {
		run->event = event;
		if (event->kind == DRILL_COMMAND)
			obey_all(run, event->command);
	}
}

void command_run(struct run *run, const struct drill_event *event)
{
	struct tarn_config before;

	memcpy(&before, &run->world.config, sizeof(before)); /* with padding */
	/* Settings made early are made again, which changes nothing. */
	if (!is_followed(event))
		return;
	obey_all(run, event->command);
	if (run_is_over(run) || is_before(event, first_packet(run)))
		return;
	/* See above. NOLINTNEXTLINE(bugprone-suspicious-memory-comparison,cert-exp42-c,cert-flp37-c) */
	if (memcmp(&before, &run->world.config, sizeof(before)) != 0)
		run_skips(run, "changes a setting behind its first packet, "
		               "which Tarn cannot");
}
