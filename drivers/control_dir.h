/* SPDX-License-Identifier: MIT */
/*
 * control_dir.h - where running instances can be reached
 *
 * Each stack that runs has one Unix socket in a directory that only its user
 * may enter:
 *
 *	$TARN_RUNTIME_DIR, else $XDG_RUNTIME_DIR/tarn, else /tmp/tarn-UID
 *
 * `tarn shell` sets the first one: inside its namespace everybody is root, and
 * the last one would be another directory than outside.
 */
#ifndef DRIVERS_CONTROL_DIR_H
#define DRIVERS_CONTROL_DIR_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/un.h>

#define CONTROL_DIR_VARIABLE  "TARN_RUNTIME_DIR"
#define CONTROL_INSTANCES_MAX 256 /* sockets that are looked at */

/** struct control_path - room for the name of a directory or a socket */
struct control_path {
	char text[sizeof(((struct sockaddr_un *)0)->sun_path)];
};

/**
 * control_dir() - The directory's name; made if it does not exist and @make
 *
 * Return: 0; -ENAMETOOLONG; -ENOENT; -EPERM (it is not ours, or others may
 *	   enter); -errno of mkdir()
 */
int control_dir(bool make, struct control_path *ret);

/** control_socket_path() - PID.sock, or PID-N.sock for a process's N-th stack
 * Return: false: too long for a socket's address */
bool control_socket_path(const struct control_path *dir, int pid, unsigned n,
                         struct control_path *ret);

/** control_connect() - A stream to whoever listens there; never waits for it
 * Return: a descriptor, -ECONNREFUSED (nobody: it is stale), -errno */
int control_connect(const struct control_path *path);

/**
 * control_each() - Tell of each socket in the directory that answers
 * @tell:	@fd is connected to it, and @tell's to close
 *
 * Those to which nobody listens any more are removed.
 */
void control_each(const struct control_path *dir,
                  void (*tell)(void *context, int pid, int fd), void *context);

#endif
