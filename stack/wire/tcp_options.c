/* SPDX-License-Identifier: MIT */
/*
 * tcp_options.c - TCP options, read and written
 *
 * RFC 9293 section 3.2 (EOL, NOP, MSS), RFC 7323 (window scale, timestamps),
 * RFC 2018 (SACK). Written as Linux writes them, padded to whole words:
 *
 *	SYN	mss 4 | sackOK 2, TS 10 | nop, wscale 3
 *	SYN	mss 4 | nop, nop, sackOK 2 | nop, wscale 3	without TS
 *	others	nop, nop, TS 10 | nop, nop, sack 2 + 8n
 *
 * RFC 7413's cookie, once experiment 0xf989 of kind 254, follows a SYN's other
 * options, with two NOPs behind it when it does not fill its words.
 */
#include "wire/tcp_options.h"
#include "base/bytes.h"
#include <assert.h>
#include <errno.h>

/* Lengths as they stand in the option, kind and length included. */
enum {
	MSS_LEN            = 4,
	WSCALE_LEN         = 3,
	SACK_PERMITTED_LEN = 2,
	SACK_LEN           = 2, /* and 8 for each block */
	SACK_BLOCK_LEN     = 8,
	TIMESTAMPS_LEN     = 10,
	FASTOPEN_LEN       = 2, /* and the cookie */
	EXPERIMENT_LEN     = 4, /* the same, with the magic number */
	FASTOPEN_MAGIC     = 0xf989,
};

int tcp_option_next(const uint8_t **at, const uint8_t *end,
                    struct tcp_option *ret)
{
	const uint8_t *p = *at;

	while (p < end && *p == TCP_OPT_NOP)
		p++;
	*at = p;
	if (p == end || *p == TCP_OPT_EOL)
		return 0;
	if (end - p < 2 || p[1] < 2 || p[1] > end - p)
		return -EBADMSG;

	*ret = (struct tcp_option){ p[0], (uint8_t)(p[1] - 2), p + 2 };
	*at  = p + p[1];
	return 1;
}

static void read_sack(const struct tcp_option *option, struct tcp_options *ret)
{
	const uint8_t *p = option->data;

	ret->sack_count = option->len / SACK_BLOCK_LEN;
	for (unsigned i = 0; i < ret->sack_count; i++, p += SACK_BLOCK_LEN)
		ret->sack[i] =
		        (struct tcp_sack_block){ get_be32(p), get_be32(p + 4) };
}

static void read_cookie(const uint8_t *cookie, uint8_t len, bool is_experiment,
                        struct tcp_fastopen *ret)
{
	if (ret->is_there || len > TCP_FASTOPEN_COOKIE_MAX || len % 2 ||
	    (len > 0 && len < TCP_FASTOPEN_COOKIE_MIN))
		return;

	*ret = (struct tcp_fastopen){ .is_there      = true,
		                      .is_experiment = is_experiment,
		                      .len           = len };
	memcpy(ret->cookie, cookie, len);
}

/* What came after RFC 9293 and RFC 7323. */
static void read_later_option(const struct tcp_option *option,
                              struct tcp_options *ret)
{
	if (option->kind == TCP_OPT_FASTOPEN)
		read_cookie(option->data, option->len, false, &ret->fastopen);
	else if (option->kind == TCP_OPT_EXPERIMENT && option->len >= 2 &&
	         get_be16(option->data) == FASTOPEN_MAGIC)
		read_cookie(option->data + 2, (uint8_t)(option->len - 2), true,
		            &ret->fastopen);
}

/* Match on kind, exact length and "not seen before"; ignore all else. */
static void read_option(const struct tcp_option *option,
                        struct tcp_options *ret)
{
	const uint8_t len = (uint8_t)(option->len + 2);
	const uint8_t *p  = option->data;

	/* MUST-4, MUST-14, MUST-64 */
	if (option->kind == TCP_OPT_MSS && len == MSS_LEN && !ret->has_mss) {
		ret->has_mss = true;
		ret->mss     = get_be16(p);
	} else if (option->kind == TCP_OPT_WSCALE && len == WSCALE_LEN &&
	           !ret->has_wscale) {
		ret->has_wscale = true;
		ret->wscale     = *p;
	} else if (option->kind == TCP_OPT_SACK_PERMITTED &&
	           len == SACK_PERMITTED_LEN) {
		ret->sack_permitted = true;
	} else if (option->kind == TCP_OPT_TIMESTAMPS &&
	           len == TIMESTAMPS_LEN && !ret->has_timestamps) {
		ret->has_timestamps = true;
		ret->tsval          = get_be32(p);
		ret->tsecr          = get_be32(p + 4);
	} else if (option->kind == TCP_OPT_SACK &&
	           (len - SACK_LEN) % SACK_BLOCK_LEN == 0 && !ret->sack_count) {
		read_sack(option, ret);
	} else {
		read_later_option(option, ret);
	}
}

bool tcp_options_read(const uint8_t *at, const uint8_t *end,
                      struct tcp_options *ret)
{
	struct tcp_option option;
	int more;

	*ret = (struct tcp_options){ 0 };
	/* MUST-6, MUST-68: by its length to the next */
	while ((more = tcp_option_next(&at, end, &option)) > 0)
		read_option(&option, ret);

	return more == 0;
}

/* MUST-69: padding is NOPs, so that nothing follows an end of options */
static uint8_t *put_nops(uint8_t *p, unsigned count)
{
	while (count--)
		*p++ = TCP_OPT_NOP;

	return p;
}

static uint8_t *put_mss(uint8_t *p, uint16_t mss)
{
	p[0] = TCP_OPT_MSS;
	p[1] = MSS_LEN;
	put_be16(p + 2, mss);

	return p + MSS_LEN;
}

static uint8_t *put_sack_permitted(uint8_t *p)
{
	p[0] = TCP_OPT_SACK_PERMITTED;
	p[1] = SACK_PERMITTED_LEN;

	return p + SACK_PERMITTED_LEN;
}

static uint8_t *put_timestamps(uint8_t *p, uint32_t tsval, uint32_t tsecr)
{
	p[0] = TCP_OPT_TIMESTAMPS;
	p[1] = TIMESTAMPS_LEN;
	put_be32(p + 2, tsval);
	put_be32(p + 6, tsecr);

	return p + TIMESTAMPS_LEN;
}

static uint8_t *put_wscale(uint8_t *p, uint8_t wscale)
{
	p[0] = TCP_OPT_WSCALE;
	p[1] = WSCALE_LEN;
	p[2] = wscale;

	return p + WSCALE_LEN;
}

static uint8_t *put_sack(uint8_t *p, const struct tcp_sack_block *block,
                         unsigned count)
{
	p[0] = TCP_OPT_SACK;
	p[1] = (uint8_t)(SACK_LEN + SACK_BLOCK_LEN * count);
	p += SACK_LEN;
	for (unsigned i = 0; i < count; i++, p += SACK_BLOCK_LEN) {
		put_be32(p, block[i].left);
		put_be32(p + 4, block[i].right);
	}

	return p;
}

static uint8_t *put_fastopen(uint8_t *p, const struct tcp_fastopen *fastopen)
{
	if (fastopen->is_experiment) {
		p[0] = TCP_OPT_EXPERIMENT;
		p[1] = (uint8_t)(EXPERIMENT_LEN + fastopen->len);
		put_be16(p + 2, FASTOPEN_MAGIC);
		p += EXPERIMENT_LEN;
	} else {
		p[0] = TCP_OPT_FASTOPEN;
		p[1] = (uint8_t)(FASTOPEN_LEN + fastopen->len);
		p += FASTOPEN_LEN;
	}
	memcpy(p, fastopen->cookie, fastopen->len);

	return p + fastopen->len;
}

/* Octets of the option, padded to whole words. */
static size_t fastopen_len(const struct tcp_fastopen *fastopen)
{
	const size_t header =
	        fastopen->is_experiment ? EXPERIMENT_LEN : FASTOPEN_LEN;

	return fastopen->is_there ? (header + fastopen->len + 3) / 4 * 4 : 0;
}

/* MSS, timestamps with SACK-permitted or two NOPs, NOP and window scale. */
#define OTHERS_LEN_MAX (MSS_LEN + 2 + TIMESTAMPS_LEN + 1 + WSCALE_LEN)
static_assert(OTHERS_LEN_MAX + 2 + SACK_LEN <= TCP_OPTIONS_LEN_MAX,
              "behind them is room for the beginning of a SACK option");
static_assert(OTHERS_LEN_MAX + EXPERIMENT_LEN + TCP_FASTOPEN_COOKIE_MAX <=
                      TCP_OPTIONS_LEN_MAX,
              "or for the longest cookie");

/* How many blocks fit behind the @used octets and two NOPs. */
static unsigned sack_count(const struct tcp_options *opt, size_t used)
{
	const size_t needed = used + 2 + SACK_LEN;
	const size_t most   = MIN(opt->sack_count, TCP_SACK_BLOCKS_MAX);

	if (needed > TCP_OPTIONS_LEN_MAX)
		return 0;

	return (unsigned)MIN(most,
	                     (TCP_OPTIONS_LEN_MAX - needed) / SACK_BLOCK_LEN);
}

size_t tcp_options_write(uint8_t *buf, const struct tcp_options *opt)
{
	uint8_t *p = buf;
	unsigned blocks;

	if (opt->has_mss)
		p = put_mss(p, opt->mss);
	/* Alone each wants two NOPs; together they fill their words. */
	if (opt->sack_permitted != opt->has_timestamps)
		p = put_nops(p, 2);
	if (opt->sack_permitted)
		p = put_sack_permitted(p);
	if (opt->has_timestamps)
		p = put_timestamps(p, opt->tsval, opt->tsecr);
	if (opt->has_wscale)
		p = put_wscale(put_nops(p, 1), opt->wscale);
	if (opt->fastopen.is_there) {
		uint8_t *end = p + fastopen_len(&opt->fastopen);

		p = put_fastopen(p, &opt->fastopen);
		p = put_nops(p, (unsigned)(end - p));
	}

	blocks = sack_count(opt, (size_t)(p - buf));
	if (blocks)
		p = put_sack(put_nops(p, 2), opt->sack, blocks);

	return (size_t)(p - buf);
}
