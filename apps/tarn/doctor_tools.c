/* SPDX-License-Identifier: MIT */
/*
 * doctor_tools.c - the programs that belong to it
 *
 * None of them is needed to run Tarn, and no compiler either: they are what one
 * looks at it with.
 */
#include "apps/tarn/doctor.h"
#include "base/bytes.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WIRESHARK_MIN 3 /* reads journal rows between the frames */
#define PROFILE       ".config/wireshark/profiles/tarn"

static int64_t has_libpcap(void)
{
#ifdef TARN_HAVE_PCAP
	return 0;
#else
	return 1;
#endif
}

static void check_libpcap(struct doctor *doctor)
{
	if (doctor_probe(doctor, "libpcap", has_libpcap) == 0)
		doctor_good(doctor, "libpcap", "built in");
	else
		doctor_finds(doctor, false, "libpcap",
		             "sudo apt install libpcap-dev, and make again",
		             "not built in: no pcap: and file: links");
}

/* ---- the laboratory ---- */

static bool find_lab(const struct doctor *doctor)
{
	char path[PATH_MAX + 16];
	ssize_t len;
	char *slash;

	if (doctor->root[0])
		return doctor_program(doctor, "tarn-lab", path);
	len = readlink("/proc/self/exe", path, PATH_MAX);
	if (len <= 0)
		return false;
	path[len] = '\0';
	slash     = strrchr(path, '/');
	if (!slash)
		return false;
	memcpy(slash, "/tarn-lab", sizeof("/tarn-lab"));

	return access(path, X_OK) == 0;
}

static void check_lab(struct doctor *doctor)
{
	if (find_lab(doctor))
		doctor_good(doctor, "tarn-lab",
		            "beside tarn; lessons need no root, no network and "
		            "no compiler");
	else
		doctor_finds(doctor, false, "tarn-lab",
		             "make, which builds both",
		             "not beside tarn: `tarn lab --without RULE` "
		             "needs it, the other lessons do not");
}

/* ---- Wireshark ---- */

/* "TShark (Wireshark) 4.0.11 (Git ...": the first number with a point. */
static bool version_of(const char *path, char ret[DOCTOR_TEXT_LEN])
{
	char command[DOCTOR_PATH_LEN + 32], line[DOCTOR_TEXT_LEN] = "";
	const char *at;
	FILE *pipe;

	/* The name comes from PATH, and the user ran us with it: nothing of it
	 * is for the shell to read. */
	if (strchr(path, '\''))
		return false;
	snprintf(command, sizeof(command), "'%s' --version 2>/dev/null", path);
	pipe = popen(command, "re"); /* quoted. NOLINT(cert-env33-c) */
	if (!pipe)
		return false;
	if (!fgets(line, sizeof(line), pipe))
		line[0] = '\0';
	pclose(pipe);
	at = strpbrk(line, "0123456789");
	if (!at)
		return false;
	snprintf(ret, DOCTOR_TEXT_LEN, "%.*s", (int)strspn(at, "0123456789."),
	         at);

	return true;
}

static void check_wireshark(struct doctor *doctor, const char *name)
{
	char path[DOCTOR_PATH_LEN], cure[64], version[DOCTOR_TEXT_LEN];

	snprintf(cure, sizeof(cure), "sudo apt install %s", name);
	if (!doctor_program(doctor, name, path))
		doctor_finds(doctor, false, name, cure,
		             "not installed: it shows the reasons in captures");
	else if (!version_of(path, version))
		doctor_finds(doctor, false, name, cure,
		             "%s does not say its version", path);
	else if (strtol(version, NULL, 10) < WIRESHARK_MIN)
		doctor_finds(doctor, false, name, cure,
		             "version %s does not read the rows between the "
		             "frames; %d can",
		             version, WIRESHARK_MIN);
	else
		doctor_good(doctor, name, "version %s", version);
}

static void check_profile(struct doctor *doctor)
{
	const char *home = doctor->root[0] ? "/home" : getenv("HOME");
	char path[DOCTOR_PATH_LEN];

	snprintf(path, sizeof(path), "%s%s/" PROFILE, doctor->root,
	         home ? home : "");
	if (access(path, F_OK) == 0)
		doctor_good(doctor, "Wireshark profile", "installed");
	else
		doctor_finds(doctor, false, "Wireshark profile",
		             "copy docs/wireshark/tarn to ~/" PROFILE,
		             "not installed: columns for state, reason and "
		             "cwnd");
}

/* ---- the rest ---- */

static void check_program(struct doctor *doctor, const char *name,
                          const char *package, const char *what)
{
	char path[DOCTOR_PATH_LEN], cure[64];

	snprintf(cure, sizeof(cure), "sudo apt install %s", package);
	if (doctor_program(doctor, name, path))
		doctor_good(doctor, name, "%s", path);
	else
		doctor_finds(doctor, false, name, cure, "not installed: %s",
		             what);
}

void doctor_tools(struct doctor *doctor)
{
	check_libpcap(doctor);
	check_lab(doctor);
	check_wireshark(doctor, "wireshark");
	check_wireshark(doctor, "tshark");
	check_profile(doctor);
	check_program(doctor, "ip", "iproute2",
	              "it makes a TAP that stays, and shows links");
	check_program(doctor, "curl", "curl", "the other side of `tarn serve`");
}
