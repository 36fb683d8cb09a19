/* SPDX-License-Identifier: MIT */
/*
 * tcp_super_frames.c - a link that completes sums and carries super-frames
 *
 *	A 10.9.0.1  ====  super-frames, whole or cut, some lost  ====  B
 *
 * Whole: as a TAP does, the other end gets the super-frame as it was sent, and
 * a loss takes it all. Cut: as a network card does, each segment is a frame of
 * its own with complete sums, and a loss takes one. Either way the streams must
 * arrive as they were sent, and nothing may be larger than the link said.
 */
#include "base/bytes.h"
#include "base/checksum.h"
#include "drivers/superframe.h"
#include "tests/unit/lib/test.h"
#include "wire/eth.h"
#include "wire/icmp.h"
#include "wire/ip4.h"
#include <errno.h>
#include <stdlib.h>

#define TRANSFER_OCTETS (10u << 20)
#define CHUNK_OCTETS    (256u << 10)
#define LIMIT_US        (3600ull * 1000000)
#define DELAY_US        1000
#define PORT            7777
#define MTU             1500
#define QUEUE_MAX       8192

struct frame {
	uint64_t due_us;
	struct tarn_offload offload;
	size_t len;
	uint8_t *octets;
};

/* What one end sends, until the other has it. */
struct lane {
	struct frame frame[QUEUE_MAX];
	unsigned first, count;
	unsigned super_count, loss_count, longest; /* segments in the longest */
};

struct end {
	struct tarn *t;
	struct lane *out, *in;
	int fd;
	uint32_t sent, received;
	bool has_shut, has_ended;
};

static struct end ends[2];
static int listener;
static uint64_t now_us;
static unsigned lose_every; /* frames; 0: none */
static bool is_cut;
static unsigned frame_count;
static uint32_t
        router_mtu; /* behind A's link; larger packets are refused; 0: none */
static unsigned refusals;

/* ---- the link ---- */

static void enqueue(struct lane *lane, const uint8_t *octets, size_t len,
                    const struct tarn_offload *offload)
{
	struct frame *frame;

	if (lose_every > 0 && ++frame_count % lose_every == 0) {
		lane->loss_count++;
		return;
	}
	ck_assert_uint_lt(lane->count, QUEUE_MAX);
	ck_assert_uint_gt(len, 0);
	frame  = &lane->frame[(lane->first + lane->count++) % QUEUE_MAX];
	*frame = (struct frame){ .due_us  = now_us + DELAY_US,
		                 .offload = *offload,
		                 .len     = len,
		                 .octets  = malloc(len) };
	ck_assert_ptr_nonnull(frame->octets);
	memcpy(frame->octets, octets, len);
}

/* A router's "fragmentation needed" about a packet that it looked at as it came,
 * a super-frame: its header and 8 octets, with its length. */
static void refuse(struct lane *back, const uint8_t *octets)
{
	enum { ICMP_AT = ETH_HDR_LEN + IP4_HDR_LEN, QUOTE = IP4_HDR_LEN + 8 };
	static const struct tarn_offload none;
	uint8_t frame[ICMP_AT + ICMP_HDR_LEN + QUOTE];
	struct icmp_hdr icmp    = { .type = ICMP_UNREACHABLE,
		                    .code = ICMP_UNREACHABLE_TOO_BIG,
		                    .word = router_mtu };
	const struct ip4_hdr ip = {
		.total_len = sizeof(frame) - ETH_HDR_LEN,
		.ttl       = 64,
		.proto     = IP_PROTO_ICMP,
		.src       = tarn_ip4(10, 9, 0, 2),
		.dst       = tarn_ip4(10, 9, 0, 1),
	};

	memcpy(frame, octets + 6, 6); /* back to who sent it */
	memcpy(frame + 6, octets, 6);
	memcpy(frame + 12, octets + 12, 2);
	ip4_hdr_write(frame + ETH_HDR_LEN, &ip);
	icmp_hdr_write(frame + ICMP_AT, &icmp);
	memcpy(frame + ICMP_AT + ICMP_HDR_LEN, octets + ETH_HDR_LEN, QUOTE);
	icmp.checksum = checksum_fold(
	        checksum_add(0, frame + ICMP_AT, ICMP_HDR_LEN + QUOTE));
	icmp_hdr_write(frame + ICMP_AT, &icmp);
	enqueue(back, frame, sizeof(frame), &none);
	refusals++;
}

static void enqueue_segments(struct lane *lane, const uint8_t *octets,
                             size_t len, const struct tarn_offload *offload)
{
	static const struct tarn_offload none;
	static uint8_t segment[SUPERFRAME_LEN_MAX];
	size_t segment_len;

	for (uint32_t i = 0;; i++) {
		segment_len =
		        superframe_segment(octets, len, offload, i, segment);
		if (segment_len == 0)
			return;
		ck_assert_uint_le(segment_len, ETH_HDR_LEN + MTU);
		enqueue(lane, segment, segment_len, &none);
	}
}

static int transmit_super(void *link, const struct tarn_slice *part,
                          unsigned part_count,
                          const struct tarn_offload *offload)
{
	static uint8_t octets[SUPERFRAME_LEN_MAX];
	struct lane *lane = ((struct end *)link)->out;
	size_t len        = 0, longest; /* packet of those that it stands for */

	for (unsigned i = 0; i < part_count; i++) {
		ck_assert_uint_le(len + part[i].len, sizeof(octets));
		memcpy(octets + len, part[i].data, part[i].len);
		len += part[i].len;
	}
	longest = len - ETH_HDR_LEN;
	if (offload->gso_size > 0) {
		const size_t text_len = len - offload->hdr_len;
		const unsigned count = (unsigned)(text_len / offload->gso_size);

		lane->super_count++;
		lane->longest = MAX(lane->longest, count);
		longest       = (size_t)offload->hdr_len + offload->gso_size -
		          ETH_HDR_LEN;
	}
	ck_assert_uint_le(longest, MTU);
	/* Single ones pass: only what quotes a super-frame can tell. */
	if (lane == ends[0].out && offload->gso_size > 0 && router_mtu > 0 &&
	    longest > router_mtu)
		refuse(ends[0].in, octets);
	else if (is_cut)
		enqueue_segments(lane, octets, len, offload);
	else
		enqueue(lane, octets, len, offload);

	return 0;
}

static ssize_t receive_super(void *link, uint8_t *buf, size_t size,
                             struct tarn_offload *ret)
{
	struct lane *lane   = ((struct end *)link)->in;
	struct frame *frame = &lane->frame[lane->first];
	const size_t len    = frame->len;

	if (lane->count == 0 || frame->due_us > now_us)
		return 0;

	ck_assert_uint_le(len, size);
	memcpy(buf, frame->octets, len);
	*ret = frame->offload;
	free(frame->octets);
	lane->first = (lane->first + 1) % QUEUE_MAX;
	lane->count--;

	return (ssize_t)len;
}

static ssize_t receive_plain(void *link, uint8_t *buf, size_t size)
{
	(void)link;
	(void)buf;
	(void)size;
	ck_abort_msg("a plain receive() on a link that offloads");

	return 0;
}

static int transmit_plain(void *link, const struct tarn_slice *part,
                          unsigned part_count)
{
	(void)link;
	(void)part;
	(void)part_count;
	ck_abort_msg("a plain transmit() on a link that offloads");

	return 0;
}

static const struct tarn_link_ops ops = {
	.receive  = receive_plain,
	.transmit = transmit_plain,
};
static const struct tarn_super_ops super_ops = {
	.receive  = receive_super,
	.transmit = transmit_super,
};

/* ---- the world ---- */

static void create(struct end *end, unsigned who)
{
	struct tarn_config config;

	tarn_config_init(&config);
	config.ops       = &ops;
	config.super_ops = &super_ops;
	config.link      = end;
	config.ip        = tarn_ip4(10, 9, 0, (uint8_t)(1 + who));
	config.acd_off   = true;
	config.seed[0]   = 1 + who;
	ck_assert_int_eq(tarn_create(&config, now_us, &end->t), 0);
}

static void set_up(void)
{
	const struct tarn_addr local = { tarn_ip4(10, 9, 0, 2), PORT };

	now_us      = 1000000;
	lose_every  = 0;
	is_cut      = false;
	frame_count = 0;
	router_mtu  = 0;
	refusals    = 0;
	for (unsigned who = 0; who < 2; who++) {
		ends[who]     = (struct end){ .fd = -1 };
		ends[who].out = calloc(1, sizeof(struct lane));
		ck_assert_ptr_nonnull(ends[who].out);
		create(&ends[who], who);
	}
	ends[0].in = ends[1].out;
	ends[1].in = ends[0].out;
	listener   = tarn_socket(ends[1].t, TARN_STREAM);
	ck_assert_int_eq(tarn_bind(ends[1].t, listener, &local), 0);
	ck_assert_int_eq(tarn_listen(ends[1].t, listener, 1), 0);
	ends[0].fd = tarn_socket(ends[0].t, TARN_STREAM);
	ck_assert_int_eq(tarn_connect(ends[0].t, ends[0].fd, &local),
	                 -EINPROGRESS);
}

static void tear_down(void)
{
	for (unsigned who = 0; who < 2; who++) {
		struct lane *lane = ends[who].out;

		tarn_destroy(ends[who].t);
		for (; lane->count > 0; lane->count--) {
			free(lane->frame[lane->first].octets);
			lane->first = (lane->first + 1) % QUEUE_MAX;
		}
		free(lane);
	}
}

static uint8_t octet_at(unsigned from, uint32_t at)
{
	return (uint8_t)((at * 2654435761u + from * 0x12345678u) >> 24);
}

static bool send_some(struct end *end, unsigned who)
{
	static uint8_t chunk[CHUNK_OCTETS];
	const uint32_t len = MIN(TRANSFER_OCTETS - end->sent, CHUNK_OCTETS);
	ssize_t taken;

	if (end->has_shut)
		return false;
	if (len == 0) {
		ck_assert_int_eq(tarn_shutdown(end->t, end->fd, TARN_SHUT_WR),
		                 0);
		end->has_shut = true;
		return true;
	}
	for (uint32_t i = 0; i < len; i++)
		chunk[i] = octet_at(who, end->sent + i);
	taken = tarn_send(end->t, end->fd, chunk, len, 0);
	if (taken == -EAGAIN)
		return false;
	ck_assert_int_gt(taken, 0);
	end->sent += (uint32_t)taken;

	return true;
}

static bool receive_some(struct end *end, unsigned who)
{
	static uint8_t chunk[CHUNK_OCTETS];
	ssize_t len;

	if (end->has_ended)
		return false;
	len = tarn_recv(end->t, end->fd, chunk, sizeof(chunk), 0);
	if (len == -EAGAIN)
		return false;
	ck_assert_int_ge(len, 0);
	for (uint32_t i = 0; i < (uint32_t)len; i++)
		if (chunk[i] != octet_at(!who, end->received + i))
			ck_abort_msg("octet %u differs", end->received + i);
	end->received += (uint32_t)len;
	end->has_ended = len == 0;

	return true;
}

static void work(struct end *end, unsigned who)
{
	bool moved = end->fd >= 0 && tarn_readiness(end->t, end->fd) != 0;

	while (moved) {
		moved = receive_some(end, who);
		moved |= send_some(end, who);
	}
}

static uint64_t lane_due(const struct lane *lane)
{
	return lane->count > 0 ? lane->frame[lane->first].due_us : TARN_NEVER;
}

static void transfer(void)
{
	uint64_t due_us = 0;

	while (!(ends[0].has_ended && ends[1].has_ended)) {
		now_us = MAX(now_us, due_us);
		ck_assert_uint_lt(now_us, LIMIT_US);
		due_us = TARN_NEVER;
		for (unsigned who = 0; who < 2; who++) {
			work(&ends[who], who);
			due_us = MIN(due_us, tarn_poll(ends[who].t, now_us));
		}
		if (ends[1].fd < 0)
			ends[1].fd = tarn_accept(ends[1].t, listener, NULL);
		due_us = MIN(due_us, lane_due(ends[0].out));
		due_us = MIN(due_us, lane_due(ends[1].out));
	}
	for (unsigned who = 0; who < 2; who++)
		ck_assert_uint_eq(ends[who].received, TRANSFER_OCTETS);
}

static struct tarn_tcp_info info_of(unsigned who)
{
	struct tarn_tcp_info info;

	ck_assert_int_eq(tarn_getsockopt(ends[who].t, ends[who].fd,
	                                 TARN_TCP_INFO, &info, sizeof(info)),
	                 sizeof(info));

	return info;
}

/* ---- what must hold ---- */

START_TEST(a_transfer_uses_super_frames_and_arrives_whole)
{
	transfer();
	for (unsigned who = 0; who < 2; who++) {
		const struct tarn_tcp_info info = info_of(who);

		ck_assert_uint_gt(ends[who].out->super_count, 100);
		ck_assert_uint_gt(ends[who].out->longest, 40);
		ck_assert_uint_eq(info.retransmits, 0);
		/* Segments are counted, not frames. */
		ck_assert_uint_ge(info.data_segs_out, TRANSFER_OCTETS / 1460);
		ck_assert_uint_ge(info.data_segs_in, TRANSFER_OCTETS / 1460);
		ck_assert_uint_le(info.rcv_mss, 1460);
	}
}
END_TEST

START_TEST(lost_super_frames_are_sent_again)
{
	lose_every = 23;
	transfer();
	for (unsigned who = 0; who < 2; who++) {
		ck_assert_uint_gt(ends[who].out->loss_count, 5);
		ck_assert_uint_gt(ends[who].out->super_count, 20);
		ck_assert_uint_gt(info_of(who).retransmits, 0);
	}
}
END_TEST

START_TEST(segments_lost_out_of_super_frames_are_sent_again)
{
	lose_every = 50;
	is_cut     = true;
	transfer();
	for (unsigned who = 0; who < 2; who++) {
		const struct tarn_tcp_info info = info_of(who);

		ck_assert_uint_gt(ends[who].out->loss_count, 50);
		/* One that was lost is sent again, not its super-frame. */
		ck_assert_uint_lt(info.retransmits,
		                  2 * ends[who].out->loss_count);
		ck_assert_uint_eq(tarn_drop_count(ends[who].t, "TCP_CHECKSUM"),
		                  0);
	}
}
END_TEST

/* The error quotes what no segment was as long as: it counts as one of the
 * path's MTU, and from then on segments are as long as the router takes. */
START_TEST(a_super_frame_that_a_router_refuses_is_cut_smaller)
{
	router_mtu = 1200;
	transfer();
	ck_assert_uint_ge(refusals, 1);
	ck_assert_uint_le(refusals, 20); /* what was in flight, no more */
	ck_assert_uint_eq(info_of(0).path_mtu, 1200);
	ck_assert_uint_gt(ends[0].out->super_count, 100);
	ck_assert_uint_eq(info_of(1).path_mtu, MTU);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("tcp_super_frames");
	TCase *t = tcase_create("tcp_super_frames");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_transfer_uses_super_frames_and_arrives_whole);
	tcase_add_test(t, lost_super_frames_are_sent_again);
	tcase_add_test(t, segments_lost_out_of_super_frames_are_sent_again);
	tcase_add_test(t, a_super_frame_that_a_router_refuses_is_cut_smaller);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
