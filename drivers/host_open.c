/* SPDX-License-Identifier: MIT */
/*
 * host_open.c - from options to a stack that has its address
 *
 * From the bottom up: link, faults in front of it, observers, stack; then
 * RFC 5227's question to the network. host_close() takes down what is there.
 */
#include "drivers/control.h"
#include "drivers/cut.h"
#include "drivers/fault.h"
#include "drivers/gate.h"
#include "drivers/host_state.h"
#include "drivers/observers.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#define HOST_SEED_SECOND     0x9e3779b97f4a7c15u /* goes with --seed N */
#define HOST_COMMENT_LEN     256
#define HOST_MTU_DEFAULT     1500
#define HOST_FULL_ACD_SECOND 6 /* RFC 5227: 0..1 + 2 * 1..2 + 2 s, about */

/* The wall clock at which the loop's clock was 0. */
static uint64_t epoch_ns(void)
{
	struct timespec wall;

	clock_gettime(CLOCK_REALTIME, &wall);

	return (uint64_t)wall.tv_sec * 1000000000u + (uint64_t)wall.tv_nsec -
	       host_read_clock() * 1000u;
}

/* Better said before a link is opened than after. */
static int check_faults(const struct host_options *options,
                        char error[LINK_ERROR_LEN])
{
	struct fault_rule rule;
	int rc = 0;

	for (unsigned i = 0; i < options->fault_count && rc == 0; i++)
		rc = fault_parse(options->fault[i], &rule, error);

	return rc;
}

int host_check(const struct host_options *options, char error[LINK_ERROR_LEN])
{
	if (!options->link) {
		snprintf(error, LINK_ERROR_LEN,
		         "which link? Give --link tap:NAME, pcap:IFACE or "
		         "file:IN.pcap in front of the command, or try `tarn "
		         "shell`, which needs none");
		return -EINVAL;
	}
	if (options->ip.version == TARN_IP_NONE) {
		snprintf(error, LINK_ERROR_LEN,
		         "which address shall the stack have? Give --ip, as in "
		         "--ip 10.9.0.2/24");
		return -EINVAL;
	}

	return check_faults(options, error);
}

/* Whoever looks at segments shall see those of the wire; and faults are about
 * segments. */
static bool wants_offload(const struct host_options *options)
{
	if (options->offload != HOST_OFFLOAD_AUTO)
		return options->offload == HOST_OFFLOAD_ON;

	return !options->capture && !options->log && !options->ladder &&
	       !options->html && !options->live && options->fault_count == 0;
}

static void derive(const struct host_options *options, struct link_options *ret)
{
	static const uint8_t none[6];
	const uint8_t *ip = options->ip.octet;

	*ret = (struct link_options){
		.ip         = options->ip,
		.prefix_len = options->prefix_len,
		.mac        = { 0x02, 0x54, ip[0], ip[1], ip[2], ip[3] },
		.mtu        = options->mtu ? options->mtu : HOST_MTU_DEFAULT,
		.offload    = wants_offload(options),
	};
	if (memcmp(options->mac, none, sizeof(none)) != 0)
		memcpy(ret->mac, options->mac, sizeof(ret->mac));
}

/* @ret: 128 bits that nobody can guess, or those that --seed stands for. */
static int make_seed(const struct host_options *options, uint64_t ret[2],
                     char error[LINK_ERROR_LEN])
{
	if (options->has_seed) {
		ret[0] = options->seed;
		ret[1] = HOST_SEED_SECOND;
		return 0;
	}
	if (getrandom(ret, 2 * sizeof(ret[0]), 0) == 2 * sizeof(ret[0]))
		return 0;

	snprintf(error, LINK_ERROR_LEN,
	         "the kernel gives no random numbers, without which sequence "
	         "numbers can be guessed; give --seed N only where that does "
	         "not matter");
	return -EIO;
}

static int no_memory(char error[LINK_ERROR_LEN])
{
	snprintf(error, LINK_ERROR_LEN,
	         "no memory for a link; end other programs");
	return -ENOMEM;
}

/* Faults and the gate want segments. */
static int add_cut(struct host *host, char error[LINK_ERROR_LEN])
{
	struct link plain;

	if (!host->link.super_ops)
		return 0;
	if (cut_open(&host->link, &plain) < 0)
		return no_memory(error);
	host->link = plain;

	return 0;
}

/* The gate lies below the faults: what they let through may still wait. */
static int add_gate(struct host *host, char error[LINK_ERROR_LEN])
{
	struct link gated;

	if (gate_open(&host->link, &gated) < 0)
		return no_memory(error);
	host->link = gated;
	host->gate = gated.state;

	return 0;
}

static int open_link(struct host *host, const struct host_options *options,
                     const struct link_options *link_options, uint64_t seed,
                     char error[LINK_ERROR_LEN])
{
	struct link faulty;
	int rc;

	rc = link_open(options->link, link_options, &host->link, error);
	if (!rc && (options->live || options->fault_count > 0))
		rc = add_cut(host, error);
	if (!rc && options->live)
		rc = add_gate(host, error);
	if (rc || (options->fault_count == 0 && !options->live))
		return rc;

	rc = fault_open(&host->link, options->fault, options->fault_count, seed,
	                &faulty, error);
	if (rc)
		return rc;
	host->link  = faulty;
	host->fault = faulty.state;

	return 0;
}

/* ---- who watches ---- */

/* Of a frame that leaves it is known already whether a fault will lose it. */
static void observe(void *context, const struct tarn_event *event)
{
	struct host *host = context;

	if (event->kind == TARN_EVENT_FRAME_TX && host->fault)
		observers_lose(host->observers,
		               fault_foresee(host->fault, event->frame.part,
		                             event->frame.part_count));
	observers_event(host->observers, event);
}

static void lost_arrival(void *context, const uint8_t *frame, size_t len,
                         const char *rule)
{
	struct host *host = context;

	observers_lost_arrival(host->observers, host->now_us, frame, len, rule);
}

static int open_observers(struct host *host, const struct host_options *options,
                          const struct link_options *link_options,
                          const uint64_t seed[2], char error[LINK_ERROR_LEN])
{
	char comment[HOST_COMMENT_LEN], ip[TARN_ADDR_TEXT_LEN];
	const struct capture_info info = {
		.application    = "tarn " TARN_VERSION,
		.comment        = comment,
		.interface_name = options->link,
		.mtu            = link_options->mtu,
		.epoch_ns       = epoch_ns(),
		.ends           = { ip },
	};
	int len, rc;

	len = snprintf(comment, sizeof(comment), "link=%s ip=%s/%u",
	               options->link, tarn_ip_text(&options->ip, ip),
	               options->prefix_len);
	/* Only a seed that was given: the other one is a secret. */
	if (options->has_seed && len > 0 && (size_t)len < sizeof(comment))
		snprintf(comment + len, sizeof(comment) - (size_t)len,
		         " seed=%" PRIu64, seed[0]);

	rc = observers_open(options, &info, &host->observers, error);
	if (host->observers && host->fault)
		fault_tell_lost(host->fault, lost_arrival, host);

	return rc;
}

/* May there be stations that nobody here knows? Then RFC 5227 at full length. */
static bool is_shared(const char *link)
{
	return strncmp(link, "pcap:", 5) == 0;
}

static int create_stack(struct host *host, const struct host_options *options,
                        const struct link_options *link_options,
                        const uint64_t seed[2], char error[LINK_ERROR_LEN])
{
	struct tarn_config config;
	int rc;

	tarn_config_init(&config);
	config.ops        = &host_ops;
	config.super_ops  = host->link.super_ops ? &host_super_ops : NULL;
	config.link       = host;
	config.mtu        = link_options->mtu;
	config.ip         = options->ip;
	config.prefix_len = options->prefix_len;
	config.gateway    = options->gateway;
	config.acd_off    = host->link.is_finite;
	config.acd_fast   = !is_shared(options->link);
	config.seed[0]    = seed[0];
	config.seed[1]    = seed[1];
	config.congestion = options->congestion;
	memcpy(config.mac, link_options->mac, sizeof(config.mac));
	if (options->msl_us)
		config.msl_us = options->msl_us;
	if (host->observers) {
		config.observe  = observe;
		config.observer = host;
	}

	rc = tarn_create(&config, host->now_us, &host->stack);
	if (rc)
		snprintf(error, LINK_ERROR_LEN,
		         "the stack refuses these settings: %s; --ip must be "
		         "a host's address in its subnet, --gateway another "
		         "one of the same subnet, --mtu at least 576",
		         tarn_strerror(rc));

	return rc;
}

static int await_address(struct host *host, const struct host_options *options,
                         char error[LINK_ERROR_LEN])
{
	char ip[TARN_ADDR_TEXT_LEN];
	int rc, state = 0;

	tarn_ip_text(&options->ip, ip);
	if (is_shared(options->link))
		fprintf(stderr,
		        "tarn: asking the network for about %d s whether "
		        "anybody has %s (RFC 5227)\n",
		        HOST_FULL_ACD_SECOND, ip);

	while ((state = tarn_address_state(host->stack)) == 0) {
		rc = host_step(host, TARN_NEVER);
		if (rc) {
			snprintf(error, LINK_ERROR_LEN,
			         "ended while asking whether anybody has %s: "
			         "%s",
			         ip, strerror(-rc));
			return rc;
		}
	}
	if (state < 0)
		snprintf(error, LINK_ERROR_LEN,
		         "another station on %s has the address %s; give --ip "
		         "one that nobody has",
		         options->link, ip);

	return state < 0 ? state : 0;
}

int host_open(const struct host_options *options, struct host **ret,
              char error[LINK_ERROR_LEN])
{
	struct link_options link_options;
	struct host *host;
	uint64_t seed[2];
	int rc;

	rc = host_check(options, error);
	if (!rc)
		rc = make_seed(options, seed, error);
	if (rc)
		return rc;
	host = calloc(1, sizeof(*host));
	if (!host) {
		snprintf(error, LINK_ERROR_LEN,
		         "no memory for a stack; end other programs");
		return -ENOMEM;
	}
	host->link.fd      = -1;
	host->wake_max     = HOST_BATCH_MAX;
	host->busy_poll_us = options->busy_poll_us;
	host->now_us       = host_read_clock();

	derive(options, &link_options);
	rc = open_link(host, options, &link_options, seed[0], error);
	if (!rc)
		rc = open_observers(host, options, &link_options, seed, error);
	if (!rc)
		rc = create_stack(host, options, &link_options, seed, error);
	if (!rc)
		rc = await_address(host, options, error);
	if (rc) {
		host_close(host);
		return rc;
	}
	*ret = host;
	/* Without it everything works but `tarn ss`, which says so. */
	(void)!control_open(host, options->link, &options->ip, &host->control);
	if (options->started)
		options->started(options->started_context, host);

	return 0;
}

void host_close(struct host *host)
{
	observers_unlisten(host->observers);
	if (host->guest.close)
		host->guest.close(host->guest.context);
	control_close(host->control);
	if (host->stack)
		tarn_destroy(host->stack);
	observers_close(host->observers);
	link_close(&host->link);
	free(host);
}
