/* SPDX-License-Identifier: MIT */
/*
 * host.h - one stack on one real link: the loop, the clock, the observers
 *
 * The loop's own thread calls host_step() and, between steps, the core calls
 * of tarn.h. Nothing else touches the stack (drivers/posix.h reaches it from
 * other threads through a request ring that host_step() serves).
 *
 *	while (!host_is_stopping(host)) {
 *		host_step(host, deadline_us);
 *		... tarn_accept(), tarn_recv(), ... on host_stack(host)
 *	}
 */
#ifndef DRIVERS_HOST_H
#define DRIVERS_HOST_H

#include "drivers/link.h"
#include "tarn.h"

struct host;
struct fault;
struct gate;
struct capture_info;
struct story_row;

/** struct host_listener - who wants every row beside log, capture and ladder
 * @start:	before the first row: what the head of a log says
 */
struct host_listener {
	void (*start)(void *context, const struct capture_info *info);
	void (*row)(void *context, const struct story_row *row);
	void *context;
};

#define HOST_FAULTS_MAX 32

/** enum host_offload - may the link take super-frames and complete sums? */
enum host_offload {
	HOST_OFFLOAD_AUTO, /* unless somebody looks at, or harms, segments */
	HOST_OFFLOAD_ON,
	HOST_OFFLOAD_OFF,
};

/** struct host_options - the options of the tarn command, read but not judged */
struct host_options {
	const char *link; /* "tap:tap0"; see link_open() */
	struct tarn_ip ip;
	uint8_t prefix_len;
	struct tarn_ip gateway; /* version NONE: none */
	uint8_t mac[6];         /* zero: derived from ip */
	uint16_t mtu;           /* 0: 1500 */
	uint16_t live_port; /* of the live page's own server; 0: see --live */
	bool ladder;        /* draw it on standard output while it happens */
	bool verbose;       /* state changes and drops as lines on stderr */
	bool live;          /* faults and a gate can be asked for later */
	bool has_seed;
	enum host_offload offload;
	const char *capture; /* pcapng file, "-": standard output, NULL: none */
	const char *log;     /* JSON Lines file or NULL */
	const char *html;    /* page for a browser or NULL */
	uint64_t seed;       /* if has_seed; else from getrandom() */
	const char *fault[HOST_FAULTS_MAX];
	unsigned fault_count;
	uint32_t busy_poll_us;  /* ask the link for so long before sleeping */
	const char *congestion; /* "cubic", "reno", NULL: the stack's default */
	uint64_t msl_us; /* 0: the stack's default (for demonstrations) */
	struct host_listener listener; /* row NULL: nobody */
	/* Called at the end of host_open(), when the address is ours: what runs
	 * beside a command (`tarn shell` adds echo and sink). Or NULL. */
	void (*started)(void *context, struct host *host);
	void *started_context;
};

/** host_check() - Do @options give link and address, and are their fault rules right?
 *
 * Return: 0, -EINVAL and @error says what to give
 */
int host_check(const struct host_options *options, char error[LINK_ERROR_LEN]);

/** host_open() - Link, observers, faults, stack; waits until our address is usable
 *
 * Return: 0 or -errno, then @error says what and what to do
 */
int host_open(const struct host_options *options, struct host **ret,
              char error[LINK_ERROR_LEN]);
void host_close(struct host *host);

struct tarn *host_stack(struct host *host);
/** host_now() - The loop's clock: CLOCK_MONOTONIC, microseconds, read once a step */
uint64_t host_now(const struct host *host);

/**
 * host_step() - Wait for a frame, a deadline of the stack, @until_us, a watched
 * descriptor or a signal, then poll the stack
 *
 * It may wait although sockets are ready: take all that is ready (epoll until
 * it says 0) before the next step, or give a time in the past.
 *
 * @until_us:	TARN_NEVER: no limit; a time in the past: do not wait
 *
 * Return: 0; -EINTR when stopping was asked for; -ENODATA when a finite link
 *	   has ended; -errno when the link is gone
 */
int host_step(struct host *host, uint64_t until_us);

/** host_watch() - Also wake up when @fd, a kernel descriptor, has poll(2) @events
 *
 * @events 0 stops watching. host_watched() gives the revents of the last step.
 * Return: 0, -ENOSPC (8 are watched)
 */
int host_watch(struct host *host, int fd, short events);
short host_watched(const struct host *host, int fd);

/** host_catch_signals() - SIGINT and SIGTERM end the loop; SIGPIPE is ignored */
void host_catch_signals(void);
/** host_is_stopping() - Has one of them come? */
bool host_is_stopping(const struct host *host);

#define HOST_SERVICES_MAX 8 /* more is a mistake of the program */

/**
 * host_set_service() - Work that the loop does for somebody else, once a step
 * @wake_fd:	kernel descriptor that ends the wait when it is readable (the
 *		service reads it empty), or -1
 * @serve:	called at the end of every step, on the loop's thread; may call
 *		the stack; NULL: this service ends
 * @context:	@serve's argument; also tells the services of a host apart
 *
 * What it queues leaves at the start of the next step.
 */
void host_set_service(struct host *host, int wake_fd,
                      void (*serve)(void *context), void *context);

/** host_is_woken() - Was a service's wake_fd readable when the loop last waited?
 *
 * A loop that always has something to do does not wait: a service that would
 * have to ask the kernel looks every now and then as well.
 */
bool host_is_woken(const struct host *host, const void *context);

/** host_serve_at() - Wait no longer than until @due_us, for this service
 *
 * Stays in force until it is set again; TARN_NEVER: no limit.
 */
void host_serve_at(struct host *host, const void *context, uint64_t due_us);

/** struct host_guest - what lives on a host and ends with it
 * @stop:	the host drains: finish what is under way
 * @close:	the stack goes next
 */
struct host_guest {
	void (*stop)(void *context);
	void (*close)(void *context);
	void *context;
};
/** host_set_guest() - There is one at most; copied */
void host_set_guest(struct host *host, const struct host_guest *guest);

/** host_faults(), host_gate() - What frames meet on the way to the link; NULL:
 * neither faults nor a live page were asked for when it was opened */
struct fault *host_faults(const struct host *host);
struct gate *host_gate(const struct host *host);

/** host_drain() - Step until every connection has closed or @timeout_us has passed
 *
 * For a clean stop: FINs and last data leave. TIME-WAIT is not waited for.
 */
void host_drain(struct host *host, uint64_t timeout_us);

#endif
