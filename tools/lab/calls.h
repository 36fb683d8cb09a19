/* SPDX-License-Identifier: MIT */
/*
 * calls.h - the socket calls of apps, at Tarn's end and at the kernel's
 *
 * All return what POSIX's do, with -errno for failure. @t is NULL for the
 * kernel, whose sockets are those of this process.
 */
#ifndef TOOLS_LAB_CALLS_H
#define TOOLS_LAB_CALLS_H

#include "tools/lab/script.h"

struct calls {
	int (*socket)(struct tarn *t, int type); /* TARN_STREAM, TARN_DGRAM */
	int (*bind)(struct tarn *t, int fd, const struct tarn_addr *local);
	int (*listen)(struct tarn *t, int fd, int backlog);
	int (*accept)(struct tarn *t, int fd);
	int (*connect)(struct tarn *t, int fd, const struct tarn_addr *peer);
	int (*readiness)(struct tarn *t, int fd);       /* TARN_POLL* */
	int (*error)(struct tarn *t, int fd, int *ret); /* SO_ERROR, cleared */
	ssize_t (*send)(struct tarn *t, int fd, const void *data, size_t len,
	                int flags); /* TARN_MSG_* */
	ssize_t (*sendto)(struct tarn *t, int fd, const void *data, size_t len,
	                  const struct tarn_addr *peer);
	ssize_t (*recv)(struct tarn *t, int fd, void *data, size_t size);
	int (*shutdown)(struct tarn *t, int fd, int how);
	int (*abort_on_close)(struct tarn *t, int fd);
	int (*close)(struct tarn *t, int fd);
	int (*set)(struct tarn *t, int fd, const struct step *step);
};

extern const struct calls calls_tarn, calls_kernel;

#endif
