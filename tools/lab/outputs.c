/* SPDX-License-Identifier: MIT */
/* outputs.c - see outputs.h */
#include "tools/lab/outputs.h"
#include "base/bytes.h"
#include "drivers/capture.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>

#define PATH_LEN 256

struct outputs {
	char stem[PATH_LEN];
	char comment[PATH_LEN];
	struct capture *capture[2];
};

static void put_comment(struct outputs *outputs, const struct lesson *lesson,
                        const struct lab_options *options)
{
	const uint64_t seed =
	        options->stage.has_seed ? options->stage.seed : lesson->seed;
	const char *without = options->without;

	snprintf(outputs->comment, sizeof(outputs->comment),
	         "lesson %s, seed %" PRIu64 "%s%s", lesson->name, seed,
	         without ? "; COUNTERFACTUAL, without " : "",
	         without ? without : "");
}

static int open_capture(struct outputs *outputs, unsigned end, uint16_t mtu,
                        char error[LAB_ERROR_LEN])
{
	const struct capture_info info = {
		.application    = "tarn " TARN_VERSION,
		.comment        = outputs->comment,
		.interface_name = end == 0 ? "A" : "B",
		.mtu            = mtu,
	};
	char path[PATH_LEN + 16], wrong[LINK_ERROR_LEN];
	int rc;

	snprintf(path, sizeof(path), "%s.%c.pcapng", outputs->stem,
	         'A' + (char)end);
	rc = capture_open(path, &info, &outputs->capture[end], wrong);
	if (rc < 0)
		snprintf(error, LAB_ERROR_LEN, "%.500s", wrong);

	return rc;
}

int outputs_open(const struct lesson *lesson, const struct lab_options *options,
                 struct outputs **ret, char error[LAB_ERROR_LEN])
{
	struct outputs *outputs = calloc(1, sizeof(*outputs));
	int rc                  = 0;

	*ret = outputs;
	if (!outputs) {
		snprintf(error, LAB_ERROR_LEN, "out of memory");
		return -ENOMEM;
	}
	if (mkdir(options->out_dir, 0777) < 0 && errno != EEXIST) {
		rc = -errno;
		snprintf(error, LAB_ERROR_LEN,
		         "cannot make %s: %s; give another with --out DIR",
		         options->out_dir, strerror(-rc));
		return rc;
	}
	snprintf(outputs->stem, PATH_LEN, "%s/%s%s%s", options->out_dir,
	         lesson->name, options->without ? ".without-" : "",
	         options->without ? options->without : "");
	put_comment(outputs, lesson, options);
	for (unsigned end = 0; rc == 0 && end < 2; end++)
		rc = open_capture(outputs, end, lesson->mtu, error);

	return rc;
}

void outputs_row(struct outputs *outputs, const struct stage_row *row)
{
	if (!outputs)
		return;
	if (row->story)
		capture_row(outputs->capture[row->end], row->story);
}

void outputs_close(struct outputs *outputs)
{
	if (!outputs)
		return;
	for (unsigned end = 0; end < 2; end++) {
		capture_close(outputs->capture[end]);
		outputs->capture[end] = NULL;
	}
}

void outputs_say(const struct outputs *outputs)
{
	if (outputs)
		printf("\nwrote %s.{A.pcapng,B.pcapng,jsonl,html}\n",
		       outputs->stem);
}

void outputs_free(struct outputs *outputs)
{
	free(outputs);
}
