/* SPDX-License-Identifier: MIT */
/* livepage_state.h - what the files of the live page share; see livepage.h */
#ifndef APPS_TARN_LIVEPAGE_STATE_H
#define APPS_TARN_LIVEPAGE_STATE_H

#include "apps/tarn/feed.h"
#include "apps/tarn/livepage.h"

/** struct livepage_stream - one page that follows */
struct livepage_stream {
	struct livepage *live; /* NULL: this place is free */
	struct feed_reader reader;
	int fd; /* of the stack */
	struct tarn_addr peer;
	uint64_t sent, received; /* segments of this connection, left out */
};

struct livepage {
	struct host *host;
	struct feed *feed;
	struct tarn_ip ip;
	uint16_t port;
	char *page;
	size_t page_len;
	struct http_server **server; /* the one that serves the page */
	struct http_server *own;     /* the same, if it is ours; or NULL */
	struct livepage_stream stream[LIVE_STREAMS_MAX];
	struct tarn_addr page_peer[LIVE_PEERS_MAX]; /* a ring */
	unsigned page_peer_count;                   /* ever */
	bool is_paused;
};

/** livepage_handlers - the table of the resources; its context is the live */
extern const struct http_handler livepage_handlers[];
/** livepage_own_handlers - the same, and / leads to the page */
extern const struct http_handler livepage_own_handlers[];

/** livepage_is_page() - Does this connection carry a page, or what it asks for? */
bool livepage_is_page(const struct livepage *live,
                      const struct tarn_addr *peer);

/** livepage_note_page() - It does from now on */
void livepage_note_page(struct livepage *live, const struct tarn_addr *peer);

/** livepage_summary() - What the event connections did, as lines of the log
 * Return: @buf, or NULL: there is none
 */
const char *livepage_summary(struct livepage *live,
                             const struct livepage_stream *stream, char *buf,
                             size_t size);

/** livepage_tell() - A line of our own: "live:fault", "live:pause" */
void livepage_tell(struct livepage *live, const char *name, const char *key,
                   const char *value);

/** livepage_pause() - Stop every connection but the pages', or let them go on */
void livepage_pause(struct livepage *live, bool is_paused);

#endif
