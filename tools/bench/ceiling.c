/* SPDX-License-Identifier: MIT */
/*
 * ceiling.c - the link alone: Tarn's frames over Tarn's TAP, with no stack
 *
 *	ceiling TAP ADDRESS echo|sink|source|http PORT [--busy-poll]
 *
 * What no stack on this link can beat: read a frame, copy each octet once, write
 * a frame. It answers ARP, and fakes just enough of TCP that the kernel on the
 * other end sends and takes: nothing is remembered of a connection. An answer
 * begins where the question's acknowledgment points (SEG.ACK) and acknowledges
 * where the question ends (SEG.SEQ + SEG.LEN). Only the source has a state, of
 * its one stream: what was acknowledged, what was sent, the window.
 *
 * Nothing is checked: no sum, no address, no order; a loss ends the
 * measurement with a stream that stands still. A batch of frames is acknowledged
 * once. Octets that arrive are copied to where an application would have them,
 * octets that leave are copied from there, as recv() and send() would.
 *
 *	 virtio-net 10 | Ethernet 14 | IPv4 20 | TCP 20 | text
 */
#include "base/bytes.h"
#include "drivers/tap.h"
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	VNET_LEN    = 10,
	ETH_DST     = VNET_LEN,
	ETH_SRC     = VNET_LEN + 6,
	ETH_TYPE    = VNET_LEN + 12,
	IP          = VNET_LEN + 14,
	IP_LEN      = IP + 2,
	IP_PROTOCOL = IP + 9,
	IP_SUM      = IP + 10,
	IP_SRC      = IP + 12,
	IP_DST      = IP + 16,
	TCP         = IP + 20,
	TCP_SEQ     = TCP + 4,
	TCP_ACK     = TCP + 8,
	TCP_OFFSET  = TCP + 12,
	TCP_FLAGS   = TCP + 13,
	TCP_WINDOW  = TCP + 14,
	TCP_SUM     = TCP + 16,
	TEXT        = TCP + 20, /* in what we send: SYN apart, no options */
	ARP_OP      = IP + 6,
	ARP_SENDER  = IP + 8, /* MAC and address, 10 octets */
	ARP_TARGET  = IP + 18,
	ARP_END     = IP + 28,
};

enum { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16 };

#define MSS        1460
#define SUPER_LEN  (44 * MSS) /* text of the longest frame that we send */
#define FRAME_LEN  (65536 + 256)
#define BATCH_MAX  16     /* frames for one acknowledgment */
#define OUR_WINDOW 0xffff /* times 2^OUR_SHIFT: never the bound */
#define OUR_SHIFT  7
#define RETRY_MS   100
#define PAGE_LEN   612
#define BUFFER_LEN (256 * 1024) /* where an application has its octets */

struct segment {
	uint32_t seq, ack;
	uint16_t window;
	uint8_t flags;
	const uint8_t *text;
	uint32_t text_len;
};

struct ceiling {
	int fd;
	uint8_t ip[4];
	uint16_t port;
	bool is_polling;
	bool owes_ack;             /* for @to and what came before */
	uint8_t to[TEXT];          /* headers of the last that arrived */
	uint32_t to_seq, to_ack;   /* what our next to it says */
	uint32_t una, nxt, window; /* the source's stream */
	unsigned shift;
	bool is_streaming;
	uint32_t page_len[2];
	char page[2][1024];
	uint8_t rx[FRAME_LEN], tx[FRAME_LEN], buffer[BUFFER_LEN];
};

static const uint8_t our_mac[6] = { 2, 0, 0, 0, 0, 3 };

/* ---- a frame to send ---- */

static uint32_t sum_words(const uint8_t *p, unsigned len)
{
	uint32_t sum = 0;

	for (unsigned i = 0; i < len; i += 2)
		sum += get_be16(p + i);

	return sum;
}

static uint16_t fold(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)(sum + (sum >> 16));
}

static void put_vnet(uint8_t *frame, uint32_t text_len)
{
	const bool is_super = text_len > MSS;

	memset(frame, 0, VNET_LEN);
	frame[0] = 1;              /* NEEDS_CSUM ... */
	frame[6] = TCP - VNET_LEN; /* ... from here, all little-endian, */
	frame[8] = TCP_SUM - TCP;  /* ... to there */
	if (!is_super)
		return;
	frame[1] = 1; /* GSO_TCPV4 */
	frame[2] = TEXT - VNET_LEN;
	frame[4] = MSS & 0xff;
	frame[5] = MSS >> 8;
}

/* The text and @hdr_len octets of TCP header stand in tx already. */
static void transmit(struct ceiling *c, uint8_t flags, unsigned hdr_len,
                     uint32_t text_len)
{
	static const uint8_t ip_start[] = {
		0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, 6
	};
	const uint32_t tcp_len = hdr_len + text_len;
	uint8_t *f             = c->tx;

	put_vnet(f, text_len);
	memcpy(f + ETH_DST, c->to + ETH_SRC, 6);
	memcpy(f + ETH_SRC, our_mac, 6);
	put_be16(f + ETH_TYPE, 0x0800);
	memcpy(f + IP, ip_start, sizeof(ip_start));
	put_be16(f + IP_LEN, (uint16_t)(20 + tcp_len));
	put_be16(f + IP_SUM, 0);
	memcpy(f + IP_SRC, c->to + IP_DST, 4);
	memcpy(f + IP_DST, c->to + IP_SRC, 4);
	put_be16(f + IP_SUM, (uint16_t)~fold(sum_words(f + IP, 20)));
	memcpy(f + TCP, c->to + TCP + 2, 2);
	memcpy(f + TCP + 2, c->to + TCP, 2);
	put_be32(f + TCP_SEQ, c->to_seq);
	put_be32(f + TCP_ACK, c->to_ack);
	f[TCP_OFFSET] = (uint8_t)(hdr_len << 2);
	f[TCP_FLAGS]  = flags;
	put_be16(f + TCP_WINDOW, OUR_WINDOW);
	put_be16(f + TCP_SUM, fold(sum_words(f + IP_SRC, 8) + 6 + tcp_len));
	put_be16(f + TCP_SUM + 2, 0);

	if (write(c->fd, f, TCP + tcp_len) < 0 && errno != EAGAIN)
		err(1, "write");
	c->owes_ack = false;
}

static void answer_syn(struct ceiling *c, const struct segment *seg)
{
	static const uint8_t options[] = { 2, 4, MSS >> 8, MSS & 0xff,
		                           1, 3, 3,        OUR_SHIFT };

	memcpy(c->tx + TEXT, options, sizeof(options));
	c->to_seq = 0x1000;
	c->to_ack = seg->seq + 1;
	transmit(c, SYN | ACK, 20 + sizeof(options), 0);
}

static void answer_arp(struct ceiling *c)
{
	uint8_t *f = c->tx;

	if (get_be16(c->rx + ARP_OP) != 1 ||
	    memcmp(c->rx + ARP_TARGET + 6, c->ip, 4) != 0)
		return;
	memset(f, 0, VNET_LEN);
	memcpy(f + ETH_DST, c->rx + ETH_SRC, 6);
	memcpy(f + ETH_SRC, our_mac, 6);
	memcpy(f + ETH_TYPE, c->rx + ETH_TYPE, 2 + 6);
	put_be16(f + ARP_OP, 2);
	memcpy(f + ARP_SENDER, our_mac, 6);
	memcpy(f + ARP_SENDER + 6, c->ip, 4);
	memcpy(f + ARP_TARGET, c->rx + ARP_SENDER, 10);
	if (write(c->fd, f, ARP_END) < 0)
		err(1, "write");
}

/* ---- what a server makes of text ---- */

static void take(struct ceiling *c, const struct segment *seg)
{
	memcpy(c->buffer, seg->text, seg->text_len);
	c->owes_ack = true;
}

static void send_back(struct ceiling *c, const struct segment *seg)
{
	memcpy(c->buffer, seg->text, seg->text_len);
	memcpy(c->tx + TEXT, c->buffer, seg->text_len);
	transmit(c, ACK | PSH, 20, seg->text_len);
}

/* Two answers, written once: the connection stays, the connection ends. */
static void write_pages(struct ceiling *c)
{
	static const char *const connection[] = { "keep-alive", "close" };

	for (unsigned i = 0; i < 2; i++)
		c->page_len[i] = (uint32_t)snprintf(
		        c->page[i], sizeof(c->page[i]),
		        "HTTP/1.1 200 OK\r\nServer: ceiling\r\n"
		        "Content-Type: text/html\r\nContent-Length: %d\r\n"
		        "Connection: %s\r\n\r\n%*s",
		        PAGE_LEN, connection[i], PAGE_LEN, "the page\n");
}

static void send_page(struct ceiling *c, const struct segment *seg)
{
	static const char asks_close[] = "Connection: close";
	const bool closes = memmem(seg->text, seg->text_len, asks_close,
	                           sizeof(asks_close) - 1) != NULL;

	memcpy(c->tx + TEXT, c->page[closes], c->page_len[closes]);
	transmit(c, ACK | PSH | (closes ? FIN : 0), 20, c->page_len[closes]);
}

static void ignore(struct ceiling *c, const struct segment *seg)
{
	(void)seg;
	c->owes_ack = true;
}

static const struct role {
	const char *name;
	void (*answer)(struct ceiling *c, const struct segment *seg);
	bool streams;
} roles[] = {
	{ "echo", send_back, false },
	{ "sink", take, false },
	{ "http", send_page, false },
	{ "source", ignore, true },
};

/* ---- a frame that arrived ---- */

/* The peer's window scale stands in its SYN. Return: 0 without */
static unsigned read_shift(const uint8_t *option, const uint8_t *end)
{
	while (option < end && *option != 0) {
		if (*option == 3)
			return option[2];
		option += *option == 1 || option[1] == 0 ? 1 : option[1];
	}

	return 0;
}

static void read_segment(const struct ceiling *c, ssize_t len,
                         struct segment *ret)
{
	const uint8_t *f      = c->rx;
	const unsigned offset = (unsigned)f[TCP_OFFSET] >> 4 << 2;
	const unsigned ip_len = get_be16(f + IP_LEN);

	ret->seq    = get_be32(f + TCP_SEQ);
	ret->ack    = get_be32(f + TCP_ACK);
	ret->window = get_be16(f + TCP_WINDOW);
	ret->flags  = f[TCP_FLAGS];
	ret->text   = f + TCP + offset;
	ret->text_len =
	        (uint32_t)(MIN((ssize_t)ip_len + IP, len) - TCP) - offset;
}

static void note_stream(struct ceiling *c, const struct segment *seg)
{
	if (seg->flags & SYN) {
		c->shift        = read_shift(c->rx + TEXT, seg->text);
		c->is_streaming = false;
	} else if (!c->is_streaming) {
		c->una = c->nxt = seg->ack;
		c->is_streaming = true;
	}
	if ((int32_t)(seg->ack - c->una) > 0)
		c->una = seg->ack;
	c->window = (uint32_t)seg->window << c->shift;
	if (seg->flags & (FIN | RST))
		c->is_streaming = false;
}

static void arrived(struct ceiling *c, const struct role *role, ssize_t len)
{
	struct segment seg;

	if (get_be16(c->rx + ETH_TYPE) == 0x0806 && len >= ARP_END)
		answer_arp(c);
	if (get_be16(c->rx + ETH_TYPE) != 0x0800 || len < TEXT ||
	    c->rx[IP_PROTOCOL] != 6 || get_be16(c->rx + TCP + 2) != c->port)
		return;

	read_segment(c, len, &seg);
	memcpy(c->to, c->rx, TEXT);
	if (role->streams)
		note_stream(c, &seg);
	if (seg.flags & SYN) {
		answer_syn(c, &seg);
		return;
	}
	c->to_seq = role->streams && c->is_streaming ? c->nxt : seg.ack;
	c->to_ack = seg.seq + seg.text_len + (seg.flags & FIN ? 1 : 0);
	if (seg.text_len > 0)
		role->answer(c, &seg);
	if (seg.flags & FIN)
		transmit(c, FIN | ACK, 20, 0);
}

/* Return: frames that were waiting, at most a batch */
static unsigned receive_batch(struct ceiling *c, const struct role *role)
{
	unsigned count = 0;
	ssize_t len;

	while (count < BATCH_MAX &&
	       (len = read(c->fd, c->rx, sizeof(c->rx))) > 0) {
		arrived(c, role, len);
		count++;
	}
	if (c->owes_ack)
		transmit(c, ACK, 20, 0);

	return count;
}

/* ---- the source ---- */

static void fill_window(struct ceiling *c)
{
	for (unsigned i = 0; i < BATCH_MAX; i++) {
		if (c->nxt - c->una + SUPER_LEN > c->window)
			return;
		memcpy(c->tx + TEXT, c->buffer + i * 1024, SUPER_LEN);
		c->to_seq = c->nxt;
		transmit(c, ACK | PSH, 20, SUPER_LEN);
		c->nxt += SUPER_LEN;
	}
}

static void run(struct ceiling *c, const struct role *role)
{
	struct pollfd wait = { .fd = c->fd, .events = POLLIN };
	bool can_send;

	for (;;) {
		can_send = c->is_streaming &&
		           c->nxt - c->una + SUPER_LEN <= c->window;
		if (receive_batch(c, role) == 0 && !can_send &&
		    !c->is_polling && poll(&wait, 1, RETRY_MS) == 0)
			c->nxt = c->una;
		if (c->is_streaming)
			fill_window(c);
	}
}

static const struct role *find_role(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(roles); i++)
		if (strcmp(roles[i].name, name) == 0)
			return &roles[i];

	return NULL;
}

int main(int argc, char **argv)
{
	static struct ceiling c;
	const struct link_options options = { .offload = true };
	const struct role *role = argc >= 5 ? find_role(argv[3]) : NULL;
	char error[LINK_ERROR_LEN];
	struct link link;
	struct tarn_ip ip;

	if (!role || tarn_ip_parse(argv[2], &ip) < 0) {
		fprintf(stderr, "usage: ceiling TAP ADDRESS "
		                "echo|sink|source|http PORT [--busy-poll]\n");
		return 2;
	}
	if (tap_open(argv[1], &options, &link, error) < 0)
		errx(1, "%s", error);
	memcpy(c.ip, ip.octet, sizeof(c.ip));
	memset(c.buffer, 'x', sizeof(c.buffer));
	write_pages(&c);
	c.fd         = link.fd;
	c.port       = (uint16_t)strtoul(argv[4], NULL, 10);
	c.is_polling = argc > 5 && strcmp(argv[5], "--busy-poll") == 0;
	run(&c, role);
}
