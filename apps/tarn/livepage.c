/* SPDX-License-Identifier: MIT */
/* livepage.c - what a live page is told, and which connections are its own */
#include "apps/tarn/livepage_state.h"
#include "base/bytes.h"
#include "drivers/fault.h"
#include "drivers/gate.h"
#include "drivers/htmlpage.h"
#include "drivers/jsonlog.h"
#include "drivers/jsonrow.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- whose is it? ---- */

static bool is_same(const struct tarn_addr *a, const struct tarn_addr *b)
{
	return a->port == b->port && memcmp(&a->ip, &b->ip, sizeof(a->ip)) == 0;
}

bool livepage_is_page(const struct livepage *live, const struct tarn_addr *peer)
{
	const unsigned count = MIN(live->page_peer_count, LIVE_PEERS_MAX);

	for (unsigned i = 0; i < LIVE_STREAMS_MAX; i++)
		if (live->stream[i].live &&
		    is_same(&live->stream[i].peer, peer))
			return true;
	for (unsigned i = 0; i < count; i++)
		if (is_same(&live->page_peer[i], peer))
			return true;

	return false;
}

void livepage_note_page(struct livepage *live, const struct tarn_addr *peer)
{
	if (!livepage_is_page(live, peer))
		live->page_peer[live->page_peer_count++ % LIVE_PEERS_MAX] =
		        *peer;
}

/* A fault's fault_spare() function */
static bool spares(void *context, const struct tarn_addr *local,
                   const struct tarn_addr *peer)
{
	const struct livepage *live = context;

	return local->port == live->port && livepage_is_page(live, peer);
}

/*
 * A gate's gate_shut() function. On our port it holds only who is in the middle
 * of a file: a browser may ask for the end of the pause over a new connection,
 * or over one that it used for something else before.
 */
static bool holds(void *context, const struct tarn_addr *local,
                  const struct tarn_addr *peer)
{
	const struct livepage *live = context;

	if (local->port != live->port)
		return true;
	if (livepage_is_page(live, peer))
		return false;

	return http_server_sends_file(*live->server, peer);
}

void livepage_pause(struct livepage *live, bool is_paused)
{
	live->is_paused = is_paused;
	gate_shut(host_gate(live->host), is_paused ? holds : NULL, live);
	livepage_tell(live, "live:pause", "connections",
	              is_paused ? "others" : "none");
}

/* ---- rows ---- */

static struct livepage_stream *stream_of_conn(struct livepage *live,
                                              uint32_t conn)
{
	for (unsigned i = 0; i < LIVE_STREAMS_MAX; i++)
		if (live->stream[i].live &&
		    live->stream[i].reader.own_conn == conn)
			return &live->stream[i];

	return NULL;
}

static bool is_stream_fd(const struct livepage *live, int fd)
{
	for (unsigned i = 0; i < LIVE_STREAMS_MAX; i++)
		if (live->stream[i].live && live->stream[i].fd == fd)
			return true;

	return false;
}

/* Does it speak of a connection that carries the feed? Then it is counted. */
static bool is_of_stream(struct livepage *live, const struct story_row *row)
{
	struct livepage_stream *stream = NULL;

	if (row->kind == STORY_EVENT && row->event->kind == TARN_EVENT_CALL)
		return is_stream_fd(live, row->event->call.fd);
	if (row->kind == STORY_EVENT && row->event->kind == TARN_EVENT_READY)
		return is_stream_fd(live, row->event->ready.fd);
	if (row->note.has_conn)
		stream = stream_of_conn(live, row->note.conn);
	if (stream && row->kind == STORY_FRAME) {
		stream->received += row->is_rx;
		stream->sent += !row->is_rx;
	}

	return stream != NULL;
}

/* A host_listener.row function */
static void take_row(void *context, const struct story_row *row)
{
	char line[JSONROW_LEN_MAX];
	struct livepage *live = context;

	if (is_of_stream(live, row))
		return;
	if (!row->lost || !row->is_rx)
		feed_line(live->feed, line,
		          jsonrow_line(line, sizeof(line), row, "A"));
	if (row->lost)
		feed_line(live->feed, line,
		          jsonrow_lost(line, sizeof(line), row, "A"));
}

/* A host_listener.start function */
static void take_start(void *context, const struct capture_info *info)
{
	char line[JSONROW_LEN_MAX];
	struct livepage *live = context;

	feed_start(live->feed, line, jsonlog_start(line, sizeof(line), info));
}

void livepage_tell(struct livepage *live, const char *name, const char *key,
                   const char *value)
{
	char line[JSONROW_LEN_MAX];
	struct json json;

	jsonrow_begin(&json, line, sizeof(line), host_now(live->host), name,
	              "A");
	json_string(&json, key, value);
	feed_line(live->feed, line, jsonrow_end(&json, NULL, NULL, NULL));
}

static void put_info(struct json *json, const struct tarn_tcp_info *info)
{
	json_string(json, "state", info->state_name);
	json_number(json, "cwnd", info->cwnd);
	json_number(json, "ssthresh", info->ssthresh);
	json_number(json, "bytes_in_flight", info->flight);
	if (info->srtt_us)
		json_milliseconds(json, "smoothed_rtt", info->srtt_us);
	if (info->min_rtt_us)
		json_milliseconds(json, "min_rtt", info->min_rtt_us);
	if (info->rto_us)
		json_milliseconds(json, "rto", info->rto_us);
	json_number(json, "snd_wnd", info->snd_wnd);
	json_number(json, "rcv_wnd", info->rcv_wnd);
	json_number(json, "bytes_sent", info->octets_sent);
	json_number(json, "bytes_acked", info->octets_acked);
	json_number(json, "retransmits", info->retransmits);
}

const char *livepage_summary(struct livepage *live,
                             const struct livepage_stream *stream, char *buf,
                             size_t size)
{
	struct tarn *stack = host_stack(live->host);
	struct tarn_tcp_info info;
	struct json json;

	if (tarn_getsockopt(stack, stream->fd, TARN_TCP_INFO, &info,
	                    sizeof(info)) < 0)
		return NULL;
	jsonrow_begin(&json, buf, size, host_now(live->host),
	              "recovery:metrics_updated", "A");
	json_number(&json, "conn", stream->reader.own_conn);
	json_number(&json, "segments_sent", stream->sent);
	json_number(&json, "segments_received", stream->received);
	put_info(&json, &info);

	return jsonrow_end(&json,
	                   "the connection that carries this page, summed up",
	                   NULL, NULL)
	               ? buf
	               : NULL;
}

/* ---- birth and death ---- */

struct livepage *livepage_create(struct host_options *options)
{
	struct livepage *live = calloc(1, sizeof(*live));

	if (!live)
		return NULL;
	live->feed = feed_open();
	live->page = htmlpage_live("/_tarn/events", &live->page_len);
	live->ip   = options->ip;
	live->port = LIVE_PORT;
	if (!live->feed || !live->page) {
		livepage_close(live);
		return NULL;
	}
	options->live     = true;
	options->listener = (struct host_listener){
		.start   = take_start,
		.row     = take_row,
		.context = live,
	};

	return live;
}

/* A host_guest.stop function */
static void stop(void *context)
{
	struct livepage *live = context;

	if (live->is_paused)
		livepage_pause(live, false);
	if (live->own)
		http_server_stop(live->own, host_now(live->host));
}

static void close_guest(void *context)
{
	livepage_close(context);
}

void livepage_mount(struct livepage *live, struct host *host,
                    struct http_server_config *config,
                    struct http_server **server)
{
	const struct host_guest guest = { stop, close_guest, live };

	live->host   = host;
	live->server = server;
	live->port   = config->local.port;
	if (!config->handlers)
		config->handlers = livepage_handlers;
	config->handlers_context = live;
	fault_spare(host_faults(host), spares, live);
	host_set_guest(host, &guest);
}

static int64_t wall_s(void *context)
{
	(void)context;

	return (int64_t)time(NULL);
}

/* A host_set_service() function */
static void work(void *context)
{
	struct livepage *live = context;

	host_serve_at(live->host, live,
	              http_server_step(live->own, host_now(live->host)));
}

int livepage_serve(struct livepage *live, struct host *host, uint16_t port)
{
	struct http_server_config config;
	int error;

	http_server_config_init(&config);
	config.local.port = port;
	config.wall_s     = wall_s;
	config.handlers   = livepage_own_handlers;
	livepage_mount(live, host, &config, &live->own);
	error = http_server_open(host_stack(host), &config, &live->own);
	if (error)
		return error;
	host_set_service(host, -1, work, live);

	return 0;
}

void livepage_close(struct livepage *live)
{
	if (!live)
		return;
	if (live->own)
		host_set_service(live->host, -1, NULL, live);
	http_server_close(live->own);
	feed_close(live->feed);
	free(live->page);
	free(live);
}

void livepage_say(const struct tarn_ip *ip, uint16_t port)
{
	char text[TARN_ADDR_TEXT_LEN], where[8] = "";

	if (port != LIVE_PORT)
		snprintf(where, sizeof(where), ":%u", port);
	fprintf(stderr, "tarn: live page: http://%s%s/_tarn/\n",
	        tarn_ip_text(ip, text), where);
}
