/* SPDX-License-Identifier: MIT */
/*
 * epoll.c - sets of descriptors that remember what happened
 *
 *	socket --watches--> struct watch --in--> set->members
 *				 |
 *				 +-- set->ready, when something happened
 *
 * An interest is a struct watch. When TCP, UDP or a call says that a socket
 * may have become ready, each of its watches joins the ready list of its set,
 * once: O(1) per event, whatever the set holds. tarn_epoll_wait() takes watches
 * from that list and asks for the bits only then:
 *
 *	no bit holds any more	it leaves the list, silently
 *	level-triggered		told, and back to the end: asked again next time
 *	TARN_EPOLLET		told, and out until something happens again
 *	TARN_EPOLLONESHOT	told, and disarmed until EPOLL_CTL_MOD
 *
 * so that a call costs what it reports plus what went stale since, and a set
 * that reports less than it has goes on where it stopped: nobody starves.
 *
 * A set may watch sets, one level deep (Linux allows five); so no loop arises.
 */
#include "sock/socket.h"
#include <errno.h>

#define ALWAYS_TOLD (TARN_POLLERR | TARN_POLLHUP)

/**
 * struct watch - one set's interest in one socket
 * @by_socket:	among the watches of @target
 * @by_set:	among the members of @set
 * @ready:	in the ready list of @set, or in none
 * @events:	bits asked for, and the behaviour
 * @is_armed:	false after ONESHOT has told
 */
struct watch {
	struct list by_socket, by_set, ready;
	struct socket *target, *set;
	uint32_t events;
	bool is_armed;
	uint64_t data;
};

static struct watch *of_ready(struct list *node)
{
	return CONTAINER_OF(node, struct watch, ready);
}

/* ---- something happened ---- */

static void join_ready(struct watch *watch)
{
	if (watch->is_armed && !list_is_linked(&watch->ready))
		list_append(&watch->set->set->ready, &watch->ready);
}

void epoll_changed(struct socket *socket)
{
	LIST_FOR_EACH(at, &socket->watches) {
		struct watch *watch = CONTAINER_OF(at, struct watch, by_socket);

		join_ready(watch);
		/* A set that watches this set: deeper there is none. */
		LIST_FOR_EACH(outer, &watch->set->watches)
			join_ready(
			        CONTAINER_OF(outer, struct watch, by_socket));
	}
}

/* ---- epoll_ctl ---- */

/* A socket is in few sets, a set may hold very many: search the former. */
static struct watch *find_watch(const struct socket *set,
                                const struct socket *target)
{
	LIST_FOR_EACH(at, &target->watches) {
		struct watch *watch = CONTAINER_OF(at, struct watch, by_socket);

		if (watch->set == set)
			return watch;
	}

	return NULL;
}

static void drop_watch(struct socks *socks, struct watch *watch)
{
	if (watch->target->kind == SOCKET_EPOLL)
		watch->set->set->set_count--;
	list_remove(&watch->by_socket);
	list_remove(&watch->by_set);
	list_remove(&watch->ready);
	memory_give(&socks->env->memory, watch, sizeof(*watch));
}

/* Sets in sets: an inner one holds no sets, an outer one is in none. */
static int check_nesting(const struct socket *set, const struct socket *target)
{
	if (target->kind != SOCKET_EPOLL)
		return 0;
	if (target->set->set_count > 0 || !list_is_empty(&set->watches))
		return -ELOOP;

	return 0;
}

/* What is ready already counts as having happened just now. */
static void arm(struct socks *socks, struct watch *watch,
                const struct tarn_epoll_event *event)
{
	watch->events   = event->events;
	watch->data     = event->data;
	watch->is_armed = true;

	if (socket_readiness(socks, watch->target) &
	    (watch->events | ALWAYS_TOLD)) {
		join_ready(watch);
		epoll_changed(watch->set);
	}
}

static int add_watch(struct socks *socks, struct socket *set,
                     struct socket *target,
                     const struct tarn_epoll_event *event)
{
	struct watch *watch;
	const int error = check_nesting(set, target);

	if (error)
		return error;

	watch = memory_take(&socks->env->memory, sizeof(*watch));
	if (!watch)
		return -ENOMEM;

	watch->set    = set;
	watch->target = target;
	list_init(&watch->ready);
	list_append(&target->watches, &watch->by_socket);
	list_append(&set->set->members, &watch->by_set);
	if (target->kind == SOCKET_EPOLL)
		set->set->set_count++;
	arm(socks, watch, event);

	return 0;
}

static int get_set(const struct socks *socks, int epfd, struct socket **ret)
{
	struct socket *set = socks_find(socks, epfd);

	if (!set)
		return -EBADF;
	if (set->kind != SOCKET_EPOLL)
		return -EINVAL;
	*ret = set;

	return 0;
}

static int change_watch(struct socks *socks, struct socket *set,
                        struct socket *target, int op,
                        const struct tarn_epoll_event *event)
{
	struct watch *watch = find_watch(set, target);

	if (op != TARN_EPOLL_CTL_DEL && !event)
		return -EFAULT;

	switch (op) {
	case TARN_EPOLL_CTL_ADD:
		return watch ? -EEXIST : add_watch(socks, set, target, event);
	case TARN_EPOLL_CTL_DEL:
		if (!watch)
			return -ENOENT;
		drop_watch(socks, watch);
		return 0;
	case TARN_EPOLL_CTL_MOD:
		if (!watch)
			return -ENOENT;
		list_remove(&watch->ready);
		arm(socks, watch, event);
		return 0;
	default:
		return -EINVAL;
	}
}

static int control(struct socks *socks, int epfd, int op, int fd,
                   const struct tarn_epoll_event *event)
{
	struct socket *target = socks_find(socks, fd);
	struct socket *set;
	const int error = get_set(socks, epfd, &set);

	if (error)
		return error;
	if (!target)
		return -EBADF;
	if (target == set)
		return -EINVAL;

	return change_watch(socks, set, target, op, event);
}

int tarn_epoll_ctl(struct tarn *t, int epfd, int op, int fd,
                   const struct tarn_epoll_event *event)
{
	struct socks *socks = tarn_socks(t);

	return (int)socks_told(socks,
	                       CALL("epoll_ctl", epfd, .count = 2,
	                            .number = { (unsigned)op, (unsigned)fd }),
	                       control(socks, epfd, op, fd, event));
}

static int create_set(struct socks *socks)
{
	struct socket *set;
	const int error = socks_add(socks, SOCKET_EPOLL, &set);

	if (error)
		return error;

	set->set = memory_take(&socks->env->memory, sizeof(*set->set));
	if (!set->set) {
		socks_remove(socks, set);
		return -ENOMEM;
	}
	list_init(&set->set->members);
	list_init(&set->set->ready);

	return set->fd;
}

int tarn_epoll_create(struct tarn *t)
{
	struct socks *socks = tarn_socks(t);

	return (int)socks_told(socks, CALL("epoll_create", -1, .count = 0),
	                       create_set(socks));
}

void epoll_forget(struct socks *socks, struct socket *socket)
{
	LIST_FOR_EACH_SAFE(at, &socket->watches)
		drop_watch(socks, CONTAINER_OF(at, struct watch, by_socket));
	if (!socket->set)
		return;
	LIST_FOR_EACH_SAFE(at, &socket->set->members)
		drop_watch(socks, CONTAINER_OF(at, struct watch, by_set));
}

/* ---- epoll_wait ---- */

static uint32_t bits_to_tell(struct socks *socks, const struct watch *watch)
{
	return socket_readiness(socks, watch->target) &
	       (watch->events | ALWAYS_TOLD);
}

/* Takes watches off until one has something to tell. That one stays. */
bool epoll_is_ready(struct socks *socks, struct socket *set)
{
	struct list *first;

	while ((first = list_first(&set->set->ready))) {
		if (bits_to_tell(socks, of_ready(first)))
			return true;
		list_remove(first);
	}

	return false;
}

/* @watch is off the ready list. Return: how many events were written, 0 or 1 */
static int tell(struct socks *socks, struct watch *watch,
                struct tarn_epoll_event *ret)
{
	const uint32_t bits = bits_to_tell(socks, watch);

	if (!bits)
		return 0;

	*ret = (struct tarn_epoll_event){ .events = bits, .data = watch->data };
	if (watch->events & TARN_EPOLLONESHOT)
		watch->is_armed = false;
	else if (!(watch->events & TARN_EPOLLET))
		list_append(&watch->set->set->ready, &watch->ready);

	return 1;
}

static int collect(struct socks *socks, struct socket *set,
                   struct tarn_epoll_event *ret, int max)
{
	/* What is told and put back comes behind this one: not again now. */
	const struct list *last = set->set->ready.prev;
	bool is_last            = list_is_empty(&set->set->ready);
	int count               = 0;

	while (!is_last && count < max) {
		struct list *node = list_take(&set->set->ready);

		is_last = node == last;
		count += tell(socks, of_ready(node), ret + count);
	}

	return count;
}

int tarn_epoll_wait(struct tarn *t, int epfd, struct tarn_epoll_event *ret,
                    int max)
{
	struct socks *socks = tarn_socks(t);
	struct socket *set;
	const int error = get_set(socks, epfd, &set);

	if (error)
		return error;
	if (max <= 0)
		return -EINVAL;
	if (!ret)
		return -EFAULT;

	/* Calls on this thread may have made something ready since the poll. */
	socks_drain(socks);

	return collect(socks, set, ret, max);
}
