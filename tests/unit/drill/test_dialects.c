/* SPDX-License-Identifier: MIT */
/*
 * test_dialects.c - scripts in the manner of the public collections
 *
 * Not copies: each is written here, with the habits of those who write for
 * that collection (blanks, order, what is left out). All must parse; how many
 * events there are shows that none was swallowed by another.
 */
#include "tests/unit/drill/parsed.h"

static const struct {
	const char *name, *text;
	unsigned events;
} dialects[] = {
	{ "Linux selftests: a server with sysctls and code",
	  "// SPDX-License-Identifier: GPL-2.0\n"
	  "// Test something about slow start.\n"
	  "\n"
	  "`./defaults.sh\n"
	  "./set_sysctls.py /proc/sys/net/ipv4/tcp_min_tso_segs=4`\n"
	  "\n"
	  "// Establish a connection.\n"
	  "    0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n"
	  "   +0 setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0\n"
	  "   +0 setsockopt(3, SOL_SOCKET, SO_SNDBUF, [200000], 4) = 0\n"
	  "   +0 bind(3, ..., ...) = 0\n"
	  "   +0 listen(3, 1) = 0\n"
	  "\n"
	  "   +0 < S 0:0(0) win 32792 <mss 1000,sackOK,nop,nop,nop,wscale 7>\n"
	  "   +0 > S. 0:0(0) ack 1 <mss 1460,nop,nop,sackOK,nop,wscale 8>\n"
	  "  +.1 < . 1:1(0) ack 1 win 257\n"
	  "\n"
	  "   +0 accept(3, ..., ...) = 4\n"
	  "   +0 write(4, ..., 1000) = 1000\n"
	  "   +0 > P. 1:1001(1000) ack 1\n"
	  "+.105 < . 1:1(0) ack 1001 win 257 <nop, nop, sack 2001:3001>\n"
	  "+.195~+.205 > P. 1:1001(1000) ack 1\n"
	  "   +0 %{ assert tcpi_snd_cwnd == 20, 'cwnd=%d' % tcpi_snd_cwnd }%\n"
	  "   +0 `ss -ti`\n",
	  16 },
	{ "Linux selftests: epoll, poll, blocking and an error queue",
	  "`sysctl -q net.ipv4.tcp_syncookies=0`\n"
	  " 0.000 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n"
	  "+0.000 fcntl(3, F_GETFL) = 0x2 (flags O_RDWR)\n"
	  "+0.000 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0\n"
	  "+0 epoll_create(1) = 5\n"
	  "+0 epoll_ctl(5, EPOLL_CTL_ADD, 3, {events=EPOLLIN | EPOLLET, fd=3})"
	  " = 0\n"
	  "+0...0.1 epoll_wait(5, {events=EPOLLIN|EPOLLOUT, fd=3}, 1, 100) = "
	  "1\n"
	  "+0 poll([{fd=4, events=POLLIN|POLLOUT, revents=POLLOUT}], 1, 0) = "
	  "1\n"
	  "+0 setsockopt(4, SOL_SOCKET, SO_TIMESTAMPING,\n"
	  "     [SOF_TIMESTAMPING_TX_SCHED | SOF_TIMESTAMPING_OPT_TSONLY], 4)"
	  " = 0\n"
	  "+0 recvmsg(4, {msg_name(...)=...,\n"
	  "               msg_iov(1)=[{...,0}],\n"
	  "               msg_flags=MSG_ERRQUEUE|MSG_TRUNC,\n"
	  "               msg_control=[\n"
	  "                 {cmsg_level=SOL_SOCKET,\n"
	  "                  cmsg_type=SCM_TIMESTAMPING,\n"
	  "                  cmsg_data={scm_sec=0,scm_nsec=50000000}},\n"
	  "                 {cmsg_level=CMSG_LEVEL_IP,\n"
	  "                  cmsg_type=CMSG_TYPE_RECVERR,\n"
	  "                  cmsg_data={ee_errno=ENOMSG,\n"
	  "                    ee_origin=SO_EE_ORIGIN_TIMESTAMPING, "
	  "ee_type=0,\n"
	  "                    ee_code=0, ee_info=SCM_TSTAMP_SCHED,\n"
	  "                    ee_data=999}}\n"
	  "               ]}, MSG_ERRQUEUE) = 0\n"
	  "+0 sendmsg(4, {msg_name(...)=..., msg_iov(2)=[{..., 10},{..., 0}],\n"
	  "  msg_flags=0}, MSG_ZEROCOPY) = 10\n"
	  "+0 ioctl(4, SIOCINQ, [1000]) = 0\n"
	  "+0 getsockopt(4, SOL_TCP, TCP_MAXSEG, [1460], [4]) = 0\n"
	  "+0 setsockopt(4, SOL_TCP, TCP_CONGESTION, \"reno\", 4) = 0\n"
	  "+0 shutdown(4, SHUT_RDWR) = -1 ENOTCONN (Transport endpoint is not "
	  "connected)\n",
	  15 },
	{ "Linux selftests: fast open",
	  "`sysctl -q net.ipv4.tcp_fastopen=519`\n"
	  "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n"
	  "+0 setsockopt(3, SOL_TCP, TCP_FASTOPEN, [1], 4) = 0\n"
	  "+0 < S 0:1000(1000) win 65535 <mss 1460,sackOK,nop,nop,FO "
	  "TFO_COOKIE,nop,nop>\n"
	  "+0 > S. 0:0(0) ack 1001 <mss 1460,nop,nop,sackOK>\n"
	  "+0 sendto(3, ..., 500, MSG_FASTOPEN, ..., ...) = 500\n"
	  "+0 > S 0:0(0) <mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 8,FO,nop,"
	  "nop>\n",
	  7 },
	{ "Linux selftests: AccECN",
	  "`sysctl -q net.ipv4.tcp_ecn=3`\n"
	  "+.0 < [noecn] SEWA 0:0(0) win 32792 <mss 1050,nop,nop,sackOK>\n"
	  "+.002 > [noecn] SW. 0:0(0) ack 1 <mss 1460,nop,nop,sackOK>\n"
	  "+0.01 < [ect0] .5 1:1(0) ack 1 win 264 <ECN e1b 1 ceb 0 e0b 1,nop>\n"
	  "+0.01 > [ect1] EAP. 1:1051(1050) ack 1 <ECN e1b 1 ceb 0 e0b 1,nop>\n"
	  "+.01 < [ce] PE. 1:11(10) ack 1051 win 264\n",
	  6 },
	{ "Google's: ICMP, UDP, tunnels, windows that may be any",
	  "--mtu=1500\n--tolerance_usecs=5000\n"
	  "0.000 socket(..., SOCK_DGRAM, IPPROTO_UDP) = 3\n"
	  "0.100 > udp (1472)\n"
	  "0.110 < icmp unreachable port_unreachable [udp (1472)]\n"
	  "0.2 < icmp unreachable frag_needed mtu 1200 [1:1461(1460)]\n"
	  "0.3 > ipv4 192.168.0.1 > 192.0.2.1: gre: . 1:1(0) ack 1\n"
	  "0.4 > mpls (label 123, tc 0, [S], ttl 64): udp (10)\n"
	  "*   > R. 1:1(0) ack 1 win 0\n"
	  "0.5...0.9 connect(4, {sa_family = AF_INET, sin_port = htons(8080),"
	  " sin_addr = inet_addr(\"192.0.2.1\")}, ...) = 0\n",
	  8 },
	{ "FreeBSD's: tables of blanks, EOL for padding, its own TCP_INFO",
	  "--ip_version=ipv4\n"
	  " 0.00 `kldload -n cc_cubic`\n"
	  "+0.00 `sysctl -w net.inet.tcp.syncookies=0`\n"
	  "+0.00 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n"
	  "+0.00 setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0\n"
	  "+0.00 bind(3, {sa_family=AF_INET, sin_port=htons(8080), "
	  "sin_addr=inet_addr(\"192.168.0.1\")}, 16) = 0\n"
	  "+0.00 listen(3, 1) = 0\n"
	  "+0.00 < S      0:0(0)               win 65535 <mss 1460,sackOK,eol,"
	  "eol>\n"
	  "+0.00 > S.     0:0(0)    ack      1 win 65535 <mss 1460,sackOK,eol,"
	  "eol>\n"
	  "+0.05 < .      1:1(0)    ack      1 win 65535\n"
	  "+0.00 accept(3, ..., ...) = 4\n"
	  "+0.00 getsockopt(4, IPPROTO_TCP, TCP_INFO, "
	  "{tcpi_state=TCPS_ESTABLISHED, tcpi_rtt=..., ...}, [140]) = 0\n"
	  "+0.00 setsockopt(4, IPPROTO_TCP, TCP_FUNCTION_BLK, "
	  "{function_set_name=\"rack\", pcbcnt=0}, 36) = 0\n"
	  "+0.10 < R      1:1(0)               win     0\n"
	  "+0.10 > R.     0!:0!(0)  ack      1 win     0\n"
	  "+0.00 > -      1:1(0) <TS val ... ecr 0!,nop,nop>\n"
	  "+0.00 < 1234 > 8080 S 0:0(0) win 65535 <...>\n"
	  "+0.00 close(4) = 0\n",
	  17 },
	{ "FreeBSD's: SCTP and TCP in UDP",
	  "+0.0 > sctp: INIT[flgs=0, tag=1, a_rwnd=1500, os=1, is=1, tsn=0,\n"
	  "                  IPV4_ADDRESS[addr=1.2.3.4],\n"
	  "                  SUPPORTED_EXTENSIONS[types=[ASCONF]]]\n"
	  "+0.1 < sctp: ABORT[flgs=0]\n"
	  "+0.2 > tcp/udp(9899 > 9899): S 0:0(0) win 65535 <mss 1460>\n",
	  3 },
};

START_TEST(dialect_is_understood)
{
	parsed(dialects[_i].text);
	ck_assert_msg(script->event_count == dialects[_i].events,
	              "%s: %u events", dialects[_i].name, script->event_count);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("dialects");
	TCase *t = parsed_case(s, "dialects");

	tcase_add_loop_test(t, dialect_is_understood, 0, ARRAY_LEN(dialects));

	return s;
}

TEST_MAIN(suite)
