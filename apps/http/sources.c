/* SPDX-License-Identifier: MIT */
/* sources.c - see sources.h */
#include "apps/http/sources.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct source {
	struct source *next;
	struct tarn_ip ip;
	uint32_t count; /* connections, at least one */
};

/* FNV-1a. Addresses that fall into one bucket by design cost their owner a
 * completed handshake each, and the table holds at most one per connection. */
static unsigned bucket_of(const struct tarn_ip *ip)
{
	uint32_t hash = 2166136261u;

	for (unsigned i = 0; i < sizeof(ip->octet); i++)
		hash = (hash ^ ip->octet[i]) * 16777619u;

	return (hash ^ hash >> 16) % SOURCES_BUCKETS;
}

static bool is_same(const struct tarn_ip *a, const struct tarn_ip *b)
{
	return a->version == b->version &&
	       memcmp(a->octet, b->octet, sizeof(a->octet)) == 0;
}

/* The link that points at the source, or the NULL at the bucket's end. */
static struct source **find(struct sources *sources, const struct tarn_ip *ip)
{
	struct source **at = &sources->bucket[bucket_of(ip)];

	while (*at && !is_same(&(*at)->ip, ip))
		at = &(*at)->next;

	return at;
}

int sources_enter(struct sources *sources, const struct tarn_ip *ip,
                  uint32_t max)
{
	struct source **at = find(sources, ip);

	if (!*at) {
		struct source *source = calloc(1, sizeof(*source));

		if (!source)
			return -ENOMEM;
		source->ip = *ip;
		*at        = source;
	}
	if ((*at)->count >= max)
		return -EMFILE;
	(*at)->count++;

	return 0;
}

void sources_leave(struct sources *sources, const struct tarn_ip *ip)
{
	struct source **at = find(sources, ip), *source = *at;

	if (!source || --source->count > 0)
		return;
	*at = source->next;
	free(source);
}
