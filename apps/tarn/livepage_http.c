/* SPDX-License-Identifier: MIT */
/* livepage_http.c - the resources of the live page; see livepage.h */
#include "apps/http/line.h"
#include "apps/http/url.h"
#include "apps/tarn/livepage_state.h"
#include "base/bytes.h"
#include "drivers/fault.h"
#include "drivers/jsonrow.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define POLICY                                                                 \
	"default-src 'none'; script-src 'unsafe-inline'; style-src "           \
	"'unsafe-inline'; connect-src 'self'; img-src data:; "                 \
	"frame-ancestors 'none'"

static void text(const struct http_exchange *exchange, struct http_reply *reply,
                 int status, const char *sentence)
{
	char line[LINK_ERROR_LEN + 2];
	const int len = snprintf(line, sizeof(line), "%s\n", sentence);

	http_reply_text(reply, exchange, status, "text/plain; charset=utf-8",
	                line, (size_t)len);
}

/* ---- who asks? ---- */

static struct http_span field_of(const struct http_exchange *exchange,
                                 const char *name)
{
	struct http_field field;
	uint32_t at = 0;

	while (http_field_next(exchange->head, exchange->buf, &at, &field))
		if (span_is(exchange->buf, field.name, name))
			return field.value;

	return (struct http_span){ 0, 0 };
}

/*
 * By our address: somebody else's name that leads to it (DNS rebinding) would
 * make his page one of the same origin.
 */
static bool is_addressed_to_us(const struct livepage *live,
                               const struct http_exchange *exchange)
{
	const struct http_span host = exchange->request->host;
	struct http_authority at;

	if (host.len == 0)
		return true; /* HTTP/1.0, which no browser speaks */
	if (http_authority_read(exchange->buf, host, &at))
		return false;

	return at.is_ip4 && memcmp(at.ip4, live->ip.octet, 4) == 0;
}

/* A page from elsewhere that posts here is told apart by its Origin. */
static bool is_from_us(const struct http_exchange *exchange)
{
	static const char scheme[]    = "http://";
	const struct http_span origin = field_of(exchange, "Origin");
	const struct http_span site   = field_of(exchange, "Sec-Fetch-Site");
	const struct http_span host   = exchange->request->host;
	const uint8_t *buf            = exchange->buf;

	if (site.len > 0 && !span_is(buf, site, "same-origin") &&
	    !span_is(buf, site, "none"))
		return false;
	if (origin.len == 0)
		return true; /* no browser: they all send it */

	return origin.len == host.len + strlen(scheme) &&
	       memcmp(buf + origin.at, scheme, strlen(scheme)) == 0 &&
	       memcmp(buf + origin.at + strlen(scheme), buf + host.at,
	              host.len) == 0;
}

/* Return: false: it is refused, and answered */
static bool may_look(struct livepage *live,
                     const struct http_exchange *exchange,
                     struct http_reply *reply)
{
	char sentence[128], ip[TARN_ADDR_TEXT_LEN];

	if (is_addressed_to_us(live, exchange)) {
		livepage_note_page(live, &exchange->peer);
		return true;
	}
	snprintf(sentence, sizeof(sentence),
	         "the live page is only here by its address: http://%s/_tarn/",
	         tarn_ip_text(&live->ip, ip));
	text(exchange, reply, 403, sentence);

	return false;
}

static bool may_act(struct livepage *live, const struct http_exchange *exchange,
                    struct http_reply *reply)
{
	if (!may_look(live, exchange, reply))
		return false;
	if (is_from_us(exchange))
		return true;
	text(exchange, reply, 403,
	     "another site's page may not do this; use the live page itself");

	return false;
}

/* ---- the page ---- */

static void answer_page(void *context, const struct http_exchange *exchange,
                        struct http_reply *reply)
{
	struct livepage *live = context;

	if (!may_look(live, exchange, reply))
		return;
	http_reply_begin(reply, exchange, 200);
	http_write_field(&reply->out, "Content-Type",
	                 "text/html; charset=utf-8");
	http_write_field(&reply->out, "Cache-Control", "no-store");
	http_write_field(&reply->out, "Content-Security-Policy", POLICY);
	http_reply_end(reply, exchange, live->page_len);
	if (exchange->request->method != HTTP_METHOD_HEAD)
		http_out_bytes(&reply->out, live->page, live->page_len);
}

static void answer_redirect(void *context, const struct http_exchange *exchange,
                            struct http_reply *reply)
{
	(void)context;
	http_reply_page(reply, exchange, 302, "The live page is at /_tarn/",
	                (struct http_extra){ "Location", "/_tarn/" });
}

/* ---- the events ---- */

static size_t read_events(void *context, uint8_t *buf, size_t size,
                          uint64_t now_us)
{
	struct livepage_stream *stream = context;
	struct livepage *live          = stream->live;
	char line[JSONROW_LEN_MAX];
	const char *extra = NULL;

	if (now_us < feed_due(live->feed, &stream->reader))
		return 0;
	if (stream->reader.sent_us)
		extra = livepage_summary(live, stream, line, sizeof(line));

	return feed_read(live->feed, &stream->reader, extra, (char *)buf, size,
	                 now_us);
}

static uint64_t events_due(void *context)
{
	const struct livepage_stream *stream = context;

	return feed_due(stream->live->feed, &stream->reader);
}

static void close_events(void *context)
{
	struct livepage_stream *stream = context;

	*stream = (struct livepage_stream){ .live = NULL };
}

static struct livepage_stream *free_place(struct livepage *live)
{
	for (unsigned i = 0; i < LIVE_STREAMS_MAX; i++)
		if (!live->stream[i].live)
			return &live->stream[i];

	return NULL;
}

/* Where a page that lost its connection goes on */
static uint64_t last_event_id(const struct http_exchange *exchange)
{
	const struct http_span span = field_of(exchange, "Last-Event-ID");
	uint64_t id                 = 0;

	if (span.len > 18)
		return 0;
	for (uint32_t i = 0; i < span.len; i++) {
		const uint8_t digit = exchange->buf[span.at + i];

		if (!octet_is_digit(digit))
			return 0;
		id = id * 10 + digit - '0';
	}

	return id;
}

static uint32_t conn_number(const struct livepage *live, int fd)
{
	struct tarn_tcp_info info;

	if (tarn_getsockopt(host_stack(live->host), fd, TARN_TCP_INFO, &info,
	                    sizeof(info)) < 0)
		return 0;

	return info.number;
}

static void answer_events(void *context, const struct http_exchange *exchange,
                          struct http_reply *reply)
{
	struct livepage *live          = context;
	struct livepage_stream *stream = free_place(live);
	struct http_source source = { read_events, events_due, close_events,
		                      stream };

	if (!may_look(live, exchange, reply))
		return;
	if (!stream) {
		text(exchange, reply, 503,
		     "so many pages are open already; close one");
		return;
	}
	*stream = (struct livepage_stream){
		.live = live,
		.fd   = exchange->fd,
		.peer = exchange->peer,
	};
	feed_join(live->feed, &stream->reader, conn_number(live, exchange->fd),
	          last_event_id(exchange));
	http_reply_begin(reply, exchange, 200);
	http_write_field(&reply->out, "Content-Type", "text/event-stream");
	http_write_field(&reply->out, "Cache-Control", "no-store");
	http_write_field(&reply->out, "X-Content-Type-Options", "nosniff");
	http_reply_stream(reply, exchange, &source);
}

/* ---- what can be done ---- */

static void answer_fault(void *context, const struct http_exchange *exchange,
                         struct http_reply *reply)
{
	char rule[LIVE_RULE_MAX + 1], error[LINK_ERROR_LEN] = "";
	struct livepage *live = context;
	size_t len            = exchange->body_len;

	if (!may_act(live, exchange, reply))
		return;
	if (len)
		memcpy(rule, exchange->body, len);
	while (len > 0 && (rule[len - 1] == '\n' || rule[len - 1] == '\r'))
		len--;
	rule[len] = '\0';
	if (strlen(rule) != len) {
		text(exchange, reply, 400, "a rule holds no NUL");
		return;
	}
	if (strcmp(rule, "none") == 0) {
		fault_clear(host_faults(live->host));
	} else if (fault_add(host_faults(live->host), rule, error) < 0) {
		text(exchange, reply, 400, error);
		return;
	}
	livepage_tell(live, "live:fault", "rule", rule);
	http_reply_text(reply, exchange, 204, "", "", 0);
}

static void answer_pause(void *context, const struct http_exchange *exchange,
                         struct http_reply *reply)
{
	const struct http_request *request = exchange->request;
	struct livepage *live              = context;
	const bool is_pause =
	        span_is_exactly(exchange->buf, request->query, "conn=others");

	if (!may_act(live, exchange, reply))
		return;
	if (!is_pause &&
	    !span_is_exactly(exchange->buf, request->query, "conn=none")) {
		text(exchange, reply, 400,
		     "which connections? ?conn=others or ?conn=none");
		return;
	}
	livepage_pause(live, is_pause);
	http_reply_text(reply, exchange, 204, "", "", 0);
}

#define RESOURCES                                                              \
	{ "/_tarn/", HTTP_METHOD_BIT(HTTP_METHOD_GET), 0, answer_page },       \
	        { "/_tarn/events", HTTP_METHOD_BIT(HTTP_METHOD_GET), 0,        \
		  answer_events },                                             \
	        { "/_tarn/fault", HTTP_METHOD_BIT(HTTP_METHOD_POST),           \
		  LIVE_RULE_MAX, answer_fault },                               \
	        { "/_tarn/pause", HTTP_METHOD_BIT(HTTP_METHOD_POST), 0,        \
		  answer_pause },                                              \
	{                                                                      \
		"/_tarn", HTTP_METHOD_BIT(HTTP_METHOD_GET), 0, answer_redirect \
	}

const struct http_handler livepage_handlers[] = {
	RESOURCES,
	{ NULL, 0, 0, NULL },
};

const struct http_handler livepage_own_handlers[] = {
	RESOURCES,
	{ "/", HTTP_METHOD_BIT(HTTP_METHOD_GET), 0, answer_redirect },
	{ NULL, 0, 0, NULL },
};
