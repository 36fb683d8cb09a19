/* SPDX-License-Identifier: MIT */
/* fault.c - see fault.h */
#include "apps/http/fault.h"

static const struct {
	const char *name, *text, *section;
	int status;
} faults[] = {
#define FAULT(symbol, status, sentence, section)                               \
	{ #symbol, sentence, section, status },
#include "apps/http/fault.def"
#undef FAULT
};

_Static_assert(sizeof(faults) / sizeof(faults[0]) == HTTP_FAULT_COUNT,
               "one row per fault");

const char *http_fault_name(enum http_fault fault)
{
	return faults[fault].name;
}

const char *http_fault_text(enum http_fault fault)
{
	return faults[fault].text;
}

const char *http_fault_section(enum http_fault fault)
{
	return faults[fault].section;
}

int http_fault_status(enum http_fault fault)
{
	return faults[fault].status;
}
