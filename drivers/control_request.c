/* SPDX-License-Identifier: MIT */
/* control_request.c - see control_request.h */
#include "drivers/control_request.h"
#include "base/bytes.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define VERB "ss"

/* Each word is a member: reading and writing walk the same table. */
static const struct word {
	const char *text;
	size_t at;
} words[] = {
	{ "tcp", offsetof(struct control_request, tcp) },
	{ "udp", offsetof(struct control_request, udp) },
	{ "listening", offsetof(struct control_request, listening) },
	{ "all", offsetof(struct control_request, all) },
	{ "info", offsetof(struct control_request, info) },
	{ "timers", offsetof(struct control_request, timers) },
	{ "drops", offsetof(struct control_request, drops) },
	{ "summary", offsetof(struct control_request, summary) },
	{ "json", offsetof(struct control_request, json) },
};

static bool *member(struct control_request *request, const struct word *word)
{
	return (bool *)((char *)request + word->at);
}

static const struct word *find(const char *text, size_t len)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strlen(words[i].text) == len &&
		    memcmp(words[i].text, text, len) == 0)
			return &words[i];

	return NULL;
}

static int refuse(const char *what, const char *text, size_t len,
                  char error[CONTROL_ERROR_LEN])
{
	int at = snprintf(error, CONTROL_ERROR_LEN, "%s '", what);

	/* What is no letter could be anything: on a terminal, a command. */
	for (size_t i = 0; i < len && i < 40; i++) {
		error[at] = text[i];
		if (text[i] < ' ' || text[i] > '~')
			error[at] = '?';
		at++;
	}
	snprintf(error + at, CONTROL_ERROR_LEN - (size_t)at, "'");

	return -EINVAL;
}

int control_request_read(const char *line, size_t len,
                         struct control_request *ret,
                         char error[CONTROL_ERROR_LEN])
{
	struct control_request request = { .tcp = false };
	size_t at                      = strlen(VERB), end;

	if (len < at || memcmp(line, VERB, at) != 0 ||
	    (len > at && line[at] != ' '))
		return refuse("this instance does not understand", line, len,
		              error);

	for (; at < len; at = end) {
		const char *blank;
		const struct word *word;

		at++;
		blank = at < len ? memchr(line + at, ' ', len - at) : NULL;
		end   = blank ? (size_t)(blank - line) : len;
		word  = find(line + at, end - at);
		if (!word)
			return refuse("this instance does not know the word",
			              line + at, end - at, error);
		*member(&request, word) = true;
	}
	*ret = request;

	return 0;
}

size_t control_request_write(const struct control_request *request,
                             char ret[CONTROL_REQUEST_MAX + 1])
{
	struct control_request copy = *request;
	size_t at                   = strlen(VERB);

	memcpy(ret, VERB, at);
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		const size_t len = strlen(words[i].text);

		if (!*member(&copy, &words[i]))
			continue;
		ret[at++] = ' ';
		memcpy(ret + at, words[i].text, len);
		at += len;
	}
	ret[at++] = '\n';
	ret[at]   = '\0';

	return at;
}
