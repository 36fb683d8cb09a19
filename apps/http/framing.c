/* SPDX-License-Identifier: MIT */
/*
 * framing.c - how long is the body? RFC 9112 section 6.3; see line.h
 *
 * The one place where a mistake lets one message be read as two. Stricter than
 * the RFC in three points: a repeated Content-Length is refused even if both
 * agree, so is a leading zero, and so is Content-Length beside
 * Transfer-Encoding in a response.
 */
#include "apps/http/line.h"

static enum http_fault take_length(struct http_fields *fields,
                                   const uint8_t *buf, struct http_span value)
{
	uint64_t length = 0;

	if (fields->has_length)
		return HTTP_FAULT_LENGTH_REPEATED;
	if (value.len == 0 || (value.len > 1 && buf[value.at] == '0'))
		return HTTP_FAULT_LENGTH_SYNTAX;

	for (uint32_t i = 0; i < value.len; i++) {
		const uint8_t c = buf[value.at + i];

		if (!octet_is_digit(c))
			return HTTP_FAULT_LENGTH_SYNTAX;
		if (length > ((uint64_t)INT64_MAX - (c - '0')) / 10)
			return HTTP_FAULT_LENGTH_SYNTAX;
		length = length * 10 + (c - '0');
	}
	fields->has_length = true;
	fields->length     = length;

	return HTTP_FAULT_NONE;
}

/* Only "chunked" alone, and last, is ever taken for chunked: not "xchunked",
 * not "chunked;q=1", not "chunked,". */
static enum http_fault take_coding(struct http_fields *fields,
                                   const uint8_t *buf, struct http_span value)
{
	struct http_span coding;
	bool has_ended = false;

	if (fields->has_coding)
		return HTTP_FAULT_CODING_REPEATED;
	fields->has_coding = true;

	while (span_list_next(buf, &value, &has_ended, &coding)) {
		if (!span_is_token(buf, coding))
			return HTTP_FAULT_CODING_SYNTAX;
		if (fields->is_chunked)
			return HTTP_FAULT_CODING_NOT_LAST;
		if (span_is(buf, coding, "chunked"))
			fields->is_chunked = true;
		else
			fields->has_unknown_coding = true;
	}

	return HTTP_FAULT_NONE;
}

static void take_connection(struct http_fields *fields, const uint8_t *buf,
                            struct http_span value)
{
	struct http_span token;
	bool has_ended = false;

	while (span_list_next(buf, &value, &has_ended, &token)) {
		if (span_is(buf, token, "close"))
			fields->says_close = true;
		if (span_is(buf, token, "keep-alive"))
			fields->says_keep_alive = true;
	}
}

enum http_fault http_fields_take(struct http_fields *fields, const uint8_t *buf,
                                 const struct http_field *field)
{
	if (span_is(buf, field->name, "Content-Length"))
		return take_length(fields, buf, field->value);
	if (span_is(buf, field->name, "Transfer-Encoding"))
		return take_coding(fields, buf, field->value);
	if (span_is(buf, field->name, "Connection"))
		take_connection(fields, buf, field->value);

	return HTTP_FAULT_NONE;
}

bool http_fields_keep_alive(const struct http_fields *fields, uint8_t minor)
{
	if (fields->says_close)
		return false;

	return minor >= 1 || fields->says_keep_alive;
}

static enum http_fault check_together(const struct http_fields *fields,
                                      uint8_t minor)
{
	if (fields->has_coding && minor == 0)
		return HTTP_FAULT_CODING_IN_1_0;
	if (fields->has_coding && fields->has_length)
		return HTTP_FAULT_LENGTH_AND_CODING;

	return HTTP_FAULT_NONE;
}

static struct http_framing of_length(uint64_t length)
{
	return (struct http_framing){
		.kind   = length ? HTTP_BODY_LENGTH : HTTP_BODY_NONE,
		.length = length,
	};
}

enum http_fault http_framing_of_request(const struct http_fields *fields,
                                        uint8_t minor, struct http_framing *ret)
{
	const enum http_fault fault = check_together(fields, minor);

	if (fault)
		return fault;
	if (!fields->has_coding) {
		*ret = of_length(fields->length);
		return HTTP_FAULT_NONE;
	}
	/* Without chunked at the end nobody knows where the request ends. */
	if (!fields->is_chunked)
		return HTTP_FAULT_CODING_NOT_LAST;
	if (fields->has_unknown_coding)
		return HTTP_FAULT_CODING_UNKNOWN;
	*ret = (struct http_framing){ .kind = HTTP_BODY_CHUNKED };

	return HTTP_FAULT_NONE;
}

enum http_fault http_framing_of_response(const struct http_fields *fields,
                                         uint8_t minor, bool has_no_body,
                                         struct http_framing *ret)
{
	const enum http_fault fault = check_together(fields, minor);

	*ret = (struct http_framing){ .kind = HTTP_BODY_NONE };
	if (has_no_body)
		return HTTP_FAULT_NONE;
	if (fault)
		return fault;

	if (fields->is_chunked)
		ret->kind = HTTP_BODY_CHUNKED;
	else if (fields->has_length && !fields->has_coding)
		*ret = of_length(fields->length);
	else
		ret->kind = HTTP_BODY_UNTIL_CLOSE;

	return HTTP_FAULT_NONE;
}
