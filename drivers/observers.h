/* SPDX-License-Identifier: MIT */
/*
 * observers.h - everybody who watches the stack of a host
 *
 * Capture, ladder, log and the -v lines, as the options ask for them, behind
 * one observe function. Nobody wanted, nothing opened: then there is no
 * observer, and the stack does not even build its events.
 */
#ifndef DRIVERS_OBSERVERS_H
#define DRIVERS_OBSERVERS_H

#include "drivers/capture.h"
#include "drivers/host.h"

struct observers;

/**
 * observers_open() - Open what @options ask for
 * @ret:	NULL when they ask for nothing
 *
 * Return: 0, or -errno and @error says what and what to do
 */
int observers_open(const struct host_options *options,
                   const struct capture_info *info, struct observers **ret,
                   char error[LINK_ERROR_LEN]);

/** observers_event() - A tarn_config.observe function; @observers the observer */
void observers_event(void *observers, const struct tarn_event *event);

/** observers_lose() - The frame that leaves next is lost to @rule (NULL: not) */
void observers_lose(struct observers *observers, const char *rule);
/** observers_lost_arrival() - A frame was on its way to us, and is lost */
void observers_lost_arrival(struct observers *observers, uint64_t now_us,
                            const uint8_t *frame, size_t len, const char *rule);

/** observers_unlisten() - The options' listener goes before the others do */
void observers_unlisten(struct observers *observers);

/** observers_close() - Write what is held back, close the files; NULL is fine */
void observers_close(struct observers *observers);

#endif
