/* SPDX-License-Identifier: MIT */
/*
 * fast_path.c - the fast paths send what the long ones would, octet for octet
 *
 * While an observer looks, each segment takes the long way through TCP. So one
 * seed, once with an observer and once without, must give the same frames at
 * the same times, and connections that know the same, on links of every kind:
 * clean ones, and ones that lose, double, damage and overtake.
 */
#include "base/bytes.h"
#include "drivers/lab.h"
#include "tests/unit/lib/test.h"
#include <errno.h>

#define SEC        1000000u
#define OCTETS     (400u << 10)
#define LIMIT_US   (600ull * SEC)
#define FNV_PRIME  0x100000001b3u
#define FNV_OFFSET 0xcbf29ce484222325u

/** struct run - one transfer, and what could be seen of it from outside */
struct run {
	bool is_observed, is_short, has_no_timestamps, is_both_ways, is_lent;
	uint64_t frames, hash; /* of all frames, and when they left */
	uint64_t events;
	struct lab *lab;
	struct tap {
		struct run *run;
		const struct tarn_link_ops *ops;
		void *link;
		uint8_t lent[2048], room[2048];
		unsigned rooms; /* so many frames were written in place */
	} tap[2];
	struct tarn_tcp_info info[2];
};

static void take(struct run *run, const void *data, size_t len)
{
	const uint8_t *p = data;

	for (size_t i = 0; i < len; i++)
		run->hash = (run->hash ^ p[i]) * FNV_PRIME;
}

static int transmit(void *link, const struct tarn_slice *part,
                    unsigned part_count)
{
	struct tap *tap     = link;
	const uint64_t when = tap->run->lab ? lab_now(tap->run->lab) : 0;

	tap->run->frames++;
	take(tap->run, &when, sizeof(when));
	for (unsigned i = 0; i < part_count; i++)
		take(tap->run, part[i].data, part[i].len);

	return tap->ops->transmit(tap->link, part, part_count);
}

static ssize_t receive(void *link, uint8_t *buf, size_t size)
{
	struct tap *tap = link;

	return tap->ops->receive(tap->link, buf, size);
}

/* The frame stays in the link's memory. */
static ssize_t lend(void *link, const uint8_t **ret,
                    struct tarn_offload *ret_offload)
{
	struct tap *tap = link;

	(void)ret_offload;
	memset(tap->lent, 0xa5, sizeof(tap->lent));
	*ret = tap->lent;

	return tap->ops->receive(tap->link, tap->lent, sizeof(tap->lent));
}

static const struct tarn_link_ops tap_ops = { receive, transmit };
/* Not always: then the frame must be given in parts. */
static uint8_t *lend_room(void *link, size_t len)
{
	struct tap *tap = link;

	ck_assert_uint_le(len, sizeof(tap->room));

	return tap->rooms++ % 5 == 4 ? NULL : tap->room;
}

static int send_room(void *link, size_t len)
{
	const struct tarn_slice part = { ((struct tap *)link)->room, len };

	return transmit(link, &part, 1);
}

static const struct tarn_lend_ops lend_ops = { lend, lend_room, send_room };

static void count(void *observer, const struct tarn_event *event)
{
	(void)event;
	((struct run *)observer)->events++;
}

static void tweak(struct tarn_config *config, unsigned end, void *context)
{
	struct run *run = context;
	struct tap *tap = &run->tap[end];

	*tap = (struct tap){ .run  = run,
		             .ops  = config->ops,
		             .link = config->link };
	if (run->is_lent)
		config->lend_ops = &lend_ops;
	config->ops           = &tap_ops;
	config->link          = tap;
	config->no_timestamps = run->has_no_timestamps;
	if (run->is_observed) {
		config->observe  = count;
		config->observer = run;
	}
}

static void connect_ends(struct lab *lab, int ret[2])
{
	const struct tarn_addr server = { tarn_ip4(10, 9, 0, 2), 80 };
	struct tarn *a = lab_stack(lab, 0), *b = lab_stack(lab, 1);
	const int listener = tarn_socket(b, TARN_STREAM);

	ret[0] = tarn_socket(a, TARN_STREAM);
	ret[1] = -1;
	ck_assert_int_eq(tarn_bind(b, listener, &server), 0);
	ck_assert_int_eq(tarn_listen(b, listener, 1), 0);
	ck_assert_int_eq(tarn_connect(a, ret[0], &server), -EINPROGRESS);
	while (ret[1] < 0 && lab_step(lab, LIMIT_US))
		ret[1] = tarn_accept(b, listener, NULL);
	ck_assert_int_ge(ret[1], 0);
}

/* Writes of @chunk octets until nothing more is taken. Return: octets */
static size_t fill(struct tarn *t, int fd, size_t at, size_t chunk)
{
	uint8_t block[40000];
	ssize_t n = 1;

	while (n > 0 && at < OCTETS) {
		const size_t len = MIN(chunk, OCTETS - at);

		for (size_t i = 0; i < len; i++)
			block[i] = (uint8_t)((at + i) * 31 + ((at + i) >> 9));
		n = tarn_send(t, fd, block, len, 0);
		at += n > 0 ? (size_t)n : 0;
	}

	return at;
}

static size_t drain(struct tarn *t, int fd, size_t at)
{
	uint8_t block[5000];
	ssize_t n;

	while ((n = tarn_recv(t, fd, block, sizeof(block), 0)) > 0) {
		for (size_t i = 0; i < (size_t)n; i++)
			EXPECT_EQ(block[i],
			          (uint8_t)((at + i) * 31 + ((at + i) >> 9)));
		at += (size_t)n;
	}

	return at;
}

static void go(struct run *run, const struct wire_path *path, uint64_t seed)
{
	const size_t chunk = run->is_short ? 700 : 40000;
	size_t sent[2] = { 0 }, got[2] = { 0 };
	int fd[2];

	run->hash = FNV_OFFSET;
	ck_assert_int_eq(lab_create(path, seed, tweak, run, &run->lab), 0);
	connect_ends(run->lab, fd);
	for (;;) {
		for (unsigned i = 0; i < (run->is_both_ways ? 2u : 1u); i++)
			sent[i] = fill(lab_stack(run->lab, i), fd[i], sent[i],
			               chunk);
		for (unsigned i = 0; i < 2; i++)
			got[!i] = drain(lab_stack(run->lab, i), fd[i], got[!i]);
		if (got[0] == OCTETS && got[1] == sent[1] &&
		    (!run->is_both_ways || got[1] == OCTETS))
			break;
		ck_assert(lab_step(run->lab, LIMIT_US));
	}
	for (unsigned i = 0; i < 2; i++)
		ck_assert_int_gt(tarn_getsockopt(lab_stack(run->lab, i), fd[i],
		                                 TARN_TCP_INFO, &run->info[i],
		                                 sizeof(run->info[i])),
		                 0);
	lab_destroy(run->lab);
}

static void both_are_alike(struct run kind, const struct wire_path *path,
                           uint64_t seed)
{
	struct run fast = kind, slow = kind;

	slow.is_observed = true;
	go(&fast, path, seed);
	go(&slow, path, seed);
	ck_assert_uint_gt(slow.events, 0);
	ck_assert_uint_eq(fast.frames, slow.frames);
	ck_assert_uint_eq(fast.hash, slow.hash);
	ck_assert_mem_eq(fast.info, slow.info, sizeof(fast.info));
}

static const struct wire_path paths[] = {
	{ .delay_us = 100 },
	{ .rate_bps = 100000000, .delay_us = 5000, .queue_frames = 60 },
	{ .delay_us = 2000, .loss_ppm = 10000, .dup_ppm = 5000 },
	{ .delay_us = 2000, .corrupt_ppm = 20000 },
	{ .delay_us = 3000, .reorder_ppm = 30000, .loss_ppm = 3000 },
	{ .rate_bps = 50000000, .delay_us = 1000, .jitter_us = 500 },
};

static void on_every_path(struct run kind)
{
	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		for (uint64_t seed = 1; seed <= 3; seed++)
			both_are_alike(kind, &paths[i], seed);
}

START_TEST(one_way_in_large_writes)
{
	on_every_path((struct run){ 0 });
}
END_TEST

START_TEST(one_way_in_short_writes)
{
	on_every_path((struct run){ .is_short = true });
}
END_TEST

START_TEST(one_way_without_timestamps)
{
	on_every_path((struct run){ .has_no_timestamps = true });
}
END_TEST

START_TEST(both_ways_at_once)
{
	on_every_path((struct run){ .is_both_ways = true });
}
END_TEST

START_TEST(a_frame_in_the_links_memory_is_as_good)
{
	for (uint64_t seed = 1; seed <= 3; seed++) {
		struct run lent = { .is_lent = true }, copied = { 0 };

		go(&lent, &paths[3], seed);
		go(&copied, &paths[3], seed);
		ck_assert_uint_eq(lent.hash, copied.hash);
		ck_assert_uint_gt(lent.tap[0].rooms, 100);
	}
	on_every_path((struct run){ .is_lent = true });
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("scenario/fast_path");
	TCase *tc = tcase_create("fast path");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, one_way_in_large_writes);
	tcase_add_test(tc, one_way_in_short_writes);
	tcase_add_test(tc, one_way_without_timestamps);
	tcase_add_test(tc, both_ways_at_once);
	tcase_add_test(tc, a_frame_in_the_links_memory_is_as_good);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
