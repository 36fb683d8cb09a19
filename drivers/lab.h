/* SPDX-License-Identifier: MIT */
/*
 * lab.h - two stacks on a wire in virtual time
 *
 * For tests, simulations and lessons: no clock, no root, no network. Time jumps
 * from deadline to deadline, so 2MSL pass in no time.
 *
 *	lab_create(&path, seed, NULL, &lab);
 *	... tarn_connect(lab_stack(lab, 0), ...)
 *	while (!done && lab_step(lab, limit_us))
 *		... socket calls on both stacks ...
 */
#ifndef DRIVERS_LAB_H
#define DRIVERS_LAB_H

#include "drivers/wire.h"

struct lab;

/** lab_create() - A is 10.9.0.1/24, B is 10.9.0.2/24, both without ACD
 * @tweak: may change each end's config before it is created; NULL: no
 */
int lab_create(const struct wire_path *path, uint64_t seed,
               void (*tweak)(struct tarn_config *config, unsigned end,
                             void *context),
               void *context, struct lab **ret);
void lab_destroy(struct lab *lab);

struct tarn *lab_stack(struct lab *lab, unsigned end); /* 0: A, 1: B */
struct wire *lab_wire(struct lab *lab);
uint64_t lab_now(const struct lab *lab);

/** lab_settle() - Poll both stacks and the wire at the present time until
 * nothing more happens now */
void lab_settle(struct lab *lab);

/** lab_step() - Settle, then jump to the next deadline and settle again
 * Return: false when there is none, or it lies beyond @limit_us (time then
 *	   becomes @limit_us)
 */
bool lab_step(struct lab *lab, uint64_t limit_us);

/** lab_run() - Step until nothing is due up to @limit_us */
void lab_run(struct lab *lab, uint64_t limit_us);

#endif
