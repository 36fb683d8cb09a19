/* SPDX-License-Identifier: MIT */
/*
 * target.h - the four forms of a request target, RFC 9112 section 3.2
 */
#ifndef APPS_HTTP_TARGET_H
#define APPS_HTTP_TARGET_H

#include "apps/http/message.h"

/** http_method_find() - By name, in capitals; HTTP_METHOD_UNKNOWN otherwise */
enum http_method http_method_find(const uint8_t *buf, struct http_span name);

/** struct http_target - a target's parts; those it lacks are empty */
struct http_target {
	struct http_span authority, path, query;
	bool has_query;
	bool is_absolute; /* http://AUTHORITY...: it replaces Host */
	bool is_asterisk;
};

/**
 * http_target_read() - Which form is it, and does the method allow it?
 * @target:	nothing but octet_is_target() characters
 *
 * Return: HTTP_FAULT_NONE or HTTP_FAULT_TARGET_FORM
 */
enum http_fault http_target_read(const uint8_t *buf, enum http_method method,
                                 struct http_span target,
                                 struct http_target *ret);

#endif
