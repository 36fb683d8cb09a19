/* SPDX-License-Identifier: MIT */
/*
 * jsonlog.c - see jsonlog.h
 *
 * A line is put together in a buffer that is larger than any line: every text
 * in it is bounded. Numbers are integers, or milliseconds with three decimals
 * made from integers, so one seed gives one log.
 */
#include "drivers/jsonlog.h"
#include "base/bytes.h"
#include "drivers/glance.h"
#include "drivers/outfile.h"
#include "drivers/rowtext.h"
#include "wire/print.h"
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

#define LINE_LEN_MAX 8192
#define TEXT_LEN_MAX 256 /* of one string, before escaping */

struct jsonlog {
	struct outfile out;
	size_t len;
	bool needs_comma;
	char line[LINE_LEN_MAX];
};

/* ---- JSON --------------------------------------------------------------- */

__attribute__((format(printf, 2, 3))) static void put(struct jsonlog *log,
                                                      const char *format, ...)
{
	const size_t room = LINE_LEN_MAX - log->len;
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(log->line + log->len, room, format, args);
	va_end(args);
	if (len > 0)
		log->len += MIN((size_t)len, room - 1);
}

static void put_key(struct jsonlog *log, const char *key)
{
	put(log, "%s\"%s\":", log->needs_comma ? "," : "", key);
	log->needs_comma = true;
}

static void put_number(struct jsonlog *log, const char *key, uint64_t value)
{
	put_key(log, key);
	put(log, "%" PRIu64, value);
}

static void put_bool(struct jsonlog *log, const char *key, bool value)
{
	put_key(log, key);
	put(log, "%s", value ? "true" : "false");
}

static void put_milliseconds(struct jsonlog *log, const char *key,
                             uint64_t value_us)
{
	put_key(log, key);
	put(log, "%" PRIu64 ".%03u", value_us / 1000,
	    (unsigned)(value_us % 1000));
}

/* Octets of the UTF-8 sequence that starts here; 0 if it is none. */
static size_t utf8_len(const char *text, size_t len)
{
	const unsigned char lead = (unsigned char)text[0];
	const size_t want        = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;

	if (lead < 0xc2 || lead > 0xf4 || want > len)
		return 0;
	for (size_t i = 1; i < want; i++)
		if (((unsigned char)text[i] & 0xc0) != 0x80)
			return 0;

	return want;
}

/* RFC 8259 section 7: what must be escaped is, what is not UTF-8 is '?'. */
static void put_string(struct jsonlog *log, const char *key, const char *value)
{
	size_t left = strnlen(value, TEXT_LEN_MAX), step;

	put_key(log, key);
	put(log, "\"");
	for (; left; value += step, left -= step) {
		const unsigned char c = (unsigned char)*value;

		step = 1;
		if (c == '"' || c == '\\') {
			put(log, "\\%c", c);
		} else if (c < 0x20) {
			put(log, "\\u%04x", c);
		} else if (c < 0x80) {
			put(log, "%c", c);
		} else {
			step = utf8_len(value, left);
			put(log, "%.*s", (int)MAX(step, 1u),
			    step ? value : "?");
			step = MAX(step, 1u);
		}
	}
	put(log, "\"");
}

static void open_object(struct jsonlog *log, const char *key)
{
	put_key(log, key);
	put(log, "{");
	log->needs_comma = false;
}

static void close_object(struct jsonlog *log)
{
	put(log, "}");
	log->needs_comma = true;
}

static void line_begin(struct jsonlog *log, uint64_t now_us, const char *name)
{
	log->len         = 0;
	log->needs_comma = false;
	put(log, "{");
	put_milliseconds(log, "time", now_us);
	put_string(log, "name", name);
	open_object(log, "data");
}

/* Ends the data; what stands beside it is the same for all. */
static void line_end(struct jsonlog *log, enum why why, enum drop drop)
{
	close_object(log);
	if (drop != DROP_NONE && drop < DROP_COUNT) {
		put_string(log, "why", drop_sentence(drop));
		put_string(log, "rfc", drop_where(drop));
	} else if (why != WHY_NONE && why < WHY_COUNT) {
		put_string(log, "why", why_sentence(why));
		put_string(log, "rfc", why_where(why));
	}
	put(log, "}\n");
	outfile_write(&log->out, log->line, log->len);
	outfile_row_done(&log->out);
}

/* ---- What rows hold ----------------------------------------------------- */

static void put_metrics(struct jsonlog *log, const struct tarn_note *note)
{
	put_number(log, "cwnd", note->cwnd);
	put_number(log, "ssthresh", note->ssthresh);
	put_number(log, "bytes_in_flight", note->flight);
	if (note->srtt_us)
		put_milliseconds(log, "smoothed_rtt", note->srtt_us);
	if (note->rto_us)
		put_milliseconds(log, "rto", note->rto_us);
}

static void put_connection(struct jsonlog *log, const struct tarn_note *note)
{
	if (!note->has_conn)
		return;
	put_number(log, "conn", note->conn);
	if (note->state_before != note->state)
		put_string(log, "state_before",
		           tarn_tcp_state_name(note->state_before));
	put_string(log, "state", tarn_tcp_state_name(note->state));
	put_metrics(log, note);
	put_number(log, "snd_wnd", note->snd_wnd);
	put_number(log, "rcv_wnd", note->rcv_wnd);
}

static void put_flags(struct jsonlog *log, const struct tcp_hdr *tcp)
{
	char text[40];

	snprintf(text, sizeof(text), "%s%s%s%s%s%s%s%s", tcp->syn ? "SYN " : "",
	         tcp->fin ? "FIN " : "", tcp->rst ? "RST " : "",
	         tcp->psh ? "PSH " : "", tcp->ack_bit ? "ACK " : "",
	         tcp->urg ? "URG " : "", tcp->ece ? "ECE " : "",
	         tcp->cwr ? "CWR " : "");
	if (text[0])
		text[strlen(text) - 1] = '\0';
	put_string(log, "flags", text);
}

static void put_segment(struct jsonlog *log, const struct glance *segment)
{
	char text[TARN_ADDR_TEXT_LEN];

	put_string(log, "src", tarn_addr_text(&segment->src, text));
	put_string(log, "dst", tarn_addr_text(&segment->dst, text));
	put_flags(log, &segment->tcp);
	put_number(log, "seq", segment->tcp.seq);
	put_number(log, "length", segment->text_len);
	if (segment->tcp.ack_bit)
		put_number(log, "ack", segment->tcp.ack);
	put_number(log, "window", segment->tcp.window);
}

/* "tcp:segment_" and the like, before "sent", "received" or "dropped". */
static const char *const kind_names[] = {
	[GLANCE_OTHER] = "link:frame_", [GLANCE_ARP] = "arp:packet_",
	[GLANCE_IP4] = "ip:packet_",    [GLANCE_ICMP] = "icmp:message_",
	[GLANCE_UDP] = "udp:datagram_", [GLANCE_TCP] = "tcp:segment_",
};

static void write_frame(struct jsonlog *log, const struct story_row *row)
{
	static const struct print_base absolute;
	const char *outcome = row->is_rx ? "received" : "sent";
	char text[PRINT_LINE_LEN], name[32];
	struct glance glance;

	if (row->drop != DROP_NONE)
		outcome = "dropped";
	glance_at(row->frame, row->len, &glance);
	snprintf(name, sizeof(name), "%s%s", kind_names[glance.kind], outcome);
	line_begin(log, row->now_us, name);
	put_number(log, "frame_length", row->len);
	if (glance.kind == GLANCE_TCP)
		put_segment(log, &glance);
	else
		put_string(log, "text",
		           print_frame(text, sizeof(text), row->frame, row->len,
		                       &absolute));
	if (row->drop != DROP_NONE)
		put_string(log, "drop", drop_symbol(row->drop));
	if (row->note.step)
		put_number(log, "step", row->note.step);
	put_connection(log, &row->note);
	line_end(log, row->note.why, row->drop);
}

static void put_neighbour(struct jsonlog *log,
                          const struct tarn_event_neighbour *neighbour)
{
	const uint8_t *mac = neighbour->mac;
	char text[TARN_ADDR_TEXT_LEN];

	put_string(log, "ip", tarn_ip_text(&neighbour->ip, text));
	snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", mac[0],
	         mac[1], mac[2], mac[3], mac[4], mac[5]);
	put_string(log, "mac", text);
	put_string(log, "old", neighbour->from);
	put_string(log, "new", neighbour->to);
}

static void put_ends(struct jsonlog *log, const struct tarn_event *event)
{
	char text[TARN_ADDR_TEXT_LEN];

	put_string(log, "local", tarn_addr_text(&event->tcp.local, text));
	put_string(log, "peer", tarn_addr_text(&event->tcp.peer, text));
	if (event->kind == TARN_EVENT_TCP_RTT)
		put_milliseconds(log, "latest_rtt", event->tcp.sample_us);
}

static void put_event(struct jsonlog *log, const struct tarn_event *event)
{
	switch (event->kind) {
	case TARN_EVENT_TCP_STATE:
	case TARN_EVENT_TCP_CC:
	case TARN_EVENT_TCP_RTT:
		put_ends(log, event);
		break;
	case TARN_EVENT_TCP_TIMER:
		put_string(log, "timer", event->timer.name);
		if (event->timer.act == TARN_TIMER_ARMED)
			put_milliseconds(log, "deadline",
			                 event->timer.deadline_us);
		break;
	case TARN_EVENT_NEIGHBOUR:
	case TARN_EVENT_ADDRESS:
		put_neighbour(log, &event->neighbour);
		break;
	case TARN_EVENT_CALL:
		put_string(log, "call", event->call.name);
		put_key(log, "fd");
		put(log, "%d", event->call.fd);
		put_key(log, "result");
		put(log, "%" PRId64, event->call.result);
		break;
	case TARN_EVENT_DROP:
		put_string(log, "drop", drop_symbol(event->drop));
		break;
	case TARN_EVENT_FRAME_RX:
	case TARN_EVENT_FRAME_DONE:
	case TARN_EVENT_FRAME_TX:
		break;
	}
}

static void write_event(struct jsonlog *log, const struct story_row *row)
{
	const struct tarn_event *event = row->event;

	line_begin(log, row->now_us, rowtext_event_name(event));
	put_event(log, event);
	put_bool(log, "caused_by_frame", row->is_caused);
	put_connection(log, &row->note);
	line_end(log, event->why,
	         event->kind == TARN_EVENT_DROP ? event->drop : DROP_NONE);
}

/* ---- What is called ----------------------------------------------------- */

int jsonlog_open(const char *path, const struct capture_info *info,
                 struct jsonlog **ret, char error[LINK_ERROR_LEN])
{
	struct jsonlog *log = malloc(sizeof(*log));
	int rc;

	if (!log) {
		snprintf(error, LINK_ERROR_LEN, "out of memory");
		return -ENOMEM;
	}
	rc = outfile_open(&log->out, path, "log", error);
	if (rc < 0) {
		free(log);
		return rc;
	}

	line_begin(log, 0, "log:start");
	put_string(log, "application", info->application);
	put_string(log, "comment", info->comment ? info->comment : "");
	put_string(log, "interface",
	           info->interface_name ? info->interface_name : "");
	put_number(log, "mtu", info->mtu);
	put_number(log, "epoch_ns", info->epoch_ns);
	put_string(log, "time_unit", "ms");
	line_end(log, WHY_NONE, DROP_NONE);
	*ret = log;

	return 0;
}

void jsonlog_row(void *context, const struct story_row *row)
{
	struct jsonlog *log = context;

	if (log->out.error)
		return;
	if (row->kind == STORY_FRAME)
		write_frame(log, row);
	else
		write_event(log, row);
}

int jsonlog_close(struct jsonlog *log)
{
	int rc;

	if (!log)
		return 0;
	rc = outfile_close(&log->out);
	free(log);

	return rc;
}
