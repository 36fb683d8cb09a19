/* SPDX-License-Identifier: MIT */
/*
 * inject.c - an inbound packet of the script arrives
 *
 * It waits for its moment, gets the live numbers of its connection (flow.h) and
 * goes onto the link. A script may write a segment larger than the MTU, as a
 * network card hands it to a kernel that put several together.
 */
#include "base/bytes.h"
#include "tools/drill/run.h"

#define HEADERS_LEN_MIN 40 /* of IPv4 and TCP, without options */
#define HEADERS_LEN_MAX 80

/* The part of @packet that one frame carries: @len octets from @at on. */
static struct drill_packet slice(const struct drill_packet *packet, uint32_t at,
                                 uint32_t len)
{
	struct drill_packet piece = *packet;
	const bool is_last        = at + len == packet->payload_len;

	piece.seq += at + (packet->syn && at > 0 ? 1 : 0);
	piece.seq_end     = piece.seq + len;
	piece.payload_len = len;
	piece.syn         = packet->syn && at == 0;
	piece.fin         = packet->fin && is_last;
	piece.psh         = packet->psh && is_last;
	if (packet->payload)
		piece.payload += at;

	return piece;
}

static void inject(struct run *run, const struct connection *connection,
                   const struct drill_packet *packet)
{
	static uint8_t octets[DRILL_PACKET_LEN_MAX];
	const int len =
	        packet_build(packet, &connection->flow, octets, sizeof(octets));

	if (len < 0)
		run_fails(run, "the packet does not fit into an IP packet");
	else if (world_inject(&run->world, octets, (size_t)len) < 0)
		run_fails(run, "out of memory");
}

/* A kernel takes a packet that is larger than its MTU, as if a network card had
 * put it together. Our link does not: its pieces arrive in one go. */
static void inject_pieces(struct run *run, const struct connection *connection,
                          const struct drill_packet *packet)
{
	const uint32_t mtu_mss = run->world.config.mtu - HEADERS_LEN_MAX;
	const uint32_t mss     = run->numbers.inbound_mss
	                                 ? MIN(run->numbers.inbound_mss, mtu_mss)
	                                 : mtu_mss;
	uint32_t at            = 0;

	do {
		const uint32_t len = MIN(mss, packet->payload_len - at);
		const struct drill_packet piece = slice(packet, at, len);

		inject(run, connection, &piece);
		at += len;
	} while (at < packet->payload_len);
}

void packet_arrives(struct run *run, const struct drill_packet *packet)
{
	struct connection *connection;

	clock_wait_until(run, run->event_us);
	if (run_is_over(run) ||
	    !clock_is_timely(run, &run->event->time, run->event_us,
	                     run->world.now_us, "the inbound packet"))
		return;

	if (cookie_is_foreign(packet)) {
		run_skips(run, "needs the fast open cookie that Linux makes, "
		               "which Tarn does not have");
		return;
	}
	connection = connection_of_packet(run, packet);
	if (!connection)
		return;
	flow_sends(&connection->flow, packet);
	if (packet->payload)
		connection->has_own_octets = true;
	run_tells(run, run->event->source);
	if (packet->protocol == DRILL_TCP &&
	    packet->payload_len + HEADERS_LEN_MIN > run->world.config.mtu)
		inject_pieces(run, connection, packet);
	else
		inject(run, connection, packet);
	clock_settle(run);
}
