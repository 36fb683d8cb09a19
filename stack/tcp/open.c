/* SPDX-License-Identifier: MIT */
/*
 * open.c - the OPEN call and what a local address may be (RFC 9293 3.10.1)
 */
#include "tcp/parts.h"
#include "tcp/port.h"
#include <errno.h>

void tcp_settings_init(const struct tcp *tcp, struct tcp_settings *ret)
{
	const struct tarn_config *config = &tcp->env->config;

	*ret = (struct tcp_settings){
		.syn_retries       = config->syn_retries,
		.rcvbuf            = config->rcvbuf,
		.sndbuf            = config->sndbuf,
		.ttl               = IP4_TTL_DEFAULT,
		.quickack          = true,
		.rcvlowat          = 1,
		.keep_idle_s       = config->keep_idle_s,
		.keep_interval_s   = config->keep_interval_s,
		.keep_probes       = config->keep_probes,
		.congestion        = tcp_congestion_name(config->congestion),
		.path_mtu_discover = TARN_PMTUDISC_DO,
	};
}

/* Would a listener on @local and this one answer the same SYN? */
static bool is_listened_to(const struct tcp *tcp, const struct tarn_addr *local)
{
	const struct tarn_ip any = { .version = TARN_IP_NONE };

	if (local->ip.version == TARN_IP_NONE)
		return port_is_listened_to(tcp, local->port);

	return listener_at(tcp, &local->ip, local->port) ||
	       listener_at(tcp, &any, local->port);
}

int tcp_bind_check(struct tcp *tcp, const struct tarn_addr *local, bool reuse)
{
	if (is_listened_to(tcp, local))
		return -EADDRINUSE;
	if (!reuse && port_is_used(tcp, local->port))
		return -EADDRINUSE;

	return 0;
}

/* SHLD-6, MUST-67, RFC6691-1 */
uint16_t tcp_own_mss(const struct tcp *tcp, const struct conn_key *key,
                     const struct tcp_settings *settings)
{
	uint16_t mtu = tcp->env->config.mtu;
	struct tarn_ip src;
	uint16_t mss;

	if (net_source(tcp->net, &key->peer_ip, &src, &mtu) < 0)
		mtu = tcp->env->config.mtu;
	mss = (uint16_t)(mtu - IP4_HDR_LEN - TCP_HDR_LEN); /* MUST-67 */
	if (settings->maxseg)
		mss = MIN(mss, settings->maxseg);

	return mss;
}

/* MUST-43, MUST-45
 * Fill in the 4-tuple: source by route (MUST-44), port by RFC 6056. */
static int choose_key(struct tcp *tcp, const struct tarn_addr *local,
                      const struct tarn_addr *peer, struct conn_key *ret_key)
{
	uint16_t mtu;
	struct tarn_ip src;
	int error;

	if (peer->port == 0 || !net_is_unicast(tcp->net, &peer->ip))
		return -EINVAL; /* MUST-46 */
	if (net_is_local(tcp->net, &peer->ip))
		return -ENETUNREACH; /* there is no loopback */
	error = net_source(tcp->net, &peer->ip, &src, &mtu);
	if (error < 0)
		return error;

	*ret_key = conn_key(local, peer);
	if (local->ip.version == TARN_IP_NONE)
		ret_key->local_ip = src;
	if (local->port == 0)
		ret_key->local_port = tcp_port_for(tcp, *ret_key);
	if (ret_key->local_port == 0)
		return -EADDRNOTAVAIL;

	return conn_find(tcp, ret_key) ? -EADDRINUSE : 0;
}

static void init_active(struct tcb *tcb)
{

	tcb->iss        = tcp_isn(tcb->tcp, &tcb->conn.key);
	tcb->snd.una    = tcb->iss;
	tcb->snd.nxt    = tcb->iss;
	tcb->rcv.wscale = tcb->tcp->env->config.wscale;
	tcb->rcv.mss    = tcp_own_mss(tcb->tcp, &tcb->conn.key, &tcb->settings);
	recovery_init(tcb);
}

int tcp_open_active(struct tcp *tcp, const struct tarn_addr *local,
                    const struct tarn_addr *peer,
                    const struct tcp_settings *settings, struct tcb **ret)
{
	struct conn_key key;
	struct tcb *tcb;
	int error;

	error = choose_key(tcp, local, peer, &key);
	if (error < 0)
		return error;
	tcb = tcb_create(tcp, &key, settings);
	if (!tcb)
		return -ENOMEM;
	error = conn_insert(tcp, &tcb->conn);
	if (error < 0) {
		tcb_free(tcb);
		return error;
	}

	init_active(tcb);
	tcp_set_state(tcb, TCPS_SYN_SENT, WHY_CALL_CONNECT);
	tcp_owe(tcb, WHY_SYN);
	*ret = tcb;

	return 0;
}
