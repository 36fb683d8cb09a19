/* SPDX-License-Identifier: MIT */
/*
 * parser_expr.c - arguments and results of calls
 *
 *	...  42  0x2a  -1  'c'  "text"  "text"...  SOCK_STREAM  ~O_NONBLOCK
 *	POLLIN | POLLOUT   [1, 2]   {events=POLLIN, fd=4}   {"data", 10}
 *	{msg_name(...)=..., msg_iov(2)=[{..., 4}, {..., 6}], msg_flags=0}
 *	{sa_family = AF_INET, sin_port = htons(80), sin_addr = inet_addr("::")}
 *
 * Only what is in brackets of any kind may use + and *: outside of them they
 * begin the next event.
 */
#include "tools/drill/parse.h"
#include <string.h>

static bool is_same(const char *word, const char *name)
{
	return word && strcmp(word, name) == 0;
}

static struct drill_expr *new_expr(struct parse *parse,
                                   enum drill_expr_kind kind)
{
	struct drill_expr *expr = parse_memory(parse, sizeof(*expr));

	if (!expr)
		return NULL;

	expr->kind = kind;
	expr->line = parse_line(parse);
	return expr;
}

static struct drill_expr *new_integer(struct parse *parse, int64_t value)
{
	struct drill_expr *expr = new_expr(parse, DRILL_INTEGER);

	if (expr)
		expr->integer = value;

	return expr;
}

static struct drill_expr *new_word(struct parse *parse, const char *text)
{
	struct drill_expr *expr = new_expr(parse, DRILL_WORD);

	if (expr) {
		expr->text     = text;
		expr->text_len = text ? strlen(text) : 0;
	}
	return expr;
}

static struct drill_expr *new_string(struct parse *parse)
{
	struct drill_expr *expr = new_expr(parse, DRILL_STRING);

	if (!expr)
		return NULL;

	expr->text   = scan_string(parse, &expr->text_len);
	expr->is_cut = scan_take(parse, "...");
	return expr;
}

/* ---- functions --------------------------------------------------------- */

/* Numbers are in host order throughout, so these four change nothing. */
static bool is_byte_order(const char *name)
{
	return is_same(name, "htons") || is_same(name, "ntohs") ||
	       is_same(name, "htonl") || is_same(name, "ntohl");
}

static struct drill_expr *address(struct parse *parse,
                                  const struct drill_expr *text)
{
	uint32_t ip = 0;

	if (text && text->kind == DRILL_STRING && text->text &&
	    !parse_ip4_text(text->text, &ip)) {
		if (strchr(text->text, ':'))
			parse->unsupported = "IPv6";
		else
			parse_fail(parse, parse->at, "this is no address",
			           "one such as \"192.0.2.1\"");
	}

	return new_integer(parse, ip);
}

static struct drill_expr *apply(struct parse *parse, const char *name,
                                const struct drill_field *args, unsigned count)
{
	struct drill_expr *first         = args ? args->value : NULL;
	const struct drill_field *second = args ? args->next : NULL;

	if (is_byte_order(name) && count == 1)
		return first;
	if (is_same(name, "inet_addr") && count == 1)
		return address(parse, first);
	if (is_same(name, "inet_pton") && second)
		return address(parse, second->value);

	parse->unsupported = "a function in an argument";
	return new_word(parse, name);
}

static struct drill_expr *parse_name(struct parse *parse)
{
	const char *name = scan_word(parse, "a name");
	struct drill_field *args;
	unsigned count;

	if (!scan_take(parse, "("))
		return new_word(parse, name);

	count = parse_fields(parse, ")", &args);
	return apply(parse, name, args, count);
}

/* ---- socket addresses -------------------------------------------------- */

static const struct drill_field *find(const struct drill_expr *expr,
                                      const char *name)
{
	for (const struct drill_field *f = expr->fields; f; f = f->next)
		if (is_same(f->name, name))
			return f;

	return NULL;
}

static const struct drill_expr *value_of(const struct drill_expr *expr,
                                         const char *name, const char *or_name)
{
	const struct drill_field *field = find(expr, name);

	if (!field)
		field = find(expr, or_name);

	return field ? field->value : NULL;
}

static uint32_t number_of(const struct drill_expr *value)
{
	if (!value)
		return 0;
	if (value->kind == DRILL_WORD &&
	    is_same(value->text, "INADDR_LOOPBACK"))
		return 0x7f000001;

	return value->kind == DRILL_INTEGER ? (uint32_t)value->integer : 0;
}

/* A struct that names its family is a sockaddr. */
static void become_address(struct parse *parse, struct drill_expr *expr)
{
	const struct drill_expr *family =
	        value_of(expr, "sa_family", "sin_family");

	if (!family && !find(expr, "sin_port"))
		return;

	expr->kind   = DRILL_ADDR;
	expr->family = "AF_INET";
	if (family && family->kind == DRILL_WORD)
		expr->family = family->text;
	if (is_same(expr->family, "AF_INET6") || find(expr, "sin6_port"))
		parse->unsupported = "IPv6";
	expr->addr_port =
	        (uint16_t)number_of(value_of(expr, "sin_port", "sin6_port"));
	expr->addr_ip = number_of(value_of(expr, "sin_addr", "sin_addr"));
}

/* ---- brackets ---------------------------------------------------------- */

/* Behind a '(': where its ')' is, or the end of the text. */
static const char *closing(const char *at)
{
	unsigned depth = 1;

	for (; *at; at++) {
		depth += *at == '(';
		if (*at == ')' && --depth == 0)
			return at + 1;
		if (*at == ';' || *at == '`')
			break;
	}
	return at + strlen(at);
}

/* "name =" or "name(...) =": a field; anything else is only a value. */
static bool is_field(struct parse *parse)
{
	const char *at;

	if (!scan_at_word(parse))
		return false;

	at = parse->at;
	while (is_word_char(*at))
		at++;
	at += strspn(at, " \t");
	if (*at == '(')
		at = closing(at + 1);
	at += strspn(at, " \t");

	return *at == '=';
}

static void parse_field(struct parse *parse, struct drill_field *field)
{
	if (is_field(parse)) {
		field->name = scan_word(parse, "a field");
		if (scan_take(parse, "(")) {
			field->size = parse_expr(parse, true);
			scan_need(parse, ")", "behind the size of a field");
		}
		scan_need(parse, "=", "behind the name of a field");
	}
	field->value = parse_expr(parse, true);
}

unsigned parse_fields(struct parse *parse, const char *close,
                      struct drill_field **ret)
{
	struct drill_field **next = ret;
	unsigned count            = 0;

	*ret = NULL;
	while (!parse->rc && !scan_is(parse, close)) {
		struct drill_field *field = parse_memory(parse, sizeof(*field));

		if (!field)
			return 0;
		parse_field(parse, field);
		*next = field;
		next  = &field->next;
		count++;
		if (!scan_take(parse, ","))
			break;
	}
	scan_need(parse, close, "or ','");

	return count;
}

static struct drill_expr *parse_list(struct parse *parse)
{
	struct drill_expr *expr = new_expr(parse, DRILL_LIST);

	if (expr)
		expr->field_count = parse_fields(parse, "]", &expr->fields);

	return expr;
}

static struct drill_expr *parse_struct(struct parse *parse)
{
	struct drill_expr *expr = new_expr(parse, DRILL_STRUCT);

	if (!expr)
		return NULL;

	expr->field_count = parse_fields(parse, "}", &expr->fields);
	become_address(parse, expr);
	return expr;
}

static struct drill_expr *parse_group(struct parse *parse)
{
	struct drill_expr *expr = parse_expr(parse, true);

	scan_need(parse, ")", "to close the bracket");
	return expr;
}

/* ---- operators --------------------------------------------------------- */

static struct drill_expr *parse_operand(struct parse *parse);

static struct drill_expr *parse_not(struct parse *parse)
{
	struct drill_expr *expr = new_expr(parse, DRILL_NOT);

	if (expr)
		expr->left = parse_operand(parse);

	return expr;
}

static struct drill_expr *parse_plain(struct parse *parse)
{
	if (scan_take(parse, "..."))
		return new_expr(parse, DRILL_ELLIPSIS);
	if (scan_is(parse, "\""))
		return new_string(parse);
	if (scan_is(parse, "'"))
		return new_integer(parse, scan_char(parse));
	if (scan_is(parse, "-") || scan_at_digit(parse))
		return new_integer(parse, scan_integer(parse));
	if (scan_at_word(parse) || scan_take(parse, "&"))
		return parse_name(parse);

	parse_fail(parse, parse->at, "no value stands here",
	           "a number, a name, a string, '...', '[' or '{'");
	return NULL;
}

static struct drill_expr *parse_operand(struct parse *parse)
{
	struct drill_expr *expr;

	if (++parse->depth > DRILL_DEPTH_MAX)
		parse_fail(parse, parse->at, "too many brackets in brackets",
		           NULL);

	if (scan_take(parse, "~"))
		expr = parse_not(parse);
	else if (scan_take(parse, "["))
		expr = parse_list(parse);
	else if (scan_take(parse, "{"))
		expr = parse_struct(parse);
	else if (scan_take(parse, "("))
		expr = parse_group(parse);
	else
		expr = parse_plain(parse);

	parse->depth--;
	return expr;
}

/* The operator that stands here and binds at least as strong as @least. */
static int take_operator(struct parse *parse, int least, bool is_enclosed)
{
	static const char *const signs[] = { "|", "&", "<<", "+", "-", "*" };
	static const int strengths[]     = { 1, 2, 3, 4, 4, 5 };
	const int count                  = is_enclosed ? 6 : 1;

	for (int i = 0; i < count; i++)
		if (strengths[i] >= least && scan_take(parse, signs[i]))
			return i;

	return -1;
}

static struct drill_expr *parse_operators(struct parse *parse, int least,
                                          bool is_enclosed)
{
	static const int strengths[] = { 1, 2, 3, 4, 4, 5 };
	struct drill_expr *left      = parse_operand(parse);
	int found;

	while ((found = take_operator(parse, least, is_enclosed)) >= 0) {
		struct drill_expr *expr = new_expr(parse, DRILL_OR);

		if (!expr)
			return NULL;
		expr->op    = "|&<+-*"[found];
		expr->left  = left;
		expr->right = parse_operators(parse, strengths[found] + 1,
		                              is_enclosed);
		left        = expr;
	}

	return left;
}

struct drill_expr *parse_expr(struct parse *parse, bool is_enclosed)
{
	return parse_operators(parse, 1, is_enclosed);
}
