/* SPDX-License-Identifier: MIT */
/*
 * client.h - one request of an HTTP client, on the calls of tarn.h
 *
 * As the server, it runs on the stack's own thread and never waits: step it
 * whenever the stack has been polled, until it has ended. It connects, sends,
 * skips interim answers, reads the answer whichever way its body is framed,
 * and says how it ended. RFC 9112 sections 3.2, 6.3, 8; RFC 9110 section 15.2.
 *
 * Deliberately missing yet: a second request on the connection, bodies that
 * are sent, redirects, decoding of content.
 */
#ifndef APPS_HTTP_CLIENT_H
#define APPS_HTTP_CLIENT_H

#include "apps/http/body.h"
#include "tarn.h"

struct http_client;

/** enum http_client_end - how a request ended */
enum http_client_end {
	HTTP_CLIENT_RUNNING,
	HTTP_CLIENT_DONE,          /* the answer is complete */
	HTTP_CLIENT_NO_CONNECTION, /* the handshake failed: see error */
	HTTP_CLIENT_CONNECT_LATE,  /* it did not end in time */
	HTTP_CLIENT_LATE,          /* total_us are over, or nothing comes */
	HTTP_CLIENT_SEND_FAILED,   /* see error */
	HTTP_CLIENT_RECV_FAILED,   /* see error */
	HTTP_CLIENT_EMPTY,         /* closed without one octet of an answer */
	HTTP_CLIENT_CUT_HEAD,      /* closed within the head */
	HTTP_CLIENT_PARTIAL,       /* closed before the body's end */
	HTTP_CLIENT_BAD_HEAD,      /* see fault */
	HTTP_CLIENT_BAD_BODY,      /* see fault */
	HTTP_CLIENT_STOPPED,       /* head or body returned an error */
};

/** struct http_client_config - what to ask, and whom to tell; strings borrowed */
struct http_client_config {
	struct tarn_addr peer;
	const char *method;            /* "GET" or "HEAD" */
	const char *target;            /* "/path?query" */
	const char *host;              /* the Host field */
	uint64_t connect_us, total_us; /* from now on; 0: no limit */
	/** @sent: Told the request's head; or NULL */
	void (*sent)(void *context, const char *head, size_t len);
	/** @head: Told each head that comes, interim ones too
	 * Return: 0, or -errno to stop */
	int (*head)(void *context, const uint8_t *head, size_t len,
	            const struct http_response *response);
	/** @body: Told the body piece by piece. Return: as above */
	int (*body)(void *context, const uint8_t *data, size_t len);
	void *context;
};

/**
 * http_client_open() - Begin a request
 *
 * Return: 0; -EINVAL: method, target or host hold what cannot be sent; what
 *	   tarn_socket() and tarn_connect() return at once; -ENOMEM
 */
int http_client_open(struct tarn *t, const struct http_client_config *config,
                     uint64_t now_us, struct http_client **ret) TARN_CHECKED;

/** http_client_step() - Go on until it would block
 *
 * Return: when to call again at the latest, or TARN_NEVER
 */
uint64_t http_client_step(struct http_client *client, uint64_t now_us);

enum http_client_end http_client_end(const struct http_client *client);
/** http_client_error() - The -errno of NO_CONNECTION, SEND_, RECV_FAILED, STOPPED */
int http_client_error(const struct http_client *client);
enum http_fault http_client_fault(const struct http_client *client);
/** http_client_received() - Octets of body so far */
uint64_t http_client_received(const struct http_client *client);

/** http_client_close() - Close the connection, whatever its state */
void http_client_close(struct http_client *client);

#endif
