/* SPDX-License-Identifier: MIT */
/*
 * date.h - the two ways in which HTTP programs write a time
 *
 * From seconds since 1970 by arithmetic alone: no locale, no time zone, no
 * system call.
 */
#ifndef APPS_HTTP_DATE_H
#define APPS_HTTP_DATE_H

#include <stdint.h>

#define HTTP_DATE_LEN     30 /* "Sun, 06 Nov 1994 08:49:37 GMT" and NUL */
#define HTTP_LOG_DATE_LEN 27 /* "06/Nov/1994:08:49:37 +0000" and NUL */

/** http_date() - IMF-fixdate, RFC 9110 section 5.6.7; returns @ret
 * @unix_s:	years 1970 to 9999; others are moved to the nearer end
 */
char *http_date(int64_t unix_s, char ret[HTTP_DATE_LEN]);

/** http_log_date() - As access logs have it; returns @ret */
char *http_log_date(int64_t unix_s, char ret[HTTP_LOG_DATE_LEN]);

#endif
