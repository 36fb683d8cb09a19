/* SPDX-License-Identifier: MIT */
/* words.c - see words.h */
#include "tools/lab/words.h"
#include "base/bytes.h"
#include "base/event.h"
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

int reader_fail(struct reader *reader, const char *format, ...)
{
	va_list args;
	int len;

	len = snprintf(reader->error, LAB_ERROR_LEN, "%s:%u: ", reader->name,
	               reader->line);
	va_start(args, format);
	vsnprintf(reader->error + len, LAB_ERROR_LEN - (size_t)len, format,
	          args);
	va_end(args);

	return -EINVAL;
}

/* ---- A line ------------------------------------------------------------- */

/* Ends the word at *at with a NUL. Return: where the next may start, or NULL */
static char *cut_word(struct reader *reader, char *at, const char **ret)
{
	const bool is_quoted = *at == '"';

	*ret = at + is_quoted;
	if (is_quoted) {
		at = strchr(at + 1, '"');
		if (!at) {
			reader_fail(reader, "a \" is opened and not closed");
			return NULL;
		}
		*at = '\0';
		return at + 1;
	}
	while (*at && !isspace((unsigned char)*at) && *at != '#')
		at++;
	/* "data#3" is one word; a comment has a blank in front of its #. */
	while (*at == '#' && !isspace((unsigned char)at[-1]))
		for (at++; *at && !isspace((unsigned char)*at) && *at != '#';)
			at++;

	return at;
}

static int cut_line(struct reader *reader, char *line)
{
	reader->word_count  = 0;
	reader->next        = 0;
	reader->is_indented = *line == ' ' || *line == '\t';
	for (;;) {
		char *end;

		while (isspace((unsigned char)*line))
			line++;
		if (!*line || *line == '#')
			break;
		if (reader->word_count == LAB_WORDS_MAX)
			return reader_fail(reader, "more than %d words",
			                   LAB_WORDS_MAX);
		end = cut_word(reader, line,
		               &reader->word[reader->word_count++]);
		if (!end)
			return -EINVAL;
		line = *end ? end + 1 : end;
		*end = '\0';
	}
	reader->word[reader->word_count] = NULL;

	return 0;
}

static char *take_line(char **at)
{
	char *line = *at, *end = strchr(line, '\n');

	*at = end ? end + 1 : line + strlen(line);
	if (end)
		*end = '\0';

	return line;
}

int reader_line(struct reader *reader)
{
	while (*reader->at) {
		char *line = take_line(&reader->at);

		reader->source = take_line(&reader->line_at);
		reader->line++;
		if (cut_line(reader, line) < 0)
			return -EINVAL;
		if (reader->word_count > 0)
			return 1;
	}

	return 0;
}

/* ---- Words -------------------------------------------------------------- */

const char *reader_peek(const struct reader *reader)
{
	return reader->word[reader->next];
}

const char *reader_next(struct reader *reader)
{
	const char *word = reader->word[reader->next];

	reader->next += word != NULL;

	return word;
}

bool reader_take(struct reader *reader, const char *word)
{
	const char *next = reader_peek(reader);

	if (!next || strcmp(next, word) != 0)
		return false;
	reader->next++;

	return true;
}

int reader_end(struct reader *reader)
{
	if (reader_peek(reader))
		return reader_fail(reader, "\"%s\" is too much here",
		                   reader_peek(reader));

	return 0;
}

int reader_text(struct reader *reader, const char *what, const char **ret)
{
	*ret = reader_next(reader);
	if (!*ret)
		return reader_fail(reader, "%s is missing", what);

	return 0;
}

/* ---- Numbers ------------------------------------------------------------ */

struct unit {
	const char *name;
	uint64_t factor;
};

/* A decimal number and one of the units, which end with a NULL name. */
static bool scaled(const char *word, const struct unit *unit, uint64_t max,
                   uint64_t *ret)
{
	uint64_t value = 0;

	if (!isdigit((unsigned char)*word))
		return false;
	for (; isdigit((unsigned char)*word); word++) {
		const uint64_t digit = (uint64_t)(*word - '0');

		if (value > (max - MIN(digit, max)) / 10)
			return false;
		value = value * 10 + digit;
	}
	while (unit->name && strcmp(unit->name, word) != 0)
		unit++;
	if (!unit->name || value > max / unit->factor)
		return false;
	*ret = value * unit->factor;

	return true;
}

bool words_number(const char *word, uint64_t max, uint64_t *ret)
{
	static const struct unit units[] = {
		{ "", 1 }, { "k", 1000 }, { "M", 1000000 }, { NULL, 0 }
	};

	return scaled(word, units, max, ret);
}

#define TIME_US_MAX (365ull * 24 * 3600 * 1000000)

bool words_time(const char *word, uint64_t *ret)
{
	static const struct unit units[] = {
		{ "us", 1 },
		{ "ms", 1000 },
		{ "s", 1000000 },
		{ "min", 60ull * 1000000 },
		{ "h", 3600000000ull },
		{ NULL, 0 },
	};

	if (strcmp(word, "0") == 0) {
		*ret = 0;
		return true;
	}

	return scaled(word, units, TIME_US_MAX, ret);
}

int reader_number(struct reader *reader, const char *what, uint64_t max,
                  uint64_t *ret)
{
	const char *word = reader_next(reader);

	if (!word || !words_number(word, max, ret))
		return reader_fail(reader,
		                   "%s is missing or no number up to %llu",
		                   what, (unsigned long long)max);

	return 0;
}

int reader_time(struct reader *reader, const char *what, uint64_t *ret)
{
	const char *word = reader_next(reader);

	if (!word || !words_time(word, ret))
		return reader_fail(reader,
		                   "%s is missing or no time; write 50ms, "
		                   "500us, 2s or 3min",
		                   what);

	return 0;
}

int reader_value(struct reader *reader, uint64_t *ret)
{
	const char *word = reader_next(reader);

	if (!word ||
	    (!words_number(word, UINT64_MAX, ret) && !words_time(word, ret)))
		return reader_fail(reader, "a number or a time is missing");

	return 0;
}

int reader_op(struct reader *reader, enum expect_op *ret)
{
	static const char *const names[] = {
		[OP_EQ] = "=",  [OP_NE] = "!=", [OP_LE] = "<=",
		[OP_GE] = ">=", [OP_LT] = "<",  [OP_GT] = ">",
	};

	for (unsigned i = 0; i < ARRAY_LEN(names); i++)
		if (reader_take(reader, names[i])) {
			*ret = (enum expect_op)i;
			return 1;
		}

	return 0;
}

/* ---- Names -------------------------------------------------------------- */

static bool end_named(const char *word, size_t len, uint8_t *ret)
{
	static const char *const names[] = {
		[LAB_A] = "A", [LAB_B] = "B", [LAB_WIRE] = "wire"
	};

	for (unsigned i = 0; i < ARRAY_LEN(names); i++)
		if (strlen(names[i]) == len &&
		    memcmp(names[i], word, len) == 0) {
			*ret = (uint8_t)i;
			return true;
		}

	return false;
}

int reader_end_name(struct reader *reader, uint8_t *ret)
{
	const char *word = reader_next(reader);

	if (!word || !end_named(word, strlen(word), ret))
		return reader_fail(reader, "\"%s\" is not A, B or wire",
		                   word ? word : "");

	return 0;
}

int reader_peer(struct reader *reader, uint8_t *ret, uint16_t *ret_port)
{
	const char *word = reader_next(reader), *colon;
	uint64_t port;

	colon = word ? strchr(word, ':') : NULL;
	if (!colon || !end_named(word, (size_t)(colon - word), ret) ||
	    *ret > LAB_B || !words_number(colon + 1, UINT16_MAX, &port))
		return reader_fail(reader,
		                   "\"%s\" is no address; write A:80 or B:80",
		                   word ? word : "");
	*ret_port = (uint16_t)port;

	return 0;
}

int reader_errno(struct reader *reader, int *ret)
{
	static const struct {
		const char *name;
		int value;
	} errors[] = {
		{ "ECONNREFUSED", ECONNREFUSED },
		{ "ECONNRESET", ECONNRESET },
		{ "ETIMEDOUT", ETIMEDOUT },
		{ "EPIPE", EPIPE },
		{ "EHOSTUNREACH", EHOSTUNREACH },
		{ "ENETUNREACH", ENETUNREACH },
		{ "EMSGSIZE", EMSGSIZE },
		{ "EAGAIN", EAGAIN },
		{ "ENOTCONN", ENOTCONN },
		{ "EADDRINUSE", EADDRINUSE },
		{ "ECONNABORTED", ECONNABORTED },
		{ "EPROTO", EPROTO },
		{ "EADDRNOTAVAIL", EADDRNOTAVAIL },
	};
	const char *word = reader_next(reader);

	for (size_t i = 0; word && i < ARRAY_LEN(errors); i++)
		if (strcmp(errors[i].name, word) == 0) {
			*ret = errors[i].value;
			return 0;
		}

	return reader_fail(reader,
	                   "\"%s\" is no error known here, such as "
	                   "ECONNREFUSED or ETIMEDOUT",
	                   word ? word : "");
}

int reader_state(struct reader *reader, uint8_t *ret)
{
	const char *word = reader_next(reader);

	for (unsigned i = 0; word && i < TCPS_COUNT; i++)
		if (strcmp(tarn_tcp_state_name(i), word) == 0) {
			*ret = (uint8_t)i;
			return 0;
		}

	return reader_fail(reader,
	                   "\"%s\" is no state of RFC 9293, such as SYN-SENT",
	                   word ? word : "");
}
