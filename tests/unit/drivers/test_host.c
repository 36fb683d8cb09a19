/* SPDX-License-Identifier: MIT */
/* test_host.c - the loop, on a link that needs nothing: a capture file */
#include "drivers/host.h"
#include "tests/unit/lib/test.h"
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct host_options options;
static char error[LINK_ERROR_LEN];

START_TEST(without_a_link_it_says_which_to_give)
{
	struct host *host;

	options.ip = tarn_ip4(10, 9, 0, 2);
	ck_assert_int_eq(host_check(&options, error), -EINVAL);
	ck_assert_int_eq(host_open(&options, &host, error), -EINVAL);
	ck_assert_ptr_nonnull(strstr(error, "tarn shell"));
}
END_TEST

START_TEST(without_an_address_it_says_how_to_give_one)
{
	struct host *host;

	options = (struct host_options){ .link = "file:/dev/null" };
	ck_assert_int_eq(host_check(&options, error), -EINVAL);
	ck_assert_int_eq(host_open(&options, &host, error), -EINVAL);
	ck_assert_ptr_nonnull(strstr(error, "--ip 10.9.0.2/24"));
}
END_TEST

#ifdef TARN_HAVE_PCAP

static char path[] = "/tmp/tarn-test-XXXXXX";
static char link_name[64];
static struct host *host;
static unsigned started_count;

static void count_start(void *context, struct host *which)
{
	(void)context;
	ck_assert_ptr_nonnull(which);
	started_count++;
}

/* A pcap file with one broadcast frame of an EtherType that nobody has. */
static void write_file(void)
{
	static const uint8_t head[24 + 16] = {
		0xd4, 0xc3, 0xb2, 0xa1, 2,  0, 4, 0, 0,  0, 0, 0, 0, 0,
		0,    0,    0xff, 0xff, 0,  0, 1, 0, 0,  0, 0, 0, 0, 0,
		0,    0,    0,    0,    60, 0, 0, 0, 60, 0, 0, 0,
	};
	static const uint8_t frame[60] = { 0xff, 0xff, 0xff, 0xff, 0xff,
		                           0xff, 2,    0,    0,    0,
		                           0,    1,    0x88, 0xcc };
	int fd;

	memcpy(path + strlen(path) - 6, "XXXXXX", 6);
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, head, sizeof(head)), sizeof(head));
	ck_assert_int_eq(write(fd, frame, sizeof(frame)), sizeof(frame));
	close(fd);
}

static void setup(void)
{
	write_file();
	snprintf(link_name, sizeof(link_name), "file:%s", path);
	options = (struct host_options){
		.link       = link_name,
		.ip         = tarn_ip4(10, 9, 0, 2),
		.prefix_len = 24,
		.started    = count_start,
	};
	started_count = 0;
	ck_assert_msg(host_open(&options, &host, error) == 0, "%s", error);
}

static void teardown(void)
{
	host_close(host);
	unlink(path);
}

START_TEST(started_is_called_once_when_the_address_is_ours)
{
	ck_assert_uint_eq(started_count, 1);
	ck_assert_int_eq(tarn_address_state(host_stack(host)), 1);
}
END_TEST

START_TEST(a_finite_link_ends_after_its_last_frame_was_served)
{
	ck_assert_uint_eq(tarn_drop_count(host_stack(host), "ETH_TYPE"), 0);
	ck_assert_int_eq(host_step(host, TARN_NEVER), 0);
	ck_assert_uint_eq(tarn_drop_count(host_stack(host), "ETH_TYPE"), 1);
	ck_assert_int_eq(host_step(host, TARN_NEVER), -ENODATA);
	ck_assert_int_eq(host_step(host, TARN_NEVER), -ENODATA);
}
END_TEST

START_TEST(a_watched_descriptor_tells_what_it_is_ready_for)
{
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(host_watch(host, ends[0], POLLIN), 0);
	ck_assert_int_eq(host_watch(host, ends[1], POLLOUT), 0);

	(void)host_step(host, 0);
	(void)host_step(host, 0);
	ck_assert_int_eq(host_watched(host, ends[0]), 0);
	ck_assert_int_eq(host_watched(host, ends[1]), POLLOUT);

	ck_assert_int_eq(write(ends[1], "x", 1), 1);
	(void)host_step(host, 0);
	ck_assert_int_eq(host_watched(host, ends[0]), POLLIN);

	ck_assert_int_eq(host_watch(host, ends[0], 0), 0);
	(void)host_step(host, 0);
	ck_assert_int_eq(host_watched(host, ends[0]), 0);
	ck_assert_int_eq(host_watched(host, ends[1]), POLLOUT);
	close(ends[0]);
	close(ends[1]);
}
END_TEST

START_TEST(eight_descriptors_are_watched_and_no_more)
{
	for (int fd = 100; fd < 108; fd++)
		ck_assert_int_eq(host_watch(host, fd, POLLIN), 0);
	ck_assert_int_eq(host_watch(host, 108, POLLIN), -ENOSPC);
	/* A change of one is not one more, and one less makes room. */
	ck_assert_int_eq(host_watch(host, 100, POLLOUT), 0);
	ck_assert_int_eq(host_watch(host, 100, 0), 0);
	ck_assert_int_eq(host_watch(host, 108, POLLIN), 0);
	ck_assert_int_eq(host_watched(host, 999), 0);
}
END_TEST

static void count(void *context)
{
	++*(unsigned *)context;
}

START_TEST(services_are_served_once_a_step_until_they_end)
{
	unsigned first = 0, second = 0;

	host_set_service(host, -1, count, &first);
	host_set_service(host, -1, count, &second);
	(void)host_step(host, 0);
	ck_assert_uint_eq(first, 1);
	ck_assert_uint_eq(second, 1);

	host_set_service(host, -1, NULL, &first);
	(void)host_step(host, 0);
	ck_assert_uint_eq(first, 1);
	ck_assert_uint_eq(second, 2);

	host_set_service(host, -1, count, &second); /* still one */
	(void)host_step(host, 0);
	ck_assert_uint_eq(second, 3);
	host_set_service(host, -1, NULL, &second);
}
END_TEST

START_TEST(a_service_knows_what_has_woken_the_loop)
{
	unsigned served = 0;
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	host_set_service(host, ends[0], count, &served);
	(void)host_step(host, 0);
	(void)host_step(host, 0);
	ck_assert(!host_is_woken(host, &served));
	ck_assert_int_eq(write(ends[1], "x", 1), 1);
	(void)host_step(host, 0);
	ck_assert(host_is_woken(host, &served));
	ck_assert(!host_is_woken(host, &ends)); /* no service at all */
	host_set_service(host, -1, NULL, &served);
	close(ends[0]);
	close(ends[1]);
}
END_TEST

START_TEST(draining_nothing_ends_at_once)
{
	host_drain(host, 3600000000u);
	ck_assert_uint_eq(tarn_drop_count(host_stack(host), "ETH_TYPE"), 1);
}
END_TEST

#endif

static Suite *suite(void)
{
	Suite *s    = suite_create("host");
	TCase *open = tcase_create("host_open");
	TCase *loop = tcase_create("host_step");

	tcase_add_test(open, without_a_link_it_says_which_to_give);
	tcase_add_test(open, without_an_address_it_says_how_to_give_one);
	suite_add_tcase(s, open);
#ifdef TARN_HAVE_PCAP
	tcase_add_checked_fixture(loop, setup, teardown);
	tcase_add_test(loop, started_is_called_once_when_the_address_is_ours);
	tcase_add_test(loop,
	               a_finite_link_ends_after_its_last_frame_was_served);
	tcase_add_test(loop, a_watched_descriptor_tells_what_it_is_ready_for);
	tcase_add_test(loop, eight_descriptors_are_watched_and_no_more);
	tcase_add_test(loop, services_are_served_once_a_step_until_they_end);
	tcase_add_test(loop, a_service_knows_what_has_woken_the_loop);
	tcase_add_test(loop, draining_nothing_ends_at_once);
#endif
	suite_add_tcase(s, loop);

	return s;
}

TEST_MAIN(suite)
