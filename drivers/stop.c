/* SPDX-License-Identifier: MIT */
/*
 * stop.c - SIGINT and SIGTERM ask the loops of this process to end
 *
 * A signal that comes between the last look at a flag and the wait would be
 * slept through. So the handler also makes a descriptor readable that every
 * wait includes, and nobody ever reads it empty (the self-pipe trick).
 */
#include "drivers/stop.h"
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

static volatile sig_atomic_t is_asked;
static int event_fd = -1;

static void ask(int signal)
{
	const uint64_t one = 1;
	const int saved    = errno;

	(void)signal;
	is_asked = 1;
	if (write(event_fd, &one, sizeof(one)) < 0) {
		/* It is readable already. */
	}
	errno = saved;
}

void stop_catch_signals(void)
{
	/* One polite request; whoever repeats it does not want to wait. */
	struct sigaction action = { .sa_handler = ask,
		                    .sa_flags   = (int)SA_RESETHAND };
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	if (event_fd < 0)
		event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
}

bool stop_is_asked(void)
{
	return is_asked != 0;
}

int stop_fd(void)
{
	return event_fd;
}
