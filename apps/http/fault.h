/* SPDX-License-Identifier: MIT */
/*
 * fault.h - the named reasons for which HTTP input is refused
 *
 * What arrives from the wire is accepted or refused by name; tests assert the
 * name, so that a row cannot pass for the wrong reason. The table is fault.def.
 */
#ifndef APPS_HTTP_FAULT_H
#define APPS_HTTP_FAULT_H

enum http_fault {
#define FAULT(symbol, status, sentence, section) HTTP_FAULT_##symbol,
#include "apps/http/fault.def"
#undef FAULT
	HTTP_FAULT_COUNT
};

/** http_fault_name() - The symbol in fault.def, such as "BARE_LF" */
const char *http_fault_name(enum http_fault fault);
/** http_fault_text() - What is wrong, as a sentence without a full stop */
const char *http_fault_text(enum http_fault fault);
/** http_fault_section() - The section that says so, or "" */
const char *http_fault_section(enum http_fault fault);
/** http_fault_status() - The status code that a server answers with */
int http_fault_status(enum http_fault fault);

#endif
