/* SPDX-License-Identifier: MIT */
/*
 * parse.h - what the parser's files share
 *
 * lexer.c has the smallest pieces: blanks, words, numbers, strings. Which of
 * them may stand at a place only the grammar knows (".5" is a moment at the
 * start of a line and flags behind "<"; "0123" is a number or a cookie), so
 * there are no tokens: the parser asks for what it wants where it wants it.
 *
 * The first mistake wins. It puts the cursor to the end of the text, where no
 * loop finds anything more to do; so nobody but script_parse() needs to look
 * at parse->rc, and a function that could not read a value returns anything.
 */
#ifndef TOOLS_DRILL_PARSE_H
#define TOOLS_DRILL_PARSE_H

#include "tools/drill/arena.h"
#include "tools/drill/script.h"

#define DRILL_DEPTH_MAX 32 /* of brackets in brackets */

struct parse {
	const char *path;
	const char *text, *end;     /* the whole script, NUL at @end */
	const char *at;             /* the next character to be read */
	const char *line_at;        /* how far @line has counted */
	const char *blank, *behind; /* the last blanks: from here to here */
	unsigned line, depth;
	struct drill_arena *arena;
	char *error; /* DRILL_ERROR_LEN */
	int rc;
	const char *unsupported; /* of the event being read */
};

/* ---- lexer.c ---- */

/** parse_fail() - "path:line: WRONG; expected EXPECTED", the line and a caret
 * @at:		where; usually parse->at
 * @expected:	NULL when the first half says it all
 */
void parse_fail(struct parse *parse, const char *at, const char *wrong,
                const char *expected);
/** parse_memory() - Zeroed octets of the arena; on NULL the parser has failed */
void *parse_memory(struct parse *parse, size_t size);
char *parse_copy(struct parse *parse, const char *text, size_t len);
/** parse_line() - The line of parse->at; only ever asked going forward */
unsigned parse_line(struct parse *parse);

/* All scan_*() skip blanks and comments first. */

void scan_blanks(struct parse *parse);
bool scan_is(struct parse *parse, const char *sign);
bool scan_take(struct parse *parse, const char *sign);
void scan_need(struct parse *parse, const char *sign, const char *where);
/** scan_is_word() - @word itself, and not only the start of a longer one */
bool scan_is_word(struct parse *parse, const char *word);
bool scan_take_word(struct parse *parse, const char *word);
/** scan_at_word() - Does any word begin here? */
bool scan_at_word(struct parse *parse);
bool scan_at_digit(struct parse *parse);
/** scan_word() - A name; NULL (and failed) if @what is missing */
const char *scan_word(struct parse *parse, const char *what);
/** scan_number() - Decimal or 0x, 0..@max; what it is for goes to the message */
uint32_t scan_number(struct parse *parse, uint32_t max, const char *what);
/** scan_integer() - Also negative, and 64 bits wide */
int64_t scan_integer(struct parse *parse);
/** scan_seconds() - "1.5" in microseconds */
int64_t scan_seconds(struct parse *parse);
/** scan_string() - "text" with escapes resolved, NUL behind it */
const char *scan_string(struct parse *parse, size_t *ret_len);
/** scan_char() - 'c' */
int64_t scan_char(struct parse *parse);
/** scan_enclosed() - Raw text up to @close, which is consumed as @open was */
const char *scan_enclosed(struct parse *parse, const char *open,
                          const char *close);
/** scan_hex() - Octets in hexadecimal digits, at most @max. Return: how many */
uint8_t scan_hex(struct parse *parse, uint8_t *ret, size_t max);
/** scan_ip4() - "192.0.2.1"? Then consume it; ret in host order */
bool scan_ip4(struct parse *parse, uint32_t *ret);

bool is_word_char(char c);
bool is_digit(char c);

/* ---- define.c ---- */

/** define_replace() - @text with all defined words replaced
 *
 * Return: in the arena, or @text itself when nothing had to be done
 */
const char *define_replace(struct parse *parse, const char *text,
                           const char *const *defines);

/* ---- parser_call.c, parser_expr.c ---- */

void parse_call(struct parse *parse, struct drill_call *call);
/** parse_expr() - @is_enclosed: between brackets, where "+" is no new event */
struct drill_expr *parse_expr(struct parse *parse, bool is_enclosed);
/** parse_fields() - Up to @close; Return: how many */
unsigned parse_fields(struct parse *parse, const char *close,
                      struct drill_field **ret);
/** parse_ip4_text() - As inet_addr(); host order */
bool parse_ip4_text(const char *text, uint32_t *ret);

/* ---- parser_packet.c, parser_option.c, parser_icmp.c, parser_foreign.c ---- */

void parse_packet(struct parse *parse, struct drill_packet *packet);
/** parse_seq() - "1:11(10)" and what dialects make of it */
void parse_seq(struct parse *parse, struct drill_packet *packet);
void parse_options(struct parse *parse, struct drill_packet *packet);
void parse_icmp(struct parse *parse, struct drill_packet *packet);
/** parse_tunnel() - Recognise and skip "ipv4 A > B:", "gre:", "mpls ...:" */
bool parse_tunnel(struct parse *parse);
/** parse_foreign() - Recognise and skip SCTP and the like, to the next event */
bool parse_foreign(struct parse *parse);

#endif
