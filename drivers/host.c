/* SPDX-License-Identifier: MIT */
/*
 * host.c - one stack on one real link: the loop, the clock, the observers
 *
 * A step, between the calls of whoever owns the loop:
 *
 *	give	 what the calls since the last step have queued leaves now,
 *		 and with it the acknowledgment of what came in the last step
 *	take	 a batch of frames, if they are there already
 *	wait	 if there were none: for the link, a deadline, and the others
 *		 (host_wait.c); and take what the wait was ended for
 *	serve	 services, and requests of other threads
 *
 * So a frame is answered in the order take, application, give: an answer takes
 * the acknowledgment along. docs/design/0041-busy-poll-and-batches.md
 *
 * The clock is read once per wake-up. The stack sees the link through
 * receive() below, which notices the link's end.
 */
#include "base/bytes.h"
#include "base/check.h"
#include "drivers/host_state.h"
#include "drivers/stop.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define HOST_HINT_US 1000000u /* how often to look for a known ailment */

uint64_t host_read_clock(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);

	return (uint64_t)ts.tv_sec * 1000000u + (uint64_t)ts.tv_nsec / 1000u;
}

/* ---- the link, as the stack sees it ---- */

/* Behind each receive() of the stack's: below is the link, or the faults in front
 * of it. */
static ssize_t received(struct host *host, ssize_t len)
{
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

/* ---- give and take ---- */

static void give(struct host *host)
{
	const struct link *link = &host->link;

	host->due_us = tarn_poll_output(host->stack, host->now_us);
	if (link->deadline)
		host->due_us = MIN(host->due_us, link->deadline(link->state));
}

unsigned host_take(struct host *host, unsigned frames_max)
{
	struct link *link = &host->link;

	if (link->advance)
		link->advance(link->state, host->now_us);

	return tarn_poll_input(host->stack, host->now_us, frames_max);
}

/* What came while the application worked. If there was something, he who sends
 * does not wait for us: see host_wait.c. */
static bool take_at_once(struct host *host)
{
	if (host_take(host, HOST_BATCH_MAX) == 0)
		return false;
	host->wake_max = HOST_BATCH_MAX;

	return true;
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

static void step(struct host *host, uint64_t until_us, bool may_stop)
{
	bool is_busy;

	for (unsigned i = 0; i < host->watch_count; i++)
		host->watch[i].revents = 0;
	for (unsigned i = 0; i < host->service_count; i++)
		host->service[i].is_woken = false;

	host->now_us = host_read_clock();
	give(host);
	is_busy = host->due_us <= host->now_us;
	is_busy |= take_at_once(host);
	if (!is_busy)
		host_wait(host, until_us, may_stop);
	else if (host->watch_count > 0)
		host_wait(host, 0, false); /* nobody waits for ever */
	if (host->link_error)
		give(host); /* there may be no other step */

	serve_all(host);
	hint_at_partial_checksums(host);
}

int host_step(struct host *host, uint64_t until_us)
{
	const int ended = host->link_error; /* before this step */

	if (stop_is_asked())
		return -EINTR;

	step(host, ended ? 0 : until_us, true);
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
	step(host, 0, false);
	tarn_usage(host->stack, &usage);
	while (usage.connections + usage.half_open > 0 &&
	       host->now_us < end_us && !host->link_error) {
		step(host, end_us, false);
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
