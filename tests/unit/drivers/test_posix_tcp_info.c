/* SPDX-License-Identifier: MIT */
/* test_posix_tcp_info.c - the kernel's struct, units and numbers */
#include "base/event.h"
#include "drivers/posix_tcp_info.h"
#include "tests/unit/lib/test.h"
#include <linux/tcp.h>
#include <string.h>

static struct tcp_info written(const struct tarn_tcp_info *info)
{
	struct tcp_info ret;

	ck_assert_uint_eq(posix_tcp_info(info, &ret, sizeof(ret)), sizeof(ret));

	return ret;
}

START_TEST(windows_are_segments_and_times_are_linuxs)
{
	const struct tarn_tcp_info info = {
		.snd_mss               = 1000,
		.cwnd                  = 10500,
		.ssthresh              = 7000,
		.flight                = 2001,
		.srtt_us               = 40000,
		.last_data_sent_us     = 1500000,
		.last_data_received_us = 2500000,
		.last_ack_us           = 999,
		.notsent_octets        = 77,
		.segs_in               = 5,
		.rcv_out_of_order      = 6,
		.path_mtu              = 1400,
		.snd_wnd               = 65000,
	};
	const struct tcp_info got = written(&info);

	ck_assert_uint_eq(got.tcpi_snd_cwnd, 10);
	ck_assert_uint_eq(got.tcpi_snd_ssthresh, 7);
	ck_assert_uint_eq(got.tcpi_unacked, 3);
	ck_assert_uint_eq(got.tcpi_rtt, 40000);
	ck_assert_uint_eq(got.tcpi_last_data_sent, 1500);
	ck_assert_uint_eq(got.tcpi_last_data_recv, 2500);
	ck_assert_uint_eq(got.tcpi_last_ack_recv, 0);
	ck_assert_uint_eq(got.tcpi_notsent_bytes, 77);
	ck_assert_uint_eq(got.tcpi_segs_in, 5);
	ck_assert_uint_eq(got.tcpi_rcv_ooopack, 6);
	ck_assert_uint_eq(got.tcpi_pmtu, 1400);
	ck_assert_uint_eq(got.tcpi_snd_wnd, 65000);
}
END_TEST

START_TEST(no_loss_yet_is_linuxs_infinity)
{
	const struct tarn_tcp_info info = { .snd_mss  = 1000,
		                            .ssthresh = UINT32_MAX };

	ck_assert_uint_eq(written(&info).tcpi_snd_ssthresh, 0x7fffffff);
}
END_TEST

START_TEST(states_have_linuxs_numbers)
{
	static const struct {
		enum tcp_state ours;
		unsigned linux_number;
	} pairs[] = {
		{ TCPS_ESTABLISHED, 1 },  { TCPS_SYN_SENT, 2 },
		{ TCPS_SYN_RECEIVED, 3 }, { TCPS_FIN_WAIT_1, 4 },
		{ TCPS_FIN_WAIT_2, 5 },   { TCPS_TIME_WAIT, 6 },
		{ TCPS_CLOSED, 7 },       { TCPS_CLOSE_WAIT, 8 },
		{ TCPS_LAST_ACK, 9 },     { TCPS_LISTEN, 10 },
		{ TCPS_CLOSING, 11 },
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		const struct tarn_tcp_info info = {
			.state = (uint8_t)pairs[i].ours,
		};

		ck_assert_uint_eq(written(&info).tcpi_state,
		                  pairs[i].linux_number);
	}
}
END_TEST

START_TEST(shorter_struct_is_a_prefix)
{
	const struct tarn_tcp_info info = { .rto_us = 300000, .segs_in = 9 };
	struct tcp_info got;

	memset(&got, 0xee, sizeof(got));
	ck_assert_uint_eq(posix_tcp_info(&info, &got, 104), 104);
	ck_assert_uint_eq(got.tcpi_rto, 300000);
	ck_assert_uint_eq(got.tcpi_segs_in, 0xeeeeeeee);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("posix_tcp_info");
	TCase *t = tcase_create("posix_tcp_info");

	tcase_add_test(t, windows_are_segments_and_times_are_linuxs);
	tcase_add_test(t, no_loss_yet_is_linuxs_infinity);
	tcase_add_test(t, states_have_linuxs_numbers);
	tcase_add_test(t, shorter_struct_is_a_prefix);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
