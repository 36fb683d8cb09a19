/* SPDX-License-Identifier: MIT */
/*
 * posix_epoll_wait.c - what is ready in a set: collect, or wait and collect
 *
 * See posix_epoll.c. Collecting asks each stack whose part of the set is known
 * to be readable, and the inner kernel set; waiting is the outer set's.
 */
#include "drivers/posix_epoll.h"
#include <errno.h>
#include <string.h>

#define EVENTS_MAX (POSIX_DATA_LEN / sizeof(struct tarn_epoll_event))

static int collect_member(const struct posix_member *member,
                          struct epoll_event *events, int max)
{
	const struct posix_ref ref = posix_epoll_ref(member);
	struct posix_request *request;
	struct tarn_epoll_event event;
	int64_t count;

	if (!(atomic_load(&ref.desc->bits) & TARN_POLLIN))
		return 0;

	request = posix_call_begin(&ref, POSIX_EPOLL_WAIT);
	request->len =
	        (size_t)max < EVENTS_MAX ? (uint32_t)max : (uint32_t)EVENTS_MAX;
	count = posix_call_run(&ref, request);
	for (int i = 0; i < count; i++) {
		memcpy(&event,
		       posix_call_data(&ref, request) +
		               (size_t)i * sizeof(event),
		       sizeof(event));
		events[i] = (struct epoll_event){ .events   = event.events,
			                          .data.u64 = event.data };
	}
	posix_call_end(&ref, request);

	return count > 0 ? (int)count : 0;
}

/* The member at @index, its stack held. One whose stack has stopped has nothing
 * to tell any more: its eventfd leaves the outer set. */
static bool hold_member(struct posix_epoll *epoll, unsigned index,
                        struct posix_member *ret)
{
	bool is_held = false;

	posix_table_lock();
	if (index < epoll->member_count) {
		*ret    = epoll->member[index];
		is_held = posix_table_hold_locked(ret->posix);
		if (!is_held)
			(void)epoll_ctl(epoll->fd, EPOLL_CTL_DEL, ret->event_fd,
			                NULL);
	}
	posix_table_unlock();

	return is_held;
}

static int collect_ours(struct posix_epoll *epoll, struct epoll_event *events,
                        int max)
{
	int count = 0;

	for (unsigned i = 0; i < POSIX_EPOLL_STACKS_MAX && count < max; i++) {
		struct posix_member member;

		if (!hold_member(epoll, i, &member))
			continue;
		count += collect_member(&member, events + count, max - count);
		posix_table_release(member.posix);
	}

	return count;
}

static int collect_kernels(struct posix_epoll *epoll,
                           struct epoll_event *events, int max)
{
	const int fd = atomic_load(&epoll->kernel_fd);
	int count;

	if (fd < 0 || max == 0)
		return 0;

	count = epoll_wait(fd, events, max, 0);

	return count < 0 ? 0 : count;
}

static int collect(struct posix_epoll *epoll, struct epoll_event *events,
                   int max)
{
	const bool is_kernels_turn = atomic_load(&epoll->is_kernels_turn);
	int count;

	atomic_store(&epoll->is_kernels_turn, !is_kernels_turn);
	if (!is_kernels_turn) {
		count = collect_ours(epoll, events, max);
		return count +
		       collect_kernels(epoll, events + count, max - count);
	}
	count = collect_kernels(epoll, events, max);

	return count + collect_ours(epoll, events + count, max - count);
}

static int64_t wait_on(struct posix_epoll *epoll, struct epoll_event *events,
                       int max, uint64_t deadline_us)
{
	for (;;) {
		const int count = collect(epoll, events, max);
		struct epoll_event some;
		int left;

		if (count > 0)
			return count;
		left = posix_ms_left(deadline_us);
		if (left == 0)
			return 0;
		if (epoll_wait(epoll->fd, &some, 1, left) < 0)
			return -errno;
	}
}

int tarn_posix_epoll_wait(int epfd, struct epoll_event *events, int max,
                          int timeout_ms)
{
	uint64_t deadline_us = TARN_NEVER;
	struct posix_ref ref;
	int64_t result;

	if (!posix_table_get(epfd, &ref))
		return epoll_wait(epfd, events, max, timeout_ms);

	if (timeout_ms >= 0)
		deadline_us = posix_now() + (uint64_t)timeout_ms * 1000;
	if (ref.entry.kind != POSIX_EPOLL || max <= 0)
		result = -EINVAL;
	else if (!events)
		result = -EFAULT;
	else
		result = wait_on(ref.entry.epoll, events, max, deadline_us);

	return (int)posix_finish(&ref, result);
}
