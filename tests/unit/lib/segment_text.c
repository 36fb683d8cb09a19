/* SPDX-License-Identifier: MIT */
/* segment_text.c - segments in packetdrill's notation; see segment.h */
#include "tests/unit/lib/segment.h"
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A reader walks over the text; @fault stays NULL as long as all is well. */
struct reader {
	const char *at;
	const struct segment_base *base;
	struct segment_spec *spec;
	const char *fault;
};

static const struct {
	char letter;
	uint8_t bit;
} flag_letters[] = {
	{ 'F', SEG_FIN }, { 'S', SEG_SYN }, { 'R', SEG_RST }, { 'P', SEG_PSH },
	{ 'W', SEG_CWR }, { 'E', SEG_ECE }, { 'U', SEG_URG }, { '.', SEG_ACK },
};

#define FLAG_COUNT (sizeof(flag_letters) / sizeof(flag_letters[0]))

static void skip_spaces(struct reader *reader)
{
	while (*reader->at == ' ' || *reader->at == ',')
		reader->at++;
}

static bool take(struct reader *reader, const char *word)
{
	const size_t len = strlen(word);

	skip_spaces(reader);
	if (strncmp(reader->at, word, len) != 0)
		return false;
	if (isalpha((unsigned char)word[len - 1]) &&
	    isalpha((unsigned char)reader->at[len]))
		return false;
	reader->at += len;

	return true;
}

static int64_t take_number(struct reader *reader)
{
	char *end;
	int64_t value;

	skip_spaces(reader);
	value = strtoll(reader->at, &end, 10);
	if (end == reader->at)
		reader->fault = "a number is missing";
	reader->at = end;

	return value;
}

/* A sequence number: relative to @base, or absolute behind "=". */
static uint32_t take_sequence(struct reader *reader, uint32_t base,
                              int64_t *ret_relative)
{
	const bool is_absolute = take(reader, "=");
	const int64_t value    = take_number(reader);

	*ret_relative = value;

	return (uint32_t)value + (is_absolute ? 0 : base);
}

static void read_flags(struct reader *reader)
{
	skip_spaces(reader);
	for (; *reader->at && *reader->at != ' '; reader->at++) {
		size_t i = 0;

		while (i < FLAG_COUNT && flag_letters[i].letter != *reader->at)
			i++;
		if (i < FLAG_COUNT)
			reader->spec->flags |= flag_letters[i].bit;
		else if (*reader->at != '-')
			reader->fault = "an unknown flag";
	}
}

static void read_range(struct reader *reader)
{
	struct segment_spec *spec = reader->spec;
	int64_t last;

	spec->seq = take_sequence(reader, reader->base->seq, &spec->first);
	if (!take(reader, ":"))
		reader->fault = "FIRST:LAST(LENGTH) is missing";
	take_sequence(reader, reader->base->seq, &last);
	if (!take(reader, "("))
		reader->fault = "FIRST:LAST(LENGTH) is missing";
	spec->text_len = (uint32_t)take_number(reader);
	if (!take(reader, ")"))
		reader->fault = "FIRST:LAST(LENGTH) is missing";
	if (last - spec->first != spec->text_len)
		reader->fault = "LAST is not FIRST + LENGTH";
}

static void add_octet(struct reader *reader, unsigned octet, bool any)
{
	struct segment_spec *spec = reader->spec;

	if (spec->options_len == SEGMENT_OPTIONS_MAX) {
		reader->fault = "more than 40 octets of options";
		return;
	}
	spec->any[spec->options_len]       = any;
	spec->options[spec->options_len++] = (uint8_t)octet;
}

static void add_number(struct reader *reader, uint32_t value, unsigned octets,
                       bool any)
{
	while (octets-- > 0)
		add_octet(reader, value >> 8 * octets & 0xff, any);
}

static void read_timestamps(struct reader *reader)
{
	add_number(reader, 0x080a, 2, false);
	if (!take(reader, "val"))
		reader->fault = "TS needs val and ecr";
	if (take(reader, "*"))
		add_number(reader, 0, 4, true);
	else
		add_number(reader, (uint32_t)take_number(reader), 4, false);
	if (!take(reader, "ecr"))
		reader->fault = "TS needs val and ecr";
	if (take(reader, "*"))
		add_number(reader, reader->base->tsecr, 4, true);
	else
		add_number(reader, (uint32_t)take_number(reader), 4, false);
}

/* What one end SACKs are numbers of the other end. */
static void read_sack(struct reader *reader)
{
	const size_t len_at = reader->spec->options_len + 1;
	int64_t relative;

	add_number(reader, 0x0500, 2, false);
	do {
		add_number(reader,
		           take_sequence(reader, reader->base->ack, &relative),
		           4, false);
		if (!take(reader, ":"))
			reader->fault = "a SACK block is LEFT:RIGHT";
		add_number(reader,
		           take_sequence(reader, reader->base->ack, &relative),
		           4, false);
		skip_spaces(reader);
	} while (!reader->fault &&
	         (isdigit((unsigned char)*reader->at) || *reader->at == '-'));
	if (!reader->fault)
		reader->spec->options[len_at] =
		        (uint8_t)(reader->spec->options_len - len_at + 1);
}

static void read_raw(struct reader *reader)
{
	do {
		char *end;
		const unsigned long octet = strtoul(reader->at, &end, 16);

		if (end == reader->at || octet > 0xff)
			reader->fault = "raw needs hexadecimal octets";
		add_octet(reader, (unsigned)octet, false);
		reader->at = end;
	} while (!reader->fault && *reader->at++ == ':');
	if (!reader->fault)
		reader->at--;
}

static void read_option(struct reader *reader)
{
	if (take(reader, "mss")) {
		add_number(reader, 0x0204, 2, false);
		add_number(reader, (uint32_t)take_number(reader), 2, false);
	} else if (take(reader, "wscale")) {
		add_number(reader, 0x0303, 2, false);
		add_octet(reader, (unsigned)take_number(reader), false);
	} else if (take(reader, "sackOK")) {
		add_number(reader, 0x0402, 2, false);
	} else if (take(reader, "sack")) {
		read_sack(reader);
	} else if (take(reader, "TS")) {
		read_timestamps(reader);
	} else if (take(reader, "nop")) {
		add_octet(reader, 1, false);
	} else if (take(reader, "eol")) {
		add_octet(reader, 0, false);
	} else if (take(reader, "raw")) {
		skip_spaces(reader);
		read_raw(reader);
	} else {
		reader->fault = "an unknown option";
	}
}

static void read_options(struct reader *reader)
{
	reader->spec->has_options = true;
	while (!reader->fault && !take(reader, ">"))
		read_option(reader);
	while (reader->spec->options_len % 4)
		add_octet(reader, 0, false);
}

static void read_rest(struct reader *reader)
{
	struct segment_spec *spec = reader->spec;
	int64_t relative;

	if (take(reader, "ack")) {
		spec->has_ack = true;
		spec->ack = take_sequence(reader, reader->base->ack, &relative);
	} else if (take(reader, "win")) {
		spec->has_window = true;
		spec->window     = (uint16_t)take_number(reader);
	} else if (take(reader, "urg")) {
		spec->has_urgent = true;
		spec->urgent     = (uint16_t)take_number(reader);
	} else if (take(reader, "<")) {
		read_options(reader);
	} else {
		reader->fault = "ack, win, urg or <options> expected";
	}
}

const char *segment_parse(const char *text, const struct segment_base *base,
                          struct segment_spec *ret)
{
	struct reader reader = { .at = text, .base = base, .spec = ret };

	*ret = (struct segment_spec){ 0 };
	read_flags(&reader);
	read_range(&reader);
	skip_spaces(&reader);
	while (!reader.fault && *reader.at) {
		read_rest(&reader);
		skip_spaces(&reader);
	}
	if (!reader.fault && ret->has_ack != !!(ret->flags & SEG_ACK))
		reader.fault = "ack and the flag \".\" go together";

	return reader.fault;
}

/* ---- The other way ---- */

struct writer {
	char *text;
	size_t len;
};

__attribute__((format(printf, 2, 3))) static void say(struct writer *writer,
                                                      const char *format, ...)
{
	const size_t room = SEGMENT_PRINT_LEN - writer->len;
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(writer->text + writer->len, room, format, args);
	va_end(args);
	if (len > 0)
		writer->len += (size_t)len < room ? (size_t)len : room - 1;
}

static uint32_t number_at(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
	       (uint32_t)at[2] << 8 | at[3];
}

static void say_sack(struct writer *writer, const uint8_t *at, uint32_t base)
{
	say(writer, "sack");
	for (unsigned i = 2; i + 8 <= at[1]; i += 8)
		say(writer, " %d:%d", (int32_t)(number_at(at + i) - base),
		    (int32_t)(number_at(at + i + 4) - base));
}

static void say_option(struct writer *writer, const uint8_t *at, uint32_t base)
{
	const unsigned kind = at[0], len = at[0] == 1 ? 1 : at[1];

	if (kind == 1)
		say(writer, "nop");
	else if (kind == 2 && len == 4)
		say(writer, "mss %d", at[2] << 8 | at[3]);
	else if (kind == 3 && len == 3)
		say(writer, "wscale %d", at[2]);
	else if (kind == 4 && len == 2)
		say(writer, "sackOK");
	else if (kind == 5)
		say_sack(writer, at, base);
	else if (kind == 8 && len == 10)
		say(writer, "TS val %u ecr %u", number_at(at + 2),
		    number_at(at + 6));
	else
		say(writer, "kind %u length %u", kind, len);
}

static void say_options(struct writer *writer, const struct segment *segment,
                        uint32_t base)
{
	const uint8_t *at        = segment->options;
	const uint8_t *const end = at + segment->options_len;
	const char *separator    = " <";

	while (at < end && *at != 0) {
		if (*at != 1 && (end - at < 2 || at[1] < 2 || at[1] > end - at))
			break; /* a test's malformed option */
		say(writer, "%s", separator);
		say_option(writer, at, base);
		at += *at == 1 ? 1 : at[1];
		separator = ",";
	}
	if (segment->options_len)
		say(writer, at < end && *at ? " malformed>" : ">");
}

char *segment_print(const struct segment *segment,
                    const struct segment_base *base,
                    char text[SEGMENT_PRINT_LEN])
{
	struct writer writer  = { .text = text };
	const int32_t first   = (int32_t)(segment->seq - base->seq);
	const unsigned length = (unsigned)segment->text_len;

	text[0] = '\0';
	for (size_t i = 0; i < FLAG_COUNT; i++) {
		if (segment->flags & flag_letters[i].bit)
			say(&writer, "%c", flag_letters[i].letter);
	}
	if (!segment->flags)
		say(&writer, "-");
	say(&writer, " %d:%d(%u)", first, first + (int32_t)length, length);
	if (segment->flags & SEG_ACK)
		say(&writer, " ack %d", (int32_t)(segment->ack - base->ack));
	say(&writer, " win %u", segment->window);
	if (segment->flags & SEG_URG)
		say(&writer, " urg %u", segment->urgent);
	say_options(&writer, segment, base->ack);

	return text;
}
