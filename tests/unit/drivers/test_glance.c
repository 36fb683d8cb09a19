/* SPDX-License-Identifier: MIT */
/* test_glance.c - a frame says what it is, cut short or not */
#include "drivers/glance.h"
#include "tests/unit/drivers/frames.h"
#include "tests/unit/lib/test.h"

static struct glance look(const struct test_frame *frame, size_t len)
{
	uint8_t *cut = guard_alloc(frame->octets, len);
	struct glance glance;

	glance_at(cut, len, &glance);
	guard_free(cut, len);

	return glance;
}

START_TEST(segment_tells_ends_flags_and_length)
{
	const struct test_frame frame = tcp_frame(true, "FP.", 5, 7, 100);
	const struct glance glance    = look(&frame, frame.len);

	ck_assert_int_eq(glance.kind, GLANCE_TCP);
	ck_assert_uint_eq(ip4_u32(&glance.src.ip), 0x0a090001);
	ck_assert_uint_eq(glance.src.port, 40000);
	ck_assert_uint_eq(ip4_u32(&glance.dst.ip), 0x0a090002);
	ck_assert_uint_eq(glance.dst.port, 80);
	ck_assert_uint_eq(glance.tcp_at, 34);
	ck_assert_uint_eq(glance.tcp.seq, TEST_ISS_OURS + 5);
	ck_assert_uint_eq(glance.text_len, 100);
	ck_assert_uint_eq(glance_seq_len(&glance), 101);
}
END_TEST

START_TEST(padding_is_no_text)
{
	struct test_frame frame = tcp_frame(true, ".", 1, 1, 0);

	ck_assert_uint_eq(look(&frame, 60).text_len, 0);
}
END_TEST

START_TEST(segment_cut_by_the_capture_keeps_its_true_length)
{
	const struct test_frame frame = tcp_frame(true, "P.", 1, 1, 1000);

	ck_assert_int_eq(look(&frame, 54).kind, GLANCE_TCP);
	ck_assert_uint_eq(look(&frame, 54).text_len, 1000);
	ck_assert_int_eq(look(&frame, 53).kind, GLANCE_IP4);
}
END_TEST

START_TEST(other_kinds_are_recognised)
{
	const struct test_frame arp = arp_frame(), icmp = icmp_frame(true);
	const struct test_frame udp = udp_frame(false, 10);

	ck_assert_int_eq(look(&arp, arp.len).kind, GLANCE_ARP);
	ck_assert_int_eq(look(&icmp, icmp.len).kind, GLANCE_ICMP);
	ck_assert_int_eq(look(&udp, udp.len).kind, GLANCE_UDP);
	ck_assert_uint_eq(look(&udp, udp.len).dst.port, 53);
	/* The IP header says UDP even when the ports are missing. */
	ck_assert_int_eq(look(&udp, 37).kind, GLANCE_UDP);
	ck_assert_uint_eq(look(&udp, 37).dst.port, 0);
}
END_TEST

START_TEST(later_fragment_has_no_transport_header)
{
	struct test_frame frame = tcp_frame(true, ".", 1, 1, 100);

	put_be16(frame.octets + 14 + 6, 5);
	ck_assert_int_eq(look(&frame, frame.len).kind, GLANCE_IP4);
}
END_TEST

START_TEST(nonsense_is_other)
{
	struct test_frame frame = tcp_frame(true, ".", 1, 1, 100);

	frame.octets[14] = 0x65; /* IPv6's version */
	ck_assert_int_eq(look(&frame, frame.len).kind, GLANCE_OTHER);
	frame.octets[14] = 0x44; /* a header of 16 octets */
	ck_assert_int_eq(look(&frame, frame.len).kind, GLANCE_OTHER);
	frame.octets[14] = 0x45;
	put_be16(frame.octets + 16, 19); /* shorter than its header */
	ck_assert_int_eq(look(&frame, frame.len).kind, GLANCE_OTHER);
	put_be16(frame.octets + 16, 39); /* ends inside the TCP header */
	ck_assert_int_eq(look(&frame, frame.len).kind, GLANCE_IP4);
	put_be16(frame.octets + 12, 0x86dd);
	ck_assert_int_eq(look(&frame, frame.len).kind, GLANCE_OTHER);
}
END_TEST

START_TEST(no_length_is_too_short_to_look_at)
{
	const struct test_frame frames[] = { tcp_frame(true, "S", 0, 0, 9),
		                             udp_frame(true, 9),
		                             icmp_frame(true), arp_frame() };

	for (unsigned i = 0; i < ARRAY_LEN(frames); i++)
		for (size_t len = 0; len <= frames[i].len; len++)
			look(&frames[i], len);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("glance");
	TCase *t = tcase_create("glance_at");

	tcase_add_test(t, segment_tells_ends_flags_and_length);
	tcase_add_test(t, padding_is_no_text);
	tcase_add_test(t, segment_cut_by_the_capture_keeps_its_true_length);
	tcase_add_test(t, other_kinds_are_recognised);
	tcase_add_test(t, later_fragment_has_no_transport_header);
	tcase_add_test(t, nonsense_is_other);
	tcase_add_test(t, no_length_is_too_short_to_look_at);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
