/* SPDX-License-Identifier: MIT */
/*
 * fault.h - faults addressed at segments, on any link
 *
 * A rule is four words, ACTION[:ARG] DIRECTION SELECTOR [COUNT]:
 *
 *	drop out data#3			the third data segment we send, once
 *	delay:20ms both every		a longer path
 *	corrupt in 1%			a random bit of one frame in a hundred
 *	drop in synack 2		the handshake needs three attempts
 *
 * ACTION	drop | dup | delay:TIME (20ms, 500us, 2s) | corrupt[:BIT] |
 *		reorder[:N]
 *		BIT counts from the most significant bit of the frame's first
 *		octet (modulo its length); without it a random one is flipped.
 *		reorder lets N frames (1) of the same direction pass, or
 *		FAULT_REORDER_US_MAX, whichever comes first.
 * DIRECTION	in (the stack receives) | out (it sends) | both
 * SELECTOR	every		each frame
 *		N%		each with this chance, decimals allowed (0.5%)
 *		seq=A[-B]	segments that occupy a sequence number from A to
 *				B, relative to the sender's ISN: the SYN is 0,
 *				the first octet 1. Needs the SYN to have passed.
 *		data		segments with payload, sent again or not
 *		syn synack fin rst
 *		ack		segments with no flag but ACK and no payload
 *		tcp udp icmp arp
 *		Any but N% may have an ordinal: data#3 is the third that matches.
 * COUNT	once | always | a number: on how many matching frames the rule
 *		acts, from the ordinal's on. Default: always for every and N%,
 *		else once.
 *
 * Every rule counts every frame of its direction on its own, even one that
 * another rule drops; "both" counts both directions together. All that apply
 * to a frame act together, drop first.
 */
#ifndef DRIVERS_FAULT_H
#define DRIVERS_FAULT_H

#include "drivers/link.h"

#define FAULT_RULES_MAX      32
#define FAULT_TEXT_LEN       64 /* octets of a rule that are told, with NUL */
#define FAULT_DELAY_US_MAX   (3600ull * 1000000) /* of one rule */
#define FAULT_REORDER_US_MAX 50000ull /* below any RTO: late is not lost */
#define FAULT_HELD_FRAMES_MAX                                                  \
	16384 /* delayed and reordered; then frames are lost */

enum fault_action {
	FAULT_DROP,
	FAULT_DUP,
	FAULT_DELAY,
	FAULT_CORRUPT,
	FAULT_REORDER,
};

enum fault_selector {
	FAULT_EVERY,
	FAULT_CHANCE,
	FAULT_SEQ,
	FAULT_DATA,
	FAULT_SYN,
	FAULT_SYNACK,
	FAULT_ACK,
	FAULT_FIN,
	FAULT_RST,
	FAULT_TCP,
	FAULT_UDP,
	FAULT_ICMP,
	FAULT_ARP,
};

#define FAULT_ALWAYS     UINT32_MAX
#define FAULT_BIT_RANDOM UINT64_MAX

/** struct fault_rule - a rule, parsed */
struct fault_rule {
	enum fault_action action;
	uint64_t arg; /* delay: us; corrupt: bit or RANDOM; reorder: frames */
	bool in, out;
	enum fault_selector selector;
	uint32_t ppm;                 /* CHANCE */
	uint32_t seq_first, seq_last; /* SEQ, both included */
	uint32_t ordinal;             /* from 1 */
	uint32_t count;               /* FAULT_ALWAYS: no end */
};

/**
 * fault_parse() - Read one rule
 * @ret:	untouched on failure
 * @error:	names the word that is wrong and lists what is allowed
 *
 * Return: 0, -EINVAL
 */
int fault_parse(const char *text, struct fault_rule *ret,
                char error[LINK_ERROR_LEN]);

/**
 * fault_open() - Put faults in front of a link
 * @below:	taken on success: closing @ret closes it
 * @seed:	decides what chance decides
 * @ret:	its time is what advance() was told last; its state is the
 *		struct fault that the calls below take
 *
 * Return: 0, -EINVAL (a rule), -E2BIG (too many), -ENOMEM
 */
int fault_open(struct link *below, const char *const *rules, unsigned count,
               uint64_t seed, struct link *ret, char error[LINK_ERROR_LEN]);

/* ---- While the link runs ---- */

struct fault;

/** fault_add() - One more rule, from the next frame on
 * Return: 0, -EINVAL, -E2BIG (none of FAULT_RULES_MAX is spent) */
int fault_add(struct fault *fault, const char *rule,
              char error[LINK_ERROR_LEN]);

/** fault_clear() - No rule any more; frames that are held go on as they would */
void fault_clear(struct fault *fault);

/** fault_spare() - Rules leave segments between these ends alone
 * @spares:	asked for each; what it spares is not counted either, so that a
 *		page can ask for faults and is not hit by them; NULL: nobody
 */
void fault_spare(struct fault *fault,
                 bool (*spares)(void *context, const struct tarn_addr *local,
                                const struct tarn_addr *peer),
                 void *context);

/** fault_tell_lost() - Tell of frames that arrived and are lost to @rule
 *
 * Of those that are sent fault_foresee() tells.
 */
void fault_tell_lost(struct fault *fault,
                     void (*lost)(void *context, const uint8_t *frame,
                                  size_t len, const char *rule),
                     void *context);

/**
 * fault_foresee() - What will become of the frame that is transmitted next
 *
 * It is judged now, and the next transmit(), which must be of this frame, does
 * not judge it again: so who draws a frame when it leaves knows how it ends.
 *
 * Return: the rule that will lose it, valid until the next call; or NULL
 */
const char *fault_foresee(struct fault *fault, const struct tarn_slice *part,
                          unsigned part_count);

#endif
