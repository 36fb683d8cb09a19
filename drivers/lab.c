/* SPDX-License-Identifier: MIT */
/* lab.c - see lab.h */
#include "drivers/lab.h"
#include "base/bytes.h"
#include <errno.h>
#include <stdlib.h>

/* Two stacks that answer each other without any delay would never settle. */
#define ROUNDS_MAX 100000

struct lab {
	uint64_t now_us;
	struct wire *wire;
	struct tarn *stack[2];
	uint64_t deadline_us[2]; /* of the stacks, from their last poll */
};

struct tarn *lab_stack(struct lab *lab, unsigned end)
{
	return lab->stack[end];
}

struct wire *lab_wire(struct lab *lab)
{
	return lab->wire;
}

uint64_t lab_now(const struct lab *lab)
{
	return lab->now_us;
}

static int create_end(struct lab *lab, unsigned end, uint64_t seed,
                      void (*tweak)(struct tarn_config *config, unsigned end,
                                    void *context),
                      void *context)
{
	const struct link link = wire_end(lab->wire, end);
	struct tarn_config config;

	tarn_config_init(&config);
	config.ops        = link.ops;
	config.link       = link.state;
	config.ip         = tarn_ip4(10, 9, 0, (uint8_t)(end + 1));
	config.prefix_len = 24;
	config.acd_off    = true;
	config.seed[0]    = seed;
	config.seed[1]    = end + 1;
	if (tweak)
		tweak(&config, end, context);

	return tarn_create(&config, lab->now_us, &lab->stack[end]);
}

int lab_create(const struct wire_path *path, uint64_t seed,
               void (*tweak)(struct tarn_config *config, unsigned end,
                             void *context),
               void *context, struct lab **ret)
{
	struct lab *lab = calloc(1, sizeof(*lab));
	int rc;

	if (!lab)
		return -ENOMEM;
	rc = wire_create(path, seed, &lab->wire);
	for (unsigned end = 0; rc == 0 && end < 2; end++)
		rc = create_end(lab, end, seed, tweak, context);
	if (rc < 0) {
		lab_destroy(lab);
		return rc;
	}
	*ret = lab;

	return 0;
}

void lab_destroy(struct lab *lab)
{
	if (!lab)
		return;
	for (unsigned end = 0; end < 2; end++)
		if (lab->stack[end])
			tarn_destroy(lab->stack[end]);
	wire_destroy(lab->wire);
	free(lab);
}

static uint64_t next_deadline_us(const struct lab *lab)
{
	return MIN(wire_deadline(lab->wire),
	           MIN(lab->deadline_us[0], lab->deadline_us[1]));
}

void lab_settle(struct lab *lab)
{
	unsigned rounds = 0;

	wire_advance(lab->wire, lab->now_us);
	do
		for (unsigned end = 0; end < 2; end++)
			lab->deadline_us[end] =
			        tarn_poll(lab->stack[end], lab->now_us);
	while (next_deadline_us(lab) <= lab->now_us && ++rounds < ROUNDS_MAX);
}

bool lab_step(struct lab *lab, uint64_t limit_us)
{
	uint64_t next_us;

	lab_settle(lab);
	next_us = next_deadline_us(lab);
	if (next_us == TARN_NEVER || next_us > limit_us) {
		if (limit_us != TARN_NEVER)
			lab->now_us = MAX(lab->now_us, limit_us);
		return false;
	}
	lab->now_us = MAX(lab->now_us, next_us);
	lab_settle(lab);

	return true;
}

void lab_run(struct lab *lab, uint64_t limit_us)
{
	while (lab_step(lab, limit_us))
		;
}
