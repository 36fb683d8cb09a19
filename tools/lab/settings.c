/* SPDX-License-Identifier: MIT */
/*
 * settings.c - names for what a stack and a socket can be told
 *
 *	stack B rcvbuf 4096 sack off congestion reno msl 30s
 *	    set nodelay 1
 */
#include "base/bytes.h"
#include "tools/lab/stage_state.h"
#include "tools/lab/words.h"
#include <errno.h>
#include <stdio.h>

/* ---- A stack ------------------------------------------------------------ */

enum field {
	FIELD_U8,
	FIELD_U32,
	FIELD_TIME,
	FIELD_BOOL,
	FIELD_NOT,
	FIELD_TEXT
};

#define FIELD(name, member, kind)                                              \
	{                                                                      \
		name, offsetof(struct tarn_config, member), kind               \
	}

static const struct {
	const char *name;
	size_t offset;
	enum field kind;
} fields[] = {
	FIELD("msl", msl_us, FIELD_TIME),
	FIELD("rto-min", rto_us_min, FIELD_TIME),
	FIELD("rcvbuf", rcvbuf, FIELD_U32),
	FIELD("rcvbuf-max", rcvbuf_max, FIELD_U32),
	FIELD("sndbuf", sndbuf, FIELD_U32),
	FIELD("sndbuf-max", sndbuf_max, FIELD_U32),
	FIELD("initial-window", initial_window, FIELD_U8),
	FIELD("syn-retries", syn_retries, FIELD_U8),
	FIELD("synack-retries", synack_retries, FIELD_U8),
	FIELD("data-retries", data_retries, FIELD_U8),
	FIELD("delayed-ack", delayed_ack_us, FIELD_TIME),
	FIELD("quick-ack", no_quick_ack, FIELD_NOT),
	FIELD("window-scale", no_window_scale, FIELD_NOT),
	FIELD("wscale", wscale, FIELD_U8),
	FIELD("timestamps", no_timestamps, FIELD_NOT),
	FIELD("sack", no_sack, FIELD_NOT),
	FIELD("dsack", no_dsack, FIELD_NOT),
	FIELD("rack", no_rack, FIELD_NOT),
	FIELD("tlp", no_tlp, FIELD_NOT),
	FIELD("prr", no_prr, FIELD_NOT),
	FIELD("frto", no_frto, FIELD_NOT),
	FIELD("hystart", no_hystart, FIELD_NOT),
	FIELD("limited-transmit", no_limited_transmit, FIELD_NOT),
	FIELD("path-mtu", no_path_mtu, FIELD_NOT),
	FIELD("autotune", no_autotune, FIELD_NOT),
	FIELD("idle-restart", no_idle_restart, FIELD_NOT),
	FIELD("congestion", congestion, FIELD_TEXT),
	FIELD("syn-cookies", syn_cookies, FIELD_U8),
	FIELD("syn-queue", syn_queue_max, FIELD_U32),
	FIELD("ecn", ecn, FIELD_U8),
	FIELD("fastopen", fastopen, FIELD_U8),
	FIELD("fin-wait-2", fin_wait_2_us, FIELD_TIME),
	FIELD("rst-ends-time-wait", rst_ends_time_wait, FIELD_BOOL),
};

static bool put_field(void *at, enum field kind, const char *word)
{
	uint64_t value;

	switch (kind) {
	case FIELD_TEXT:
		memcpy(at, &word, sizeof(word));
		return true;
	case FIELD_BOOL:
	case FIELD_NOT:
		if (strcmp(word, "on") != 0 && strcmp(word, "off") != 0)
			return false;
		*(bool *)at = (strcmp(word, "on") == 0) == (kind == FIELD_BOOL);
		return true;
	case FIELD_TIME:
		if (!words_time(word, &value))
			return false;
		memcpy(at, &value, sizeof(value));
		return true;
	case FIELD_U8:
		if (!words_number(word, UINT8_MAX, &value))
			return false;
		*(uint8_t *)at = (uint8_t)value;
		return true;
	case FIELD_U32:
		if (!words_number(word, UINT32_MAX, &value))
			return false;
		memcpy(at, &(uint32_t){ (uint32_t)value }, sizeof(uint32_t));
		return true;
	}

	return false;
}

static int apply(const struct lesson *lesson, const struct setting *setting,
                 struct tarn_config *config, char error[LAB_ERROR_LEN])
{
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		if (strcmp(fields[i].name, setting->name) != 0)
			continue;
		if (put_field((char *)config + fields[i].offset, fields[i].kind,
		              setting->value))
			return 0;
		snprintf(error, LAB_ERROR_LEN,
		         "%s.lab:%u: \"%s\" is no value for %s", lesson->name,
		         setting->line, setting->value, setting->name);
		return -EINVAL;
	}
	snprintf(error, LAB_ERROR_LEN, "%s.lab:%u: a stack has no \"%s\"",
	         lesson->name, setting->line, setting->name);

	return -EINVAL;
}

int settings_config(const struct lesson *lesson, unsigned end,
                    struct tarn_config *config, char error[LAB_ERROR_LEN])
{
	for (unsigned i = 0; i < lesson->setting_count[end]; i++) {
		const int rc =
		        apply(lesson, &lesson->setting[end][i], config, error);

		if (rc < 0)
			return rc;
	}

	return 0;
}

/* ---- A socket ----------------------------------------------------------- */

static const struct {
	const char *name;
	enum tarn_option option;
} options[] = {
	{ "nodelay", TARN_TCP_NODELAY },
	{ "cork", TARN_TCP_CORK },
	{ "quickack", TARN_TCP_QUICKACK },
	{ "keepalive", TARN_SO_KEEPALIVE },
	{ "keepidle", TARN_TCP_KEEPIDLE },
	{ "keepintvl", TARN_TCP_KEEPINTVL },
	{ "keepcnt", TARN_TCP_KEEPCNT },
	{ "user-timeout", TARN_TCP_USER_TIMEOUT },
	{ "rcvbuf", TARN_SO_RCVBUF },
	{ "sndbuf", TARN_SO_SNDBUF },
	{ "rcvlowat", TARN_SO_RCVLOWAT },
	{ "notsent-lowat", TARN_TCP_NOTSENT_LOWAT },
	{ "maxseg", TARN_TCP_MAXSEG },
	{ "reuseaddr", TARN_SO_REUSEADDR },
	{ "defer-accept", TARN_TCP_DEFER_ACCEPT },
	{ "linger2", TARN_TCP_LINGER2 },
	{ "syncnt", TARN_TCP_SYNCNT },
	{ "ttl", TARN_IP_TTL },
	{ "mtu-discover", TARN_IP_MTU_DISCOVER },
	{ "broadcast", TARN_SO_BROADCAST },
	{ "congestion", TARN_TCP_CONGESTION },
};

static const enum tarn_option *find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		if (strcmp(options[i].name, name) == 0)
			return &options[i].option;

	return NULL;
}

bool settings_option_exists(const char *name)
{
	return find(name) != NULL;
}

int settings_option(struct tarn *t, int fd, const struct step *step)
{
	const enum tarn_option *option = find(step->text);
	const int value                = (int)step->count;

	if (!option)
		return -ENOPROTOOPT;
	if (*option == TARN_TCP_CONGESTION)
		return tarn_setsockopt(t, fd, *option, step->word[0],
		                       strlen(step->word[0]));
	if (step->count > INT32_MAX)
		return -EINVAL;

	return tarn_setsockopt(t, fd, *option, &value, sizeof(value));
}
