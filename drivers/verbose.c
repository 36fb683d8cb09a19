/* SPDX-License-Identifier: MIT */
/*
 * verbose.c - the lines of `tarn -v`: what changed, what was dropped, and why
 */
#include "drivers/verbose.h"
#include "wire/print.h"
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define USEC 1000000u

struct verbose {
	FILE *out;
	bool has_start;
	uint64_t start_us;
};

__attribute__((format(printf, 3, 4))) static void
say(struct verbose *verbose, uint64_t now_us, const char *format, ...)
{
	const uint64_t at_us = now_us - verbose->start_us;
	va_list args;

	fprintf(verbose->out, "%" PRIu64 ".%06u ", at_us / USEC,
	        (unsigned)(at_us % USEC));
	va_start(args, format);
	vfprintf(verbose->out, format, args);
	va_end(args);
	fputc('\n', verbose->out);
}

static void say_drop(struct verbose *verbose, const struct story_row *row)
{
	struct print_base base = { 0 };
	char line[PRINT_LINE_LEN];

	if (row->note.has_conn)
		base = (struct print_base){ .seq = row->note.irs,
			                    .ack = row->note.iss };
	say(verbose, row->now_us, "drop %s: %s (%s): %s",
	    drop_symbol(row->drop), drop_sentence(row->drop),
	    drop_where(row->drop),
	    print_frame(line, sizeof(line), row->frame, row->len, &base));
}

static void say_lost(struct verbose *verbose, const struct story_row *row)
{
	const struct print_base base = { 0 };
	char line[PRINT_LINE_LEN];

	say(verbose, row->now_us, "lost to '%s': %s", row->lost,
	    print_frame(line, sizeof(line), row->frame, row->len, &base));
}

static void say_state(struct verbose *verbose, const struct tarn_event *event)
{
	char peer[TARN_ADDR_TEXT_LEN];

	say(verbose, event->now_us, "%s %s -> %s: %s (%s)",
	    tarn_addr_text(&event->tcp.peer, peer),
	    tarn_tcp_state_name(event->note.state_before),
	    tarn_tcp_state_name(event->note.state), why_sentence(event->why),
	    why_where(event->why));
}

static void say_neighbour(struct verbose *verbose, const char *what,
                          const struct tarn_event *event)
{
	const struct tarn_event_neighbour *who = &event->neighbour;
	char ip[TARN_ADDR_TEXT_LEN];

	say(verbose, event->now_us,
	    "%s %s %s -> %s: %s (%s), %02x:%02x:%02x:%02x:%02x:%02x", what,
	    tarn_ip_text(&who->ip, ip), who->from, who->to,
	    why_sentence(event->why), why_where(event->why), who->mac[0],
	    who->mac[1], who->mac[2], who->mac[3], who->mac[4], who->mac[5]);
}

static void say_event(struct verbose *verbose, const struct tarn_event *event)
{
	switch (event->kind) {
	case TARN_EVENT_TCP_STATE:
		say_state(verbose, event);
		break;
	case TARN_EVENT_DROP:
		say(verbose, event->now_us, "drop %s: %s (%s)",
		    drop_symbol(event->drop), drop_sentence(event->drop),
		    drop_where(event->drop));
		break;
	case TARN_EVENT_NEIGHBOUR:
		say_neighbour(verbose, "neighbour", event);
		break;
	case TARN_EVENT_ADDRESS:
		say_neighbour(verbose, "address", event);
		break;
	default: /* for the log and the capture */
		break;
	}
}

int verbose_open(FILE *out, struct verbose **ret)
{
	struct verbose *verbose = calloc(1, sizeof(*verbose));

	if (!verbose)
		return -ENOMEM;
	verbose->out = out;
	*ret         = verbose;

	return 0;
}

void verbose_row(void *listener, const struct story_row *row)
{
	struct verbose *verbose = listener;

	if (!verbose->has_start) {
		verbose->has_start = true;
		verbose->start_us  = row->now_us;
	}

	if (row->kind == STORY_EVENT)
		say_event(verbose, row->event);
	else if (row->drop != DROP_NONE)
		say_drop(verbose, row);
	else if (row->lost)
		say_lost(verbose, row);
}

void verbose_close(struct verbose *verbose)
{
	free(verbose);
}
