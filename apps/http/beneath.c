/* SPDX-License-Identifier: MIT */
/* beneath.c - see beneath.h */
#include "apps/http/beneath.h"
#include "apps/http/limits.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* NONBLOCK: opening a fifo must not wait for its other end. NOCTTY: a terminal
 * must not become ours. */
#define TRIES 8
#define FLAGS (O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)

int beneath_open(int root_fd, const char *name)
{
	const struct open_how how = {
		.flags   = FLAGS,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
	};
	long fd;

	/* EAGAIN: something was renamed meanwhile, and might have led out. */
	for (unsigned i = 0; i < TRIES; i++) {
		fd = syscall(SYS_openat2, root_fd, name, &how, sizeof(how));
		if (fd >= 0)
			return (int)fd;
		if (errno != EAGAIN)
			break;
	}
	/* EPERM comes from a sandbox that does not know the call; a file says
	 * EACCES. The stepwise way can only be stricter. */
	if (errno == ENOSYS || errno == EPERM)
		return beneath_open_stepwise(root_fd, name);

	return -errno;
}

/* Opens the first name of *@name in @fd, closes @fd, and moves on. */
static int step(int fd, const char **name)
{
	const char *slash = strchr(*name, '/');
	const size_t len  = slash ? (size_t)(slash - *name) : strlen(*name);
	char segment[NAME_MAX + 1];
	int next;

	if (len == 0 || (len == 2 && memcmp(*name, "..", 2) == 0))
		next = -EINVAL;
	else if (len > NAME_MAX)
		next = -ENAMETOOLONG;
	else {
		memcpy(segment, *name, len);
		segment[len] = '\0';
		next         = openat(fd, segment,
		                      FLAGS | O_NOFOLLOW | (slash ? O_DIRECTORY : 0));
		if (next < 0)
			next = -errno;
	}
	close(fd);
	*name = slash ? slash + 1 : NULL;

	return next;
}

int beneath_open_stepwise(int root_fd, const char *name)
{
	int fd = fcntl(root_fd, F_DUPFD_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	while (name && fd >= 0)
		fd = step(fd, &name);

	return fd;
}
