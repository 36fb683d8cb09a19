/* SPDX-License-Identifier: MIT */
/*
 * jsonrow.c - see jsonrow.h
 *
 * Every text in a row is bounded, so a line always fits in JSONROW_LEN_MAX.
 * What is not known is left out: a reader asks for a key, not for a magic value.
 */
#include "drivers/jsonrow.h"
#include "base/bytes.h"
#include "drivers/glance.h"
#include "drivers/jsonevent.h"
#include "drivers/rowtext.h"
#include "wire/eth.h"
#include "wire/print.h"
#include "wire/print_tcp.h"
#include <stdio.h>
#include <string.h>

/* ---- What all lines have ------------------------------------------------ */

void jsonrow_begin(struct json *json, char *line, size_t size, uint64_t now_us,
                   const char *name, const char *end)
{
	json_begin(json, line, size);
	json_milliseconds(json, "time", now_us);
	json_string(json, "name", name);
	if (end)
		json_string(json, "end", end);
	json_open(json, "data", '{');
}

size_t jsonrow_end(struct json *json, const char *why, const char *rfc,
                   const char *src)
{
	json_close(json, '}');
	if (why)
		json_string(json, "why", why);
	if (rfc)
		json_string(json, "rfc", rfc);
	if (src)
		json_string(json, "src", src);

	return json_end(json);
}

/* A verdict outweighs a reason: it is what became of the frame. */
static size_t end_line(struct json *json, enum why why, enum drop drop,
                       const char *src)
{
	if (drop != DROP_NONE && drop < DROP_COUNT)
		return jsonrow_end(json, drop_sentence(drop), drop_where(drop),
		                   src);
	if (why != WHY_NONE && why < WHY_COUNT)
		return jsonrow_end(json, why_sentence(why), why_where(why),
		                   src);

	return jsonrow_end(json, NULL, NULL, src);
}

/* ---- A connection ------------------------------------------------------- */

/* The table of variables: name, where it stands, and whether it is a time. */
static const struct {
	const char *name;
	size_t at;
	bool is_time;
} vars[] = {
	{ "cwnd", offsetof(struct tarn_vars, cwnd), false },
	{ "ssthresh", offsetof(struct tarn_vars, ssthresh), false },
	{ "bytes_in_flight", offsetof(struct tarn_vars, flight), false },
	{ "smoothed_rtt", offsetof(struct tarn_vars, srtt_us), true },
	{ "rto", offsetof(struct tarn_vars, rto_us), true },
	{ "snd_wnd", offsetof(struct tarn_vars, snd_wnd), false },
	{ "rcv_wnd", offsetof(struct tarn_vars, rcv_wnd), false },
	{ "snd_una", offsetof(struct tarn_vars, snd_una), false },
	{ "snd_nxt", offsetof(struct tarn_vars, snd_nxt), false },
	{ "rcv_nxt", offsetof(struct tarn_vars, rcv_nxt), false },
};

static uint32_t value_of(const struct tarn_vars *of, size_t i)
{
	uint32_t value;

	memcpy(&value, (const char *)of + vars[i].at, sizeof(value));

	return value;
}

static void put_var(struct json *json, const struct tarn_vars *of, size_t i)
{
	const uint32_t value = value_of(of, i);

	if (!vars[i].is_time)
		json_number(json, vars[i].name, value);
	else if (value) /* 0: not measured */
		json_milliseconds(json, vars[i].name, value);
}

static void put_before(struct json *json, const struct tarn_note *note)
{
	json_open(json, "before", '{');
	for (size_t i = 0; i < ARRAY_LEN(vars); i++)
		if (value_of(&note->before, i) != value_of(&note->now, i))
			put_var(json, &note->before, i);
	json_close(json, '}');
}

static void put_connection(struct json *json, const struct tarn_note *note)
{
	if (!note->has_conn)
		return;
	json_number(json, "conn", note->conn);
	if (note->state_before != note->state)
		json_string(json, "state_before",
		            tarn_tcp_state_name(note->state_before));
	json_string(json, "state", tarn_tcp_state_name(note->state));
	for (size_t i = 0; i < ARRAY_LEN(vars); i++)
		put_var(json, &note->now, i);
	json_number(json, "iss", note->iss);
	json_number(json, "irs", note->irs);
	if (note->has_before)
		put_before(json, note);
}

/* ---- A frame ------------------------------------------------------------ */

static void put_flags(struct json *json, const struct tcp_hdr *tcp)
{
	char text[40];

	snprintf(text, sizeof(text), "%s%s%s%s%s%s%s%s", tcp->syn ? "SYN " : "",
	         tcp->fin ? "FIN " : "", tcp->rst ? "RST " : "",
	         tcp->psh ? "PSH " : "", tcp->ack_bit ? "ACK " : "",
	         tcp->urg ? "URG " : "", tcp->ece ? "ECE " : "",
	         tcp->cwr ? "CWR " : "");
	if (text[0])
		text[strlen(text) - 1] = '\0';
	json_string(json, "flags", text);
}

/* "mss 1460,sackOK": SACK blocks relative to what they acknowledge. */
static void put_options(struct json *json, const struct story_row *row,
                        const struct glance *segment, uint32_t ack_base)
{
	const struct print_base base = { .ack = ack_base };
	const uint8_t *tcp           = row->frame + segment->tcp_at;
	char buf[PRINT_LINE_LEN];
	struct text text;
	size_t len;

	if (segment->tcp.hdr_len <= TCP_HDR_LEN ||
	    segment->tcp_at + segment->tcp.hdr_len > row->len)
		return;

	text_init(&text, buf, sizeof(buf));
	print_tcp_options(&text, tcp + TCP_HDR_LEN, tcp + segment->tcp.hdr_len,
	                  &base);
	len = strlen(buf); /* " <...>" */
	if (len > 3 && buf[len - 1] == '>')
		buf[len - 1] = '\0';
	if (len > 3)
		json_string(json, "options", buf + 2);
}

static void put_segment(struct json *json, const struct story_row *row,
                        const struct glance *segment)
{
	const struct tarn_note *note = &row->note;
	const uint32_t seq_base      = row->is_rx ? note->irs : note->iss;
	const uint32_t ack_base      = row->is_rx ? note->iss : note->irs;
	char text[TARN_ADDR_TEXT_LEN];

	json_string(json, "src", tarn_addr_text(&segment->src, text));
	json_string(json, "dst", tarn_addr_text(&segment->dst, text));
	put_flags(json, &segment->tcp);
	json_number(json, "seq", segment->tcp.seq);
	json_number(json, "length", segment->text_len);
	if (segment->tcp.ack_bit)
		json_number(json, "ack", segment->tcp.ack);
	json_number(json, "window", segment->tcp.window);
	if (note->has_conn)
		json_number(json, "seq_rel",
		            (uint32_t)(segment->tcp.seq - seq_base));
	if (note->has_conn && segment->tcp.ack_bit)
		json_number(json, "ack_rel",
		            (uint32_t)(segment->tcp.ack - ack_base));
	put_options(json, row, segment, note->has_conn ? ack_base : 0);
}

static void put_again(struct json *json, const struct story_row *row)
{
	if (!row->note.is_again)
		return;
	json_bool(json, "again", true);
	if (row->note.first_us)
		json_milliseconds(json, "of", row->note.first_us);
	if (row->packet_of)
		json_number(json, "packet_of", row->packet_of);
}

/* "tcp:segment_" and the like, before "sent", "received" or "dropped". */
static const char *const kind_names[] = {
	[GLANCE_OTHER] = "link:frame_", [GLANCE_ARP] = "arp:packet_",
	[GLANCE_IP4] = "ip:packet_",    [GLANCE_ICMP] = "icmp:message_",
	[GLANCE_UDP] = "udp:datagram_", [GLANCE_TCP] = "tcp:segment_",
};

static void name_of(const struct story_row *row, const struct glance *glance,
                    char *name, size_t size)
{
	const char *outcome = row->is_rx ? "received" : "sent";

	if (row->drop != DROP_NONE)
		outcome = "dropped";
	snprintf(name, size, "%s%s", kind_names[glance->kind], outcome);
}

static size_t frame_line(char *line, size_t size, const struct story_row *row,
                         const char *end)
{
	static const struct print_base absolute;
	char text[PRINT_LINE_LEN], name[32];
	struct glance glance;
	struct json json;

	glance_at(row->frame, row->len, &glance);
	name_of(row, &glance, name, sizeof(name));
	jsonrow_begin(&json, line, size, row->now_us, name, end);
	if (row->packet)
		json_number(&json, "packet", row->packet);
	json_number(&json, "frame_length", row->len);
	if (glance.kind == GLANCE_TCP)
		put_segment(&json, row, &glance);
	else
		json_string(&json, "text",
		            print_frame(text, sizeof(text), row->frame,
		                        row->len, &absolute));
	if (row->drop != DROP_NONE)
		json_string(&json, "drop", drop_symbol(row->drop));
	if (row->note.step)
		json_number(&json, "step", row->note.step);
	put_again(&json, row);
	put_connection(&json, &row->note);
	json_hex(&json, "octets", row->frame,
	         MIN(row->len, JSONROW_OCTETS_MAX));

	return end_line(&json, row->reason.why, row->drop, row->src);
}

size_t jsonrow_lost(char *line, size_t size, const struct story_row *row,
                    const char *end)
{
	struct glance glance;
	struct json json;

	glance_at(row->frame, row->len, &glance);
	jsonrow_begin(&json, line, size, row->now_us, "wire:lost", end);
	if (row->packet)
		json_number(&json, "packet", row->packet);
	json_string(&json, "by", "fault");
	json_string(&json, "rule", row->lost);
	json_string(&json, "direction", row->is_rx ? "in" : "out");
	if (row->is_rx && glance.kind == GLANCE_TCP)
		put_segment(&json, row, &glance);
	if (row->is_rx)
		json_hex(&json, "octets", row->frame,
		         MIN(row->len, JSONROW_OCTETS_MAX));

	return jsonrow_end(&json, NULL, NULL, NULL);
}

/* ---- Everything else ---------------------------------------------------- */

static size_t event_line(char *line, size_t size, const struct story_row *row,
                         const char *end)
{
	const struct tarn_event *event = row->event;
	struct json json;

	jsonrow_begin(&json, line, size, row->now_us, rowtext_event_name(event),
	              end);
	jsonevent_put(&json, event);
	json_bool(&json, "caused_by_frame", row->is_caused);
	put_connection(&json, &row->note);

	return end_line(&json, event->why,
	                event->kind == TARN_EVENT_DROP ? event->drop
	                                               : DROP_NONE,
	                row->src);
}

size_t jsonrow_line(char *line, size_t size, const struct story_row *row,
                    const char *end)
{
	return row->kind == STORY_FRAME ? frame_line(line, size, row, end)
	                                : event_line(line, size, row, end);
}
