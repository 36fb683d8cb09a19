/* SPDX-License-Identifier: MIT */
/*
 * isn.c - numbers that an outsider must not guess
 *
 *	ISN = M + F(localip, localport, remoteip, remoteport, secretkey)
 *
 * (RFC 6528 section 3.) M ticks every 4 microseconds, so a 4-tuple's numbers
 * grow and an old segment lies behind; F is SipHash, so another 4-tuple's say
 * nothing. Timestamps (RFC 7323 section 7.1) and ephemeral ports (RFC 6056,
 * algorithm 3) get an offset of their own in the same way.
 */
#include "tcp/parts.h"

uint32_t tcp_isn(struct tcp *tcp, const struct conn_key *key)
{
	/* MUST-8, SHLD-1, RFC6528-1 */
	const uint32_t m = (uint32_t)(tcp->env->now_us / 4);

	if (tcp->has_fixed_iss)
		return tcp->fixed_iss;

	if (!rule_holds(tcp->env, RULE_RANDOM_ISN))
		return m; /* RFC 793's clock: whoever has one knows all */

	/* MUST-9 */
	return m + (uint32_t)siphash(&tcp->isn_key, key, sizeof(*key));
}

uint32_t tcp_ts_offset(const struct tcp *tcp, const struct conn_key *key)
{
	return (uint32_t)siphash(&tcp->ts_key, key, sizeof(*key));
}

uint32_t tcp_ts_at(uint64_t at_us, uint32_t offset)
{
	return (uint32_t)(at_us / USEC_PER_MSEC) + offset;
}

uint32_t tcp_ts_now(const struct tcp *tcp, uint32_t offset)
{
	return tcp_ts_at(tcp->env->now_us, offset);
}

static bool is_free(const struct tcp *tcp, const struct conn_key *key)
{
	struct conn_key any = *key;

	any.peer_port = 0;

	return !conn_find(tcp, key) && !listener_find(tcp, &any);
}

uint16_t tcp_port_for(struct tcp *tcp, struct conn_key key)
{
	const uint32_t count = TCP_EPHEMERAL_MAX - TCP_EPHEMERAL_MIN + 1;
	uint64_t offset;

	key.local_port = 0;
	/* RFC6056-1 */
	offset = siphash(&tcp->port_key, &key, sizeof(key)) % count;

	for (uint32_t tries = 0; tries < count; tries++) {
		const uint64_t at = offset + tcp->port_hint++;

		key.local_port = (uint16_t)(TCP_EPHEMERAL_MIN + at % count);
		if (is_free(tcp, &key))
			return key.local_port;
	}

	return 0;
}

uint16_t tcp_choose_port(struct tcp *tcp, const struct tarn_ip *local)
{
	const uint32_t count = TCP_EPHEMERAL_MAX - TCP_EPHEMERAL_MIN + 1;
	const uint32_t first = random_below(&tcp->env->random, count);

	for (uint32_t i = 0; i < count; i++) {
		const struct tarn_addr addr = {
			.ip   = *local,
			.port = (uint16_t)(TCP_EPHEMERAL_MIN +
			                   (first + i) % count),
		};

		if (tcp_bind_check(tcp, &addr, false) == 0)
			return addr.port;
	}

	return 0;
}
