/* SPDX-License-Identifier: MIT */
/* posix_epoll.h - what a set is made of; for posix_epoll*.c only */
#ifndef DRIVERS_POSIX_EPOLL_H
#define DRIVERS_POSIX_EPOLL_H

#include "drivers/posix_state.h"

#define POSIX_EPOLL_STACKS_MAX 8 /* in one set; then ENOSPC */

/** struct posix_member - the part of a set that lies in one stack */
struct posix_member {
	struct tarn_posix *posix; /* NULL: has stopped */
	struct posix_name name;
	int event_fd;
};

/**
 * struct posix_epoll - one set
 * @adding:	held while a member or @kernel_fd is made
 * @fd:		its number: the outer kernel epoll descriptor
 * @kernel_fd:	the inner one, or -1
 * @users:	calls under way, and the table; the last one frees it
 * @is_kernels_turn: who is asked first alternates, so that neither starves
 *
 * The table's lock guards @users, @member_count and the members.
 */
struct posix_epoll {
	pthread_mutex_t adding;
	int fd;
	_Atomic int kernel_fd;
	unsigned users;
	unsigned member_count;
	struct posix_member member[POSIX_EPOLL_STACKS_MAX];
	atomic_bool is_kernels_turn;
};

/** posix_epoll_ref() - A call about a part whose stack is held */
struct posix_ref posix_epoll_ref(const struct posix_member *member);

#endif
