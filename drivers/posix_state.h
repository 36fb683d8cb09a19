/* SPDX-License-Identifier: MIT */
/*
 * posix_state.h - what the files of the POSIX layer share; for posix_*.c only
 *
 *	posix_ring.c	requests between threads
 *	posix_owner.c	the thread that owns the stack: runs them
 *	posix_start.c	that thread's life
 *	posix_table.c	from kernel descriptors to sockets of ours
 *	posix_call.c	a call: through the ring, waiting if it must
 *	posix_socket.c, posix_connect.c, posix_send.c, posix_recv.c, posix_option.c, posix_ioctl.c,
 *	posix_poll.c, posix_epoll.c, posix_epoll_wait.c	the calls themselves
 */
#ifndef DRIVERS_POSIX_STATE_H
#define DRIVERS_POSIX_STATE_H

#include "drivers/posix.h"
#include "drivers/posix_ring.h"
#include <netinet/in.h>
#include <pthread.h>
#include <sys/uio.h>

/* What makes poll() return for reading, or at all. */
#define POSIX_READABLE                                                         \
	(TARN_POLLIN | TARN_POLLRDHUP | TARN_POLLERR | TARN_POLLHUP)

/**
 * struct tarn_posix - one stack and the thread that owns it
 * @wake_fd:	ends the owner's wait: requests have been submitted
 * @watch:	an epoll set of the stack of all sockets, edge-triggered: how the
 *		owner learns what happened
 * @set_watch:	the same of all epoll sets
 * @generation:	the last one given to a descriptor
 * @desc_count:	descriptors below this have been in use
 * @user_count:	calls under way; guarded by posix_table.c's lock
 * @is_closed:	no new calls; the same lock
 */
struct tarn_posix {
	struct tarn_posix_loop loop;
	struct posix_ring *ring;
	pthread_t thread;
	atomic_bool is_stopping;
	int wake_fd;
	int watch, set_watch;
	uint32_t generation;
	int desc_count;
	unsigned user_count;
	bool is_closed;
};

/* ---- posix_owner.c ---- */

int posix_owner_open(struct tarn_posix *posix);
/** posix_owner_abandon() - Undo posix_owner_open(): no thread was to be had */
void posix_owner_abandon(struct tarn_posix *posix);
/** posix_owner_serve() - The service of the loop: requests, then readiness */
void posix_owner_serve(void *posix);
/** posix_owner_close() - Turn away every caller until none is left */
void posix_owner_close(struct tarn_posix *posix);

/* ---- posix_start.c ---- */

/** posix_is_mine() - Is the calling thread the owner of this stack? */
bool posix_is_mine(const struct tarn_posix *posix);

/* ---- posix_table.c ---- */

enum posix_kind { POSIX_NOBODY, POSIX_STREAM, POSIX_DGRAM, POSIX_EPOLL };

/**
 * struct posix_entry - what a kernel descriptor stands for
 * @posix:	its stack; NULL: has stopped, or it is a set
 * @epoll:	POSIX_EPOLL: the set
 */
struct posix_entry {
	enum posix_kind kind;
	struct tarn_posix *posix;
	struct posix_name name;
	struct posix_epoll *epoll;
};

/** struct posix_ref - an entry that cannot go away; gives the desc with it */
struct posix_ref {
	struct posix_entry entry;
	struct posix_desc *desc; /* NULL if the entry has no stack */
};

/** posix_table_add() - @fd is ours from now on. Return: 0, -ENOMEM, -EMFILE */
int posix_table_add(int fd, const struct posix_entry *entry);
/** posix_table_get() - Is @fd ours? Then @ret holds it until posix_table_put() */
bool posix_table_get(int fd, struct posix_ref *ret);
/** posix_table_take() - The same, and it is not ours any more */
bool posix_table_take(int fd, struct posix_ref *ret);
void posix_table_put(struct posix_ref *ref);

/** posix_table_hold() - Keep @posix from stopping. Return: false: it has */
bool posix_table_hold(struct tarn_posix *posix);
/** posix_table_hold_first() - The same for the first one started, or NULL */
struct tarn_posix *posix_table_hold_first(void);
void posix_table_release(struct tarn_posix *posix);

/** posix_table_started(), posix_table_close() - @posix takes calls, no more calls */
void posix_table_started(struct tarn_posix *posix);
void posix_table_close(struct tarn_posix *posix);
/** posix_table_is_idle() - Has the last call of a closed @posix returned? */
bool posix_table_is_idle(struct tarn_posix *posix);
/** posix_table_forget() - Its descriptors are dead: no entry names it any more */
void posix_table_forget(struct tarn_posix *posix);

/** posix_table_lock() - For posix_epoll.c, whose sets name stacks too */
void posix_table_lock(void);
void posix_table_unlock(void);
/** posix_table_hold_locked() - posix_table_hold() under the lock; NULL: false */
bool posix_table_hold_locked(struct tarn_posix *posix);

/* ---- posix_call.c ---- */

/** posix_call_begin() - A request about @ref, to be filled in */
struct posix_request *posix_call_begin(const struct posix_ref *ref,
                                       enum posix_op op);
uint8_t *posix_call_data(const struct posix_ref *ref,
                         const struct posix_request *request);
/** posix_call_run() - Let the owner do it. Return: its result */
int64_t posix_call_run(const struct posix_ref *ref,
                       struct posix_request *request);
void posix_call_end(const struct posix_ref *ref, struct posix_request *request);

/** posix_call_simple() - A request that has one number and no more to say */
int64_t posix_call_simple(const struct posix_ref *ref, enum posix_op op,
                          int value);

/** posix_call_get_int() - An option whose value is an int. Return: 0, -errno */
int64_t posix_call_get_int(const struct posix_ref *ref, enum tarn_option option,
                           int *ret);

/** posix_check_socket() - May a socket call be made on @ref?
 *
 * Return: 0, -ENOTSOCK, -ENETDOWN (its stack has stopped)
 */
int posix_check_socket(const struct posix_ref *ref);

/** posix_patience() - Until when a call that begins now may wait
 * @timeout_us:	its timeout, in @ref's desc
 * @flags:	MSG_DONTWAIT counts
 */
uint64_t posix_patience(const struct posix_ref *ref,
                        const _Atomic uint64_t *timeout_us, int flags);

/**
 * posix_call_patiently() - Repeat @attempt until it gives something but -EAGAIN
 * @deadline_us: 0: try once; TARN_NEVER: no limit
 */
int64_t posix_call_patiently(const struct posix_ref *ref, uint64_t deadline_us,
                             int64_t (*attempt)(const struct posix_ref *ref,
                                                void *context),
                             void *context);

/** posix_deadline() - Of a wait of @timeout_us that begins now; 0: no limit */
uint64_t posix_deadline(uint64_t timeout_us);
uint64_t posix_now(void);

/** posix_result() - -errno becomes errno and -1 */
int64_t posix_result(int64_t result);
/** posix_finish() - The same at the end of a call on @ref, which is put */
int64_t posix_finish(struct posix_ref *ref, int64_t result);

/** posix_addr_read() - Return: 0, -EINVAL, -EAFNOSUPPORT; AF_UNSPEC: none */
int posix_addr_read(const struct sockaddr *addr, socklen_t len,
                    struct tarn_addr *ret);
/** posix_addr_write() - Cut to *@len as POSIX has it; *@len the true length */
void posix_addr_write(const struct tarn_addr *from, struct sockaddr *addr,
                      socklen_t *len);

/* ---- posix_socket.c ---- */

#define POSIX_TYPE_FLAGS (SOCK_NONBLOCK | SOCK_CLOEXEC)

/** posix_new_event_fd() - The kernel's part of a descriptor. Return: it, -errno */
int posix_new_event_fd(int flags);
/** posix_add_socket() - A socket of the stack @of belongs to gets its number
 * @flags:	POSIX_TYPE_FLAGS
 *
 * Return: @fd; or -errno, then both are closed
 */
int64_t posix_add_socket(const struct posix_ref *of, enum posix_kind kind,
                         const struct posix_name *name, int fd, int flags);

/* ---- posix_send.c ---- */

/** posix_iov_len() - Octets in all. Return: that, -EMSGSIZE, -EFAULT, -EINVAL */
int64_t posix_iov_len(const struct iovec *iov, size_t count);
/** posix_part_done() - What a call returns that failed behind @done octets */
int64_t posix_part_done(const struct posix_ref *ref, size_t done,
                        int64_t result);

/* ---- posix_poll.c ---- */

/** posix_ms_left() - Until @deadline_us, rounded up; -1: for ever */
int posix_ms_left(uint64_t deadline_us);

/* ---- posix_epoll.c ---- */

/** posix_epoll_hold(), posix_epoll_release() - Count users; under the table's lock */
void posix_epoll_hold(struct posix_epoll *epoll);
void posix_epoll_release(struct posix_epoll *epoll);
/** posix_epoll_forget() - @posix has stopped; under the table's lock */
void posix_epoll_forget(struct posix_epoll *epoll, struct tarn_posix *posix);
/** posix_epoll_close() - The set's descriptor is being closed */
void posix_epoll_close(struct posix_epoll *epoll);

#endif
