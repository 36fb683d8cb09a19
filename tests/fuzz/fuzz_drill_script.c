/* SPDX-License-Identifier: MIT */
/*
 * fuzz_drill_script.c - no text upsets the parser, and what it accepts is sound
 *
 * A packet that was parsed is printed, parsed again and must be the same; it is
 * built, and then read as if the stack had sent it. A mistake has a place.
 */
#include "tests/fuzz/fuzz.h"
#include "tools/drill/packet.h"
#include <errno.h>

static char error[DRILL_ERROR_LEN];

static void require_same(const struct drill_packet *a,
                         const struct drill_packet *b)
{
	REQUIRE(a->is_inbound == b->is_inbound && a->protocol == b->protocol);
	REQUIRE(a->ecn == b->ecn && a->tos == b->tos && a->ttl == b->ttl);
	REQUIRE(a->src_ip == b->src_ip && a->dst_ip == b->dst_ip);
	REQUIRE(a->src_port == b->src_port && a->dst_port == b->dst_port);
	REQUIRE(a->seq == b->seq && a->seq_end == b->seq_end);
	REQUIRE(a->has_ack == b->has_ack && a->ack == b->ack);
	REQUIRE(a->has_win == b->has_win && a->win == b->win);
	REQUIRE(a->payload_len == b->payload_len);
	REQUIRE(a->option_count == b->option_count);
	REQUIRE(a->options_any == b->options_any);
	REQUIRE(a->icmp_type == b->icmp_type && a->icmp_code == b->icmp_code);
	REQUIRE(a->has_quote == b->has_quote);
	REQUIRE(a->quote_seq_end == b->quote_seq_end);
}

static void print_and_parse(const struct drill_packet *packet)
{
	char text[2 + 8 * DRILL_TEXT_LEN] = "0 ", again[sizeof(text)];
	struct drill_script *script;

	packet_text(text + 2, sizeof(text) - 2, packet);
	if (strlen(text) == sizeof(text) - 1)
		return; /* cut: it need not be a packet any more */

	REQUIRE(script_parse("again", text, NULL, &script, error) == 0);
	REQUIRE(script->event_count == 1);
	require_same(packet, &script->events->packet);
	packet_text(again, sizeof(again), &script->events->packet);
	REQUIRE(strcmp(text + 2, again) == 0);
	script_free(script);
}

static void build_and_read(const struct drill_packet *packet)
{
	static uint8_t octets[2048];
	static struct drill_flow flow;
	static struct drill_mismatch mismatch;
	int len;

	flow_init(&flow);
	flow.remote_isn_live = 0xfffffff0;
	flow_sends(&flow, packet);
	len = packet_build(packet, &flow, octets, sizeof(octets));
	if (len > 0)
		(void)packet_check(packet, octets, (size_t)len, &flow,
		                   &mismatch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text                  = malloc(len + 1);
	struct drill_script *script = NULL;
	unsigned count              = 0;
	int rc;

	if (!text)
		abort();
	if (len)
		memcpy(text, data, len);
	text[len] = '\0';
	rc        = script_parse("fuzz", text, NULL, &script, error);
	free(text);
	if (rc < 0) {
		REQUIRE(!script && strncmp(error, "fuzz:", 5) == 0);
		return 0;
	}

	for (struct drill_event *e = script->events; e; e = e->next) {
		count++;
		if (e->kind != DRILL_PACKET || e->unsupported)
			continue;
		print_and_parse(&e->packet);
		build_and_read(&e->packet);
	}
	REQUIRE(count == script->event_count);
	script_free(script);

	return 0;
}
