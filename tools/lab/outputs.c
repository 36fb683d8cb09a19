/* SPDX-License-Identifier: MIT */
/*
 * outputs.c - see outputs.h
 *
 * What a stack tells goes to its own capture and, with the name of its end, to
 * log and page; what the wire, the applications and the lesson say are lines of
 * their own (docs/man/tarn-log.7). Log and page hold the very same lines.
 */
#include "tools/lab/outputs.h"
#include "base/bytes.h"
#include "drivers/capture.h"
#include "drivers/htmlpage.h"
#include "drivers/jsonlog.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>

#define PATH_LEN 256
#define SEED_LEN 24

struct outputs {
	const struct lesson *lesson;
	char stem[PATH_LEN];
	char comment[PATH_LEN];
	char seed[SEED_LEN];
	bool is_page_cut; /* a page with more lines would not open */
	size_t page_len;
	struct capture_info info;
	struct capture *capture[2];
	struct jsonlog *log;
	struct htmlpage *page;
};

/* ---- Beginning ---------------------------------------------------------- */

static void put_info(struct outputs *outputs, const struct lab_options *options)
{
	const struct lesson *lesson = outputs->lesson;
	const uint64_t seed =
	        options->stage.has_seed ? options->stage.seed : lesson->seed;
	const char *without = options->without;

	snprintf(outputs->seed, SEED_LEN, "%" PRIu64, seed);
	snprintf(outputs->comment, sizeof(outputs->comment),
	         "lesson %s, seed %" PRIu64 "%s%s", lesson->name, seed,
	         without ? "; COUNTERFACTUAL, without " : "",
	         without ? without : "");
	outputs->info = (struct capture_info){
		.application = "tarn " TARN_VERSION,
		.comment     = outputs->comment,
		.mtu         = lesson->mtu,
		.title       = lesson->title,
		.scenario    = lesson->name,
		.seed        = outputs->seed,
		.ends        = { "10.9.0.1", "10.9.0.2" },
		.without     = without,
	};
}

static void put_path(const struct outputs *outputs, const char *ending,
                     char ret[PATH_LEN + 16])
{
	snprintf(ret, PATH_LEN + 16, "%s.%s", outputs->stem, ending);
}

static int open_captures(struct outputs *outputs,
                         const struct lab_options *options,
                         char error[LINK_ERROR_LEN])
{
	static const char *const ends[] = { "A", "B" };
	int rc                          = 0;

	for (unsigned end = 0; rc == 0 && end < 2; end++) {
		struct capture_info info = outputs->info;
		char ending[16], path[PATH_LEN + 16];

		info.interface_name = ends[end];
		snprintf(ending, sizeof(ending), "%s.pcapng", ends[end]);
		put_path(outputs, ending, path);
		if (options->capture && end == options->capture_end)
			snprintf(path, sizeof(path), "%s", options->capture);
		else if (!options->out_dir)
			continue;
		rc = capture_open(path, &info, &outputs->capture[end], error);
	}

	return rc;
}

static int open_log(struct outputs *outputs, const struct lab_options *options,
                    char error[LINK_ERROR_LEN])
{
	char path[PATH_LEN + 16];

	put_path(outputs, "jsonl", path);
	if (options->log)
		snprintf(path, sizeof(path), "%s", options->log);
	else if (!options->out_dir)
		return 0;

	return jsonlog_open(path, &outputs->info, &outputs->log, error);
}

static void to_page(struct outputs *outputs, const char *line, size_t len)
{
	if (!outputs->page)
		return;
	outputs->page_len += len;
	outputs->is_page_cut |= outputs->page_len > OUTPUTS_PAGE_LEN_MAX;
	if (!outputs->is_page_cut)
		htmlpage_lines(outputs->page, line, len);
}

static int open_page(struct outputs *outputs, const struct lab_options *options,
                     char error[LINK_ERROR_LEN])
{
	char path[PATH_LEN + 16], line[JSONROW_LEN_MAX];
	int rc;

	if (!options->out_dir)
		return 0;
	put_path(outputs, "html", path);
	rc = htmlpage_open(path, &outputs->page, error);
	if (rc == 0)
		to_page(outputs, line,
		        jsonlog_start(line, sizeof(line), &outputs->info));

	return rc;
}

static int make_directory(const char *path, char error[LINK_ERROR_LEN])
{
	int rc;

	if (!path || mkdir(path, 0777) == 0 || errno == EEXIST)
		return 0;
	rc = -errno;
	snprintf(error, LINK_ERROR_LEN,
	         "cannot make %s: %s; give another with --out DIR", path,
	         strerror(-rc));

	return rc;
}

int outputs_open(const struct lesson *lesson, const struct lab_options *options,
                 struct outputs **ret, char error[LAB_ERROR_LEN])
{
	struct outputs *outputs    = calloc(1, sizeof(*outputs));
	char wrong[LINK_ERROR_LEN] = "out of memory";
	int rc                     = outputs ? 0 : -ENOMEM;

	*ret = outputs;
	if (rc == 0) {
		outputs->lesson = lesson;
		snprintf(outputs->stem, PATH_LEN, "%.150s/%s%s%.60s",
		         options->out_dir ? options->out_dir : ".",
		         lesson->name, options->without ? ".without-" : "",
		         options->without ? options->without : "");
		put_info(outputs, options);
		rc = make_directory(options->out_dir, wrong);
	}
	if (rc == 0)
		rc = open_captures(outputs, options, wrong);
	if (rc == 0)
		rc = open_log(outputs, options, wrong);
	if (rc == 0)
		rc = open_page(outputs, options, wrong);
	if (rc < 0)
		snprintf(error, LAB_ERROR_LEN, "%.500s", wrong);

	return rc;
}

/* ---- Rows --------------------------------------------------------------- */

static const char *end_name(unsigned end)
{
	return end == LAB_A ? "A" : end == LAB_B ? "B" : NULL;
}

static void to_both(struct outputs *outputs, const char *line, size_t len)
{
	if (outputs->log)
		jsonlog_line(outputs->log, line, len);
	to_page(outputs, line, len);
}

static void put_wire(struct json *json, const struct stage_row *row)
{
	json_number(json, "packet", row->packet);
	if (row->by)
		json_string(json, "by", row->by);
	if (row->frame)
		json_hex(json, "octets", row->frame,
		         MIN(row->len, JSONROW_OCTETS_MAX));
}

static void put_app(struct json *json, const struct outputs *outputs,
                    const struct stage_row *row)
{
	json_string(json, "app", outputs->lesson->app[row->actor].name);
	if (row->text)
		json_string(json, "text", row->text);
}

static const char *name_of(const struct stage_row *row)
{
	static const char *const kinds[] = {
		[STAGE_LOST]      = "wire:lost",
		[STAGE_DOUBLED]   = "wire:duplicated",
		[STAGE_CORRUPTED] = "wire:corrupted",
		[STAGE_FORGED]    = "wire:forged",
		[STAGE_SAY]       = "app:say",
		[STAGE_CRASH]     = "app:crash",
	};
	static const char *const phases[] = {
		[PHASE_BLOCKS] = "app:blocked",
		[PHASE_RUNS]   = "app:running",
		[PHASE_ENDS]   = "app:ended",
		[PHASE_FAILS]  = "app:failed",
	};

	return row->kind == STAGE_APP ? phases[row->phase] : kinds[row->kind];
}

static size_t line_of(const struct outputs *outputs,
                      const struct stage_row *row, char *line, size_t size)
{
	struct json json;

	jsonrow_begin(&json, line, size, row->now_us, name_of(row),
	              end_name(row->end));
	if (row->kind == STAGE_APP)
		put_app(&json, outputs, row);
	else if (row->text)
		json_string(&json, "text", row->text);
	else
		put_wire(&json, row);

	return jsonrow_end(&json, NULL, NULL, NULL);
}

void outputs_row(struct outputs *outputs, const struct stage_row *row)
{
	char line[JSONROW_LEN_MAX];
	struct story_row story;
	size_t len;

	if (!outputs)
		return;
	if (!row->story) {
		len = line_of(outputs, row, line, sizeof(line));
		to_both(outputs, line, len);
		return;
	}
	story           = *row->story;
	story.packet    = row->packet;
	story.packet_of = row->of;
	if (outputs->capture[row->end])
		capture_row(outputs->capture[row->end], &story);
	len = jsonrow_line(line, sizeof(line), &story, end_name(row->end));
	to_both(outputs, line, len);
}

/* ---- The end ------------------------------------------------------------ */

void outputs_close(struct outputs *outputs)
{
	if (!outputs)
		return;
	for (unsigned end = 0; end < 2; end++) {
		capture_close(outputs->capture[end]);
		outputs->capture[end] = NULL;
	}
	jsonlog_close(outputs->log);
	htmlpage_close(outputs->page);
	outputs->log  = NULL;
	outputs->page = NULL;
}

void outputs_say(const struct outputs *outputs)
{
	if (!outputs || !outputs->stem[0])
		return;
	printf("\nwrote %s.{A.pcapng,B.pcapng,jsonl,html}\n", outputs->stem);
	if (outputs->is_page_cut)
		printf("the page holds the first %u MB only; `tarn page` makes "
		       "one of the whole log\n",
		       OUTPUTS_PAGE_LEN_MAX >> 20);
}

void outputs_free(struct outputs *outputs)
{
	free(outputs);
}
