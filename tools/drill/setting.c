/* SPDX-License-Identifier: MIT */
/*
 * setting.c - sysctls of Linux and FreeBSD as fields of struct tarn_config
 *
 * setting.def is the table; here stand the few that are more than a field.
 */
#include "tools/drill/setting.h"
#include "base/bytes.h"
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>

enum kind { NUMBER, YES, NO, ONLY, SPECIAL, HARMLESS };

struct setting {
	const char *name;
	enum kind kind;
	size_t offset, size; /* of the field in struct tarn_config */
	int64_t number;      /* NUMBER: factor; ONLY: the value */
	bool (*set)(struct run *run, const char *value);
};

bool setting_number(const char *text, int64_t *ret)
{
	char *end;

	*ret = strtoll(text, &end, 0);

	return end != text;
}

static int64_t number_of(const char *text)
{
	int64_t number;

	return setting_number(text, &number) ? number : -1;
}

/* ---- those that are more than a field; false: Tarn cannot ---- */

/* "minimum default maximum" */
static bool read_sizes(const char *value, long ret[3])
{
	char *end;

	for (int i = 0; i < 3; i++, value = end) {
		ret[i] = strtol(value, &end, 10);
		if (end == value || ret[i] < 0 || ret[i] > INT32_MAX)
			return false;
	}

	return true;
}

/* Linux counts the overhead of its buffers in, and
 * half of the size is what it offers as a window. */
static bool set_rmem(struct run *run, const char *value)
{
	long size[3] = { 0, 0, 0 };

	if (!read_sizes(value, size))
		return false;
	run->world.config.rcvbuf     = (uint32_t)(size[1] / 2);
	run->world.config.rcvbuf_max = (uint32_t)(size[2] / 2);

	return true;
}

static bool set_wmem(struct run *run, const char *value)
{
	long size[3] = { 0, 0, 0 };

	if (!read_sizes(value, size))
		return false;
	run->world.config.sndbuf     = (uint32_t)size[1];
	run->world.config.sndbuf_max = (uint32_t)size[2];

	return true;
}

static bool set_ecn(struct run *run, const char *value)
{
	static const uint8_t ways[] = { TARN_ECN_OFF, TARN_ECN_REQUEST,
		                        TARN_ECN_ACCEPT };
	const int64_t way           = number_of(value);

	if (way < 0 || way >= (int64_t)ARRAY_LEN(ways))
		return false;
	run->world.config.ecn = ways[way];

	return true;
}

static bool set_syncookies(struct run *run, const char *value)
{
	static const uint8_t ways[] = { TARN_SYN_COOKIES_NEVER,
		                        TARN_SYN_COOKIES_WHEN_FULL,
		                        TARN_SYN_COOKIES_ALWAYS };
	const int64_t way           = number_of(value);

	if (way < 0 || way >= (int64_t)ARRAY_LEN(ways))
		return false;
	run->world.config.syn_cookies = ways[way];

	return true;
}

static bool set_syncookies_only(struct run *run, const char *value)
{
	if (number_of(value) > 0)
		run->world.config.syn_cookies = TARN_SYN_COOKIES_ALWAYS;

	return true;
}

/* 1 client, 2 server, 4 client without cookie, 0x200 server without cookie,
 * 0x400 every listener without being told. */
static bool set_fastopen(struct run *run, const char *value)
{
	const int64_t bits = number_of(value);
	uint8_t fastopen   = 0;

	if (bits & 0x1)
		fastopen |= TARN_FASTOPEN_CLIENT;
	if (bits & 0x2)
		fastopen |= TARN_FASTOPEN_SERVER;
	if (bits & (0x4 | 0x200))
		fastopen |= TARN_FASTOPEN_NO_COOKIE;
	run->world.config.fastopen       = fastopen;
	run->numbers.fastopen_everywhere = (bits & 0x400) != 0;

	return true;
}

static bool set_congestion(struct run *run, const char *value)
{
	if (strcmp(value, "cubic") == 0)
		run->world.config.congestion = "cubic";
	else if (strcmp(value, "reno") == 0)
		run->world.config.congestion = "reno";
	else
		return false;

	return true;
}

static bool set_bsd_congestion(struct run *run, const char *value)
{
	return set_congestion(run,
	                      strcmp(value, "newreno") == 0 ? "reno" : value);
}

/* 0: neither early retransmit nor tail loss probe; 3, 4: the probe. */
static bool set_early_retrans(struct run *run, const char *value)
{
	const int64_t way = number_of(value);

	run->world.config.no_tlp = way == 0;

	return way == 0 || way >= 3;
}

/* Bit 0: RACK; the others change it in ways that RFC 8985 does not know. */
static bool set_recovery(struct run *run, const char *value)
{
	const int64_t bits = number_of(value);

	run->world.config.no_rack = (bits & 1) == 0;

	return bits >= 0 && bits <= 1;
}

static bool set_notsent_lowat(struct run *run, const char *value)
{
	(void)run;

	return number_of(value) == -1 || number_of(value) >= UINT32_MAX ||
	       number_of(value) == 0;
}

/* The key that the runners of public collections set, and no other: cookies in
 * scripts are made with it. */
static bool set_fastopen_key(struct run *run, const char *value)
{
	(void)run;

	return strcmp(value, "a1a1a1a1-b2b2b2b2-c3c3c3c3-d4d4d4d4") == 0;
}

static bool set_rfc1323(struct run *run, const char *value)
{
	run->world.config.no_window_scale = number_of(value) == 0;
	run->world.config.no_timestamps   = number_of(value) == 0;

	return true;
}

static bool set_functions(struct run *run, const char *value)
{
	(void)run;

	return strcmp(value, "freebsd") == 0 || strcmp(value, "default") == 0;
}

/* ---- the table ---- */

#define FIELD(field)                                                           \
	offsetof(struct tarn_config, field),                                   \
	        sizeof(((struct tarn_config *)0)->field)

static const struct setting settings[] = {
#define NUMBER(name, field, factor)                                            \
	{ name, NUMBER, FIELD(field), factor, NULL },
#define YES(name, field)        { name, YES, FIELD(field), 0, NULL },
#define NO(name, field)         { name, NO, FIELD(field), 0, NULL },
#define ONLY(name, value)       { name, ONLY, 0, 0, value, NULL },
#define SPECIAL(name, function) { name, SPECIAL, 0, 0, 0, set_##function },
#define HARMLESS(name)          { name, HARMLESS, 0, 0, 0, NULL },
#include "tools/drill/setting.def"
#undef NUMBER
#undef YES
#undef NO
#undef ONLY
#undef SPECIAL
#undef HARMLESS
};

static bool is_it(const struct setting *setting, const char *name)
{
	const size_t len = strlen(setting->name);
	const char last  = setting->name[len - 1];

	if (setting->kind == HARMLESS && (last == '.' || last == '_'))
		return strncmp(setting->name, name, len) == 0;

	return strcmp(setting->name, name) == 0;
}

static const struct setting *find_setting(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(settings); i++)
		if (is_it(&settings[i], name))
			return &settings[i];

	return NULL;
}

/* Writes @value to a field of one, two, four or eight octets. */
static void store(struct tarn_config *config, const struct setting *setting,
                  uint64_t value)
{
	uint8_t *field = (uint8_t *)config + setting->offset;
	uint8_t u8;
	uint16_t u16;
	uint32_t u32;

	switch (setting->size) {
	case sizeof(u8):
		u8 = (uint8_t)MIN(value, UINT8_MAX);
		memcpy(field, &u8, sizeof(u8));
		break;
	case sizeof(u16):
		u16 = (uint16_t)MIN(value, UINT16_MAX);
		memcpy(field, &u16, sizeof(u16));
		break;
	case sizeof(u32):
		u32 = (uint32_t)MIN(value, UINT32_MAX);
		memcpy(field, &u32, sizeof(u32));
		break;
	default:
		memcpy(field, &value, sizeof(value));
		break;
	}
}

static bool set(struct run *run, const struct setting *setting,
                const char *value)
{
	struct tarn_config *config = &run->world.config;
	const int64_t number       = number_of(value);

	switch (setting->kind) {
	case NUMBER:
		if (number < 0)
			return false;
		store(config, setting, (uint64_t)(number * setting->number));
		return true;
	case YES:
		store(config, setting, number != 0);
		return true;
	case NO:
		store(config, setting, number == 0);
		return true;
	case ONLY:
		return number == setting->number;
	case SPECIAL:
		return setting->set(run, value);
	case HARMLESS:
		break;
	}

	return true;
}

void setting_apply(struct run *run, const char *name, const char *value)
{
	const struct setting *setting = find_setting(name);

	if (!setting || !set(run, setting, value))
		run_skips(run, "needs %s=%s, which Tarn does not have", name,
		          value);
}
