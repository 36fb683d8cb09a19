/* SPDX-License-Identifier: MIT */
/*
 * posix_poll.c - poll and select over both kinds of descriptors
 *
 * Looking is cheap: what the owner published about ours, and one poll() of the
 * kernel's with no timeout. When nothing is ready the kernel does the waiting:
 *
 *	one of the kernel's		as it is
 *	one of ours, for input		its eventfd, which says just that
 *	ours, for anything else		an epoll set made for this call, which
 *					knows all conditions (posix_epoll.c)
 */
#include "drivers/posix_state.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ALWAYS_TOLD (uint32_t)(POLLERR | POLLHUP | POLLNVAL)
#define FEW         16 /* descriptors for which no block is taken */

_Static_assert(POLLIN == TARN_POLLIN && POLLOUT == TARN_POLLOUT &&
                       POLLPRI == TARN_POLLPRI && POLLERR == TARN_POLLERR &&
                       POLLHUP == TARN_POLLHUP && POLLRDHUP == TARN_POLLRDHUP,
               "the bits are Linux's");

/**
 * struct polling - a call under way
 * @fds:	the caller's, @count of them
 * @wait:	what the kernel shall wait for, @count + 1: the last is @set
 * @set:	an epoll set made for this call, or -1
 */
struct polling {
	struct pollfd *fds, *wait;
	nfds_t count;
	int set;
	uint64_t deadline_us;
};

/* ---- look ---- */

/* The bits of a socket of ours; of a stack that has stopped: all that let
 * a caller go on and find out. */
static uint32_t bits_of(const struct posix_ref *ref)
{
	uint32_t bits = POSIX_READABLE | TARN_POLLOUT;

	if (ref->desc)
		bits = atomic_load(&ref->desc->bits);
	if (bits & TARN_POLLIN)
		bits |= POLLRDNORM;
	if (bits & TARN_POLLOUT)
		bits |= POLLWRNORM;

	return bits;
}

/* Is @fd a socket of ours? Then @ret_bits holds what it is ready for. */
static bool look_at(int fd, uint32_t *ret_bits)
{
	struct posix_ref ref;
	bool is_socket;

	if (!posix_table_get(fd, &ref))
		return false;
	/* A set is one of the kernel's that knows of ours. */
	is_socket = ref.entry.kind != POSIX_EPOLL;
	if (is_socket)
		*ret_bits = bits_of(&ref);
	posix_table_put(&ref);

	return is_socket;
}

static uint32_t wishes_of(const struct pollfd *at)
{
	return (uint16_t)at->events;
}

/* Fills in all revents. Return: how many are not 0, or -errno */
static int look(struct polling *polling)
{
	int kernel_ready, ready = 0;

	for (nfds_t i = 0; i < polling->count; i++) {
		struct pollfd *at = &polling->fds[i];
		uint32_t bits     = 0;

		polling->wait[i] = *at;
		at->revents      = 0;
		if (at->fd < 0 || !look_at(at->fd, &bits))
			continue;
		polling->wait[i].fd = -1;
		bits &= wishes_of(at) | ALWAYS_TOLD;
		at->revents = (short)bits;
		ready += at->revents != 0;
	}

	kernel_ready = poll(polling->wait, polling->count, 0);
	if (kernel_ready < 0)
		return -errno;
	for (nfds_t i = 0; i < polling->count; i++)
		if (polling->wait[i].fd >= 0)
			polling->fds[i].revents = polling->wait[i].revents;

	return ready + kernel_ready;
}

/* ---- wait ---- */

/* Does the eventfd become readable just when @events hold? */
static bool is_input(short events)
{
	return (events & (POLLIN | POLLRDNORM)) &&
	       !(events & (POLLOUT | POLLWRNORM | POLLPRI));
}

/* What the call wants of @fd, which may be in it more than once. */
static uint32_t all_wishes(const struct polling *polling, int fd)
{
	uint32_t events = 0;

	for (nfds_t i = 0; i < polling->count; i++)
		if (polling->fds[i].fd == fd)
			events |= wishes_of(&polling->fds[i]);
	if (events & POLLRDNORM)
		events |= EPOLLIN;
	if (events & POLLWRNORM)
		events |= EPOLLOUT;

	return events;
}

static int watch(struct polling *polling, int fd)
{
	struct epoll_event event = { .events = all_wishes(polling, fd) };

	if (polling->set < 0)
		polling->set = tarn_posix_epoll_create1(EPOLL_CLOEXEC);
	if (polling->set < 0)
		return -errno;
	if (tarn_posix_epoll_ctl(polling->set, EPOLL_CTL_ADD, fd, &event) < 0 &&
	    errno != EEXIST)
		return -errno;

	return 0;
}

/* look() has left those of ours out of @wait. Return: 0 or -errno */
static int prepare(struct polling *polling)
{
	for (nfds_t i = 0; i < polling->count; i++) {
		const struct pollfd *at = &polling->fds[i];
		int error               = 0;

		if (at->fd < 0 || polling->wait[i].fd >= 0)
			continue;
		if (is_input(at->events))
			polling->wait[i] = (struct pollfd){ .fd     = at->fd,
				                            .events = POLLIN };
		else
			error = watch(polling, at->fd);
		if (error)
			return error;
	}
	polling->wait[polling->count] =
	        (struct pollfd){ .fd = polling->set, .events = POLLIN };

	return 0;
}

int posix_ms_left(uint64_t deadline_us)
{
	const uint64_t now_us = posix_now();
	uint64_t ms;

	if (deadline_us == TARN_NEVER)
		return -1;
	if (deadline_us <= now_us)
		return 0;

	ms = (deadline_us - now_us + 999) / 1000;

	return ms < INT32_MAX ? (int)ms : INT32_MAX;
}

/* What was watched stays in the set, so a set is filled once. */
static int wait_for_any(struct polling *polling)
{
	const int error = polling->set < 0 ? prepare(polling) : 0;

	if (error)
		return error;
	if (poll(polling->wait, polling->count + 1,
	         posix_ms_left(polling->deadline_us)) < 0)
		return -errno;

	return 0;
}

static int poll_all(struct polling *polling)
{
	for (;;) {
		const int ready = look(polling);
		int error;

		if (ready || posix_ms_left(polling->deadline_us) == 0)
			return ready;
		error = wait_for_any(polling);
		if (error)
			return error;
	}
}

static bool has_ours(const struct pollfd *fds, nfds_t count)
{
	uint32_t bits;

	for (nfds_t i = 0; i < count; i++)
		if (fds[i].fd >= 0 && look_at(fds[i].fd, &bits))
			return true;

	return false;
}

int tarn_posix_poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
	struct pollfd few[FEW + 1];
	struct polling polling = { .fds         = fds,
		                   .wait        = few,
		                   .count       = count,
		                   .set         = -1,
		                   .deadline_us = TARN_NEVER };
	int result;

	if (!has_ours(fds, count))
		return poll(fds, count, timeout_ms);

	if (timeout_ms >= 0)
		polling.deadline_us = posix_now() + (uint64_t)timeout_ms * 1000;
	if (count > FEW)
		polling.wait = calloc(count + 1, sizeof(*polling.wait));
	result = polling.wait ? poll_all(&polling) : -ENOMEM;
	if (polling.wait != few)
		free(polling.wait);
	if (polling.set >= 0)
		tarn_posix_close(polling.set);

	return (int)posix_result(result);
}

/* ---- select ---- */

/* What select(2) calls readable, writable and exceptional. */
#define SELECT_READ   (POLLIN | POLLHUP | POLLERR)
#define SELECT_WRITE  (POLLOUT | POLLERR)
#define SELECT_EXCEPT POLLPRI

/** struct selecting - the three sets, any of which may be NULL */
struct selecting {
	fd_set *read, *write, *except;
};

static bool has_fd(int fd, const fd_set *set)
{
	return set && FD_ISSET(fd, set);
}

static nfds_t wishes(int fd_count, const struct selecting *sets,
                     struct pollfd fds[FD_SETSIZE])
{
	nfds_t count = 0;

	for (int fd = 0; fd < fd_count; fd++) {
		int events = 0;

		events |= has_fd(fd, sets->read) ? POLLIN : 0;
		events |= has_fd(fd, sets->write) ? POLLOUT : 0;
		events |= has_fd(fd, sets->except) ? POLLPRI : 0;
		if (events)
			fds[count++] =
			        (struct pollfd){ .fd     = fd,
				                 .events = (short)events };
	}

	return count;
}

static bool holds(const struct pollfd *at, short event, int bits)
{
	return (at->events & event) && (at->revents & bits);
}

/* Return: bits that hold; a descriptor for which none does is not asked again */
static int count_held(struct pollfd *fds, nfds_t count)
{
	int held = 0;

	for (nfds_t i = 0; i < count; i++) {
		const int before = held;

		if (fds[i].revents & POLLNVAL)
			return -EBADF;
		held += holds(&fds[i], POLLIN, SELECT_READ);
		held += holds(&fds[i], POLLOUT, SELECT_WRITE);
		held += holds(&fds[i], POLLPRI, SELECT_EXCEPT);
		if (fds[i].revents && held == before)
			fds[i].fd = -1;
	}

	return held;
}

static void answer(const struct pollfd *fds, nfds_t count,
                   const struct selecting *sets)
{
	if (sets->read)
		FD_ZERO(sets->read);
	if (sets->write)
		FD_ZERO(sets->write);
	if (sets->except)
		FD_ZERO(sets->except);

	for (nfds_t i = 0; i < count; i++) {
		if (holds(&fds[i], POLLIN, SELECT_READ))
			FD_SET(fds[i].fd, sets->read);
		if (holds(&fds[i], POLLOUT, SELECT_WRITE))
			FD_SET(fds[i].fd, sets->write);
		if (holds(&fds[i], POLLPRI, SELECT_EXCEPT))
			FD_SET(fds[i].fd, sets->except);
	}
}

/* Return: bits that hold, 0 when the time is up, or -errno */
static int select_held(struct pollfd *fds, nfds_t count, uint64_t deadline_us)
{
	int held, ready;

	do {
		ready = tarn_posix_poll(fds, count, posix_ms_left(deadline_us));
		if (ready < 0)
			return -errno;
		held = count_held(fds, count);
	} while (ready > 0 && held == 0);

	return held;
}

int tarn_posix_select(int fd_count, fd_set *read, fd_set *write, fd_set *except,
                      struct timeval *timeout)
{
	const struct selecting sets = { read, write, except };
	struct pollfd fds[FD_SETSIZE];
	uint64_t deadline_us = TARN_NEVER;
	nfds_t count;
	int held;

	if (fd_count < 0 || fd_count > FD_SETSIZE ||
	    (timeout && (timeout->tv_sec < 0 || timeout->tv_usec < 0)))
		return (int)posix_result(-EINVAL);
	if (timeout)
		deadline_us = posix_now() +
		              (uint64_t)timeout->tv_sec * 1000000u +
		              (uint64_t)timeout->tv_usec;

	count = wishes(fd_count, &sets, fds);
	held  = select_held(fds, count, deadline_us);
	if (held >= 0)
		answer(fds, count, &sets);

	return (int)posix_result(held);
}
