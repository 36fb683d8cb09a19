/* SPDX-License-Identifier: MIT */
/* sent_table.h - a table of what was sent for each test, and a leak check */
#ifndef TESTS_UNIT_TCP_SENT_TABLE_H
#define TESTS_UNIT_TCP_SENT_TABLE_H

#include "base/bytes.h"
#include "base/limits.h"
#include "tcp/sent.h"
#include "tests/unit/lib/hook.h"
#include "tests/unit/lib/test.h"

#define BASE  0xfffffc00u /* so that numbers wrap in the first frames */
#define FRAME 1000u

static struct hook hook;
static struct memory memory;
static struct sent sent;
static uint32_t nxt;

/** setup() - No range yet; refuses no memory */
static inline void setup(void)
{
	const struct tarn_memory functions = { hook_resize, &hook };

	hook = (struct hook){ .refuse_from = HOOK_NEVER };
	memory_init(&memory, &functions, 64u << 20);
	sent = (struct sent){ 0 };
	nxt  = BASE;
}

/** teardown() - Every octet was given back */
static inline void teardown(void)
{
	sent_release(&sent, &memory);
	ck_assert_uint_eq(hook.octets, 0);
	ck_assert_uint_eq(memory.used, 0);
}

/** holds() - All that must always be true of the table */
static inline void holds(void)
{
	const char *broken = sent_check(&sent, UINT32_MAX);

	if (broken)
		ck_abort_msg("%s", broken);
}

/** sends() - The next @len octets leave */
static inline void sends(uint32_t len, uint64_t now_us)
{
	sent_append(&sent, &memory, nxt, nxt + len, 1, now_us);
	nxt += len;
	holds();
}

/** sends_frames() - So many frames leave, each a microsecond later */
static inline void sends_frames(uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		sends(FRAME, i);
}

#endif
