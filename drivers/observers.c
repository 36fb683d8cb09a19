/* SPDX-License-Identifier: MIT */
/*
 * observers.c - everybody who watches the stack of a host
 */
#include "drivers/observers.h"
#include "drivers/htmlpage.h"
#include "drivers/jsonlog.h"
#include "drivers/ladder.h"
#include "drivers/story.h"
#include "drivers/verbose.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Octets of lines in a page: one with more would not open in a browser. */
#define PAGE_LEN_MAX (64u << 20)

struct observers {
	struct story *story;
	struct capture *capture;
	struct jsonlog *log;
	struct htmlpage *page;
	size_t page_len;
	struct ladder *ladder;
	struct verbose *verbose;
	struct host_listener listener; /* row NULL: nobody else */
};

static void to_page(struct observers *observers, const char *line, size_t len)
{
	const bool was_cut = observers->page_len > PAGE_LEN_MAX;

	observers->page_len += len;
	if (observers->page_len <= PAGE_LEN_MAX)
		htmlpage_lines(observers->page, line, len);
	else if (!was_cut)
		fprintf(stderr,
		        "tarn: the page holds the first %u MB only; write a "
		        "--log and make one of a part of it with `tarn page`\n",
		        PAGE_LEN_MAX >> 20);
}

static void page_row(struct observers *observers, const struct story_row *row)
{
	char line[JSONROW_LEN_MAX];

	if (!row->lost || !row->is_rx)
		to_page(observers, line,
		        jsonrow_line(line, sizeof(line), row, "A"));
	if (row->lost)
		to_page(observers, line,
		        jsonrow_lost(line, sizeof(line), row, "A"));
}

static void tell(void *listener, const struct story_row *row)
{
	struct observers *observers = listener;

	if (observers->capture)
		capture_row(observers->capture, row);
	if (observers->log)
		jsonlog_row(observers->log, row);
	if (observers->page)
		page_row(observers, row);
	if (observers->ladder)
		ladder_row(observers->ladder, row);
	if (observers->verbose)
		verbose_row(observers->verbose, row);
	if (observers->listener.row)
		observers->listener.row(observers->listener.context, row);
}

static int out_of_memory(char error[LINK_ERROR_LEN])
{
	snprintf(error, LINK_ERROR_LEN,
	         "no memory to watch the stack; end other programs");
	return -ENOMEM;
}

static int open_ladder(struct observers *observers, char error[LINK_ERROR_LEN])
{
	const struct ladder_options options = { .left  = "tarn",
		                                .right = "peer" };
	int rc;

	rc = ladder_open(stdout, &options, &observers->ladder);

	return rc ? out_of_memory(error) : 0;
}

static int open_page(struct observers *observers, const char *path,
                     const struct capture_info *info,
                     char error[LINK_ERROR_LEN])
{
	char line[JSONROW_LEN_MAX];
	int rc;

	rc = htmlpage_open(path, &observers->page, error);
	if (rc == 0)
		to_page(observers, line,
		        jsonlog_start(line, sizeof(line), info));

	return rc;
}

/* Files first: they fail for reasons that the user can do something about. */
static int open_all(struct observers *observers,
                    const struct host_options *options,
                    const struct capture_info *info, char error[LINK_ERROR_LEN])
{
	int rc = 0;

	if (options->capture)
		rc = capture_open(options->capture, info, &observers->capture,
		                  error);
	if (!rc && options->log)
		rc = jsonlog_open(options->log, info, &observers->log, error);
	if (!rc && options->html)
		rc = open_page(observers, options->html, info, error);
	if (!rc && options->ladder)
		rc = open_ladder(observers, error);
	if (!rc && options->verbose &&
	    verbose_open(stderr, &observers->verbose) < 0)
		rc = out_of_memory(error);
	if (!rc && story_open(tell, observers, &observers->story) < 0)
		rc = out_of_memory(error);

	return rc;
}

static bool is_stdout(const char *path)
{
	return path && strcmp(path, "-") == 0;
}

int observers_open(const struct host_options *options,
                   const struct capture_info *info, struct observers **ret,
                   char error[LINK_ERROR_LEN])
{
	struct observers *observers;
	int rc;

	*ret = NULL;
	if (!options->capture && !options->log && !options->html &&
	    !options->ladder && !options->verbose && !options->listener.row)
		return 0;

	if (is_stdout(options->capture) + is_stdout(options->log) +
	            is_stdout(options->html) + options->ladder >
	    1) {
		snprintf(error, LINK_ERROR_LEN,
		         "two of --capture -, --log -, --html - and --ladder "
		         "want standard output; give a file to all but one");
		return -EINVAL;
	}

	observers = calloc(1, sizeof(*observers));
	if (!observers)
		return out_of_memory(error);

	rc = open_all(observers, options, info, error);
	if (rc) {
		observers_close(observers);
		return rc;
	}
	observers->listener = options->listener;
	if (options->listener.start)
		options->listener.start(options->listener.context, info);
	*ret = observers;

	return 0;
}

void observers_event(void *observers, const struct tarn_event *event)
{
	struct observers *all = observers;

	story_event(all->story, event);
}

void observers_lose(struct observers *observers, const char *rule)
{
	if (observers)
		story_lose(observers->story, rule);
}

void observers_lost_arrival(struct observers *observers, uint64_t now_us,
                            const uint8_t *frame, size_t len, const char *rule)
{
	story_lost_arrival(observers->story, now_us, frame, len, rule);
}

void observers_unlisten(struct observers *observers)
{
	if (observers)
		observers->listener.row = NULL;
}

void observers_close(struct observers *observers)
{
	if (!observers)
		return;

	/* The story may hold a last row back, so it ends first. */
	story_close(observers->story);
	capture_close(observers->capture);
	jsonlog_close(observers->log);
	htmlpage_close(observers->page);
	ladder_close(observers->ladder);
	verbose_close(observers->verbose);
	free(observers);
}
