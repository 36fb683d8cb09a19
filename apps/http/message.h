/* SPDX-License-Identifier: MIT */
/*
 * message.h - the head of an HTTP/1.1 message, read from any split of it
 *
 * Purpose: find where a head ends, and what it says. RFC 9112 sections 2 to 6.
 *
 * Theory of operation. The caller owns a buffer that begins with the message
 * and may grow and move; http_head_feed() remembers how far it has looked, so
 * each octet is looked at once, and what it decides depends only on the octets
 * and never on how they were cut. It judges line by line: that lines end in
 * CRLF and hold no control characters, the first line's parts, each field's
 * name. Nothing is copied: parts are spans, and fields are walked again in the
 * head, which is sound by then.
 *
 *	"GET /a HTTP/1.1\r\nHost: h\r\n\r\nthe next message"
 *	 ^first line      ^fields at    ^len
 *
 * http_request_read() and http_response_read() then judge the fields together:
 * host, body length, persistence. Everything ambiguous is refused by name.
 *
 * Deliberately missing: HTTP/0.9, recovery from bare LF, quoted commas in the
 * lists that are read here (none of them has any).
 */
#ifndef APPS_HTTP_MESSAGE_H
#define APPS_HTTP_MESSAGE_H

#include "apps/http/fault.h"
#include "apps/http/octet.h"

/* What a parser says of the octets so far. */
enum http_result {
	HTTP_MORE, /* sound, and not at its end */
	HTTP_DONE, /* complete */
	HTTP_BAD,  /* refused; the fault says why; nothing after it counts */
};

enum http_kind { HTTP_REQUEST, HTTP_RESPONSE };

/** struct http_head - where the reading of a head stands
 *
 * Ready after http_head_init(); 48 octets, and no memory behind it.
 */
struct http_head {
	enum http_kind kind;
	enum http_fault fault; /* not NONE: refused, and stays so */
	uint32_t scanned;      /* octets looked at */
	uint32_t line_at;      /* where the current line begins */
	uint32_t fields_at;    /* where the fields begin; 0: first line */
	uint32_t len;          /* of the whole head; 0: not complete */
	struct http_span line; /* the first line, without CRLF */
	uint16_t field_count;
	uint8_t empty_lines; /* that came in front */
};

void http_head_init(struct http_head *head, enum http_kind kind);

/**
 * http_head_feed() - Look at what has been added to the buffer
 * @buf:	the message from its first octet. In a response, a folded line
 *		is unfolded in place (RFC 9112 section 5.2).
 * @len:	octets in it; never fewer than before
 *
 * Return: HTTP_DONE: head->len octets are the head; HTTP_MORE; HTTP_BAD
 */
enum http_result http_head_feed(struct http_head *head, uint8_t *buf,
                                size_t len);

/** struct http_field - one field line of a complete head */
struct http_field {
	struct http_span name, value; /* value: trimmed, may be empty */
};

/**
 * http_field_next() - Walk the fields of a complete head
 * @at:		0 to begin; moved
 *
 * Return: false after the last
 */
bool http_field_next(const struct http_head *head, const uint8_t *buf,
                     uint32_t *at, struct http_field *ret);

/* ---- The body's length, RFC 9112 section 6.3 ----------------------------- */

enum http_framing_kind {
	HTTP_BODY_NONE,
	HTTP_BODY_LENGTH, /* framing.length octets, at least one */
	HTTP_BODY_CHUNKED,
	HTTP_BODY_UNTIL_CLOSE, /* responses only */
};

struct http_framing {
	enum http_framing_kind kind;
	uint64_t length; /* HTTP_BODY_LENGTH: at most 2^63 - 1 */
};

/* ---- A request ----------------------------------------------------------- */

enum http_method {
	HTTP_METHOD_UNKNOWN,
	HTTP_METHOD_GET,
	HTTP_METHOD_HEAD,
	HTTP_METHOD_POST,
	HTTP_METHOD_PUT,
	HTTP_METHOD_DELETE,
	HTTP_METHOD_CONNECT,
	HTTP_METHOD_OPTIONS,
	HTTP_METHOD_TRACE,
	HTTP_METHOD_PATCH,
};

/** struct http_request - what a complete head asks for */
struct http_request {
	enum http_method method;
	uint8_t minor; /* of HTTP/1.minor as the sender wrote it */
	struct http_span method_name, target;
	/* parts of the target; path is empty in authority- and asterisk-form */
	struct http_span path, query; /* query: without the question mark */
	bool has_query, is_asterisk;
	struct http_span host; /* HOST[:PORT]: the target's, else Host's */
	struct http_framing framing;
	bool keep_alive; /* after the answer, RFC 9112 section 9.3 */
	bool expects_continue;
	struct http_span referer, user_agent; /* for the log; may be empty */
};

/**
 * http_request_read() - Judge a complete head as a request
 * @ret:	spans in @buf; on failure as much as had been read
 *
 * Return: HTTP_FAULT_NONE, or why it is refused
 */
enum http_fault http_request_read(const struct http_head *head,
                                  const uint8_t *buf, struct http_request *ret);

/* ---- A response ---------------------------------------------------------- */

/** struct http_response - what a complete head announces */
struct http_response {
	uint16_t status; /* 100..999; above 599 counts as 5xx */
	uint8_t minor;
	struct http_span reason;
	struct http_framing framing;
	bool keep_alive;
	bool has_unknown_coding; /* the body comes as it is coded */
};

/**
 * http_response_read() - Judge a complete head as a response
 * @is_to_head:	the request was HEAD: no body, whatever the fields say
 */
enum http_fault http_response_read(const struct http_head *head,
                                   const uint8_t *buf, bool is_to_head,
                                   struct http_response *ret);

#endif
