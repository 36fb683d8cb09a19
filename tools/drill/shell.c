/* SPDX-License-Identifier: MIT */
/* shell.c - splits a command line into words; see shell.h */
#include "tools/drill/shell.h"
#include <ctype.h>
#include <stddef.h>
#include <string.h>

static bool ends_command(const char *at)
{
	return *at == '\0' || *at == '\n' || *at == ';' ||
	       (at[0] == '&' && at[1] == '&') || (at[0] == '|' && at[1] == '|');
}

/* Over what stands between two commands. */
static const char *skip_between(const char *at)
{
	while (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n' ||
	       *at == ';' || *at == '&' || *at == '|')
		at++;
	if (*at != '#')
		return at;

	return skip_between(at + strcspn(at, "\n"));
}

static bool is_strange(char c)
{
	return c == '$' || c == '`' || c == '(' || c == '|' || c == '<';
}

/* Does this octet begin or end a quotation? */
static bool is_quote(char c, char *quote)
{
	if (c == *quote) {
		*quote = '\0';
		return true;
	}
	if (*quote || (c != '"' && c != '\''))
		return false;
	*quote = c;

	return true;
}

static bool ends_word(const char *at, char quote)
{
	return !quote &&
	       (isspace((unsigned char)*at) || *at == '>' || ends_command(at));
}

/* One word, unquoted, to @to. Return: its octets, or -1 */
static int take_word(const char **at, char *to, size_t size)
{
	const char *from = *at;
	size_t len       = 0;
	char quote       = '\0';

	for (; *from && !ends_word(from, quote); from++) {
		if (is_strange(*from) && quote != '\'')
			return -1;
		if (is_quote(*from, &quote))
			continue;
		if (*from == '\\' && from[1] && quote != '\'')
			from++;
		if (len + 1 >= size)
			return -1;
		to[len++] = *from;
	}
	to[len] = '\0';
	*at     = from;

	return quote ? -1 : (int)len;
}

static bool is_number_before_redirection(const char *at)
{
	return isdigit((unsigned char)*at) && at[1] == '>';
}

/* ">", ">>", "2>", "&>" and, if it has one, the "&1" behind it. */
static const char *skip_arrow(const char *at, bool *ret_is_output)
{
	*ret_is_output = *at != '2' && *at != '&';
	at += strcspn(at, ">");
	at += strspn(at, ">");
	if (at[0] == '&' && isdigit((unsigned char)at[1])) {
		*ret_is_output = false;
		return at + 2;
	}

	return at;
}

static bool is_arrow(const char *at)
{
	return *at == '>' || (at[0] == '&' && at[1] == '>') ||
	       is_number_before_redirection(at);
}

/* Return: was there an arrow, and nothing behind it to redirect to? */
static bool take_arrow(const char **at, bool *ret_redirects,
                       bool *ret_is_output)
{
	const char *behind;

	if (!is_arrow(*at))
		return false;

	behind         = skip_arrow(*at, ret_is_output);
	*ret_redirects = behind[-1] == '>';
	*at            = behind + strspn(behind, " \t");

	return !*ret_redirects;
}

int shell_next(const char **at, struct shell_command *ret)
{
	const char *from = skip_between(*at);
	size_t used      = 0;

	ret->count  = 0;
	ret->output = NULL;
	while (!ends_command(from)) {
		bool redirects = false, is_output = false;
		int len;

		from += strspn(from, " \t\r");
		if (ends_command(from) || *from == '#')
			break;
		if (take_arrow(&from, &redirects, &is_output))
			continue;
		if (*from == '&' || ret->count == SHELL_WORDS_MAX)
			return SHELL_NOT_A_SHELL;
		len = take_word(&from, ret->text + used,
		                sizeof(ret->text) - used);
		if (len < 0)
			return SHELL_NOT_A_SHELL;
		if (!redirects)
			ret->word[ret->count++] = ret->text + used;
		else if (is_output)
			ret->output = ret->text + used;
		used += (size_t)len + 1;
	}
	if (*from == '#')
		from += strcspn(from, "\n");
	ret->word[ret->count] = NULL;
	*at                   = from;

	return ret->count > 0;
}
