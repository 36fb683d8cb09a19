/* SPDX-License-Identifier: MIT */
/*
 * posix_ring.c - slots, and sleeping on a word of shared memory
 *
 * futex(2) sleeps only if the word still has the value that was seen, and is
 * woken by who changes it: no wake-up is lost, and nothing but the word is
 * shared. The counters of sleepers only save system calls; each is raised
 * before the word is looked at a last time, so that a waker who finds 0 knows
 * that the sleeper will see its change.
 */
#include "drivers/posix_ring.h"
#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum posix_slot_state { SLOT_FILLING, SLOT_SUBMITTED, SLOT_DONE };

static_assert(ATOMIC_LLONG_LOCK_FREE == 2,
              "a region of processes has no locks");
static_assert(sizeof(_Atomic uint32_t) == sizeof(uint32_t),
              "a futex is a plain word");

/* Return: 0, -EAGAIN (it changed before), -ETIMEDOUT, -EINTR */
static int futex_wait(_Atomic uint32_t *word, uint32_t seen,
                      uint64_t deadline_us)
{
	const struct timespec at = {
		.tv_sec  = (time_t)(deadline_us / 1000000),
		.tv_nsec = (long)(deadline_us % 1000000 * 1000),
	};

	if (syscall(SYS_futex, word, FUTEX_WAIT_BITSET, seen,
	            deadline_us == TARN_NEVER ? NULL : &at, NULL,
	            FUTEX_BITSET_MATCH_ANY) == 0)
		return 0;

	return -errno;
}

static void futex_wake(_Atomic uint32_t *word, int count)
{
	syscall(SYS_futex, word, FUTEX_WAKE, count, NULL, NULL, 0);
}

struct posix_ring *posix_ring_map(void)
{
	const int flags = MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE;
	const int none  = -1; /* what mmap(2) asks for with MAP_ANONYMOUS */
	struct posix_ring *ring;

	/* cppcheck-suppress invalidFunctionArg */
	ring = mmap(NULL, sizeof(*ring), PROT_READ | PROT_WRITE, flags, none,
	            0);
	if (ring == MAP_FAILED)
		return NULL;

	atomic_init(&ring->idle, UINT64_MAX);

	return ring;
}

void posix_ring_unmap(struct posix_ring *ring)
{
	if (ring)
		munmap(ring, sizeof(*ring));
}

uint8_t *posix_ring_data(struct posix_ring *ring,
                         const struct posix_request *request)
{
	return ring->data[request - ring->slot];
}

static uint64_t bit_of(const struct posix_ring *ring,
                       const struct posix_request *request)
{
	return 1ull << (request - ring->slot);
}

/* ---- the caller's side ---- */

static struct posix_request *try_claim(struct posix_ring *ring)
{
	uint64_t idle = atomic_load(&ring->idle);

	while (idle) {
		const int i = __builtin_ctzll(idle);

		if (atomic_compare_exchange_weak(&ring->idle, &idle,
		                                 idle & ~(1ull << i)))
			return &ring->slot[i];
	}

	return NULL;
}

struct posix_request *posix_ring_claim(struct posix_ring *ring)
{
	struct posix_request *request = try_claim(ring);

	while (!request) {
		uint32_t seen;

		atomic_fetch_add(&ring->claimers, 1);
		seen    = atomic_load(&ring->released);
		request = try_claim(ring);
		if (!request)
			(void)futex_wait(&ring->released, seen, TARN_NEVER);
		atomic_fetch_sub(&ring->claimers, 1);
	}
	memset(&request->op, 0,
	       sizeof(*request) - offsetof(struct posix_request, op));

	return request;
}

void posix_ring_submit(struct posix_ring *ring, struct posix_request *request,
                       int wake_fd)
{
	const uint64_t bit = bit_of(ring, request), one = 1;

	atomic_store(&request->state, SLOT_SUBMITTED);
	/* Who sets the first bit wakes; the others ride along. */
	if (atomic_fetch_or(&ring->submitted, bit) == 0 &&
	    write(wake_fd, &one, sizeof(one)) < 0) {
		/* It is readable already. */
	}
	while (atomic_load(&request->state) != SLOT_DONE)
		(void)futex_wait(&request->state, SLOT_SUBMITTED, TARN_NEVER);
}

void posix_ring_release(struct posix_ring *ring, struct posix_request *request)
{
	atomic_store(&request->state, SLOT_FILLING);
	atomic_fetch_or(&ring->idle, bit_of(ring, request));
	atomic_fetch_add(&ring->released, 1);
	if (atomic_load(&ring->claimers))
		futex_wake(&ring->released, 1);
}

int posix_ring_sleep(struct posix_desc *desc, uint32_t seq,
                     uint64_t deadline_us)
{
	int error;

	atomic_fetch_add(&desc->waiters, 1);
	error = futex_wait(&desc->seq, seq, deadline_us);
	atomic_fetch_sub(&desc->waiters, 1);

	if (error == -ETIMEDOUT)
		return -EAGAIN;

	return error == -EINTR ? -EINTR : 0;
}

/* ---- the owner's side ---- */

uint64_t posix_ring_take(struct posix_ring *ring)
{
	return atomic_exchange(&ring->submitted, 0);
}

void posix_ring_answer(struct posix_request *request)
{
	atomic_store(&request->state, SLOT_DONE);
	futex_wake(&request->state, 1);
}

void posix_ring_happened(struct posix_desc *desc)
{
	atomic_fetch_add(&desc->seq, 1);
	if (atomic_load(&desc->waiters))
		futex_wake(&desc->seq, INT_MAX);
}
