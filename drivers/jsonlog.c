/* SPDX-License-Identifier: MIT */
/* jsonlog.c - see jsonlog.h */
#include "drivers/jsonlog.h"
#include "base/bytes.h"
#include "drivers/outfile.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct jsonlog {
	struct outfile out;
	char line[JSONROW_LEN_MAX];
};

static void put_text(struct json *json, const char *key, const char *text)
{
	if (text)
		json_string(json, key, text);
}

static void put_ends(struct json *json, const struct capture_info *info)
{
	if (!info->ends[0] && !info->ends[1])
		return;
	json_open(json, "ends", '{');
	put_text(json, "A", info->ends[0]);
	put_text(json, "B", info->ends[1]);
	json_close(json, '}');
}

/* "time-wait,karn" as ["time-wait","karn"] */
static void put_rules(struct json *json, const char *without)
{
	char name[32];

	if (!without)
		return;
	json_open(json, "counterfactual", '[');
	while (*without) {
		const size_t len = strcspn(without, ",");

		snprintf(name, sizeof(name), "%.*s",
		         (int)MIN(len, sizeof(name) - 1), without);
		json_string(json, NULL, name);
		without += len + (without[len] == ',');
	}
	json_close(json, ']');
}

size_t jsonlog_start(char *line, size_t size, const struct capture_info *info)
{
	struct json json;

	jsonrow_begin(&json, line, size, 0, "log:start", NULL);
	json_string(&json, "application", info->application);
	json_string(&json, "comment", info->comment ? info->comment : "");
	json_string(&json, "interface",
	            info->interface_name ? info->interface_name : "");
	json_number(&json, "mtu", info->mtu);
	json_number(&json, "epoch_ns", info->epoch_ns);
	json_string(&json, "time_unit", "ms");
	put_ends(&json, info);
	put_text(&json, "title", info->title);
	put_text(&json, "scenario", info->scenario);
	put_text(&json, "seed", info->seed);
	put_rules(&json, info->without);

	return jsonrow_end(&json, NULL, NULL, NULL);
}

int jsonlog_open(const char *path, const struct capture_info *info,
                 struct jsonlog **ret, char error[LINK_ERROR_LEN])
{
	struct jsonlog *log = malloc(sizeof(*log));
	int rc;

	if (!log) {
		snprintf(error, LINK_ERROR_LEN, "out of memory");
		return -ENOMEM;
	}
	rc = outfile_open(&log->out, path, "log", error);
	if (rc < 0) {
		free(log);
		return rc;
	}
	jsonlog_line(log, log->line,
	             jsonlog_start(log->line, sizeof(log->line), info));
	*ret = log;

	return 0;
}

void jsonlog_line(struct jsonlog *log, const char *line, size_t len)
{
	if (log->out.error)
		return;
	outfile_write(&log->out, line, len);
	outfile_row_done(&log->out);
}

static void write_row(struct jsonlog *log, const struct story_row *row,
                      const char *end)
{
	if (!row->lost || !row->is_rx)
		jsonlog_line(
		        log, log->line,
		        jsonrow_line(log->line, sizeof(log->line), row, end));
	if (row->lost)
		jsonlog_line(
		        log, log->line,
		        jsonrow_lost(log->line, sizeof(log->line), row, end));
}

void jsonlog_row(void *context, const struct story_row *row)
{
	write_row(context, row, "A");
}

void jsonlog_end_row(void *context, const struct story_row *row)
{
	const struct jsonlog_end *end = context;

	write_row(end->log, row, end->end);
}

int jsonlog_close(struct jsonlog *log)
{
	int rc;

	if (!log)
		return 0;
	rc = outfile_close(&log->out);
	free(log);

	return rc;
}
