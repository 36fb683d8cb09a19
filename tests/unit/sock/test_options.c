/* SPDX-License-Identifier: MIT */
/* test_options.c - setsockopt and getsockopt */
#include "tests/unit/sock/pair.h"

static int try_set(struct tarn *t, int fd, enum tarn_option option, int value)
{
	return tarn_setsockopt(t, fd, option, &value, sizeof(value));
}

/* What every kind of socket has, with a value to set and to find again. */
static const struct {
	enum tarn_option option;
	int value;
} common[] = {
	{ TARN_SO_REUSEADDR, 1 }, { TARN_SO_BROADCAST, 1 },
	{ TARN_SO_KEEPALIVE, 1 }, { TARN_SO_RCVBUF, 20000 },
	{ TARN_SO_SNDBUF, 30000 }, { TARN_IP_TTL, 7 },
	{ TARN_IP_TOS, 0x10 },
}, of_tcp[] = {
	{ TARN_TCP_NODELAY, 1 },
	{ TARN_TCP_MAXSEG, 1000 },
	{ TARN_TCP_QUICKACK, 1 },
	{ TARN_TCP_USER_TIMEOUT, 4000 },
	{ TARN_IP_MTU_DISCOVER, TARN_PMTUDISC_DONT },
	{ TARN_TCP_KEEPIDLE, 600 },
	{ TARN_TCP_KEEPINTVL, 70000 / 7 },
	{ TARN_TCP_KEEPCNT, 127 },
};

START_TEST(what_is_set_can_be_read)
{
	const int s = stream(A), d = datagram(A);

	for (unsigned i = 0; i < ARRAY_LEN(common); i++) {
		set_int(A, s, common[i].option, common[i].value);
		ck_assert_int_eq(get_int(A, s, common[i].option),
		                 common[i].value);
		set_int(A, d, common[i].option, common[i].value);
		ck_assert_int_eq(get_int(A, d, common[i].option),
		                 common[i].value);
	}
	for (unsigned i = 0; i < ARRAY_LEN(of_tcp); i++) {
		set_int(A, s, of_tcp[i].option, of_tcp[i].value);
		ck_assert_int_eq(get_int(A, s, of_tcp[i].option),
		                 of_tcp[i].value);
	}
}
END_TEST

START_TEST(what_is_set_on_a_listener_or_connection_is_in_force)
{
	const struct conn conn        = connected();
	const enum tarn_option some[] = { TARN_IP_TTL, TARN_IP_TOS,
		                          TARN_TCP_QUICKACK, TARN_TCP_NODELAY,
		                          TARN_TCP_USER_TIMEOUT };

	for (unsigned i = 0; i < ARRAY_LEN(some); i++) {
		set_int(A, conn.a, some[i], 1);
		ck_assert_int_eq(get_int(A, conn.a, some[i]), 1);
		set_int(B, conn.listener, some[i], 1);
		ck_assert_int_eq(get_int(B, conn.listener, some[i]), 1);
	}
}
END_TEST

START_TEST(datagram_socket_has_no_options_of_tcp)
{
	const int fd = datagram(A);
	char info[sizeof(struct tarn_tcp_info)];
	int value = 0;

	for (unsigned i = 0; i < ARRAY_LEN(of_tcp); i++) {
		ck_assert_int_eq(
		        try_set(A, fd, of_tcp[i].option, of_tcp[i].value),
		        -ENOPROTOOPT);
		ck_assert_int_eq(tarn_getsockopt(A, fd, of_tcp[i].option,
		                                 &value, sizeof(value)),
		                 -ENOPROTOOPT);
	}
	ck_assert_int_eq(
	        tarn_getsockopt(A, fd, TARN_TCP_INFO, info, sizeof(info)),
	        -ENOPROTOOPT);
}
END_TEST

START_TEST(read_only_and_unknown_options_cannot_be_set)
{
	const enum tarn_option all[] = { TARN_SO_ERROR,      TARN_SO_TYPE,
		                         TARN_SO_ACCEPTCONN, TARN_TCP_INFO,
		                         TARN_SO_OUTQ,       TARN_SO_ATMARK,
		                         TARN_SO_SOFT_ERROR, TARN_IP_MTU,
		                         TARN_OPTION_COUNT };

	for (unsigned i = 0; i < ARRAY_LEN(all); i++) {
		ck_assert_int_eq(try_set(A, stream(A), all[i], 1),
		                 -ENOPROTOOPT);
		ck_assert_int_eq(try_set(A, datagram(A), all[i], 1),
		                 -ENOPROTOOPT);
	}
}
END_TEST

START_TEST(values_out_of_range_are_einval)
{
	static const struct {
		enum tarn_option option;
		int max;
	} keep[]     = { { TARN_TCP_KEEPIDLE, 32767 },
		         { TARN_TCP_KEEPINTVL, 32767 },
		         { TARN_TCP_KEEPCNT, 127 } };
	const int fd = stream(A);

	ck_assert_int_eq(try_set(A, fd, TARN_IP_TTL, 0), -EINVAL);
	ck_assert_int_eq(try_set(A, fd, TARN_IP_TTL, 256), -EINVAL);
	ck_assert_int_eq(try_set(A, fd, TARN_IP_TOS, -1), -EINVAL);
	ck_assert_int_eq(try_set(A, fd, TARN_IP_TOS, 256), -EINVAL);
	ck_assert_int_eq(try_set(A, fd, TARN_TCP_MAXSEG, 87), -EINVAL);
	ck_assert_int_eq(try_set(A, fd, TARN_TCP_MAXSEG, 32768), -EINVAL);
	ck_assert_int_eq(try_set(A, fd, TARN_TCP_MAXSEG, 0), 0);
	ck_assert_int_eq(try_set(A, fd, TARN_SO_RCVBUF, -1), -EINVAL);
	ck_assert_int_eq(try_set(A, fd, TARN_SO_SNDBUF, -1), -EINVAL);
	ck_assert_int_eq(try_set(A, fd, TARN_TCP_USER_TIMEOUT, -1), -EINVAL);
	ck_assert_int_eq(try_set(A, fd, TARN_IP_MTU_DISCOVER, -1), -EINVAL);
	ck_assert_int_eq(try_set(A, fd, TARN_IP_MTU_DISCOVER, 3), -EINVAL);
	for (unsigned i = 0; i < ARRAY_LEN(keep); i++) {
		ck_assert_int_eq(try_set(A, fd, keep[i].option, 0), -EINVAL);
		ck_assert_int_eq(try_set(A, fd, keep[i].option, keep[i].max),
		                 0);
		ck_assert_int_eq(
		        try_set(A, fd, keep[i].option, keep[i].max + 1),
		        -EINVAL);
		ck_assert_int_eq(get_int(A, fd, keep[i].option), keep[i].max);
	}
	ck_assert_int_eq(get_int(A, fd, TARN_IP_TTL), IP4_TTL_DEFAULT);
}
END_TEST

START_TEST(keep_alive_is_off_and_patient_unless_told)
{
	/* MUST-25, MUST-28 */
	const int fd = stream(A);

	ck_assert_int_eq(get_int(A, fd, TARN_SO_KEEPALIVE), 0);
	ck_assert_int_eq(get_int(A, fd, TARN_TCP_KEEPIDLE), 7200);
	ck_assert_int_eq(get_int(A, fd, TARN_TCP_KEEPINTVL), 75);
	ck_assert_int_eq(get_int(A, fd, TARN_TCP_KEEPCNT), 9);
}
END_TEST

START_TEST(buffer_sizes_are_clamped)
{
	const int fd = stream(A);

	set_int(A, fd, TARN_SO_RCVBUF, 0);
	ck_assert_int_eq(get_int(A, fd, TARN_SO_RCVBUF), TCP_BUF_MIN);
	set_int(A, fd, TARN_SO_SNDBUF, INT32_MAX);
	ck_assert_int_eq(get_int(A, fd, TARN_SO_SNDBUF), TCP_BUF_MAX);
}
END_TEST

START_TEST(defaults_of_a_fresh_stream)
{
	const int fd = stream(A);

	ck_assert_int_eq(get_int(A, fd, TARN_SO_TYPE), TARN_STREAM);
	ck_assert_int_eq(get_int(A, datagram(A), TARN_SO_TYPE), TARN_DGRAM);
	ck_assert_int_eq(get_int(A, fd, TARN_SO_ERROR), 0);
	ck_assert_int_eq(get_int(A, fd, TARN_SO_ACCEPTCONN), 0);
	ck_assert_int_eq(get_int(A, listener(A, 80), TARN_SO_ACCEPTCONN), 1);
	ck_assert_int_eq(get_int(A, fd, TARN_SO_RCVBUF), TCP_RCVBUF_DEFAULT);
	ck_assert_int_eq(get_int(A, fd, TARN_SO_SNDBUF), TCP_SNDBUF_DEFAULT);
	ck_assert_int_eq(get_int(A, fd, TARN_TCP_MAXSEG), TCP_MSS_DEFAULT);
	ck_assert_int_eq(get_int(A, fd, TARN_TCP_NODELAY), 0);
	ck_assert_int_eq(get_int(A, fd, TARN_IP_TTL), IP4_TTL_DEFAULT);
	ck_assert_int_eq(get_int(A, fd, TARN_IP_TOS), 0);
}
END_TEST

START_TEST(ttl_of_a_datagram_socket_is_the_default_too)
{
	ck_assert_int_eq(get_int(A, datagram(A), TARN_IP_TTL), IP4_TTL_DEFAULT);
}
END_TEST

START_TEST(linger_is_stored)
{
	const int fd                 = stream(A);
	const struct tarn_linger set = { .on = 1, .linger_s = 9 };
	struct tarn_linger got       = { 0 };

	ck_assert_int_eq(
	        tarn_setsockopt(A, fd, TARN_SO_LINGER, &set, sizeof(set)), 0);
	ck_assert_int_eq(
	        tarn_getsockopt(A, fd, TARN_SO_LINGER, &got, sizeof(got)),
	        (int)sizeof(got));
	ck_assert_mem_eq(&got, &set, sizeof(set));
}
END_TEST

START_TEST(short_values_are_einval_to_set_and_cut_to_get)
{
	const int fd                 = stream(A);
	const struct tarn_linger set = { .on = 1, .linger_s = 9 };
	uint8_t value[4]             = { 1, 0xaa, 0xaa, 0xaa };

	ck_assert_int_eq(tarn_setsockopt(A, fd, TARN_IP_TTL, value, 3),
	                 -EINVAL);
	ck_assert_int_eq(
	        tarn_setsockopt(A, fd, TARN_SO_LINGER, &set, sizeof(set) - 1),
	        -EINVAL);
	ck_assert_int_eq(tarn_getsockopt(A, fd, TARN_SO_TYPE, value, 1), 1);
	ck_assert_uint_eq(value[1], 0xaa);
	ck_assert_int_eq(tarn_setsockopt(A, fd, TARN_IP_TTL, NULL, 4), -EFAULT);
	ck_assert_int_eq(tarn_getsockopt(A, fd, TARN_IP_TTL, NULL, 4), -EFAULT);
}
END_TEST

START_TEST(tcp_info_tells_the_state)
{
	const struct conn conn = connected();
	struct tarn_tcp_info info;
	const size_t size = sizeof(info);

	ck_assert_int_eq(
	        tarn_getsockopt(A, stream(A), TARN_TCP_INFO, &info, size),
	        (int)size);
	ck_assert_uint_eq(info.state, TCPS_CLOSED);
	ck_assert_str_eq(info.state_name, tarn_tcp_state_name(TCPS_CLOSED));
	ck_assert_int_eq(
	        tarn_getsockopt(B, conn.listener, TARN_TCP_INFO, &info, size),
	        (int)size);
	ck_assert_uint_eq(info.state, TCPS_LISTEN);
	ck_assert_int_eq(tarn_getsockopt(A, conn.a, TARN_TCP_INFO, &info, size),
	                 (int)size);
	ck_assert_uint_eq(info.state, TCPS_ESTABLISHED);
	ck_assert_str_eq(info.state_name,
	                 tarn_tcp_state_name(TCPS_ESTABLISHED));
	ck_assert_uint_eq((uint32_t)get_int(A, conn.a, TARN_TCP_MAXSEG),
	                  info.snd_mss);
}
END_TEST

START_TEST(maxseg_bounds_what_the_peer_sends)
{
	const struct tarn_addr peer = addr_of(B, 80);
	const int server = listener(B, 80), fd = stream(A);
	struct tarn_tcp_info info;
	int conn;

	set_int(A, fd, TARN_TCP_MAXSEG, 700);
	ck_assert_int_eq(tarn_connect(A, fd, &peer), -EINPROGRESS);
	settle();
	conn = tarn_accept(B, server, NULL);
	ck_assert_int_eq(
	        tarn_getsockopt(B, conn, TARN_TCP_INFO, &info, sizeof(info)),
	        (int)sizeof(info));
	ck_assert_uint_le(info.snd_mss, 700);
}
END_TEST

START_TEST(outgoing_queue_counts_until_acknowledged)
{
	const struct conn conn = connected();

	ck_assert_int_eq(get_int(A, conn.a, TARN_SO_OUTQ), 0);
	ck_assert_int_eq(tarn_send(A, conn.a, "12345", 5, 0), 5);
	ck_assert_int_eq(get_int(A, conn.a, TARN_SO_OUTQ), 5);
	ck_assert_int_eq(tarn_shutdown(A, conn.a, TARN_SHUT_WR), 0);
	ck_assert_int_eq(get_int(A, conn.a, TARN_SO_OUTQ), 6);
	pass(USEC_PER_SEC);
	ck_assert_int_eq(get_int(A, conn.a, TARN_SO_OUTQ), 0);
	ck_assert_int_eq(get_int(A, stream(A), TARN_SO_OUTQ), 0);
	ck_assert_int_eq(get_int(A, datagram(A), TARN_SO_OUTQ), 0);
}
END_TEST

static int set_name(struct tarn *t, int fd, const char *name, size_t len)
{
	return tarn_setsockopt(t, fd, TARN_TCP_CONGESTION, name, len);
}

static void expect_name(struct tarn *t, int fd, const char *name)
{
	char field[TARN_CONGESTION_LEN + 1];

	memset(field, 'x', sizeof(field));
	ck_assert_int_eq(tarn_getsockopt(t, fd, TARN_TCP_CONGESTION, field,
	                                 sizeof(field)),
	                 TARN_CONGESTION_LEN);
	ck_assert_str_eq(field, name);
	ck_assert_int_eq(field[TARN_CONGESTION_LEN - 1], '\0');
}

START_TEST(congestion_control_is_chosen_by_name)
{
	const int fd = stream(A);

	expect_name(A, fd, "cubic");
	ck_assert_int_eq(set_name(A, fd, "reno", 4), 0);
	expect_name(A, fd, "reno");
	ck_assert_int_eq(set_name(A, fd, "cubic", 6), 0);
	expect_name(A, fd, "cubic");
	ck_assert_int_eq(set_name(A, fd, "bbr", 3), -ENOENT);
	ck_assert_int_eq(set_name(A, fd, "cubicle", 7), -ENOENT);
	ck_assert_int_eq(set_name(A, fd, "", 1), -ENOENT);
	ck_assert_int_eq(set_name(A, fd, "", 0), -EINVAL);
	expect_name(A, fd, "cubic");
	ck_assert_int_eq(set_name(A, datagram(A), "reno", 4), -ENOPROTOOPT);
}
END_TEST

START_TEST(congestion_control_is_inherited_and_switched_over)
{
	const int server            = listener(B, 80);
	const int fd                = stream(A);
	const struct tarn_addr peer = addr_of(B, 80);
	struct tarn_tcp_info before, after;
	int conn;

	ck_assert_int_eq(set_name(B, server, "reno", 4), 0);
	ck_assert_int_eq(tarn_connect(A, fd, &peer), -EINPROGRESS);
	settle();
	conn = tarn_accept(B, server, NULL);
	expect_name(B, conn, "reno");
	expect_name(A, fd, "cubic");
	ck_assert_int_gt(
	        tarn_getsockopt(A, fd, TARN_TCP_INFO, &before, sizeof(before)),
	        0);
	ck_assert_int_eq(set_name(A, fd, "reno", 4), 0);
	expect_name(A, fd, "reno");
	ck_assert_int_gt(
	        tarn_getsockopt(A, fd, TARN_TCP_INFO, &after, sizeof(after)),
	        0);
	ck_assert_uint_eq(after.cwnd, before.cwnd);
	ck_assert_uint_eq(after.ssthresh, before.ssthresh);
}
END_TEST

PAIR_SUITE("options", congestion_control_is_chosen_by_name,
           congestion_control_is_inherited_and_switched_over,
           what_is_set_can_be_read,
           what_is_set_on_a_listener_or_connection_is_in_force,
           datagram_socket_has_no_options_of_tcp,
           read_only_and_unknown_options_cannot_be_set,
           values_out_of_range_are_einval,
           keep_alive_is_off_and_patient_unless_told, buffer_sizes_are_clamped,
           defaults_of_a_fresh_stream,
           ttl_of_a_datagram_socket_is_the_default_too, linger_is_stored,
           short_values_are_einval_to_set_and_cut_to_get,
           tcp_info_tells_the_state, maxseg_bounds_what_the_peer_sends,
           outgoing_queue_counts_until_acknowledged)
