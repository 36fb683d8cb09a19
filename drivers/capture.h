/* SPDX-License-Identifier: MIT */
/*
 * capture.h - a pcapng file that explains itself in stock Wireshark
 *
 * Each frame is an enhanced packet block with its direction and up to three
 * comments (Wireshark: frame.comment):
 *
 *	state=SYN-SENT->ESTABLISHED
 *	cwnd=14600 ssthresh=none flight=0 srtt=50000us rto=200000us conn=1
 *	why: our SYN is acknowledged (RFC 9293 3.10.7.3)
 *
 * or, as the last one, "dropped: TCP_CHECKSUM: TCP checksum is wrong (...)"; and
 * behind them "lost on its way: drop out data#3", when a fault will lose it.
 * What is no frame (timers, socket calls, neighbours) stands between the
 * frames as a systemd journal block. One file is one stack's point of view.
 */
#ifndef DRIVERS_CAPTURE_H
#define DRIVERS_CAPTURE_H

#include "drivers/link.h"
#include "drivers/story.h"

struct capture;

/** struct capture_info - what the head of a capture or log says; borrowed */
struct capture_info {
	const char *application;    /* "tarn 0.1.0" */
	const char *comment;        /* scenario and seed, or NULL */
	const char *interface_name; /* "tap0", or NULL */
	uint16_t mtu;               /* octets of IP packet in one frame */
	uint64_t epoch_ns; /* wall clock of now_us 0; 0 in virtual time */
	/* For a log only; NULL where there is none */
	const char *title, *scenario, *seed;
	const char *ends[2]; /* addresses of A and B, as text */
	const char *without; /* rules that were off: "time-wait,karn" */
};

/**
 * capture_open() - Create @path and write the head of the file
 * @path:	"-": standard output, which is flushed after each row
 * @error:	on failure: what is wrong and what to do
 *
 * Return: 0, -ENOMEM, -errno of the system
 */
int capture_open(const char *path, const struct capture_info *info,
                 struct capture **ret, char error[LINK_ERROR_LEN]);

/** capture_row() - Append one row; a story's tell function, @capture its listener
 *
 * The first write that fails is told on standard error, and nothing is
 * written after it.
 */
void capture_row(void *capture, const struct story_row *row);

/** capture_close() - Flush and close; NULL is fine
 * Return: 0, or -errno of the first write that failed
 */
int capture_close(struct capture *capture);

#endif
