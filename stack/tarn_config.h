/* SPDX-License-Identifier: MIT */
/*
 * tarn_config.h - everything that a stack is told at birth, and the defaults
 *
 * tarn.h includes this. A field that is not set after tarn_config_init() has
 * the default that stands beside it; why it is that, docs/design says.
 */
#ifndef TARN_CONFIG_H
#define TARN_CONFIG_H

#include "tarn_types.h"

struct tarn_event; /* base/event.h: what the stack does, and why */

/** struct tarn_config - everything that a stack is told at birth
 *
 * tarn_config_init() fills in the defaults of docs/design; then at least link,
 * ops and ip must be set.
 */
struct tarn_config {
	/* link */
	const struct tarn_link_ops *ops;
	/* NULL: the link takes plain frames only, and completes no sums */
	const struct tarn_super_ops *super_ops;
	/* NULL: frames are received into the stack's own buffer */
	const struct tarn_lend_ops *lend_ops;
	void *link;     /* first argument of the ops */
	uint8_t mac[6]; /* all zero: 02:54 and the IPv4 address */
	uint16_t mtu;   /* 1500; octets of IP packet in one frame, >= 576 */
	/* addresses */
	struct tarn_ip ip;      /* our address */
	uint8_t prefix_len;     /* 24; 1..30 or 31, 32 */
	struct tarn_ip gateway; /* version TARN_IP_NONE: none */
	bool acd_fast; /* RFC 5227 shortened: 20-40 ms probes, 50 ms wait */
	bool acd_off;  /* no probing at all: the address is ours at once */
	/* randomness: 128 bits nobody else can guess, or a test's seed */
	uint64_t seed[2];
	/* resources */
	struct tarn_memory memory; /* resize NULL: the C library's realloc */
	size_t memory_max;         /* 256 MiB: the budget, octets */
	uint32_t descriptors_max;  /* 1048576, which is also the most */
	/* TCP */
	uint64_t msl_us;         /* 30 s; TIME-WAIT lasts twice this */
	uint64_t rto_us_min;     /* 200 ms: the floor of 4*RTTVAR */
	uint32_t rcvbuf;         /* 128 KiB: a new socket's receive buffer */
	uint32_t sndbuf;         /* 128 KiB */
	uint8_t initial_window;  /* 10 segments (RFC 6928) */
	uint8_t syn_retries;     /* 7: gives up after 255 s (MUST-23) */
	uint8_t synack_retries;  /* 5 */
	uint8_t data_retries;    /* 15 */
	uint64_t delayed_ack_us; /* 40 ms */
	bool no_window_scale, no_timestamps, no_sack, no_idle_restart;
	uint8_t wscale;         /* 7; 0..14: shift of the windows we offer */
	uint32_t rcvbuf_max;    /* 6 MiB: to which receive buffers grow */
	uint32_t sndbuf_max;    /* 6 MiB: to which send buffers grow */
	const char *congestion; /* "cubic" or "reno"; NULL: the default */
	uint8_t ecn;            /* enum tarn_ecn */
	uint8_t syn_cookies;    /* enum tarn_syn_cookies */
	uint8_t fastopen;       /* TARN_FASTOPEN_* bits; 0: RFC 7413 is off */
	uint32_t syn_queue_max; /* 4096: half-open connections a listener */
	uint32_t orphans_max;   /* 8192: closed by us, not yet by the peer */
	uint64_t fin_wait_2_us; /* 60 s: an orphan's patience */
	uint32_t keep_idle_s, keep_interval_s; /* 7200, 75 */
	uint8_t keep_probes;                   /* 9 */
	/* mechanisms that can be left out, for comparison */
	bool no_dsack, no_rack, no_tlp, no_prr, no_frto, no_hystart;
	bool no_limited_transmit, no_path_mtu, no_autotune;
	bool no_quick_ack; /* delay ACKs from a connection's first segment on */
	bool icmp_ends_connect;  /* against MUST-56: while connecting, any
	                          * unreachable is final, as Linux does */
	bool rst_ends_time_wait; /* against RFC 1337, as Linux does */
	/* 0: BIT(enum tarn_rule), rules to break; lab builds only, base/rule.h */
	uint32_t without;
	/* observer: sees every event; NULL costs one branch each */
	void (*observe)(void *observer, const struct tarn_event *event);
	void *observer;
};

/** enum tarn_ecn - explicit congestion notification (RFC 3168) */
enum tarn_ecn {
	TARN_ECN_ACCEPT, /* agree when the peer asks (the default) */
	TARN_ECN_OFF,
	TARN_ECN_REQUEST, /* ask, and agree */
};

/** enum tarn_syn_cookies - RFC 4987 section 3.6 */
enum tarn_syn_cookies {
	TARN_SYN_COOKIES_WHEN_FULL, /* of half-open connections (the default) */
	TARN_SYN_COOKIES_NEVER,     /* the oldest half-open one gives way */
	TARN_SYN_COOKIES_ALWAYS,    /* for tests */
};

#define TARN_FASTOPEN_CLIENT    0x1 /* send data in SYN when a cookie is known */
#define TARN_FASTOPEN_SERVER    0x2 /* accept it, where a listener allows it */
#define TARN_FASTOPEN_NO_COOKIE 0x4 /* neither ask for cookies nor check them */

#endif
