/* SPDX-License-Identifier: MIT */
/* test_json.c - objects are whole, or none at all */
#include "drivers/json.h"
#include "tests/unit/lib/test.h"

START_TEST(commas_stand_between_values_only)
{
	char text[200];
	struct json json;

	json_begin(&json, text, sizeof(text));
	json_number(&json, "a", 1);
	json_open(&json, "list", '[');
	json_open(&json, NULL, '[');
	json_number(&json, NULL, 2);
	json_signed(&json, NULL, -3);
	json_close(&json, ']');
	json_bool(&json, NULL, true);
	json_close(&json, ']');
	json_open(&json, "empty", '{');
	json_close(&json, '}');
	json_milliseconds(&json, "t", 1002003);
	ck_assert_uint_eq(json_end(&json), strlen(text));
	ck_assert_str_eq(text, "{\"a\":1,\"list\":[[2,-3],true],\"empty\":{},"
	                       "\"t\":1002.003}\n");
}
END_TEST

START_TEST(octets_are_digits)
{
	static const uint8_t octets[] = { 0x00, 0x7f, 0xa9, 0xff };
	char text[64];
	struct json json;

	json_begin(&json, text, sizeof(text));
	json_hex(&json, "x", octets, sizeof(octets));
	json_hex(&json, "y", octets, 0);
	ck_assert_uint_gt(json_end(&json), 0);
	ck_assert_str_eq(text, "{\"x\":\"007fa9ff\",\"y\":\"\"}\n");
}
END_TEST

/* For every size that is too small: nothing, and no octet beyond it. */
START_TEST(what_does_not_fit_is_no_object)
{
	static const uint8_t octets[5] = { 1, 2, 3, 4, 5 };
	char text[64];
	struct json json;

	for (size_t size = 2; size < sizeof(text); size++) {
		size_t len;

		memset(text, '!', sizeof(text));
		json_begin(&json, text, size);
		json_string(&json, "key", "va\"lue");
		json_hex(&json, "x", octets, sizeof(octets));
		len = json_end(&json);
		ck_assert(len == 0 || len < size);
		ck_assert_uint_eq(strlen(text), len);
		ck_assert_int_eq(text[size], '!');
		ck_assert_int_eq(len > 0, size > 35);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("json");
	TCase *t = tcase_create("json");

	tcase_add_test(t, commas_stand_between_values_only);
	tcase_add_test(t, octets_are_digits);
	tcase_add_test(t, what_does_not_fit_is_no_object);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
