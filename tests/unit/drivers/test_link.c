/* SPDX-License-Identifier: MIT */
/* test_link.c - the kinds of links, and what an impossible one says */
#include "base/bytes.h"
#include "drivers/link.h"
#include "tests/unit/lib/test.h"
#include <errno.h>
#include <string.h>

static const struct {
	const char *spec, *word; /* that the message must contain */
	int rc;
} wrong[] = {
	{ "", "tap:NAME", -EINVAL },
	{ "tap0", "tap:NAME", -EINVAL },
	{ "eth:eth0", "eth:eth0", -EINVAL },
	{ "TAP:tap0", "tap:NAME", -EINVAL },
	{ "tap:", "tap:tap0", -EINVAL },
	{ "pcap:", "interface", -EINVAL },
	{ "file:", "file", -EINVAL },
#ifdef TARN_HAVE_PCAP
	{ "file:/nowhere/at.pcap", "/nowhere/at.pcap", -ENOENT },
	{ "file:/etc/passwd", "--capture", -EBADMSG },
#else
	{ "file:/nowhere/at.pcap", "libpcap", -ENOTSUP },
	{ "pcap:eth0", "libpcap", -ENOTSUP },
#endif
};

START_TEST(an_impossible_link_says_what_is_possible)
{
	const struct link_options options = { .mtu = 1500 };
	char error[LINK_ERROR_LEN]        = "";
	struct link link                  = { .fd = -7 };

	ck_assert_int_eq(link_open(wrong[_i].spec, &options, &link, error),
	                 wrong[_i].rc);
	ck_assert_msg(strstr(error, wrong[_i].word) != NULL, "%s", error);
	ck_assert_int_eq(link.fd, -7);
}
END_TEST

#ifdef TARN_HAVE_PCAP
START_TEST(the_hosts_own_address_is_refused_with_the_reason)
{
	const struct link_options options = { .ip  = tarn_ip4(127, 0, 0, 1),
		                              .mtu = 1500 };
	char error[LINK_ERROR_LEN]        = "";
	struct link link;

	/* On any interface, even one that does not exist. */
	ck_assert_int_eq(link_open("pcap:nosuchif0", &options, &link, error),
	                 -EADDRINUSE);
	ck_assert_ptr_nonnull(strstr(error, "RST"));
	ck_assert_ptr_nonnull(strstr(error, "on lo"));
}
END_TEST
#endif

static Suite *suite(void)
{
	Suite *s  = suite_create("link");
	TCase *tc = tcase_create("link_open");

	tcase_add_loop_test(tc, an_impossible_link_says_what_is_possible, 0,
	                    ARRAY_LEN(wrong));
#ifdef TARN_HAVE_PCAP
	tcase_add_test(tc, the_hosts_own_address_is_refused_with_the_reason);
#endif
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
