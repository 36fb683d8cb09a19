/* SPDX-License-Identifier: MIT */
/*
 * netns.c - a network of one's own: private namespaces and their interfaces
 *
 * Who is not root may still have a network, in three steps: a user namespace,
 * in which he becomes root by mapping his own id to 0 (user_namespaces(7));
 * with it a network namespace, which that root owns; and in that one any
 * interfaces he likes. Nothing of it can be seen or reached from outside, and
 * it ends with its last process.
 *
 * Interfaces are set up by the ioctls of netdevice(7).
 */
#include "drivers/netns.h"
#include "base/bytes.h"
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- the namespace ---- */

static int write_file(const char *path, const char *text)
{
	const size_t len = strlen(text);
	const int fd     = open(path, O_WRONLY | O_CLOEXEC);
	int rc           = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, len) != (ssize_t)len)
		rc = errno ? -errno : -EIO;
	close(fd);

	return rc;
}

/* The outer user and group become root inside; setgroups() goes first, or the
 * kernel refuses the group map (CVE-2014-8989). */
static int map_to_root(uid_t uid, gid_t gid)
{
	char map[64];
	int rc;

	rc = write_file("/proc/self/setgroups", "deny");
	if (rc && rc != -ENOENT)
		return rc;

	snprintf(map, sizeof(map), "0 %u 1", (unsigned)uid);
	rc = write_file("/proc/self/uid_map", map);
	if (rc)
		return rc;

	snprintf(map, sizeof(map), "0 %u 1", (unsigned)gid);
	return write_file("/proc/self/gid_map", map);
}

static void explain_unshare(int rc, char error[LINK_ERROR_LEN])
{
	if (rc == -ENOSPC || rc == -EUSERS) {
		snprintf(error, LINK_ERROR_LEN,
		         "this machine allows no (more) user namespaces; try "
		         "`sudo sysctl user.max_user_namespaces=10000`, or "
		         "sudo");
		return;
	}
	snprintf(error, LINK_ERROR_LEN,
	         "cannot make a private network: %s; run it with sudo, or "
	         "allow user namespaces: `sudo sysctl "
	         "kernel.apparmor_restrict_unprivileged_userns=0` (Ubuntu), "
	         "`sudo sysctl kernel.unprivileged_userns_clone=1` (old "
	         "Debian), a seccomp profile that allows unshare (containers)",
	         strerror(-rc));
}

int netns_enter(char error[LINK_ERROR_LEN])
{
	const uid_t uid = geteuid();
	const gid_t gid = getegid();
	int rc          = 0;

	/* Root without the capability (a container) goes the users' way. */
	if (uid != 0 || unshare(CLONE_NEWNET) < 0) {
		if (unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
			rc = -errno;
		else
			rc = map_to_root(uid, gid);
	}
	if (rc) {
		explain_unshare(rc, error);
		return rc;
	}

	/* Where /proc/sys is read-only, IPv6's chatter is all that happens. */
	(void)write_file("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");

	return 0;
}

/* ---- interfaces ---- */

/* One request about interface @name on any socket; -ENODEV for no such name. */
static int interface_ioctl(const char *name, unsigned long request,
                           struct ifreq *ifr)
{
	int fd, rc;

	if (strlen(name) >= sizeof(ifr->ifr_name))
		return -ENODEV;
	memset(ifr->ifr_name, 0, sizeof(ifr->ifr_name));
	memcpy(ifr->ifr_name, name, strlen(name));

	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	rc = ioctl(fd, request, ifr) < 0 ? -errno : 0;
	close(fd);

	return rc;
}

int netns_set_up(const char *name)
{
	struct ifreq ifr = { 0 };
	int rc;

	rc = interface_ioctl(name, SIOCGIFFLAGS, &ifr);
	if (rc)
		return rc;
	if (ifr.ifr_flags & IFF_UP)
		return 1;

	ifr.ifr_flags = (short)(ifr.ifr_flags | IFF_UP);
	return interface_ioctl(name, SIOCSIFFLAGS, &ifr);
}

int netns_set_mac(const char *name, const uint8_t mac[6])
{
	struct ifreq ifr = { 0 };

	ifr.ifr_hwaddr.sa_family = ARPHRD_ETHER;
	memcpy(ifr.ifr_hwaddr.sa_data, mac, 6);

	return interface_ioctl(name, SIOCSIFHWADDR, &ifr);
}

int netns_set_mtu(const char *name, uint16_t mtu)
{
	struct ifreq ifr = { .ifr_mtu = mtu };

	return interface_ioctl(name, SIOCSIFMTU, &ifr);
}

int netns_mtu(const char *name)
{
	struct ifreq ifr = { 0 };
	const int rc     = interface_ioctl(name, SIOCGIFMTU, &ifr);

	return rc ? rc : ifr.ifr_mtu;
}

/* An IPv4 address as the kernel's sockaddr, inside the request. */
static void put_sockaddr(struct ifreq *ifr, const uint8_t octet[4])
{
	struct sockaddr_in sin = { .sin_family = AF_INET };

	memcpy(&sin.sin_addr, octet, sizeof(sin.sin_addr));
	memcpy(&ifr->ifr_addr, &sin, sizeof(sin));
}

static uint32_t prefix_mask(uint8_t prefix_len)
{
	return prefix_len ? UINT32_MAX << (32 - prefix_len) : 0;
}

int netns_set_address(const char *name, const struct tarn_ip *ip,
                      uint8_t prefix_len)
{
	struct ifreq ifr = { 0 };
	uint8_t mask[4];
	int rc;

	if (ip->version != TARN_IP4 || prefix_len > 32)
		return -EAFNOSUPPORT;

	put_sockaddr(&ifr, ip->octet);
	rc = interface_ioctl(name, SIOCSIFADDR, &ifr);
	if (rc)
		return rc;

	put_be32(mask, prefix_mask(prefix_len));
	put_sockaddr(&ifr, mask);
	return interface_ioctl(name, SIOCSIFNETMASK, &ifr);
}

bool netns_has_address(const char *name)
{
	struct ifreq ifr = { .ifr_addr.sa_family = AF_INET };

	return interface_ioctl(name, SIOCGIFADDR, &ifr) == 0;
}

bool netns_is_loopback(const char *name)
{
	struct ifreq ifr = { 0 };

	return interface_ioctl(name, SIOCGIFFLAGS, &ifr) == 0 &&
	       ifr.ifr_flags & IFF_LOOPBACK;
}

static bool is_address(const struct sockaddr *sa, const struct tarn_ip *ip)
{
	struct sockaddr_in sin;

	if (!sa || sa->sa_family != AF_INET)
		return false;
	memcpy(&sin, sa, sizeof(sin));

	return memcmp(&sin.sin_addr, ip->octet, sizeof(sin.sin_addr)) == 0;
}

bool netns_owner(const struct tarn_ip *ip, char ret[16])
{
	struct ifaddrs *all;
	bool is_found = false;

	if (ip->version != TARN_IP4 || getifaddrs(&all) < 0)
		return false;

	for (struct ifaddrs *at = all; at && !is_found; at = at->ifa_next) {
		is_found = is_address(at->ifa_addr, ip);
		if (is_found)
			snprintf(ret, 16, "%s", at->ifa_name);
	}
	freeifaddrs(all);

	return is_found;
}

struct tarn_ip netns_other_host(const struct tarn_ip *ip, uint8_t prefix_len)
{
	const uint32_t ours  = get_be32(ip->octet);
	struct tarn_ip other = *ip;
	uint32_t host;

	if (prefix_len >= 31) { /* no network address: the other of the two */
		put_be32(other.octet, ours ^ 1);
		return other;
	}

	host = (ours & prefix_mask(prefix_len)) + 1;
	put_be32(other.octet, host == ours ? host + 1 : host);

	return other;
}
