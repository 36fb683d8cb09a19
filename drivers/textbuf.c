/* SPDX-License-Identifier: MIT */
/* textbuf.c - see textbuf.h */
#include "drivers/textbuf.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define FIRST_SIZE 1024u

void textbuf_init(struct textbuf *text, size_t max)
{
	*text = (struct textbuf){ .max = max };
}

void textbuf_free(struct textbuf *text)
{
	free(text->data);
	textbuf_init(text, text->max);
}

/* Room for @more octets and a NUL. */
static bool reserve(struct textbuf *text, size_t more)
{
	size_t size = text->size ? text->size : FIRST_SIZE;
	char *grown;

	if (more > text->max - text->len)
		return false;
	while (size <= text->len + more)
		size *= 2;
	if (size == text->size)
		return true;
	grown = realloc(text->data, size);
	if (!grown)
		return false;
	text->data = grown;
	text->size = size;

	return true;
}

void textbuf_add(struct textbuf *text, const char *format, ...)
{
	va_list args, again;
	int len;

	va_start(args, format);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, args);
	if (!text->is_full && len >= 0 && reserve(text, (size_t)len)) {
		vsnprintf(text->data + text->len, (size_t)len + 1, format,
		          again);
		text->len += (size_t)len;
	} else {
		text->is_full = true;
	}
	va_end(again);
	va_end(args);
}

void textbuf_cut(struct textbuf *text, size_t len)
{
	if (len >= text->len)
		return;
	text->len       = len;
	text->data[len] = '\0';
}
