/* SPDX-License-Identifier: MIT */
/* loose_peer.c - see loose_peer.h */
#include "tests/unit/lib/loose_peer.h"

#define TURNS_MAX   2000 /* polls at one moment */
#define ANSWERS_MAX 4000 /* frames at one moment: bulk into a large window */
#define FOREVER_US  (7200 * 1000000ull)

struct loose_peer loose;

uint8_t loose_octet(bool is_peers, uint32_t at)
{
	return (uint8_t)((at + (is_peers ? 0 : 1000003u)) * 2654435761u >> 24);
}

static void *resize(void *context, void *ptr, size_t old_size, size_t new_size)
{
	void *moved = NULL;

	(void)context;
	if (new_size > old_size && ++loose.requests == loose.refuse_at)
		return NULL;
	if (new_size > 0) {
		moved = malloc(new_size);
		REQUIRE(moved != NULL);
		memset(moved, 0xa5, new_size);
		if (ptr)
			memcpy(moved, ptr,
			       old_size < new_size ? old_size : new_size);
	}
	free(ptr);
	loose.held += new_size;
	loose.held -= ptr ? old_size : 0;

	return moved;
}

void loose_queue(const uint8_t *frame, size_t len)
{
	if (loose.rx_count == LOOSE_RX_MAX)
		return;
	memcpy(loose.rx[loose.rx_count], frame, len);
	loose.rx_len[loose.rx_count++] = len;
}

static ssize_t link_receive(void *link, uint8_t *buf, size_t size)
{
	size_t len;

	(void)link;
	if (loose.rx_at == loose.rx_count) {
		loose.rx_at = loose.rx_count = 0;
		return 0;
	}
	len = loose.rx_len[loose.rx_at];
	memcpy(buf, loose.rx[loose.rx_at++], len < size ? len : size);

	return (ssize_t)len;
}

static void answer_arp(const uint8_t *request)
{
	uint8_t reply[60] = { 0 };

	if (request[21] != 1 || loose.is_mute ||
	    memcmp(request + 38, "\x0a\x09\x00\x01", 4) != 0)
		return;
	memcpy(reply, request + 6, 6);
	memcpy(reply + 6, "\x02\x54\x0a\x09\x00\x01", 6);
	memcpy(reply + 12, "\x08\x06\x00\x01\x08\x00\x06\x04\x00\x02", 10);
	memcpy(reply + 22, reply + 6, 6);
	memcpy(reply + 28, request + 38, 4);
	memcpy(reply + 32, request + 22, 10);
	loose_queue(reply, sizeof(reply));
}

static void check_text(const struct loose_flow *flow,
                       const struct segment *segment)
{
	const uint32_t first = segment->seq - flow->iss;

	for (size_t i = 0; i < segment->text_len; i++)
		REQUIRE(segment->text[i] ==
		        loose_octet(false, first + (uint32_t)i));
}

static void learn(const struct segment *segment)
{
	struct loose_flow *flow =
	        &loose.flow[(segment->dst_port - LOOSE_FIRST_PORT) %
	                    LOOSE_FLOWS];
	const uint32_t end = segment->seq + (uint32_t)segment->text_len +
	                     !!(segment->flags & SEG_SYN) +
	                     !!(segment->flags & SEG_FIN);
	const uint8_t *ts = segment_option(segment, 8);

	if (segment->flags & SEG_SYN) {
		flow->has_iss    = true;
		flow->iss        = segment->seq;
		flow->stack_port = segment->src_port;
	}
	if (flow->has_iss && flow->stack_port == segment->src_port)
		check_text(flow, segment);
	flow->stack_nxt = end;
	if (segment->flags & SEG_ACK)
		flow->stack_ack = segment->ack;
	if (ts && ts[1] == 10)
		flow->tsval = (uint32_t)ts[2] << 24 | (uint32_t)ts[3] << 16 |
		              (uint32_t)ts[4] << 8 | ts[5];
}

static int link_transmit(void *link, const struct tarn_slice *part,
                         unsigned part_count)
{
	static uint8_t frame[SEGMENT_FRAME_MAX];
	struct segment segment;
	size_t len = 0;

	(void)link;
	for (unsigned i = 0; i < part_count; i++) {
		REQUIRE(len + part[i].len <= sizeof(frame));
		if (part[i].len)
			memcpy(frame + len, part[i].data, part[i].len);
		len += part[i].len;
	}
	REQUIRE(len >= 42);
	REQUIRE(++loose.answers <= ANSWERS_MAX);
	if (frame[12] == 0x08 && frame[13] == 0x06) {
		answer_arp(frame);
	} else if (frame[23] == 6) {
		const char *fault = segment_read(frame, len, &segment);

		/* Only a suspected black hole gets packets without it, of 576. */
		if (!fault && !segment.dont_fragment && len > 14 + 576)
			fault = "DF is not set";
		if (fault)
			(void)fprintf(stderr, "the stack's segment: %s\n",
			              fault);
		REQUIRE(!fault);
		learn(&segment);
	}

	return 0;
}

static const struct tarn_link_ops link_ops = { link_receive, link_transmit };

void loose_settle(void)
{
	unsigned turns = 0;

	do {
		REQUIRE(turns++ < TURNS_MAX);
		loose.deadline_us = tarn_poll(loose.tarn, loose.now_us);
	} while (loose.deadline_us <= loose.now_us ||
	         loose.rx_at < loose.rx_count);
}

void loose_time_passes(uint64_t us)
{
	const uint64_t until_us = loose.now_us + us;

	loose_settle();
	while (loose.deadline_us <= until_us) {
		loose.now_us  = loose.deadline_us;
		loose.answers = 0;
		loose_settle();
	}
	loose.now_us = until_us;
	loose_settle();
}

void loose_begin(uint64_t now_us, uint64_t seed)
{
	struct tarn_config config;

	memset(&loose, 0, sizeof(loose));
	loose.now_us = now_us;
	tarn_config_init(&config);
	config.ops           = &link_ops;
	config.ip            = tarn_ip4(10, 9, 0, 2);
	config.acd_off       = true;
	config.seed[0]       = seed;
	config.memory.resize = resize;
	REQUIRE(tarn_create(&config, now_us, &loose.tarn) == 0);
	loose_settle();
}

void loose_end(size_t held_at_birth)
{
	struct tarn_usage usage;

	loose.refuse_at = 0;
	loose.is_mute   = true;
	loose_time_passes(FOREVER_US);
	tarn_usage(loose.tarn, &usage);
	REQUIRE(usage.connections == 0 && usage.half_open == 0);
	REQUIRE(usage.time_wait == 0 && usage.listeners == 0);
	REQUIRE(usage.descriptors == 0 && usage.udp == 0);
	REQUIRE(usage.neighbours == 0 && usage.reassemblies == 0);
	REQUIRE(loose.deadline_us == TARN_NEVER);
	REQUIRE(loose.held == held_at_birth);
	tarn_destroy(loose.tarn);
	REQUIRE(loose.held == 0);
}
