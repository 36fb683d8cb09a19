/* SPDX-License-Identifier: MIT */
/*
 * socks.c - the table of descriptors
 *
 * POSIX wants the lowest free number (open(2), socket(2)). A bitmap of what is
 * used, and above it a bitmap of the words that are full, find it in three
 * looks, however many are open: what lies below full_from is full.
 *
 * Sockets are blocks of their own, so they stay where they are when the table
 * grows. New slots are not cleared: numbers are given from the lowest on, so
 * those up to the highest ever given have been written. The table is given back
 * with the last descriptor: a stack that holds nothing takes nothing.
 */
#include "sock/socket.h"
#include <assert.h>
#include <errno.h>

#define SLOTS_FIRST 64u
#define FD_BITS     20
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

static void free_socket(struct socks *socks, struct socket *socket)
{
	struct memory *memory = &socks->env->memory;

	memory_give(memory, socket->setup, sizeof(*socket->setup));
	memory_give(memory, socket->set, sizeof(*socket->set));
	memory_give(memory, socket, sizeof(*socket));
}

static void free_table(struct socks *socks)
{
	struct memory *memory = &socks->env->memory;
	const uint32_t count  = socks->slot_count;

	memory_give(memory, socks->slot, count * sizeof(*socks->slot));
	memory_give(memory, socks->used, count / 64 * sizeof(*socks->used));
	socks->slot       = NULL;
	socks->used       = NULL;
	socks->slot_count = 0;
	socks->end        = 0;
}

void socks_destroy(struct socks *socks)
{
	if (!socks)
		return;

	for (uint32_t fd = 0; fd < socks->end; fd++)
		if (socks->slot[fd])
			epoll_forget(socks, socks->slot[fd]);
	for (uint32_t fd = 0; fd < socks->end; fd++) {
		if (!socks->slot[fd])
			continue;
		ports_release(socks, socks->slot[fd]);
		free_socket(socks, socks->slot[fd]);
	}
	free_table(socks);
	memory_give(&socks->env->memory, socks, sizeof(*socks));
}

uint32_t socks_count(const struct socks *socks)
{
	return socks->count;
}

/* ---- Numbers ---- */

static int lowest_free(struct socks *socks)
{
	uint32_t *from = &socks->full_from;
	uint32_t word, fd;

	while (*from < SOCKS_FULL_WORDS && socks->full[*from] == UINT64_MAX)
		++*from;
	if (*from == SOCKS_FULL_WORDS)
		return -EMFILE;

	word = *from * 64 + (unsigned)__builtin_ctzll(~socks->full[*from]);
	fd   = word * 64;
	if (fd < socks->end)
		fd += (unsigned)__builtin_ctzll(~socks->used[word]);

	return fd < socks->env->config.descriptors_max ? (int)fd : -EMFILE;
}

static void mark_used(struct socks *socks, uint32_t fd)
{
	const uint32_t word = fd / 64;

	if (fd == socks->end && fd % 64 == 0)
		socks->used[word] = 0;
	socks->end = MAX(socks->end, fd + 1);
	socks->used[word] |= 1ull << fd % 64;
	if (socks->used[word] == UINT64_MAX)
		socks->full[word / 64] |= 1ull << word % 64;
}

static void mark_free(struct socks *socks, uint32_t fd)
{
	const uint32_t word = fd / 64;

	socks->used[word] &= ~(1ull << fd % 64);
	socks->full[word / 64] &= ~(1ull << word % 64);
	socks->full_from = MIN(socks->full_from, word / 64);
}

/* Room for descriptor @fd, which is at most one beyond the table. */
static int grow_to(struct socks *socks, uint32_t fd)
{
	struct memory *memory = &socks->env->memory;
	const uint32_t old    = socks->slot_count;
	const uint32_t count  = old ? 2 * old : SLOTS_FIRST;
	struct socket **slot;
	uint64_t *used;

	if (fd < old)
		return 0;

	used = memory_resize(memory, socks->used, old / 64 * sizeof(*used),
	                     count / 64 * sizeof(*used));
	if (!used)
		return -ENOMEM;
	socks->used = used;
	slot        = memory_resize(memory, socks->slot, old * sizeof(*slot),
	                            count * sizeof(*slot));
	if (!slot) /* smaller is never refused */
		goto fail;
	socks->slot       = slot;
	socks->slot_count = count;

	return 0;
fail:
	if (old == 0) {
		memory_give(memory, used, count / 64 * sizeof(*used));
		socks->used = NULL;
		return -ENOMEM;
	}
	used = memory_resize(memory, used, count / 64 * sizeof(*used),
	                     old / 64 * sizeof(*used));
	if (used)
		socks->used = used;

	return -ENOMEM;
}

static void give_empty_table_back(struct socks *socks)
{
	if (socks->count == 0)
		free_table(socks);
}

/* ---- Sockets ---- */

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
	socket->kind = (uint8_t)kind;
	list_init(&socket->watches);

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
	mark_used(socks, (uint32_t)fd);
	*ret = socket;

	return 0;
}

int socks_add_setup(struct socks *socks, enum socket_kind kind,
                    struct socket **ret)
{
	struct memory *memory = &socks->env->memory;
	struct socket_setup *setup;
	const int error = socks_add(socks, kind, ret);

	if (error)
		return error;

	setup = memory_take(memory, sizeof(*setup));
	if (!setup) {
		socks_remove(socks, *ret);
		return -ENOMEM;
	}
	setup->socket = *ret;
	list_init(&setup->port_node);
	tcp_settings_init(socks->tcp, &setup->settings);
	(*ret)->setup = setup;

	return 0;
}

void socks_remove(struct socks *socks, struct socket *socket)
{
	socks->slot[socket->fd] = NULL;
	socks->count--;
	mark_free(socks, (uint32_t)socket->fd);
	free_socket(socks, socket);
	give_empty_table_back(socks);
}

struct socket *socks_find(const struct socks *socks, int fd)
{
	if (fd < 0 || (uint32_t)fd >= socks->end)
		return NULL;

	return socks->slot[fd];
}

int socks_get(struct socks *socks, int fd, struct socket **ret)
{
	struct socket *socket = socks_find(socks, fd);

	if (!socket)
		return -EBADF;
	if (socket->kind == SOCKET_EPOLL)
		return -ENOTSOCK;
	if (socket_wake(socks, socket) < 0)
		return -ENOBUFS;
	*ret = socket;

	return 0;
}

int socks_get_stream(struct socks *socks, int fd, struct socket **ret)
{
	const int error = socks_get(socks, fd, ret);

	if (error)
		return error;

	return (*ret)->kind == SOCKET_STREAM ? 0 : -EOPNOTSUPP;
}

void *socket_user(const struct socket *socket)
{
	return (void *)socket->tag;
}

struct socket *socks_find_user(const struct socks *socks, const void *user)
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

	socks_note_woken(socks);
	while ((user = tcp_take_ready(socks->tcp))) {
		socket = socks_find_user(socks, user);
		if (!socket)
			continue;
		if (socket->tcb && is_synchronized(tcp_state(socket->tcb)))
			socket->was_connected = true;
		epoll_changed(socket);
		if (env_is_observed(socks->env))
			socks_tell_ready(socks, socket);
	}

	while ((pcb = udp_take_ready(socks->udp))) {
		socket = socks_find_user(socks, pcb->user);
		if (!socket)
			continue;
		epoll_changed(socket);
		if (env_is_observed(socks->env))
			socks_tell_ready(socks, socket);
	}
	socks_let_rest(socks);
}
