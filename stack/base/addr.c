/* SPDX-License-Identifier: MIT */
/*
 * addr.c - addresses from and to text
 *
 * Reading is strict: exactly four decimal numbers, none above 255 and none
 * with a leading zero, which inet_aton() would take for octal. An unset address
 * is written as "*", as ss(8) does. IPv6 is written in full, groups of zeroes
 * included; reading it comes with IPv6 itself.
 */
#include "base/text.h"
#include "tarn.h"
#include <errno.h>

struct tarn_ip tarn_ip4(uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
	return (struct tarn_ip){ .version = TARN_IP4, .octet = { a, b, c, d } };
}

/* One decimal number 0..255 at @text. Return: what follows it, or NULL */
static const char *parse_octet(const char *text, uint8_t *ret)
{
	const char *start = text;
	unsigned value    = 0;

	while (*text >= '0' && *text <= '9') {
		value = 10 * value + (unsigned)(*text++ - '0');
		if (value > UINT8_MAX)
			return NULL;
	}
	if (text == start || (*start == '0' && text - start > 1))
		return NULL;

	*ret = (uint8_t)value;
	return text;
}

int tarn_ip_parse(const char *text, struct tarn_ip *ret)
{
	struct tarn_ip ip = { .version = TARN_IP4 };

	for (int i = 0; i < 4; i++) {
		if (i > 0 && *text++ != '.')
			return -EINVAL;
		text = parse_octet(text, &ip.octet[i]);
		if (!text)
			return -EINVAL;
	}
	if (*text)
		return -EINVAL;

	*ret = ip;
	return 0;
}

static void put_ip4(struct text *text, const struct tarn_ip *ip)
{
	for (int i = 0; i < 4; i++) {
		if (i > 0)
			text_char(text, '.');
		text_u32(text, ip->octet[i]);
	}
}

static void put_ip6(struct text *text, const struct tarn_ip *ip)
{
	for (int i = 0; i < 16; i += 2) {
		if (i > 0)
			text_char(text, ':');
		text_hex(text, ip->octet[i], 2);
		text_hex(text, ip->octet[i + 1], 2);
	}
}

static void put_ip(struct text *text, const struct tarn_ip *ip)
{
	if (ip->version == TARN_IP4)
		put_ip4(text, ip);
	else if (ip->version == TARN_IP6)
		put_ip6(text, ip);
	else
		text_char(text, '*');
}

char *tarn_ip_text(const struct tarn_ip *ip, char text[TARN_ADDR_TEXT_LEN])
{
	struct text to;

	text_init(&to, text, TARN_ADDR_TEXT_LEN);
	put_ip(&to, ip);

	return text;
}

char *tarn_addr_text(const struct tarn_addr *addr,
                     char text[TARN_ADDR_TEXT_LEN])
{
	const bool is_ip6 = addr->ip.version == TARN_IP6;
	struct text to;

	text_init(&to, text, TARN_ADDR_TEXT_LEN);
	text_str(&to, is_ip6 ? "[" : "");
	put_ip(&to, &addr->ip);
	text_str(&to, is_ip6 ? "]:" : ":");
	text_u32(&to, addr->port);

	return text;
}
