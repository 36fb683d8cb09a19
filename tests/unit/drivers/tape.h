/* SPDX-License-Identifier: MIT */
/* tape.h - a link for tests: what was sent, and what is to be received */
#ifndef TESTS_UNIT_DRIVERS_TAPE_H
#define TESTS_UNIT_DRIVERS_TAPE_H

#include "base/bytes.h"
#include "drivers/link.h"
#include "tests/unit/drivers/frames.h"
#include "tests/unit/lib/test.h"
#include <stdio.h>

#define TAPE_MAX 8192

static struct {
	unsigned sent_count, waiting_count, waiting_at;
	uint32_t sent[TAPE_MAX]; /* their numbers */
	struct test_frame waiting[32];
	bool is_closed;
} tape;

/* A segment's number, as tape_segment() gave it */
static inline uint32_t tape_number(const uint8_t *octets)
{
	return get_be32(octets + 34 + 4);
}

static inline ssize_t tape_receive(void *state, uint8_t *buf, size_t size)
{
	const struct test_frame *frame;

	(void)state;
	if (tape.waiting_at == tape.waiting_count)
		return 0;
	frame = &tape.waiting[tape.waiting_at++];
	memcpy(buf, frame->octets, MIN(frame->len, size));

	return (ssize_t)frame->len;
}

static inline int tape_transmit(void *state, const struct tarn_slice *part,
                                unsigned part_count)
{
	uint8_t octets[FRAME_SIZE];
	size_t at = 0;

	(void)state;
	ck_assert_uint_lt(tape.sent_count, TAPE_MAX);
	for (unsigned i = 0; i < part_count; at += part[i++].len)
		memcpy(octets + at, part[i].data, part[i].len);
	tape.sent[tape.sent_count++] = tape_number(octets);

	return 0;
}

static inline void tape_close(void *state)
{
	(void)state;
	tape.is_closed = true;
}

static inline struct link tape_open(void)
{
	static const struct tarn_link_ops ops = { tape_receive, tape_transmit };

	memset(&tape, 0, sizeof(tape));

	return (struct link){ .ops = &ops, .fd = 7, .close = tape_close };
}

/* Segment @number between 10.9.0.1:40000, which is us, and 10.9.0.2:@peer */
static inline struct test_frame tape_segment(bool is_ours, uint32_t number,
                                             uint16_t peer)
{
	struct test_frame frame = tcp_frame(is_ours, "P.", 0, 0, 10);

	put_be32(frame.octets + 34 + 4, number);
	put_be16(frame.octets + 34 + (is_ours ? 2 : 0), peer);

	return frame;
}

static inline void tape_send(struct link *link, const struct test_frame *frame)
{
	const struct tarn_slice part[2] = {
		{ frame->octets, 14 }, { frame->octets + 14, frame->len - 14 }
	};

	ck_assert_int_eq(link->ops->transmit(link->state, part, 2), 0);
}

static inline void tape_send_segment(struct link *link, uint32_t number,
                                     uint16_t peer)
{
	const struct test_frame frame = tape_segment(true, number, peer);

	tape_send(link, &frame);
}

static inline void tape_arrives(struct test_frame frame)
{
	tape.waiting[tape.waiting_count++] = frame;
}

/* The numbers that have left, as "1 2 4", and forget them */
static inline const char *tape_sent(void)
{
	static char text[256];
	size_t len = 0;

	text[0] = '\0';
	for (unsigned i = 0; i < tape.sent_count; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%u",
		                        i ? " " : "", tape.sent[i]);
	tape.sent_count = 0;

	return text;
}

/* The numbers that arrive now */
static inline const char *tape_received(struct link *link)
{
	static char text[256];
	uint8_t octets[FRAME_SIZE];
	size_t len = 0;

	text[0] = '\0';
	while (link->ops->receive(link->state, octets, sizeof(octets)) > 0)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%u",
		                        len ? " " : "", tape_number(octets));

	return text;
}

#endif
