/* SPDX-License-Identifier: MIT */
/*
 * define.c - words that stand for something else
 *
 * Scripts name what differs between machines: "<mss 1460,FO TFO_COOKIE>". The
 * value comes from -D NAME=VALUE on the command line, else from a line
 * "--define=NAME=VALUE" of the script, else from the table here, which holds
 * what the runners of public collections pass for IPv4.
 *
 * Replacing happens once, in the text, before anything is parsed; not inside
 * strings, shell lines and code. A value is not replaced again.
 */
#include "tools/drill/parse.h"
#include <errno.h>
#include <string.h>

static const char *const usual[] = {
	"TFO_COOKIE=3021b9d889017eeb",
	"TFO_COOKIE_ZERO=b7c12350a90dc8f5",
	"CMSG_LEVEL_IP=SOL_IP",
	"CMSG_TYPE_RECVERR=IP_RECVERR",
	NULL,
};

struct piece {
	const char *at;
	size_t len;
};

/* The value in "NAME=VALUE" if @word is the name. */
static bool value_in(const char *define, struct piece word, struct piece *ret)
{
	if (strncmp(define, word.at, word.len) != 0 || define[word.len] != '=')
		return false;

	ret->at  = define + word.len + 1;
	ret->len = strcspn(ret->at, " \t\r\n");
	return true;
}

static bool find_in(const char *const *defines, struct piece word,
                    struct piece *ret)
{
	for (; defines && *defines; defines++)
		if (value_in(*defines, word, ret))
			return true;

	return false;
}

static bool find_in_script(const char *text, struct piece word,
                           struct piece *ret)
{
	static const char option[] = "--define=";

	while ((text = strstr(text, option)) != NULL) {
		text += sizeof(option) - 1;
		if (value_in(text, word, ret))
			return true;
	}
	return false;
}

/* What is not looked into: "...", `...`, %{...}%, and comments as they come. */
static size_t opaque_len(const char *at)
{
	const char *end = NULL;

	if (*at == '"') {
		for (end = at + 1; *end && *end != '"' && *end != '\n'; end++)
			end += *end == '\\' && end[1] ? 1 : 0;
		return (size_t)(end - at) + (*end == '"');
	}
	if (*at == '`' && (end = strchr(at + 1, '`')) != NULL)
		return (size_t)(end - at) + 1;
	if (at[0] == '%' && at[1] == '{' && (end = strstr(at, "}%")) != NULL)
		return (size_t)(end - at) + 2;

	return 1;
}

struct replacing {
	const char *text; /* the whole script */
	const char *const *defines;
	bool in_script; /* has it any --define= at all? */
	char *to;       /* NULL: only measure */
	size_t len;     /* so far */
};

static void put(struct replacing *r, const char *at, size_t len)
{
	if (r->to)
		memcpy(r->to + r->len, at, len);
	r->len += len;
}

static size_t replace_word(struct replacing *r, const char *at)
{
	struct piece word = { at, 0 }, value;

	while (is_word_char(at[word.len]))
		word.len++;

	if (is_digit(*at))
		value = word;
	else if (!find_in(r->defines, word, &value) &&
	         !(r->in_script && find_in_script(r->text, word, &value)) &&
	         !find_in(usual, word, &value))
		value = word;

	put(r, value.at, value.len);
	return word.len;
}

static void replace_all(struct replacing *r)
{
	r->len = 0;
	for (const char *at = r->text; *at;) {
		size_t len;

		if (is_word_char(*at)) {
			at += replace_word(r, at);
			continue;
		}
		len = opaque_len(at);
		put(r, at, len);
		at += len;
	}
}

const char *define_replace(struct parse *parse, const char *text,
                           const char *const *defines)
{
	struct replacing r = {
		.text      = text,
		.defines   = defines,
		.in_script = strstr(text, "--define=") != NULL,
	};

	replace_all(&r);
	if (r.len > DRILL_SCRIPT_LEN_MAX) {
		parse_fail(parse, text, "this script is too long", NULL);
		parse->rc = -EFBIG;
		return text;
	}
	r.to = arena_take(parse->arena, r.len + 1);
	if (!r.to) {
		parse_fail(parse, text, "out of memory", NULL);
		parse->rc = -ENOMEM;
		return text;
	}
	replace_all(&r);

	return r.to;
}
