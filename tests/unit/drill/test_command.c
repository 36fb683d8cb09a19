/* SPDX-License-Identifier: MIT */
/* test_command.c - shell lines as settings, and %{ assertions }% */
#include "tests/unit/drill/played.h"
#include "tools/drill/shell.h"

/* ---- words ---- */

static struct shell_command command;

static int first_of(const char *text)
{
	return shell_next(&text, &command);
}

START_TEST(words_are_split_at_blanks)
{
	ck_assert_int_eq(first_of("sysctl -q a.b=1  c=2"), 1);
	ck_assert_uint_eq(command.count, 4);
	ck_assert_str_eq(command.word[2], "a.b=1");
	ck_assert_str_eq(command.word[3], "c=2");
	ck_assert_ptr_null(command.word[4]);
}
END_TEST

START_TEST(quotes_protect)
{
	ck_assert_int_eq(first_of("sysctl a=\"1 2 3\" 'b c'"), 1);
	ck_assert_uint_eq(command.count, 3);
	ck_assert_str_eq(command.word[1], "a=1 2 3");
	ck_assert_str_eq(command.word[2], "b c");
}
END_TEST

START_TEST(redirections_are_taken_away)
{
	ck_assert_int_eq(first_of("echo 1 > /proc/x 2>&1"), 1);
	ck_assert_uint_eq(command.count, 2);
	ck_assert_str_eq(command.output, "/proc/x");
	ck_assert_int_eq(first_of("sysctl a=1 > /dev/null 2>&1"), 1);
	ck_assert_uint_eq(command.count, 2);
	ck_assert_int_eq(first_of("tc add 2>/dev/null"), 1);
	ck_assert_uint_eq(command.count, 2);
	ck_assert_ptr_null(command.output);
}
END_TEST

START_TEST(commands_end_at_separators)
{
	const char *text          = "a b; c && d\n# remark\ne || f";
	const char *const names[] = { "a", "c", "d", "e", "f" };

	for (size_t i = 0; i < 5; i++) {
		ck_assert_int_eq(shell_next(&text, &command), 1);
		ck_assert_str_eq(command.word[0], names[i]);
	}
	ck_assert_int_eq(shell_next(&text, &command), 0);
}
END_TEST

START_TEST(a_real_shell_is_not_here)
{
	ck_assert_int_eq(first_of("nstat | grep x"), SHELL_NOT_A_SHELL);
	ck_assert_int_eq(first_of("a=$(b)"), SHELL_NOT_A_SHELL);
	ck_assert_int_eq(first_of("echo \"unfinished"), SHELL_NOT_A_SHELL);
	ck_assert_int_eq(first_of("sleep 1 &"), SHELL_NOT_A_SHELL);
}
END_TEST

/* ---- settings ---- */

START_TEST(a_sysctl_sets_the_stack)
{
	passes("`sysctl -q net.ipv4.tcp_sack=0`\n" CONNECTS);
	ck_assert(played.world.config.no_sack);
	passes("`sysctl -w net.ipv4.tcp_rmem=\"4096 20000 40000\"`\n" LISTENS);
	ck_assert_uint_eq(played.world.config.rcvbuf, 10000);
	passes("`../common/set_sysctls.py "
	       "/proc/sys/net/ipv4/tcp_ecn=1`\n" LISTENS);
	ck_assert_uint_eq(played.world.config.ecn, TARN_ECN_REQUEST);
	passes("`echo 3 > /proc/sys/net/ipv4/tcp_syn_retries`\n" LISTENS);
	ck_assert_uint_eq(played.world.config.syn_retries, 3);
	passes("`sysctl net.inet.tcp.cc.algorithm=newreno`\n" LISTENS);
	ck_assert_str_eq(played.world.config.congestion, "reno");
}
END_TEST

START_TEST(a_route_sets_the_stack)
{
	passes("`ip route change 192.0.2.1 dev tun0 initcwnd 4 mtu lock 1400 "
	       "rto_min 5ms`\n" LISTENS);
	ck_assert_uint_eq(played.world.config.initial_window, 4);
	ck_assert_uint_eq(played.world.config.mtu, 1400);
	ck_assert_uint_eq(played.world.config.rto_us_min, 5000);
}
END_TEST

START_TEST(what_changes_nothing_is_ignored)
{
	passes("`../../common/defaults.sh`\n"
	       "`tc qdisc add dev tun0 root pfifo`\n"
	       "`ip tcp_metrics flush all > /dev/null 2>&1`\n"
	       "`sysctl -q net.core.rmem_max=10000000`\n"
	       "`kldload -n cc_cubic`\n" LISTENS);
}
END_TEST

START_TEST(what_tarn_cannot_is_skipped_by_name)
{
	skips("`sysctl -q net.ipv4.tcp_mtu_probing=2`\n" LISTENS,
	      "net.ipv4.tcp_mtu_probing=2");
	skips("`sysctl -q net.ipv4.tcp_new_thing=1`\n" LISTENS,
	      "net.ipv4.tcp_new_thing=1");
	skips("`sysctl -q net.ipv4.tcp_congestion_control=bbr`\n" LISTENS,
	      "bbr");
	skips("`iptables -A INPUT -j DROP`\n" LISTENS, "iptables");
	skips("`ip route change 192.0.2.1 dev tun0 initrwnd 4`\n" LISTENS,
	      "initrwnd");
}
END_TEST

START_TEST(a_late_change_is_skipped)
{
	skips(CONNECTS "+0 `sysctl -q net.ipv4.tcp_sack=0`\n"
	               "+0 write(4, ..., 10) = 10\n",
	      "behind its first packet");
	/* The end, where a script puts back what it changed. */
	passes("`sysctl -q net.ipv4.tcp_sack=0`\n" CONNECTS
	       "+0 `sysctl -q net.ipv4.tcp_sack=1`\n");
}
END_TEST

START_TEST(a_sleep_passes_time)
{
	passes("0 `sleep 1.5`\n"
	       "1.5 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n");
}
END_TEST

/* ---- options of a script ---- */

START_TEST(options_set_addresses_and_sizes)
{
	passes("--local_ip=10.1.2.3\n--remote_ip=10.9.9.9\n--bind_port=90\n"
	       "--mtu=1400\n" LISTENS "+0 < S 0:0(0) win 32792 <mss 1000>\n"
	       "+0 > 10.1.2.3:90 > 10.9.9.9:53055 S. 0:0(0) ack 1 "
	       "<mss 1360>\n");
}
END_TEST

/* ---- assertions ---- */

#define CODE(text) CONNECTS "+0 %{ " text " }%\n"

START_TEST(an_assertion_that_holds_passes)
{
	passes(CODE("assert tcpi_snd_cwnd == 10, tcpi_snd_cwnd"));
	passes(CODE("assert tcpi_state == TCP_ESTABLISHED"));
	passes(CODE("\n  a = tcpi_snd_mss\n  assert a == 1000\n"));
}
END_TEST

START_TEST(an_assertion_that_does_not_hold_fails_in_its_line)
{
	fails(CODE("assert tcpi_snd_cwnd == 11, tcpi_snd_cwnd"), 8, "it is 10");
	fails(CODE("nonsense("), 8, "fails");
}
END_TEST

START_TEST(an_assertion_on_what_tarn_lacks_is_skipped)
{
	skips(CODE("assert tcpi_pacing_rate > 0"), "tcpi_pacing_rate");
	skips(CODE("assert so_meminfo[0] == 0"), "so_meminfo");
}
END_TEST

static Suite *suite(void)
{
	Suite *s     = suite_create("drill_command");
	TCase *tcase = tcase_create("command");

	tcase_add_test(tcase, words_are_split_at_blanks);
	tcase_add_test(tcase, quotes_protect);
	tcase_add_test(tcase, redirections_are_taken_away);
	tcase_add_test(tcase, commands_end_at_separators);
	tcase_add_test(tcase, a_real_shell_is_not_here);
	tcase_add_test(tcase, a_sysctl_sets_the_stack);
	tcase_add_test(tcase, a_route_sets_the_stack);
	tcase_add_test(tcase, what_changes_nothing_is_ignored);
	tcase_add_test(tcase, what_tarn_cannot_is_skipped_by_name);
	tcase_add_test(tcase, a_late_change_is_skipped);
	tcase_add_test(tcase, a_sleep_passes_time);
	tcase_add_test(tcase, options_set_addresses_and_sizes);
	tcase_add_test(tcase, an_assertion_that_holds_passes);
	tcase_add_test(tcase,
	               an_assertion_that_does_not_hold_fails_in_its_line);
	tcase_add_test(tcase, an_assertion_on_what_tarn_lacks_is_skipped);
	suite_add_tcase(s, tcase);

	return s;
}

TEST_MAIN(suite)
