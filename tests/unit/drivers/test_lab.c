/* SPDX-License-Identifier: MIT */
/* test_lab.c - two stacks, one clock that jumps */
#include "base/event.h"
#include "drivers/lab.h"
#include "tests/unit/lib/test.h"
#include <errno.h>
#include <string.h>

static struct lab *lab;

static void open_lab(uint64_t delay_us)
{
	const struct wire_path path = { .delay_us = delay_us };

	ck_assert_int_eq(lab_create(&path, 1, NULL, NULL, &lab), 0);
}

static void teardown(void)
{
	lab_destroy(lab);
	lab = NULL;
}

/* A connects to a listener of B. Return: A's descriptor; *ret_listener: B's */
static int connect_ends(int *ret_listener)
{
	const struct tarn_addr b = { tarn_ip4(10, 9, 0, 2), 80 };
	int fd;

	*ret_listener = tarn_socket(lab_stack(lab, 1), TARN_STREAM);
	ck_assert_int_eq(tarn_bind(lab_stack(lab, 1), *ret_listener, &b), 0);
	ck_assert_int_eq(tarn_listen(lab_stack(lab, 1), *ret_listener, 1), 0);
	fd = tarn_socket(lab_stack(lab, 0), TARN_STREAM);
	ck_assert_int_eq(tarn_connect(lab_stack(lab, 0), fd, &b), -EINPROGRESS);

	return fd;
}

START_TEST(connection_opens_in_three_trips)
{
	int listener, fd;
	struct tarn_addr peer;

	open_lab(10000);
	fd = connect_ends(&listener);
	lab_run(lab, 29999);
	ck_assert_int_eq(tarn_accept(lab_stack(lab, 1), listener, &peer),
	                 -EAGAIN);
	/* ARP there and back, SYN, SYN,ACK, ACK: five times 10 ms. */
	lab_run(lab, 50000);
	ck_assert_int_ge(tarn_accept(lab_stack(lab, 1), listener, &peer), 0);
	ck_assert_int_eq(peer.ip.octet[3], 1);
	ck_assert_int_eq(tarn_readiness(lab_stack(lab, 0), fd) & TARN_POLLOUT,
	                 TARN_POLLOUT);
}
END_TEST

START_TEST(time_jumps_to_the_limit_when_nothing_is_due)
{
	open_lab(0);
	lab_run(lab, 10000000);
	while (lab_step(lab, 20000000))
		;
	ck_assert_uint_eq(lab_now(lab), 20000000);
	ck_assert(!lab_step(lab, 20000000));
}
END_TEST

START_TEST(time_stands_when_nothing_is_due_ever)
{
	unsigned steps = 0;

	open_lab(0);
	while (lab_step(lab, TARN_NEVER))
		ck_assert_uint_lt(++steps, 1000);
	ck_assert_uint_lt(lab_now(lab), 10000000);
}
END_TEST

START_TEST(step_goes_from_deadline_to_deadline)
{
	int listener;
	uint64_t before_us;

	open_lab(10000);
	(void)connect_ends(&listener);
	before_us = lab_now(lab);
	ck_assert(lab_step(lab, TARN_NEVER));
	ck_assert_uint_eq(lab_now(lab), before_us + 10000);
}
END_TEST

START_TEST(settling_does_all_that_happens_now)
{
	int listener;

	open_lab(0);
	(void)connect_ends(&listener);
	lab_settle(lab);
	ck_assert_uint_eq(lab_now(lab), 0);
	ck_assert_int_ge(tarn_accept(lab_stack(lab, 1), listener, NULL), 0);
}
END_TEST

static void mtu_of_b(struct tarn_config *config, unsigned end, void *context)
{
	if (end == 1)
		config->mtu = *(const uint16_t *)context;
}

START_TEST(tweak_changes_one_end)
{
	uint16_t mtu = 1000;
	int listener, fd;
	struct tarn_tcp_info info;

	ck_assert_int_eq(
	        lab_create(&(struct wire_path){ 0 }, 1, mtu_of_b, &mtu, &lab),
	        0);
	fd = connect_ends(&listener);
	lab_settle(lab);
	ck_assert_int_gt(tarn_getsockopt(lab_stack(lab, 0), fd, TARN_TCP_INFO,
	                                 &info, sizeof(info)),
	                 0);
	/* 1000 - 40 offered, less 12 for timestamps. */
	ck_assert_uint_eq(info.snd_mss, 948);
}
END_TEST

START_TEST(impossible_config_is_refused)
{
	uint16_t mtu = 100;

	ck_assert_int_eq(
	        lab_create(&(struct wire_path){ 0 }, 1, mtu_of_b, &mtu, &lab),
	        -EINVAL);
	ck_assert_ptr_null(lab);
}
END_TEST

START_TEST(wire_can_be_changed_on_the_way)
{
	int listener;
	struct wire_stats stats;

	open_lab(0);
	wire_path(lab_wire(lab), 0)->loss_ppm = 1000000;
	(void)connect_ends(&listener);
	lab_run(lab, 5000000);
	wire_stats(lab_wire(lab), 0, &stats);
	ck_assert_uint_gt(stats.lost, 0);
	ck_assert_uint_eq(stats.delivered, 0);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("lab");
	TCase *t = tcase_create("lab");

	tcase_add_checked_fixture(t, NULL, teardown);
	tcase_add_test(t, connection_opens_in_three_trips);
	tcase_add_test(t, time_jumps_to_the_limit_when_nothing_is_due);
	tcase_add_test(t, time_stands_when_nothing_is_due_ever);
	tcase_add_test(t, step_goes_from_deadline_to_deadline);
	tcase_add_test(t, settling_does_all_that_happens_now);
	tcase_add_test(t, tweak_changes_one_end);
	tcase_add_test(t, impossible_config_is_refused);
	tcase_add_test(t, wire_can_be_changed_on_the_way);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
