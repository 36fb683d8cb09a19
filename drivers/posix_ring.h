/* SPDX-License-Identifier: MIT */
/*
 * posix_ring.h - how other threads reach the one that owns the stack
 *
 *	caller			shared memory		     owner
 *	claim a slot, fill it	slot[i], data[i]
 *	submit ---------------> submitted |= bit i, wake --> take all bits
 *	sleep on slot[i].state				     run, answer
 *	read the answer <------ slot[i].state = done <------
 *	release			idle |= bit i
 *
 * No pointer crosses: a request names a descriptor by number and generation,
 * and its octets lie at a fixed offset. So the region may one day be shared
 * between processes.
 *
 * A request never waits for the network, so slots are held for moments and 64
 * are enough for any number of threads. Who must wait does so on the
 * descriptor (struct posix_desc): the owner counts @seq up whenever something
 * happened to it. A caller that reads @seq, tries, fails with EAGAIN and sleeps
 * only if @seq is still the same misses nothing.
 */
#ifndef DRIVERS_POSIX_RING_H
#define DRIVERS_POSIX_RING_H

#include "tarn.h"
#include <stdatomic.h>

#define POSIX_SLOTS     64    /* one word of bits; then callers queue */
#define POSIX_DATA_LEN  65536 /* octets one request can carry */
#define POSIX_DESCS_MAX 65536 /* the stack's descriptors; then EMFILE */

enum posix_op {
	POSIX_SOCKET,
	POSIX_BIND,
	POSIX_LISTEN,
	POSIX_ACCEPT,
	POSIX_CONNECT,
	POSIX_SEND,
	POSIX_RECV,
	POSIX_SHUTDOWN,
	POSIX_CLOSE,
	POSIX_SOCKNAME,
	POSIX_PEERNAME,
	POSIX_SETOPT,
	POSIX_GETOPT,
	POSIX_EPOLL_CREATE,
	POSIX_EPOLL_CTL,
	POSIX_EPOLL_WAIT,
	POSIX_OP_COUNT,
};

/** struct posix_name - a descriptor of the stack, safe against its reuse */
struct posix_name {
	int32_t fd;
	uint32_t generation; /* 0: nobody's */
};

/**
 * struct posix_request - one call, and then its answer
 * @state:	futex: enum posix_slot_state
 * @name:	the descriptor that is meant; answer: a new one
 * @other:	EPOLL_CTL: the descriptor that is watched
 * @event_fd:	kernel descriptor that carries a new descriptor's readiness
 * @value:	type, backlog, how, enum tarn_option or TARN_EPOLL_CTL_*
 * @flags:	TARN_MSG_*; RECV answers with TARN_MSG_TRUNC
 * @len:	octets of data, or of room for data; EPOLL_WAIT: events at most
 * @has_addr:	@addr counts
 * @event:	EPOLL_CTL
 * @result:	the answer: what the call of tarn.h returned
 */
struct posix_request {
	_Atomic uint32_t state;
	uint32_t op;
	struct posix_name name, other;
	int32_t event_fd;
	int32_t value, flags;
	uint32_t len;
	bool has_addr;
	struct tarn_addr addr;
	struct tarn_epoll_event event;
	int64_t result;
};

/**
 * struct posix_desc - what everybody may know about a descriptor of the stack
 * @generation:	of its present user; 0: not in use
 * @seq:	futex: counts what happened to it
 * @waiters:	threads that may be asleep on @seq
 * @bits:	TARN_POLL* as of the last call or step
 * @is_nonblocking: O_NONBLOCK
 * @error:	errno to be told by the next call: the call that took it had
 *		already moved octets and could not tell
 * @receive_us, @send_us: SO_RCVTIMEO, SO_SNDTIMEO; 0: none
 * @linger_s:	SO_LINGER; -1: off
 * @low_water:	SO_RCVLOWAT: a blocking receive waits for so many octets
 * @event_fd:	kernel descriptor that is readable when the socket is
 * @is_signalled: it is readable now; the owner's own
 */
struct posix_desc {
	_Atomic uint32_t generation, seq, waiters, bits;
	_Atomic bool is_nonblocking;
	_Atomic int32_t error;
	_Atomic uint64_t receive_us, send_us;
	_Atomic int32_t linger_s;
	_Atomic uint32_t low_water;
	int32_t event_fd;
	bool is_signalled;
};

/**
 * struct posix_ring - the shared region
 * @idle, @submitted: a bit per slot
 * @released:	futex: counts releases, for who waits for a slot
 * @claimers:	threads that may be asleep on it
 */
struct posix_ring {
	_Atomic uint64_t idle, submitted;
	_Atomic uint32_t released, claimers;
	struct posix_request slot[POSIX_SLOTS];
	struct posix_desc desc[POSIX_DESCS_MAX];
	uint8_t data[POSIX_SLOTS][POSIX_DATA_LEN];
};

/** posix_ring_map() - A new region, all slots idle. Return: it, or NULL */
struct posix_ring *posix_ring_map(void);
void posix_ring_unmap(struct posix_ring *ring);

/** posix_ring_data() - The POSIX_DATA_LEN octets that go with a slot */
uint8_t *posix_ring_data(struct posix_ring *ring,
                         const struct posix_request *request);

/* ---- the caller's side ---- */

/** posix_ring_claim() - A slot of one's own, blank; waits until one is idle */
struct posix_request *posix_ring_claim(struct posix_ring *ring);
/** posix_ring_submit() - Hand it over and sleep until it is answered */
void posix_ring_submit(struct posix_ring *ring, struct posix_request *request,
                       int wake_fd);
void posix_ring_release(struct posix_ring *ring, struct posix_request *request);

/**
 * posix_ring_sleep() - Until @desc->seq is no longer @seq
 * @deadline_us: CLOCK_MONOTONIC; TARN_NEVER: no limit
 *
 * Return: 0, -EAGAIN (the time is up), -EINTR
 */
int posix_ring_sleep(struct posix_desc *desc, uint32_t seq,
                     uint64_t deadline_us);

/* ---- the owner's side ---- */

/** posix_ring_take() - All slots that were submitted since, as bits */
uint64_t posix_ring_take(struct posix_ring *ring);
/** posix_ring_answer() - @request is done: wake who submitted it */
void posix_ring_answer(struct posix_request *request);
/** posix_ring_happened() - Something happened to @desc: wake who waits for it */
void posix_ring_happened(struct posix_desc *desc);

#endif
