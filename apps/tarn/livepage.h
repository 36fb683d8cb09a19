/* SPDX-License-Identifier: MIT */
/*
 * livepage.h - --live: the page that shows a stack while it runs, from that stack
 *
 *	stack --events--> story --lines--> feed --batches--> our HTTP server
 *	  ^                                                        |
 *	  '-------------------- segments of our TCP <--------------'
 *
 * The arrow back would make it a loop, and a loop that speaks of itself never
 * falls silent. So what the event connections do is left out of the feed and
 * summed up: one line that goes along with a batch that is sent anyway. Faults
 * and the pause spare them, and every other connection of the page.
 *
 *	GET  /_tarn/		the page
 *	GET  /_tarn/events	text/event-stream (feed.h)
 *	POST /_tarn/fault	a rule as of --fault, or "none", which forgets
 *				all of them: 204, or 400 and why not
 *	POST /_tarn/pause	?conn=others|none: 204
 *
 * Whoever can reach the port can see and do all this. A browser that was led
 * here by somebody else's page cannot: requests must be addressed to our IP
 * address, and what changes something must not come from elsewhere.
 */
#ifndef APPS_TARN_LIVEPAGE_H
#define APPS_TARN_LIVEPAGE_H

#include "apps/http/server.h"
#include "drivers/host.h"

struct livepage;

#define LIVE_PORT        80
#define LIVE_STREAMS_MAX 8   /* event connections at once; then 503 */
#define LIVE_PEERS_MAX   64  /* connections of pages that are remembered */
#define LIVE_RULE_MAX    200 /* octets of a POSTed rule; then 413 */

/** livepage_create() - Begin to listen to what a host will tell
 * @options:	of the host that is opened next; the listener is put into it
 *
 * Return: NULL: no memory
 */
struct livepage *livepage_create(struct host_options *options);

/** livepage_mount() - Serve the page from a server that is opened next
 *
 * From here on @live is closed together with its host.
 * @config:	its handlers are ours from now on
 * @server:	where its address will be; read while the loop runs
 */
void livepage_mount(struct livepage *live, struct host *host,
                    struct http_server_config *config,
                    struct http_server **server);

/** livepage_serve() - Serve the page from a server of our own, beside the host's
 * other work
 *
 * Return: 0, or -errno of http_server_open()
 */
int livepage_serve(struct livepage *live, struct host *host, uint16_t port);

/** livepage_close() - Of one that was never mounted; NULL is fine */
void livepage_close(struct livepage *live);

/** livepage_say() - Where the page is: "live page: http://10.9.0.2/_tarn/" */
void livepage_say(const struct tarn_ip *ip, uint16_t port);

#endif
