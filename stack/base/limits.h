/* SPDX-License-Identifier: MIT */
/*
 * limits.h - every bound of the stack: once, with unit and reason
 *
 * What happens at the bound stands beside it. Defaults that a user can change
 * are in tarn_config_init() (stack.c) and take their values from here.
 */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

#define USEC_PER_MSEC 1000ull
#define USEC_PER_SEC  1000000ull

/* ---- stack ---- */
/* per poll; then timers and output have a turn */
#define RX_BATCH_FRAMES_MAX 64
/* ... or as soon as a batch has so many octets: they are read by the application
 * while they are in the processor's cache, and acknowledged before a sender
 * whose window they are must stop */
#define RX_BATCH_BYTES_MAX (256u << 10)
/* Full batches in a row after which timers have their turn all the same. */
#define RX_BATCHES_MAX       16
#define MEMORY_BYTES_DEFAULT (256u << 20)
/* more than budget / this in use: buffers and windows stop growing */
#define MEMORY_TIGHT_PART 2
#define SOCKETS_MAX       (1u << 20) /* descriptors; then -EMFILE */

/* ---- neighbours ---- */
#define NEIGH_ENTRIES_MAX 512 /* then the oldest that is not in use goes */
/* packets per neighbour; the oldest goes (RFC 1122 2.3.2.2) */
#define NEIGH_PENDING_MAX 3
/* of all neighbours, true octets; the newest goes */
#define NEIGH_PENDING_BYTES_MAX (128u << 10)
#define NEIGH_UNREACHED_MAX     16 /* destinations not yet told; the oldest goes */
/* then STALE: used, and probed (RFC 1122 2.3.2.1) */
#define NEIGH_REACHABLE_US (60 * USEC_PER_SEC)
/* at most a request per second (RFC 1122 2.3.2.1) */
#define NEIGH_RETRY_US  (1 * USEC_PER_SEC)
#define NEIGH_TRIES_MAX 3 /* then FAILED: EHOSTUNREACH */
/* and no new request for so long, unless asked anew after 1 s */
#define NEIGH_FAILED_US (20 * USEC_PER_SEC)
#define NEIGH_STALE_US  (1200 * USEC_PER_SEC) /* then forgotten */

/* ---- address conflict detection, RFC 5227 section 1.1 ---- */
#define ACD_PROBE_WAIT_US        (1 * USEC_PER_SEC)
#define ACD_PROBE_NUM            3
#define ACD_PROBE_MIN_US         (1 * USEC_PER_SEC)
#define ACD_PROBE_MAX_US         (2 * USEC_PER_SEC)
#define ACD_ANNOUNCE_WAIT_US     (2 * USEC_PER_SEC)
#define ACD_ANNOUNCE_NUM         2
#define ACD_ANNOUNCE_INTERVAL_US (2 * USEC_PER_SEC)
#define ACD_DEFEND_INTERVAL_US   (10 * USEC_PER_SEC)
/* The same on links whose other stations we know (TAP, wire): a deviation. */
#define ACD_FAST_PROBE_WAIT_US    (20 * USEC_PER_MSEC)
#define ACD_FAST_PROBE_MIN_US     (20 * USEC_PER_MSEC)
#define ACD_FAST_PROBE_MAX_US     (40 * USEC_PER_MSEC)
#define ACD_FAST_ANNOUNCE_WAIT_US (50 * USEC_PER_MSEC)

/* ---- IPv4 ---- */
#define IP4_TTL_DEFAULT 64 /* RFC 1122 3.2.1.7; IANA's value */
/* true octets; then the oldest datagram goes (VU#641765) */
#define REASM_BYTES_MAX      (256u << 10)
#define REASM_DATAGRAMS_MAX  64  /* then the oldest goes */
#define REASM_PER_SOURCE_MAX 16  /* then the oldest of that source goes */
#define REASM_FRAGMENTS_MAX  128 /* per datagram; then it is discarded */
/* as Linux; RFC 1122 3.3.2 says 60 to 120 s */
#define REASM_TIMEOUT_US (30 * USEC_PER_SEC)
#define ROUTES_MAX       32 /* then -ENOBUFS */

/* ---- path MTU, RFC 1191 ---- */
/* destinations whose path is narrower than our link; the oldest goes */
#define PATH_MTU_ENTRIES_MAX 64
/* then forgotten, and a larger one is tried (RFC 1191 6.3) */
#define PATH_MTU_AGE_US (600 * USEC_PER_SEC)

/* ---- ICMP ---- */
#define ICMP_ERROR_BYTES_MAX 576  /* of IP packet (RFC 1812 4.3.2.3) */
#define ICMP_RATE_PER_SEC    1000 /* errors, all destinations */
#define ICMP_RATE_BURST      50
/* drawn between the two, so that nobody counts with it */
#define ICMP_RATE_BURST_MIN 10
#define PING_REPLIES_MAX    64 /* then the newest is dropped */
#define PING_REQUESTS_MAX   64 /* unanswered; then the oldest is forgotten */

/* ---- UDP ---- */
#define UDP_QUEUE_DATAGRAMS_MAX 128          /* per socket; the newest goes */
#define UDP_QUEUE_BYTES_DEFAULT (208u << 10) /* SO_RCVBUF, true octets */
#define UDP_PAYLOAD_MAX         65507        /* 65535 - 20 - 8 */

/* ---- TCP ---- */
#define TCP_MSS_DEFAULT 536 /* without an option (MUST-15) */
#define TCP_MSS_MIN     216 /* smaller offers count as this much (SACK panic) */
/* octets of packet; no ICMP message makes ours smaller (CVE-2004-1060). A path
 * that takes less gets this much without DF. Linux's value. */
#define TCP_PATH_MTU_MIN 552
/* octets of a super-frame: 65535 without the longest headers of IP and TCP */
#define TCP_SUPER_TEXT_MAX (65535 - 20 - 60)
/* in a row for the same full segment; then a smaller one is tried (RFC 2923 2.1) */
#define TCP_BLACK_HOLE_TIMEOUTS 3
/* timeouts in a row; then IP is told to doubt the path (SHLD-10: at least 3) */
#define TCP_R1             3
#define TCP_RTO_US_INITIAL (1 * USEC_PER_SEC) /* RFC 6298 2.1 */
/* RFC 6298 2.4 says 1 s; Linux's 200 ms lets a classroom see recovery happen.
 * It is the floor of 4*RTTVAR, not of RTO. */
#define TCP_RTO_US_MIN            (200 * USEC_PER_MSEC)
#define TCP_RTO_US_MAX            (120 * USEC_PER_SEC) /* RFC 6298 2.5 */
#define TCP_RTO_AFTER_SYN_LOSS_US (3 * USEC_PER_SEC)   /* RFC 6298 5.7 */
#define TCP_SYN_RETRIES           7 /* 1+2+...+128 = 255 s (MUST-23) */
#define TCP_SYNACK_RETRIES        5
#define TCP_DATA_RETRIES          15
#define TCP_DELAYED_ACK_US        (40 * USEC_PER_MSEC) /* MUST-40: below 500 ms */
/* TCP_CORK, MSG_MORE: then a short segment leaves all the same, as Linux */
#define TCP_CORK_US                 (200 * USEC_PER_MSEC)
#define TCP_QUICK_ACKS              16 /* segments acknowledged at once at the start */
#define TCP_MSL_US                  (30 * USEC_PER_SEC)
#define TCP_INITIAL_WINDOW_SEGMENTS 10         /* RFC 6928 */
#define TCP_LAB_CWND                (1u << 20) /* octets; without slow start */
#define TCP_RCVBUF_DEFAULT          (128u << 10)
#define TCP_SNDBUF_DEFAULT          (128u << 10)
#define TCP_RCVBUF_MAX              (6u << 20) /* growing stops here */
/* No less: it holds what is in flight, so it bounds a path like a window. */
#define TCP_SNDBUF_MAX     (6u << 20)
#define TCP_BUF_MIN        2048u
#define TCP_BUF_MAX        (16u << 20) /* what a user may ask for */
#define TCP_WSCALE_MAX     14          /* RFC 7323 2.3 */
#define TCP_WSCALE_DEFAULT 7
#define TCP_SYN_QUEUE_MAX  4096 /* half-open per listener; then cookies */
/* a cookie's clock, and for how many of its steps a cookie is valid */
#define TCP_COOKIE_STEP_US   (64 * USEC_PER_SEC)
#define TCP_COOKIE_STEPS_MAX 2
/* RFC 7413: peers whose cookies we keep; the one not used for longest goes */
#define TCP_FASTOPEN_PEERS_MAX 64
/* a server's key; then a new one, and the old one counts for as long again */
#define TCP_FASTOPEN_KEY_US (3600 * USEC_PER_SEC)
/* no data in SYNs to a peer that did not take them, doubled each time */
#define TCP_FASTOPEN_OFF_US     (60 * USEC_PER_SEC)
#define TCP_FASTOPEN_LOSSES_MAX 10
/* a reset leaves its place in a listener's queue taken for so long (5.1) */
#define TCP_FASTOPEN_RESET_US (60 * USEC_PER_SEC)
/* kept free in a SYN with data, for options that the path adds; as Linux */
#define TCP_FASTOPEN_SPARE   40
#define TCP_FASTOPEN_MSS_MAX 1460  /* RFC 7413 4.1.3 */
#define TCP_ACCEPT_QUEUE_MAX 4096  /* the handshake's last ACK waits outside */
#define TCP_TIME_WAIT_MAX    32768 /* records; the oldest goes */
/* for orphans: then gone, as Linux */
#define TCP_FIN_WAIT_2_US   (60 * USEC_PER_SEC)
#define TCP_ORPHAN_RETRIES  8    /* data or FIN of a closed socket */
#define TCP_ORPHANS_MAX     8192 /* then a newly closed one is reset */
#define TCP_KEEP_IDLE_S     7200 /* MUST-28 */
#define TCP_KEEP_INTERVAL_S 75
#define TCP_KEEP_PROBES     9
/* so long nothing was sent or heard: then a connection goes to rest (rest.c) */
#define TCP_REST_US (250 * USEC_PER_MSEC)
/* the same for one that has had no text yet: most that are silent were born so,
 * and a request that follows the handshake follows it at once */
#define TCP_REST_NEW_US (1 * USEC_PER_MSEC)
/* without memory to wake for its keep-alive, it tries again after so long */
#define TCP_REST_RETRY_US (1 * USEC_PER_SEC)
/* per connection, RFC 5961 7 */
#define TCP_CHALLENGE_INTERVAL_US (500 * USEC_PER_MSEC)
#define TCP_PUSHES_MAX            8 /* ends of writes remembered, for PSH */
/* blocks of text beyond RCV.NXT, 8 octets each; then another one is dropped. A
 * slow start that overflows a queue makes hundreds of holes at once. */
#define TCP_OUT_OF_ORDER_MIN 16
#define TCP_OUT_OF_ORDER_MAX 2048
/* frames whose time of leaving is known; then neighbours count as one */
#define TCP_SENT_RANGES_MAX 4096
/* octets; a SACK that would cut off less says nothing (CVE-2019-11478) */
#define TCP_SENT_CUT_MIN   128
#define TCP_REORDERING_MAX 300 /* segments, as told in TARN_TCP_INFO */
/* RFC 8985 6.2 step 1: the window of min_RTT; Linux's, halved twice */
#define TCP_MIN_RTT_WINDOW_US (150 * USEC_PER_SEC)
#define TCP_REO_WND_PERSIST   16 /* recoveries (RFC 8985 6.2 step 4) */
/* TLP.max_ack_delay (RFC 8985 7.2): the peer's delayed ACK, as Linux assumes */
#define TCP_MAX_ACK_DELAY_US (200 * USEC_PER_MSEC)
#define TCP_PTO_US_INITIAL   (1 * USEC_PER_SEC) /* RFC 8985 7.2: no SRTT */
#define TCP_PAWS_IDLE_US     (24ull * 86400 * USEC_PER_SEC) /* RFC 7323 5.5 */
#define TCP_EPHEMERAL_MIN    32768
#define TCP_EPHEMERAL_MAX    60999

#endif
