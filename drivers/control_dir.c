/* SPDX-License-Identifier: MIT */
/*
 * control_dir.c - see control_dir.h
 *
 * /tmp is everybody's, so a directory there is believed only if it is ours, is
 * a directory itself (no link), and is closed to others: who could write in it
 * could put a socket of his own where `tarn ss` asks.
 */
#include "drivers/control_dir.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* Return: false: too long */
static bool name_directory(struct control_path *ret)
{
	const char *own     = getenv(CONTROL_DIR_VARIABLE);
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	int len;

	if (own && *own)
		len = snprintf(ret->text, sizeof(ret->text), "%s", own);
	else if (runtime && *runtime)
		len = snprintf(ret->text, sizeof(ret->text), "%s/tarn",
		               runtime);
	else
		len = snprintf(ret->text, sizeof(ret->text), "/tmp/tarn-%u",
		               (unsigned)geteuid());

	return len > 0 && (size_t)len < sizeof(ret->text);
}

int control_dir(bool make, struct control_path *ret)
{
	struct stat st;

	if (!name_directory(ret))
		return -ENAMETOOLONG;
	if (make && mkdir(ret->text, 0700) < 0 && errno != EEXIST)
		return -errno;
	if (lstat(ret->text, &st) < 0)
		return -errno;
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid() ||
	    (st.st_mode & 077) != 0)
		return -EPERM;

	return 0;
}

bool control_socket_path(const struct control_path *dir, int pid, unsigned n,
                         struct control_path *ret)
{
	char name[32];
	size_t len, name_len;

	if (n <= 1)
		snprintf(name, sizeof(name), "/%d.sock", pid);
	else
		snprintf(name, sizeof(name), "/%d-%u.sock", pid, n);
	len      = strlen(dir->text);
	name_len = strlen(name);
	if (len + name_len >= sizeof(ret->text))
		return false;
	memcpy(ret->text, dir->text, len);
	memcpy(ret->text + len, name, name_len + 1);

	return true;
}

int control_connect(const struct control_path *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd, error;

	memcpy(address.sun_path, path->text, sizeof(path->text));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0 &&
	    fcntl(fd, F_SETFL, 0) == 0)
		return fd;
	error = -errno;
	close(fd);

	return error;
}

/* "123.sock" and "123-2.sock"; 0: something else */
static int pid_of(const char *name)
{
	char *end;
	long pid;

	if (name[0] < '1' || name[0] > '9')
		return 0;
	errno = 0;
	pid   = strtol(name, &end, 10);
	if (errno || pid > INT32_MAX)
		return 0;
	if (*end == '-')
		strtoul(end + 1, &end, 10);

	return strcmp(end, ".sock") == 0 ? (int)pid : 0;
}

static void try_one(const struct control_path *dir, const char *name,
                    void (*tell)(void *context, int pid, int fd), void *context)
{
	const int pid = pid_of(name);
	struct control_path path;
	int fd, len;

	if (!pid)
		return;
	len = snprintf(path.text, sizeof(path.text), "%s/%s", dir->text, name);
	if (len < 0 || (size_t)len >= sizeof(path.text))
		return;
	fd = control_connect(&path);
	if (fd == -ECONNREFUSED)
		unlink(path.text);
	if (fd >= 0)
		tell(context, pid, fd);
}

void control_each(const struct control_path *dir,
                  void (*tell)(void *context, int pid, int fd), void *context)
{
	struct dirent **entry;
	const int count = scandir(dir->text, &entry, NULL, alphasort);

	if (count < 0)
		return;
	for (int i = 0; i < count; i++) {
		if (i < CONTROL_INSTANCES_MAX)
			try_one(dir, entry[i]->d_name, tell, context);
		free(entry[i]);
	}
	free(entry);
}
