/* SPDX-License-Identifier: MIT */
/*
 * path.c - see path.h
 *
 * The order matters. Decoding before segments are told apart is what makes
 * "%2e%2e" a dot segment; refusing an encoded slash is what keeps it from
 * making new segments; decoding once is what keeps "%252e" a file's name.
 */
#include "apps/http/path.h"
#include <string.h>

/* RFC 3629 section 4: the length of the sequence at @p, 0 if it is none.
 * Overlong forms, surrogates and what lies beyond U+10FFFF are none. */
static uint32_t utf8_len(const uint8_t *p, uint32_t left)
{
	static const struct {
		uint8_t first_min, first_max, second_min, second_max, len;
	} forms[] = {
		{ 0x00, 0x7f, 0x00, 0xff, 1 }, { 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};

	for (unsigned i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		const uint32_t len = forms[i].len;

		if (p[0] < forms[i].first_min || p[0] > forms[i].first_max)
			continue;
		if (len > left)
			return 0;
		if (len > 1 &&
		    (p[1] < forms[i].second_min || p[1] > forms[i].second_max))
			return 0;
		for (uint32_t k = 2; k < len; k++)
			if ((p[k] & 0xc0) != 0x80)
				return 0;
		return len;
	}

	return 0;
}

static enum http_fault check_utf8(const uint8_t *p, uint32_t len)
{
	for (uint32_t at = 0, n; at < len; at += n) {
		n = utf8_len(p + at, len - at);
		if (n == 0)
			return HTTP_FAULT_PATH_UTF8;
	}

	return HTTP_FAULT_NONE;
}

/* One octet, encoded or not, from the front of @rest. */
static enum http_fault decode_octet(const uint8_t *buf, struct http_span *rest,
                                    uint8_t *ret)
{
	const uint8_t *p = buf + rest->at;
	uint32_t used    = 1;

	*ret = p[0];
	if (p[0] == '%') {
		if (rest->len < 3 || octet_hex(p[1]) < 0 || octet_hex(p[2]) < 0)
			return HTTP_FAULT_PATH_ESCAPE;
		*ret = (uint8_t)(octet_hex(p[1]) << 4 | octet_hex(p[2]));
		used = 3;
		if (*ret == '/')
			return HTTP_FAULT_PATH_SLASH;
	}
	if (*ret < ' ' || *ret == 0x7f)
		return HTTP_FAULT_PATH_CONTROL;
	rest->at += used;
	rest->len -= used;

	return HTTP_FAULT_NONE;
}

static enum http_fault decode(const uint8_t *buf, struct http_span rest,
                              struct http_path *ret)
{
	uint8_t *out = (uint8_t *)ret->name;

	for (ret->len = 0; rest.len > 0; ret->len++) {
		enum http_fault fault;

		if (ret->len == HTTP_PATH_BYTES_MAX)
			return HTTP_FAULT_PATH_LONG;
		fault = decode_octet(buf, &rest, &out[ret->len]);
		if (fault)
			return fault;
	}
	ret->name[ret->len] = '\0';

	return check_utf8(out, ret->len);
}

/* RFC 3986 section 5.2.4 goes on at the root when ".." leads above it. Nobody
 * who means well asks for that. */
static bool drop_last(const char *name, uint32_t *len)
{
	if (*len == 0)
		return false;
	while (*len > 0 && name[*len - 1] != '/')
		--*len;
	if (*len > 0)
		--*len;

	return true;
}

/* Appends @segment to the @len octets that are kept of the name. */
static enum http_fault take_segment(struct http_path *path, uint32_t *len,
                                    const char *segment, uint32_t segment_len,
                                    bool is_last)
{
	const bool is_dot  = segment_len == 1 && segment[0] == '.';
	const bool is_dots = segment_len == 2 && memcmp(segment, "..", 2) == 0;

	if (is_last)
		path->is_directory = is_dot || is_dots || segment_len == 0;
	if (is_dots)
		return drop_last(path->name, len) ? HTTP_FAULT_NONE
		                                  : HTTP_FAULT_PATH_ABOVE_ROOT;
	if (is_dot || (segment_len == 0 && is_last))
		return HTTP_FAULT_NONE;
	if (segment_len == 0)
		return HTTP_FAULT_PATH_EMPTY_SEGMENT;
	if (segment[0] == '.')
		return HTTP_FAULT_PATH_HIDDEN;

	if (*len > 0)
		path->name[(*len)++] = '/';
	memmove(path->name + *len, segment, segment_len);
	*len += segment_len;

	return HTTP_FAULT_NONE;
}

/* In place: what is kept never grows beyond what has been read. */
static enum http_fault remove_dot_segments(struct http_path *path)
{
	uint32_t at = 1, kept = 0;

	while (at <= path->len) {
		const char *segment = path->name + at;
		const char *slash   = strchr(segment, '/');
		const uint32_t len =
		        slash ? (uint32_t)(slash - segment) : path->len - at;
		const enum http_fault fault =
		        take_segment(path, &kept, segment, len, !slash);

		if (fault)
			return fault;
		at += len + 1;
	}
	if (kept == 0)
		path->name[kept++] = '.';
	path->name[kept] = '\0';
	path->len        = kept;

	return HTTP_FAULT_NONE;
}

enum http_fault http_path_read(const uint8_t *buf, struct http_span path,
                               struct http_path *ret)
{
	struct http_path read;
	enum http_fault fault;

	if (path.len == 0) {
		*ret = (struct http_path){ .name         = ".",
			                   .len          = 1,
			                   .is_directory = true };
		return HTTP_FAULT_NONE;
	}
	if (buf[path.at] != '/')
		return HTTP_FAULT_PATH_START;

	fault = decode(buf, path, &read);
	if (fault)
		return fault;
	fault = remove_dot_segments(&read);
	if (fault)
		return fault;
	*ret = read;

	return HTTP_FAULT_NONE;
}

int http_path_encode(const char *name, char *ret, size_t size)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t at               = 0;

	for (const uint8_t *p = (const uint8_t *)name; *p; p++) {
		const bool is_plain = octet_is_alpha(*p) ||
		                      octet_is_digit(*p) ||
		                      strchr("-._~/", *p) != NULL;

		if (at + 3 >= size)
			return -1;
		if (is_plain) {
			ret[at++] = (char)*p;
			continue;
		}
		ret[at++] = '%';
		ret[at++] = hex[*p >> 4];
		ret[at++] = hex[*p & 15];
	}
	ret[at] = '\0';

	return (int)at;
}
