/* SPDX-License-Identifier: MIT */
/*
 * fragment.c - a packet cut into what the link carries (RFC 791 section 3.2)
 *
 *	|IP|transport header|payload ......................|	65535 at most
 *	|IP|transport header|payload...|MF
 *	                         |IP|..............|MF	each but the last a
 *	                                        |IP|...|	multiple of 8
 *
 * Nothing is copied but the transport's header: fragments borrow the payload
 * from where the packet borrowed it.
 */
#include "base/bytes.h"
#include "base/check.h"
#include "net/net_state.h"

/* The octets [at, at + len) of what follows the IP header, as @ret's payload.
 * The transport's header, if there is one in the head of @pkt, must be copied,
 * into the head of @ret: it is shorter than the first fragment. */
static void cut(const struct pkt *pkt, size_t at, size_t len, struct pkt *ret)
{
	struct tarn_slice part[3];
	const unsigned count      = pkt_slices(pkt, part);
	const unsigned head_count = count - pkt->part_count;

	pkt_init(ret);
	ret->note = pkt->note;
	for (unsigned i = 0; i < count && len > 0; i++) {
		const uint8_t *data = part[i].data;
		const size_t skip   = MIN(at, part[i].len);
		const size_t take   = MIN(len, part[i].len - skip);

		if (i < head_count)
			memcpy(pkt_push(ret, take), data + skip, take);
		else
			pkt_payload(ret, data + skip, take);
		at -= skip;
		len -= take;
	}
}

static enum drop send_fragments(struct net *net, const struct pkt *pkt,
                                struct ip4_hdr *hdr,
                                const uint8_t dst[ETH_ADDR_LEN])
{
	const size_t total = pkt_len(pkt);
	const size_t room  = (size_t)(net->mtu - IP4_HDR_LEN) / 8 * 8;

	for (size_t at = 0; at < total; at += room) {
		const size_t len = MIN(room, total - at);
		struct pkt fragment;
		enum drop drop;

		cut(pkt, at, len, &fragment);
		hdr->offset         = (uint16_t)at;
		hdr->more_fragments = at + len < total;
		hdr->total_len      = (uint16_t)(IP4_HDR_LEN + len);
		ip4_hdr_write(pkt_push(&fragment, IP4_HDR_LEN), hdr);
		drop = ethernet_output(net, &fragment, dst, ETH_TYPE_IP4);
		if (drop != DROP_NONE)
			return drop;
	}

	return DROP_NONE;
}

enum drop fragment_output(struct net *net, struct pkt *pkt,
                          const uint8_t dst[ETH_ADDR_LEN])
{
	struct ip4_hdr hdr;
	size_t head_len;
	const uint8_t *head;

	if (pkt_len(pkt) <= net->mtu || pkt->gso_size > 0)
		return ethernet_output(net, pkt, dst, ETH_TYPE_IP4);

	/* Only the header is read; the length is what its field counts. */
	head = pkt_headers(pkt, &head_len);
	CHECK(head_len >= IP4_HDR_LEN);
	CHECK(ip4_hdr_read(head, pkt_len(pkt), &hdr) == DROP_NONE);
	pkt_pull(pkt, IP4_HDR_LEN);

	return send_fragments(net, pkt, &hdr, dst);
}
