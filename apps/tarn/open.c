/* SPDX-License-Identifier: MIT */
/*
 * open.c - what every command begins and ends with
 *
 * Messages go to standard error, begin with "tarn: ", and end with what to do.
 */
#include "apps/tarn/command.h"
#include "apps/tarn/livepage.h"
#include "apps/tarn/options.h"
#include "base/bytes.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DRAIN_US 2000000u /* for the last data and FINs of a clean stop */

struct host *command_open_live(const struct host_options *options,
                               struct livepage **ret)
{
	struct host_options copy   = *options;
	char error[LINK_ERROR_LEN] = "";
	struct host *host;

	host_catch_signals();
	*ret = options->live ? livepage_create(&copy) : NULL;
	if (host_open(&copy, &host, error) < 0) {
		fprintf(stderr, "tarn: %s\n", error);
		livepage_close(*ret);
		return NULL;
	}

	return host;
}

struct host *command_open(const struct host_options *options)
{
	const uint16_t port =
	        options->live_port ? options->live_port : LIVE_PORT;
	struct livepage *live;
	struct host *host = command_open_live(options, &live);
	int error;

	if (!host || !live)
		return host;
	error = livepage_serve(live, host, port);
	if (error == 0) {
		livepage_say(&options->ip, port);
		return host;
	}
	fprintf(stderr,
	        "tarn: cannot serve the live page on port %u: %s; give "
	        "another one, as --live=8080\n",
	        port, tarn_strerror(error));
	host_close(host);

	return NULL;
}

int command_close(struct host *host, int last_step)
{
	if (last_step == -EINTR || last_step == 0)
		host_drain(host, DRAIN_US);
	host_close(host);

	if (last_step == 0 || last_step == -EINTR || last_step == -ENODATA)
		return EXIT_SUCCESS;
	fprintf(stderr,
	        "tarn: the link is gone: %s; `ip link` shows what is there\n",
	        strerror(-last_step));

	return EXIT_FAILURE;
}

int command_usage(const char *synopsis)
{
	fprintf(stderr, "usage: tarn %s\n", synopsis);
	return EXIT_USAGE;
}

bool command_number(const char *what, const char *text, uint64_t min,
                    uint64_t max, uint64_t *ret)
{
	if (number_read(text, min, max, ret) == 0)
		return true;

	fprintf(stderr,
	        "tarn: %s wants a number from %" PRIu64 " to %" PRIu64
	        ", not '%s'\n",
	        what, min, max, text);

	return false;
}

/* ---- addresses ---- */

static bool address_is(const char *text, struct tarn_ip *ret)
{
	if (tarn_ip_parse(text, ret) == 0)
		return true;

	if (strpbrk(text, "abcdefghijklmnopqrstuvwxyz"
	                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
		fprintf(stderr,
		        "tarn: '%s' is a name, and names need DNS, which comes "
		        "with a later release; give its address (`getent hosts "
		        "%s`)\n",
		        text, text);
	else
		fprintf(stderr,
		        "tarn: '%s' is no IPv4 address; give four numbers as "
		        "10.9.0.1\n",
		        text);

	return false;
}

bool command_address(const char *host, const char *port, struct tarn_addr *ret)
{
	const char *colon     = strchr(host, ':');
	struct tarn_addr addr = { .port = 0 };
	uint64_t number       = 0;
	char ip[256];

	if (colon && strchr(colon + 1, ':')) {
		fprintf(stderr,
		        "tarn: '%s' is an IPv6 address, which comes with a "
		        "later release; give an IPv4 address\n",
		        host);
		return false;
	}

	snprintf(ip, sizeof(ip), "%s", host);
	if (colon && !port) {
		ip[strcspn(ip, ":")] = '\0';
		port                 = colon + 1;
	}
	if (!address_is(ip, &addr.ip))
		return false;
	if (port && !command_number("a port", port, 1, UINT16_MAX, &number))
		return false;
	addr.port = (uint16_t)number;
	*ret      = addr;

	return true;
}

/* ---- errors of calls ---- */

static const struct {
	int error;
	const char *cure;
} cures[] = {
	{ -ECONNREFUSED, "nothing listens on that port there" },
	{ -ECONNRESET, "the peer gave the connection up" },
	{ -ETIMEDOUT, "nobody answered; is the address right, is a firewall in "
	              "between?" },
	{ -EHOSTUNREACH, "no station answers for that address; is it up, is it "
	                 "in this network?" },
	{ -ENETUNREACH, "it is in another network; give --gateway" },
	{ -EADDRINUSE, "another socket has this port; take another one" },
	{ -EMSGSIZE, "send less at once" },
};

int command_complain(const struct tarn_addr *peer, int rc)
{
	const char *cure = "`tarn -v ...` tells more";
	char text[TARN_ADDR_TEXT_LEN];

	for (size_t i = 0; i < ARRAY_LEN(cures); i++)
		if (cures[i].error == rc)
			cure = cures[i].cure;
	fprintf(stderr, "tarn: %s: %s; %s\n",
	        peer->port ? tarn_addr_text(peer, text)
	                   : tarn_ip_text(&peer->ip, text),
	        tarn_strerror(rc), cure);

	return EXIT_FAILURE;
}
