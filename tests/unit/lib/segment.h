/* SPDX-License-Identifier: MIT */
/*
 * segment.h - TCP segments for tests, on the wire and in packetdrill's notation
 *
 * Written from RFC 791 and RFC 9293 alone and without a line of stack/, so that
 * the two judge each other. Nothing here asserts: errors are sentences.
 *
 *	S 0:0(0) win 65535 <mss 1460,sackOK,TS val 100 ecr 0,nop,wscale 7>
 *	P. 1:6(5) ack 1 win 8192
 *	. 1:1(0) ack 6 <nop,nop,sack 11:21>
 *
 * Flags are F S R P . W E U, "." being ACK, and "-" no flag at all. Numbers are
 * relative to both ends' ISS, may be negative, and are absolute behind "=". In
 * options, "*" after val or ecr is whatever the other end said last (sending)
 * or anything at all (expecting), and "raw 1f:02" are octets as they are.
 */
#ifndef TESTS_UNIT_LIB_SEGMENT_H
#define TESTS_UNIT_LIB_SEGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SEGMENT_FRAME_MAX   1600
#define SEGMENT_HEADERS_LEN 54 /* Ethernet, IPv4 and TCP without options */
#define SEGMENT_PRINT_LEN   400
#define SEGMENT_OPTIONS_MAX 40

#define SEG_FIN 0x01
#define SEG_SYN 0x02
#define SEG_RST 0x04
#define SEG_PSH 0x08
#define SEG_ACK 0x10
#define SEG_URG 0x20
#define SEG_ECE 0x40
#define SEG_CWR 0x80

/** struct segment - one TCP segment with the addresses around it, host order */
struct segment {
	uint8_t src_mac[6], dst_mac[6];
	uint32_t src_ip, dst_ip;
	uint8_t ttl, tos;
	bool dont_fragment; /* as read; what is written always has DF */
	uint16_t src_port, dst_port;
	uint32_t seq, ack;
	uint8_t flags; /* SEG_* */
	uint16_t window, urgent;
	uint8_t options[SEGMENT_OPTIONS_MAX];
	size_t options_len;  /* a multiple of 4 */
	const uint8_t *text; /* borrowed; from segment_read(): in the frame */
	size_t text_len;
};

/** segment_write() - The frame, all checksums right. Return: its length */
size_t segment_write(const struct segment *segment,
                     uint8_t frame[SEGMENT_FRAME_MAX]);

/** segment_reseal() - Make length and checksums of a changed frame right again */
void segment_reseal(uint8_t *frame, size_t len);

/** segment_reseal_ip() - The same for the IPv4 header's checksum alone */
void segment_reseal_ip(uint8_t *frame);

/**
 * segment_read() - Take a frame apart and find every fault in it
 *
 * Faults are wrong checksums and lengths, IP options, fragments, options
 * that overrun the header, padding that is not zero.
 *
 * Return: NULL, or the sentence that says what is wrong
 */
const char *segment_read(const uint8_t *frame, size_t len, struct segment *ret);

/** struct segment_base - what relative numbers are relative to */
struct segment_base {
	uint32_t seq;   /* ISS of who sends the segment */
	uint32_t ack;   /* ISS of the other end */
	uint32_t tsecr; /* what "ecr *" means when sending */
};

/** struct segment_spec - a segment as it was written down */
struct segment_spec {
	uint8_t flags;
	uint32_t seq, ack; /* absolute */
	uint32_t text_len;
	int64_t first; /* as written, relative: where the payload pattern is */
	uint16_t window, urgent;
	bool has_ack, has_window, has_urgent, has_options;
	uint8_t options[SEGMENT_OPTIONS_MAX];
	bool any[SEGMENT_OPTIONS_MAX]; /* octets that may be anything */
	size_t options_len;
};

/** segment_parse() - Read the notation. Return: NULL, or what is wrong */
const char *segment_parse(const char *text, const struct segment_base *base,
                          struct segment_spec *ret);

/** segment_print() - Write the notation; returns @text */
char *segment_print(const struct segment *segment,
                    const struct segment_base *base,
                    char text[SEGMENT_PRINT_LEN]);

/** segment_option() - Find an option. Return: its first octet, or NULL */
const uint8_t *segment_option(const struct segment *segment, uint8_t kind);

#endif
