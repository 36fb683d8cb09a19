/* SPDX-License-Identifier: MIT */
/*
 * option.c - see option.h
 *
 *	| kind | len | value ... |	len counts all three; EOL and NOP have
 *					the kind only
 */
#include "tools/drill/option.h"
#include "base/bytes.h"
#include "wire/tcp.h"

#define OPT_MD5        19  /* RFC 2385 */
#define OPT_FASTOPEN   34  /* RFC 7413 */
#define OPT_EXPERIMENT 254 /* RFC 6994: two octets say which */
#define FASTOPEN_EXPID 0xf989
#define MD5_LEN        16

/* ---- writing ------------------------------------------------------------ */

size_t option_len(const struct drill_option *option)
{
	switch (option->kind) {
	case DRILL_OPT_EOL:
	case DRILL_OPT_NOP:
		return 1;
	case DRILL_OPT_MSS:
		return 4;
	case DRILL_OPT_WSCALE:
		return 3;
	case DRILL_OPT_SACK_OK:
		return 2;
	case DRILL_OPT_SACK:
		return 2 + 8 * option->block_count;
	case DRILL_OPT_TIMESTAMP:
		return 10;
	case DRILL_OPT_MD5:
		return 2 + MD5_LEN;
	case DRILL_OPT_FASTOPEN:
		return 2u + option->data_len;
	case DRILL_OPT_FASTOPEN_EXP:
		return 4u + option->data_len;
	case DRILL_OPT_RAW:
		return (option->has_raw_len ? 2u : 1u) + option->data_len;
	}
	return 0;
}

static uint8_t *put_head(uint8_t *p, uint8_t kind, size_t len)
{
	p[0] = kind;
	p[1] = (uint8_t)len;

	return p + 2;
}

static void put_sack(uint8_t *p, const struct drill_option *option,
                     uint32_t diff)
{
	for (unsigned i = 0; i < option->block_count; i++, p += 8) {
		put_be32(p, option->block[i][0] + diff);
		put_be32(p + 4, option->block[i][1] + diff);
	}
}

static void put_timestamp(uint8_t *p, const struct drill_option *option,
                          const struct drill_flow *flow)
{
	put_be32(p, option->value);
	put_be32(p + 4, option->value2_is_live
	                        ? option->value2
	                        : flow_live_tsecr(flow, option->value2));
}

/* An option whose octets are in @option->data. */
static void put_data(uint8_t *p, const struct drill_option *option)
{
	if (option->data_len)
		memcpy(p, option->data, option->data_len);
}

static void put_raw(uint8_t *p, const struct drill_option *option)
{
	p[0] = option->raw_kind;
	if (option->has_raw_len) {
		p[1] = option->raw_len;
		put_data(p + 2, option);
	}
}

static void put_option(uint8_t *p, const struct drill_option *option,
                       const struct drill_flow *flow)
{
	const size_t len = option_len(option);

	switch (option->kind) {
	case DRILL_OPT_EOL:
		*p = TCP_OPT_EOL;
		break;
	case DRILL_OPT_NOP:
		*p = TCP_OPT_NOP;
		break;
	case DRILL_OPT_MSS:
		put_be16(put_head(p, TCP_OPT_MSS, len),
		         (uint16_t)option->value);
		break;
	case DRILL_OPT_WSCALE:
		*put_head(p, TCP_OPT_WSCALE, len) = (uint8_t)option->value;
		break;
	case DRILL_OPT_SACK_OK:
		(void)put_head(p, TCP_OPT_SACK_PERMITTED, len);
		break;
	case DRILL_OPT_SACK:
		put_sack(put_head(p, TCP_OPT_SACK, len), option,
		         flow_local_diff(flow, false));
		break;
	case DRILL_OPT_TIMESTAMP:
		put_timestamp(put_head(p, TCP_OPT_TIMESTAMPS, len), option,
		              flow);
		break;
	case DRILL_OPT_MD5:
		put_data(put_head(p, OPT_MD5, len), option);
		break;
	case DRILL_OPT_FASTOPEN:
		put_data(put_head(p, OPT_FASTOPEN, len), option);
		break;
	case DRILL_OPT_FASTOPEN_EXP:
		p = put_head(p, OPT_EXPERIMENT, len);
		put_be16(p, FASTOPEN_EXPID);
		put_data(p + 2, option);
		break;
	case DRILL_OPT_RAW:
		put_raw(p, option);
		break;
	}
}

size_t options_len(const struct drill_packet *packet)
{
	size_t len = 0;

	for (unsigned i = 0; i < packet->option_count; i++)
		len += option_len(&packet->option[i]);

	return (len + 3) / 4 * 4;
}

void options_put(uint8_t *p, const struct drill_packet *packet,
                 const struct drill_flow *flow)
{
	for (unsigned i = 0; i < packet->option_count; i++) {
		put_option(p, &packet->option[i], flow);
		p += option_len(&packet->option[i]);
	}
}

/* ---- reading ------------------------------------------------------------ */

/* The kinds that a script has a word for, if their length is right. */
static bool read_known(const uint8_t *p, uint8_t len, struct drill_option *ret)
{
	static const struct {
		uint8_t kind, len;
		enum drill_option_kind known;
	} fixed[] = {
		{ TCP_OPT_MSS, 4, DRILL_OPT_MSS },
		{ TCP_OPT_WSCALE, 3, DRILL_OPT_WSCALE },
		{ TCP_OPT_SACK_PERMITTED, 2, DRILL_OPT_SACK_OK },
		{ TCP_OPT_SACK, 10, DRILL_OPT_SACK },
		{ TCP_OPT_SACK, 18, DRILL_OPT_SACK },
		{ TCP_OPT_SACK, 26, DRILL_OPT_SACK },
		{ TCP_OPT_SACK, 34, DRILL_OPT_SACK },
		{ TCP_OPT_TIMESTAMPS, 10, DRILL_OPT_TIMESTAMP },
		{ OPT_MD5, 2 + MD5_LEN, DRILL_OPT_MD5 },
	};

	for (size_t i = 0; i < ARRAY_LEN(fixed); i++)
		if (fixed[i].kind == p[0] && fixed[i].len == len) {
			ret->kind = fixed[i].known;
			return true;
		}

	return false;
}

static void read_data(const uint8_t *p, uint8_t len, struct drill_option *ret)
{
	ret->data_len = len;
	if (len)
		memcpy(ret->data, p, len);
}

/* A cookie, or what has no word. @len is of the whole option. */
static void read_open(const uint8_t *p, uint8_t len, struct drill_option *ret)
{
	if (p[0] == OPT_FASTOPEN) {
		ret->kind = DRILL_OPT_FASTOPEN;
		read_data(p + 2, (uint8_t)(len - 2), ret);
	} else if (p[0] == OPT_EXPERIMENT && len >= 4 &&
	           get_be16(p + 2) == FASTOPEN_EXPID) {
		ret->kind = DRILL_OPT_FASTOPEN_EXP;
		read_data(p + 4, (uint8_t)(len - 4), ret);
	} else {
		ret->kind        = DRILL_OPT_RAW;
		ret->raw_kind    = p[0];
		ret->raw_len     = len;
		ret->has_raw_len = true;
		read_data(p + 2, (uint8_t)(len - 2), ret);
	}
}

static void read_sack(const uint8_t *p, uint8_t len, uint32_t diff,
                      struct drill_option *ret)
{
	for (uint8_t at = 2; at < len; at = (uint8_t)(at + 8)) {
		uint32_t *block = ret->block[ret->block_count++];

		block[0] = get_be32(p + at) - diff;
		block[1] = get_be32(p + at + 4) - diff;
	}
}

/* TSval by the first one seen; TSecr is the peer's own, as it was written. */
static void read_timestamp(const uint8_t *p, const struct drill_flow *flow,
                           struct drill_option *ret)
{
	ret->value = get_be32(p + 2);
	if (flow->has_first_tsval)
		ret->value += flow->first_tsval.script - flow->first_tsval.live;
	ret->value2 = get_be32(p + 6);
}

static void read_value(const uint8_t *p, uint8_t len,
                       const struct drill_flow *flow, struct drill_option *ret)
{
	switch (ret->kind) {
	case DRILL_OPT_MSS:
		ret->value = get_be16(p + 2);
		break;
	case DRILL_OPT_WSCALE:
		ret->value = p[2];
		break;
	case DRILL_OPT_SACK:
		read_sack(p, len, flow_remote_diff(flow, false), ret);
		break;
	case DRILL_OPT_TIMESTAMP:
		read_timestamp(p, flow, ret);
		break;
	case DRILL_OPT_MD5:
		read_data(p + 2, MD5_LEN, ret);
		break;
	default:
		break;
	}
}

/* Return: octets of the option; 0: its length is impossible */
static size_t read_option(const uint8_t *p, size_t left,
                          const struct drill_flow *flow,
                          struct drill_option *ret)
{
	*ret = (struct drill_option){ .kind = DRILL_OPT_EOL };
	if (p[0] == TCP_OPT_EOL)
		return 1;

	ret->kind = DRILL_OPT_NOP;
	if (p[0] == TCP_OPT_NOP)
		return 1;
	if (left < 2 || p[1] < 2 || p[1] > left)
		return 0;

	if (read_known(p, p[1], ret))
		read_value(p, p[1], flow, ret);
	else
		read_open(p, p[1], ret);

	return p[1];
}

bool packet_options_read(const uint8_t *at, const uint8_t *end,
                         const struct drill_flow *flow,
                         struct drill_packet *ret)
{
	ret->option_count = 0;
	while (at < end && ret->option_count < DRILL_OPTIONS_MAX) {
		const size_t len = read_option(at, (size_t)(end - at), flow,
		                               &ret->option[ret->option_count]);

		if (len == 0)
			return false;
		ret->option_count++;
		at += len;
	}
	ret->has_options = ret->option_count > 0;

	return true;
}
