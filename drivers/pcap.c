/* SPDX-License-Identifier: MIT */
/*
 * pcap.c - libpcap: a live interface of this host, or a capture file
 *
 * Live, three parties see each frame of the wire: the host's kernel, which
 * takes what is for its own MAC; libpcap, which shows us copies of all; and
 * we, who take what is for ours. So the interface is promiscuous (our MAC is
 * not in its filter), the kernel's filter machine keeps the copies to those
 * that concern us, and only what comes in counts: libpcap would show us our
 * own frames again.
 *
 * A file is a wire on which everything has already been said.
 */
#include "drivers/pcap.h"
#include <errno.h>
#include <stdio.h>

#ifndef TARN_HAVE_PCAP

static int say_missing(char error[LINK_ERROR_LEN])
{
	snprintf(error, LINK_ERROR_LEN,
	         "this tarn was built without libpcap; install libpcap-dev "
	         "and run make again, or use tap:NAME");
	return -ENOTSUP;
}

int pcap_link_live(const char *name, const struct link_options *options,
                   struct link *ret, char error[LINK_ERROR_LEN])
{
	(void)name, (void)options, (void)ret;
	return say_missing(error);
}

int pcap_link_file(const char *path, const struct link_options *options,
                   struct link *ret, char error[LINK_ERROR_LEN])
{
	(void)path, (void)options, (void)ret;
	return say_missing(error);
}

#else

#include "drivers/netns.h"
#include "wire/eth.h"
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

#define PCAP_FRAME_LEN_MAX   65536
#define PCAP_BUFFER_LEN      (4 << 20) /* of the kernel, for bursts */
#define PCAP_FILTER_TEXT_LEN 96

struct pcap_link {
	pcap_t *pcap;
	uint8_t frame[PCAP_FRAME_LEN_MAX]; /* pcap_inject() wants one piece */
};

static ssize_t pcap_link_receive(void *link, uint8_t *buf, size_t size)
{
	struct pcap_link *pl = link;
	struct pcap_pkthdr *head;
	const u_char *data;

	switch (pcap_next_ex(pl->pcap, &head, &data)) {
	case 1:
		memcpy(buf, data, head->caplen < size ? head->caplen : size);
		/* What the file's snapshot length cut off is not there. */
		return head->caplen;
	case 0:
		return 0;
	case PCAP_ERROR_BREAK:
		return -ENODATA; /* the end of the file */
	default:
		fprintf(stderr, "tarn: %s\n", pcap_geterr(pl->pcap));
		return -EIO;
	}
}

static int pcap_link_transmit(void *link, const struct tarn_slice *part,
                              unsigned part_count)
{
	struct pcap_link *pl = link;
	size_t len           = 0;

	for (unsigned i = 0; i < part_count; i++) {
		if (part[i].len > sizeof(pl->frame) - len)
			return -EMSGSIZE;
		memcpy(pl->frame + len, part[i].data, part[i].len);
		len += part[i].len;
	}

	return pcap_inject(pl->pcap, pl->frame, len) < 0 ? -ENOBUFS : 0;
}

static int discard(void *link, const struct tarn_slice *part,
                   unsigned part_count)
{
	(void)link, (void)part, (void)part_count;
	return 0;
}

static void pcap_link_close(void *state)
{
	struct pcap_link *pl = state;

	pcap_close(pl->pcap);
	free(pl);
}

static const struct tarn_link_ops live_ops = {
	.receive  = pcap_link_receive,
	.transmit = pcap_link_transmit,
};

static const struct tarn_link_ops file_ops = {
	.receive  = pcap_link_receive,
	.transmit = discard,
};

/* Take @pcap into a link; it must speak Ethernet. */
static int make_link(pcap_t *pcap, const char *name, struct pcap_link **ret,
                     char error[LINK_ERROR_LEN])
{
	if (pcap_datalink(pcap) != DLT_EN10MB) {
		snprintf(error, LINK_ERROR_LEN,
		         "'%s' does not carry Ethernet frames but %s; take one "
		         "that does (not any, not a tun)",
		         name,
		         pcap_datalink_val_to_description(pcap_datalink(pcap)));
		return -EMEDIUMTYPE;
	}

	*ret = malloc(sizeof(**ret));
	if (!*ret) {
		snprintf(error, LINK_ERROR_LEN,
		         "no memory for the link; end other programs");
		return -ENOMEM;
	}
	(*ret)->pcap = pcap;

	return 0;
}

/* ---- live ---- */

static int refuse_loopback(const char *name, char error[LINK_ERROR_LEN])
{
	if (!netns_is_loopback(name))
		return 0;

	snprintf(error, LINK_ERROR_LEN,
	         "'%s' leads to no other station; take an Ethernet interface, "
	         "a veth pair, or `tarn shell`",
	         name);
	return -EMEDIUMTYPE;
}

static int refuse_host_address(const struct link_options *options,
                               char error[LINK_ERROR_LEN])
{
	char text[TARN_ADDR_TEXT_LEN], owner[16];

	if (!netns_owner(&options->ip, owner))
		return 0;

	snprintf(error, LINK_ERROR_LEN,
	         "%s is this host's own address (on %s): its kernel would "
	         "answer the peers of our connections with RST; give --ip a "
	         "free address of that network",
	         tarn_ip_text(&options->ip, text), owner);
	return -EADDRINUSE;
}

static int explain_activate(pcap_t *pcap, int status, const char *name,
                            char error[LINK_ERROR_LEN])
{
	switch (status) {
	case PCAP_ERROR_NO_SUCH_DEVICE:
		snprintf(error, LINK_ERROR_LEN,
		         "there is no interface '%s'; `ip link` lists them",
		         name);
		return -ENODEV;
	case PCAP_ERROR_PERM_DENIED:
	case PCAP_ERROR_PROMISC_PERM_DENIED:
		snprintf(error, LINK_ERROR_LEN,
		         "no permission to capture on '%s'; run it with sudo, "
		         "or once: sudo setcap cap_net_raw,cap_net_admin+ep "
		         "TARN, or use `tarn shell`",
		         name);
		return -EPERM;
	case PCAP_ERROR_IFACE_NOT_UP:
		snprintf(error, LINK_ERROR_LEN,
		         "interface '%s' is down; sudo ip link set %s up", name,
		         name);
		return -ENETDOWN;
	default:
		snprintf(error, LINK_ERROR_LEN,
		         "cannot capture on '%s': %s; `tcpdump -i %s` should "
		         "work first",
		         name, pcap_geterr(pcap), name);
		return -EIO;
	}
}

static int activate(pcap_t *pcap, const char *name, char error[LINK_ERROR_LEN])
{
	int rc;

	pcap_set_snaplen(pcap, PCAP_FRAME_LEN_MAX);
	pcap_set_promisc(pcap, 1);
	pcap_set_immediate_mode(pcap, 1);
	pcap_set_buffer_size(pcap, PCAP_BUFFER_LEN);

	rc = pcap_activate(pcap); /* above zero: a warning */
	if (rc == PCAP_ERROR && strstr(pcap_geterr(pcap), "not permitted"))
		rc = PCAP_ERROR_PERM_DENIED;

	return rc < 0 ? explain_activate(pcap, rc, name, error) : 0;
}

/* Only what comes in, for our MAC or for all. */
static int set_filter(pcap_t *pcap, const uint8_t mac[ETH_ADDR_LEN])
{
	char text[PCAP_FILTER_TEXT_LEN];
	struct bpf_program program;
	int rc;

	snprintf(text, sizeof(text),
	         "ether broadcast or ether dst %02x:%02x:%02x:%02x:%02x:%02x",
	         mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
	if (pcap_setdirection(pcap, PCAP_D_IN) < 0 ||
	    pcap_compile(pcap, &program, text, 1, PCAP_NETMASK_UNKNOWN) < 0)
		return -EIO;
	rc = pcap_setfilter(pcap, &program);
	pcap_freecode(&program);

	return rc < 0 ? -EIO : 0;
}

int pcap_link_live(const char *name, const struct link_options *options,
                   struct link *ret, char error[LINK_ERROR_LEN])
{
	char reason[PCAP_ERRBUF_SIZE];
	struct pcap_link *pl;
	pcap_t *pcap;
	int rc;

	rc = refuse_host_address(options, error);
	if (!rc)
		rc = refuse_loopback(name, error);
	if (rc)
		return rc;

	pcap = pcap_create(name, reason);
	if (!pcap) {
		snprintf(error, LINK_ERROR_LEN,
		         "cannot open '%s': %s; `ip "
		         "link` lists the interfaces",
		         name, reason);
		return -EIO;
	}

	rc = activate(pcap, name, error);
	if (!rc)
		rc = make_link(pcap, name, &pl, error);
	if (rc)
		goto fail;
	if (set_filter(pcap, options->mac) < 0 ||
	    pcap_setnonblock(pcap, 1, reason) < 0) {
		snprintf(error, LINK_ERROR_LEN,
		         "cannot set up the capture on '%s': %s; `tcpdump -Q "
		         "in -i %s` should work first",
		         name, pcap_geterr(pcap), name);
		rc = -EIO;
		free(pl);
		goto fail;
	}

	*ret = (struct link){
		.ops   = &live_ops,
		.state = pl,
		.fd    = pcap_get_selectable_fd(pcap),
		.close = pcap_link_close,
	};

	return 0;
fail:
	pcap_close(pcap);
	return rc;
}

/* ---- file ---- */

int pcap_link_file(const char *path, const struct link_options *options,
                   struct link *ret, char error[LINK_ERROR_LEN])
{
	char reason[PCAP_ERRBUF_SIZE];
	struct pcap_link *pl;
	pcap_t *pcap;
	int rc;

	(void)options;
	errno = 0;
	pcap  = pcap_open_offline(path, reason);
	if (!pcap) {
		rc = errno == ENOENT || errno == EACCES ? -errno : -EBADMSG;
		snprintf(error, LINK_ERROR_LEN,
		         "cannot read '%s': %s; give a pcap or pcapng file, as "
		         "`tcpdump -w` and --capture write them",
		         path, reason);
		return rc;
	}

	rc = make_link(pcap, path, &pl, error);
	if (rc) {
		pcap_close(pcap);
		return rc;
	}
	*ret = (struct link){
		.ops       = &file_ops,
		.state     = pl,
		.fd        = -1,
		.is_finite = true,
		.close     = pcap_link_close,
	};

	return 0;
}

#endif
