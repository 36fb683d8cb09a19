/* SPDX-License-Identifier: MIT */
/*
 * beneath.h - open a file beneath a directory, and nowhere else
 *
 * The second of two locks: path.h has removed what could lead out, and the
 * kernel is asked to refuse whatever still does, symbolic links included.
 */
#ifndef APPS_HTTP_BENEATH_H
#define APPS_HTTP_BENEATH_H

/** beneath_open() - Open @name for reading, relative to @root_fd
 *
 * With openat2(RESOLVE_BENEATH): links are followed as long as they stay
 * beneath the root. A fifo does not block. On a kernel without it, or where it
 * is forbidden, beneath_open_stepwise().
 *
 * Return: a descriptor of the kernel's, or -errno (-EXDEV: it led out)
 */
int beneath_open(int root_fd, const char *name);

/** beneath_open_stepwise() - The same, name by name; no link is followed
 *
 * Return: as above; -ELOOP: a link. @name has no ".." left (-EINVAL).
 */
int beneath_open_stepwise(int root_fd, const char *name);

#endif
