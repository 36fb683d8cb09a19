/* SPDX-License-Identifier: MIT */
/*
 * dies.h - tests of CHECK(), with and without Check's own forking
 *
 * Check's signal tests need CK_FORK=yes, which the sanitizer run turns off.
 */
#ifndef TESTS_UNIT_LIB_DIES_H
#define TESTS_UNIT_LIB_DIES_H

#include <stdbool.h>

/** dies() - Does @body(@arg) stop its process? It runs in a child of its own */
bool dies(void (*body)(void *arg), void *arg);

#endif
