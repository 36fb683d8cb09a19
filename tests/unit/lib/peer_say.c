/* SPDX-License-Identifier: MIT */
/* peer_say.c - what peer and stack say to each other; see peer.h */
#include "tests/unit/lib/peer_state.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define TRANSCRIPT_LINES 48
#define LINE_LEN         (SEGMENT_PRINT_LEN + 48)

static char transcript[TRANSCRIPT_LINES][LINE_LEN];
static size_t transcript_count;

uint8_t stream_octet(bool is_peers, int64_t seq)
{
	return (uint8_t)((uint32_t)(seq + (is_peers ? 0 : 1000003)) *
	                         2654435761u >>
	                 24);
}

/* ---- Transcript ---- */

void write_down(char direction, const char *text)
{
	char *line        = transcript[transcript_count++ % TRANSCRIPT_LINES];
	const uint64_t us = peer.now_us - peer.born_us;

	snprintf(line, LINE_LEN, "%6" PRIu64 ".%06" PRIu64 " %c %s", us / SEC,
	         us % SEC, direction, text);
	if (getenv("TARN_TRACE"))
		fprintf(stderr, "%s\n", line);
}

void print_transcript(void)
{
	size_t i = transcript_count > TRANSCRIPT_LINES
	                   ? transcript_count - TRANSCRIPT_LINES
	                   : 0;

	if (getenv("TARN_TRACE"))
		return;
	for (; i < transcript_count; i++)
		fprintf(stderr, "%s\n", transcript[i % TRANSCRIPT_LINES]);
}

static struct segment_base base_of_stack(const struct flow *flow)
{
	return (struct segment_base){ .seq = flow->iss, .ack = flow->irs };
}

static struct segment_base base_of_peer(const struct flow *flow)
{
	return (struct segment_base){
		.seq   = flow->irs,
		.ack   = flow->iss,
		.tsecr = flow->stack_tsval,
	};
}

static uint32_t tsval_of(const struct segment *segment, bool *ret_has)
{
	const uint8_t *at = segment_option(segment, 8);

	*ret_has = at && at[1] == 10;
	if (!*ret_has)
		return 0;

	return (uint32_t)at[2] << 24 | (uint32_t)at[3] << 16 |
	       (uint32_t)at[4] << 8 | at[5];
}

static void learn_from_stack(struct flow *flow, const struct segment *segment)
{
	bool has_ts;
	const uint32_t tsval = tsval_of(segment, &has_ts);

	if (has_ts)
		flow->stack_tsval = tsval;
	if (!(segment->flags & SEG_SYN))
		return;
	if (!flow->stack_port)
		flow->stack_port = segment->src_port;
	flow->iss             = segment->seq;
	flow->stack_offers_ts = has_ts;
}

void note_from_stack(const struct frame *frame)
{
	char text[SEGMENT_PRINT_LEN];
	struct segment segment;
	struct segment_base base;
	struct flow *flow;

	if (segment_read(frame->octet, frame->len, &segment)) {
		write_down('>', "(not a right TCP segment)");
		return;
	}
	flow = find_flow(segment.dst_port);
	if (!flow)
		return;
	learn_from_stack(flow, &segment);
	base = base_of_stack(flow);
	write_down('>', segment_print(&segment, &base, text));
}

void note_from_peer(const uint8_t *octet, size_t len)
{
	char text[SEGMENT_PRINT_LEN];
	struct segment segment;
	struct segment_base base;
	struct flow *flow;
	bool has_ts;

	if (segment_read(octet, len, &segment))
		return;
	flow = find_flow(segment.src_port);
	if (!flow)
		return;
	tsval_of(&segment, &has_ts);
	if (segment.flags & SEG_SYN)
		flow->peer_offers_ts = has_ts;
	base = base_of_peer(flow);
	write_down('<', segment_print(&segment, &base, text));
}

_Noreturn void peer_fails(const char *file, int line, const char *format, ...)
{
	char message[2 * LINE_LEN];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	print_transcript();
	_ck_assert_failed(file, line, "Script failed", "world %d: %s",
	                  peer.world, message);
}

/* ---- The peer speaks ---- */

static void add_timestamps(struct segment *segment, const struct flow *flow)
{
	const uint32_t now_ms =
	        (uint32_t)((peer.now_us - peer.born_us) / MSEC) + 100;
	const uint32_t val  = peer.has_tsval ? peer.tsval : now_ms;
	const uint32_t echo = flow->stack_tsval;
	uint8_t *at         = segment->options;

	at[0] = at[1] = 1;
	at[2]         = 8;
	at[3]         = 10;
	for (unsigned i = 0; i < 4; i++) {
		at[4 + i] = (uint8_t)(val >> (24 - 8 * i));
		at[8 + i] = (uint8_t)(echo >> (24 - 8 * i));
	}
	segment->options_len = 12;
}

static struct segment fill_in(const struct segment_spec *spec)
{
	const struct flow *flow = peer.flow;
	struct segment segment  = {
		 .src_mac     = { 0x02, 0x54, 10, 9, 0, 1 },
		 .dst_mac     = { 0x02, 0x54, 10, 9, 0, 2 },
		 .src_ip      = PEER_IP,
		 .dst_ip      = STACK_IP,
		 .ttl         = 64,
		 .src_port    = flow->peer_port,
		 .dst_port    = flow->stack_port,
		 .seq         = spec->seq,
		 .ack         = spec->ack,
		 .flags       = spec->flags,
		 .window      = spec->has_window ? spec->window : peer.window,
		 .urgent      = spec->urgent,
		 .options_len = spec->options_len,
		 .text_len    = spec->text_len,
	};

	memcpy(segment.options, spec->options, spec->options_len);
	if (!spec->has_options && !(spec->flags & SEG_SYN) &&
	    flow->peer_offers_ts && flow->stack_offers_ts)
		add_timestamps(&segment, flow);

	return segment;
}

static struct segment_spec parse(const char *text,
                                 const struct segment_base *base)
{
	struct segment_spec spec;
	const char *fault = segment_parse(text, base, &spec);

	if (fault)
		peer_fails(__FILE__, __LINE__, "\"%s\": %s", text, fault);

	return spec;
}

static size_t build(uint8_t frame[SEGMENT_FRAME_MAX], int octet,
                    const char *format, va_list args)
{
	static uint8_t text[SEGMENT_FRAME_MAX];
	const struct segment_base base = base_of_peer(peer.flow);
	char line[LINE_LEN];
	struct segment_spec spec;
	struct segment segment;
	int64_t first;

	stack();
	vsnprintf(line, sizeof(line), format, args);
	spec    = parse(line, &base);
	segment = fill_in(&spec);
	ck_assert_uint_le(spec.text_len, 1500);
	first = spec.first + (spec.flags & SEG_SYN ? 1 : 0);
	for (uint32_t i = 0; i < spec.text_len; i++)
		text[i] = octet < 0 ? stream_octet(true, first + i)
		                    : (uint8_t)octet;
	segment.text = text;

	return segment_write(&segment, frame);
}

static void queue(int octet, const char *format, va_list args)
{
	uint8_t frame[SEGMENT_FRAME_MAX];
	const size_t len = build(frame, octet, format, args);

	note_from_peer(frame, len);
	peer_injects(frame, len);
}

void peer_queues(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	queue(-1, format, args);
	va_end(args);
}

void peer_sends(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	queue(-1, format, args);
	va_end(args);
	settle();
}

void peer_sends_octets(int octet, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	queue(octet, format, args);
	va_end(args);
	settle();
}

size_t peer_frame(uint8_t frame[SEGMENT_FRAME_MAX], const char *format, ...)
{
	va_list args;
	size_t len;

	va_start(args, format);
	len = build(frame, -1, format, args);
	va_end(args);

	return len;
}

/* ---- The stack is judged ---- */

const struct segment *last_segment(void)
{
	return &peer.last;
}

size_t sent_count(void)
{
	return peer.tx_count - peer.tx_at;
}

int32_t relative_seq(const struct segment *segment)
{
	const struct flow *flow = find_flow(segment->dst_port);

	return (int32_t)(segment->seq - (flow ? flow->iss : 0));
}

int32_t relative_ack(const struct segment *segment)
{
	const struct flow *flow = find_flow(segment->dst_port);

	return (int32_t)(segment->ack - (flow ? flow->irs : 0));
}

static void check_payload(const struct segment *segment)
{
	const int32_t first =
	        relative_seq(segment) + (segment->flags & SEG_SYN ? 1 : 0);

	for (size_t i = 0; i < segment->text_len; i++) {
		if (segment->text[i] != stream_octet(false, first + (int64_t)i))
			peer_fails(__FILE__, __LINE__,
			           "octet %" PRId64 " of the stream is wrong",
			           first + (int64_t)i);
	}
}

static void check_addresses(const struct segment *segment)
{
	static const uint8_t peer_mac[]  = { 0x02, 0x54, 10, 9, 0, 1 };
	static const uint8_t stack_mac[] = { 0x02, 0x54, 10, 9, 0, 2 };

	if (segment->src_ip != STACK_IP || segment->dst_ip != PEER_IP ||
	    memcmp(segment->dst_mac, peer_mac, 6) != 0 ||
	    memcmp(segment->src_mac, stack_mac, 6) != 0)
		peer_fails(__FILE__, __LINE__, "wrong addresses");
}

bool next_segment(struct segment *ret)
{
	const char *fault;

	settle();
	if (sent_count() == 0)
		return false;
	fault = segment_read(peer.tx[peer.tx_at].octet, peer.tx[peer.tx_at].len,
	                     ret);
	if (!fault && !ret->dont_fragment && !peer.allows_fragments)
		fault = "DF is not set";
	if (fault)
		peer_fails(__FILE__, __LINE__, "%s", fault);
	peer.tx_at++;
	check_addresses(ret);
	check_payload(ret);

	return true;
}

static const char *find_difference(const struct segment_spec *spec,
                                   const struct segment *segment)
{
	if (segment->dst_port != peer.flow->peer_port ||
	    segment->src_port != peer.flow->stack_port)
		return "it belongs to another connection";
	if (segment->flags != spec->flags)
		return "flags";
	if (segment->seq != spec->seq)
		return "sequence number";
	if (segment->text_len != spec->text_len)
		return "length";
	if (spec->has_ack && segment->ack != spec->ack)
		return "acknowledgment";
	if (spec->has_window && segment->window != spec->window)
		return "window";
	if (spec->has_urgent && segment->urgent != spec->urgent)
		return "urgent pointer";
	if (!spec->has_options)
		return NULL;
	if (segment->options_len != spec->options_len)
		return "options";
	for (size_t i = 0; i < spec->options_len; i++) {
		if (!spec->any[i] && segment->options[i] != spec->options[i])
			return "options";
	}

	return NULL;
}

void expect_frame(const char *file, int line, const char *format, ...)
{
	char wanted[LINE_LEN], got[SEGMENT_PRINT_LEN];
	const char *difference;
	struct segment_spec spec;
	struct segment_base base;
	va_list args;

	va_start(args, format);
	vsnprintf(wanted, sizeof(wanted), format, args);
	va_end(args);
	if (!next_segment(&peer.last))
		peer_fails(file, line, "expected %s, got nothing", wanted);

	base       = base_of_stack(peer.flow);
	spec       = parse(wanted, &base);
	difference = find_difference(&spec, &peer.last);
	if (difference)
		peer_fails(file, line, "expected %s, got %s: %s", wanted,
		           segment_print(&peer.last, &base, got), difference);
}

void expect_nothing(const char *file, int line, uint64_t us)
{
	char got[SEGMENT_PRINT_LEN];
	struct segment segment;
	struct segment_base base;

	if (us)
		time_passes(us);
	if (!next_segment(&segment))
		return;
	base = base_of_stack(flow_of_port(segment.dst_port));
	peer_fails(file, line, "expected nothing, got %s",
	           segment_print(&segment, &base, got));
}

void expect_drop(const char *file, int line, const char *symbol)
{
	if (strcmp(drop_symbol(peer.drop), symbol) != 0)
		peer_fails(file, line, "expected drop %s, got %s", symbol,
		           drop_symbol(peer.drop));
}

void expect_state(const char *file, int line, enum tcp_state state)
{
	if (!peer.flow->has_state || peer.flow->state != state)
		peer_fails(file, line, "expected state %s, got %s",
		           tarn_tcp_state_name(state),
		           peer.flow->has_state
		                   ? tarn_tcp_state_name(peer.flow->state)
		                   : "none");
}
