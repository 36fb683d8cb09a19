/* SPDX-License-Identifier: MIT */
/* test_posix_option.c - the kernel's names of options, and fcntl */
#include "tests/unit/drivers/posix_pair.h"
#include <netinet/tcp.h>

static int set_int(int fd, int level, int name, int value)
{
	return tarn_posix_setsockopt(fd, level, name, &value, sizeof(value));
}

static int get_int(int fd, int level, int name)
{
	socklen_t len = sizeof(int);
	int value     = -1;

	ck_assert_int_eq(tarn_posix_getsockopt(fd, level, name, &value, &len),
	                 0);
	ck_assert_uint_eq(len, sizeof(value));

	return value;
}

START_TEST(what_is_set_can_be_read)
{
	static const struct {
		int level, name, value;
	} all[] = {
		{ SOL_SOCKET, SO_REUSEADDR, 1 },
		{ SOL_SOCKET, SO_RCVBUF, 50000 },
		{ SOL_SOCKET, SO_SNDBUF, 60000 },
		{ SOL_SOCKET, SO_BROADCAST, 1 },
		{ SOL_SOCKET, SO_KEEPALIVE, 1 },
		{ SOL_SOCKET, SO_OOBINLINE, 1 },
		{ IPPROTO_IP, IP_TTL, 9 },
		{ IPPROTO_IP, IP_TOS, 0x20 },
		{ IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT },
		{ IPPROTO_TCP, TCP_NODELAY, 1 },
		{ IPPROTO_TCP, TCP_MAXSEG, 1200 },
		{ IPPROTO_TCP, TCP_QUICKACK, 1 },
		{ IPPROTO_TCP, TCP_USER_TIMEOUT, 5000 },
		{ IPPROTO_TCP, TCP_CORK, 1 },
		{ IPPROTO_TCP, TCP_NOTSENT_LOWAT, 16384 },
		{ SOL_SOCKET, SO_RCVLOWAT, 100 },
		{ IPPROTO_TCP, TCP_KEEPIDLE, 60 },
		{ IPPROTO_TCP, TCP_KEEPINTVL, 10 },
		{ IPPROTO_TCP, TCP_KEEPCNT, 4 },
	};
	const int fd = socket_of(&A, SOCK_STREAM);

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		ck_assert_int_eq(
		        set_int(fd, all[i].level, all[i].name, all[i].value),
		        0);
		ck_assert_int_eq(get_int(fd, all[i].level, all[i].name),
		                 all[i].value);
	}
}
END_TEST

START_TEST(what_a_socket_is)
{
	const int s = listener(&A, 80), d = socket_of(&A, SOCK_DGRAM);

	ck_assert_int_eq(get_int(s, SOL_SOCKET, SO_TYPE), SOCK_STREAM);
	ck_assert_int_eq(get_int(d, SOL_SOCKET, SO_TYPE), SOCK_DGRAM);
	ck_assert_int_eq(get_int(s, SOL_SOCKET, SO_DOMAIN), AF_INET);
	ck_assert_int_eq(get_int(s, SOL_SOCKET, SO_PROTOCOL), IPPROTO_TCP);
	ck_assert_int_eq(get_int(d, SOL_SOCKET, SO_PROTOCOL), IPPROTO_UDP);
	ck_assert_int_eq(get_int(s, SOL_SOCKET, SO_ACCEPTCONN), 1);
	ck_assert_int_eq(get_int(s, SOL_SOCKET, SO_ERROR), 0);
}
END_TEST

START_TEST(timeouts_are_stored)
{
	const int fd         = socket_of(&A, SOCK_STREAM);
	struct timeval value = { 3, 250000 }, got = { -1, -1 };
	socklen_t len = sizeof(got);

	ck_assert_int_eq(tarn_posix_setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO,
	                                       &value, sizeof(value)),
	                 0);
	ck_assert_int_eq(
	        tarn_posix_getsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &got, &len),
	        0);
	ck_assert_int_eq(got.tv_sec, 3);
	ck_assert_int_eq(got.tv_usec, 250000);
	ck_assert_int_eq(
	        tarn_posix_getsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &got, &len),
	        0);
	ck_assert_int_eq(got.tv_sec + got.tv_usec, 0);

	value.tv_usec = 1000000;
	fails(tarn_posix_setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &value,
	                            sizeof(value)),
	      EDOM);
	fails(tarn_posix_setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &value, 4),
	      EINVAL);
}
END_TEST

START_TEST(negative_timeout_is_over_at_once)
{
	const struct conn conn     = connected();
	const struct timeval value = { .tv_sec = -1 };
	char buf[4];

	ck_assert_int_eq(tarn_posix_setsockopt(conn.a, SOL_SOCKET, SO_RCVTIMEO,
	                                       &value, sizeof(value)),
	                 0);
	fails(tarn_posix_recv(conn.a, buf, sizeof(buf), 0), EAGAIN);
}
END_TEST

START_TEST(linger_is_stored)
{
	const int fd            = socket_of(&A, SOCK_STREAM);
	const struct linger set = { .l_onoff = 7, .l_linger = 5 };
	struct linger got       = { -1, -1 };
	socklen_t len           = sizeof(got);

	ck_assert_int_eq(
	        tarn_posix_getsockopt(fd, SOL_SOCKET, SO_LINGER, &got, &len),
	        0);
	ck_assert_int_eq(got.l_onoff, 0);
	ck_assert_int_eq(tarn_posix_setsockopt(fd, SOL_SOCKET, SO_LINGER, &set,
	                                       sizeof(set)),
	                 0);
	ck_assert_int_eq(
	        tarn_posix_getsockopt(fd, SOL_SOCKET, SO_LINGER, &got, &len),
	        0);
	ck_assert_int_eq(got.l_onoff, 1);
	ck_assert_int_eq(got.l_linger, 5);
}
END_TEST

START_TEST(tcp_info_is_linuxs_struct)
{
	const struct conn conn = connected();
	struct tcp_info info   = { 0 };
	socklen_t len          = sizeof(info);

	ck_assert_int_eq(tarn_posix_getsockopt(conn.a, IPPROTO_TCP, TCP_INFO,
	                                       &info, &len),
	                 0);
	ck_assert_uint_eq(len, sizeof(info));
	ck_assert_uint_eq(info.tcpi_state, TCP_ESTABLISHED);
	ck_assert_uint_eq(info.tcpi_snd_wscale, 7);
	ck_assert_uint_eq(info.tcpi_snd_mss > 1000, 1);
	ck_assert_uint_eq(info.tcpi_snd_cwnd, 10);
	ck_assert_uint_eq(info.tcpi_options, TCPI_OPT_TIMESTAMPS |
	                                             TCPI_OPT_SACK |
	                                             TCPI_OPT_WSCALE);

	ck_assert_int_eq(tarn_posix_getsockopt(conn.listener, IPPROTO_TCP,
	                                       TCP_INFO, &info, &len),
	                 0);
	ck_assert_uint_eq(info.tcpi_state, TCP_LISTEN);
	fails(tarn_posix_getsockopt(socket_of(&A, SOCK_DGRAM), IPPROTO_TCP,
	                            TCP_INFO, &info, &len),
	      ENOPROTOOPT);
}
END_TEST

START_TEST(congestion_control_has_a_name)
{
	const int fd   = socket_of(&A, SOCK_STREAM);
	char field[20] = "";
	socklen_t len  = sizeof(field);

	ck_assert_int_eq(tarn_posix_setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION,
	                                       "reno", 4),
	                 0);
	ck_assert_int_eq(tarn_posix_getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION,
	                                       field, &len),
	                 0);
	ck_assert_str_eq(field, "reno");
	ck_assert_uint_eq(len, 16);
	len = 3;
	ck_assert_int_eq(tarn_posix_getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION,
	                                       field, &len),
	                 0);
	ck_assert_uint_eq(len, 3);
	fails(tarn_posix_setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "bbr", 3),
	      ENOENT);
	fails(tarn_posix_setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION,
	                            "a name that is very long indeed", 31),
	      ENOENT);
	fails(tarn_posix_getsockopt(socket_of(&A, SOCK_DGRAM), IPPROTO_TCP,
	                            TCP_CONGESTION, field, &len),
	      ENOPROTOOPT);
}
END_TEST

START_TEST(unknown_options_are_enoprotoopt)
{
	const int fd  = socket_of(&A, SOCK_STREAM);
	socklen_t len = sizeof(int);
	int value     = 0;

	fails(set_int(fd, SOL_SOCKET, SO_PASSCRED, 1), ENOPROTOOPT);
	fails(set_int(fd, IPPROTO_IP, IP_OPTIONS, 1), ENOPROTOOPT);
	fails(set_int(fd, 77, 1, 1), ENOPROTOOPT);
	fails(set_int(fd, SOL_SOCKET, SO_ERROR, 1), ENOPROTOOPT);
	fails(tarn_posix_getsockopt(fd, 77, 1, &value, &len), ENOPROTOOPT);
}
END_TEST

START_TEST(values_are_checked_and_cut)
{
	const int fd  = socket_of(&A, SOCK_STREAM);
	socklen_t len = 1;
	int value     = 0;

	fails(set_int(fd, IPPROTO_IP, IP_TTL, 300), EINVAL);
	fails(tarn_posix_setsockopt(fd, IPPROTO_IP, IP_TTL, &value, 3), EINVAL);
	fails(tarn_posix_setsockopt(fd, IPPROTO_IP, IP_TTL, NULL, 4), EFAULT);
	fails(tarn_posix_getsockopt(fd, IPPROTO_IP, IP_TTL, NULL, &len),
	      EFAULT);
	fails(tarn_posix_getsockopt(fd, IPPROTO_IP, IP_TTL, &value, NULL),
	      EFAULT);
	ck_assert_int_eq(
	        tarn_posix_getsockopt(fd, IPPROTO_IP, IP_TTL, &value, &len), 0);
	ck_assert_uint_eq(len, 1);
	ck_assert_int_eq(value, 64);
}
END_TEST

START_TEST(fcntl_switches_nonblocking)
{
	const struct conn conn = connected();
	char buf[4];

	ck_assert_int_eq(tarn_posix_fcntl(conn.a, F_GETFL), O_RDWR);
	ck_assert_int_eq(tarn_posix_fcntl(conn.a, F_SETFL, O_RDWR | O_NONBLOCK),
	                 0);
	ck_assert_int_eq(tarn_posix_fcntl(conn.a, F_GETFL),
	                 O_RDWR | O_NONBLOCK);
	fails(tarn_posix_recv(conn.a, buf, sizeof(buf), 0), EAGAIN);
	ck_assert_int_eq(tarn_posix_fcntl(conn.a, F_SETFD, FD_CLOEXEC), 0);
	ck_assert_int_eq(fcntl(conn.a, F_GETFD), FD_CLOEXEC);
	fails(tarn_posix_fcntl(conn.a, F_DUPFD, 0), EINVAL);
}
END_TEST

PAIR_SUITE("posix_option", what_is_set_can_be_read, what_a_socket_is,
           timeouts_are_stored, negative_timeout_is_over_at_once,
           linger_is_stored, tcp_info_is_linuxs_struct,
           congestion_control_has_a_name, unknown_options_are_enoprotoopt,
           values_are_checked_and_cut, fcntl_switches_nonblocking)
