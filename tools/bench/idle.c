/* SPDX-License-Identifier: MIT */
/*
 * idle.c - a stack that holds many idle connections: octets, and what they cost
 *
 *	idle [--connections N] [--rounds R] [--seconds S]
 *
 * One stack accepts N connections and adds each to an epoll set; then they are
 * silent. Their peer is a few lines (bench_crowd) that answer a SYN,ACK out of
 * what it says, so that it remembers nothing: whatever this process grows by is
 * the stack's. Told for each power of ten up to N:
 *
 *	idle/octets		(RSS at N - RSS at 50) / (N - 50)
 *	idle/octets-asked	the same, as the stack asked for it
 *	idle/longest-poll	of all those in which connections arrived
 *
 * Then a second, whole stack talks to that one and, in turn, to a stack that
 * holds none, and the ratios of the medians are told:
 *
 *	idle/throughput-ratio	one connection that sends
 *	idle/connects-ratio	connect, accept, epoll_ctl, reset, close
 *
 * Time is virtual for the stacks and real for what is measured.
 */
#include "tools/bench/crowd.h"
#include "tools/bench/figure.h"
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CONNECTIONS_MAX 1000000u
#define ROUNDS_MAX      31u
#define WARM_UP         50u /* connections before anything is counted */
#define US_PER_CONNECT  10u /* a hundred thousand new ones per second */
#define QUIET_US        10000000u
#define PORT            80
#define TALK_PORT       81
#define BLOCK           65536u

static const struct {
	uint8_t us, peer;
} host = { 1, 2 };

/** struct holder - the stack that is measured, and its listener */
struct holder {
	struct tarn *t;
	struct crowd crowd;
	int listener, talk_listener, epoll;
	uint64_t now_us;
};

static void die(const char *what)
{
	fprintf(stderr, "idle: %s\n", what);
	exit(1);
}

static int must(int result, const char *what)
{
	if (result < 0)
		die(what);

	return result;
}

static size_t rss_octets(void)
{
	char line[128] = "";
	FILE *f        = fopen("/proc/self/statm", "r");
	const char *resident;

	if (!f || !fgets(line, sizeof(line), f) ||
	    !(resident = strchr(line, ' '))) /* the second number */
		die("cannot read /proc/self/statm");
	fclose(f);

	return strtoul(resident, NULL, 10) * (size_t)sysconf(_SC_PAGESIZE);
}

/* ---- Two kinds of stack ---- */

static struct tarn *make_stack(struct crowd *crowd, unsigned end)
{
	const uint8_t number = end == CROWD_HOLDER ? host.us : host.peer;
	struct tarn_config config;
	struct tarn *ret;

	tarn_config_init(&config);
	config.ops        = crowd_ops(end);
	config.link       = crowd;
	config.ip         = tarn_ip4(10, 9, 0, number);
	config.gateway    = tarn_ip4(10, 9, 0, CROWD_GATEWAY);
	config.acd_off    = true;
	config.seed[0]    = 5;
	config.seed[1]    = number;
	config.memory_max = (size_t)8 << 30;
	must(tarn_create(&config, 0, &ret), "no stack");

	return ret;
}

static int listen_on(struct tarn *t, uint16_t port)
{
	const struct tarn_addr local = { .port = port };
	const int fd                 = tarn_socket(t, TARN_STREAM);

	must(tarn_bind(t, fd, &local), "bind");
	must(tarn_listen(t, fd, 4096), "listen");

	return fd;
}

static void holder_open(struct holder *holder)
{
	crowd_init(&holder->crowd);
	holder->now_us        = 1;
	holder->t             = make_stack(&holder->crowd, CROWD_HOLDER);
	holder->listener      = listen_on(holder->t, PORT);
	holder->talk_listener = listen_on(holder->t, TALK_PORT);
	holder->epoll = must(tarn_epoll_create(holder->t), "epoll_create");
}

static int accept_and_watch(struct holder *holder, int listener)
{
	const int fd                  = tarn_accept(holder->t, listener, NULL);
	struct tarn_epoll_event event = {
		.events = TARN_POLLIN | TARN_EPOLLET,
		.data   = (uint64_t)fd,
	};

	if (fd == -EAGAIN)
		return fd;
	must(fd, "accept");
	must(tarn_epoll_ctl(holder->t, holder->epoll, TARN_EPOLL_CTL_ADD, fd,
	                    &event),
	     "epoll_ctl");

	return fd;
}

/* Poll until nothing more happens by itself up to @us from now. */
static void let_pass(struct holder *holder, uint64_t us)
{
	const uint64_t end_us = holder->now_us + us;
	uint64_t next_us      = 0;

	while (next_us < end_us) {
		next_us        = tarn_poll(holder->t, holder->now_us);
		holder->now_us = next_us < end_us ? next_us : end_us;
	}
}

/* ---- N connections ---- */

/* Of this thread: what others do on this machine does not count. */
static uint64_t cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);

	return (uint64_t)ts.tv_sec * NSEC_PER_SEC + (uint64_t)ts.tv_nsec;
}

/* Return: how long the longest poll took, ns */
static uint64_t fill(struct holder *holder, uint32_t from, uint32_t to)
{
	uint64_t longest_ns = 0;

	for (uint32_t i = from; i < to;) {
		const uint64_t start_ns = cpu_ns();
		uint64_t spent_ns;

		crowd_connects(&holder->crowd, i, PORT);
		holder->now_us += US_PER_CONNECT;
		tarn_poll(holder->t, holder->now_us);
		spent_ns = cpu_ns() - start_ns;
		if (spent_ns > longest_ns)
			longest_ns = spent_ns;
		if (accept_and_watch(holder, holder->listener) < 0)
			die("a connection was not accepted");
		i++;
	}

	return longest_ns;
}

static size_t asked_octets(const struct holder *holder)
{
	struct tarn_usage held;

	tarn_usage(holder->t, &held);

	return held.memory;
}

static void tell(const char *name, uint32_t count, const char *unit,
                 double value)
{
	char text[64];

	snprintf(text, sizeof(text), "idle/%s/%" PRIu32, name, count);
	figure(text, unit, value);
}

static void fill_and_tell(struct holder *holder, uint32_t count)
{
	const uint32_t warm = count > WARM_UP ? WARM_UP : 0;
	uint32_t have       = warm;
	size_t rss, asked;

	/* What the first connections touch, all others share: code, tables. */
	fill(holder, 0, warm);
	let_pass(holder, QUIET_US);
	rss   = rss_octets();
	asked = asked_octets(holder);
	for (uint32_t to = count < 1000 ? count : 1000; have < count;
	     to          = 10 * to < count ? 10 * to : count) {
		const uint64_t longest_ns = fill(holder, have, to);

		let_pass(holder, QUIET_US);
		have = to;
		tell("octets", to, "octets",
		     ((double)rss_octets() - (double)rss) / (to - warm));
		tell("octets-asked", to, "octets",
		     ((double)asked_octets(holder) - (double)asked) /
		             (to - warm));
		tell("longest-poll", to, "us", (double)longest_ns / 1000);
	}
}

/* ---- One that talks ---- */

/** struct talk - a whole stack that talks to a holder */
struct talk {
	struct holder *holder;
	struct tarn *t;
};

static void talk_open(struct talk *talk, struct holder *holder)
{
	talk->holder = holder;
	talk->t      = make_stack(&holder->crowd, CROWD_TALKER);
}

static void talk_step(struct talk *talk)
{
	talk->holder->now_us++;
	tarn_poll(talk->t, talk->holder->now_us);
	tarn_poll(talk->holder->t, talk->holder->now_us);
}

static void talk_connect(struct talk *talk, int ret_fd[2])
{
	const struct tarn_addr peer = { tarn_ip4(10, 9, 0, host.us),
		                        TALK_PORT };

	ret_fd[0] = must(tarn_socket(talk->t, TARN_STREAM), "socket");
	if (tarn_connect(talk->t, ret_fd[0], &peer) != -EINPROGRESS)
		die("connect");
	ret_fd[1] = -EAGAIN;
	for (unsigned i = 0; i < 100 && ret_fd[1] < 0; i++) {
		talk_step(talk);
		ret_fd[1] = accept_and_watch(talk->holder,
		                             talk->holder->talk_listener);
	}
	must(ret_fd[1], "the handshake stopped");
}

/* The talker resets, so that neither end remembers it. */
static void talk_close(struct talk *talk, const int fd[2])
{
	const struct tarn_linger hard = { .on = 1 };

	tarn_setsockopt(talk->t, fd[0], TARN_SO_LINGER, &hard, sizeof(hard));
	tarn_close(talk->t, fd[0]);
	talk_step(talk);
	talk_step(talk);
	tarn_close(talk->holder->t, fd[1]);
	talk_step(talk);
}

/* One end sends what fits, the other takes it. Return: octets */
static uint64_t pass_block(struct talk *talk, const int fd[2])
{
	static uint8_t block[BLOCK];
	uint64_t octets = 0;
	ssize_t n;

	while (tarn_send(talk->t, fd[0], block, BLOCK, 0) > 0)
		;
	talk_step(talk);
	while ((n = tarn_recv(talk->holder->t, fd[1], block, BLOCK, 0)) > 0)
		octets += (uint64_t)n;

	return octets;
}

/* Return: octets per second */
static double throughput(struct talk *talk, uint64_t spend_ns)
{
	const uint64_t start_ns = now_ns();
	uint64_t octets = 0, spent_ns = 0;
	int fd[2];

	talk_connect(talk, fd);
	while (spent_ns < spend_ns) {
		for (unsigned i = 0; i < 64; i++)
			octets += pass_block(talk, fd);
		spent_ns = now_ns() - start_ns;
	}
	talk_close(talk, fd);

	return (double)octets * 1e9 / (double)spent_ns;
}

/* Return: connections per second */
static double connects(struct talk *talk, uint64_t spend_ns)
{
	const uint64_t start_ns = now_ns();
	uint64_t count = 0, spent_ns = 0;

	while (spent_ns < spend_ns) {
		for (unsigned i = 0; i < 64; i++) {
			int fd[2];

			talk_connect(talk, fd);
			talk_close(talk, fd);
		}
		count += 64;
		spent_ns = now_ns() - start_ns;
	}

	return (double)count * 1e9 / (double)spent_ns;
}

/** struct question - something to measure with idle others and without */
struct question {
	const char *name, *unit;
	double (*measure)(struct talk *talk, uint64_t spend_ns);
	double scale;
};

static void compare(struct talk talk[2], const struct question *question,
                    unsigned rounds, uint64_t spend_ns)
{
	double value[2][ROUNDS_MAX];
	char name[64];

	/* [0] has no others; who goes first changes with each round. */
	for (unsigned i = 0; i < rounds; i++)
		for (unsigned k = 0; k < 2; k++) {
			const unsigned who = (i + k) % 2;

			value[who][i] = question->measure(&talk[who], spend_ns);
		}

	snprintf(name, sizeof(name), "idle/%s-alone", question->name);
	figure(name, question->unit,
	       figure_median(value[0], rounds) / question->scale);
	snprintf(name, sizeof(name), "idle/%s-beside", question->name);
	figure(name, question->unit,
	       figure_median(value[1], rounds) / question->scale);
	snprintf(name, sizeof(name), "idle/%s-ratio", question->name);
	figure(name, "",
	       figure_median(value[1], rounds) /
	               figure_median(value[0], rounds));
}

static const struct question questions[] = {
	{ "throughput", "Gbit/s", throughput, 1e9 / 8 },
	{ "connects", "1/s", connects, 1 },
};

static void run(uint32_t count, unsigned rounds, double seconds)
{
	static struct holder alone, beside;
	struct talk talk[2];
	const size_t question_count = sizeof(questions) / sizeof(*questions);
	const uint64_t spend_ns =
	        (uint64_t)(seconds * 1e9 /
	                   (double)(2 * rounds * question_count));

	holder_open(&beside);
	fill_and_tell(&beside, count);
	if (rounds > 0) {
		holder_open(&alone);
		talk_open(&talk[0], &alone);
		talk_open(&talk[1], &beside);
		for (size_t i = 0; i < question_count; i++)
			compare(talk, &questions[i], rounds, spend_ns);
		tarn_destroy(talk[0].t);
		tarn_destroy(talk[1].t);
		tarn_destroy(alone.t);
	}
	tarn_destroy(beside.t);
}

static int usage(FILE *to)
{
	fputs("usage: idle [--connections N] [--rounds R] [--seconds S]\n"
	      "What do N idle connections (1 to 1000000, default 100000) "
	      "hold,\n"
	      "and what do they cost one that talks? R rounds (odd, default "
	      "5;\n"
	      "0: only what they hold) of questions, S seconds (10) in all.\n",
	      to);

	return to == stderr ? 2 : 0;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "connections", required_argument, NULL, 'n' },
		{ "rounds", required_argument, NULL, 'r' },
		{ "seconds", required_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	unsigned long count = 100000, rounds = 5;
	double seconds = 10;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'n')
			count = strtoul(optarg, NULL, 10);
		else if (c == 'r')
			rounds = strtoul(optarg, NULL, 10);
		else if (c == 's')
			seconds = strtod(optarg, NULL);
		else
			return usage(c == 'h' ? stdout : stderr);
	}
	if (optind < argc || count < 1 || count > CONNECTIONS_MAX ||
	    rounds > ROUNDS_MAX || !(seconds > 0 && seconds <= 300))
		return usage(stderr);

	run((uint32_t)count, (unsigned)rounds, seconds);

	return 0;
}
