/* SPDX-License-Identifier: MIT */
/* progress.c - see progress.h */
#include "apps/tarn/progress.h"
#include <stdio.h>
#include <string.h>

#define BAR_LEN     25
#define INTERVAL_US 200000
#define USEC        1000000

/* Three digits and a unit: "812 B", "12.3 MiB". */
static void write_size(char *ret, size_t size, uint64_t octets)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	unsigned unit                    = 0;
	uint64_t tenths = octets > UINT64_MAX / 10 ? UINT64_MAX : octets * 10;

	while (tenths >= 10000 && unit < 4) {
		tenths /= 1024;
		unit++;
	}
	if (unit == 0 || tenths >= 1000)
		snprintf(ret, size, "%llu %s",
		         (unsigned long long)(tenths / 10), units[unit]);
	else
		snprintf(ret, size, "%llu.%llu %s",
		         (unsigned long long)(tenths / 10),
		         (unsigned long long)(tenths % 10), units[unit]);
}

static void write_bar(char ret[BAR_LEN + 1], unsigned percent)
{
	const unsigned filled = percent * BAR_LEN / 100;

	memset(ret, ' ', BAR_LEN);
	memset(ret, '=', filled);
	if (filled < BAR_LEN)
		ret[filled] = '>';
	ret[BAR_LEN] = '\0';
}

static unsigned percent_of(const struct progress *progress, uint64_t octets)
{
	if (octets >= progress->total)
		return 100;

	return (unsigned)(octets / (progress->total / 100 + 1));
}

static uint64_t rate_of(const struct progress *progress, uint64_t octets,
                        uint64_t now_us)
{
	const uint64_t past_ms = (now_us - progress->begin_us) / 1000 + 1;

	return octets / past_ms * 1000 + octets % past_ms * 1000 / past_ms;
}

char *progress_line(const struct progress *progress, uint64_t octets,
                    uint64_t now_us, char ret[PROGRESS_LINE_LEN])
{
	const uint64_t past_s  = (now_us - progress->begin_us) / USEC;
	const unsigned percent = percent_of(progress, octets);
	char front[48]         = "", sum[24], speed[24], bar[BAR_LEN + 1];

	write_bar(bar, percent);
	write_size(sum, sizeof(sum), octets);
	write_size(speed, sizeof(speed), rate_of(progress, octets, now_us));
	if (progress->total > 0)
		snprintf(front, sizeof(front), "%3u%% [%s]  ", percent, bar);
	snprintf(ret, PROGRESS_LINE_LEN, "%s%s  %s/s  %u:%02u", front, sum,
	         speed, (unsigned)(past_s / 60), (unsigned)(past_s % 60));

	return ret;
}

bool progress_is_due(struct progress *progress, uint64_t now_us)
{
	if (now_us - progress->shown_us < INTERVAL_US)
		return false;
	progress->shown_us = now_us;

	return true;
}
