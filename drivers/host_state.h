/* SPDX-License-Identifier: MIT */
/* host_state.h - what a host is made of; for the files host*.c only */
#ifndef DRIVERS_HOST_STATE_H
#define DRIVERS_HOST_STATE_H

#include "drivers/host.h"
#include <poll.h>

#define HOST_WATCHES_MAX 8

struct observers;
struct control;

struct host_service {
	int wake_fd; /* -1: none */
	void (*serve)(void *context);
	void *context;
	bool is_woken;   /* by wake_fd, in this step */
	uint64_t due_us; /* TARN_NEVER: only when something happens */
};

struct host {
	struct link link;
	struct tarn *stack;
	struct fault *fault;         /* part of link, or NULL */
	struct gate *gate;           /* the same */
	struct host_guest guest;     /* close NULL: none */
	struct observers *observers; /* NULL: nobody watches */
	struct control *control;     /* NULL: nobody can ask */
	uint64_t now_us;
	uint64_t due_us;  /* when the stack or the link wants a turn */
	uint64_t hint_us; /* when to look for partial checksums again */
	bool is_hint_given;
	unsigned wake_max;     /* frames to take when a wait ends */
	uint32_t busy_poll_us; /* ask the link for so long before sleeping */
	int link_error;        /* what ended the link, 0: nothing yet */
	struct pollfd watch[HOST_WATCHES_MAX];
	unsigned watch_count;
	struct host_service service[HOST_SERVICES_MAX];
	unsigned service_count;
};

/** host_ops - the link as the stack sees it; its argument is the host */
extern const struct tarn_link_ops host_ops;
/** host_super_ops - The same, for a link that offloads */
extern const struct tarn_super_ops host_super_ops;

#define HOST_BATCH_MAX 64 /* frames; then whoever is waiting has a turn */

/** host_take() - A batch of frames, if any wait, and timers that are due
 * Return: how many came */
unsigned host_take(struct host *host, unsigned frames_max);

/**
 * host_wait() - Wait for a frame, a deadline, a service or a descriptor, and take
 * what came
 * @until_us:	at the latest; in the past: only look
 * @may_stop:	the stop signal ends the wait, too
 */
void host_wait(struct host *host, uint64_t until_us, bool may_stop);

/** host_read_clock() - CLOCK_MONOTONIC in microseconds */
uint64_t host_read_clock(void);

#endif
