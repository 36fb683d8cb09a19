/* SPDX-License-Identifier: MIT */
/* jsonevent.h - what an event that is no frame has in its line, for jsonrow.c */
#ifndef DRIVERS_JSONEVENT_H
#define DRIVERS_JSONEVENT_H

#include "base/event.h"
#include "drivers/json.h"

/** jsonevent_put() - Keys and values of its kind; docs/man/tarn-log.7 lists them */
void jsonevent_put(struct json *json, const struct tarn_event *event);

#endif
