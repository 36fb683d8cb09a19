/* SPDX-License-Identifier: MIT */
/*
 * two_stacks.c - the smallest whole program: two stacks say hello over TCP
 *
 *	A 10.0.0.1 |---- a frame each way ----| B 10.0.0.2
 *
 * Shows everything that libtarn asks of its user: a link (here: one frame in
 * each direction, in memory), a seed, an address and the time. Time is a
 * number that this program advances, so a second lasts no time at all.
 *
 * `make check-install` builds it from an installed tree:
 *	cc two_stacks.c $(pkg-config --cflags --libs tarn)
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tarn.h>

#define QUEUE_FRAMES  64
#define FRAME_LEN_MAX 1514

/** struct end - one end of the link: the frames that wait to be received */
struct end {
	struct end *other;
	unsigned first, count;
	size_t len[QUEUE_FRAMES];
	uint8_t frame[QUEUE_FRAMES][FRAME_LEN_MAX];
};

static ssize_t end_receive(void *link, uint8_t *buf, size_t size)
{
	struct end *end   = link;
	const unsigned at = end->first;

	if (end->count == 0)
		return 0;

	end->first = (at + 1) % QUEUE_FRAMES;
	end->count--;
	memcpy(buf, end->frame[at], end->len[at] < size ? end->len[at] : size);

	return (ssize_t)end->len[at];
}

static int end_transmit(void *link, const struct tarn_slice *part,
                        unsigned part_count)
{
	struct end *to    = ((struct end *)link)->other;
	const unsigned at = (to->first + to->count) % QUEUE_FRAMES;
	size_t len        = 0;

	if (to->count == QUEUE_FRAMES)
		return -ENOBUFS; /* lost, as on any wire */

	for (unsigned i = 0; i < part_count; i++) {
		if (part[i].len > FRAME_LEN_MAX - len)
			return -EMSGSIZE;
		memcpy(to->frame[at] + len, part[i].data, part[i].len);
		len += part[i].len;
	}
	to->len[at] = len;
	to->count++;

	return 0;
}

static const struct tarn_link_ops end_ops = { end_receive, end_transmit };

static int need(int rc, const char *what)
{
	if (rc < 0 && rc != -EINPROGRESS) {
		(void)fprintf(stderr, "%s: %s\n", what, tarn_strerror(rc));
		exit(EXIT_FAILURE);
	}

	return rc;
}

static struct tarn *stack_on(struct end *end, uint8_t last_octet)
{
	struct tarn_config config;
	struct tarn *t;

	tarn_config_init(&config);
	config.ops     = &end_ops;
	config.link    = end;
	config.ip      = tarn_ip4(10, 0, 0, last_octet);
	config.acd_off = true;       /* nobody else can have the address */
	config.seed[0] = last_octet; /* a real program: getrandom() */
	need(tarn_create(&config, 0, &t), "tarn_create");

	return t;
}

int main(void)
{
	static struct end end[2] = { { .other = &end[1] },
		                     { .other = &end[0] } };
	struct tarn *a           = stack_on(&end[0], 1);
	struct tarn *b           = stack_on(&end[1], 2);
	struct tarn_addr local   = { .port = 7 };
	struct tarn_addr peer    = { tarn_ip4(10, 0, 0, 2), 7 };
	const int listener       = need(tarn_socket(b, TARN_STREAM), "socket");
	const int client         = need(tarn_socket(a, TARN_STREAM), "socket");
	int server               = -EAGAIN;
	char text[32];
	ssize_t len = -EAGAIN;

	need(tarn_bind(b, listener, &local), "bind");
	need(tarn_listen(b, listener, 1), "listen");
	need(tarn_connect(a, client, &peer), "connect");

	for (uint64_t now_us = 0; len == -EAGAIN; now_us += 1000) {
		(void)tarn_poll(a, now_us);
		(void)tarn_poll(b, now_us);
		if (server < 0 &&
		    (server = tarn_accept(b, listener, &peer)) >= 0)
			need((int)tarn_send(b, server, "hello", 5, 0), "send");
		len = tarn_recv(a, client, text, sizeof(text), 0);
		if (len == -ENOTCONN)
			len = -EAGAIN; /* the handshake is still under way */
	}
	printf("A received: %.*s\n", need((int)len, "recv"), text);
	tarn_destroy(a);
	tarn_destroy(b);

	return EXIT_SUCCESS;
}
