/* SPDX-License-Identifier: MIT */
/*
 * packet.h - packets between three forms: octets, script, text
 *
 *	        packet_build()              packet_read()
 *	script ---------------> octets  octets -----------> script
 *	script - packet_text() -> text       (the parser reads it back)
 *
 * What the stack sends is read into the very struct that the parser fills, with
 * the script's numbers; then expected and actual are compared field by field
 * and printed by one function.
 */
#ifndef TOOLS_DRILL_PACKET_H
#define TOOLS_DRILL_PACKET_H

#include "tools/drill/flow.h"

#define DRILL_PACKET_LEN_MAX 65535
#define DRILL_TEXT_LEN       768

/**
 * packet_build() - An inbound packet of the script as an IPv4 packet
 * @flow: maps; flow_sends() has seen the packet
 * @buf:  takes the IPv4 packet, without a link header
 * @size: octets in @buf
 *
 * Default contents are drill_octet() of the live stream. What the script lies
 * about (checksums, lengths) is written as told, all else is right.
 *
 * Return: octets written; -EMSGSIZE: it does not fit
 */
int packet_build(const struct drill_packet *packet,
                 const struct drill_flow *flow, uint8_t *buf, size_t size);

/**
 * packet_read() - What the stack sent, in the script's terms
 * @ip, @len:	an IPv4 packet; it must outlive @ret (its payload is borrowed)
 * @ret:	has every field that a packet can have
 * @flaw:	a sentence about what no packet may have (a wrong checksum, a
 *		length that contradicts another), or NULL
 *
 * Return: 0; -EBADMSG: so malformed that @ret is not filled, see @flaw
 */
int packet_read(const uint8_t *ip, size_t len, const struct drill_flow *flow,
                struct drill_packet *ret, const char **flaw);

struct drill_mismatch {
	char expected[DRILL_TEXT_LEN], actual[DRILL_TEXT_LEN];
	char differs[128]; /* "ack, options": names, in the order of the text */
};

/**
 * packet_compare() - Is @actual what the script expects?
 *
 * What a script does not write is not compared, with the public tool's
 * exceptions: TCP flags, urgent pointer and options always are.
 *
 * Return: true when all that must match does; @ret says what does not
 */
bool packet_compare(const struct drill_packet *expected,
                    const struct drill_packet *actual,
                    const struct drill_flow *flow, struct drill_mismatch *ret);

/** packet_check() - flow_sees(), packet_read() and packet_compare() in one
 *
 * A flaw is a mismatch. @ret is filled in both cases.
 */
bool packet_check(const struct drill_packet *expected, const uint8_t *ip,
                  size_t len, struct drill_flow *flow,
                  struct drill_mismatch *ret);

/** packet_text() - "> P. 1:11(10) ack 1 win 257 <nop,nop,TS val 1 ecr 2>"
 *
 * What was not written is left out. Never more than @size - 1 characters;
 * returns @text.
 */
char *packet_text(char *text, size_t size, const struct drill_packet *packet);

/** drill_octet() - The default contents of the stream at relative @seq */
uint8_t drill_octet(uint32_t seq);

#endif
