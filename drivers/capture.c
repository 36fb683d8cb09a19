/* SPDX-License-Identifier: MIT */
/*
 * capture.c - see capture.h
 *
 * A block is put together in one buffer of fixed size and written at once: the
 * largest is a 64 KiB super-frame with three comments. Numbers are written in
 * little-endian order on every machine, so that one seed gives one file.
 */
#include "drivers/capture.h"
#include "base/bytes.h"
#include "drivers/glance.h"
#include "drivers/outfile.h"
#include "drivers/pcapng.h"
#include "drivers/rowtext.h"
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

#define FRAME_LEN_MAX (65536u + 64u)
#define BLOCK_LEN_MAX (FRAME_LEN_MAX + 4096u)
#define TEXT_LEN_MAX  512
/* The initial ssthresh is "arbitrarily high" (RFC 5681 section 3.1). */
#define SSTHRESH_NONE (1u << 30)

struct capture {
	struct outfile out;
	uint64_t epoch_ns;
	size_t len; /* of the block being put together */
	uint8_t block[BLOCK_LEN_MAX];
};

static void put_le16(struct capture *capture, uint16_t value)
{
	capture->block[capture->len++] = (uint8_t)value;
	capture->block[capture->len++] = (uint8_t)(value >> 8);
}

static void put_le32(struct capture *capture, uint32_t value)
{
	put_le16(capture, (uint16_t)value);
	put_le16(capture, (uint16_t)(value >> 16));
}

static void put_octets(struct capture *capture, const void *data, size_t len)
{
	memcpy(capture->block + capture->len, data, len);
	capture->len += len;
	while (capture->len % 4)
		capture->block[capture->len++] = 0;
}

static void put_option(struct capture *capture, uint16_t code, const void *data,
                       size_t len)
{
	put_le16(capture, code);
	put_le16(capture, (uint16_t)len);
	put_octets(capture, data, len);
}

static void put_text_option(struct capture *capture, uint16_t code,
                            const char *text)
{
	if (text && text[0])
		put_option(capture, code, text, strnlen(text, TEXT_LEN_MAX));
}

static void block_begin(struct capture *capture, uint32_t type)
{
	capture->len = 0;
	put_le32(capture, type);
	put_le32(capture, 0); /* the length, known at the end */
}

static void block_end(struct capture *capture)
{
	const size_t len = capture->len + 4;

	capture->len = 4;
	put_le32(capture, (uint32_t)len);
	capture->len = len - 4;
	put_le32(capture, (uint32_t)len);
	outfile_write(&capture->out, capture->block, capture->len);
}

static void write_section(struct capture *capture,
                          const struct capture_info *info)
{
	block_begin(capture, PCAPNG_SECTION);
	put_le32(capture, PCAPNG_MAGIC);
	put_le16(capture, 1); /* version 1.0 */
	put_le16(capture, 0);
	put_le32(capture, UINT32_MAX); /* section length: not known */
	put_le32(capture, UINT32_MAX);
	put_text_option(capture, PCAPNG_OPT_SHB_APPLICATION, info->application);
	put_text_option(capture, PCAPNG_OPT_COMMENT, info->comment);
	put_le32(capture, PCAPNG_OPT_END);
	block_end(capture);
}

static void write_interface(struct capture *capture,
                            const struct capture_info *info)
{
	const uint8_t nanoseconds = 9;
	char text[32];

	snprintf(text, sizeof(text), "MTU %u", info->mtu);
	block_begin(capture, PCAPNG_INTERFACE);
	put_le16(capture, LINKTYPE_ETHERNET);
	put_le16(capture, 0);
	put_le32(capture, LINKTYPE_SNAPLEN);
	put_text_option(capture, PCAPNG_OPT_IF_NAME, info->interface_name);
	put_text_option(capture, PCAPNG_OPT_IF_DESCRIPTION, text);
	put_option(capture, PCAPNG_OPT_IF_TSRESOL, &nanoseconds, 1);
	put_le32(capture, PCAPNG_OPT_END);
	block_end(capture);
}

int capture_open(const char *path, const struct capture_info *info,
                 struct capture **ret, char error[LINK_ERROR_LEN])
{
	struct capture *capture = malloc(sizeof(*capture));
	int rc;

	if (!capture) {
		snprintf(error, LINK_ERROR_LEN, "out of memory");
		return -ENOMEM;
	}
	rc = outfile_open(&capture->out, path, "capture", error);
	if (rc < 0) {
		free(capture);
		return rc;
	}

	/* Whole microseconds: the journal has no finer ones. */
	capture->epoch_ns = info->epoch_ns - info->epoch_ns % 1000;
	write_section(capture, info);
	write_interface(capture, info);
	outfile_row_done(&capture->out);
	*ret = capture;

	return 0;
}

static void put_state(struct capture *capture, const struct tarn_note *note)
{
	char text[TEXT_LEN_MAX];

	if (note->state_before == note->state)
		snprintf(text, sizeof(text), "state=%s",
		         tarn_tcp_state_name(note->state));
	else
		snprintf(text, sizeof(text), "state=%s->%s",
		         tarn_tcp_state_name(note->state_before),
		         tarn_tcp_state_name(note->state));
	put_text_option(capture, PCAPNG_OPT_COMMENT, text);
}

static void put_metrics(struct capture *capture, const struct tarn_note *note)
{
	char text[TEXT_LEN_MAX], ssthresh[16];

	snprintf(ssthresh, sizeof(ssthresh), "%" PRIu32, note->now.ssthresh);
	snprintf(text, sizeof(text),
	         "cwnd=%" PRIu32 " ssthresh=%s flight=%" PRIu32 " srtt=%" PRIu32
	         "us rto=%" PRIu32 "us conn=%" PRIu32,
	         note->now.cwnd,
	         note->now.ssthresh < SSTHRESH_NONE ? ssthresh : "none",
	         note->now.flight, note->now.srtt_us, note->now.rto_us,
	         note->conn);
	put_text_option(capture, PCAPNG_OPT_COMMENT, text);
}

/* A segment that belongs to nothing says so: each has state and metrics. */
static void put_who(struct capture *capture, const struct story_row *row)
{
	struct glance glance;

	if (row->note.has_conn) {
		put_state(capture, &row->note);
		put_metrics(capture, &row->note);
		return;
	}
	glance_at(row->frame, row->len, &glance);
	if (glance.kind != GLANCE_TCP)
		return;
	put_text_option(capture, PCAPNG_OPT_COMMENT,
	                "state=none (no connection)");
	put_text_option(capture, PCAPNG_OPT_COMMENT, "cwnd=none");
}

static void put_comments(struct capture *capture, const struct story_row *row)
{
	char text[TEXT_LEN_MAX], reason[ROWTEXT_LEN];

	put_who(capture, row);
	if (row->drop != DROP_NONE) {
		snprintf(text, sizeof(text), "dropped: %s",
		         rowtext_drop(reason, sizeof(reason), row->drop));
		put_text_option(capture, PCAPNG_OPT_COMMENT, text);
	} else if (row->reason.why != WHY_NONE) {
		snprintf(text, sizeof(text), "why: %s",
		         rowtext_why(reason, sizeof(reason), row->reason.why));
		put_text_option(capture, PCAPNG_OPT_COMMENT, text);
	}
	if (row->lost) {
		snprintf(text, sizeof(text), "lost on its way: %s", row->lost);
		put_text_option(capture, PCAPNG_OPT_COMMENT, text);
	}
}

static uint64_t time_ns(const struct capture *capture,
                        const struct story_row *row)
{
	return capture->epoch_ns + row->now_us * 1000;
}

static void write_frame(struct capture *capture, const struct story_row *row)
{
	const uint64_t at_ns   = time_ns(capture, row);
	const size_t len       = MIN(row->len, FRAME_LEN_MAX);
	const uint8_t flags[4] = { row->is_rx ? PCAPNG_INBOUND
		                              : PCAPNG_OUTBOUND };

	block_begin(capture, PCAPNG_ENHANCED_PACKET);
	put_le32(capture, 0); /* interface */
	put_le32(capture, (uint32_t)(at_ns >> 32));
	put_le32(capture, (uint32_t)at_ns);
	put_le32(capture, (uint32_t)len);
	put_le32(capture, (uint32_t)row->len);
	put_octets(capture, row->frame, len);
	put_comments(capture, row);
	put_option(capture, PCAPNG_OPT_EPB_FLAGS, flags, sizeof(flags));
	put_le32(capture, PCAPNG_OPT_END);
	block_end(capture);
}

/* One "NAME=value" line; a value of ours never holds a newline. */
__attribute__((format(printf, 2, 3))) static void
put_line(struct capture *capture, const char *format, ...)
{
	char text[TEXT_LEN_MAX];
	va_list args;
	size_t len;

	va_start(args, format);
	vsnprintf(text, sizeof(text) - 1, format, args);
	va_end(args);

	len         = strnlen(text, sizeof(text) - 1);
	text[len++] = '\n';
	memcpy(capture->block + capture->len, text, len);
	capture->len += len;
}

static void put_connection_lines(struct capture *capture,
                                 const struct tarn_note *note)
{
	put_line(capture, "TCP_CONN=%" PRIu32, note->conn);
	put_line(capture, "TCP_STATE=%s", tarn_tcp_state_name(note->state));
	put_line(capture, "TCP_CWND=%" PRIu32, note->now.cwnd);
	put_line(capture, "TCP_SSTHRESH=%" PRIu32, note->now.ssthresh);
	put_line(capture, "TCP_FLIGHT=%" PRIu32, note->now.flight);
}

static void write_journal(struct capture *capture, const struct story_row *row)
{
	char text[ROWTEXT_LEN];

	block_begin(capture, PCAPNG_JOURNAL);
	put_line(capture, "__REALTIME_TIMESTAMP=%" PRIu64,
	         time_ns(capture, row) / 1000);
	put_line(capture, "MESSAGE=%s",
	         rowtext_event(text, sizeof(text), row->event));
	put_line(capture, "PRIORITY=6");
	put_line(capture, "SYSLOG_IDENTIFIER=tarn");
	put_line(capture, "TARN_EVENT=%s", rowtext_event_name(row->event));
	if (row->note.has_conn)
		put_connection_lines(capture, &row->note);
	put_octets(capture, "\n", 1);
	block_end(capture);
}

/* A row of its own has what no frame's comments tell. */
static bool is_worth_a_row(const struct story_row *row)
{
	switch (row->event->kind) {
	case TARN_EVENT_TCP_TIMER:
		return row->event->timer.act != TARN_TIMER_MOVED;
	case TARN_EVENT_DROP:
	case TARN_EVENT_TCP_STATE:
	case TARN_EVENT_NEIGHBOUR:
	case TARN_EVENT_ADDRESS:
	case TARN_EVENT_CALL:
	case TARN_EVENT_READY:
	case TARN_EVENT_REASSEMBLY:
		return true;
	case TARN_EVENT_TCP_CC:
	case TARN_EVENT_TCP_RTT:
	case TARN_EVENT_TCP_DECISION:
	case TARN_EVENT_TCP_BUFFERS:
	case TARN_EVENT_TCP_SCOREBOARD:
	case TARN_EVENT_QUEUE:
	case TARN_EVENT_FRAME_RX:
	case TARN_EVENT_FRAME_DONE:
	case TARN_EVENT_FRAME_TX:
		return false;
	}

	return false;
}

void capture_row(void *context, const struct story_row *row)
{
	struct capture *capture = context;

	if (capture->out.error)
		return;
	if (row->kind == STORY_FRAME)
		write_frame(capture, row);
	else if (is_worth_a_row(row))
		write_journal(capture, row);
	outfile_row_done(&capture->out);
}

int capture_close(struct capture *capture)
{
	int rc;

	if (!capture)
		return 0;
	rc = outfile_close(&capture->out);
	free(capture);

	return rc;
}
