/* SPDX-License-Identifier: MIT */
/* test_error.c - sentences for errors */
#include "base/bytes.h"
#include "tarn.h"
#include "tests/unit/lib/test.h"
#include <errno.h>

/* Every errno that a contract in tarn.h names. */
static const int promised[] = {
	EINVAL,       EAFNOSUPPORT, ENOMEM,       EADDRINUSE,    EAGAIN,
	ENOBUFS,      EMFILE,       EBADF,        EADDRNOTAVAIL, EOPNOTSUPP,
	EINPROGRESS,  EALREADY,     EISCONN,      ENETUNREACH,   EACCES,
	EPIPE,        ENOTCONN,     ECONNRESET,   ETIMEDOUT,     EMSGSIZE,
	ECONNREFUSED, ENOPROTOOPT,  EHOSTUNREACH,
};

START_TEST(every_promised_error_has_a_sentence_of_its_own)
{
	const char *sentence = tarn_strerror(-promised[_i]);

	ck_assert_str_ne(sentence, "unknown error");
	for (size_t j = 0; j < ARRAY_LEN(promised); j++)
		if ((int)j != _i)
			ck_assert_str_ne(sentence, tarn_strerror(-promised[j]));
}
END_TEST

START_TEST(a_count_is_success)
{
	ck_assert_str_eq(tarn_strerror(0), "success");
	ck_assert_str_eq(tarn_strerror(17), "success");
}
END_TEST

START_TEST(any_other_number_is_unknown)
{
	ck_assert_str_eq(tarn_strerror(-99999), "unknown error");
	ck_assert_str_eq(tarn_strerror(INT32_MIN), "unknown error");
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("base/error");
	TCase *tc = tcase_create("error");

	tcase_add_loop_test(tc, every_promised_error_has_a_sentence_of_its_own,
	                    0, ARRAY_LEN(promised));
	tcase_add_test(tc, a_count_is_success);
	tcase_add_test(tc, any_other_number_is_unknown);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
