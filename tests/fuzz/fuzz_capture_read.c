/* SPDX-License-Identifier: MIT */
/*
 * fuzz_capture_read.c - any file is read in bounds, or refused with a reason
 *
 * Whatever is read is drawn as well, so this is the target of the ladder and
 * its peers' states too.
 */
#include "drivers/capture_read.h"
#include "drivers/ladder.h"
#include "tests/fuzz/fuzz.h"
#include <errno.h>

/* A terminal must not be told what to do. */
static void require_safe(const char *text)
{
	for (; *text; text++) {
		const unsigned char c    = (unsigned char)*text;
		const unsigned char next = (unsigned char)text[1];

		REQUIRE(c >= ' ' && c != 0x7f);
		REQUIRE(!(c == 0xc2 && next >= 0x80 && next < 0xa0));
	}
}

static void draw(struct ladder *ladder, const struct capture_record *record)
{
	static const enum ladder_direction directions[] = { LADDER_TX,
		                                            LADDER_RX };
	struct ladder_frame frame                       = {
		                      .time_us = record->time_ns / 1000,
		                      .frame   = record->frame,
		                      .len     = record->len,
	};
	const struct ladder_remark remark = {
		.time_us = record->time_ns / 1000,
		.text    = record->message,
		.conn    = record->conn,
	};

	if (record->kind == CAPTURE_REMARK) {
		ladder_remark(ladder, &remark);
		return;
	}
	if (record->has_direction)
		frame.direction = directions[record->is_rx];
	if (record->comment_count)
		frame.why = record->comment[0];
	ladder_frame(ladder, &frame);
}

static void require_sound(const struct capture_record *record)
{
	volatile uint8_t sum = 0;

	REQUIRE(record->comment_count <= CAPTURE_COMMENTS_MAX);
	for (unsigned i = 0; i < record->comment_count; i++)
		require_safe(record->comment[i]);
	require_safe(record->message);
	require_safe(record->event);
	require_safe(record->state);
	for (size_t i = 0; i < record->len; i++)
		sum = (uint8_t)(sum + record->frame[i]);
}

static void read_all(FILE *file, FILE *out, size_t len)
{
	char error[LINK_ERROR_LEN] = "";
	struct capture_reader *reader;
	struct capture_record record;
	struct ladder *ladder;
	size_t count = 0;
	int rc;

	rc = capture_read_open(file, &reader, error);
	if (rc < 0) {
		REQUIRE(error[0]);
		return;
	}
	REQUIRE(ladder_open(out, NULL, &ladder) == 0);
	while ((rc = capture_read_next(reader, &record, error)) > 0) {
		require_sound(&record);
		draw(ladder, &record);
		REQUIRE(++count <= len / 12);
	}
	REQUIRE(rc == 0 || error[0]);
	ladder_close(ladder);
	capture_read_close(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static FILE *out;
	uint8_t *copy = fuzz_copy(data, len);
	FILE *file;

	if (!out)
		out = fopen("/dev/null", "w");
	REQUIRE(out);
	file = len ? fmemopen(copy, len, "rb") : NULL;
	if (file) {
		read_all(file, out, len);
		fclose(file);
	}
	free(copy);

	return 0;
}
