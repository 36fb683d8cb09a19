/* SPDX-License-Identifier: MIT */
/*
 * memory.c - what one segment costs inside of the stack, and what the floor is
 *
 *	memory [--rounds N] [--only NAME]
 *
 * Two stacks in this thread, a link that copies each frame once into a slot,
 * and bulk text from A to B; the acknowledgments go back the same way. Time is
 * virtual, so no clock is read but around a whole turn. The floor does to the
 * octets what cannot be avoided and nothing else: headers, a copy into a frame
 * and its sum, a sum of the frame and a copy out of it.
 *
 * All variants take turns, so that whatever else the machine does meets all of
 * them; figures are medians over the rounds, in ns per 1460 octets of text.
 * The MTU is 1512, for that is 1460 and the headers with timestamps.
 */
#include "base/bytes.h"
#include "base/checksum.h"
#include "base/sums.h"
#include "tarn.h"
#include "tools/bench/memory_link.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define TEXT_LEN    1460u
#define HEADERS_LEN 66u /* Ethernet, IPv4, TCP with timestamps */
#define MTU         1512u
#define WINDOW      (128u << 10) /* octets in flight: all stays in the cache */
#define FRAME_LEN   1600u /* no power of two: frames share no cache line */
#define SUPER_LEN   (66u << 10)
#define TURN_OCTETS (16u << 20)
#define ROUNDS_MAX  99u
#define STEPS_STUCK 10000u /* polls without progress: something is wrong */
#define STEP_US     10u

/* ---- Two stacks ---- */

/** struct variant - one thing that is measured
 * @is_super:	64 KiB frames, whose sums nobody computes
 * @is_copied:	the calls and links that everybody knows: send() and recv()
 *		copy, and so does the link into the stack's buffer
 */
struct variant {
	const char *name;
	bool is_super, is_observed, is_floor, is_copied;
	struct end end[2];
	uint64_t now_us, events;
	double ns[ROUNDS_MAX];
};

static void count_event(void *observer, const struct tarn_event *event)
{
	(void)event;
	(*(uint64_t *)observer)++;
}

static bool open_end(struct variant *variant, unsigned i)
{
	struct end *end = &variant->end[i];
	struct tarn_config config;

	end->other       = &variant->end[!i];
	end->in.slot_len = variant->is_super ? SUPER_LEN : FRAME_LEN;
	end->in.block    = calloc(SLOTS, end->in.slot_len);
	tarn_config_init(&config);
	config.ops = &plain_ops;
	if (!variant->is_copied)
		config.lend_ops = &lend_ops;
	config.link = end;
	if (variant->is_super)
		config.super_ops = &super_ops;
	if (variant->is_observed) {
		config.observe  = count_event;
		config.observer = &variant->events;
	}
	config.mtu     = MTU;
	config.ip      = tarn_ip4(10, 9, 0, (uint8_t)(i + 1));
	config.acd_off = true;
	config.seed[0] = i + 1;

	return end->in.block &&
	       tarn_create(&config, variant->now_us, &end->t) == 0;
}

static void step(struct variant *variant)
{
	variant->now_us += STEP_US;
	tarn_poll(variant->end[0].t, variant->now_us);
	tarn_poll(variant->end[1].t, variant->now_us);
}

static void fix_buffers(struct tarn *t, int fd, int octets)
{
	(void)tarn_setsockopt(t, fd, TARN_SO_SNDBUF, &octets, sizeof(octets));
	(void)tarn_setsockopt(t, fd, TARN_SO_RCVBUF, &octets, sizeof(octets));
}

/* Return: both ends have a connection */
static bool open_variant(struct variant *variant)
{
	const struct tarn_addr server = { tarn_ip4(10, 9, 0, 2), 80 };
	const int octets = variant->is_super ? 2 * (int)WINDOW : (int)WINDOW;
	struct tarn *a, *b;
	int listener;

	if (!open_end(variant, 0) || !open_end(variant, 1))
		return false;
	a                  = variant->end[0].t;
	b                  = variant->end[1].t;
	listener           = tarn_socket(b, TARN_STREAM);
	variant->end[0].fd = tarn_socket(a, TARN_STREAM);
	fix_buffers(a, variant->end[0].fd, octets);
	fix_buffers(b, listener, octets);
	if (tarn_bind(b, listener, &server) < 0 ||
	    tarn_listen(b, listener, 1) < 0 ||
	    tarn_connect(a, variant->end[0].fd, &server) != -EINPROGRESS)
		return false;
	for (unsigned i = 0; i < 1000; i++)
		step(variant);
	variant->end[1].fd = tarn_accept(b, listener, NULL);

	return variant->end[1].fd >= 0;
}

static uint64_t fill_copied(const struct end *end, uint64_t left)
{
	static uint8_t block[65536];
	uint64_t sent = 0;
	ssize_t n     = 1;

	while (n > 0 && sent < left) {
		n = tarn_send(end->t, end->fd, block,
		              MIN(sizeof(block), left - sent), 0);
		sent += n > 0 ? (uint64_t)n : 0;
	}

	return sent;
}

static uint64_t drain_copied(const struct end *end)
{
	static uint8_t block[65536];
	uint64_t got = 0;
	ssize_t n    = 1;

	while (n > 0) {
		n = tarn_recv(end->t, end->fd, block, sizeof(block), 0);
		got += n > 0 ? (uint64_t)n : 0;
	}

	return got;
}

/* An application that makes its octets where they leave from; one is made
 * anew each time, as the floor does. */
static uint64_t fill(const struct end *end, uint64_t left)
{
	struct tarn_iovec room[2];
	const ssize_t n = tarn_send_reserve(end->t, end->fd, left, room);

	if (n <= 0)
		return 0;
	(*(uint8_t *)room[0].base)++;

	return tarn_send_commit(end->t, end->fd, (size_t)n, 0) == n
	               ? (uint64_t)n
	               : 0;
}

/* And one that looks at them where they have arrived. */
static uint64_t drain(const struct end *end)
{
	struct tarn_slice piece[2];
	const ssize_t n = tarn_recv_peek(end->t, end->fd, piece);

	if (n <= 0)
		return 0;

	return tarn_recv_consume(end->t, end->fd, (size_t)n) == 0 ? (uint64_t)n
	                                                          : 0;
}

/* Return: all octets have arrived */
static bool move(struct variant *variant, uint64_t octets)
{
	uint64_t sent = 0, got = 0;
	unsigned stuck = 0;

	while (got < octets && stuck < STEPS_STUCK) {
		const uint64_t before = got;

		sent += variant->is_copied
		                ? fill_copied(&variant->end[0], octets - sent)
		                : fill(&variant->end[0], octets - sent);
		step(variant);
		got += variant->is_copied ? drain_copied(&variant->end[1])
		                          : drain(&variant->end[1]);
		stuck = got == before ? stuck + 1 : 0;
	}

	return got == octets;
}

/* ---- The floor ---- */

static uint16_t sum_of(const uint8_t *data, size_t len)
{
	return checksum_fold(sums_best()->add(0, data, len));
}

/* A window's worth of frames, made and taken apart again. */
static unsigned floor_batch(struct queue *queue, const uint8_t *from,
                            uint8_t *to)
{
	static const uint8_t headers[HEADERS_LEN];
	const unsigned frames = WINDOW / TEXT_LEN;
	unsigned bad          = 0;

	for (unsigned i = 0; i < frames; i++) {
		uint8_t *frame = queue->block + i * queue->slot_len;

		memcpy(frame, headers, HEADERS_LEN);
		memcpy(frame + HEADERS_LEN, from + i * TEXT_LEN, TEXT_LEN);
		put_be16(frame + 50, sum_of(frame + 34, MTU - 20));
	}
	for (unsigned i = 0; i < frames; i++) {
		const uint8_t *frame = queue->block + i * queue->slot_len;

		bad += sum_of(frame + 34, MTU - 20) != 0;
		memcpy(to + i * TEXT_LEN, frame + HEADERS_LEN, TEXT_LEN);
	}

	return bad;
}

static bool run_floor(struct variant *variant, uint64_t octets)
{
	static uint8_t from[WINDOW], to[WINDOW];
	const uint64_t batch = WINDOW / TEXT_LEN * TEXT_LEN;
	unsigned bad         = 0;

	for (uint64_t done = 0; done < octets; done += batch) {
		from[done % WINDOW]++;
		bad += floor_batch(&variant->end[0].in, from, to);
	}

	return bad == 0;
}

/* ---- Turns ---- */

/* Time on a core: who else wants one does not count. */
static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);

	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static bool take_turn(struct variant *variant, unsigned round)
{
	const double begin_ns = now_ns();
	const bool is_done = variant->is_floor ? run_floor(variant, TURN_OCTETS)
	                                       : move(variant, TURN_OCTETS);

	variant->ns[round] =
	        (now_ns() - begin_ns) / ((double)TURN_OCTETS / TEXT_LEN);

	return is_done;
}

static int compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void print(struct variant *variant, unsigned rounds)
{
	qsort(variant->ns, rounds, sizeof(variant->ns[0]), compare);
	printf("{\"name\":\"memory/%s\",\"unit\":\"ns\",\"value\":%.1f,"
	       "\"min\":%.1f,\"max\":%.1f,\"rounds\":%u}\n",
	       variant->name, variant->ns[rounds / 2], variant->ns[0],
	       variant->ns[rounds - 1], rounds);
}

static struct variant variants[] = {
	{ .name = "floor", .is_floor = true },
	{ .name = "segment" },
	{ .name = "segment-copied", .is_copied = true },
	{ .name = "segment-observed", .is_observed = true },
	{ .name = "super", .is_super = true },
};

static bool is_chosen(const struct variant *variant, const char *only)
{
	return !only || strcmp(only, variant->name) == 0;
}

static void usage(FILE *to)
{
	fprintf(to,
	        "usage: memory [--rounds N] [--only NAME]\n"
	        "ns for 1460 octets from one stack to another in memory;\n"
	        "N is 1 to %u, 15 if not given; NAME one of:\n",
	        ROUNDS_MAX);
	for (size_t i = 0; i < ARRAY_LEN(variants); i++)
		fprintf(to, "  %s\n", variants[i].name);
}

static bool run(unsigned rounds, const char *only)
{
	for (size_t i = 0; i < ARRAY_LEN(variants); i++)
		if (is_chosen(&variants[i], only) &&
		    !open_variant(&variants[i]))
			return false;
	for (unsigned round = 0; round < rounds; round++)
		for (size_t i = 0; i < ARRAY_LEN(variants); i++)
			if (is_chosen(&variants[i], only) &&
			    !take_turn(&variants[i], round))
				return false;
	for (size_t i = 0; i < ARRAY_LEN(variants); i++)
		if (is_chosen(&variants[i], only))
			print(&variants[i], rounds);

	return true;
}

int main(int argc, char **argv)
{
	unsigned rounds  = 15;
	const char *only = NULL;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0) {
			usage(stdout);
			return 0;
		}
		if (strcmp(argv[i], "--rounds") == 0 && i + 1 < argc) {
			rounds = (unsigned)strtoul(argv[++i], NULL, 10);
		} else if (strcmp(argv[i], "--only") == 0 && i + 1 < argc) {
			only = argv[++i];
		} else {
			usage(stderr);
			return 2;
		}
	}
	if (rounds < 1 || rounds > ROUNDS_MAX) {
		usage(stderr);
		return 2;
	}
	if (!run(rounds, only)) {
		fprintf(stderr, "memory: the transfer does not come on\n");
		return 1;
	}

	return 0;
}
