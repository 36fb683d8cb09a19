/* SPDX-License-Identifier: MIT */
/* test_cut.c - above the cut there are segments, whatever comes from below */
#include "base/bytes.h"
#include "drivers/cut.h"
#include "drivers/superframe.h"
#include "tests/unit/lib/test.h"
#include "wire/eth.h"
#include "wire/ip4.h"
#include "wire/tcp.h"
#include <errno.h>

#define GSO  1000
#define TEXT 2500
#define HEAD (ETH_HDR_LEN + IP4_HDR_LEN + TCP_HDR_LEN)

/* The link below: frames that wait, and what was sent. */
static struct {
	size_t len[4]; /* what receive says next; 0: nothing */
	struct tarn_offload offload[4];
	unsigned count, at;
	int error;
	struct tarn_offload sent;
	unsigned sent_count, advanced, closed;
	uint64_t deadline_us;
} below;

static uint8_t super[HEAD + TEXT];
static struct link link;

static ssize_t below_receive(void *state, uint8_t *buf, size_t size,
                             struct tarn_offload *ret)
{
	(void)state;
	if (below.at == below.count)
		return below.error;
	ck_assert_uint_le(sizeof(super), size);
	memcpy(buf, super, sizeof(super));
	*ret = below.offload[below.at];

	return (ssize_t)below.len[below.at++];
}

static int below_transmit(void *state, const struct tarn_slice *part,
                          unsigned part_count,
                          const struct tarn_offload *offload)
{
	(void)state;
	(void)part;
	ck_assert_uint_eq(part_count, 1);
	below.sent = *offload;
	below.sent_count++;

	return 0;
}

static void below_advance(void *state, uint64_t now_us)
{
	(void)state;
	(void)now_us;
	below.advanced++;
}

static uint64_t below_deadline(const void *state)
{
	(void)state;

	return below.deadline_us;
}

static void below_close(void *state)
{
	(void)state;
	below.closed++;
}

static const struct tarn_super_ops below_ops = {
	.receive  = below_receive,
	.transmit = below_transmit,
};

static void build(void)
{
	const struct eth_hdr eth = { .type = ETH_TYPE_IP4 };
	const struct tcp_hdr tcp = { .seq = 1, .ack_bit = true };
	const struct ip4_hdr ip  = {
		 .total_len     = sizeof(super) - ETH_HDR_LEN,
		 .ttl           = 64,
		 .proto         = IP_PROTO_TCP,
		 .dont_fragment = true,
		 .src           = tarn_ip4(10, 9, 0, 1),
		 .dst           = tarn_ip4(10, 9, 0, 2),
	};

	eth_hdr_write(super, &eth);
	ip4_hdr_write(super + ETH_HDR_LEN, &ip);
	ck_assert_uint_eq(
	        tcp_hdr_write(super + ETH_HDR_LEN + IP4_HDR_LEN, &tcp),
	        TCP_HDR_LEN);
}

static void waits(size_t len, uint16_t gso_size)
{
	below.len[below.count]       = len;
	below.offload[below.count++] = (struct tarn_offload){
		.gso_size = gso_size,
		.hdr_len  = HEAD,
	};
}

static void setup(void)
{
	struct link plain = {
		.super_ops = &below_ops,
		.fd        = 42,
		.advance   = below_advance,
		.deadline  = below_deadline,
		.close     = below_close,
	};

	memset(&below, 0, sizeof(below));
	below.deadline_us = TARN_NEVER;
	build();
	ck_assert_int_eq(cut_open(&plain, &link), 0);
}

static void teardown(void)
{
	link_close(&link);
	ck_assert_uint_eq(below.closed, 1);
}

static ssize_t receive(void)
{
	static uint8_t buf[SUPERFRAME_LEN_MAX];

	return link.ops->receive(link.state, buf, sizeof(buf));
}

START_TEST(a_super_frame_comes_as_its_segments)
{
	waits(sizeof(super), GSO);
	waits(sizeof(super), GSO);
	for (unsigned i = 0; i < 2; i++) {
		ck_assert_int_eq(receive(), HEAD + GSO);
		ck_assert_int_eq(receive(), HEAD + GSO);
		ck_assert_int_eq(receive(), HEAD + TEXT - 2 * GSO);
	}
	ck_assert_int_eq(receive(), 0);
	ck_assert_uint_eq(below.at, 2);
}
END_TEST

START_TEST(a_plain_frame_passes_whole)
{
	waits(sizeof(super), 0);
	ck_assert_int_eq(receive(), sizeof(super));
	ck_assert_int_eq(receive(), 0);
}
END_TEST

/* Nobody would wake up for them: the descriptor below is silent. */
START_TEST(segments_that_wait_are_due_at_once)
{
	below.deadline_us = 77;
	ck_assert_uint_eq(link.deadline(link.state), 77);
	waits(sizeof(super), GSO);
	ck_assert_int_gt(receive(), 0);
	ck_assert_uint_eq(link.deadline(link.state), 0);
	while (receive() > 0)
		;
	ck_assert_uint_eq(link.deadline(link.state), 77);
}
END_TEST

START_TEST(a_short_buffer_gets_the_true_length)
{
	uint8_t small[100];

	waits(sizeof(super), GSO);
	ck_assert_int_eq(link.ops->receive(link.state, small, sizeof(small)),
	                 HEAD + GSO);
	ck_assert_int_eq(receive(), HEAD + GSO);
}
END_TEST

START_TEST(what_is_too_long_below_is_told_and_forgotten)
{
	waits(SUPERFRAME_LEN_MAX + 1, GSO);
	ck_assert_int_eq(receive(), SUPERFRAME_LEN_MAX + 1);
	ck_assert_int_eq(receive(), 0);
}
END_TEST

START_TEST(errors_pass)
{
	below.error = -ENODEV;
	ck_assert_int_eq(receive(), -ENODEV);
}
END_TEST

START_TEST(what_is_sent_asks_for_nothing)
{
	const struct tarn_slice part = { super, sizeof(super) };

	ck_assert_int_eq(link.ops->transmit(link.state, &part, 1), 0);
	ck_assert_uint_eq(below.sent_count, 1);
	ck_assert_uint_eq(below.sent.flags, 0);
	ck_assert_uint_eq(below.sent.gso_size, 0);
}
END_TEST

START_TEST(the_rest_is_the_link_below)
{
	ck_assert_ptr_null(link.super_ops);
	ck_assert_int_eq(link.fd, 42);
	link.advance(link.state, 5);
	ck_assert_uint_eq(below.advanced, 1);
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("cut");
	TCase *tc = tcase_create("cut");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_super_frame_comes_as_its_segments);
	tcase_add_test(tc, a_plain_frame_passes_whole);
	tcase_add_test(tc, segments_that_wait_are_due_at_once);
	tcase_add_test(tc, a_short_buffer_gets_the_true_length);
	tcase_add_test(tc, what_is_too_long_below_is_told_and_forgotten);
	tcase_add_test(tc, errors_pass);
	tcase_add_test(tc, what_is_sent_asks_for_nothing);
	tcase_add_test(tc, the_rest_is_the_link_below);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
