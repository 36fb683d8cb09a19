/* SPDX-License-Identifier: MIT */
/*
 * Buffers that grow with the path: stack/tcp/autotune.c
 *
 *	A 10.9.0.1  ====  1 Gbit/s, 20 ms each way  ====  B 10.9.0.2
 *
 * A sends as fast as it may, B reads as fast as it comes. 128 KiB in 40 ms are
 * 26 Mbit/s; the path holds 5 MB.
 */
#include "base/bytes.h"
#include "base/limits.h"
#include "drivers/lab.h"
#include "tests/unit/lib/test.h"
#include <errno.h>

#define RATE_BPS 1000000000ull
#define RTT_US   40000ull
/* The wire rounds 12.1 us a frame up to 13; each carries 1448 octets of text. */
#define GOODPUT_BPS (1448ull * 8 * 1000000 / 13)
#define PORT        7777
#define SETTLE_US   1000000ull /* slow start and growing are over by then */
#define WATCH_US    400000ull

static struct lab *lab;
static int sender, listener, receiver;
static uint64_t received; /* octets */
static uint8_t chunk[256u << 10];

/* What a test changes in both ends' configuration. */
struct tweak {
	bool no_autotune, no_timestamps;
	size_t memory_max;
};

static void apply(struct tarn_config *config, unsigned end, void *context)
{
	const struct tweak *tweak = context;

	(void)end;
	config->no_autotune   = tweak->no_autotune;
	config->no_timestamps = tweak->no_timestamps;
	if (tweak->memory_max)
		config->memory_max = tweak->memory_max;
}

static void open_path(struct tweak tweak)
{
	const struct wire_path path = {
		.rate_bps     = RATE_BPS,
		.delay_us     = RTT_US / 2,
		.queue_frames = 6000, /* no loss: congestion is not the topic */
	};
	const struct tarn_addr b = { tarn_ip4(10, 9, 0, 2), PORT };

	ck_assert_int_eq(lab_create(&path, 1, apply, &tweak, &lab), 0);
	listener = tarn_socket(lab_stack(lab, 1), TARN_STREAM);
	ck_assert_int_eq(tarn_bind(lab_stack(lab, 1), listener, &b), 0);
	ck_assert_int_eq(tarn_listen(lab_stack(lab, 1), listener, 1), 0);
	sender = tarn_socket(lab_stack(lab, 0), TARN_STREAM);
}

static void connect_ends(void)
{
	const struct tarn_addr b = { tarn_ip4(10, 9, 0, 2), PORT };
	struct tarn_addr peer;

	ck_assert_int_eq(tarn_connect(lab_stack(lab, 0), sender, &b),
	                 -EINPROGRESS);
	lab_run(lab, lab_now(lab) + 5 * RTT_US);
	receiver = tarn_accept(lab_stack(lab, 1), listener, &peer);
	ck_assert_int_ge(receiver, 0);
	received = 0;
}

static void teardown(void)
{
	lab_destroy(lab);
	lab = NULL;
}

static void send_all_that_fits(void)
{
	while (tarn_send(lab_stack(lab, 0), sender, chunk, sizeof(chunk), 0) >
	       0)
		;
}

static void receive_all_there_is(void)
{
	ssize_t len;

	while ((len = tarn_recv(lab_stack(lab, 1), receiver, chunk,
	                        sizeof(chunk), 0)) > 0)
		received += (uint64_t)len;
}

/* Transfer for @us; the reader takes nothing if it sleeps. */
static void transfer(uint64_t us, bool is_reading)
{
	const uint64_t end_us = lab_now(lab) + us;

	do {
		send_all_that_fits();
		if (is_reading)
			receive_all_there_is();
	} while (lab_step(lab, end_us));
}

static struct tarn_tcp_info info_of(unsigned end)
{
	const int fd = end ? receiver : sender;
	struct tarn_tcp_info info;

	ck_assert_int_gt(tarn_getsockopt(lab_stack(lab, end), fd, TARN_TCP_INFO,
	                                 &info, sizeof(info)),
	                 0);

	return info;
}

static uint32_t buffer_of(unsigned end)
{
	int len;

	ck_assert_int_gt(tarn_getsockopt(lab_stack(lab, end),
	                                 end ? receiver : sender,
	                                 end ? TARN_SO_RCVBUF : TARN_SO_SNDBUF,
	                                 &len, sizeof(len)),
	                 0);

	return (uint32_t)len;
}

/* Bits per second that arrive once the connection has found its pace. */
static uint64_t pace_bps(void)
{
	uint64_t before;

	transfer(SETTLE_US, true);
	before = received;
	transfer(WATCH_US, true);

	return (received - before) * 8 * 1000000 / WATCH_US;
}

START_TEST(grown_buffers_fill_the_path)
{
	open_path((struct tweak){ 0 });
	connect_ends();
	ck_assert_uint_gt(pace_bps(), GOODPUT_BPS / 100 * 90);
	ck_assert_uint_le(buffer_of(1), TCP_RCVBUF_MAX);
	ck_assert_uint_le(buffer_of(0), TCP_SNDBUF_MAX);
	ck_assert_uint_ge(buffer_of(0),
	                  MIN(2 * info_of(0).cwnd, TCP_SNDBUF_MAX));
}
END_TEST

START_TEST(grown_buffers_fill_the_path_without_timestamps)
{
	open_path((struct tweak){ .no_timestamps = true });
	connect_ends();
	ck_assert_uint_gt(pace_bps(), GOODPUT_BPS / 100 * 90);
}
END_TEST

START_TEST(fixed_buffers_move_one_window_a_round_trip)
{
	const uint64_t window_bps =
	        TCP_RCVBUF_DEFAULT * 8ull * 1000000 / RTT_US;
	uint64_t bps;

	open_path((struct tweak){ .no_autotune = true });
	connect_ends();
	bps = pace_bps();
	ck_assert_uint_le(bps, window_bps);
	ck_assert_uint_ge(bps, window_bps / 100 * 90);
	ck_assert_uint_eq(buffer_of(0), TCP_SNDBUF_DEFAULT);
	ck_assert_uint_eq(buffer_of(1), TCP_RCVBUF_DEFAULT);
}
END_TEST

START_TEST(receive_buffer_that_was_set_stays)
{
	const int len = 200000;

	open_path((struct tweak){ 0 });
	ck_assert_int_eq(tarn_setsockopt(lab_stack(lab, 1), listener,
	                                 TARN_SO_RCVBUF, &len, sizeof(len)),
	                 0);
	connect_ends();
	transfer(SETTLE_US, true);
	ck_assert_uint_eq(buffer_of(1), 200000);
	ck_assert_uint_gt(buffer_of(0), TCP_SNDBUF_DEFAULT);
}
END_TEST

START_TEST(send_buffer_that_was_set_stays)
{
	const int len = 200000;

	open_path((struct tweak){ 0 });
	ck_assert_int_eq(tarn_setsockopt(lab_stack(lab, 0), sender,
	                                 TARN_SO_SNDBUF, &len, sizeof(len)),
	                 0);
	connect_ends();
	transfer(SETTLE_US, true);
	ck_assert_uint_eq(buffer_of(0), 200000);
	ck_assert_uint_gt(buffer_of(1), TCP_RCVBUF_DEFAULT);
}
END_TEST

START_TEST(reader_that_sleeps_gets_no_larger_buffer)
{
	open_path((struct tweak){ 0 });
	connect_ends();
	transfer(SETTLE_US, false);
	ck_assert_uint_eq(buffer_of(1), TCP_RCVBUF_DEFAULT);
	ck_assert_uint_eq(info_of(1).rcv_wnd, 0);
}
END_TEST

START_TEST(no_memory_is_taken_for_a_window)
{
	struct tarn_usage before, after;

	open_path((struct tweak){ 0 });
	connect_ends();
	transfer(SETTLE_US, true);
	ck_assert_uint_gt(buffer_of(1), 4u << 20);
	tarn_usage(lab_stack(lab, 1), &before);
	/* The sender pauses; what is on its way arrives and is read. */
	for (unsigned i = 0; i < 20; i++) {
		lab_run(lab, lab_now(lab) + RTT_US);
		receive_all_there_is();
	}
	tarn_usage(lab_stack(lab, 1), &after);
	ck_assert_uint_lt(after.memory, 128u << 10);
	ck_assert_uint_gt(before.memory, 0);
}
END_TEST

START_TEST(growth_stops_when_memory_is_tight)
{
	/* Half of 512 KiB is in use before the buffers are large. */
	open_path((struct tweak){ .memory_max = 512u << 10 });
	connect_ends();
	transfer(SETTLE_US, true);
	ck_assert_uint_lt(buffer_of(0), 1u << 20);
	ck_assert_uint_gt(received, 0);
	ck_assert_uint_eq(info_of(0).state, info_of(1).state);
}
END_TEST

START_TEST(offered_edge_never_moves_left)
{
	uint32_t edge = 0, now;

	open_path((struct tweak){ 0 });
	connect_ends();
	edge = info_of(1).rcv_nxt + info_of(1).rcv_wnd;
	for (unsigned i = 0; i < 200; i++) {
		transfer(3000, i % 7 != 0);
		now = info_of(1).rcv_nxt + info_of(1).rcv_wnd;
		ck_assert_int_ge((int32_t)(now - edge), 0);
		edge = now;
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("tcp autotune");
	TCase *t = tcase_create("autotune");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, NULL, teardown);
	tcase_add_test(t, grown_buffers_fill_the_path);
	tcase_add_test(t, grown_buffers_fill_the_path_without_timestamps);
	tcase_add_test(t, fixed_buffers_move_one_window_a_round_trip);
	tcase_add_test(t, receive_buffer_that_was_set_stays);
	tcase_add_test(t, send_buffer_that_was_set_stays);
	tcase_add_test(t, reader_that_sleeps_gets_no_larger_buffer);
	tcase_add_test(t, no_memory_is_taken_for_a_window);
	tcase_add_test(t, growth_stops_when_memory_is_tight);
	tcase_add_test(t, offered_edge_never_moves_left);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
