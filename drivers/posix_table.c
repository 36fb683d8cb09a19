/* SPDX-License-Identifier: MIT */
/*
 * posix_table.c - from the kernel's descriptors to sockets of ours
 *
 * A table by number, in blocks that come when a number is first used, and one
 * lock around all of it, held for moments. A call looks its descriptor up and
 * is counted until it returns: a stack that stops waits for its calls, and what
 * a set or a stack is made of outlives who uses it.
 */
#include "drivers/posix_state.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK_ENTRIES 1024
#define BLOCKS_MAX    1024 /* a million: the kernel's own limit (fs.nr_open) */

static struct {
	pthread_mutex_t lock;
	struct posix_entry *block[BLOCKS_MAX];
	struct tarn_posix *first;
} table = { .lock = PTHREAD_MUTEX_INITIALIZER };

void posix_table_lock(void)
{
	pthread_mutex_lock(&table.lock);
}

void posix_table_unlock(void)
{
	pthread_mutex_unlock(&table.lock);
}

/* The place of @fd, or NULL: out of range, or never used. */
static struct posix_entry *find(int fd)
{
	struct posix_entry *block;

	if (fd < 0 || fd >= BLOCK_ENTRIES * BLOCKS_MAX)
		return NULL;

	block = table.block[fd / BLOCK_ENTRIES];

	return block ? &block[fd % BLOCK_ENTRIES] : NULL;
}

static int make_room(int fd)
{
	struct posix_entry **block;

	if (fd < 0 || fd >= BLOCK_ENTRIES * BLOCKS_MAX)
		return -EMFILE;

	block = &table.block[fd / BLOCK_ENTRIES];
	if (!*block)
		*block = calloc(BLOCK_ENTRIES, sizeof(**block));

	return *block ? 0 : -ENOMEM;
}

int posix_table_add(int fd, const struct posix_entry *entry)
{
	int error;

	posix_table_lock();
	error = make_room(fd);
	if (!error)
		*find(fd) = *entry;
	posix_table_unlock();

	return error;
}

/* Counts the call; both under the lock. */
static void hold_entry(const struct posix_entry *entry, struct posix_ref *ret)
{
	*ret = (struct posix_ref){ .entry = *entry };
	if (entry->epoll)
		posix_epoll_hold(entry->epoll);
	if (entry->posix && entry->posix->is_closed)
		ret->entry.posix = NULL;
	if (!ret->entry.posix)
		return;

	ret->entry.posix->user_count++;
	ret->desc = &ret->entry.posix->ring->desc[entry->name.fd];
}

static bool look_up(int fd, struct posix_ref *ret, bool takes)
{
	struct posix_entry *entry;
	bool is_ours;

	posix_table_lock();
	entry   = find(fd);
	is_ours = entry && entry->kind != POSIX_NOBODY;
	if (is_ours)
		hold_entry(entry, ret);
	if (is_ours && takes)
		*entry = (struct posix_entry){ .kind = POSIX_NOBODY };
	posix_table_unlock();

	return is_ours;
}

bool posix_table_get(int fd, struct posix_ref *ret)
{
	return look_up(fd, ret, false);
}

bool posix_table_take(int fd, struct posix_ref *ret)
{
	return look_up(fd, ret, true);
}

/* The last call of a stack that closes tells its owner. */
static void drop_user(struct tarn_posix *posix)
{
	const uint64_t one = 1;

	posix->user_count--;
	if (posix->is_closed && posix->user_count == 0 &&
	    write(posix->wake_fd, &one, sizeof(one)) < 0) {
		/* It is readable already. */
	}
}

void posix_table_put(struct posix_ref *ref)
{
	posix_table_lock();
	if (ref->entry.posix)
		drop_user(ref->entry.posix);
	if (ref->entry.epoll)
		posix_epoll_release(ref->entry.epoll);
	posix_table_unlock();
}

bool posix_table_hold_locked(struct tarn_posix *posix)
{
	if (!posix || posix->is_closed)
		return false;
	posix->user_count++;

	return true;
}

bool posix_table_hold(struct tarn_posix *posix)
{
	bool is_held;

	posix_table_lock();
	is_held = posix_table_hold_locked(posix);
	posix_table_unlock();

	return is_held;
}

struct tarn_posix *posix_table_hold_first(void)
{
	struct tarn_posix *posix;

	posix_table_lock();
	posix = posix_table_hold_locked(table.first) ? table.first : NULL;
	posix_table_unlock();

	return posix;
}

void posix_table_release(struct tarn_posix *posix)
{
	posix_table_lock();
	drop_user(posix);
	posix_table_unlock();
}

void posix_table_started(struct tarn_posix *posix)
{
	posix_table_lock();
	if (!table.first)
		table.first = posix;
	posix_table_unlock();
}

void posix_table_close(struct tarn_posix *posix)
{
	posix_table_lock();
	posix->is_closed = true;
	posix_table_unlock();
}

bool posix_table_is_idle(struct tarn_posix *posix)
{
	bool is_idle;

	posix_table_lock();
	is_idle = posix->user_count == 0;
	posix_table_unlock();

	return is_idle;
}

static void forget_in(struct posix_entry *block, struct tarn_posix *posix)
{
	for (int i = 0; i < BLOCK_ENTRIES; i++) {
		if (block[i].posix == posix)
			block[i].posix = NULL;
		if (block[i].epoll)
			posix_epoll_forget(block[i].epoll, posix);
	}
}

void posix_table_forget(struct tarn_posix *posix)
{
	posix_table_lock();
	if (table.first == posix)
		table.first = NULL;
	for (int i = 0; i < BLOCKS_MAX; i++)
		if (table.block[i])
			forget_in(table.block[i], posix);
	posix_table_unlock();
}
