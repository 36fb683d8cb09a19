/* SPDX-License-Identifier: MIT */
/*
 * tap.c - a TAP device: Ethernet frames to and from the Linux kernel
 *
 * One read is one frame, one write is one frame. What the process before us
 * negotiated (a virtio header, its length, segmentation offload) stays with a
 * persistent device, so all of it is set at every attach. "Off" makes the kernel
 * hand over frames no longer than the interface's MTU with complete checksums,
 * which is what a capture should show.
 *
 * "On" puts a virtio-net header in front of every frame, both ways, and then a
 * frame may be a super-frame: one call moves up to 64 KiB. The kernel on the
 * other end is a host, not a wire, and takes the whole as one segment; if it
 * must send it on, it cuts it. docs/design/0035-super-frames.md
 *
 * A read into a short buffer loses the frame's length, so each read has a
 * second buffer behind the caller's that only catches what is too long.
 *
 * Linux: Documentation/networking/tuntap.rst
 */
#include "drivers/tap.h"
#include "drivers/netns.h"
#include "drivers/vnet.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#define TAP_DEVICE     "/dev/net/tun"
#define TAP_EXCESS_LEN 65536 /* the longest frame a TAP can have */
#define TAP_PARTS_MAX  4     /* a frame comes in at most three; see tarn.h */

struct tap {
	int fd;
	uint8_t excess[TAP_EXCESS_LEN]; /* never looked at */
};

static ssize_t tap_receive(void *link, uint8_t *buf, size_t size)
{
	struct tap *tap     = link;
	struct iovec iov[2] = {
		{ .iov_base = buf, .iov_len = size },
		{ .iov_base = tap->excess, .iov_len = sizeof(tap->excess) },
	};
	const ssize_t len = readv(tap->fd, iov, 2);

	if (len >= 0)
		return len;
	if (errno == EAGAIN || errno == EINTR)
		return 0;

	return -errno;
}

static void fill_iov(struct iovec *iov, const struct tarn_slice *part,
                     unsigned part_count)
{
	for (unsigned i = 0; i < part_count; i++) {
		/* writev() only reads, but its type has no const. */
		iov[i].iov_base = (void *)(uintptr_t)part[i].data;
		iov[i].iov_len  = part[i].len;
	}
}

static int tap_transmit(void *link, const struct tarn_slice *part,
                        unsigned part_count)
{
	const struct tap *tap = link;
	struct iovec iov[TAP_PARTS_MAX];

	if (part_count > TAP_PARTS_MAX)
		return -EMSGSIZE;
	fill_iov(iov, part, part_count);

	return writev(tap->fd, iov, (int)part_count) < 0 ? -errno : 0;
}

/* ---- the same with a virtio-net header in front ---- */

static ssize_t tap_receive_super(void *link, uint8_t *buf, size_t size,
                                 struct tarn_offload *ret)
{
	struct tap *tap = link;
	uint8_t hdr[VNET_HDR_LEN];
	struct iovec iov[3] = {
		{ .iov_base = hdr, .iov_len = sizeof(hdr) },
		{ .iov_base = buf, .iov_len = size },
		{ .iov_base = tap->excess, .iov_len = sizeof(tap->excess) },
	};
	const ssize_t len = readv(tap->fd, iov, 3);

	if (len >= VNET_HDR_LEN) {
		vnet_hdr_read(hdr, ret);
		return len - VNET_HDR_LEN;
	}
	if (len >= 0 || errno == EAGAIN || errno == EINTR)
		return 0;

	return -errno;
}

static int tap_transmit_super(void *link, const struct tarn_slice *part,
                              unsigned part_count,
                              const struct tarn_offload *offload)
{
	const struct tap *tap = link;
	struct iovec iov[1 + TAP_PARTS_MAX];
	uint8_t hdr[VNET_HDR_LEN];

	if (part_count > TAP_PARTS_MAX)
		return -EMSGSIZE;
	vnet_hdr_write(hdr, offload);
	iov[0].iov_base = hdr;
	iov[0].iov_len  = sizeof(hdr);
	fill_iov(iov + 1, part, part_count);

	return writev(tap->fd, iov, 1 + (int)part_count) < 0 ? -errno : 0;
}

static void tap_close(void *state)
{
	struct tap *tap = state;

	close(tap->fd);
	free(tap);
}

static const struct tarn_link_ops tap_ops = {
	.receive  = tap_receive,
	.transmit = tap_transmit,
};

static const struct tarn_super_ops tap_super_ops = {
	.receive  = tap_receive_super,
	.transmit = tap_transmit_super,
};

static int open_device(char error[LINK_ERROR_LEN])
{
	const int fd = open(TAP_DEVICE, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	const int rc = -errno;

	if (fd >= 0)
		return fd;

	if (rc == -ENOENT || rc == -ENODEV || rc == -ENXIO) {
		snprintf(error, LINK_ERROR_LEN,
		         "there is no " TAP_DEVICE " here; load it with `sudo "
		         "modprobe tun`, or start the container with "
		         "`--device " TAP_DEVICE "`");
		return -ENOENT;
	}
	if (rc == -EACCES || rc == -EPERM) {
		snprintf(error, LINK_ERROR_LEN,
		         "no permission to open " TAP_DEVICE "; run it with "
		         "sudo, or let everybody open it with `sudo chmod "
		         "666 " TAP_DEVICE "` and use `tarn shell`");
		return -EPERM;
	}
	snprintf(error, LINK_ERROR_LEN,
	         "cannot open " TAP_DEVICE ": %s; see if `sudo ip tuntap add "
	         "tap0 mode tap` works",
	         strerror(-rc));

	return rc;
}

/* Why TUNSETIFF refused, and what helps. */
static void explain_attach(const char *name, int rc, char error[LINK_ERROR_LEN])
{
	switch (rc) {
	case -EPERM:
		snprintf(error, LINK_ERROR_LEN,
		         "no permission to create or attach to the TAP '%s'; "
		         "use `tarn shell` for a private network without root, "
		         "or sudo, or `sudo ip tuntap add %s mode tap user "
		         "$USER` once",
		         name, name);
		break;
	case -EBUSY:
		snprintf(error, LINK_ERROR_LEN,
		         "the TAP '%s' is in use by another process; end it "
		         "(`sudo fuser -v " TAP_DEVICE "` shows which) or take "
		         "another name",
		         name);
		break;
	case -EINVAL:
		snprintf(error, LINK_ERROR_LEN,
		         "'%s' is no TAP device, and no name for a new one; "
		         "take one that `ip link` does not list, without '/' "
		         "or blanks",
		         name);
		break;
	default:
		snprintf(error, LINK_ERROR_LEN,
		         "cannot attach to the TAP '%s': %s; look at `dmesg`",
		         name, strerror(-rc));
		break;
	}
}

/* Everything that a device remembers is set, whatever was before. */
static int set_offloads(int fd, bool on)
{
	const unsigned long offloads = on ? TUN_F_CSUM | TUN_F_TSO4 : 0;
	int vnet_hdr_len             = VNET_HDR_LEN;
	int is_little_endian         = 1;

	if (ioctl(fd, TUNSETVNETHDRSZ, &vnet_hdr_len) < 0)
		return -errno;
	if (on && ioctl(fd, TUNSETVNETLE, &is_little_endian) < 0)
		return -errno;
	if (ioctl(fd, TUNSETOFFLOAD, offloads) < 0)
		return -errno;

	return 0;
}

static int attach(int fd, const char *name, bool offload,
                  char error[LINK_ERROR_LEN])
{
	const short vnet = offload ? IFF_VNET_HDR : 0;
	struct ifreq ifr = { .ifr_flags = (short)(IFF_TAP | IFF_NO_PI | vnet) };
	int rc;

	if (strlen(name) >= sizeof(ifr.ifr_name) || strchr(name, '%')) {
		snprintf(error, LINK_ERROR_LEN,
		         "'%s' is no interface name; give 1 to 15 characters, "
		         "as in tap:tap0",
		         name);
		return -EINVAL;
	}
	memcpy(ifr.ifr_name, name, strlen(name));

	rc = ioctl(fd, TUNSETIFF, &ifr) < 0 ? -errno : 0;
	if (!rc)
		rc = set_offloads(fd, offload);
	if (rc)
		explain_attach(name, rc, error);

	return rc;
}

/* Down, too small, without an address: mend what we may, tell the rest. */
static int prepare_interface(const char *name,
                             const struct link_options *options,
                             char error[LINK_ERROR_LEN])
{
	char text[TARN_ADDR_TEXT_LEN];
	struct tarn_ip peer;
	int rc;

	rc = netns_set_up(name);
	if (rc < 0) {
		snprintf(error, LINK_ERROR_LEN,
		         "the TAP '%s' is down and cannot be set up: %s; try "
		         "`sudo ip link set %s up`",
		         name, strerror(-rc), name);
		return rc;
	}

	if (options->mtu && netns_mtu(name) != options->mtu &&
	    netns_set_mtu(name, options->mtu) < 0)
		fprintf(stderr,
		        "tarn: %s carries %d octets, not %u: sudo ip link set "
		        "%s mtu %u\n",
		        name, netns_mtu(name), options->mtu, name,
		        options->mtu);

	if (options->ip.version == TARN_IP4 && !netns_has_address(name)) {
		peer = netns_other_host(&options->ip, options->prefix_len);
		fprintf(stderr,
		        "tarn: the kernel has no address on %s yet: sudo ip "
		        "addr add %s/%u dev %s\n",
		        name, tarn_ip_text(&peer, text), options->prefix_len,
		        name);
	}

	return 0;
}

int tap_open(const char *name, const struct link_options *options,
             struct link *ret, char error[LINK_ERROR_LEN])
{
	struct tap *tap;
	int fd, rc;

	fd = open_device(error);
	if (fd < 0)
		return fd;

	rc = attach(fd, name, options->offload, error);
	if (!rc)
		rc = prepare_interface(name, options, error);
	if (rc)
		goto fail;

	tap = malloc(sizeof(*tap));
	if (!tap) {
		snprintf(error, LINK_ERROR_LEN,
		         "no memory for the link; end other programs");
		rc = -ENOMEM;
		goto fail;
	}
	tap->fd = fd;
	*ret    = (struct link){
		   .ops       = &tap_ops,
		   .super_ops = options->offload ? &tap_super_ops : NULL,
		   .state     = tap,
		   .fd        = fd,
		   .close     = tap_close,
	};

	return 0;
fail:
	close(fd);
	return rc;
}

int tap_make(const char *name, char error[LINK_ERROR_LEN])
{
	int fd, rc;

	fd = open_device(error);
	if (fd < 0)
		return fd;

	rc = attach(fd, name, false, error);
	if (!rc && ioctl(fd, TUNSETPERSIST, 1ul) < 0) {
		rc = -errno;
		explain_attach(name, rc, error);
	}
	close(fd);

	return rc;
}
