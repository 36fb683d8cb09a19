/* SPDX-License-Identifier: MIT */
/*
 * memory.c - lwIP's loopback: ns for a segment of 1460 octets, both ends
 *
 *	memory [ROUNDS]
 *
 * What tools/bench/memory.c does with two of our stacks: a stream from one end
 * to the other in one thread, copied in, summed, carried, summed, copied out, and
 * its acknowledgments back.
 */
#include <err.h>
#include <lwip/init.h>
#include <lwip/netif.h>
#include <lwip/tcp.h>
#include <lwip/timeouts.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#define PORT        9
#define TURN_OCTETS (16u << 20)
#define ROUNDS_MAX  99
#define BLOCK_LEN   1460
#define WINDOW      (64 * 1024) /* in flight, as in ours: the cache holds it */

static unsigned char from[BLOCK_LEN], to[64 * 1024];
static uint64_t sent, got;
static int is_connected;

static err_t take(void *arg, struct tcp_pcb *pcb, struct pbuf *p, err_t error)
{
	(void)arg, (void)error;
	if (!p)
		return ERR_OK;
	got += pbuf_copy_partial(p, to, p->tot_len, 0);
	tcp_recved(pcb, p->tot_len);
	pbuf_free(p);

	return ERR_OK;
}

static err_t accepted(void *arg, struct tcp_pcb *pcb, err_t error)
{
	(void)arg;
	tcp_recv(pcb, take);

	return error;
}

static err_t connected(void *arg, struct tcp_pcb *pcb, err_t error)
{
	(void)arg, (void)pcb;
	is_connected = 1;

	return error;
}

static void step(void)
{
	netif_poll_all();
	sys_check_timeouts();
}

static struct tcp_pcb *open_stream(void)
{
	struct tcp_pcb *listener = tcp_new(), *pcb = tcp_new();
	ip_addr_t loop;

	IP_ADDR4(&loop, 127, 0, 0, 1);
	if (tcp_bind(listener, IP_ADDR_ANY, PORT) != ERR_OK)
		errx(1, "no port");
	listener = tcp_listen(listener);
	tcp_accept(listener, accepted);
	if (tcp_connect(pcb, &loop, PORT, connected) != ERR_OK)
		errx(1, "no connection");
	while (!is_connected)
		step();

	return pcb;
}

static void move(struct tcp_pcb *pcb, uint64_t until)
{
	while (got < until) {
		while (sent - got < WINDOW && tcp_sndbuf(pcb) >= BLOCK_LEN &&
		       tcp_write(pcb, from, BLOCK_LEN, TCP_WRITE_FLAG_COPY) ==
		               ERR_OK)
			sent += BLOCK_LEN;
		tcp_output(pcb);
		step();
	}
}

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Time on a core: who else wants one does not count. */
static double now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);

	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

int main(int argc, char **argv)
{
	const int rounds = argc > 1 ? atoi(argv[1]) : 15;
	double ns[ROUNDS_MAX], begin;
	struct tcp_pcb *pcb;

	if (rounds < 1 || rounds > ROUNDS_MAX)
		errx(2, "usage: memory [ROUNDS]");
	lwip_init();
	pcb = open_stream();
	move(pcb, TURN_OCTETS);
	for (int i = 0; i < rounds; i++) {
		begin = now_ns();
		move(pcb, got + TURN_OCTETS);
		ns[i] = (now_ns() - begin) / ((double)TURN_OCTETS / BLOCK_LEN);
	}
	qsort(ns, (size_t)rounds, sizeof(ns[0]), by_value);
	printf("{\"name\":\"memory/lwip\",\"unit\":\"ns\",\"value\":%.1f}\n",
	       ns[rounds / 2]);

	return 0;
}
