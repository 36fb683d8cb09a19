/* SPDX-License-Identifier: MIT */
/*
 * sources.h - how many connections each address has, so that none takes all
 */
#ifndef APPS_HTTP_SOURCES_H
#define APPS_HTTP_SOURCES_H

#include "tarn.h"

#define SOURCES_BUCKETS 1024

struct source;

/** struct sources - zeroed it is empty; it is empty again when all have left */
struct sources {
	struct source *bucket[SOURCES_BUCKETS];
};

/** sources_enter() - Count one more from @ip
 *
 * Return: 0, -EMFILE (it has @max already), -ENOMEM
 */
int sources_enter(struct sources *sources, const struct tarn_ip *ip,
                  uint32_t max);
/** sources_leave() - Count one less, if there is one */
void sources_leave(struct sources *sources, const struct tarn_ip *ip);

#endif
