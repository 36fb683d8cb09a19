/* SPDX-License-Identifier: MIT */
/* test_fault.c - actions happen in time and order, on a link */
#include "base/bytes.h"
#include "drivers/fault.h"
#include "tests/unit/drivers/frames.h"
#include "tests/unit/lib/test.h"
#include <errno.h>
#include <stdio.h>

#define FRAMES_MAX 400

/* The link below: a tape of what was sent, and of what is to be received. */
static struct below {
	unsigned sent_count, waiting_count, waiting_at;
	struct {
		size_t len;
		uint8_t octets[FRAME_SIZE];
	} sent[FRAMES_MAX], waiting[FRAMES_MAX];
	uint64_t now_us, deadline_us;
	bool has_ended, is_closed;
	int refusal;
} below;

static struct link link;

static ssize_t below_receive(void *state, uint8_t *buf, size_t size)
{
	struct below *b = state;
	size_t len;

	if (b->waiting_at == b->waiting_count)
		return b->has_ended ? -ENODATA : 0;
	len = b->waiting[b->waiting_at].len;
	memcpy(buf, b->waiting[b->waiting_at++].octets, MIN(len, size));

	return (ssize_t)len;
}

static int below_transmit(void *state, const struct tarn_slice *part,
                          unsigned part_count)
{
	struct below *b = state;
	size_t at       = 0;

	ck_assert_uint_lt(b->sent_count, FRAMES_MAX);
	for (unsigned i = 0; i < part_count; i++) {
		memcpy(b->sent[b->sent_count].octets + at, part[i].data,
		       part[i].len);
		at += part[i].len;
	}
	b->sent[b->sent_count++].len = at;

	return b->refusal;
}

static void below_advance(void *state, uint64_t now_us)
{
	((struct below *)state)->now_us = now_us;
}

static uint64_t below_deadline(const void *state)
{
	return ((const struct below *)state)->deadline_us;
}

static void below_close(void *state)
{
	((struct below *)state)->is_closed = true;
}

static void open_rules(const char *const *rules, unsigned count, uint64_t seed)
{
	static const struct tarn_link_ops ops = { below_receive,
		                                  below_transmit };
	struct link under                     = {
		                    .ops       = &ops,
		                    .state     = &below,
		                    .fd        = 7,
		                    .is_finite = true,
		                    .advance   = below_advance,
		                    .deadline  = below_deadline,
		                    .close     = below_close,
	};
	char error[LINK_ERROR_LEN];

	memset(&below, 0, sizeof(below));
	below.deadline_us = TARN_NEVER;
	ck_assert_int_eq(fault_open(&under, rules, count, seed, &link, error),
	                 0);
	ck_assert_int_eq(link.fd, 7);
	ck_assert(link.is_finite);
}

static void open_rule(const char *rule)
{
	open_rules(&rule, 1, 1);
}

static void teardown(void)
{
	if (link.close) {
		link.close(link.state);
		ck_assert(below.is_closed);
	}
	link.close = NULL;
}

/* ---- Sending and receiving numbered frames -------------------------------- */

static int sends_frame(const struct test_frame *frame)
{
	const struct tarn_slice part[2] = {
		{ frame->octets, 14 }, { frame->octets + 14, frame->len - 14 }
	};

	return link.ops->transmit(link.state, part, 2);
}

static void sends(const char *flags, uint32_t seq, size_t text_len)
{
	const struct test_frame frame =
	        tcp_frame(true, flags, seq, 1, text_len);

	ck_assert_int_eq(sends_frame(&frame), 0);
}

/* Data segments of 10 octets, numbered from 1. */
static void sends_data(uint32_t first, uint32_t last)
{
	for (uint32_t i = first; i <= last; i++)
		sends("P.", i * 10, 10);
}

static void arrives(const struct test_frame *frame)
{
	below.waiting[below.waiting_count].len = frame->len;
	memcpy(below.waiting[below.waiting_count++].octets, frame->octets,
	       frame->len);
}

static uint32_t number_in(const uint8_t *octets)
{
	return (get_be32(octets + 14 + 20 + 4) - TEST_ISS_OURS) / 10;
}

/* What has been sent, as "1 2 4 5", and forget it. */
static const char *sent(void)
{
	static char text[FRAMES_MAX * 4];
	size_t len = 0;

	text[0] = '\0';
	for (unsigned i = 0; i < below.sent_count; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%u",
		                        i ? " " : "",
		                        number_in(below.sent[i].octets));
	below.sent_count = 0;

	return text;
}

static unsigned received_count(void)
{
	uint8_t buf[FRAME_SIZE];
	unsigned count = 0;

	while (link.ops->receive(link.state, buf, sizeof(buf)) > 0)
		count++;

	return count;
}

static void at(uint64_t now_us)
{
	link.advance(link.state, now_us);
}

/* ---- Actions ------------------------------------------------------------- */

START_TEST(duplicate_goes_right_behind)
{
	open_rule("dup out data#2");
	sends_data(1, 3);
	ck_assert_str_eq(sent(), "1 2 2 3");
}
END_TEST

START_TEST(delayed_frame_leaves_when_due)
{
	open_rule("delay:20ms out data#1");
	at(1000);
	sends_data(1, 2);
	ck_assert_str_eq(sent(), "2");
	ck_assert_uint_eq(link.deadline(link.state), 21000);
	at(20999);
	ck_assert_str_eq(sent(), "");
	at(21000);
	ck_assert_str_eq(sent(), "1");
	ck_assert_uint_eq(below.now_us, 21000);
	ck_assert_uint_eq(link.deadline(link.state), TARN_NEVER);
}
END_TEST

START_TEST(longer_path_keeps_the_order)
{
	open_rule("delay:5ms both every");
	for (uint32_t i = 1; i <= 4; i++) {
		at(i * 1000);
		sends_data(i, i);
	}
	at(9000);
	ck_assert_str_eq(sent(), "1 2 3 4");
}
END_TEST

START_TEST(delayed_frame_is_received_when_due)
{
	const struct test_frame in = tcp_frame(false, "P.", 10, 1, 10);

	open_rule("delay:2s in every");
	at(0);
	arrives(&in);
	ck_assert_uint_eq(received_count(), 0);
	ck_assert_uint_eq(link.deadline(link.state), 2000000);
	at(2000000);
	/* The loop must not sleep on a descriptor that will not tell. */
	ck_assert_uint_le(link.deadline(link.state), 2000000);
	ck_assert_uint_eq(received_count(), 1);
	ck_assert_uint_eq(link.deadline(link.state), TARN_NEVER);
}
END_TEST

START_TEST(corruption_flips_the_named_bit)
{
	const struct test_frame clean = tcp_frame(true, "P.", 10, 1, 10);
	uint8_t *got;

	open_rule("corrupt:113 out data#1");
	sends_data(1, 2);
	got = below.sent[0].octets;
	ck_assert_uint_eq(got[14], clean.octets[14] ^ 0x40);
	got[14] ^= 0x40;
	ck_assert_mem_eq(got, clean.octets, clean.len);
	ck_assert_uint_eq(below.sent[1].octets[14], clean.octets[14]);
}
END_TEST

START_TEST(bit_beyond_the_frame_counts_from_the_start_again)
{
	const struct test_frame clean = tcp_frame(true, "P.", 10, 1, 10);
	char rule[64];

	snprintf(rule, sizeof(rule), "corrupt:%zu out data", clean.len * 8 + 7);
	open_rule(rule);
	sends_data(1, 1);
	ck_assert_uint_eq(below.sent[0].octets[0], clean.octets[0] ^ 1);
}
END_TEST

START_TEST(random_corruption_flips_one_bit)
{
	const struct test_frame clean = tcp_frame(true, "P.", 10, 1, 10);
	int ones                      = 0;

	open_rule("corrupt out every");
	sends_data(1, 1);
	for (size_t i = 0; i < clean.len; i++)
		ones += __builtin_popcount(
		        (unsigned)(below.sent[0].octets[i] ^ clean.octets[i]));
	ck_assert_int_eq(ones, 1);
}
END_TEST

START_TEST(reordered_frame_lets_others_pass)
{
	open_rule("reorder:3 out data#2");
	sends_data(1, 6);
	ck_assert_str_eq(sent(), "1 3 4 5 2 6");
}
END_TEST

START_TEST(reordering_gives_up_when_nobody_comes)
{
	open_rule("reorder out data#1");
	at(100);
	sends_data(1, 1);
	ck_assert_str_eq(sent(), "");
	ck_assert_uint_eq(link.deadline(link.state),
	                  100 + FAULT_REORDER_US_MAX);
	at(100 + FAULT_REORDER_US_MAX);
	ck_assert_str_eq(sent(), "1");
}
END_TEST

START_TEST(received_frames_are_reordered_too)
{
	const struct test_frame one = tcp_frame(false, "P.", 10, 1, 1);
	const struct test_frame two = tcp_frame(false, "P.", 11, 1, 2);
	uint8_t buf[FRAME_SIZE];

	open_rule("reorder in data#1");
	arrives(&one);
	arrives(&two);
	ck_assert_int_eq(link.ops->receive(link.state, buf, sizeof(buf)),
	                 (int)two.len);
	ck_assert_int_eq(link.ops->receive(link.state, buf, sizeof(buf)),
	                 (int)one.len);
}
END_TEST

START_TEST(delay_and_duplicate_act_together)
{
	const char *rules[] = { "delay:1ms out data#1", "dup out data#1" };

	open_rules(rules, 2, 1);
	sends_data(1, 2);
	ck_assert_str_eq(sent(), "2");
	at(1000);
	ck_assert_str_eq(sent(), "1 1");
}
END_TEST

/* ---- The link ------------------------------------------------------------ */

START_TEST(refusal_of_the_link_below_is_passed_on)
{
	const struct test_frame frame = tcp_frame(true, "P.", 10, 1, 10);

	open_rule("drop out data#2");
	below.refusal = -ENOBUFS;
	ck_assert_int_eq(sends_frame(&frame), -ENOBUFS);
}
END_TEST

START_TEST(finite_link_ends_after_what_is_held)
{
	const struct test_frame in = tcp_frame(false, "P.", 10, 1, 10);
	uint8_t buf[FRAME_SIZE];

	open_rule("delay:1ms in every");
	arrives(&in);
	below.has_ended = true;
	ck_assert_int_eq(link.ops->receive(link.state, buf, sizeof(buf)), 0);
	at(1000);
	ck_assert_int_gt(link.ops->receive(link.state, buf, sizeof(buf)), 0);
	ck_assert_int_eq(link.ops->receive(link.state, buf, sizeof(buf)),
	                 -ENODATA);
}
END_TEST

START_TEST(frame_longer_than_the_buffer_tells_its_length)
{
	const struct test_frame in = tcp_frame(false, "P.", 10, 1, 100);
	uint8_t *small             = guard_alloc(NULL, 60);

	open_rule("drop in rst");
	arrives(&in);
	ck_assert_int_eq(link.ops->receive(link.state, small, 60), (int)in.len);
	guard_free(small, 60);
}
END_TEST

START_TEST(earlier_deadline_of_the_link_below_counts)
{
	open_rule("delay:20ms out every");
	sends_data(1, 1);
	below.deadline_us = 500;
	ck_assert_uint_eq(link.deadline(link.state), 500);
}
END_TEST

START_TEST(held_frames_are_bounded)
{
	const struct test_frame frame = tcp_frame(true, "P.", 10, 1, 10);

	open_rule("delay:1s out every");
	for (unsigned i = 0; i < FAULT_HELD_FRAMES_MAX; i++)
		ck_assert_int_eq(sends_frame(&frame), 0);
	ck_assert_int_eq(sends_frame(&frame), -ENOBUFS);
}
END_TEST

START_TEST(wrong_rule_leaves_the_link_below_alone)
{
	const char *rules[] = { "drop out data#1", "drop it all" };
	struct link under   = { .state = &below, .close = below_close };
	struct link ret     = { .fd = 99 };
	char error[LINK_ERROR_LEN];

	below.is_closed = false;
	ck_assert_int_eq(fault_open(&under, rules, 2, 1, &ret, error), -EINVAL);
	ck_assert_ptr_nonnull(strstr(error, "\"it\""));
	ck_assert(!below.is_closed);
	ck_assert_int_eq(ret.fd, 99);
	ck_assert_int_eq(
	        fault_open(&under, rules, FAULT_RULES_MAX + 1, 1, &ret, error),
	        -E2BIG);
}
END_TEST

static Suite *suite(void)
{
	Suite *s       = suite_create("fault");
	TCase *actions = tcase_create("actions");
	TCase *links   = tcase_create("link");

	tcase_add_checked_fixture(actions, NULL, teardown);
	tcase_add_test(actions, duplicate_goes_right_behind);
	tcase_add_test(actions, delayed_frame_leaves_when_due);
	tcase_add_test(actions, longer_path_keeps_the_order);
	tcase_add_test(actions, delayed_frame_is_received_when_due);
	tcase_add_test(actions, corruption_flips_the_named_bit);
	tcase_add_test(actions,
	               bit_beyond_the_frame_counts_from_the_start_again);
	tcase_add_test(actions, random_corruption_flips_one_bit);
	tcase_add_test(actions, reordered_frame_lets_others_pass);
	tcase_add_test(actions, reordering_gives_up_when_nobody_comes);
	tcase_add_test(actions, received_frames_are_reordered_too);
	tcase_add_test(actions, delay_and_duplicate_act_together);
	suite_add_tcase(s, actions);

	tcase_add_checked_fixture(links, NULL, teardown);
	tcase_add_test(links, refusal_of_the_link_below_is_passed_on);
	tcase_add_test(links, finite_link_ends_after_what_is_held);
	tcase_add_test(links, frame_longer_than_the_buffer_tells_its_length);
	tcase_add_test(links, earlier_deadline_of_the_link_below_counts);
	tcase_add_test(links, held_frames_are_bounded);
	tcase_add_test(links, wrong_rule_leaves_the_link_below_alone);
	suite_add_tcase(s, links);

	return s;
}

TEST_MAIN(suite)
