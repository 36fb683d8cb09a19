/* SPDX-License-Identifier: MIT */
/*
 * posix_epoll.c - epoll over both kinds of descriptors: sets and members
 *
 * A set is a kernel epoll descriptor that watches what collects for it:
 *
 *	the set's number: kernel epoll
 *	   +-- kernel epoll of the kernel's descriptors (made when there are any)
 *	   +-- eventfd of the set in the first stack
 *	   +-- eventfd of the set in another stack ...
 *
 * Sockets of ours are in an epoll set of their stack, with all its conditions,
 * level and edge; that set's own readiness comes out as an eventfd like that of
 * any descriptor. So waiting is the kernel's, collecting is one request a
 * stack, and a set can lie in a set, of ours or of the kernel's.
 */
#include "drivers/posix_epoll.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

_Static_assert(EPOLLET == TARN_EPOLLET && EPOLLONESHOT == TARN_EPOLLONESHOT &&
                       EPOLLIN == TARN_POLLIN && EPOLLOUT == TARN_POLLOUT &&
                       EPOLLRDHUP == TARN_POLLRDHUP,
               "the bits are Linux's");

/* ---- life ---- */

void posix_epoll_hold(struct posix_epoll *epoll)
{
	epoll->users++;
}

void posix_epoll_release(struct posix_epoll *epoll)
{
	if (--epoll->users > 0)
		return;

	pthread_mutex_destroy(&epoll->adding);
	free(epoll);
}

void posix_epoll_forget(struct posix_epoll *epoll, struct tarn_posix *posix)
{
	for (unsigned i = 0; i < epoll->member_count; i++)
		if (epoll->member[i].posix == posix)
			epoll->member[i].posix = NULL;
}

struct posix_ref posix_epoll_ref(const struct posix_member *member)
{
	return (struct posix_ref){
		.entry = { .kind  = POSIX_EPOLL,
		           .posix = member->posix,
		           .name  = member->name },
		.desc  = &member->posix->ring->desc[member->name.fd],
	};
}

static struct posix_epoll *make_set(int fd)
{
	struct posix_epoll *epoll = calloc(1, sizeof(*epoll));

	if (!epoll)
		return NULL;

	pthread_mutex_init(&epoll->adding, NULL);
	epoll->fd    = fd;
	epoll->users = 1;
	atomic_init(&epoll->kernel_fd, -1);

	return epoll;
}

int tarn_posix_epoll_create1(int flags)
{
	const int fd             = epoll_create1(flags);
	struct posix_entry entry = { .kind = POSIX_EPOLL };
	int error                = -ENOMEM;

	if (fd < 0)
		return -1;

	entry.epoll = make_set(fd);
	if (entry.epoll)
		error = posix_table_add(fd, &entry);
	if (!error)
		return fd;

	free(entry.epoll);
	close(fd);

	return (int)posix_result(error);
}

/* Takes the last member out. Return: false: there is none */
static bool take_member(struct posix_epoll *epoll, struct posix_member *ret)
{
	bool is_there;

	posix_table_lock();
	is_there = epoll->member_count > 0;
	if (is_there)
		*ret = epoll->member[--epoll->member_count];
	if (is_there && !posix_table_hold_locked(ret->posix))
		ret->posix = NULL;
	posix_table_unlock();

	return is_there;
}

void posix_epoll_close(struct posix_epoll *epoll)
{
	const int kernel_fd = atomic_exchange(&epoll->kernel_fd, -1);
	struct posix_member member;

	while (take_member(epoll, &member)) {
		if (member.posix) {
			const struct posix_ref ref = posix_epoll_ref(&member);

			(void)posix_call_simple(&ref, POSIX_CLOSE, 0);
			posix_table_release(member.posix);
		}
		close(member.event_fd);
	}
	if (kernel_fd >= 0)
		close(kernel_fd);

	posix_table_lock();
	posix_epoll_release(epoll);
	posix_table_unlock();
}

/* ---- epoll_ctl ---- */

/* The outer set becomes readable when @fd does. */
static int join_outer(const struct posix_epoll *epoll, int fd)
{
	struct epoll_event event = { .events = EPOLLIN };

	return epoll_ctl(epoll->fd, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

/* With @adding held. Return: the inner kernel set, or -errno */
static int kernel_set(struct posix_epoll *epoll)
{
	int fd = atomic_load(&epoll->kernel_fd);
	int error;

	if (fd >= 0)
		return fd;

	fd = epoll_create1(EPOLL_CLOEXEC);
	if (fd < 0)
		return -errno;
	error = join_outer(epoll, fd);
	if (error) {
		close(fd);
		return error;
	}
	atomic_store(&epoll->kernel_fd, fd);

	return fd;
}

static int control_kernel(struct posix_epoll *epoll, int op, int fd,
                          struct epoll_event *event)
{
	int inner;

	pthread_mutex_lock(&epoll->adding);
	inner = kernel_set(epoll);
	pthread_mutex_unlock(&epoll->adding);
	if (inner < 0)
		return inner;

	return epoll_ctl(inner, op, fd, event) < 0 ? -errno : 0;
}

static bool find_member(struct posix_epoll *epoll,
                        const struct tarn_posix *posix,
                        struct posix_member *ret)
{
	bool is_there = false;

	posix_table_lock();
	for (unsigned i = 0; i < epoll->member_count && !is_there; i++) {
		is_there = epoll->member[i].posix == posix;
		if (is_there)
			*ret = epoll->member[i];
	}
	posix_table_unlock();

	return is_there;
}

static int64_t create_in_stack(struct posix_member *member)
{
	struct posix_ref blank = { .entry.posix = member->posix };
	struct posix_request *request =
	        posix_call_begin(&blank, POSIX_EPOLL_CREATE);
	int64_t result;

	request->event_fd = member->event_fd;
	result            = posix_call_run(&blank, request);
	member->name      = request->name;
	posix_call_end(&blank, request);

	return result < 0 ? result : 0;
}

/* The place of a stack that has stopped, or the next one; NULL: full. */
static struct posix_member *find_place(struct posix_epoll *epoll)
{
	for (unsigned i = 0; i < epoll->member_count; i++)
		if (!epoll->member[i].posix)
			return &epoll->member[i];
	if (epoll->member_count == POSIX_EPOLL_STACKS_MAX)
		return NULL;
	epoll->member[epoll->member_count].event_fd = -1;

	return &epoll->member[epoll->member_count++];
}

static bool keep_member(struct posix_epoll *epoll,
                        const struct posix_member *member)
{
	struct posix_member *place;

	posix_table_lock();
	place = find_place(epoll);
	if (place && place->event_fd >= 0)
		close(place->event_fd);
	if (place)
		*place = *member;
	posix_table_unlock();

	return place != NULL;
}

/* With @adding held: the part of the set that lies in @posix, which is held. */
static int64_t make_member(struct posix_epoll *epoll, struct tarn_posix *posix,
                           struct posix_member *ret)
{
	struct posix_ref ref;
	int64_t result;

	*ret          = (struct posix_member){ .posix = posix };
	ret->event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (ret->event_fd < 0)
		return -errno;

	result = create_in_stack(ret);
	if (result) {
		close(ret->event_fd);
		return result;
	}
	result = join_outer(epoll, ret->event_fd);
	if (!result && !keep_member(epoll, ret))
		result = -ENOSPC;
	if (result) {
		ref = posix_epoll_ref(ret);
		(void)posix_call_simple(&ref, POSIX_CLOSE, 0);
		close(ret->event_fd);
	}

	return result;
}

/* @target is a socket whose stack is held. */
static int64_t control_ours(struct posix_epoll *epoll, int op,
                            const struct posix_ref *target,
                            const struct epoll_event *event)
{
	struct posix_request *request;
	struct posix_member member;
	struct posix_ref ref;
	int64_t result = 0;

	pthread_mutex_lock(&epoll->adding);
	if (!find_member(epoll, target->entry.posix, &member))
		result = make_member(epoll, target->entry.posix, &member);
	pthread_mutex_unlock(&epoll->adding);
	if (result)
		return result;

	ref            = posix_epoll_ref(&member);
	request        = posix_call_begin(&ref, POSIX_EPOLL_CTL);
	request->value = op;
	request->other = target->entry.name;
	if (event)
		request->event =
		        (struct tarn_epoll_event){ .events = event->events,
			                           .data   = event->data.u64 };
	result = posix_call_run(&ref, request);
	posix_call_end(&ref, request);

	return result;
}

static int64_t control(struct posix_epoll *epoll, int op, int fd,
                       struct epoll_event *event)
{
	struct posix_ref target;
	int64_t result;

	if (fd == epoll->fd || op < EPOLL_CTL_ADD || op > EPOLL_CTL_MOD)
		return -EINVAL;
	if (!event && op != EPOLL_CTL_DEL)
		return -EFAULT;
	if (!posix_table_get(fd, &target))
		return control_kernel(epoll, op, fd, event);

	if (target.entry.kind == POSIX_EPOLL)
		result = control_kernel(epoll, op, fd, event);
	else if (!target.entry.posix)
		result = -ENETDOWN;
	else
		result = control_ours(epoll, op, &target, event);
	posix_table_put(&target);

	return result;
}

int tarn_posix_epoll_ctl(int epfd, int op, int fd, struct epoll_event *event)
{
	struct posix_ref ref;

	if (!posix_table_get(epfd, &ref))
		return epoll_ctl(epfd, op, fd, event);
	if (ref.entry.kind != POSIX_EPOLL)
		return (int)posix_finish(&ref, -EINVAL);

	return (int)posix_finish(&ref, control(ref.entry.epoll, op, fd, event));
}
