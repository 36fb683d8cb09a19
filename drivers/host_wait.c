/* SPDX-License-Identifier: MIT */
/*
 * host_wait.c - how a host waits: asleep, or with open eyes
 *
 *	take: nothing --> spin --busy_poll_us over--> ppoll() --> take
 *			   '-- a frame, a deadline, a descriptor --> done
 *
 * Who sleeps is woken by the kernel, which on a virtual machine takes longer
 * than everything else that happens to a small request. Who asks the link again
 * and again has the frame at once, and burns a processor for it: so it is an
 * option, and when nothing came for a while, the host sleeps all the same.
 */
#include "base/bytes.h"
#include "drivers/host_state.h"
#include "drivers/stop.h"
#include <string.h>
#include <time.h>

#define HOST_SPINS_MAX 64 /* asking the link; then the descriptors once */

static struct timespec time_left(const struct host *host, uint64_t until_us)
{
	const uint64_t left =
	        until_us > host->now_us ? until_us - host->now_us : 0;

	return (struct timespec){
		.tv_sec  = (time_t)(left / 1000000),
		.tv_nsec = (long)(left % 1000000 * 1000),
	};
}

/* Sleep. Return: is a descriptor ready? */
static bool sleep_until(struct host *host, uint64_t until_us, bool may_stop)
{
	struct pollfd fds[2 + HOST_SERVICES_MAX + HOST_WATCHES_MAX] = {
		{ .fd     = host->link_error ? -1 : host->link.fd,
		  .events = POLLIN },
		{ .fd = may_stop ? stop_fd() : -1, .events = POLLIN },
	};
	const struct timespec left = time_left(host, until_us);
	nfds_t watch_at            = 2;
	int ready;

	for (unsigned i = 0; i < host->service_count; i++)
		fds[watch_at++] = (struct pollfd){
			.fd     = host->service[i].wake_fd,
			.events = POLLIN,
		};
	memcpy(fds + watch_at, host->watch,
	       host->watch_count * sizeof(host->watch[0]));

	/* On a signal no descriptor is ready, and the caller looks again. */
	ready = ppoll(fds, watch_at + host->watch_count,
	              until_us == TARN_NEVER ? NULL : &left, NULL);
	if (ready < 0)
		return true;
	for (unsigned i = 0; i < host->watch_count; i++)
		host->watch[i].revents = fds[watch_at + i].revents;
	for (unsigned i = 0; i < host->service_count; i++)
		host->service[i].is_woken = fds[2 + i].revents != 0;

	return ready > 0;
}

/*
 * Who takes frames until there are none pays one call more that finds none, and
 * pays it before the answer leaves. A single client that asks and waits sends one
 * frame and no more: after such a wake-up the next one takes one frame only, and
 * the call that finds nothing comes behind the answer, while he thinks.
 */
static bool take_awake(struct host *host)
{
	const unsigned count = host_take(host, host->wake_max);

	if (count > 0)
		host->wake_max = count == 1 ? 1 : HOST_BATCH_MAX;

	return count > 0;
}

/* Return: is there something to do? false: nothing came for so long */
static bool spin_until(struct host *host, uint64_t until_us, bool may_stop)
{
	const uint64_t end_us = host->now_us + host->busy_poll_us;
	unsigned spins        = 0;

	while (host->now_us < end_us) {
		if (take_awake(host) || host->now_us >= until_us ||
		    host->link_error)
			return true;
		if (++spins % HOST_SPINS_MAX == 0 &&
		    sleep_until(host, 0, may_stop))
			return true;
		host->now_us = host_read_clock();
	}

	return false;
}

/* When the first of the services wants a turn. */
static uint64_t services_due(const struct host *host)
{
	uint64_t due_us = TARN_NEVER;

	for (unsigned i = 0; i < host->service_count; i++)
		due_us = MIN(due_us, host->service[i].due_us);

	return due_us;
}

void host_wait(struct host *host, uint64_t until_us, bool may_stop)
{
	until_us = MIN(MIN(until_us, host->due_us), services_due(host));
	if (host->busy_poll_us > 0 && until_us > host->now_us &&
	    spin_until(host, until_us, may_stop))
		return;

	sleep_until(host, until_us, may_stop);
	host->now_us = host_read_clock();
	take_awake(host);
}
