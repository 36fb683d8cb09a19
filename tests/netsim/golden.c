/* SPDX-License-Identifier: MIT */
/*
 * golden.c - throughput for buffers x loss x delay x reordering, as a table
 *
 * Each row is one connection of RUN_US of virtual time over a 100 Mbit/s path.
 * The whole is exact: integers, one seed, no clock. So any change to the sender
 * or the receiver shows here, line by line, and whoever makes it looks at the
 * lines and says in the commit why they are better (`make golden` writes them
 * anew). What the numbers ought to be is response.c's business, not this one's.
 */
#include "base/bytes.h"
#include "tests/netsim/lib/bulk.h"
#include "tests/unit/lib/test.h"
#include <stdio.h>
#include <string.h>

#define GOLDEN_FILE "tests/netsim/golden.txt"
#define RUN_US      (15ull * 1000000)
#define RATE_BPS    100000000ull
#define LINE_LEN    128

/* Sanitizers are slow: they see every so many-th row. */
#ifdef TARN_TEST_BUILD
#define ROW_STEP 8
#else
#define ROW_STEP 1
#endif

/* 0: the defaults, which grow by themselves */
static const uint32_t buffers[]      = { 8 << 10, 64 << 10, 512 << 10, 0 };
static const uint32_t losses_ppm[]   = { 0, 1000, 10000, 50000 };
static const uint32_t delays_us[]    = { 1000, 10000, 50000 };
static const uint32_t reorders_ppm[] = { 0, 30000 };

static const char head[] =
        "# One connection, 15 s of virtual time, 100 Mbit/s, a queue of 300 "
        "frames.\n"
        "# buffer: octets at both ends. delay: one way. reordered frames are "
        "held 5 ms.\n"
        "# Written by `make golden`; compared by tests/netsim/golden.c.\n"
        "#  buffer  delay  loss  reorder   goodput     sent  timeouts\n"
        "#    KiB     ms     %        %     kbit/s    again\n";

static void run_row(unsigned row, char line[LINE_LEN])
{
	const uint32_t reorder =
	        reorders_ppm[row / (ARRAY_LEN(buffers) * ARRAY_LEN(losses_ppm) *
	                            ARRAY_LEN(delays_us))];
	const uint32_t buffer =
	        buffers[row / (ARRAY_LEN(losses_ppm) * ARRAY_LEN(delays_us)) %
	                ARRAY_LEN(buffers)];
	const uint32_t delay =
	        delays_us[row / ARRAY_LEN(losses_ppm) % ARRAY_LEN(delays_us)];
	const uint32_t loss    = losses_ppm[row % ARRAY_LEN(losses_ppm)];
	const struct bulk bulk = {
		.path        = { .rate_bps     = RATE_BPS,
		                 .delay_us     = delay,
		                 .queue_frames = 300,
		                 .loss_ppm     = loss,
		                 .reorder_ppm  = reorder },
		.seed        = 1,
		.duration_us = RUN_US,
		.buffer      = buffer,
	};
	struct bulk_result result;
	char name[16] = "auto";

	bulk_run(&bulk, &result);
	if (buffer)
		snprintf(name, sizeof(name), "%u", buffer >> 10);
	snprintf(line, LINE_LEN, "  %7s %6u %3u.%u %8u %9llu %8llu %9u\n", name,
	         delay / 1000, loss / 10000, loss / 1000 % 10, reorder / 10000,
	         (unsigned long long)result.goodput_kbps,
	         (unsigned long long)result.retransmits, result.timeouts);
}

#define ROWS                                                                   \
	(ARRAY_LEN(buffers) * ARRAY_LEN(losses_ppm) * ARRAY_LEN(delays_us) *   \
	 ARRAY_LEN(reorders_ppm))

static int write_golden(void)
{
	FILE *file = fopen(GOLDEN_FILE, "w");
	char line[LINE_LEN];

	if (!file) {
		perror(GOLDEN_FILE);
		return EXIT_FAILURE;
	}
	fputs(head, file);
	for (unsigned row = 0; row < ROWS; row++) {
		run_row(row, line);
		fputs(line, file);
	}

	return fclose(file) ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* Return: the next line that is no comment, or an empty one at the end */
static const char *next_golden(FILE *file, char line[LINE_LEN])
{
	while (fgets(line, LINE_LEN, file))
		if (line[0] != '#')
			return line;

	return "";
}

START_TEST(throughput_is_as_in_the_golden_table)
{
	FILE *file         = fopen(GOLDEN_FILE, "r");
	unsigned different = 0;
	char golden[LINE_LEN], got[LINE_LEN];
	const char *expected;

	ck_assert_msg(file,
	              "no " GOLDEN_FILE "; run it from the top directory");
	for (unsigned row = 0; row < ROWS; row++) {
		expected = next_golden(file, golden);
		if (row % ROW_STEP)
			continue;
		run_row(row, got);
		if (!strcmp(got, expected))
			continue;
		if (different++ == 0)
			printf("%s", head);
		printf("- %s+ %s", expected, got);
	}
	fclose(file);
	fflush(stdout); /* Check ends its child without it */
	ck_assert_msg(different == 0,
	              "%u rows differ: if they are better, say why in the "
	              "commit and write them with `make golden`",
	              different);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("golden");
	TCase *t = tcase_create("golden");

	tcase_set_timeout(t, 600);
	tcase_add_test(t, throughput_is_as_in_the_golden_table);
	suite_add_tcase(s, t);

	return s;
}

int main(void)
{
	return getenv("TARN_GOLDEN_WRITE") ? write_golden() : test_run(suite());
}
