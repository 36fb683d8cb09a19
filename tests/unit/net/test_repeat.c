/* SPDX-License-Identifier: MIT */
/* test_repeat.c - what is known of a frame from the one before is still true */
#include "tests/unit/net/world.h"

#define TCP_LEN   40
#define FRAME_LEN (REPEAT_HEAD_LEN + TCP_LEN)

static struct world w;
static uint8_t sound[FRAME_LEN];

static void setup(void)
{
	struct ip4_hdr hdr = ip4_to_us(IP_PROTO_TCP);

	world_open(&w);
	memset(sound, 0, sizeof(sound));
	put_eth(sound, our_mac, peer_mac, ETH_TYPE_IP4);
	hdr.total_len     = IP4_HDR_LEN + TCP_LEN;
	hdr.dont_fragment = true;
	ip4_hdr_write(sound + ETH_HDR_LEN, &hdr);
	ck_assert_drop(world_rx(&w, sound, FRAME_LEN), DROP_NONE);
}

static void teardown(void)
{
	world_close(&w);
}

static void mend_checksum(uint8_t *frame)
{
	uint8_t *ip = frame + ETH_HDR_LEN;

	put_be16(ip + 10, 0);
	put_be16(ip + 10, checksum_fold(checksum_add(0, ip, IP4_HDR_LEN)));
}

/* The frame, and whatever a look at it without a memory would tell. */
static void is_judged_alike(const uint8_t *frame, size_t len)
{
	const struct repeat known = w.net->repeat;
	struct net_rx with;
	enum drop drop;

	drop                   = world_rx(&w, frame, len);
	with                   = w.rx;
	w.net->repeat.is_there = false;
	EXPECT_EQ(world_rx(&w, frame, len), drop);
	w.net->repeat = known;
	if (drop != DROP_NONE)
		return;

	EXPECT_EQ(with.kind, w.rx.kind);
	EXPECT_EQ(with.proto, w.rx.proto);
	EXPECT_EQ(with.ttl, w.rx.ttl);
	EXPECT_EQ(with.tos, w.rx.tos);
	EXPECT_EQ(with.is_broadcast, w.rx.is_broadcast);
	EXPECT_EQ(with.len, w.rx.len);
	EXPECT_EQ(with.packet_len, w.rx.packet_len);
	EXPECT_EQ(with.has_good_sum, w.rx.has_good_sum);
	EXPECT_EQ(ip_equal(&with.src, &w.rx.src), true);
	EXPECT_EQ(ip_equal(&with.dst, &w.rx.dst), true);
	if (w.rx.kind == NET_RX_DATAGRAM)
		EXPECT_EQ(with.data - with.packet, w.rx.data - w.rx.packet);
}

START_TEST(the_same_again_is_known)
{
	struct net_rx rx;

	ck_assert(w.net->repeat.is_there);
	ck_assert(repeat_input(w.net, sound, FRAME_LEN, &rx));
	ck_assert_ptr_eq(rx.data, sound + REPEAT_HEAD_LEN);
	ck_assert_uint_eq(rx.len, TCP_LEN);
}
END_TEST

START_TEST(another_length_and_identifier_are_known)
{
	uint8_t frame[FRAME_LEN];
	struct net_rx rx;

	memcpy(frame, sound, sizeof(frame));
	put_be16(frame + ETH_HDR_LEN + 2, IP4_HDR_LEN + 32);
	put_be16(frame + ETH_HDR_LEN + 4, 777);
	ck_assert(!repeat_input(w.net, frame, FRAME_LEN, &rx)); /* sum */
	mend_checksum(frame);
	ck_assert(repeat_input(w.net, frame, FRAME_LEN, &rx));
	ck_assert_uint_eq(rx.len, 32);
}
END_TEST

START_TEST(every_bit_of_the_headers_counts)
{
	for (unsigned bit = 0; bit < 8 * REPEAT_HEAD_LEN; bit++)
		for (unsigned mended = 0; mended < 2; mended++) {
			uint8_t frame[FRAME_LEN];

			memcpy(frame, sound, sizeof(frame));
			frame[bit / 8] ^= (uint8_t)(1 << bit % 8);
			if (mended)
				mend_checksum(frame);
			is_judged_alike(frame, FRAME_LEN);
		}
}
END_TEST

START_TEST(every_length_of_frame_and_packet_counts)
{
	for (size_t len = 0; len <= FRAME_LEN; len++)
		is_judged_alike(sound, len);
	for (uint16_t len = 0; len <= FRAME_LEN; len++) {
		uint8_t frame[FRAME_LEN];

		memcpy(frame, sound, sizeof(frame));
		put_be16(frame + ETH_HDR_LEN + 2, len);
		mend_checksum(frame);
		is_judged_alike(frame, FRAME_LEN);
	}
}
END_TEST

START_TEST(a_lost_address_is_noticed)
{
	struct net_rx rx;

	w.net->acd.state = ACD_LOST;
	ck_assert(!repeat_input(w.net, sound, FRAME_LEN, &rx));
	w.net->acd.state = ACD_OURS;
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("net/repeat");
	TCase *tc = tcase_create("repeat");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, the_same_again_is_known);
	tcase_add_test(tc, another_length_and_identifier_are_known);
	tcase_add_test(tc, every_bit_of_the_headers_counts);
	tcase_add_test(tc, every_length_of_frame_and_packet_counts);
	tcase_add_test(tc, a_lost_address_is_noticed);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
