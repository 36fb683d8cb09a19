/* SPDX-License-Identifier: MIT */
/* response.c - what a response's head announces; see message.h */
#include "apps/http/line.h"

/* RFC 9112 section 6.3: these have no body, whatever the fields say. */
static bool has_no_body(uint16_t status, bool is_to_head)
{
	return is_to_head || status < 200 || status == 204 || status == 304;
}

enum http_fault http_response_read(const struct http_head *head,
                                   const uint8_t *buf, bool is_to_head,
                                   struct http_response *ret)
{
	struct http_fields fields = { 0 };
	struct http_status_line line;
	struct http_field field;
	enum http_fault fault;
	uint32_t at = 0;

	fault = http_status_line_read(buf, head->line, &line);
	if (fault)
		return fault;
	*ret = (struct http_response){ .status = line.status,
		                       .minor  = line.minor,
		                       .reason = line.reason };

	while (http_field_next(head, buf, &at, &field)) {
		fault = http_fields_take(&fields, buf, &field);
		if (fault)
			return fault;
	}

	fault = http_framing_of_response(&fields, line.minor,
	                                 has_no_body(line.status, is_to_head),
	                                 &ret->framing);
	if (fault)
		return fault;
	ret->has_unknown_coding = fields.has_unknown_coding;
	ret->keep_alive         = http_fields_keep_alive(&fields, line.minor) &&
	                  ret->framing.kind != HTTP_BODY_UNTIL_CLOSE;

	return HTTP_FAULT_NONE;
}
