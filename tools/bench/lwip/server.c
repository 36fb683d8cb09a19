/* SPDX-License-Identifier: MIT */
/*
 * server.c - lwIP on the same TAP: its own HTTP server, and echo, sink, source
 *
 *	server TAP ADDRESS echo|sink|source|http PORT
 *
 * Built by tools/bench/lwip.py with Debian's source of lwIP and lwipopts.h. It
 * speaks to the TAP frame by frame, as lwIP's own port does, but drains it
 * until it is empty and writes without a copy of its own. lwIP knows no
 * super-frames.
 */
#include <err.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <lwip/apps/httpd.h>
#include <lwip/etharp.h>
#include <lwip/init.h>
#include <lwip/netif.h>
#include <lwip/tcp.h>
#include <lwip/timeouts.h>
#include <netif/ethernet.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#define PARTS_MAX 16
#define BATCH_MAX 256
#define BLOCK_LEN (16 * 1460)
#define SLEEP_MS  250

static int tap;
static unsigned char block[64 * 1024];

static int open_tap(const char *name)
{
	struct ifreq ifr = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	const int fd     = open("/dev/net/tun", O_RDWR | O_NONBLOCK);

	strncpy(ifr.ifr_name, name, sizeof(ifr.ifr_name) - 1);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &ifr) < 0)
		err(1, "%s", name);
	if (ioctl(fd, TUNSETOFFLOAD, 0ul) < 0)
		err(1, "TUNSETOFFLOAD");

	return fd;
}

static err_t transmit(struct netif *netif, struct pbuf *p)
{
	struct iovec part[PARTS_MAX];
	int count = 0;

	(void)netif;
	for (; p && count < PARTS_MAX; p = p->next)
		part[count++] = (struct iovec){ p->payload, p->len };

	return writev(tap, part, count) < 0 ? ERR_IF : ERR_OK;
}

static err_t set_up(struct netif *netif)
{
	static const u8_t mac[] = { 2, 0, 0, 0, 0, 4 };

	netif->name[0]    = 't';
	netif->name[1]    = 'p';
	netif->output     = etharp_output;
	netif->linkoutput = transmit;
	netif->mtu        = 1500;
	netif->hwaddr_len = sizeof(mac);
	memcpy(netif->hwaddr, mac, sizeof(mac));
	netif->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP |
	               NETIF_FLAG_ETHERNET | NETIF_FLAG_LINK_UP;

	return ERR_OK;
}

static void receive(struct netif *netif)
{
	static unsigned char frame[2048];
	struct pbuf *p;
	ssize_t len;

	for (int i = 0; i < BATCH_MAX; i++) {
		len = read(tap, frame, sizeof(frame));
		if (len <= 0)
			return;
		p = pbuf_alloc(PBUF_RAW, (u16_t)len, PBUF_POOL);
		if (!p)
			return;
		pbuf_take(p, frame, (u16_t)len);
		if (netif->input(p, netif) != ERR_OK)
			pbuf_free(p);
	}
}

/* ---- what the servers do ---- */

static err_t end(struct tcp_pcb *pcb)
{
	tcp_recv(pcb, NULL);
	tcp_sent(pcb, NULL);

	return tcp_close(pcb);
}

static err_t sink(void *arg, struct tcp_pcb *pcb, struct pbuf *p, err_t error)
{
	(void)arg, (void)error;
	if (!p)
		return end(pcb);
	for (const struct pbuf *q = p; q; q = q->next)
		memcpy(block, q->payload, q->len);
	tcp_recved(pcb, p->tot_len);
	pbuf_free(p);

	return ERR_OK;
}

static err_t echo(void *arg, struct tcp_pcb *pcb, struct pbuf *p, err_t error)
{
	(void)arg, (void)error;
	if (!p)
		return end(pcb);
	for (const struct pbuf *q = p; q; q = q->next)
		tcp_write(pcb, q->payload, q->len, TCP_WRITE_FLAG_COPY);
	tcp_recved(pcb, p->tot_len);
	pbuf_free(p);

	return tcp_output(pcb);
}

static err_t fill(void *arg, struct tcp_pcb *pcb, u16_t len)
{
	(void)arg, (void)len;
	while (tcp_sndbuf(pcb) >= BLOCK_LEN &&
	       tcp_write(pcb, block, BLOCK_LEN, TCP_WRITE_FLAG_COPY) == ERR_OK)
		continue;

	return tcp_output(pcb);
}

static const struct role {
	const char *name;
	tcp_recv_fn receive;
	tcp_sent_fn sent;
} roles[] = {
	{ "echo", echo, NULL },
	{ "sink", sink, NULL },
	{ "source", sink, fill },
};

static err_t accepted(void *arg, struct tcp_pcb *pcb, err_t error)
{
	const struct role *role = arg;

	if (error != ERR_OK)
		return error;
	tcp_nagle_disable(pcb);
	tcp_recv(pcb, role->receive);
	tcp_sent(pcb, role->sent);

	return role->sent ? role->sent(NULL, pcb, 0) : ERR_OK;
}

static void serve(const char *name, u16_t port)
{
	struct tcp_pcb *pcb = tcp_new();

	for (unsigned i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		if (strcmp(roles[i].name, name) != 0)
			continue;
		if (tcp_bind(pcb, IP_ADDR_ANY, port) != ERR_OK)
			errx(1, "no port %u", port);
		pcb = tcp_listen(pcb);
		tcp_arg(pcb, (void *)&roles[i]);
		tcp_accept(pcb, accepted);
		return;
	}
	errx(2, "no role '%s'", name);
}

int main(int argc, char **argv)
{
	ip4_addr_t address, mask, gateway = { 0 };
	struct pollfd wait = { .events = POLLIN };
	struct netif netif;
	u32_t sleep_ms;

	if (argc != 5 || !ip4addr_aton(argv[2], &address))
		errx(2, "usage: server TAP ADDRESS echo|sink|source|http PORT");
	wait.fd = tap = open_tap(argv[1]);
	lwip_init();
	IP4_ADDR(&mask, 255, 255, 255, 0);
	netif_add(&netif, &address, &mask, &gateway, NULL, set_up,
	          ethernet_input);
	netif_set_default(&netif);
	netif_set_up(&netif);
	if (strcmp(argv[3], "http") == 0)
		httpd_init();
	else
		serve(argv[3], (u16_t)atoi(argv[4]));

	for (;;) {
		receive(&netif);
		sys_check_timeouts();
		sleep_ms = sys_timeouts_sleeptime();
		poll(&wait, 1,
		     (int)(sleep_ms < SLEEP_MS ? sleep_ms : SLEEP_MS));
	}
}
