/* SPDX-License-Identifier: MIT */
/* text.c - see text.h */
#include "base/text.h"

void text_init(struct text *text, char *buf, size_t size)
{
	*text = (struct text){ .buf = buf, .size = size };
	if (size)
		buf[0] = '\0';
}

void text_char(struct text *text, char c)
{
	if (text->len + 1 >= text->size)
		return;

	text->buf[text->len++] = c;
	text->buf[text->len]   = '\0';
}

void text_str(struct text *text, const char *str)
{
	for (; *str; str++)
		text_char(text, *str);
}

void text_u32(struct text *text, uint32_t value)
{
	char digit[10];
	unsigned count = 0;

	do
		digit[count++] = (char)('0' + value % 10);
	while (value /= 10);

	while (count)
		text_char(text, digit[--count]);
}

void text_hex(struct text *text, uint32_t value, unsigned digits)
{
	while (digits--)
		text_char(text, "0123456789abcdef"[value >> 4 * digits & 15]);
}
