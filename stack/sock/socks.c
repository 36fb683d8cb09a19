/* SPDX-License-Identifier: MIT */
/*
 * socks.c - the table of descriptors
 *
 * POSIX wants the lowest free number (open(2), socket(2)). A bitmap of what is
 * used, and above it a bitmap of the words that are full, find it in at most
 * SOCKETS_MAX / 4096 = 16 looks, however many are open.
 *
 * Sockets are blocks of their own, so they stay where they are when the table
 * grows. The table is given back with the last descriptor: a stack that holds
 * nothing takes nothing.
 */
#include "sock/socket.h"
#include <assert.h>
#include <errno.h>

#define SLOTS_FIRST 16u
#define FD_BITS     16
#define FD_MASK     ((1u << FD_BITS) - 1)

static_assert(SOCKETS_MAX <= 1 << FD_BITS, "a tag has room for a descriptor");
static_assert(SOCKETS_MAX % (64 * 64) == 0, "the bitmaps have no ragged end");

int socks_create(struct env *env, struct net *net, struct tcp *tcp,
                 struct udp *udp, struct socks **ret)
{
	struct socks *socks = memory_take(&env->memory, sizeof(*socks));

	if (!socks)
		return -ENOMEM;

	socks->env = env;
	socks->net = net;
	socks->tcp = tcp;
	socks->udp = udp;
	ports_init(socks);
	*ret = socks;

	return 0;
}

void socks_destroy(struct socks *socks)
{
	struct memory *memory;

	if (!socks)
		return;

	memory = &socks->env->memory;
	for (uint32_t fd = 0; fd < socks->slot_count; fd++)
		if (socks->slot[fd])
			epoll_forget(socks, socks->slot[fd]);
	for (uint32_t fd = 0; fd < socks->slot_count; fd++) {
		if (!socks->slot[fd])
			continue;
		ports_release(socks, socks->slot[fd]);
		memory_give(memory, socks->slot[fd], sizeof(struct socket));
	}
	memory_give(memory, socks->slot,
	            socks->slot_count * sizeof(struct socket *));
	memory_give(memory, socks, sizeof(*socks));
}

uint32_t socks_count(const struct socks *socks)
{
	return socks->count;
}

static int lowest_free(const struct socks *socks)
{
	for (unsigned i = 0; i < ARRAY_LEN(socks->full); i++) {
		unsigned word;

		if (socks->full[i] == UINT64_MAX)
			continue;
		word = i * 64 + (unsigned)__builtin_ctzll(~socks->full[i]);
		return (int)(word * 64 +
		             (unsigned)__builtin_ctzll(~socks->used[word]));
	}

	return -EMFILE;
}

static void mark_used(struct socks *socks, int fd)
{
	const unsigned word = (unsigned)fd / 64;

	socks->used[word] |= 1ull << fd % 64;
	if (socks->used[word] == UINT64_MAX)
		socks->full[word / 64] |= 1ull << word % 64;
}

static void mark_free(struct socks *socks, int fd)
{
	const unsigned word = (unsigned)fd / 64;

	socks->used[word] &= ~(1ull << fd % 64);
	socks->full[word / 64] &= ~(1ull << word % 64);
}

/* Room for descriptor @fd, which is at most one beyond the table. */
static int grow_to(struct socks *socks, uint32_t fd)
{
	const uint32_t old_count = socks->slot_count;
	const uint32_t count     = old_count ? 2 * old_count : SLOTS_FIRST;
	struct socket **slot;

	if (fd < old_count)
		return 0;

	slot = memory_resize(&socks->env->memory, socks->slot,
	                     old_count * sizeof(*slot), count * sizeof(*slot));
	if (!slot)
		return -ENOMEM;

	for (uint32_t i = old_count; i < count; i++)
		slot[i] = NULL;
	socks->slot       = slot;
	socks->slot_count = count;

	return 0;
}

static void give_empty_table_back(struct socks *socks)
{
	if (socks->count > 0)
		return;

	memory_give(&socks->env->memory, socks->slot,
	            socks->slot_count * sizeof(struct socket *));
	socks->slot       = NULL;
	socks->slot_count = 0;
}

static struct socket *socket_new(struct socks *socks, int fd,
                                 enum socket_kind kind)
{
	struct socket *socket =
	        memory_take(&socks->env->memory, sizeof(*socket));

	if (!socket)
		return NULL;

	/* Generation 0 is left out, so that no tag is a null pointer. */
	socks->generation++;
	if (socks->generation << FD_BITS == 0)
		socks->generation++;
	socket->tag  = socks->generation << FD_BITS | (unsigned)fd;
	socket->fd   = fd;
	socket->kind = kind;
	list_init(&socket->port_node);
	list_init(&socket->watches);
	list_init(&socket->members);
	list_init(&socket->ready);

	return socket;
}

int socks_add(struct socks *socks, enum socket_kind kind, struct socket **ret)
{
	struct socket *socket;
	const int fd = lowest_free(socks);
	int error;

	if (fd < 0)
		return fd;

	error = grow_to(socks, (uint32_t)fd);
	if (error)
		return error;

	socket = socket_new(socks, fd, kind);
	if (!socket) {
		give_empty_table_back(socks);
		return -ENOMEM;
	}

	socks->slot[fd] = socket;
	socks->count++;
	mark_used(socks, fd);
	*ret = socket;

	return 0;
}

void socks_remove(struct socks *socks, struct socket *socket)
{
	socks->slot[socket->fd] = NULL;
	socks->count--;
	mark_free(socks, socket->fd);
	memory_give(&socks->env->memory, socket, sizeof(*socket));
	give_empty_table_back(socks);
}

struct socket *socks_find(const struct socks *socks, int fd)
{
	if (fd < 0 || (uint32_t)fd >= socks->slot_count)
		return NULL;

	return socks->slot[fd];
}

int socks_get(const struct socks *socks, int fd, struct socket **ret)
{
	struct socket *socket = socks_find(socks, fd);

	if (!socket)
		return -EBADF;
	if (socket->kind == SOCKET_EPOLL)
		return -ENOTSOCK;
	*ret = socket;

	return 0;
}

void *socket_user(const struct socket *socket)
{
	return (void *)socket->tag;
}

/* The socket that still has this tag, or NULL. */
static struct socket *find_user(const struct socks *socks, const void *user)
{
	const uintptr_t tag   = (uintptr_t)user;
	struct socket *socket = socks_find(socks, (int)(tag & FD_MASK));

	return socket && socket->tag == tag ? socket : NULL;
}

/* States that a connection reaches only after both SYNs were acknowledged. */
static bool is_synchronized(enum tcp_state state)
{
	return state >= TCPS_ESTABLISHED;
}

void socks_drain(struct socks *socks)
{
	const struct udp_pcb *pcb;
	struct socket *socket;
	const void *user;

	while ((user = tcp_take_ready(socks->tcp))) {
		socket = find_user(socks, user);
		if (!socket)
			continue;
		if (socket->tcb && is_synchronized(tcp_state(socket->tcb)))
			socket->was_connected = true;
		epoll_changed(socket);
		if (env_is_observed(socks->env))
			socks_tell_ready(socks, socket);
	}

	while ((pcb = udp_take_ready(socks->udp))) {
		socket = find_user(socks, pcb->user);
		if (!socket)
			continue;
		epoll_changed(socket);
		if (env_is_observed(socks->env))
			socks_tell_ready(socks, socket);
	}
}
