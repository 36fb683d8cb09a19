/* SPDX-License-Identifier: MIT */
/* write.c - see write.h */
#include "apps/http/write.h"
#include "apps/http/octet.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE 512

void http_out_init(struct http_out *out, size_t max)
{
	*out = (struct http_out){ .max = max };
}

void http_out_free(struct http_out *out)
{
	free(out->data);
	http_out_init(out, out->max);
}

static bool make_room(struct http_out *out, size_t len)
{
	size_t size = out->size ? out->size : FIRST_SIZE;
	char *data;

	if (len > out->max - out->len) {
		out->error = -ENOBUFS;
		return false;
	}
	if (len <= out->size - out->len)
		return true;

	while (size - out->len < len)
		size *= 2;
	data = realloc(out->data, size);
	if (!data) {
		out->error = -ENOMEM;
		return false;
	}
	out->data = data;
	out->size = size;

	return true;
}

void http_out_bytes(struct http_out *out, const void *data, size_t len)
{
	if (len == 0 || out->error || !make_room(out, len))
		return;
	memcpy(out->data + out->len, data, len);
	out->len += len;
}

void http_out_text(struct http_out *out, const char *text)
{
	http_out_bytes(out, text, strlen(text));
}

void http_out_number(struct http_out *out, uint64_t number)
{
	char text[20]; /* 2^64 has so many digits */
	size_t at = sizeof(text);

	do
		text[--at] = (char)('0' + number % 10);
	while (number /= 10);
	http_out_bytes(out, text + at, sizeof(text) - at);
}

void http_out_html(struct http_out *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '&')
			http_out_text(out, "&amp;");
		else if (*text == '<')
			http_out_text(out, "&lt;");
		else if (*text == '>')
			http_out_text(out, "&gt;");
		else if (*text == '"')
			http_out_text(out, "&quot;");
		else if (*text == '\'')
			http_out_text(out, "&#39;");
		else
			http_out_bytes(out, text, 1);
	}
}

void http_out_visible(struct http_out *out, const uint8_t *data, size_t len,
                      size_t max, const char *also)
{
	for (size_t i = 0; i < len && i < max; i++) {
		char text[5];

		if (data[i] < ' ' || data[i] >= 0x7f)
			snprintf(text, sizeof(text), "\\x%02x", data[i]);
		else if (strchr(also, data[i]))
			snprintf(text, sizeof(text), "\\%c", data[i]);
		else
			snprintf(text, sizeof(text), "%c", data[i]);
		http_out_text(out, text);
	}
	if (len > max)
		http_out_text(out, "...");
}

const char *http_status_reason(int status)
{
	static const struct {
		int status;
		const char *reason;
	} reasons[] = {
		{ 100, "Continue" },
		{ 200, "OK" },
		{ 204, "No Content" },
		{ 301, "Moved Permanently" },
		{ 400, "Bad Request" },
		{ 403, "Forbidden" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 408, "Request Timeout" },
		{ 413, "Content Too Large" },
		{ 414, "URI Too Long" },
		{ 417, "Expectation Failed" },
		{ 431, "Request Header Fields Too Large" },
		{ 500, "Internal Server Error" },
		{ 501, "Not Implemented" },
		{ 503, "Service Unavailable" },
		{ 505, "HTTP Version Not Supported" },
	};

	for (unsigned i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;

	return "";
}

static bool all(const char *text, bool (*is_allowed)(uint8_t))
{
	for (; *text; text++)
		if (!is_allowed((uint8_t)*text))
			return false;

	return true;
}

static bool is_field_octet(uint8_t c)
{
	return octet_is_field(c);
}

static void require(struct http_out *out, bool is_sound)
{
	if (!is_sound && !out->error)
		out->error = -EINVAL;
}

void http_write_status_line(struct http_out *out, int status)
{
	char text[sizeof("HTTP/1.1 200 ")];

	require(out, status >= 100 && status <= 599);
	snprintf(text, sizeof(text), "HTTP/1.1 %03u ", (unsigned)status % 1000);
	http_out_text(out, text);
	http_out_text(out, http_status_reason(status));
	http_out_text(out, "\r\n");
}

void http_write_request_line(struct http_out *out, const char *method,
                             const char *target)
{
	require(out, *method && all(method, octet_is_token));
	require(out, *target && all(target, octet_is_target));
	http_out_text(out, method);
	http_out_text(out, " ");
	http_out_text(out, target);
	http_out_text(out, " HTTP/1.1\r\n");
}

void http_write_field(struct http_out *out, const char *name, const char *value)
{
	require(out, *name && all(name, octet_is_token));
	require(out, all(value, is_field_octet));
	http_out_text(out, name);
	http_out_text(out, ": ");
	http_out_text(out, value);
	http_out_text(out, "\r\n");
}

void http_write_field_number(struct http_out *out, const char *name,
                             uint64_t value)
{
	char text[21];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	http_write_field(out, name, text);
}

void http_write_end(struct http_out *out)
{
	http_out_text(out, "\r\n");
}
