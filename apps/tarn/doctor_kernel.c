/* SPDX-License-Identifier: MIT */
/*
 * doctor_kernel.c - may we have a network of our own here? See doctor.h
 *
 * What forbids a private namespace has a name on each distribution: that name
 * is the useful part of the message, so each is asked for before it is tried.
 */
#include "apps/tarn/doctor.h"
#include "base/bytes.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define TUN               "/dev/net/tun"
#define CAP_NET_ADMIN     12 /* linux/capability.h */
#define CAP_NET_RAW       13
#define SECCOMP_FILTER    2              /* of /proc/self/status */
#define ADDRESS_SPACE_MIN (512ull << 20) /* a stack's budget, and the rest */
#define DESCRIPTORS_MIN   256

/* ---- /dev/net/tun ---- */

static int64_t open_tun(void)
{
	const int fd = open(TUN, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return errno;
	close(fd);

	return 0;
}

static void check_tun(struct doctor *doctor)
{
	char path[DOCTOR_PATH_LEN];
	int error = ENOENT;

	if (access(doctor_path(doctor, TUN, path), F_OK) == 0)
		error = (int)doctor_probe(doctor, "tun", open_tun);
	if (error == 0)
		doctor_good(doctor, TUN, "can be read and written");
	else if (error == EACCES || error == EPERM)
		doctor_finds(doctor, true, TUN, "sudo chmod 666 " TUN,
		             "may not be opened: %s", strerror(error));
	else
		doctor_finds(doctor, true, TUN,
		             "sudo modprobe tun; for a container give "
		             "--device " TUN,
		             "is not there: %s", strerror(error));
}

/* ---- namespaces ---- */

static int64_t user_id(void)
{
	return geteuid();
}

static bool is_root(const struct doctor *doctor)
{
	return doctor_probe(doctor, "uid", user_id) == 0;
}

static const struct restriction {
	const char *path, *name;
	bool forbids_if_set; /* else if it is 0 */
	const char *cure;
} restrictions[] = {
	{ "/proc/sys/user/max_user_namespaces", "user.max_user_namespaces",
	  false, "sudo sysctl user.max_user_namespaces=15000" },
	{ "/proc/sys/kernel/unprivileged_userns_clone",
	  "kernel.unprivileged_userns_clone", false,
	  "sudo sysctl kernel.unprivileged_userns_clone=1" },
	{ "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
	  "kernel.apparmor_restrict_unprivileged_userns", true,
	  "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0, or "
	  "`sudo tarn shell`" },
};

static void check_restriction(struct doctor *doctor,
                              const struct restriction *restriction)
{
	const int64_t value = doctor_number(doctor, restriction->path, -1);

	if (value < 0)
		doctor_good(doctor, restriction->name,
		            "this kernel has no such switch");
	else if ((value != 0) != restriction->forbids_if_set)
		doctor_good(doctor, restriction->name, "%" PRId64, value);
	else if (is_root(doctor))
		doctor_good(doctor, restriction->name,
		            "%" PRId64 ", which root need not mind", value);
	else
		doctor_finds(doctor, true, restriction->name, restriction->cure,
		             "%" PRId64 ": only root may make a namespace",
		             value);
}

static int try_unshare(void)
{
	const int flags = CLONE_NEWNET | (geteuid() ? CLONE_NEWUSER : 0);

	return unshare(flags) < 0 ? errno : 0;
}

/* In a child: what it enters, it alone is in. */
static int64_t fork_and_unshare(void)
{
	const pid_t child = fork();
	int status        = 0;

	if (child < 0)
		return errno;
	if (child == 0)
		_exit(try_unshare());
	if (waitpid(child, &status, 0) < 0 || !WIFEXITED(status))
		return ECHILD;

	return WEXITSTATUS(status);
}

static int64_t status_field(const struct doctor *doctor, const char *field,
                            int base)
{
	char path[DOCTOR_PATH_LEN], line[DOCTOR_TEXT_LEN];
	const size_t len = strlen(field);
	int64_t value    = 0;
	FILE *file;

	file = fopen(doctor_path(doctor, "/proc/self/status", path), "re");
	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file))
		if (strncmp(line, field, len) == 0 && line[len] == ':')
			value = strtoll(line + len + 1, NULL, base);
	fclose(file);

	return value;
}

static void check_namespace(struct doctor *doctor)
{
	const char *name = "private network";
	const int error =
	        (int)doctor_probe(doctor, "unshare", fork_and_unshare);
	const bool is_filtered =
	        status_field(doctor, "Seccomp", 10) == SECCOMP_FILTER;

	if (error == 0)
		doctor_good(doctor, name, "can be made%s",
		            is_root(doctor) ? "" : " without root");
	else if (error == EPERM && is_filtered)
		doctor_finds(doctor, true, name,
		             "run the container with --security-opt "
		             "seccomp=unconfined --cap-add NET_ADMIN",
		             "forbidden by a seccomp filter, as containers "
		             "have it");
	else if (error == ENOSPC)
		doctor_finds(doctor, true, name,
		             "end other containers, or raise "
		             "user.max_net_namespaces",
		             "there are too many namespaces already");
	else
		doctor_finds(doctor, true, name, "sudo tarn shell",
		             "cannot be made: %s", strerror(error));
}

/* ---- what we may, and how much ---- */

static void check_capabilities(struct doctor *doctor)
{
	const int64_t have   = status_field(doctor, "CapEff", 16);
	const int64_t wanted = BIT(CAP_NET_ADMIN) | BIT(CAP_NET_RAW);

	if ((have & wanted) == wanted)
		doctor_good(doctor, "capabilities",
		            "CAP_NET_ADMIN and CAP_NET_RAW");
	else
		doctor_finds(doctor, false, "capabilities",
		             "sudo setcap cap_net_admin,cap_net_raw+ep "
		             "$(which tarn)",
		             "no CAP_NET_ADMIN and CAP_NET_RAW, which pcap: "
		             "and making a TAP need, `tarn shell` does not");
}

static int64_t limit_of(__rlimit_resource_t what)
{
	struct rlimit limit;

	if (getrlimit(what, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY)
		return 0;

	return (int64_t)limit.rlim_cur;
}

static int64_t address_space(void)
{
	return limit_of(RLIMIT_AS);
}

static int64_t locked_memory(void)
{
	return limit_of(RLIMIT_MEMLOCK);
}

static int64_t descriptors(void)
{
	return limit_of(RLIMIT_NOFILE);
}

static void check_memory(struct doctor *doctor)
{
	const int64_t space =
	        doctor_probe(doctor, "address-space", address_space);
	const int64_t locked =
	        doctor_probe(doctor, "locked-memory", locked_memory);

	if (space && (uint64_t)space < ADDRESS_SPACE_MIN)
		doctor_finds(doctor, true, "memory", "ulimit -v unlimited",
		             "only %" PRId64 " MiB of addresses; a stack may "
		             "take 256 MiB",
		             space >> 20);
	else if (locked)
		doctor_good(doctor, "memory",
		            "no limit that matters (%" PRId64
		            " KiB may be locked, Tarn locks none)",
		            locked >> 10);
	else
		doctor_good(doctor, "memory", "no limit");
}

static void check_descriptors(struct doctor *doctor)
{
	const int64_t limit = doctor_probe(doctor, "descriptors", descriptors);

	if (limit && limit < DESCRIPTORS_MIN)
		doctor_finds(doctor, true, "descriptors", "ulimit -n 1024",
		             "only %" PRId64
		             "; each socket of the POSIX calls takes one",
		             limit);
	else if (limit)
		doctor_good(doctor, "descriptors", "%" PRId64, limit);
	else
		doctor_good(doctor, "descriptors", "no limit");
}

void doctor_kernel(struct doctor *doctor)
{
	check_tun(doctor);
	for (size_t i = 0; i < ARRAY_LEN(restrictions); i++)
		check_restriction(doctor, &restrictions[i]);
	check_namespace(doctor);
	check_capabilities(doctor);
	check_memory(doctor);
	check_descriptors(doctor);
}
