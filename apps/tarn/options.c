/* SPDX-License-Identifier: MIT */
/*
 * options.c - the options of tarn in front of the sub-command
 *
 * Each option is a row: its name, whether it wants a value, and the function
 * that reads it. What two options say together is judged by who uses them.
 */
#include "apps/tarn/options.h"
#include "base/bytes.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MTU_MIN        576 /* RFC 791: every host takes this much */
#define MTU_MAX        65535
#define MSL_SECOND_MAX 3600

#define BUSY_POLL_US_DEFAULT 1000
#define BUSY_POLL_US_MAX     1000000

const char options_text[] =
        "  --link LINK        tap:NAME, pcap:IFACE or file:IN.pcap\n"
        "  --ip A.B.C.D[/N]   the stack's address (N: 24)\n"
        "  --gateway A.B.C.D  where packets for other networks go\n"
        "  --mac MAC          the stack's own (derived from the address)\n"
        "  --mtu N            octets of IP packet in a frame (1500)\n"
        "  --capture FILE     write a pcapng capture; -: standard output\n"
        "  --log FILE         write every event as JSON Lines\n"
        "  --html FILE        write a page for a browser, see tarn page\n"
        "  --ladder           draw what happens while it happens\n"
        "  --seed N           not random: the same numbers every time\n"
        "  --congestion NAME  cubic (the default) or reno\n"
        "  --fault RULE       'drop out data#3'; may be given again\n"
        "  --live[=PORT]      a page that shows what happens, served by Tarn\n"
        "  --offload on|off   super-frames of up to 64 KiB (on; a capture,\n"
        "                     log, ladder or fault switches them off)\n"
        "  --busy-poll[=USEC] ask the link so long before sleeping (1000):\n"
        "                     quicker answers for a processor's time\n"
        "  --msl SECONDS      2MSL is TIME-WAIT's length (30)\n"
        "  -v, --verbose      state changes and drops on standard error\n"
        "  -h, --help         this text\n"
        "  -V, --version      the version\n";

int number_read(const char *text, uint64_t min, uint64_t max, uint64_t *ret)
{
	unsigned long long value;
	char *end;

	/* strtoull() takes signs and blanks, and says so nowhere. */
	if (text[0] < '0' || text[0] > '9')
		return -EINVAL;
	errno = 0;
	value = strtoull(text, &end, 10);
	if (*end != '\0')
		return -EINVAL;
	if (errno == ERANGE || value < min || value > max)
		return -ERANGE;
	*ret = value;

	return 0;
}

/* ---- one function an option: false when @value cannot be what it wants ---- */

static bool read_link(struct host_options *options, const char *value)
{
	options->link = value;
	return true;
}

static bool read_ip(struct host_options *options, const char *value)
{
	char ip[TARN_ADDR_TEXT_LEN];
	const char *slash = strchr(value, '/');
	const size_t len  = slash ? (size_t)(slash - value) : strlen(value);
	uint64_t prefix   = 24;

	if (len >= sizeof(ip))
		return false;
	memcpy(ip, value, len);
	ip[len] = '\0';
	if (tarn_ip_parse(ip, &options->ip) < 0)
		return false;
	if (slash && number_read(slash + 1, 1, 32, &prefix) < 0)
		return false;
	options->prefix_len = (uint8_t)prefix;

	return true;
}

static bool read_gateway(struct host_options *options, const char *value)
{
	return tarn_ip_parse(value, &options->gateway) == 0;
}

/* Six pairs of hexadecimal digits with colons between, and nothing else. */
static bool parse_mac(const char *text, uint8_t ret[6])
{
	char pair[3] = "";

	for (unsigned i = 0; i < 6; i++, text += 3) {
		if (!isxdigit((unsigned char)text[0]) ||
		    !isxdigit((unsigned char)text[1]) ||
		    text[2] != (i < 5 ? ':' : '\0'))
			return false;
		memcpy(pair, text, 2);
		ret[i] = (uint8_t)strtoul(pair, NULL, 16);
	}

	return true;
}

/* One station's own, so neither a group's nor all zeroes. */
static bool read_mac(struct host_options *options, const char *value)
{
	static const uint8_t none[6];
	uint8_t mac[6];

	if (!parse_mac(value, mac) || mac[0] & 1 ||
	    memcmp(mac, none, sizeof(mac)) == 0)
		return false;
	memcpy(options->mac, mac, sizeof(options->mac));

	return true;
}

static bool read_mtu(struct host_options *options, const char *value)
{
	uint64_t mtu;

	if (number_read(value, MTU_MIN, MTU_MAX, &mtu) < 0)
		return false;
	options->mtu = (uint16_t)mtu;

	return true;
}

static bool read_capture(struct host_options *options, const char *value)
{
	options->capture = value;
	return true;
}

static bool read_log(struct host_options *options, const char *value)
{
	options->log = value;
	return true;
}

static bool read_html(struct host_options *options, const char *value)
{
	options->html = value;
	return true;
}

static bool read_ladder(struct host_options *options, const char *value)
{
	(void)value;
	options->ladder = true;
	return true;
}

static bool read_verbose(struct host_options *options, const char *value)
{
	(void)value;
	options->verbose = true;
	return true;
}

static bool read_seed(struct host_options *options, const char *value)
{
	options->has_seed = true;
	return number_read(value, 0, UINT64_MAX, &options->seed) == 0;
}

static bool read_congestion(struct host_options *options, const char *value)
{
	options->congestion = value;
	return strcmp(value, "cubic") == 0 || strcmp(value, "reno") == 0;
}

/* The rule's words are judged by fault_open(), which knows them. */
static bool read_fault(struct host_options *options, const char *value)
{
	if (options->fault_count == HOST_FAULTS_MAX)
		return false;
	options->fault[options->fault_count++] = value;

	return true;
}

static bool read_live(struct host_options *options, const char *value)
{
	uint64_t port = 0;

	if (value && number_read(value, 1, UINT16_MAX, &port) < 0)
		return false;
	options->live      = true;
	options->live_port = (uint16_t)port;

	return true;
}

static bool read_offload(struct host_options *options, const char *value)
{
	const bool is_on = strcmp(value, "on") == 0;

	options->offload = is_on ? HOST_OFFLOAD_ON : HOST_OFFLOAD_OFF;

	return is_on || strcmp(value, "off") == 0;
}

static bool read_busy_poll(struct host_options *options, const char *value)
{
	uint64_t us = BUSY_POLL_US_DEFAULT;

	if (value && number_read(value, 1, BUSY_POLL_US_MAX, &us) < 0)
		return false;
	options->busy_poll_us = (uint32_t)us;

	return true;
}

static bool read_msl(struct host_options *options, const char *value)
{
	uint64_t seconds;

	if (number_read(value, 1, MSL_SECOND_MAX, &seconds) < 0)
		return false;
	options->msl_us = seconds * 1000000u;

	return true;
}

struct option_row {
	const char *name, *letter;
	const char *wants; /* what a right value looks like; NULL: takes none */
	bool may_lack;     /* --name alone is right, too; a value needs its = */
	bool (*read)(struct host_options *options, const char *value);
};

static const struct option_row rows[] = {
	{ "--link", NULL, "tap:NAME, pcap:IFACE or file:IN.pcap", false,
	  read_link },
	{ "--ip", NULL, "an address as 10.9.0.2/24", false, read_ip },
	{ "--gateway", NULL, "an address as 10.9.0.1", false, read_gateway },
	{ "--mac", NULL, "one station's address as 02:54:0a:09:00:02", false,
	  read_mac },
	{ "--mtu", NULL, "a number from 576 to 65535", false, read_mtu },
	{ "--capture", NULL, "a file name, or -", false, read_capture },
	{ "--log", NULL, "a file name, or -", false, read_log },
	{ "--html", NULL, "a file name, or -", false, read_html },
	{ "--ladder", NULL, NULL, false, read_ladder },
	{ "--seed", NULL, "a number", false, read_seed },
	{ "--congestion", NULL, "cubic or reno", false, read_congestion },
	{ "--fault", NULL, "a rule as 'drop out data#3', at most 32 of them",
	  false, read_fault },
	{ "--live", NULL, "a port, as --live=8080", true, read_live },
	{ "--offload", NULL, "on or off", false, read_offload },
	{ "--busy-poll", NULL, "microseconds, as --busy-poll=1000", true,
	  read_busy_poll },
	{ "--msl", NULL, "seconds from 1 to 3600", false, read_msl },
	{ "--verbose", "-v", NULL, false, read_verbose },
};

/* "--name", "-n" or "--name=value"; @ret_value: behind the '=', or NULL. */
static const struct option_row *find_row(const char *word,
                                         const char **ret_value)
{
	const char *equals = strchr(word, '=');
	const size_t len   = equals ? (size_t)(equals - word) : strlen(word);

	*ret_value = equals ? equals + 1 : NULL;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (rows[i].letter && strcmp(word, rows[i].letter) == 0)
			return &rows[i];
		if (strlen(rows[i].name) == len &&
		    strncmp(word, rows[i].name, len) == 0)
			return &rows[i];
	}

	return NULL;
}

static bool is_one_of(const char *word, const char *name, const char *letter)
{
	return strcmp(word, name) == 0 || strcmp(word, letter) == 0;
}

/* A row that was found, and what stands behind its "=" or as the next word. */
static enum options_outcome take(const struct option_row *row,
                                 const char *value, struct host_options *ret,
                                 char error[OPTIONS_ERROR_LEN])
{
	const bool needs_value = row->wants && !row->may_lack;

	if (!row->wants && value) {
		snprintf(error, OPTIONS_ERROR_LEN, "%s takes no value",
		         row->name);
		return OPTIONS_WRONG;
	}
	if ((needs_value && !value) || (value && !*value) ||
	    !row->read(ret, value)) {
		snprintf(error, OPTIONS_ERROR_LEN, "%s wants %s, not '%s'",
		         row->name, row->wants, value ? value : "");
		return OPTIONS_WRONG;
	}

	return OPTIONS_RUN;
}

/* Read the option at @argv[*at] and step over it. */
static enum options_outcome read_option(char **argv, int *at,
                                        struct host_options *ret,
                                        char error[OPTIONS_ERROR_LEN])
{
	const char *word = argv[(*at)++], *value;
	const struct option_row *row;

	if (is_one_of(word, "--help", "-h"))
		return OPTIONS_HELP;
	if (is_one_of(word, "--version", "-V"))
		return OPTIONS_VERSION;

	row = find_row(word, &value);
	if (!row) {
		snprintf(error, OPTIONS_ERROR_LEN,
		         "there is no option %s; `tarn --help` lists them (a "
		         "command's own stand behind it)",
		         word);
		return OPTIONS_WRONG;
	}
	if (row->wants && !row->may_lack && !value && argv[*at])
		value = argv[(*at)++];

	return take(row, value, ret, error);
}

enum options_outcome options_read(int argc, char **argv,
                                  struct host_options *ret, int *ret_at,
                                  char error[OPTIONS_ERROR_LEN])
{
	enum options_outcome outcome;
	int at = 1;

	*ret = (struct host_options){ .prefix_len = 24 };
	while (at < argc && argv[at][0] == '-') {
		outcome = read_option(argv, &at, ret, error);
		if (outcome != OPTIONS_RUN)
			return outcome;
	}
	*ret_at = at;

	return OPTIONS_RUN;
}
