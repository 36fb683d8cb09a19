/* SPDX-License-Identifier: MIT */
/* test_open.c - addresses and numbers as commands read them */
#include "apps/tarn/command.h"
#include "base/bytes.h"
#include "tests/unit/lib/test.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What goes to standard error between the two calls. */
static char said[1024];
static int saved_fd;
static FILE *caught;

static void listen_in(void)
{
	caught   = tmpfile();
	saved_fd = dup(STDERR_FILENO);
	ck_assert_ptr_nonnull(caught);
	dup2(fileno(caught), STDERR_FILENO);
}

static void listen_no_more(void)
{
	size_t len;

	fflush(stderr);
	dup2(saved_fd, STDERR_FILENO);
	close(saved_fd);
	rewind(caught);
	len       = fread(said, 1, sizeof(said) - 1, caught);
	said[len] = '\0';
	fclose(caught);
}

static bool read_address(const char *host, const char *port,
                         struct tarn_addr *ret)
{
	bool is_right;

	listen_in();
	is_right = command_address(host, port, ret);
	listen_no_more();

	return is_right;
}

static const struct {
	const char *host, *port;
	uint16_t wanted;
} right[] = {
	{ "10.9.0.1", "80", 80 },
	{ "10.9.0.1:65535", NULL, 65535 },
	{ "10.9.0.1", NULL, 0 },
};

START_TEST(address_and_port_together_or_apart)
{
	const struct tarn_ip ip = tarn_ip4(10, 9, 0, 1);
	struct tarn_addr addr;

	ck_assert(read_address(right[_i].host, right[_i].port, &addr));
	ck_assert_mem_eq(&addr.ip, &ip, sizeof(ip));
	ck_assert_uint_eq(addr.port, right[_i].wanted);
	ck_assert_str_eq(said, "");
}
END_TEST

/* Each with a word that its message must contain. */
static const struct {
	const char *host, *port, *word;
} wrong[] = {
	{ "example.org", "80", "DNS" },
	{ "localhost", NULL, "DNS" },
	{ "10.9.0", "80", "10.9.0.1" },
	{ "10.9.0.1.2", "80", "10.9.0.1" },
	{ "", "80", "four numbers" },
	{ "::1", "80", "IPv6" },
	{ "fe80::1", NULL, "IPv6" },
	{ "10.9.0.1", "0", "1 to 65535" },
	{ "10.9.0.1", "65536", "1 to 65535" },
	{ "10.9.0.1", "http", "'http'" },
	{ "10.9.0.1:", NULL, "1 to 65535" },
	{ "10.9.0.1:80", "80", "10.9.0.1:80" },
};

START_TEST(what_is_no_address_is_told_and_changes_nothing)
{
	struct tarn_addr addr = { .port = 7 };

	ck_assert(!read_address(wrong[_i].host, wrong[_i].port, &addr));
	ck_assert_msg(strstr(said, wrong[_i].word) != NULL, "%s", said);
	ck_assert_uint_eq(addr.port, 7);
}
END_TEST

START_TEST(a_long_name_is_cut_not_overrun)
{
	char name[4096];
	struct tarn_addr addr;

	memset(name, 'x', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	ck_assert(!read_address(name, "80", &addr));
	ck_assert_ptr_nonnull(strstr(said, "DNS"));
}
END_TEST

START_TEST(a_complaint_names_peer_reason_and_cure)
{
	const struct tarn_addr peer = { tarn_ip4(10, 9, 0, 1), 81 };

	listen_in();
	ck_assert_int_eq(command_complain(&peer, -ECONNREFUSED), EXIT_FAILURE);
	listen_no_more();
	ck_assert_ptr_nonnull(strstr(said, "tarn: 10.9.0.1:81: "));
	ck_assert_ptr_nonnull(strstr(said, "nothing listens"));
}
END_TEST

START_TEST(without_a_link_the_cure_is_offered)
{
	const struct host_options options = { .ip = tarn_ip4(10, 9, 0, 2) };

	listen_in();
	ck_assert_ptr_null(command_open(&options));
	listen_no_more();
	ck_assert_ptr_nonnull(strstr(said, "--link"));
	ck_assert_ptr_nonnull(strstr(said, "tarn shell"));
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("open");
	TCase *tc = tcase_create("open");

	tcase_add_loop_test(tc, address_and_port_together_or_apart, 0,
	                    ARRAY_LEN(right));
	tcase_add_loop_test(tc, what_is_no_address_is_told_and_changes_nothing,
	                    0, ARRAY_LEN(wrong));
	tcase_add_test(tc, a_long_name_is_cut_not_overrun);
	tcase_add_test(tc, a_complaint_names_peer_reason_and_cure);
	tcase_add_test(tc, without_a_link_the_cure_is_offered);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
