/* SPDX-License-Identifier: MIT */
/* json.c - see json.h */
#include "drivers/json.h"
#include "base/bytes.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 2, 3))) static void put(struct json *json,
                                                      const char *format, ...)
{
	const size_t room = json->size - json->len;
	va_list args;
	int len;

	if (json->is_cut)
		return;

	va_start(args, format);
	len = vsnprintf(json->text + json->len, room, format, args);
	va_end(args);
	if (len < 0 || (size_t)len >= room)
		json->is_cut = true;
	else
		json->len += (size_t)len;
}

static void put_key(struct json *json, const char *key)
{
	if (json->needs_comma)
		put(json, ",");
	if (key)
		put(json, "\"%s\":", key);
	json->needs_comma = true;
}

void json_begin(struct json *json, char *text, size_t size)
{
	*json = (struct json){ .text = text, .size = size };
	put(json, "{");
}

size_t json_end(struct json *json)
{
	put(json, "}\n");
	if (!json->is_cut)
		return json->len;

	json->text[0] = '\0';

	return 0;
}

void json_number(struct json *json, const char *key, uint64_t value)
{
	put_key(json, key);
	put(json, "%" PRIu64, value);
}

void json_signed(struct json *json, const char *key, int64_t value)
{
	put_key(json, key);
	put(json, "%" PRId64, value);
}

void json_bool(struct json *json, const char *key, bool value)
{
	put_key(json, key);
	put(json, "%s", value ? "true" : "false");
}

void json_milliseconds(struct json *json, const char *key, uint64_t value_us)
{
	put_key(json, key);
	put(json, "%" PRIu64 ".%03u", value_us / 1000,
	    (unsigned)(value_us % 1000));
}

/* Octets of the UTF-8 sequence that starts here; 0 if it is none. */
static size_t utf8_len(const char *text, size_t len)
{
	const unsigned char lead = (unsigned char)text[0];
	const size_t want        = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;

	if (lead < 0xc2 || lead > 0xf4 || want > len)
		return 0;
	for (size_t i = 1; i < want; i++)
		if (((unsigned char)text[i] & 0xc0) != 0x80)
			return 0;

	return want;
}

/* One character of a string. Return: how many octets of @text it took */
static size_t put_character(struct json *json, const char *text, size_t left)
{
	const unsigned char c = (unsigned char)*text;
	size_t len            = 1;

	if (c == '"' || c == '\\') {
		put(json, "\\%c", c);
	} else if (c < 0x20) {
		put(json, "\\u%04x", c);
	} else if (c < 0x80) {
		put(json, "%c", c);
	} else {
		len = utf8_len(text, left);
		put(json, "%.*s", (int)MAX(len, 1u), len ? text : "?");
		len = MAX(len, 1u);
	}

	return len;
}

void json_string(struct json *json, const char *key, const char *value)
{
	size_t left = strnlen(value, JSON_STRING_MAX), step;

	put_key(json, key);
	put(json, "\"");
	for (; left; value += step, left -= step)
		step = put_character(json, value, left);
	put(json, "\"");
}

void json_hex(struct json *json, const char *key, const uint8_t *data,
              size_t len)
{
	static const char digit[] = "0123456789abcdef";

	put_key(json, key);
	put(json, "\"");
	if (2 * len + 1 > json->size - json->len)
		json->is_cut = true;
	for (size_t i = 0; i < len && !json->is_cut; i++) {
		json->text[json->len++] = digit[data[i] >> 4];
		json->text[json->len++] = digit[data[i] & 15];
	}
	put(json, "\"");
}

void json_open(struct json *json, const char *key, char bracket)
{
	put_key(json, key);
	put(json, "%c", bracket);
	json->needs_comma = false;
}

void json_close(struct json *json, char bracket)
{
	put(json, "%c", bracket);
	json->needs_comma = true;
}
