/* SPDX-License-Identifier: MIT */
/*
 * text.h - building a line of text in a buffer that may be too small
 *
 * What does not fit is cut off; the text is NUL-terminated at all times. There
 * is no formatted printing under stack/, so this is all there is.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stddef.h>
#include <stdint.h>

struct text {
	char *buf;
	size_t size; /* octets in @buf, the NUL included */
	size_t len;  /* characters so far, below @size */
};

/** text_init() - An empty text; @size 0 makes one that takes nothing at all */
void text_init(struct text *text, char *buf, size_t size);

void text_char(struct text *text, char c);
void text_str(struct text *text, const char *str);
/** text_u32() - In decimal */
void text_u32(struct text *text, uint32_t value);
/** text_hex() - @digits lower-case hexadecimal digits, 1..8 */
void text_hex(struct text *text, uint32_t value, unsigned digits);

#endif
