/* SPDX-License-Identifier: MIT */
/*
 * live.c - see live.h
 *
 * The kernel does not say what it thinks: its rows are frames without states or
 * reasons. It works on its sockets at any time, so the wait is short.
 */
#include "tools/lab/live.h"
#include "base/bytes.h"
#include "drivers/netns.h"
#include "drivers/tap.h"
#include "tools/lab/stage_state.h"
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define LIVE_TAP      "lab0"
#define WAIT_US_MAX   2000u
#define FRAMES_A_TURN 64

struct live {
	unsigned end;
	uint64_t start_us;
	struct link tap;
	uint8_t frame[STAGE_FRAME_LEN_MAX];
};

static uint64_t clock_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);

	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

uint64_t live_now(const struct live *live)
{
	return clock_us() - live->start_us;
}

static int make_device(const struct lesson *lesson, unsigned end,
                       char error[LINK_ERROR_LEN])
{
	const struct tarn_ip ip = stage_ip(end);
	uint8_t mac[6];
	int rc = netns_enter(error);

	if (rc == 0)
		rc = tap_make(LIVE_TAP, error);
	if (rc < 0)
		return rc;
	stage_mac(end, mac);
	netns_set_up("lo");
	rc = netns_set_mac(LIVE_TAP, mac);
	if (rc >= 0)
		rc = netns_set_mtu(LIVE_TAP, lesson->mtu);
	if (rc >= 0)
		rc = netns_set_address(LIVE_TAP, &ip, 24);
	if (rc >= 0)
		rc = netns_set_up(LIVE_TAP);
	if (rc < 0)
		snprintf(error, LINK_ERROR_LEN,
		         "cannot set up " LIVE_TAP ": %s", strerror(-rc));

	return rc < 0 ? rc : 0;
}

int live_open(const struct lesson *lesson, unsigned end, struct live **ret,
              char error[LAB_ERROR_LEN])
{
	const struct link_options options = { .ip         = stage_ip(!end),
		                              .prefix_len = 24,
		                              .mtu        = lesson->mtu };
	char wrong[LINK_ERROR_LEN]        = "out of memory";
	struct live *live                 = calloc(1, sizeof(*live));
	int rc                            = live ? 0 : -ENOMEM;

	if (rc == 0)
		rc = make_device(lesson, end, wrong);
	if (rc == 0)
		rc = tap_open(LIVE_TAP, &options, &live->tap, wrong);
	if (rc < 0) {
		snprintf(error, LAB_ERROR_LEN, "%.500s", wrong);
		free(live);
		return rc;
	}
	live->end      = end;
	live->start_us = clock_us();
	*ret           = live;

	return 0;
}

void live_close(struct live *live)
{
	if (!live)
		return;
	link_close(&live->tap);
	free(live);
}

/* ---- Frames ------------------------------------------------------------- */

static void tell_frame(struct stage *stage, unsigned end, bool is_rx,
                       uint64_t packet, const struct tarn_slice *frame)
{
	const struct story_row story = { .kind   = STORY_FRAME,
		                         .now_us = stage->now_us,
		                         .is_rx  = is_rx,
		                         .frame  = frame->data,
		                         .len    = frame->len };
	struct stage_row row         = { .kind   = STAGE_STORY,
		                         .end    = end,
		                         .packet = packet,
		                         .story  = &story };

	if (stage->is_warming)
		return;
	if (!is_rx)
		stage_tie(stage, &row);
	stage_tell(stage, &row);
}

/* From the kernel: the way that a stack's frame goes, too. */
static bool from_kernel(struct live *live, struct stage *stage)
{
	struct tarn_slice frame = { live->frame, 0 };
	const ssize_t len = live->tap.ops->receive(live->tap.state, live->frame,
	                                           sizeof(live->frame));

	if (len <= 0)
		return false;
	frame.len = (size_t)len;
	tell_frame(stage, live->end, false, stage_next_packet(stage), &frame);
	(void)road_ops.transmit(&stage->road[live->end], &frame, 1);

	return true;
}

static bool to_kernel(struct live *live, struct stage *stage)
{
	struct tarn_slice frame = { live->frame, 0 };
	const ssize_t len       = road_ops.receive(&stage->road[live->end],
	                                           live->frame, sizeof(live->frame));

	if (len <= 0)
		return false;
	frame.len = (size_t)len;
	tell_frame(stage, live->end, true,
	           wire_received(stage->wire, live->end) - stage->warm_packets,
	           &frame);
	(void)live->tap.ops->transmit(live->tap.state, &frame, 1);

	return true;
}

bool live_pump(struct live *live, struct stage *stage)
{
	bool has_moved = false;

	for (unsigned i = 0; i < FRAMES_A_TURN; i++) {
		const bool came = from_kernel(live, stage);
		const bool went = to_kernel(live, stage);

		if (!came && !went)
			break;
		has_moved = true;
	}

	return has_moved;
}

void live_wait(const struct live *live, uint64_t until_us)
{
	const uint64_t now_us = live_now(live);
	const uint64_t wait_us =
	        MIN(until_us - MIN(until_us, now_us), WAIT_US_MAX);
	const struct timespec timeout = { .tv_nsec = (long)wait_us * 1000 };
	struct pollfd pollfd = { .fd = live->tap.fd, .events = POLLIN };

	/* Whatever it says, everybody is asked again. */
	(void)ppoll(&pollfd, 1, &timeout, NULL);
}
