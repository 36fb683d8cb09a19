/* SPDX-License-Identifier: MIT */
/*
 * cmd_shell.c - tarn shell: a private network with the kernel on one side
 *
 *	   the kernel, and this shell		Tarn, another process
 *	  .---------------------------.	      .------------------------.
 *	  | curl, nc, ping, ss, ...   |	tap0  | serve :80, echo :7,    |
 *	  | 10.9.0.1		      |-------| sink :9      10.9.0.2  |
 *	  '---------------------------'	      '------------------------'
 *
 * Everything lives in a network namespace that ends with us, so nothing of it
 * touches the machine's own network, and no root is needed (drivers/netns.c).
 * Tarn's side is a child with a process group of its own: Ctrl-C in the shell
 * is not for it.
 */
#include "apps/tarn/command.h"
#include "apps/tarn/service.h"
#include "drivers/control_dir.h"
#include "drivers/netns.h"
#include "drivers/tap.h"
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define SHELL_TAP      "tap0"
#define SHELL_ECHO     7u
#define SHELL_SINK     9u
#define EXIT_NOT_FOUND 127 /* as shells say it */
#define EXIT_SIGNAL    128

struct shell {
	struct host_options options; /* Tarn's */
	const char *root;
	char **command; /* NULL: the user's shell */
	struct tarn_ip kernel_ip;
	int ready_fd; /* Tarn's side writes one octet when it is there */
	pid_t tarn;
	struct services *company; /* beside Tarn's web server */
};

/* ---- the network ---- */

static int configure(const struct shell *shell, char error[LINK_ERROR_LEN])
{
	const struct host_options *options = &shell->options;
	int rc;

	rc = tap_make(SHELL_TAP, error);
	if (rc)
		return rc;

	netns_set_up("lo");
	if (options->mtu)
		rc = netns_set_mtu(SHELL_TAP, options->mtu);
	if (rc >= 0)
		rc = netns_set_address(SHELL_TAP, &shell->kernel_ip,
		                       options->prefix_len);
	if (rc >= 0)
		rc = netns_set_up(SHELL_TAP);
	if (rc < 0)
		snprintf(error, LINK_ERROR_LEN,
		         "cannot configure " SHELL_TAP ": %s; check --ip and "
		         "--mtu",
		         strerror(-rc));

	return rc < 0 ? rc : 0;
}

/* Inside everybody is root, so that the directory would have another name. */
static void keep_control_dir(void)
{
	struct control_path dir;

	if (control_dir(true, &dir) == 0)
		setenv(CONTROL_DIR_VARIABLE, dir.text, 1);
}

static int make_network(const struct shell *shell)
{
	char error[LINK_ERROR_LEN];
	int rc;

	keep_control_dir();
	rc = netns_enter(error);
	if (!rc)
		rc = configure(shell, error);
	if (rc)
		fprintf(stderr, "tarn: %s\n", error);

	return rc;
}

/* ---- Tarn's side ---- */

/* A host_options.started function: the web server's host gets company. */
static void add_company(void *context, struct host *host)
{
	struct shell *shell       = context;
	struct services *services = services_open(host);

	shell->company = services;
	if (services &&
	    services_add(services, &echo_stream, SHELL_ECHO, NULL) &&
	    services_add(services, &echo_datagram, SHELL_ECHO, NULL) &&
	    services_add(services, &sink_stream, SHELL_SINK, NULL))
		host_set_service(host, -1, services_serve, services);

	if (write(shell->ready_fd, "", 1) != 1)
		fprintf(stderr, "tarn: the shell's side is gone\n");
	close(shell->ready_fd);
}

static bool is_stdout(const char *path)
{
	return path && strcmp(path, "-") == 0;
}

/* Standard output is the command's, unless Tarn was told to write there. */
static bool tarn_has_stdout(const struct shell *shell)
{
	return is_stdout(shell->options.capture) ||
	       is_stdout(shell->options.log) || is_stdout(shell->options.html);
}

_Noreturn static void run_tarn(struct shell *shell)
{
	char name[]  = "serve", root[4096];
	char *argv[] = { name, root, NULL };

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (!tarn_has_stdout(shell))
		dup2(STDERR_FILENO, STDOUT_FILENO);
	snprintf(root, sizeof(root), "%s", shell->root);
	shell->options.link            = "tap:" SHELL_TAP;
	shell->options.started         = add_company;
	shell->options.started_context = shell;

	exit(cmd_serve(&shell->options, 2, argv));
}

static int exit_code(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status)
	                         : EXIT_SIGNAL + WTERMSIG(status);
}

/* Return: 0 when Tarn's side has its address, else an exit code */
static int start_tarn(struct shell *shell)
{
	int ends[2], status;
	char octet;

	if (pipe(ends) < 0 || (shell->tarn = fork()) < 0) {
		perror("tarn: cannot start Tarn's side");
		return EXIT_FAILURE;
	}
	if (shell->tarn == 0) {
		close(ends[0]);
		shell->ready_fd = ends[1];
		run_tarn(shell);
	}

	close(ends[1]);
	status = read(ends[0], &octet, 1) == 1 ? 0 : EXIT_FAILURE;
	close(ends[0]);
	if (status == 0)
		return 0;

	/* It has said why. */
	waitpid(shell->tarn, &status, 0);
	status = exit_code(status);

	return status ? status : EXIT_FAILURE;
}

/* ---- the kernel's side ---- */

static void greet(const struct shell *shell)
{
	char kernel[TARN_ADDR_TEXT_LEN], tarn[TARN_ADDR_TEXT_LEN];

	tarn_ip_text(&shell->kernel_ip, kernel);
	tarn_ip_text(&shell->options.ip, tarn);
	fprintf(stderr,
	        "tarn: this shell is on the kernel's side, %s on " SHELL_TAP
	        ";\n"
	        "tarn: Tarn is %s: HTTP on port 80, echo on %u, sink on %u.\n"
	        "tarn: try `curl http://%s/` and `ping %s`; `exit` ends both\n",
	        kernel, tarn, SHELL_ECHO, SHELL_SINK, tarn, tarn);
}

_Noreturn static void run_command(const struct shell *shell)
{
	const char *program = getenv("SHELL");
	char name[4096];
	char *shell_argv[] = { name, NULL };
	char **argv        = shell->command ? shell->command : shell_argv;

	snprintf(name, sizeof(name), "%s", program ? program : "/bin/sh");
	if (tarn_has_stdout(shell))
		dup2(STDERR_FILENO, STDOUT_FILENO);
	execvp(argv[0], argv);

	fprintf(stderr, "tarn: cannot run '%s': %s; is it installed?\n",
	        argv[0], strerror(errno));
	_exit(EXIT_NOT_FOUND);
}

/* Wait for the command, and say so if Tarn's side ends before it. */
static int await_command(struct shell *shell, pid_t command)
{
	int status;
	pid_t who;

	for (;;) {
		who = waitpid(-1, &status, 0);
		if (who == command)
			return exit_code(status);
		if (who == shell->tarn) {
			fprintf(stderr,
			        "tarn: Tarn's side has ended (%d); "
			        "`exit` and start it again\n",
			        exit_code(status));
			shell->tarn = 0;
		}
		if (who < 0 && errno != EINTR)
			return EXIT_FAILURE;
	}
}

static int run_kernel_side(struct shell *shell)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	pid_t command;
	int code;

	if (!shell->command)
		greet(shell);
	fflush(NULL);
	command = fork();
	if (command < 0) {
		perror("tarn: cannot start the command");
		return EXIT_FAILURE;
	}
	if (command == 0)
		run_command(shell);

	/* What the terminal sends is for the command. */
	sigaction(SIGINT, &ignore, NULL);
	sigaction(SIGQUIT, &ignore, NULL);
	code = await_command(shell, command);

	return code;
}

static void stop_tarn(const struct shell *shell)
{
	if (shell->tarn <= 0)
		return;
	kill(shell->tarn, SIGTERM);
	waitpid(shell->tarn, NULL, 0);
}

/* ---- the command ---- */

static bool read_arguments(struct shell *shell, int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "root", required_argument, NULL, 'r' },
		{ 0 },
	};
	int letter;

	optind = 0;
	while ((letter = getopt_long(argc, argv, "+r:", long_options, NULL)) >=
	       0) {
		if (letter != 'r') {
			command_usage(SHELL_SYNOPSIS);
			return false;
		}
		shell->root = optarg;
	}
	if (optind < argc)
		shell->command = argv + optind;

	return true;
}

int cmd_shell(const struct host_options *options, int argc, char **argv)
{
	struct shell shell = { .options = *options, .root = "." };
	int code;

	if (!read_arguments(&shell, argc, argv))
		return EXIT_USAGE;
	if (options->link) {
		fprintf(stderr, "tarn: `tarn shell` makes a link of its own; "
		                "leave --link out\n");
		return EXIT_USAGE;
	}
	if (shell.options.ip.version == TARN_IP_NONE) {
		shell.options.ip         = tarn_ip4(10, 9, 0, 2);
		shell.options.prefix_len = 24;
	}
	shell.kernel_ip =
	        netns_other_host(&shell.options.ip, shell.options.prefix_len);

	if (make_network(&shell) < 0)
		return EXIT_FAILURE;
	code = start_tarn(&shell);
	if (code)
		return code;
	code = run_kernel_side(&shell);
	stop_tarn(&shell);

	return code;
}
