/* SPDX-License-Identifier: MIT */
/*
 * host.c - one stack on one real link: the loop, the clock, the observers
 *
 * A step, between the calls of whoever owns the loop:
 *
 *	settle	 poll the stack until it wants to be polled later: what the
 *		 calls since the last step have queued leaves now
 *	wait	 ppoll() on the link, the stop signal, the service and the
 *		 watched descriptors, up to the next deadline; skipped when
 *		 settling brought frames or a timer, for then the caller may
 *		 have something to do
 *	settle	 what the wait was ended for
 *	serve	 requests of other threads
 *
 * The clock is read once per wake-up. The stack sees the link through
 * receive() below, which counts frames and notices the link's end.
 */
#include "base/bytes.h"
#include "base/check.h"
#include "drivers/host_state.h"
#include "drivers/stop.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define HOST_ROUNDS_MAX 16 /* polls in a row; then the caller has a turn */
#define HOST_HINT_US    1000000u /* how often to look for a known ailment */

uint64_t host_read_clock(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);

	return (uint64_t)ts.tv_sec * 1000000u + (uint64_t)ts.tv_nsec / 1000u;
}

/* ---- settle ---- */

/* Behind each receive() of the stack's: below is the link, or the faults in front
 * of it. */
static ssize_t received(struct host *host, ssize_t len)
{
	if (len > 0)
		host->is_busy = true;
	if (len < 0 && len != -EAGAIN)
		host->link_error = (int)len;

	return len;
}

static ssize_t receive(void *context, uint8_t *buf, size_t size)
{
	struct host *host       = context;
	const struct link *link = &host->link;

	if (host->link_error)
		return 0;

	return received(host, link->ops->receive(link->state, buf, size));
}

static ssize_t receive_super(void *context, uint8_t *buf, size_t size,
                             struct tarn_offload *ret)
{
	struct host *host       = context;
	const struct link *link = &host->link;

	if (host->link_error)
		return 0;

	return received(host,
	                link->super_ops->receive(link->state, buf, size, ret));
}

static int transmit_super(void *context, const struct tarn_slice *part,
                          unsigned part_count,
                          const struct tarn_offload *offload)
{
	struct host *host = context;

	return host->link.super_ops->transmit(host->link.state, part,
	                                      part_count, offload);
}

static int transmit(void *context, const struct tarn_slice *part,
                    unsigned part_count)
{
	struct host *host = context;

	return host->link.ops->transmit(host->link.state, part, part_count);
}

const struct tarn_link_ops host_ops = {
	.receive  = receive,
	.transmit = transmit,
};

const struct tarn_super_ops host_super_ops = {
	.receive  = receive_super,
	.transmit = transmit_super,
};

static void settle(struct host *host)
{
	struct link *link = &host->link;
	unsigned rounds   = 0;

	host->is_busy |= host->due_us <= host->now_us;
	do {
		if (link->advance)
			link->advance(link->state, host->now_us);
		host->due_us = tarn_poll(host->stack, host->now_us);
	} while (host->due_us <= host->now_us && ++rounds < HOST_ROUNDS_MAX);

	if (link->deadline)
		host->due_us = MIN(host->due_us, link->deadline(link->state));
}

/* ---- wait ---- */

static struct timespec time_left(const struct host *host, uint64_t until_us)
{
	const uint64_t left =
	        until_us > host->now_us ? until_us - host->now_us : 0;

	return (struct timespec){
		.tv_sec  = (time_t)(left / 1000000),
		.tv_nsec = (long)(left % 1000000 * 1000),
	};
}

/* @stop_fd: ends the wait too, or -1. */
static void wait_until(struct host *host, uint64_t until_us, int stop_fd)
{
	struct pollfd fds[2 + HOST_SERVICES_MAX + HOST_WATCHES_MAX] = {
		{ .fd     = host->link_error ? -1 : host->link.fd,
		  .events = POLLIN },
		{ .fd = stop_fd, .events = POLLIN },
	};
	const struct timespec left = time_left(host, until_us);
	nfds_t watch_at            = 2;

	for (unsigned i = 0; i < host->service_count; i++)
		fds[watch_at++] = (struct pollfd){
			.fd     = host->service[i].wake_fd,
			.events = POLLIN,
		};
	memcpy(fds + watch_at, host->watch,
	       host->watch_count * sizeof(host->watch[0]));

	/* On a signal no descriptor is ready, and the caller looks again. */
	if (ppoll(fds, watch_at + host->watch_count,
	          until_us == TARN_NEVER ? NULL : &left, NULL) < 0)
		return;
	for (unsigned i = 0; i < host->watch_count; i++)
		host->watch[i].revents = fds[watch_at + i].revents;
	for (unsigned i = 0; i < host->service_count; i++)
		host->service[i].is_woken = fds[2 + i].revents != 0;
}

/* When the first of the services wants a turn. */
static uint64_t services_due(const struct host *host)
{
	uint64_t due_us = TARN_NEVER;

	for (unsigned i = 0; i < host->service_count; i++)
		due_us = MIN(due_us, host->service[i].due_us);

	return due_us;
}

static void serve_all(struct host *host)
{
	for (unsigned i = 0; i < host->service_count; i++)
		host->service[i].serve(host->service[i].context);
}

/* ---- the cure of a known ailment ---- */

/* A veth peer with transmit offload leaves the checksum to hardware that is
 * not there. Nobody finds that by himself. */
static void hint_at_partial_checksums(struct host *host)
{
	if (host->is_hint_given || host->now_us < host->hint_us)
		return;
	host->hint_us = host->now_us + HOST_HINT_US;

	if (tarn_drop_count(host->stack, "TCP_CHECKSUM_PARTIAL") +
	            tarn_drop_count(host->stack, "UDP_CHECKSUM_PARTIAL") ==
	    0)
		return;
	host->is_hint_given = true;
	fprintf(stderr,
	        "tarn: packets arrive with unfinished checksums and are "
	        "dropped; on the machine or namespace that sends them: "
	        "ethtool -K IFACE tx off tso off gso off\n");
}

/* ---- the step ---- */

static void step(struct host *host, uint64_t until_us, int stop_fd)
{
	for (unsigned i = 0; i < host->watch_count; i++)
		host->watch[i].revents = 0;
	for (unsigned i = 0; i < host->service_count; i++)
		host->service[i].is_woken = false;

	host->now_us = host_read_clock();
	settle(host);
	if (!host->is_busy) {
		until_us = MIN(until_us, services_due(host));
		wait_until(host, MIN(host->due_us, until_us), stop_fd);
		host->now_us = host_read_clock();
		settle(host);
	} else if (host->watch_count > 0) {
		wait_until(host, 0, -1); /* nobody waits for ever */
	}
	host->is_busy = false;

	serve_all(host);
	hint_at_partial_checksums(host);
}

int host_step(struct host *host, uint64_t until_us)
{
	const int ended = host->link_error; /* before this step */

	if (stop_is_asked())
		return -EINTR;

	step(host, ended ? 0 : until_us, stop_fd());
	if (stop_is_asked())
		return -EINTR;

	return ended;
}

void host_drain(struct host *host, uint64_t timeout_us)
{
	const uint64_t end_us = host_read_clock() + timeout_us;
	struct tarn_usage usage;

	if (host->guest.stop)
		host->guest.stop(host->guest.context);
	step(host, 0,
	     -1); /* what is queued leaves, and nothing is waited for */
	tarn_usage(host->stack, &usage);
	while (usage.connections + usage.half_open > 0 &&
	       host->now_us < end_us && !host->link_error) {
		step(host, end_us, -1);
		tarn_usage(host->stack, &usage);
	}
}

/* ---- what belongs to the loop ---- */

int host_watch(struct host *host, int fd, short events)
{
	unsigned at = 0;

	while (at < host->watch_count && host->watch[at].fd != fd)
		at++;
	if (events == 0) {
		if (at < host->watch_count)
			host->watch[at] = host->watch[--host->watch_count];
		return 0;
	}
	if (at == HOST_WATCHES_MAX)
		return -ENOSPC;
	if (at == host->watch_count)
		host->watch[host->watch_count++].revents = 0;
	host->watch[at].fd     = fd;
	host->watch[at].events = events;

	return 0;
}

short host_watched(const struct host *host, int fd)
{
	for (unsigned i = 0; i < host->watch_count; i++)
		if (host->watch[i].fd == fd)
			return host->watch[i].revents;

	return 0;
}

static unsigned service_at(const struct host *host, const void *context)
{
	unsigned at = 0;

	while (at < host->service_count && host->service[at].context != context)
		at++;

	return at;
}

void host_set_service(struct host *host, int wake_fd,
                      void (*serve)(void *context), void *context)
{
	const unsigned at = service_at(host, context);

	if (!serve) {
		if (at < host->service_count)
			host->service[at] =
			        host->service[--host->service_count];
		return;
	}

	CHECK(at < HOST_SERVICES_MAX);
	if (at == host->service_count)
		host->service_count++;
	host->service[at] = (struct host_service){
		.wake_fd = wake_fd,
		.serve   = serve,
		.context = context,
		.due_us  = TARN_NEVER,
	};
}

bool host_is_woken(const struct host *host, const void *context)
{
	const unsigned at = service_at(host, context);

	return at < host->service_count && host->service[at].is_woken;
}

void host_serve_at(struct host *host, const void *context, uint64_t due_us)
{
	const unsigned at = service_at(host, context);

	if (at < host->service_count)
		host->service[at].due_us = due_us;
}

void host_set_guest(struct host *host, const struct host_guest *guest)
{
	host->guest = *guest;
}

struct fault *host_faults(const struct host *host)
{
	return host->fault;
}

struct gate *host_gate(const struct host *host)
{
	return host->gate;
}

void host_catch_signals(void)
{
	stop_catch_signals();
}

bool host_is_stopping(const struct host *host)
{
	(void)host; /* a signal concerns every host of the process */
	return stop_is_asked();
}

struct tarn *host_stack(struct host *host)
{
	return host->stack;
}

uint64_t host_now(const struct host *host)
{
	return host->now_us;
}
