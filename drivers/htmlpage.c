/* SPDX-License-Identifier: MIT */
/*
 * htmlpage.c - see htmlpage.h
 *
 * The template names what belongs where: {{page.css}} is a file of the page,
 * {{live}} where a live page says so, {{events}} where a saved one has its
 * lines. So the order of the scripts is to be read in page.html.
 *
 * Inside a script element the only thing that must not stand is what looks
 * like a tag. JSON has "<" in strings alone, where it may be written \u003c.
 */
#include "drivers/htmlpage.h"
#include "drivers/embedded.h"
#include "drivers/outfile.h"
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define TEMPLATE  "page.html"
#define MARK_OPEN "{{"
#define MARK_END  "}}"
#define MARK_LEN  2

struct htmlpage {
	struct outfile out;
	const char *rest; /* of the template, after {{events}} */
};

/* Where a page goes to: a file, or memory. */
struct sink {
	void (*put)(void *context, const char *text, size_t len);
	void *context;
};

static const struct embedded *find_file(const char *name, size_t len)
{
	const struct embedded *file = page_files;

	while (file->name && (strlen(file->name) != len ||
	                      memcmp(file->name, name, len) != 0))
		file++;

	return file->name ? file : NULL;
}

static bool is_mark(const char *name, size_t len, const char *mark)
{
	return strlen(mark) == len && memcmp(name, mark, len) == 0;
}

/*
 * Write the template from @from on, with the files that it names in their
 * places. Returns what follows {{events}}, or the end if that is not there.
 */
static const char *fill(const char *from, const char *live,
                        const struct sink *sink)
{
	const struct embedded *file;
	const char *mark, *end;

	while ((mark = strstr(from, MARK_OPEN)) != NULL &&
	       (end = strstr(mark, MARK_END)) != NULL) {
		sink->put(sink->context, from, (size_t)(mark - from));
		mark += MARK_LEN;
		from = end + MARK_LEN;
		if (is_mark(mark, (size_t)(end - mark), "events"))
			return from;
		if (is_mark(mark, (size_t)(end - mark), "live")) {
			sink->put(sink->context, live, strlen(live));
			continue;
		}
		file = find_file(mark, (size_t)(end - mark));
		if (file)
			sink->put(sink->context, file->data, file->len);
	}
	sink->put(sink->context, from, strlen(from));

	return from + strlen(from);
}

static const char *template_text(void)
{
	const struct embedded *file = find_file(TEMPLATE, strlen(TEMPLATE));

	return file ? file->data : "";
}

/* ---- A file ------------------------------------------------------------- */

static void put_file(void *context, const char *text, size_t len)
{
	outfile_write(context, text, len);
}

int htmlpage_open(const char *path, struct htmlpage **ret,
                  char error[LINK_ERROR_LEN])
{
	struct htmlpage *page = malloc(sizeof(*page));
	struct sink sink;
	int rc;

	if (!page) {
		snprintf(error, LINK_ERROR_LEN, "out of memory");
		return -ENOMEM;
	}
	rc = outfile_open(&page->out, path, "page", error);
	if (rc < 0) {
		free(page);
		return rc;
	}

	sink       = (struct sink){ put_file, &page->out };
	page->rest = fill(template_text(), "", &sink);
	*ret       = page;

	return 0;
}

void htmlpage_lines(struct htmlpage *page, const char *text, size_t len)
{
	const char *end = text + len;
	const char *tag;

	while ((tag = memchr(text, '<', (size_t)(end - text))) != NULL) {
		outfile_write(&page->out, text, (size_t)(tag - text));
		outfile_write(&page->out, "\\u003c", strlen("\\u003c"));
		text = tag + 1;
	}
	outfile_write(&page->out, text, (size_t)(end - text));
}

int htmlpage_close(struct htmlpage *page)
{
	struct sink sink;
	int rc;

	if (!page)
		return 0;
	sink = (struct sink){ put_file, &page->out };
	fill(page->rest, "", &sink);
	rc = outfile_close(&page->out);
	free(page);

	return rc;
}

/* ---- Memory ------------------------------------------------------------- */

static void put_stream(void *context, const char *text, size_t len)
{
	fwrite(text, 1, len, context);
}

char *htmlpage_live(const char *events, size_t *ret_len)
{
	static const char format[] = "<meta name=\"tarn-live\" content=\"%s\">";
	char live[sizeof(format) + 128], *text = NULL;
	struct sink sink = { put_stream, NULL };
	size_t len       = 0;

	FILE *stream = open_memstream(&text, &len);
	bool failed;

	if (!stream)
		return NULL;
	snprintf(live, sizeof(live), format, events);
	sink.context = stream;
	fill(fill(template_text(), live, &sink), live, &sink);
	failed = ferror(stream) != 0;
	if (fclose(stream) != 0 || failed) {
		free(text);
		return NULL;
	}
	*ret_len = len;

	return text;
}
