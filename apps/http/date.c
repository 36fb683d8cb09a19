/* SPDX-License-Identifier: MIT */
/* date.c - see date.h */
#include "apps/http/date.h"
#include <stdio.h>
#include <string.h>

#define SEC_PER_DAY  86400
#define UNIX_S_MAX   253402300799 /* the last second of 9999 */
#define DAYS_PER_ERA 146097       /* 400 years */

static const char months[][4]    = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
	                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
static const char week_days[][4] = { "Sun", "Mon", "Tue", "Wed",
	                             "Thu", "Fri", "Sat" };

struct moment {
	int year;
	int month; /* 0 is January */
	int day, hour, minute, second, week_day;
};

/*
 * Years are counted from March, so that the leap day comes last and the months
 * before it have the lengths 31 30 31 30 31 | 31 30 31 30 31 | 31: (153 m + 2)
 * / 5 days come before month m.
 */
static struct moment moment_of(int64_t unix_s)
{
	const int64_t in_range = unix_s < 0            ? 0
	                         : unix_s > UNIX_S_MAX ? UNIX_S_MAX
	                                               : unix_s;
	const int days         = (int)(in_range / SEC_PER_DAY);
	const int second       = (int)(in_range % SEC_PER_DAY);
	const int since        = days + 719468; /* from 1 March of year 0 */
	const int era = since / DAYS_PER_ERA, in_era = since % DAYS_PER_ERA;
	const int year = (in_era - in_era / 1460 + in_era / 36524 -
	                  in_era / (DAYS_PER_ERA - 1)) /
	                 365;
	const int in_year = in_era - (365 * year + year / 4 - year / 100);
	const int month   = (5 * in_year + 2) / 153;

	return (struct moment){
		.year     = era * 400 + year + (month >= 10),
		.month    = (month + 2) % 12,
		.day      = in_year - (153 * month + 2) / 5 + 1,
		.hour     = second / 3600,
		.minute   = second / 60 % 60,
		.second   = second % 60,
		.week_day = (days + 4) % 7, /* 1 January 1970: a Thursday */
	};
}

/* The last two digits of @number, at @at. */
static void put_two(char *at, int number)
{
	at[0] = (char)('0' + number / 10 % 10);
	at[1] = (char)('0' + number % 10);
}

/* Without snprintf(): each answer has one, and many have two. */
char *http_date(int64_t unix_s, char ret[HTTP_DATE_LEN])
{
	static const char form[HTTP_DATE_LEN] = "Www, DD Mmm YYYY hh:mm:ss GMT";
	const struct moment m                 = moment_of(unix_s);

	memcpy(ret, form, HTTP_DATE_LEN);
	memcpy(ret, week_days[m.week_day], 3);
	put_two(ret + 5, m.day);
	memcpy(ret + 8, months[m.month], 3);
	put_two(ret + 12, m.year / 100);
	put_two(ret + 14, m.year);
	put_two(ret + 17, m.hour);
	put_two(ret + 20, m.minute);
	put_two(ret + 23, m.second);

	return ret;
}

/* snprintf() is given each number modulo its width, so that the compiler can
 * see that nothing is cut. */
char *http_log_date(int64_t unix_s, char ret[HTTP_LOG_DATE_LEN])
{
	const struct moment m = moment_of(unix_s);

	snprintf(ret, HTTP_LOG_DATE_LEN, "%02u/%s/%04u:%02u:%02u:%02u +0000",
	         (unsigned)m.day % 100, months[m.month],
	         (unsigned)m.year % 10000, (unsigned)m.hour % 100,
	         (unsigned)m.minute % 100, (unsigned)m.second % 100);

	return ret;
}
