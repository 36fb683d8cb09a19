/* SPDX-License-Identifier: MIT */
/*
 * forge.c - frames of nobody's stack: attackers, old duplicates, floods
 *
 *	forge A->B R seq B.rcv.nxt+10		a TCP segment that seems A's
 *	forge A->B A seq 1 ack 1 text "evil" sport 40000 dport 80
 *	forge A->B icmp 3 1			an error about B's last packet
 *	forge A->B arp 66			"A's address is at ...:66"
 *	flood B:80 20 every 1ms			SYNs from addresses that nobody has
 *	replay A data#2				a copy the network had kept
 *
 * Flags are letters: S F R P A U. A value is a number or END.VARIABLE with
 * snd.una, snd.nxt, rcv.nxt, iss or irs, and + or - a number. Ports are
 * those of the end's latest connection unless they are given.
 */
#include "base/bytes.h"
#include "base/checksum.h"
#include "tools/lab/stage_state.h"
#include "tools/lab/words.h"
#include "wire/arp.h"
#include "wire/eth.h"
#include "wire/icmp.h"
#include "wire/ip4.h"
#include <errno.h>
#include <stdlib.h>

#define TEXT_LEN_MAX   1460u
#define WINDOW_DEFAULT 65535
#define TTL_DEFAULT    64
#define HEADERS_LEN    (ETH_HDR_LEN + IP4_HDR_LEN)
#define FLOOD_PORT     1024
#define FLOOD_PORTS    60000u
#define FLOOD_HOSTS    250u

struct forged {
	unsigned from, to;
	struct tarn_ip src;
	struct tcp_hdr tcp;
	const char *text;
	size_t text_len;
};

/* ---- Values ------------------------------------------------------------- */

static bool variable(const struct tarn_note *note, const char *name, size_t len,
                     uint32_t *ret)
{
	const struct {
		const char *name;
		uint32_t value;
	} known[] = {
		{ "snd.una", note->now.snd_una },
		{ "snd.nxt", note->now.snd_nxt },
		{ "rcv.nxt", note->now.rcv_nxt },
		{ "iss", note->iss },
		{ "irs", note->irs },
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (strlen(known[i].name) == len &&
		    memcmp(known[i].name, name, len) == 0) {
			*ret = known[i].value;
			return true;
		}

	return false;
}

/* "B.rcv.nxt+10" */
static bool value_of(const struct stage *stage, const char *word, uint32_t *ret)
{
	const unsigned end = word[0] == 'B';
	size_t len;
	uint64_t number;

	if (words_number(word, UINT32_MAX, &number)) {
		*ret = (uint32_t)number;
		return true;
	}
	if ((word[0] != 'A' && word[0] != 'B') || word[1] != '.')
		return false;
	word += 2;
	len = strcspn(word, "+-");
	if (!variable(&stage->view[end].note, word, len, ret))
		return false;
	if (!word[len])
		return true;
	if (!words_number(word + len + 1, UINT32_MAX, &number))
		return false;
	*ret += word[len] == '+' ? (uint32_t)number : -(uint32_t)number;

	return true;
}

/* ---- Frames ------------------------------------------------------------- */

static void put_headers(struct stage *stage, const struct forged *forged,
                        uint8_t proto, uint8_t *frame, size_t payload_len)
{
	struct eth_hdr eth       = { .type = ETH_TYPE_IP4 };
	const struct ip4_hdr ip4 = {
		.hdr_len       = IP4_HDR_LEN,
		.total_len     = (uint16_t)(IP4_HDR_LEN + payload_len),
		.id            = ++stage->ip_id,
		.dont_fragment = true,
		.ttl           = TTL_DEFAULT,
		.proto         = proto,
		.src           = forged->src,
		.dst           = stage_ip(forged->to),
	};

	stage_mac(forged->to, eth.dst);
	stage_mac(forged->from, eth.src);
	eth_hdr_write(frame, &eth);
	ip4_hdr_write(frame + ETH_HDR_LEN, &ip4);
}

static void send_tcp(struct stage *stage, const struct forged *forged)
{
	uint8_t frame[HEADERS_LEN + TCP_HDR_LEN_MAX + TEXT_LEN_MAX];
	uint8_t *tcp             = frame + HEADERS_LEN;
	const size_t text        = MIN(forged->text_len, TEXT_LEN_MAX);
	const size_t hdr         = tcp_hdr_write(tcp, &forged->tcp);
	const struct tarn_ip dst = stage_ip(forged->to);
	uint64_t sum;

	put_headers(stage, forged, IP_PROTO_TCP, frame, hdr + text);
	if (text)
		memcpy(tcp + hdr, forged->text, text);
	put_be16(tcp + 16, 0);
	sum = ip4_pseudo_sum(&forged->src, &dst, IP_PROTO_TCP, hdr + text);
	put_be16(tcp + 16, checksum_fold(checksum_add(sum, tcp, hdr + text)));
	stage_inject(stage, forged->from, NULL, frame,
	             HEADERS_LEN + hdr + text);
}

static bool flags(const char *word, struct tcp_hdr *tcp)
{
	for (; *word; word++) {
		switch (*word) {
		case 'S':
			tcp->syn = true;
			break;
		case 'F':
			tcp->fin = true;
			break;
		case 'R':
			tcp->rst = true;
			break;
		case 'P':
			tcp->psh = true;
			break;
		case 'A':
			tcp->ack_bit = true;
			break;
		case 'U':
			tcp->urg = true;
			break;
		default:
			return false;
		}
	}

	return true;
}

static bool set_key(const struct stage *stage, struct forged *forged,
                    const char *key, const char *word)
{
	struct tcp_hdr *tcp = &forged->tcp;
	uint32_t value;

	if (strcmp(key, "text") == 0) {
		forged->text     = word;
		forged->text_len = strlen(word);
		return true;
	}
	if (!value_of(stage, word, &value))
		return false;
	if (strcmp(key, "seq") == 0)
		tcp->seq = value;
	else if (strcmp(key, "ack") == 0)
		tcp->ack = value;
	else if (strcmp(key, "win") == 0)
		tcp->window = (uint16_t)value;
	else if (strcmp(key, "sport") == 0)
		tcp->src_port = (uint16_t)value;
	else if (strcmp(key, "dport") == 0)
		tcp->dst_port = (uint16_t)value;
	else
		return false;

	return true;
}

static int forge_tcp(struct stage *stage, struct forged *forged,
                     const struct step *step)
{
	const struct end_view *victim = &stage->view[forged->to];

	forged->tcp.src_port = victim->peer.port;
	forged->tcp.dst_port = victim->local.port;
	forged->tcp.window   = WINDOW_DEFAULT;
	if (!flags(step->word[1], &forged->tcp))
		return -EINVAL;
	for (unsigned i = 2; i < step->word_count; i += 2)
		if (i + 1 == step->word_count ||
		    !set_key(stage, forged, step->word[i], step->word[i + 1]))
			return -EINVAL;
	send_tcp(stage, forged);

	return 0;
}

/* An error about the last packet that the victim has sent. */
static int forge_icmp(struct stage *stage, struct forged *forged,
                      const struct step *step)
{
	uint8_t frame[HEADERS_LEN + 8 + IP4_HDR_LEN + 8];
	const struct end_view *victim = &stage->view[forged->to];
	uint8_t *icmp                 = frame + HEADERS_LEN;
	const size_t quote            = IP4_HDR_LEN + 8;
	struct icmp_hdr hdr           = { 0 };
	uint64_t type, code, mtu = 0;

	if (step->word_count < 4 ||
	    !words_number(step->word[2], UINT8_MAX, &type) ||
	    !words_number(step->word[3], UINT8_MAX, &code) ||
	    (step->word_count > 4 &&
	     !words_number(step->word[4], UINT16_MAX, &mtu)) ||
	    victim->last_len < ETH_HDR_LEN + quote)
		return -EINVAL;
	hdr.type = (uint8_t)type;
	hdr.code = (uint8_t)code;
	hdr.word = (uint32_t)mtu;
	put_headers(stage, forged, IP_PROTO_ICMP, frame, 8 + quote);
	icmp_hdr_write(icmp, &hdr);
	memcpy(icmp + 8, victim->last + ETH_HDR_LEN, quote);
	put_be16(icmp + 2, 0);
	put_be16(icmp + 2, checksum_fold(checksum_add(0, icmp, 8 + quote)));
	stage_inject(stage, forged->from, NULL, frame, sizeof(frame));

	return 0;
}

/* An ARP reply that says: this end's address is at 02:54:00:00:00:NN. */
static int forge_arp(struct stage *stage, struct forged *forged,
                     const struct step *step)
{
	uint8_t frame[60]  = { 0 };
	struct eth_hdr eth = { .type = ETH_TYPE_ARP };
	struct arp_hdr arp = { .operation  = 2,
		               .sender_mac = { 0x02, 0x54 },
		               .sender_ip  = stage_ip(forged->from),
		               .target_ip  = stage_ip(forged->to) };
	uint64_t last;

	if (step->word_count != 3 ||
	    !words_number(step->word[2], UINT8_MAX, &last))
		return -EINVAL;
	arp.sender_mac[5] = (uint8_t)last;
	stage_mac(forged->to, arp.target_mac);
	memcpy(eth.src, arp.sender_mac, ETH_ADDR_LEN);
	memcpy(eth.dst, arp.target_mac, ETH_ADDR_LEN);
	eth_hdr_write(frame, &eth);
	arp_hdr_write(frame + ETH_HDR_LEN, &arp);
	stage_inject(stage, forged->from, NULL, frame, sizeof(frame));

	return 0;
}

int forge(struct stage *stage, const struct step *step)
{
	struct forged forged = { .from = LAB_A, .to = LAB_B };

	if (step->word_count < 2)
		return -EINVAL;
	if (strcmp(step->word[0], "B->A") == 0) {
		forged.from = LAB_B;
		forged.to   = LAB_A;
	} else if (strcmp(step->word[0], "A->B") != 0) {
		return -EINVAL;
	}
	forged.src = stage_ip(forged.from);
	if (strcmp(step->word[1], "icmp") == 0)
		return forge_icmp(stage, &forged, step);
	if (strcmp(step->word[1], "arp") == 0)
		return forge_arp(stage, &forged, step);

	return forge_tcp(stage, &forged, step);
}

void flood_one(struct stage *stage, const struct step *step, uint64_t number)
{
	struct forged forged = { .from = !step->peer, .to = step->peer };

	forged.src = tarn_ip4(10, 9, 77, (uint8_t)(1 + number % FLOOD_HOSTS));
	forged.tcp = (struct tcp_hdr){
		.src_port = (uint16_t)(FLOOD_PORT + number % FLOOD_PORTS),
		.dst_port = step->port,
		.seq      = (uint32_t)(number * 2654435761u),
		.syn      = true,
		.window   = WINDOW_DEFAULT,
		.opt      = { .has_mss = true, .mss = 1460 },
	};
	send_tcp(stage, &forged);
}

/* ---- Old duplicates ----------------------------------------------------- */

static bool is_selected(const struct step *step, const struct kept *kept)
{
	struct glance glance;

	if (kept->from != step->peer || kept->is_forged)
		return false;
	glance_at(kept->frame, kept->len, &glance);

	return fault_selects(step->selector, &glance);
}

int replay(struct stage *stage, const struct step *step)
{
	uint64_t left = step->count;

	for (unsigned i = 0; i < stage->kept_count; i++) {
		const struct kept *kept = &stage->kept[i];

		if (!is_selected(step, kept) || --left)
			continue;
		stage_inject(stage, kept->from, NULL, kept->frame, kept->len);
		return 0;
	}

	return -ENOENT;
}
