/* SPDX-License-Identifier: MIT */
/*
 * chunked.c - the chunked coding, RFC 9112 section 7.1; see body.h
 *
 *	chunk     = 1*HEXDIG *( BWS ";" BWS name [ BWS "=" BWS value ] ) CRLF
 *	            data CRLF
 *	last      = 1*"0" ... CRLF *( field CRLF ) CRLF
 *
 * One octet at a time through a machine whose states are the places in this
 * grammar, so that a split cannot matter; only data is taken in bulk. Every
 * line end is CRLF: a reader that takes less is a reader that can be smuggled
 * past (CVE-2025-55315 was an LF in an extension).
 */
#include "apps/http/body.h"
#include "apps/http/limits.h"
#include <stdio.h>

enum state {
	SIZE,         /* before or behind a digit; in ext_arrows: refused */
	EXT_BEFORE,   /* white space; only ";" may come */
	EXT_START,    /* behind the ";" */
	EXT_NAME,     /* in the name */
	EXT_NAME_END, /* white space behind the name */
	EXT_VALUE,    /* behind the "=" */
	EXT_TOKEN,    /* in a value that is a token */
	EXT_QUOTED,   /* in a value in quotes */
	EXT_ESCAPED,  /* behind a backslash in quotes */
	EXT_END,      /* behind the closing quote */
	LINE_LF,      /* CR seen */
	DATA,
	DATA_CR, /* behind the data */
	DATA_LF, /* CR seen */
	TRAILER, /* at the start of a trailer field, or of the end */
	TRAILER_NAME,
	TRAILER_VALUE,
	TRAILER_LF, /* CR seen */
	LAST_LF,    /* CR of the empty line seen */
	FINISHED,
};

enum class {
	TOKEN,
	SPACE,
	SEMICOLON,
	EQUALS,
	QUOTE,
	BACKSLASH,
	CR,
	OTHER,
	CONTROL,
	CLASS_COUNT
};

/* From each place in an extension, where each kind of octet leads. */
/* clang-format off */
static const uint8_t ext_arrows[][CLASS_COUNT] = {
	[EXT_BEFORE]   = { [SPACE] = EXT_BEFORE, [SEMICOLON] = EXT_START },
	[EXT_START]    = { [TOKEN] = EXT_NAME, [SPACE] = EXT_START },
	[EXT_NAME]     = { [TOKEN] = EXT_NAME, [SPACE] = EXT_NAME_END,
			   [SEMICOLON] = EXT_START, [EQUALS] = EXT_VALUE,
			   [CR] = LINE_LF },
	[EXT_NAME_END] = { [SPACE] = EXT_NAME_END, [SEMICOLON] = EXT_START,
			   [EQUALS] = EXT_VALUE },
	[EXT_VALUE]    = { [TOKEN] = EXT_TOKEN, [SPACE] = EXT_VALUE,
			   [QUOTE] = EXT_QUOTED },
	[EXT_TOKEN]    = { [TOKEN] = EXT_TOKEN, [SPACE] = EXT_BEFORE,
			   [SEMICOLON] = EXT_START, [CR] = LINE_LF },
	[EXT_QUOTED]   = { [TOKEN] = EXT_QUOTED, [SPACE] = EXT_QUOTED,
			   [SEMICOLON] = EXT_QUOTED, [EQUALS] = EXT_QUOTED,
			   [OTHER] = EXT_QUOTED, [QUOTE] = EXT_END,
			   [BACKSLASH] = EXT_ESCAPED },
	[EXT_ESCAPED]  = { [TOKEN] = EXT_QUOTED, [SPACE] = EXT_QUOTED,
			   [SEMICOLON] = EXT_QUOTED, [EQUALS] = EXT_QUOTED,
			   [OTHER] = EXT_QUOTED, [QUOTE] = EXT_QUOTED,
			   [BACKSLASH] = EXT_QUOTED },
	[EXT_END]      = { [SPACE] = EXT_BEFORE, [SEMICOLON] = EXT_START,
			   [CR] = LINE_LF },
};
/* clang-format on */

static enum class class_of(uint8_t c) {
	switch (c){
		case ';' : return SEMICOLON; case '=' : return EQUALS;
		case '"' : return QUOTE;
		case '\\' : return BACKSLASH;
		case '\r' : return CR;
		default : break;
	}
if (octet_is_token(c)) return TOKEN;
if (octet_is_space(c))
	return SPACE;

return octet_is_field(c) ? OTHER : CONTROL;
}

/* The size is complete: may a chunk be so long? */
static enum http_fault check_size(const struct http_body *body)
{
	if (body->chunked.digit_count == 0)
		return HTTP_FAULT_CHUNK_SIZE;
	if (body->chunked.left > INT64_MAX)
		return HTTP_FAULT_CHUNK_SIZE_RANGE;
	if (body->chunked.left > body->max - body->received)
		return HTTP_FAULT_BODY_LONG;

	return HTTP_FAULT_NONE;
}

static enum http_fault on_size(struct http_body *body, uint8_t c)
{
	struct http_chunked *chunked = &body->chunked;
	const int digit              = octet_hex(c);

	if (digit >= 0) {
		if (++chunked->digit_count > HTTP_CHUNK_DIGITS_MAX)
			return HTTP_FAULT_CHUNK_SIZE_RANGE;
		chunked->left = chunked->left << 4 | (uint64_t)digit;
		return HTTP_FAULT_NONE;
	}

	if (c == '\n' && chunked->digit_count > 0)
		return HTTP_FAULT_CHUNK_LINE;
	if (c != '\r' && c != ';' && !octet_is_space(c))
		return HTTP_FAULT_CHUNK_SIZE;

	chunked->ext_len = 0;
	chunked->state   = c == '\r'  ? LINE_LF
	                   : c == ';' ? EXT_START
	                              : EXT_BEFORE;

	return check_size(body);
}

static enum http_fault on_ext(struct http_chunked *chunked, uint8_t c)
{
	const uint8_t next = ext_arrows[chunked->state][class_of(c)];

	if (next == SIZE)
		return HTTP_FAULT_CHUNK_EXT;
	if (++chunked->ext_len > HTTP_CHUNK_EXT_BYTES_MAX ||
	    ++chunked->ext_total > HTTP_CHUNK_EXT_TOTAL_MAX)
		return HTTP_FAULT_CHUNK_EXT_LONG;
	chunked->state = next;

	return HTTP_FAULT_NONE;
}

/* The octets that stand in a fixed place: CR and LF. */
static enum http_fault on_line_end(struct http_chunked *chunked, uint8_t c)
{
	switch (chunked->state) {
	case LINE_LF:
		chunked->state = chunked->left ? DATA : TRAILER;
		return c == '\n' ? HTTP_FAULT_NONE : HTTP_FAULT_CHUNK_LINE;
	case DATA_CR:
		chunked->state = DATA_LF;
		return c == '\r' ? HTTP_FAULT_NONE : HTTP_FAULT_CHUNK_DATA;
	case DATA_LF:
		chunked->state       = SIZE;
		chunked->digit_count = 0;
		return c == '\n' ? HTTP_FAULT_NONE : HTTP_FAULT_CHUNK_DATA;
	case TRAILER_LF:
		chunked->state = TRAILER;
		break;
	default:
		chunked->state = FINISHED;
		break;
	}

	return c == '\n' ? HTTP_FAULT_NONE : HTTP_FAULT_TRAILER;
}

static enum http_fault on_trailer_start(struct http_chunked *chunked, uint8_t c)
{
	if (c == '\r') {
		chunked->state = LAST_LF;
		return HTTP_FAULT_NONE;
	}
	if (++chunked->trailer_count > HTTP_TRAILERS_MAX)
		return HTTP_FAULT_TRAILERS_MANY;
	chunked->state = TRAILER_NAME;

	return octet_is_token(c) ? HTTP_FAULT_NONE : HTTP_FAULT_TRAILER;
}

static enum http_fault on_trailer(struct http_chunked *chunked, uint8_t c)
{
	if (++chunked->trailer_len > HTTP_TRAILER_BYTES_MAX)
		return HTTP_FAULT_TRAILERS_MANY;
	if (chunked->state == TRAILER)
		return on_trailer_start(chunked, c);

	if (chunked->state == TRAILER_NAME && c == ':')
		chunked->state = TRAILER_VALUE;
	else if (chunked->state == TRAILER_NAME && !octet_is_token(c))
		return HTTP_FAULT_TRAILER;
	else if (chunked->state == TRAILER_VALUE && c == '\r')
		chunked->state = TRAILER_LF;
	else if (chunked->state == TRAILER_VALUE && !octet_is_field(c))
		return HTTP_FAULT_TRAILER;

	return HTTP_FAULT_NONE;
}

static enum http_fault on_octet(struct http_body *body, uint8_t c)
{
	switch (body->chunked.state) {
	case SIZE:
		return on_size(body, c);
	case TRAILER:
	case TRAILER_NAME:
	case TRAILER_VALUE:
		return on_trailer(&body->chunked, c);
	case LINE_LF:
	case DATA_CR:
	case DATA_LF:
	case TRAILER_LF:
	case LAST_LF:
		return on_line_end(&body->chunked, c);
	default:
		return on_ext(&body->chunked, c);
	}
}

static void take_data(struct http_body *body, const uint8_t *buf, size_t len,
                      struct http_piece *ret)
{
	const uint64_t left = body->chunked.left;

	ret->data = buf + ret->used;
	ret->len  = len - ret->used < left ? len - ret->used : (size_t)left;
	ret->used += ret->len;
	body->received += ret->len;
	body->chunked.left -= ret->len;
	if (body->chunked.left == 0)
		body->chunked.state = DATA_CR;
}

enum http_result http_chunked_feed(struct http_body *body, const uint8_t *buf,
                                   size_t len, struct http_piece *ret)
{
	while (ret->used < len && body->chunked.state != FINISHED) {
		if (body->chunked.state == DATA) {
			take_data(body, buf, len, ret);
			return HTTP_MORE;
		}
		body->fault = on_octet(body, buf[ret->used++]);
		if (body->fault)
			return HTTP_BAD;
	}

	return body->chunked.state == FINISHED ? HTTP_DONE : HTTP_MORE;
}

int http_chunk_line(uint64_t len, char ret[HTTP_CHUNK_LINE_MAX])
{
	return snprintf(ret, HTTP_CHUNK_LINE_MAX, "%llx\r\n",
	                (unsigned long long)len);
}
