/* SPDX-License-Identifier: MIT */
/*
 * words.h - a line of a lesson as words, and words as numbers
 *
 * Inside tools/lab only; script.h is what it serves.
 */
#ifndef TOOLS_LAB_WORDS_H
#define TOOLS_LAB_WORDS_H

#include "tools/lab/script.h"

/** struct reader - where the parser stands */
struct reader {
	struct lesson *lesson;
	const char *name;
	char *error;   /* LAB_ERROR_LEN */
	char *at;      /* the rest of the file */
	char *line_at; /* the rest of the copy for reports */
	unsigned line;
	const char *source; /* this line, without its end */
	bool is_indented;
	unsigned word_count;
	const char *word[LAB_WORDS_MAX + 1]; /* a NULL follows the last */
	unsigned next;                       /* the word that is read next */
	int break_at; /* inside "without": its index, else -1 */
	int try_at;   /* inside "try", likewise */
};

/** reader_line() - The next line that has words. Return: 1, 0 at the end, -EINVAL, -E2BIG */
int reader_line(struct reader *reader);

/** reader_fail() - Say what is wrong with this line. Return: -EINVAL */
__attribute__((format(printf, 2, 3))) int reader_fail(struct reader *reader,
                                                      const char *format, ...);

/** reader_peek(), reader_next() - a word; NULL at the end of the line */
const char *reader_peek(const struct reader *reader);
const char *reader_next(struct reader *reader);
/** reader_take() - Is the next word this one? Then it is read. */
bool reader_take(struct reader *reader, const char *word);
/** reader_end() - The line must be over. Return: 0, -EINVAL */
int reader_end(struct reader *reader);

/* These read the next word. Return: 0, -EINVAL */
int reader_text(struct reader *reader, const char *what, const char **ret);
/** reader_number() - A decimal number; k and M stand for 10^3 and 10^6 */
int reader_number(struct reader *reader, const char *what, uint64_t max,
                  uint64_t *ret);
/** reader_time() - 50ms, 500us, 2s, 3min or 2h, in microseconds */
int reader_time(struct reader *reader, const char *what, uint64_t *ret);
/** reader_value() - A number or a time, as it stands */
int reader_value(struct reader *reader, uint64_t *ret);
/** reader_op() - = != < <= > >=. Return: 1 read, 0 there is none */
int reader_op(struct reader *reader, enum expect_op *ret);
/** reader_end_name() - A, B or wire */
int reader_end_name(struct reader *reader, uint8_t *ret);
/** reader_peer() - A:80 or B:80 */
int reader_peer(struct reader *reader, uint8_t *ret, uint16_t *ret_port);
/** reader_errno() - ECONNREFUSED and its like, > 0 */
int reader_errno(struct reader *reader, int *ret);
/** reader_state() - An RFC 9293 state's name */
int reader_state(struct reader *reader, uint8_t *ret);

/** words_number(), words_time() - the same for a word alone. Return: is it one? */
bool words_number(const char *word, uint64_t max, uint64_t *ret);
bool words_time(const char *word, uint64_t *ret);

/* The sections; each reads the rest of the line. Return: 0, -EINVAL, -E2BIG */
int parse_step(struct reader *reader, struct app *app);
int parse_steps_end(struct reader *reader, struct app *app);
int parse_expect(struct reader *reader);
int parse_predict(struct reader *reader);
int parse_choice(struct reader *reader);
/** parse_rule() - "drop data#3" as the fault rule "drop out data#3" */
int parse_rule(struct reader *reader, char ret[LAB_RULE_LEN]);
/** parse_selector() - "data#3"; without "#" the ordinal is 0 */
bool parse_selector(const char *word, enum fault_selector *ret,
                    uint32_t *ret_ordinal);
/** parse_filter() - One condition on a frame. Return: 1 read, 0 it is none, -EINVAL */
int parse_filter(struct reader *reader, struct filter *ret,
                 uint32_t *ret_ordinal);
/** parse_link() - "delay 50ms rate 10M ..." for one or both directions */
int parse_link(struct reader *reader);
int parse_router(struct reader *reader);
int parse_arp(struct reader *reader);
int parse_stack(struct reader *reader);
bool link_set(struct wire_path *path, const char *key, uint64_t value);

#endif
