/* SPDX-License-Identifier: MIT */
/* request.c - what a request's head asks for; see message.h */
#include "apps/http/line.h"
#include "apps/http/target.h"
#include "apps/http/url.h"

/* Fields that come at most once (RFC 9110 section 5.3), beside Host and those
 * of framing.c. Two of them mean two readers may see two different requests. */
static const char *const singletons[] = {
	"Authorization", "Content-Range",
	"Content-Type",  "If-Modified-Since",
	"If-Range",      "If-Unmodified-Since",
	"Max-Forwards",  "Proxy-Authorization",
	"Range",         "Referer",
	"User-Agent",
};

/** struct reading - one walk over the fields */
struct reading {
	const uint8_t *buf;
	struct http_fields fields;
	struct http_request *request;
	struct http_span host;
	bool has_host;
	bool is_unexpected; /* an expectation other than 100-continue */
	uint32_t seen;      /* bit by index in singletons */
};

static enum http_fault take_singleton(struct reading *reading,
                                      const struct http_field *field)
{
	for (unsigned i = 0; i < sizeof(singletons) / sizeof(*singletons);
	     i++) {
		if (!span_is(reading->buf, field->name, singletons[i]))
			continue;
		if (reading->seen & 1u << i)
			return HTTP_FAULT_FIELD_REPEATED;
		reading->seen |= 1u << i;
	}

	return HTTP_FAULT_NONE;
}

static enum http_fault take_host(struct reading *reading,
                                 struct http_span value)
{
	if (reading->has_host)
		return HTTP_FAULT_FIELD_REPEATED;
	reading->has_host = true;
	reading->host     = value;

	return HTTP_FAULT_NONE;
}

static void take_expect(struct reading *reading, struct http_span value)
{
	if (span_is(reading->buf, value, "100-continue"))
		reading->request->expects_continue = true;
	else
		reading->is_unexpected = true;
}

static enum http_fault take(struct reading *reading,
                            const struct http_field *field)
{
	const uint8_t *buf = reading->buf;

	if (span_is(buf, field->name, "Host"))
		return take_host(reading, field->value);
	if (span_is(buf, field->name, "Expect"))
		take_expect(reading, field->value);
	if (span_is(buf, field->name, "Referer"))
		reading->request->referer = field->value;
	if (span_is(buf, field->name, "User-Agent"))
		reading->request->user_agent = field->value;
	if (take_singleton(reading, field))
		return HTTP_FAULT_FIELD_REPEATED;

	return http_fields_take(&reading->fields, buf, field);
}

/* RFC 9112 section 3.2; an empty Host is right only where the target has no
 * authority, which for http is the asterisk. */
static enum http_fault check_host(const struct reading *reading, uint8_t minor)
{
	struct http_authority authority;

	if (!reading->has_host)
		return minor >= 1 ? HTTP_FAULT_HOST_MISSING : HTTP_FAULT_NONE;
	if (reading->host.len == 0 && reading->request->is_asterisk)
		return HTTP_FAULT_NONE;
	if (http_authority_read(reading->buf, reading->host, &authority))
		return HTTP_FAULT_HOST_SYNTAX;

	return HTTP_FAULT_NONE;
}

static void read_first_line(const struct http_head *head, const uint8_t *buf,
                            struct http_request *ret,
                            struct http_target *target)
{
	struct http_request_line line = { 0 };

	/* Both were sound when the line ended. */
	(void)http_request_line_read(buf, head->line, &line);
	*ret = (struct http_request){
		.method      = http_method_find(buf, line.method),
		.minor       = line.minor,
		.method_name = line.method,
		.target      = line.target,
	};
	(void)http_target_read(buf, ret->method, line.target, target);
	ret->path        = target->path;
	ret->query       = target->query;
	ret->has_query   = target->has_query;
	ret->is_asterisk = target->is_asterisk;
}

static enum http_fault judge(const struct reading *reading,
                             struct http_request *ret)
{
	enum http_fault fault;

	fault = http_framing_of_request(&reading->fields, ret->minor,
	                                &ret->framing);
	if (fault)
		return fault;
	fault = check_host(reading, ret->minor);
	if (fault)
		return fault;
	/* HTTP/1.0 knows no expectations (RFC 9110 section 10.1.1). */
	if (reading->is_unexpected && ret->minor >= 1)
		return HTTP_FAULT_EXPECTATION;

	return HTTP_FAULT_NONE;
}

enum http_fault http_request_read(const struct http_head *head,
                                  const uint8_t *buf, struct http_request *ret)
{
	struct reading reading = { .buf = buf, .request = ret };
	struct http_target target;
	struct http_field field;
	enum http_fault fault;
	uint32_t at = 0;

	read_first_line(head, buf, ret, &target);
	while (http_field_next(head, buf, &at, &field)) {
		fault = take(&reading, &field);
		if (fault)
			return fault;
	}

	fault = judge(&reading, ret);
	if (fault)
		return fault;

	ret->keep_alive = http_fields_keep_alive(&reading.fields, ret->minor);
	ret->expects_continue &= ret->minor >= 1;
	/* RFC 9112 section 3.2.2: the target's authority replaces Host. */
	ret->host = target.authority.len ? target.authority : reading.host;

	return HTTP_FAULT_NONE;
}
