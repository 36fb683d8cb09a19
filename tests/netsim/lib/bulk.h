/* SPDX-License-Identifier: MIT */
/*
 * bulk.h - one connection that always has something to send, and what became
 *	    of it
 *
 *	A 10.9.0.1  ---- data ---->  B 10.9.0.2, which reads at once
 *
 * In virtual time, so a result is a number that is the same on every machine:
 * what a golden table or a bound can be held against.
 */
#ifndef TESTS_NETSIM_LIB_BULK_H
#define TESTS_NETSIM_LIB_BULK_H

#include "drivers/lab.h"

/** struct bulk - what to run */
struct bulk {
	struct wire_path path; /* both directions; see wire.h */
	uint64_t seed;
	uint64_t duration_us;   /* from connect() on, of virtual time */
	uint32_t buffer;        /* octets, on both ends; 0: the defaults */
	const char *congestion; /* NULL: the default */
	/* Called before each end is created; NULL: nothing else to change. */
	void (*tweak)(struct tarn_config *config, unsigned end);
	/* Called when connected, with the wire: other faults; or NULL. */
	void (*connected)(struct lab *lab);
};

/** struct bulk_result - what became of it */
struct bulk_result {
	uint64_t octets;        /* that B's application has read, all right */
	uint64_t goodput_kbps;  /* the same in kbit/s over the duration */
	uint64_t retransmits;   /* segments that A sent again */
	uint32_t timeouts;      /* how often A's retransmission timer expired */
	struct wire_stats wire; /* of the direction A to B */
};

/** bulk_run() - Run it; a wrong octet or a refused call stops the program */
void bulk_run(const struct bulk *bulk, struct bulk_result *ret);

#endif
