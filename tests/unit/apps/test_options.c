/* SPDX-License-Identifier: MIT */
/* test_options.c - the options in front of the sub-command */
#include "apps/tarn/options.h"
#include "base/bytes.h"
#include "tests/unit/lib/test.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define WORDS_MAX 80

static struct host_options options;
static char error[OPTIONS_ERROR_LEN];
static int at;

/* Read "tarn LINE", split at blanks; '_' stands for a blank inside a word. */
static enum options_outcome read_line(const char *line)
{
	static char text[2048];
	char *argv[WORDS_MAX] = { text };
	int argc              = 1;
	char *next;

	snprintf(text, sizeof(text), "tarn %s", line);
	next    = strchr(text, ' ');
	*next++ = '\0';
	for (char *word = strtok(next, " "); word; word = strtok(NULL, " ")) {
		for (char *c = word; *c; c++)
			if (*c == '_')
				*c = ' ';
		argv[argc++] = word;
	}
	error[0] = '\0';

	return options_read(argc, argv, &options, &at, error);
}

START_TEST(nothing_given_leaves_the_defaults)
{
	ck_assert_int_eq(read_line("serve"), OPTIONS_RUN);
	ck_assert_int_eq(at, 1);
	ck_assert_ptr_null(options.link);
	ck_assert_int_eq(options.ip.version, TARN_IP_NONE);
	ck_assert_int_eq(options.gateway.version, TARN_IP_NONE);
	ck_assert_uint_eq(options.mtu, 0);
	ck_assert_ptr_null(options.congestion);
	ck_assert(!options.has_seed && !options.ladder && !options.verbose);
	ck_assert_uint_eq(options.busy_poll_us, 0);
}
END_TEST

START_TEST(busy_polling_has_a_length_or_the_usual_one)
{
	ck_assert_int_eq(read_line("--busy-poll serve"), OPTIONS_RUN);
	ck_assert_int_eq(at, 2);
	ck_assert_uint_eq(options.busy_poll_us, 1000);
	ck_assert_int_eq(read_line("--busy-poll=50 serve"), OPTIONS_RUN);
	ck_assert_uint_eq(options.busy_poll_us, 50);
}
END_TEST

START_TEST(the_line_of_the_design_is_read_whole)
{
	static const uint8_t mac[6] = { 2, 0, 0, 0, 0, 7 };
	const struct tarn_ip ip     = tarn_ip4(10, 9, 0, 2);
	const struct tarn_ip gw     = tarn_ip4(10, 9, 0, 1);

	ck_assert_int_eq(
	        read_line(
	                "--link tap:tap0 --ip 10.9.0.2/24 --gateway 10.9.0.1 "
	                "--mac 02:00:00:00:00:07 --mtu 1400 --capture c.pcapng "
	                "--log l.jsonl --ladder --seed 7 --fault drop_out_syn "
	                "--fault dup_in_data#3 --offload off -v serve --port "
	                "8"),
	        OPTIONS_RUN);
	ck_assert_int_eq(at, 25);
	ck_assert_str_eq(options.link, "tap:tap0");
	ck_assert_mem_eq(&options.ip, &ip, sizeof(ip));
	ck_assert_uint_eq(options.prefix_len, 24);
	ck_assert_mem_eq(&options.gateway, &gw, sizeof(gw));
	ck_assert_mem_eq(options.mac, mac, sizeof(mac));
	ck_assert_uint_eq(options.mtu, 1400);
	ck_assert_str_eq(options.capture, "c.pcapng");
	ck_assert_str_eq(options.log, "l.jsonl");
	ck_assert(options.ladder && options.verbose && options.has_seed);
	ck_assert_uint_eq(options.seed, 7);
	ck_assert_uint_eq(options.fault_count, 2);
	ck_assert_str_eq(options.fault[0], "drop out syn");
	ck_assert_str_eq(options.fault[1], "dup in data#3");
}
END_TEST

START_TEST(a_value_may_stand_behind_an_equals_sign)
{
	ck_assert_int_eq(read_line("--link=tap:tap3 --ip=10.0.0.9 ping"),
	                 OPTIONS_RUN);
	ck_assert_int_eq(at, 3);
	ck_assert_str_eq(options.link, "tap:tap3");
	ck_assert_uint_eq(options.prefix_len, 24);
}
END_TEST

START_TEST(congestion_control_has_a_name)
{
	ck_assert_int_eq(read_line("--congestion reno serve"), OPTIONS_RUN);
	ck_assert_str_eq(options.congestion, "reno");
	ck_assert_int_eq(read_line("--congestion=cubic serve"), OPTIONS_RUN);
	ck_assert_str_eq(options.congestion, "cubic");
}
END_TEST

START_TEST(a_dash_alone_is_the_value_standard_output)
{
	ck_assert_int_eq(read_line("--capture - serve"), OPTIONS_RUN);
	ck_assert_str_eq(options.capture, "-");
	ck_assert_int_eq(at, 3);
}
END_TEST

START_TEST(what_stands_behind_the_command_is_not_ours)
{
	ck_assert_int_eq(read_line("serve --nonsense"), OPTIONS_RUN);
	ck_assert_int_eq(at, 1);
}
END_TEST

START_TEST(help_and_version_win_over_what_follows)
{
	ck_assert_int_eq(read_line("--help --nonsense"), OPTIONS_HELP);
	ck_assert_int_eq(read_line("-h"), OPTIONS_HELP);
	ck_assert_int_eq(read_line("-V --nonsense"), OPTIONS_VERSION);
	ck_assert_int_eq(read_line("--version"), OPTIONS_VERSION);
}
END_TEST

/* Each with a word that its message must contain. */
static const char *const wrong[][2] = {
	{ "--nonsense serve", "--help" },
	{ "-x serve", "-x" },
	{ "--lin tap:tap0", "--lin" },
	{ "--link", "tap:NAME" },
	{ "--link= serve", "tap:NAME" },
	{ "--ladder=yes serve", "takes no value" },
	{ "--ip 10.9.0 serve", "10.9.0.2/24" },
	{ "--ip 10.9.0.256 serve", "10.9.0.256" },
	{ "--ip 10.9.0.2/0 serve", "10.9.0.2/0" },
	{ "--ip 10.9.0.2/33 serve", "10.9.0.2/33" },
	{ "--ip 10.9.0.2/ serve", "10.9.0.2/" },
	{ "--ip 10.9.0.2/8x serve", "10.9.0.2/8x" },
	{ "--ip 11111111111111111111111111111111111111111111111111111111111.1",
	  "--ip" },
	{ "--gateway nonsense serve", "10.9.0.1" },
	{ "--mac 02:00:00:00:00 serve", "02:54" },
	{ "--mac 02:00:00:00:00:00:01 serve", "02:54" },
	{ "--mac 2:0:0:0:0:1 serve", "02:54" },
	{ "--mac 02:00:00:00:00:0g serve", "02:54" },
	{ "--mac +2:00:00:00:00:01 serve", "02:54" },
	{ "--mac 0 serve", "02:54" },
	{ "--mac 03:00:00:00:00:01 serve", "one station" },
	{ "--mac 00:00:00:00:00:00 serve", "one station" },
	{ "--mtu 575 serve", "576" },
	{ "--mtu 65536 serve", "65535" },
	{ "--mtu -1500 serve", "-1500" },
	{ "--seed 0x10 serve", "0x10" },
	{ "--seed 18446744073709551616 serve", "number" },
	{ "--offload maybe serve", "on or off" },
	{ "--msl 0 serve", "seconds" },
	{ "--busy-poll=0 serve", "microseconds" },
	{ "--busy-poll=1000001 serve", "microseconds" },
	{ "--congestion bbr serve", "cubic or reno" },
};

START_TEST(what_is_wrong_is_named_with_what_is_right)
{
	ck_assert_int_eq(read_line(wrong[_i][0]), OPTIONS_WRONG);
	ck_assert_msg(strstr(error, wrong[_i][1]) != NULL, "%s: %s",
	              wrong[_i][0], error);
}
END_TEST

START_TEST(as_many_faults_as_the_host_takes_and_no_more)
{
	char line[1024] = "";

	for (unsigned i = 0; i < HOST_FAULTS_MAX; i++)
		strcat(line, "--fault drop_in_rst ");
	ck_assert_int_eq(read_line(line), OPTIONS_RUN);
	ck_assert_uint_eq(options.fault_count, HOST_FAULTS_MAX);
	strcat(line, "--fault drop_in_rst");
	ck_assert_int_eq(read_line(line), OPTIONS_WRONG);
}
END_TEST

START_TEST(only_a_decimal_number_is_a_number)
{
	uint64_t value = 99;

	ck_assert_int_eq(number_read("", 0, 10, &value), -EINVAL);
	ck_assert_int_eq(number_read("+1", 0, 10, &value), -EINVAL);
	ck_assert_int_eq(number_read(" 1", 0, 10, &value), -EINVAL);
	ck_assert_int_eq(number_read("1 ", 0, 10, &value), -EINVAL);
	ck_assert_int_eq(number_read("11", 0, 10, &value), -ERANGE);
	ck_assert_int_eq(number_read("0", 1, 10, &value), -ERANGE);
	ck_assert_uint_eq(value, 99);
	ck_assert_int_eq(number_read("010", 0, 10, &value), 0);
	ck_assert_uint_eq(value, 10);
	ck_assert_int_eq(
	        number_read("18446744073709551615", 0, UINT64_MAX, &value), 0);
	ck_assert_uint_eq(value, UINT64_MAX);
}
END_TEST

static Suite *suite(void)
{
	Suite *s    = suite_create("options");
	TCase *read = tcase_create("options_read");
	TCase *num  = tcase_create("number_read");

	tcase_add_test(read, nothing_given_leaves_the_defaults);
	tcase_add_test(read, busy_polling_has_a_length_or_the_usual_one);
	tcase_add_test(read, the_line_of_the_design_is_read_whole);
	tcase_add_test(read, a_value_may_stand_behind_an_equals_sign);
	tcase_add_test(read, congestion_control_has_a_name);
	tcase_add_test(read, a_dash_alone_is_the_value_standard_output);
	tcase_add_test(read, what_stands_behind_the_command_is_not_ours);
	tcase_add_test(read, help_and_version_win_over_what_follows);
	tcase_add_loop_test(read, what_is_wrong_is_named_with_what_is_right, 0,
	                    ARRAY_LEN(wrong));
	tcase_add_test(read, as_many_faults_as_the_host_takes_and_no_more);
	suite_add_tcase(s, read);
	tcase_add_test(num, only_a_decimal_number_is_a_number);
	suite_add_tcase(s, num);

	return s;
}

TEST_MAIN(suite)
