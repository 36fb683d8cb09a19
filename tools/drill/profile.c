/* SPDX-License-Identifier: MIT */
/*
 * profile.c - the configuration and the addresses that a script presupposes
 *
 * The scripts of others were written against a kernel and its defaults. Where
 * these differ from ours, the profile says so, each with its reason; ours stay
 * what they are for everybody else. Then come the script's own options
 * ("--mtu=1400" at its top) and those of the command line.
 */
#include "base/bytes.h"
#include "tools/drill/setting.h"
#include <inttypes.h>
#include <stdlib.h>

#define LINUX_RMEM     540000 /* net.ipv4.tcp_rmem's default in their set-up */
#define LINUX_RMEM_MAX 15728640 /* 15 MiB: makes the window scale 8 */
#define LINUX_WMEM     262144
#define LINUX_WMEM_MAX 4194304

/* ---- what kernels do ---- */

static void be_linux(struct run *run)
{
	struct tarn_config *config = &run->world.config;

	config->wscale     = 8; /* from the 15 MiB */
	config->rcvbuf     = LINUX_RMEM / 2;
	config->rcvbuf_max = LINUX_RMEM_MAX / 2;
	config->sndbuf     = LINUX_WMEM;
	config->sndbuf_max = LINUX_WMEM_MAX;
	/* Scripts pause between bursts and expect the window to have stayed. */
	config->no_idle_restart = true;
	config->syn_retries     = 5;
	config->synack_retries  = 5;
	config->initial_window  = 10;
	config->ecn             = TARN_ECN_OFF;
	config->congestion      = "cubic";
	/* net.ipv4.tcp_rfc1337 is 0. */
	config->rst_ends_time_wait = true;
	/* Any unreachable ends a connect(), against MUST-56. */
	config->icmp_ends_connect = true;
	/* Everything that RFC 7413 has, on listeners without being told. */
	config->fastopen = TARN_FASTOPEN_CLIENT | TARN_FASTOPEN_SERVER;
	run->numbers.fastopen_everywhere = true;
}

static void be_freebsd(struct run *run)
{
	struct tarn_config *config = &run->world.config;

	config->wscale          = 6;
	config->rcvbuf          = 65536;
	config->initial_window  = 10;
	config->congestion      = "reno";
	config->ecn             = TARN_ECN_ACCEPT;
	config->no_quick_ack    = true;
	config->syn_retries     = 12;
	config->synack_retries  = 3;
	run->numbers.is_freebsd = true;
}

static bool mentions(const struct run *run, const char *text)
{
	const struct drill_event *event = run->script->events;

	for (; event; event = event->next)
		if (event->kind == DRILL_COMMAND &&
		    strstr(event->command, text))
			return true;

	return false;
}

/* ---- options of the script and the command line ---- */

static bool take_ip(const char *text, uint32_t *ret)
{
	char address[TARN_ADDR_TEXT_LEN];
	struct tarn_ip ip;

	snprintf(address, sizeof(address), "%s", text);
	address[strcspn(address, "/")] = '\0';
	if (tarn_ip_parse(address, &ip) < 0)
		return false;
	*ret = get_be32(ip.octet);

	return true;
}

/* Return: false: @value is none for it, or Tarn cannot */
static bool take_number(struct run *run, const char *name, const char *value)
{
	struct run_numbers *numbers = &run->numbers;
	int64_t number;

	if (!setting_number(value, &number) || number < 0)
		return false;
	if (strcmp(name, "tolerance_usecs") == 0)
		numbers->tolerance_us = number;
	else if (strcmp(name, "tcp_ts_tick_usecs") == 0)
		numbers->ts_tick_us = (uint32_t)number;
	else if (strcmp(name, "bind_port") == 0)
		numbers->bind_port = (uint16_t)number;
	else if (strcmp(name, "connect_port") == 0)
		numbers->connect_port = (uint16_t)number;
	else if (strcmp(name, "mtu") == 0)
		run->world.config.mtu = (uint16_t)MIN(number, UINT16_MAX);
	else if (strcmp(name, "mss") == 0)
		numbers->inbound_mss = (uint32_t)number;

	return true;
}

static bool take_version(const char *value)
{
	return strcmp(value, "ipv4") == 0 ||
	       strcmp(value, "ipv4-mapped-ipv6") == 0;
}

static bool is_number(const char *name)
{
	static const char *const names[] = {
		"tolerance_usecs", "bind_port", "tcp_ts_tick_usecs",
		"connect_port",    "mtu",       "mss"
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(names[i], name) == 0)
			return true;

	return false;
}

static void take_option(struct run *run, const char *name, const char *value)
{
	bool is_fine = true;

	if (is_number(name))
		is_fine = take_number(run, name, value);
	else if (strcmp(name, "ip_version") == 0)
		is_fine = take_version(value);
	else if (strcmp(name, "local_ip") == 0)
		is_fine = take_ip(value, &run->numbers.local_ip);
	else if (strcmp(name, "remote_ip") == 0)
		is_fine = take_ip(value, &run->numbers.remote_ip);
	else if (strcmp(name, "strict_segments") == 0)
		run->numbers.strict_segments = true;
	/* Any other is about the tool: devices, wires, output. */
	if (!is_fine)
		run_skips(run, "needs --%s=%s, which Tarn does not have", name,
		          value);
}

static void take_override(struct run *run, const char *text)
{
	const size_t len  = strcspn(text, "=");
	const char *value = text[len] ? text + len + 1 : "";
	char name[64];

	snprintf(name, sizeof(name), "%.*s", (int)len, text);
	take_option(run, name, value);
}

static void take_options(struct run *run)
{
	const struct drill_setting *setting = run->script->settings;
	const char *const *override         = run->options->overrides;

	for (; setting; setting = setting->next)
		take_option(run, setting->name, setting->value);
	for (; override && *override; override++)
		take_override(run, *override);
}

/* ---- addresses ---- */

/* Every other address is behind a gateway beside ours; world.c is it. */
static void place(struct run *run)
{
	struct tarn_config *config = &run->world.config;
	const uint32_t local       = run->numbers.local_ip;
	const uint32_t gateway =
	        (local & 0xffff0000) | ((local & 0xffff) == 2 ? 3 : 2);

	put_be32(config->ip.octet, local);
	config->ip.version = TARN_IP4;
	put_be32(config->gateway.octet, gateway);
	config->gateway.version = TARN_IP4;
	config->prefix_len      = 16;
	config->acd_off         = true;
}

void profile_apply(struct run *run)
{
	run->numbers = (struct run_numbers){
		.local_ip     = 0xc0a80001, /* 192.168.0.1 */
		.remote_ip    = 0xc0000201, /* 192.0.2.1 */
		.bind_port    = 8080,
		.connect_port = 8080,
		.tolerance_us = 4000,
		.ts_tick_us   = 1000,
	};
	if (!run->options->own) {
		if (run->options->freebsd || mentions(run, "net.inet.") ||
		    mentions(run, "kldload"))
			be_freebsd(run);
		else
			be_linux(run);
	}
	take_options(run);
	place(run);
}
