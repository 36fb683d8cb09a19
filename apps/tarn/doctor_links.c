/* SPDX-License-Identifier: MIT */
/*
 * doctor_links.c - the links that are here, and what could be wrong with them
 *
 * A TAP that is down or somebody else's, and a veth whose sums are left for
 * hardware to finish: what people look for longest.
 */
#include "apps/tarn/doctor.h"
#include "base/bytes.h"
#include "drivers/control_dir.h"
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define CLASS_NET      "/sys/class/net"
#define TUN_FLAG_TAP   2 /* IFF_TAP of linux/if_tun.h */
#define INTERFACES_MAX 64

/** struct interfaces - the names that /sys/class/net has */
struct interfaces {
	unsigned count;
	char name[INTERFACES_MAX][IFNAMSIZ];
};

static void list_interfaces(const struct doctor *doctor, struct interfaces *ret)
{
	char path[DOCTOR_PATH_LEN];
	DIR *dir = opendir(doctor_path(doctor, CLASS_NET, path));
	const struct dirent *entry;

	ret->count = 0;
	/* cppcheck-suppress readdirCalled ; the stream is this function's own */
	while (dir && ret->count < INTERFACES_MAX && (entry = readdir(dir))) {
		const size_t len = strlen(entry->d_name);

		if (entry->d_name[0] != '.' && len < IFNAMSIZ)
			memcpy(ret->name[ret->count++], entry->d_name, len + 1);
	}
	if (dir)
		closedir(dir);
}

static int64_t attribute(const struct doctor *doctor, const char *interface,
                         const char *name, int64_t otherwise)
{
	char path[DOCTOR_TEXT_LEN];

	snprintf(path, sizeof(path), CLASS_NET "/%s/%s", interface, name);

	return doctor_number(doctor, path, otherwise);
}

/* ---- TAP devices ---- */

static int64_t user_id(void)
{
	return geteuid();
}

static void check_tap(struct doctor *doctor, const char *tap)
{
	const int64_t me    = doctor_probe(doctor, "uid", user_id);
	const int64_t owner = attribute(doctor, tap, "owner", -1);
	char cure[DOCTOR_TEXT_LEN];

	if (!(attribute(doctor, tap, "flags", 0) & IFF_UP)) {
		snprintf(cure, sizeof(cure), "sudo ip link set %s up", tap);
		doctor_finds(doctor, true, tap, cure, "a TAP that is down");
	} else if (me != 0 && owner >= 0 && owner != me) {
		snprintf(cure, sizeof(cure),
		         "sudo ip tuntap del %s mode tap && sudo ip tuntap "
		         "add %s mode tap user $USER",
		         tap, tap);
		doctor_finds(doctor, true, tap, cure,
		             "a TAP that belongs to user %" PRId64, owner);
	} else {
		doctor_good(doctor, tap, "a TAP that is up");
	}
}

static void check_taps(struct doctor *doctor,
                       const struct interfaces *interfaces)
{
	unsigned count = 0;

	for (unsigned i = 0; i < interfaces->count; i++) {
		const char *name = interfaces->name[i];

		if (!(attribute(doctor, name, "tun_flags", 0) & TUN_FLAG_TAP))
			continue;
		check_tap(doctor, name);
		count++;
	}
	if (count == 0)
		doctor_good(doctor, "TAP",
		            "there is none, and `tarn shell` makes its own");
}

/* ---- checksums that nobody finishes ---- */

/* Does the kernel leave checksums of what it sends there to hardware? */
static bool sends_unfinished(const char *name)
{
	struct ethtool_value value = { .cmd = ETHTOOL_GTXCSUM };
	struct ifreq request       = { .ifr_data = (void *)&value };
	const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int rc       = -1;

	if (fd < 0)
		return false;
	memcpy(request.ifr_name, name, strlen(name) + 1);
	rc = ioctl(fd, SIOCETHTOOL, &request);
	close(fd);

	return rc == 0 && value.data != 0;
}

static bool is_unfinished(const struct doctor *doctor, const char *name)
{
	char probe[DOCTOR_TEXT_LEN];

	if (!doctor->root[0])
		return sends_unfinished(name);
	snprintf(probe, sizeof(probe), "/probe/offload-%s", name);

	return doctor_number(doctor, probe, 0) != 0;
}

/* One end of a pair: what it is linked to is not itself. */
static bool is_veth(const struct doctor *doctor, const char *name)
{
	const int64_t link = attribute(doctor, name, "iflink", 0);

	return link > 0 && link != attribute(doctor, name, "ifindex", link);
}

static void check_offload(struct doctor *doctor,
                          const struct interfaces *interfaces)
{
	char cure[DOCTOR_TEXT_LEN];
	unsigned count = 0;

	for (unsigned i = 0; i < interfaces->count; i++) {
		const char *name = interfaces->name[i];

		if (!is_veth(doctor, name) || !is_unfinished(doctor, name))
			continue;
		snprintf(cure, sizeof(cure),
		         "sudo ethtool -K %s tx off tso off gso off", name);
		doctor_finds(doctor, false, name, cure,
		             "sends with unfinished checksums, so a Tarn with "
		             "--link pcap: at its other end drops everything");
		count++;
	}
	if (count == 0)
		doctor_good(doctor, "checksum offload",
		            "no virtual link sends unfinished checksums");
}

/* ---- where instances can be asked ---- */

static int64_t use_control_dir(void)
{
	struct control_path dir;

	return -control_dir(true, &dir);
}

static void check_control_dir(struct doctor *doctor)
{
	const int error =
	        (int)doctor_probe(doctor, "control-dir", use_control_dir);

	if (error)
		doctor_finds(doctor, true, "tarn ss",
		             "set " CONTROL_DIR_VARIABLE
		             " to a directory of your own with mode 0700",
		             "instances cannot be found: %s", strerror(error));
	else
		doctor_good(doctor, "tarn ss",
		            "running instances can be asked");
}

void doctor_links(struct doctor *doctor)
{
	struct interfaces interfaces;

	list_interfaces(doctor, &interfaces);
	check_taps(doctor, &interfaces);
	check_offload(doctor, &interfaces);
	check_control_dir(doctor);
}
