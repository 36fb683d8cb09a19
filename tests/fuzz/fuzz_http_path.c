/* SPDX-License-Identifier: MIT */
/*
 * fuzz_http_path.c - an accepted path names something beneath the root and
 * nothing else, and is read the same when it is encoded again
 */
#include "apps/http/path.h"
#include "tests/fuzz/fuzz.h"

static void require_beneath(const struct http_path *path)
{
	const char *at = path->name;

	REQUIRE(strlen(path->name) == path->len && path->len > 0);
	if (strcmp(path->name, ".") == 0)
		return;

	for (;;) {
		const size_t len = strcspn(at, "/");

		REQUIRE(len > 0);    /* no empty name, no leading slash */
		REQUIRE(*at != '.'); /* no dot segment, no hidden name */
		if (at[len] == '\0')
			break;
		at += len + 1;
	}
	for (at = path->name; *at; at++)
		REQUIRE((uint8_t)*at >= ' ' && *at != 0x7f);
}

static void read_again(const struct http_path *path)
{
	static char text[3 * HTTP_PATH_BYTES_MAX + 3] = "/";
	const bool is_root = strcmp(path->name, ".") == 0;
	static struct http_path again;
	int len = 0;

	if (!is_root)
		len = http_path_encode(path->name, text + 1, sizeof(text) - 2);
	REQUIRE(len >= 0);
	len++;
	if (path->is_directory && !is_root)
		text[len++] = '/';
	REQUIRE(http_path_read((const uint8_t *)text,
	                       (struct http_span){ 0, (uint32_t)len },
	                       &again) == HTTP_FAULT_NONE);
	REQUIRE(!strcmp(again.name, path->name));
	REQUIRE(again.is_directory == path->is_directory);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct http_path path;
	enum http_fault fault;

	fault = http_path_read(data, (struct http_span){ 0, (uint32_t)len },
	                       &path);
	if (fault) {
		REQUIRE(http_fault_status(fault) >= 400);
		return 0;
	}
	REQUIRE(path.len <= len || len == 0 || path.len == 1);
	require_beneath(&path);
	read_again(&path);

	return 0;
}
