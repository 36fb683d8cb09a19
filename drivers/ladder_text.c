/* SPDX-License-Identifier: MIT */
/* ladder_text.c - see ladder_text.h */
#include "drivers/ladder_text.h"
#include "base/bytes.h"
#include "wire/print_tcp.h"
#include <inttypes.h>
#include <stdio.h>

static struct print_base base_of(const struct flow *flow, unsigned from)
{
	struct print_base base = { .seq = 0 };

	if (flow && flow->end[from].is_known)
		base.seq = flow->end[from].iss;
	if (flow && flow->end[!from].is_known)
		base.ack = flow->end[!from].iss;
	base.is_signed = flow && flow->end[0].is_known && flow->end[1].is_known;

	return base;
}

void ladder_text_segment(const struct flow *flow, unsigned from,
                         const struct glance *segment,
                         char ret[LADDER_TEXT_LEN])
{
	const struct print_base base = base_of(flow, from);
	struct text text;
	char *window;

	text_init(&text, ret, LADDER_TEXT_LEN);
	print_tcp_segment(&text, &segment->tcp, segment->text_len, &base);
	/* The window is shown scaled, in a text of its own. */
	window = strstr(ret, " win ");
	if (window)
		*window = '\0';
}

/* RFC 7323 section 2.2: the window in a SYN is never scaled. */
void ladder_text_window(const struct flow *flow, unsigned from,
                        const struct glance *segment, char ret[LADDER_TEXT_LEN])
{
	const bool is_scaled = flow && !segment->tcp.syn &&
	                       flow->end[0].has_wscale &&
	                       flow->end[1].has_wscale;
	uint32_t window = segment->tcp.window;
	int len;

	if (is_scaled)
		window <<= flow->end[from].wscale;
	len = snprintf(ret, LADDER_TEXT_LEN, "win %" PRIu32, window);
	if (segment->tcp.urg)
		snprintf(ret + len, LADDER_TEXT_LEN - (size_t)len, " urg %u",
		         segment->tcp.urgent);
}

static void syn_options(const struct glance *segment, const uint8_t *frame,
                        size_t len, char ret[LADDER_TEXT_LEN])
{
	const size_t start = segment->tcp_at + TCP_HDR_LEN;
	const size_t end   = segment->tcp_at + segment->tcp.hdr_len;
	struct text text;

	text_init(&text, ret, LADDER_TEXT_LEN);
	if (end <= len)
		print_tcp_options(&text, frame + start, frame + end, NULL);
}

static void sack_blocks(const struct glance *segment, uint32_t iss,
                        char ret[LADDER_TEXT_LEN])
{
	const struct tcp_options *opt = &segment->tcp.opt;
	int len                       = snprintf(ret, LADDER_TEXT_LEN, "sack");

	for (unsigned i = 0; i < opt->sack_count; i++)
		len += snprintf(ret + len, LADDER_TEXT_LEN - (size_t)len,
		                " %" PRIu32 ":%" PRIu32,
		                opt->sack[i].left - iss,
		                opt->sack[i].right - iss);
}

void ladder_text_options(const struct flow *flow, unsigned from,
                         const struct glance *segment, const uint8_t *frame,
                         size_t len, char ret[LADDER_TEXT_LEN])
{
	ret[0] = '\0';
	if (segment->tcp.syn)
		syn_options(segment, frame, len, ret);
	else if (segment->tcp.opt.sack_count)
		sack_blocks(segment, base_of(flow, from).ack, ret);
}
