/* SPDX-License-Identifier: MIT */
/* parse_link.c - what lies between the ends, and how their stacks are set up */
#include "base/bytes.h"
#include "tools/lab/words.h"
#include <errno.h>

bool link_set(struct wire_path *path, const char *key, uint64_t value)
{
	const uint32_t small = (uint32_t)MIN(value, UINT32_MAX);

	if (strcmp(key, "delay") == 0)
		path->delay_us = value;
	else if (strcmp(key, "jitter") == 0)
		path->jitter_us = value;
	else if (strcmp(key, "rate") == 0)
		path->rate_bps = value;
	else if (strcmp(key, "queue") == 0)
		path->queue_frames = small;
	else if (strcmp(key, "loss") == 0)
		path->loss_ppm = small;
	else if (strcmp(key, "burst") == 0)
		path->loss_burst = small;
	else if (strcmp(key, "dup") == 0)
		path->dup_ppm = small;
	else if (strcmp(key, "corrupt") == 0)
		path->corrupt_ppm = small;
	else if (strcmp(key, "reorder") == 0)
		path->reorder_ppm = small;
	else if (strcmp(key, "reorder-by") == 0)
		path->reorder_us = value;
	else
		return false;

	return true;
}

int parse_link(struct reader *reader)
{
	struct wire_path *path = reader->lesson->path;
	const bool only_a      = reader_take(reader, "A");
	const bool only_b      = !only_a && reader_take(reader, "B");
	const char *key;

	while ((key = reader_next(reader))) {
		struct wire_path scratch = { 0 };
		uint64_t value;

		if (strcmp(key, "mtu") == 0) {
			if (reader_number(reader, "the MTU", 65535, &value))
				return -EINVAL;
			reader->lesson->mtu = (uint16_t)value;
			continue;
		}
		if (!link_set(&scratch, key, 1))
			return reader_fail(
			        reader,
			        "a link has no \"%s\"; it has delay, jitter, "
			        "rate, queue, loss, burst, dup, corrupt, "
			        "reorder, reorder-by (chances in ppm) and mtu",
			        key);
		if (reader_value(reader, &value))
			return -EINVAL;
		if (!only_b)
			link_set(&path[LAB_A], key, value);
		if (!only_a)
			link_set(&path[LAB_B], key, value);
	}

	return 0;
}

int parse_router(struct reader *reader)
{
	struct lesson *lesson = reader->lesson;
	uint64_t mtu;

	if (!reader_take(reader, "mtu") ||
	    reader_number(reader, "the MTU", 65535, &mtu))
		return reader_fail(reader, "write: router mtu 1000 [silent]");
	lesson->router_mtu       = (uint16_t)mtu;
	lesson->is_router_silent = reader_take(reader, "silent");

	return reader_end(reader);
}

int parse_arp(struct reader *reader)
{
	if (!reader_take(reader, "cold"))
		return reader_fail(reader, "write: arp cold");
	reader->lesson->is_cold = true;

	return reader_end(reader);
}

static int one_or_both(struct reader *reader, bool ret[2])
{
	uint8_t end;

	ret[LAB_A] = true;
	ret[LAB_B] = true;
	if (reader_take(reader, "both"))
		return 0;
	if (reader_end_name(reader, &end) || end > LAB_B)
		return reader_fail(reader, "write A, B or both");
	ret[!end] = false;

	return 0;
}

int parse_stack(struct reader *reader)
{
	struct lesson *lesson = reader->lesson;
	bool is_meant[2];

	if (one_or_both(reader, is_meant))
		return -EINVAL;
	while (reader_peek(reader)) {
		struct setting setting = { .line = reader->line };

		if (reader_text(reader, "a setting", &setting.name) ||
		    reader_text(reader, "its value", &setting.value))
			return -EINVAL;
		for (unsigned end = 0; end < 2; end++) {
			unsigned *count = &lesson->setting_count[end];

			if (!is_meant[end])
				continue;
			if (*count == LAB_SETTINGS_MAX)
				return reader_fail(reader,
				                   "more than %d settings",
				                   LAB_SETTINGS_MAX);
			lesson->setting[end][(*count)++] = setting;
		}
	}

	return 0;
}
