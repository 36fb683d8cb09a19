/* SPDX-License-Identifier: MIT */
/*
 * limits.h - every bound of the HTTP server and client, once, with its unit
 *
 * What happens at the bound stands beside it. Those of the server's that a user
 * may change are copied into struct http_server_limits by
 * http_server_config_init().
 */
#ifndef APPS_HTTP_LIMITS_H
#define APPS_HTTP_LIMITS_H

#define HTTP_USEC_PER_SEC 1000000ull

/* ---- a request's head: then 414, 501 or 431, and close ---- */
#define HTTP_EMPTY_LINES_MAX        4    /* before a request line; then 400 */
#define HTTP_METHOD_BYTES_MAX       32   /* then 501 (RFC 9112 3) */
#define HTTP_TARGET_BYTES_MAX       8192 /* then 414; RFC 9110 4.1: >= 8000 */
#define HTTP_REQUEST_LINE_BYTES_MAX (HTTP_TARGET_BYTES_MAX + 64)
#define HTTP_FIELD_BYTES_MAX        8192 /* one field line; then 431 (RFC 6585 5) */
#define HTTP_FIELDS_MAX             100   /* field lines; then 431 */
#define HTTP_HEAD_BYTES_MAX         16384 /* all of it; then 431 */

/* ---- a body that is received ---- */
#define HTTP_BODY_BYTES_MAX      (1u << 20) /* of a request; then 413 */
#define HTTP_CHUNK_DIGITS_MAX    16         /* of a chunk's size; then 400 */
#define HTTP_CHUNK_EXT_BYTES_MAX 256        /* of one chunk; then 400 */
#define HTTP_CHUNK_EXT_TOTAL_MAX 8192       /* of one body; then 400 */
#define HTTP_TRAILERS_MAX        16         /* field lines; then 431 */
#define HTTP_TRAILER_BYTES_MAX   8192       /* all of them; then 431 */

/* ---- a response's head, as the client reads it: then exit 56 ---- */
#define HTTP_REPLY_LINE_BYTES_MAX (64u << 10)
#define HTTP_REPLY_FIELDS_MAX     1000
#define HTTP_REPLY_HEAD_BYTES_MAX (256u << 10)
#define HTTP_REPLY_INTERIM_MAX    16 /* 1xx in front of the answer */

/* ---- what the server writes ---- */
#define HTTP_PATH_BYTES_MAX   4096        /* decoded; then 404: PATH_MAX */
#define HTTP_REPLY_BUFFER_MAX (1u << 20)  /* a head, or a listing; then 500 */
#define HTTP_SEND_CHUNK_BYTES (64u << 10) /* read from a file at once */
/* octets of a file that wait in the stack unsent: still in the cache when they leave */
#define HTTP_UNSENT_BYTES_MAX     (256 << 10)
#define HTTP_CACHE_FILE_BYTES_MAX (16 << 10) /* larger ones are not kept */
#define HTTP_CACHE_FILES_MAX      64    /* kept in memory; the later wins */
#define HTTP_LISTING_ENTRIES_MAX  10000 /* then the listing says so */

/* ---- connections ---- */
#define HTTP_CONNECTIONS_MAX   12288 /* then the oldest idle one is closed */
#define HTTP_PER_SOURCE_MAX    3072  /* a quarter; then a new one is closed */
#define HTTP_REQUESTS_MAX      1000  /* per connection; then it closes */
#define HTTP_RECEIVE_BYTES_MIN 2048  /* a receive buffer's first size */
#define HTTP_RECEIVE_BYTES_MAX (HTTP_HEAD_BYTES_MAX + 4096)
#define HTTP_BACKLOG           1024

/* ---- deadlines ---- */
/* Absolute: progress does not move it (slowloris, CVE-2007-6750). */
#define HTTP_HEAD_US       (20 * HTTP_USEC_PER_SEC)
#define HTTP_IDLE_US       (60 * HTTP_USEC_PER_SEC) /* between two requests */
#define HTTP_BODY_GRACE_US (20 * HTTP_USEC_PER_SEC)
#define HTTP_BODY_RATE_MIN 500 /* octets a second after the grace; else 408 */
#define HTTP_STALL_US      (60 * HTTP_USEC_PER_SEC) /* nothing could be sent */
#define HTTP_SEND_GRACE_US (60 * HTTP_USEC_PER_SEC)
#define HTTP_SEND_RATE_MIN                                                     \
	1024 /* octets a second after the grace; else close */
#define HTTP_LINGER_US (5 * HTTP_USEC_PER_SEC) /* after our FIN, for theirs */
#define HTTP_STOP_US   (5 * HTTP_USEC_PER_SEC) /* a clean stop takes no longer */

/* ---- the access log ---- */
#define HTTP_LOG_REQUEST_BYTES_MAX 1024 /* then cut, and marked so */
#define HTTP_LOG_FIELD_BYTES_MAX   256

/* ---- the client ---- */
#define HTTP_CLIENT_STALL_US (300 * HTTP_USEC_PER_SEC) /* no octet: exit 28 */
#define HTTP_URL_BYTES_MAX   8192                      /* then exit 3 */

#endif
