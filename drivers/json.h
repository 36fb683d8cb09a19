/* SPDX-License-Identifier: MIT */
/*
 * json.h - putting one JSON object together, in memory that the caller owns
 *
 * Keys come in the order of the calls; commas are put where they belong. What
 * does not fit is cut, and json_end() says so: an object that fits is valid,
 * one that does not is none at all. Numbers are integers, or milliseconds with
 * three decimals made from integers, so equal values give equal octets.
 */
#ifndef DRIVERS_JSON_H
#define DRIVERS_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_STRING_MAX 512 /* octets of one string, before escaping */

struct json {
	char *text;
	size_t size, len; /* room, and octets so far; len < size */
	bool needs_comma;
	bool is_cut; /* something did not fit */
};

/** json_begin() - "{" into @text, which has room for @size > 1 octets */
void json_begin(struct json *json, char *text, size_t size);
/** json_end() - "}", a newline and NUL. Return: its length, 0: it did not fit */
size_t json_end(struct json *json);

/* Below, @key is NULL inside of an array. */

void json_number(struct json *json, const char *key, uint64_t value);
void json_signed(struct json *json, const char *key, int64_t value);
void json_bool(struct json *json, const char *key, bool value);
/** json_milliseconds() - Microseconds, printed as "1234.567" */
void json_milliseconds(struct json *json, const char *key, uint64_t value_us);
/** json_string() - RFC 8259 section 7; what is not UTF-8 becomes "?" */
void json_string(struct json *json, const char *key, const char *value);
/** json_hex() - Octets as lower-case hexadecimal digits */
void json_hex(struct json *json, const char *key, const uint8_t *data,
              size_t len);
/** json_open() - A nested object ('{') or array ('['); json_close() ends it */
void json_open(struct json *json, const char *key, char bracket);
void json_close(struct json *json, char bracket);

#endif
