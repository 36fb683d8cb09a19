/* SPDX-License-Identifier: MIT */
/* test_service.c - small servers, called over a wire in virtual time */
#include "apps/tarn/service.h"
#include "drivers/host_state.h"
#include "drivers/lab.h"
#include "tests/unit/lib/test.h"
#include <errno.h>
#include <string.h>

#define CLIENT_ROUNDS_MAX 100000

static struct lab *lab;
static struct host host; /* as much of one as a service looks at */
static struct services *services;
static struct tarn *client;
static const struct tarn_addr server = {
	.ip   = { TARN_IP4, { 10, 9, 0, 2 } },
	.port = 7,
};

static void setup(void)
{
	const struct wire_path path = { .delay_us = 1000 };

	ck_assert_int_eq(lab_create(&path, 1, NULL, NULL, &lab), 0);
	host     = (struct host){ .stack = lab_stack(lab, 1) };
	client   = lab_stack(lab, 0);
	services = services_open(&host);
	ck_assert_ptr_nonnull(services);
}

static void teardown(void)
{
	services_close(services);
	lab_destroy(lab);
}

/* Serve, then let time pass up to what is due next. */
static void turn(void)
{
	services_serve(services);
	lab_step(lab, lab_now(lab) + 1000000);
	host.now_us = lab_now(lab);
}

static int call_server(void)
{
	const int fd = tarn_socket(client, TARN_STREAM);

	ck_assert_int_eq(tarn_connect(client, fd, &server), -EINPROGRESS);
	for (unsigned i = 0; i < 10; i++)
		turn();
	ck_assert(tarn_readiness(client, fd) & TARN_POLLOUT);

	return fd;
}

START_TEST(echo_gives_back_more_than_all_buffers_hold)
{
	static uint8_t sent[1000000], got[sizeof(sent)];
	size_t sent_len = 0, got_len = 0;
	ssize_t len;
	int fd;

	for (size_t i = 0; i < sizeof(sent); i++)
		sent[i] = (uint8_t)(i * 7 + i / 251);
	ck_assert(services_add(services, &echo_stream, 7, NULL));
	fd = call_server();
	for (unsigned i = 0; got_len < sizeof(got); i++) {
		ck_assert_uint_lt(i, CLIENT_ROUNDS_MAX);
		len = tarn_send(client, fd, sent + sent_len,
		                sizeof(sent) - sent_len, 0);
		sent_len += len > 0 ? (size_t)len : 0;
		turn();
		len = tarn_recv(client, fd, got + got_len,
		                sizeof(got) - got_len, 0);
		got_len += len > 0 ? (size_t)len : 0;
	}
	ck_assert_mem_eq(sent, got, sizeof(sent));
}
END_TEST

START_TEST(echo_holds_back_who_does_not_read)
{
	static const uint8_t octets[65536];
	size_t sent_len = 0;
	ssize_t len;
	int fd;

	ck_assert(services_add(services, &echo_stream, 7, NULL));
	fd = call_server();
	for (unsigned i = 0; i < 1000; i++) {
		len = tarn_send(client, fd, octets, sizeof(octets), 0);
		sent_len += len > 0 ? (size_t)len : 0;
		turn();
	}
	/* Four buffers, of 6 MiB if they grew, are all there is on the way
	 * round; 64 MB would have been taken by who holds nobody back. */
	ck_assert_uint_gt(sent_len, 4 * 65536);
	ck_assert_uint_le(sent_len, 4 * (6u << 20) + 65536);
}
END_TEST

START_TEST(echo_ends_after_its_peer_and_not_before)
{
	char text[8];
	int fd;

	ck_assert(services_add(services, &echo_stream, 7, NULL));
	fd = call_server();
	ck_assert_int_eq(tarn_send(client, fd, "last", 4, 0), 4);
	ck_assert_int_eq(tarn_shutdown(client, fd, TARN_SHUT_WR), 0);
	for (unsigned i = 0; i < 20; i++)
		turn();
	ck_assert_int_eq(tarn_recv(client, fd, text, sizeof(text), 0), 4);
	ck_assert_int_eq(memcmp(text, "last", 4), 0);
	ck_assert_int_eq(tarn_recv(client, fd, text, sizeof(text), 0), 0);
}
END_TEST

START_TEST(echo_returns_each_datagram_to_its_sender)
{
	const int fd = tarn_socket(client, TARN_DGRAM);
	struct tarn_addr from;
	char text[8];

	ck_assert(services_add(services, &echo_datagram, 7, NULL));
	ck_assert_int_eq(tarn_sendto(client, fd, "one", 3, 0, &server), 3);
	ck_assert_int_eq(tarn_sendto(client, fd, "", 0, 0, &server), 0);
	for (unsigned i = 0; i < 20; i++)
		turn();
	ck_assert_int_eq(
	        tarn_recvfrom(client, fd, text, sizeof(text), 0, &from), 3);
	ck_assert_int_eq(memcmp(text, "one", 3), 0);
	ck_assert_uint_eq(from.port, server.port);
	ck_assert_int_eq(
	        tarn_recvfrom(client, fd, text, sizeof(text), 0, &from), 0);
}
END_TEST

/* A kind that speaks first, once, and hangs up. */
static bool greet(struct service_end *end)
{
	return tarn_send(host_stack(services_host(end->services)), end->fd,
	                 end->context, strlen(end->context), 0) < 0;
}

static const struct service_kind greeting = {
	.name = "greeting",
	.type = TARN_STREAM,
	.work = greet,
};

START_TEST(who_is_accepted_is_served_in_the_same_turn)
{
	const int fd = tarn_socket(client, TARN_STREAM);
	struct tarn_usage usage;
	char text[8];

	ck_assert(services_add(services, &greeting, 7, "hello"));
	ck_assert_int_eq(tarn_connect(client, fd, &server), -EINPROGRESS);
	lab_run(lab, lab_now(lab) + 1000000);
	services_serve(services); /* once: accept and answer */
	lab_run(lab, lab_now(lab) + 1000000);
	ck_assert_int_eq(tarn_recv(client, fd, text, sizeof(text), 0), 5);
	ck_assert_int_eq(tarn_recv(client, fd, text, sizeof(text), 0), 0);

	/* And who is done with is let go. */
	tarn_usage(host.stack, &usage);
	ck_assert_uint_eq(usage.descriptors, 2); /* the set, the listener */
}
END_TEST

START_TEST(a_port_that_is_taken_is_an_error)
{
	ck_assert(services_add(services, &echo_stream, 7, NULL));
	ck_assert(!services_add(services, &echo_stream, 7, NULL));
	ck_assert(services_add(services, &echo_datagram, 7, NULL));
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("service");
	TCase *tc = tcase_create("services_serve");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, echo_gives_back_more_than_all_buffers_hold);
	tcase_add_test(tc, echo_holds_back_who_does_not_read);
	tcase_add_test(tc, echo_ends_after_its_peer_and_not_before);
	tcase_add_test(tc, echo_returns_each_datagram_to_its_sender);
	tcase_add_test(tc, who_is_accepted_is_served_in_the_same_turn);
	tcase_add_test(tc, a_port_that_is_taken_is_an_error);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
