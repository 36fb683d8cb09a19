/* SPDX-License-Identifier: MIT */
/*
 * bridge.c - a faulty cable between two TAP devices, in real time
 *
 *	kernel or Tarn -- TAP_A -- bridge -- TAP_B -- kernel or Tarn
 *
 *	bridge [--rate BITS] [--delay TIME] [--jitter TIME] [--loss N%]
 *	       [--dup N%] [--corrupt N%] [--reorder N%[:TIME]] [--queue FRAMES]
 *	       [--seed N] TAP_A TAP_B
 *
 * What drivers/wire.c does to two stacks in virtual time, done to whatever
 * sits behind two TAP devices, so that a kernel, netem or not, and Tarn can be
 * compared over the same path. Both directions are alike. One seed decides
 * what becomes of the first, second, third ... frame of a direction.
 *
 * The devices are made in the namespace in which the bridge starts and may be
 * moved into others after it has said "ready"; it keeps hold of them. It ends
 * on SIGTERM and says then what it did to how many frames.
 *
 * Theory of operation. A frame read from one TAP enters the wire now and comes
 * out at the other end when it is due; between them the process sleeps until a
 * frame or the wire's next deadline. Timer slack is one nanosecond, so a frame
 * is late by a wake-up, some tens of microseconds, and never early.
 */
#include "base/bytes.h"
#include "drivers/stop.h"
#include "drivers/tap.h"
#include "drivers/wire.h"
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

#define FRAME_LEN  65600   /* the longest frame of a TAP, and some */
#define BATCH_MAX  64      /* frames of one end; then the other has its turn */
#define PPM_OF_ONE 10000.0 /* one per cent */

struct bridge {
	struct link tap[2], port[2];
	struct wire *wire;
	uint64_t refused[2]; /* written to a TAP that would not take them */
	uint8_t frame[FRAME_LEN];
};

static uint64_t now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);

	return (uint64_t)ts.tv_sec * 1000000u + (uint64_t)ts.tv_nsec / 1000u;
}

/* ---- Moving frames ---- */

/* What waits in this end's TAP enters the wire. Return: frames read */
static unsigned take_in(struct bridge *bridge, unsigned end)
{
	const struct link *tap  = &bridge->tap[end];
	const struct link *port = &bridge->port[end];
	unsigned count          = 0;
	ssize_t len;

	while (count < BATCH_MAX) {
		len = tap->ops->receive(tap->state, bridge->frame, FRAME_LEN);
		if (len <= 0 || len > FRAME_LEN)
			break;
		count++;
		/* A full queue drops, and counts it. */
		(void)port->ops->transmit(
		        port->state,
		        &(struct tarn_slice){ bridge->frame, (size_t)len }, 1);
	}

	return count;
}

/* What has arrived at this end of the wire goes into its TAP. */
static void put_out(struct bridge *bridge, unsigned end)
{
	const struct link *tap  = &bridge->tap[end];
	const struct link *port = &bridge->port[end];
	ssize_t len;

	while ((len = port->ops->receive(port->state, bridge->frame,
	                                 FRAME_LEN)) > 0)
		if (tap->ops->transmit(
		            tap->state,
		            &(struct tarn_slice){ bridge->frame, (size_t)len },
		            1) < 0)
			bridge->refused[end]++;
}

static void sleep_until(struct bridge *bridge, uint64_t deadline_us)
{
	struct pollfd fds[3] = {
		{ .fd = bridge->tap[0].fd, .events = POLLIN },
		{ .fd = bridge->tap[1].fd, .events = POLLIN },
		{ .fd = stop_fd(), .events = POLLIN },
	};
	const uint64_t now  = now_us();
	const uint64_t left = deadline_us > now ? deadline_us - now : 0;
	const struct timespec timeout = {
		.tv_sec  = (time_t)(left / 1000000),
		.tv_nsec = (long)(left % 1000000 * 1000),
	};

	(void)ppoll(fds, 3, deadline_us == TARN_NEVER ? NULL : &timeout, NULL);
}

static void run(struct bridge *bridge)
{
	unsigned moved;

	while (!stop_is_asked()) {
		wire_advance(bridge->wire, now_us());
		moved = take_in(bridge, 0);
		moved += take_in(bridge, 1);
		put_out(bridge, 0);
		put_out(bridge, 1);
		if (moved == 0)
			sleep_until(bridge, wire_deadline(bridge->wire));
	}
}

static void tell(const struct bridge *bridge)
{
	struct wire_stats stats;

	for (unsigned from = 0; from < 2; from++) {
		wire_stats(bridge->wire, from, &stats);
		printf("%s: %llu frames, %llu overflowed, %llu lost, %llu "
		       "reordered, %llu duplicated, %llu corrupted, %llu "
		       "refused\n",
		       from ? "B to A" : "A to B",
		       (unsigned long long)stats.sent,
		       (unsigned long long)stats.overflowed,
		       (unsigned long long)stats.lost,
		       (unsigned long long)stats.reordered,
		       (unsigned long long)stats.duplicated,
		       (unsigned long long)stats.corrupted,
		       (unsigned long long)bridge->refused[!from]);
	}
}

/* ---- The command line ---- */

static const struct option long_options[] = {
	{ "rate", required_argument, NULL, 'r' },
	{ "delay", required_argument, NULL, 'd' },
	{ "jitter", required_argument, NULL, 'j' },
	{ "loss", required_argument, NULL, 'l' },
	{ "dup", required_argument, NULL, 'u' },
	{ "corrupt", required_argument, NULL, 'c' },
	{ "reorder", required_argument, NULL, 'o' },
	{ "queue", required_argument, NULL, 'q' },
	{ "seed", required_argument, NULL, 's' },
	{ 0 },
};

/* A number and a unit of the list "name=factor ...". Return: the rest, or NULL */
static const char *read_unit(const char *text, const char *const name[],
                             const double factor[], uint64_t *ret)
{
	char *end;
	const double value = strtod(text, &end);

	if (end == text || !(value >= 0 && value < 1e12))
		return NULL;
	for (unsigned i = 0; name[i]; i++)
		if (!strncmp(end, name[i], strlen(name[i]))) {
			*ret = (uint64_t)(value * factor[i] + 0.5);
			return end + strlen(name[i]);
		}

	return NULL;
}

static const char *read_time(const char *text, uint64_t *ret)
{
	static const char *const name[] = { "us", "ms", "s", NULL };
	static const double factor[]    = { 1, 1e3, 1e6 };

	return read_unit(text, name, factor, ret);
}

static const char *read_rate(const char *text, uint64_t *ret)
{
	static const char *const name[] = { "k", "M", "G", "", NULL };
	static const double factor[]    = { 1e3, 1e6, 1e9, 1 };

	return read_unit(text, name, factor, ret);
}

static const char *read_chance(const char *text, uint32_t *ret)
{
	static const char *const name[] = { "%", NULL };
	static const double factor[]    = { PPM_OF_ONE };
	uint64_t ppm                    = 0;
	const char *rest                = read_unit(text, name, factor, &ppm);

	*ret = (uint32_t)MIN(ppm, 1000000);

	return ppm > 1000000 ? NULL : rest;
}

static const char *read_count(const char *text, uint64_t *ret)
{
	char *end;

	*ret = strtoull(text, &end, 10);

	return end == text || *text == '-' ? NULL : end;
}

/* Return: is @value, whole, what the option wants? */
static bool read_option(int letter, const char *value, struct wire_path *path,
                        uint64_t *seed)
{
	const char *rest = NULL;
	uint64_t count   = 0;

	switch (letter) {
	case 'r':
		rest = read_rate(value, &path->rate_bps);
		break;
	case 'd':
		rest = read_time(value, &path->delay_us);
		break;
	case 'j':
		rest = read_time(value, &path->jitter_us);
		break;
	case 'l':
		rest = read_chance(value, &path->loss_ppm);
		break;
	case 'u':
		rest = read_chance(value, &path->dup_ppm);
		break;
	case 'c':
		rest = read_chance(value, &path->corrupt_ppm);
		break;
	case 'o':
		rest = read_chance(value, &path->reorder_ppm);
		if (rest && *rest == ':')
			rest = read_time(rest + 1, &path->reorder_us);
		break;
	case 'q':
		rest               = read_count(value, &count);
		path->queue_frames = (uint32_t)MIN(count, 1000000);
		break;
	case 's':
		rest = read_count(value, seed);
		break;
	default:
		break;
	}

	return rest && *rest == '\0';
}

static int usage(void)
{
	fputs("usage: bridge [--rate 100M] [--delay 10ms] [--jitter 1ms] "
	      "[--loss 1%]\n"
	      "              [--dup 1%] [--corrupt 1%] [--reorder 3%:5ms] "
	      "[--queue FRAMES]\n"
	      "              [--seed N] TAP_A TAP_B\n",
	      stderr);

	return 2;
}

static bool open_all(struct bridge *bridge, const struct wire_path *path,
                     uint64_t seed, char **name)
{
	const struct link_options options = { 0 };
	char error[LINK_ERROR_LEN];

	if (wire_create(path, seed, &bridge->wire) < 0)
		return false;
	for (unsigned end = 0; end < 2; end++) {
		bridge->port[end] = wire_end(bridge->wire, end);
		if (tap_open(name[end], &options, &bridge->tap[end], error) <
		    0) {
			fprintf(stderr, "bridge: %s\n", error);
			return false;
		}
	}

	return true;
}

int main(int argc, char **argv)
{
	static struct bridge bridge;
	struct wire_path path = { 0 };
	uint64_t seed         = 1;
	int letter;

	while ((letter = getopt_long(argc, argv, "", long_options, NULL)) >= 0)
		if (letter == '?' || !read_option(letter, optarg, &path, &seed))
			return usage();
	if (argc - optind != 2)
		return usage();
	stop_catch_signals();
	(void)prctl(PR_SET_TIMERSLACK, 1ul);
	if (!open_all(&bridge, &path, seed, argv + optind))
		return EXIT_FAILURE;

	puts("ready");
	fflush(stdout);
	run(&bridge);
	tell(&bridge);
	for (unsigned end = 0; end < 2; end++)
		link_close(&bridge.tap[end]);
	wire_destroy(bridge.wire);

	return EXIT_SUCCESS;
}
