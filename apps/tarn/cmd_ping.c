/* SPDX-License-Identifier: MIT */
/*
 * cmd_ping.c - tarn ping: is it there, and how far? (ICMP echo, RFC 792)
 *
 * Output as ping(8)'s. A round trip is the time between our call and the
 * reply's arrival in the stack; the times of the last PING_WINDOW requests are
 * remembered, and whatever comes later than that counts as lost.
 */
#include "apps/tarn/command.h"
#include "base/bytes.h"
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#define PING_WINDOW       1024
#define PING_SIZE_DEFAULT 56
#define PING_SIZE_MAX     65507
#define PING_LINGER_US    1000000u /* for the last reply */
#define PING_COUNT_MAX    1000000u

struct ping {
	struct host *host;
	struct tarn_addr peer;
	uint64_t count; /* 0: until stopped */
	uint64_t interval_us;
	size_t size; /* octets of data */
	uint64_t sent, received;
	uint64_t begun_us, next_us;
	int refused;                   /* why nothing can be sent, 0: it can */
	uint64_t sent_us[PING_WINDOW]; /* 0: answered, or not sent */
	double sum_ms, square_sum_ms, min_ms, max_ms;
};

static const char *error_text(const struct tarn_ping_reply *reply)
{
	static const char *const unreachable[] = {
		"Destination Net Unreachable",
		"Destination Host Unreachable",
		"Destination Protocol Unreachable",
		"Destination Port Unreachable",
		"Frag needed and DF set",
	};

	if (reply->icmp_type == 11)
		return "Time to live exceeded";
	if (reply->icmp_type == 3 && reply->icmp_code < ARRAY_LEN(unreachable))
		return unreachable[reply->icmp_code];

	return "Destination Unreachable";
}

static void count_sample(struct ping *ping, double ms)
{
	ping->min_ms = ping->received == 0 ? ms : MIN(ping->min_ms, ms);
	ping->max_ms = MAX(ping->max_ms, ms);
	ping->sum_ms += ms;
	ping->square_sum_ms += ms * ms;
	ping->received++;
}

static void take_reply(struct ping *ping, const struct tarn_ping_reply *reply)
{
	uint64_t *sent_us = &ping->sent_us[reply->seq % PING_WINDOW];
	char from[TARN_ADDR_TEXT_LEN];
	double ms;

	tarn_ip_text(&reply->from, from);
	if (reply->icmp_type != 0) {
		printf("From %s icmp_seq=%u %s\n", from, reply->seq,
		       error_text(reply));
		return;
	}
	if (*sent_us == 0) {
		printf("%zu bytes from %s: icmp_seq=%u ttl=%u (DUP!)\n",
		       reply->len + 8, from, reply->seq, reply->ttl);
		return;
	}

	ms       = (double)(reply->at_us - *sent_us) / 1000;
	*sent_us = 0;
	count_sample(ping, ms);
	printf("%zu bytes from %s: icmp_seq=%u ttl=%u time=%.3f ms\n",
	       reply->len + 8, from, reply->seq, reply->ttl, ms);
}

static bool is_all_sent(const struct ping *ping)
{
	return ping->count && ping->sent == ping->count;
}

static void send_one(struct ping *ping)
{
	static uint8_t data[PING_SIZE_MAX];
	const uint64_t now_us = host_now(ping->host);
	const uint16_t seq    = (uint16_t)(ping->sent + 1);

	for (size_t i = 0; i < ping->size; i++)
		data[i] = (uint8_t)i;
	ping->refused = tarn_ping(host_stack(ping->host), &ping->peer.ip, seq,
	                          data, ping->size);
	ping->sent++;
	ping->sent_us[seq % PING_WINDOW] = now_us;
	ping->next_us = now_us + (is_all_sent(ping) ? PING_LINGER_US
	                                            : ping->interval_us);
}

/* Return: false when there is nothing more to send or to wait for */
static bool go_on(struct ping *ping)
{
	if (is_all_sent(ping) && ping->received >= ping->count)
		return false;
	if (host_now(ping->host) < ping->next_us)
		return true;
	if (is_all_sent(ping))
		return false;
	send_one(ping);

	return ping->refused == 0;
}

/* Return: what the last step returned */
static int run(struct ping *ping)
{
	struct tarn_ping_reply reply;
	int rc = 0;

	ping->begun_us = host_now(ping->host);
	ping->next_us  = ping->begun_us;
	while (rc == 0 && go_on(ping)) {
		rc = host_step(ping->host, ping->next_us);
		while (tarn_ping_reply(host_stack(ping->host), &reply) == 1)
			take_reply(ping, &reply);
		fflush(stdout);
	}

	return rc;
}

/* Newton's method: not worth a library. */
static double square_root(double value)
{
	double root = value > 1 ? value : 1;

	for (unsigned i = 0; i < 64; i++)
		root = (root + value / root) / 2;

	return value > 0 ? root : 0;
}

static void summarize(const struct ping *ping)
{
	const uint64_t lost = ping->sent - ping->received;
	const uint64_t ms   = (host_now(ping->host) - ping->begun_us) / 1000;
	char text[TARN_ADDR_TEXT_LEN];
	double mean, variance;

	printf("\n--- %s ping statistics ---\n",
	       tarn_ip_text(&ping->peer.ip, text));
	printf("%llu packets transmitted, %llu received, %.4g%% packet loss, "
	       "time %llums\n",
	       (unsigned long long)ping->sent,
	       (unsigned long long)ping->received,
	       ping->sent ? 100.0 * (double)lost / (double)ping->sent : 0.0,
	       (unsigned long long)ms);
	if (ping->received == 0)
		return;

	mean     = ping->sum_ms / (double)ping->received;
	variance = ping->square_sum_ms / (double)ping->received - mean * mean;
	printf("rtt min/avg/max/mdev = %.3f/%.3f/%.3f/%.3f ms\n", ping->min_ms,
	       mean, ping->max_ms, square_root(variance));
}

static bool read_seconds(const char *text, uint64_t *ret_us)
{
	char *end;
	const double seconds = strtod(text, &end);

	if (end != text && *end == '\0' && seconds >= 0.001 &&
	    seconds <= 3600) {
		*ret_us = (uint64_t)(seconds * 1e6);
		return true;
	}
	fprintf(stderr, "tarn: -i wants seconds from 0.001 to 3600, not '%s'\n",
	        text);

	return false;
}

static bool read_arguments(struct ping *ping, int argc, char **argv)
{
	uint64_t size = PING_SIZE_DEFAULT;
	bool is_right = true;
	int letter;

	optind = 0;
	while (is_right && (letter = getopt(argc, argv, "c:i:s:")) >= 0) {
		if (letter == 'c')
			is_right = command_number("-c", optarg, 1,
			                          PING_COUNT_MAX, &ping->count);
		else if (letter == 's')
			is_right = command_number("-s", optarg, 0,
			                          PING_SIZE_MAX, &size);
		else if (letter == 'i')
			is_right = read_seconds(optarg, &ping->interval_us);
		else
			is_right = false;
	}
	ping->size = (size_t)size;
	if (!is_right || optind + 1 != argc) {
		command_usage(PING_SYNOPSIS);
		return false;
	}

	return command_address(argv[optind], NULL, &ping->peer);
}

int cmd_ping(const struct host_options *options, int argc, char **argv)
{
	static struct ping ping;
	char text[TARN_ADDR_TEXT_LEN];
	int rc, code;

	ping = (struct ping){ .interval_us = 1000000 };
	if (!read_arguments(&ping, argc, argv))
		return EXIT_USAGE;
	ping.peer.port = 0;

	ping.host = command_open(options);
	if (!ping.host)
		return EXIT_FAILURE;

	printf("PING %s: %zu data bytes\n", tarn_ip_text(&ping.peer.ip, text),
	       ping.size);
	fflush(stdout);
	rc = run(&ping);
	if (ping.refused)
		command_complain(&ping.peer, ping.refused);
	else
		summarize(&ping);
	code = command_close(ping.host, rc);

	return ping.received ? code : EXIT_FAILURE;
}
