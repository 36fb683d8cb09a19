/* SPDX-License-Identifier: MIT */
/*
 * goodput_end.c - one end of a measured transfer, the kernel's or Tarn's
 *
 *	goodput_end [--tarn LINK --ip ADDRESS[/N]] [--congestion NAME]
 *	            (--listen | --connect ADDRESS)
 *	            (--send FILE --seconds S | --receive)
 *
 * For tools/bench-goodput: the same program does the same on both kinds of
 * stack, so that what differs is the stack. The sender sends FILE, over and
 * over, for S seconds, closes, and waits for the receiver to close. Nobody
 * sets a buffer size. At its end each side prints one line:
 *
 *	OCTETS MICROSECONDS RETRANSMITS SHA256
 *
 * The time is the receiver's, from the first octet to the end of the stream;
 * sums are formed afterwards, when they cost the transfer nothing.
 */
#include "drivers/host.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define GOODPUT_PORT 5001
#define CHUNK_LEN    65536
#define RECEIVED_MAX (2ull << 30) /* octets kept for the sum */

struct end {
	const char *tarn_link; /* NULL: the kernel's stack */
	const char *tarn_ip, *peer, *congestion;
	double seconds;
	bool is_sender;
	uint8_t *data; /* the file, or what was received */
	size_t file_len;
	uint64_t octets, begun_us, ended_us, retransmits;
};

static uint64_t now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);

	return (uint64_t)ts.tv_sec * 1000000u + (uint64_t)ts.tv_nsec / 1000u;
}

_Noreturn static void die(const char *what, int error)
{
	fprintf(stderr, "goodput_end: %s: %s\n", what, strerror(error));
	exit(EXIT_FAILURE);
}

static void must(const char *what, long rc)
{
	if (rc < 0)
		die(what, errno);
}

/* ---- What both kinds do ---- */

static bool is_time_left(const struct end *end)
{
	return (double)(now_us() - end->begun_us) < end->seconds * 1e6;
}

/* What to send next. The first octet starts the clock. */
static const uint8_t *next_chunk(struct end *end, size_t *ret_len)
{
	const size_t at = end->octets % end->file_len;

	if (end->begun_us == 0)
		end->begun_us = now_us();
	*ret_len =
	        end->file_len - at < CHUNK_LEN ? end->file_len - at : CHUNK_LEN;

	return end->data + at;
}

static uint8_t *room_for_chunk(struct end *end)
{
	if (end->octets + CHUNK_LEN > RECEIVED_MAX)
		die("more than can be kept for the sum", EFBIG);

	return end->data + end->octets;
}

/* Return: false at the end of the stream */
static bool took(struct end *end, ssize_t len)
{
	end->ended_us = now_us();
	if (len == 0)
		return false;
	if (end->begun_us == 0)
		end->begun_us = end->ended_us;
	end->octets += (uint64_t)len;

	return true;
}

static void say_ready(void)
{
	puts("ready");
	fflush(stdout);
}

/* ---- The kernel ---- */

static int kernel_open(const struct end *end)
{
	const int one         = 1;
	const int fd          = socket(AF_INET, SOCK_STREAM, 0);
	struct sockaddr_in at = { .sin_family = AF_INET,
		                  .sin_port   = htons(GOODPUT_PORT) };
	int connection;

	must("socket", fd);
	must("SO_REUSEADDR",
	     setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)));
	must("TCP_CONGESTION",
	     setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, end->congestion,
	                (socklen_t)strlen(end->congestion)));
	if (end->peer) {
		if (inet_pton(AF_INET, end->peer, &at.sin_addr) != 1)
			die(end->peer, EINVAL);
		must("connect",
		     connect(fd, (struct sockaddr *)&at, sizeof(at)));
		return fd;
	}
	must("bind", bind(fd, (struct sockaddr *)&at, sizeof(at)));
	must("listen", listen(fd, 1));
	say_ready();
	connection = accept(fd, NULL, NULL);
	must("accept", connection);
	close(fd);

	return connection;
}

static void kernel_send(struct end *end, int fd)
{
	struct tcp_info info = { 0 };
	socklen_t info_len   = sizeof(info);
	const uint8_t *chunk;
	uint8_t octet;
	ssize_t sent;
	size_t len;

	do {
		chunk = next_chunk(end, &len);
		sent  = send(fd, chunk, len, 0);
		must("send", sent);
		end->octets += (uint64_t)sent;
	} while (is_time_left(end));

	must("shutdown", shutdown(fd, SHUT_WR));
	must("the receiver's close", recv(fd, &octet, 1, 0));
	end->ended_us = now_us();
	must("TCP_INFO",
	     getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &info_len));
	end->retransmits = info.tcpi_total_retrans;
}

static void kernel_receive(struct end *end, int fd)
{
	ssize_t len;

	do {
		len = recv(fd, room_for_chunk(end), CHUNK_LEN, 0);
		must("recv", len);
	} while (took(end, len));
}

static void kernel_run(struct end *end)
{
	const int fd = kernel_open(end);

	if (end->is_sender)
		kernel_send(end, fd);
	else
		kernel_receive(end, fd);
	close(fd);
}

/* ---- Tarn ---- */

static int64_t tarn_must(const char *what, int64_t rc)
{
	if (rc < 0)
		die(what, (int)-rc);

	return rc;
}

static struct host *tarn_host(const struct end *end)
{
	struct host_options options = { .link       = end->tarn_link,
		                        .prefix_len = 24 };
	char error[LINK_ERROR_LEN];
	struct host *host;

	tarn_must("--ip", tarn_ip_parse(end->tarn_ip, &options.ip));
	if (host_open(&options, &host, error) < 0) {
		fprintf(stderr, "goodput_end: %s\n", error);
		exit(EXIT_FAILURE);
	}

	return host;
}

static int tarn_open(const struct end *end, struct host *host)
{
	struct tarn_addr at = { .port = GOODPUT_PORT };
	struct tarn *t      = host_stack(host);
	int fd, rc, connection;

	fd = (int)tarn_must("socket", tarn_socket(t, TARN_STREAM));
	tarn_must("TCP_CONGESTION",
	          tarn_setsockopt(t, fd, TARN_TCP_CONGESTION, end->congestion,
	                          strlen(end->congestion)));
	if (end->peer) {
		tarn_must(end->peer, tarn_ip_parse(end->peer, &at.ip));
		rc = tarn_connect(t, fd, &at);
		if (rc != -EINPROGRESS)
			die("connect", -rc);
		return fd;
	}
	tarn_must("bind", tarn_bind(t, fd, &at));
	tarn_must("listen", tarn_listen(t, fd, 1));
	say_ready();
	while ((connection = tarn_accept(t, fd, NULL)) == -EAGAIN)
		tarn_must("the link", host_step(host, TARN_NEVER));
	tarn_must("accept", connection);
	tarn_close(t, fd);

	return connection;
}

static void tarn_send_all(struct end *end, struct host *host, int fd)
{
	struct tarn *t = host_stack(host);
	const uint8_t *chunk;
	ssize_t rc;
	size_t len;

	do {
		chunk = next_chunk(end, &len);
		rc    = tarn_send(t, fd, chunk, len, 0);
		if (rc == -EAGAIN || rc == -ENOTCONN) {
			tarn_must("the link", host_step(host, TARN_NEVER));
			continue;
		}
		end->octets += (uint64_t)tarn_must("send", rc);
	} while (is_time_left(end));
}

static void tarn_finish(struct end *end, struct host *host, int fd)
{
	struct tarn *t = host_stack(host);
	struct tarn_tcp_info info;
	uint8_t octet;
	ssize_t rc;

	tarn_must("shutdown", tarn_shutdown(t, fd, TARN_SHUT_WR));
	while ((rc = tarn_recv(t, fd, &octet, 1, 0)) == -EAGAIN)
		tarn_must("the link", host_step(host, TARN_NEVER));
	tarn_must("the receiver's close", rc);
	end->ended_us = now_us();
	tarn_must("TCP_INFO",
	          tarn_getsockopt(t, fd, TARN_TCP_INFO, &info, sizeof(info)));
	end->retransmits = info.retransmits;
}

static void tarn_receive(struct end *end, struct host *host, int fd)
{
	struct tarn *t = host_stack(host);
	ssize_t len;

	do {
		while ((len = tarn_recv(t, fd, room_for_chunk(end), CHUNK_LEN,
		                        0)) == -EAGAIN)
			tarn_must("the link", host_step(host, TARN_NEVER));
		tarn_must("recv", len);
	} while (took(end, len));
}

static void tarn_run(struct end *end)
{
	struct host *host = tarn_host(end);
	const int fd      = tarn_open(end, host);

	if (end->is_sender) {
		tarn_send_all(end, host, fd);
		tarn_finish(end, host, fd);
	} else {
		tarn_receive(end, host, fd);
	}
	tarn_close(host_stack(host), fd);
	host_drain(host, 5000000);
	host_close(host);
}

/* ---- The whole ---- */

static void read_file(struct end *end, const char *path)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat stat;

	must(path, fd);
	must(path, fstat(fd, &stat));
	end->file_len = (size_t)stat.st_size;
	end->data     = mmap(NULL, end->file_len, PROT_READ,
	                     MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (end->data == MAP_FAILED)
		die(path, errno);
	close(fd);
}

/* The sum of what went through this end, however often the file is in it. */
static void tell(const struct end *end)
{
	const uint64_t period = end->is_sender ? end->file_len : RECEIVED_MAX;
	uint64_t at           = 0;
	FILE *sum;

	printf("%llu %llu %llu ", (unsigned long long)end->octets,
	       (unsigned long long)(end->ended_us - end->begun_us),
	       (unsigned long long)end->retransmits);
	fflush(stdout);
	/* A constant: nobody can add to it. NOLINTNEXTLINE(cert-env33-c) */
	sum = popen("sha256sum", "w");
	if (!sum)
		die("sha256sum", errno);
	while (at < end->octets) {
		const uint64_t left = end->octets - at;

		at += fwrite(end->data, 1, left < period ? left : period, sum);
		if (ferror(sum))
			die("sha256sum", errno);
	}
	if (pclose(sum) != 0)
		die("sha256sum", EIO);
}

static const struct option long_options[] = {
	{ "tarn", required_argument, NULL, 't' },
	{ "ip", required_argument, NULL, 'i' },
	{ "congestion", required_argument, NULL, 'c' },
	{ "listen", no_argument, NULL, 'l' },
	{ "connect", required_argument, NULL, 'p' },
	{ "send", required_argument, NULL, 's' },
	{ "seconds", required_argument, NULL, 'd' },
	{ "receive", no_argument, NULL, 'r' },
	{ 0 },
};

static bool read_option(struct end *end, int letter, const char *value)
{
	switch (letter) {
	case 't':
		end->tarn_link = value;
		return true;
	case 'i':
		end->tarn_ip = value;
		return true;
	case 'c':
		end->congestion = value ? value : "reno";
		return true;
	case 'l':
	case 'r':
		return true;
	case 'p':
		end->peer = value;
		return true;
	case 's':
		end->is_sender = true;
		read_file(end, value);
		return true;
	case 'd':
		end->seconds = strtod(value, NULL);
		return end->seconds > 0;
	default:
		return false;
	}
}

int main(int argc, char **argv)
{
	struct end end = { .congestion = "reno", .seconds = 1 };
	int letter;

	while ((letter = getopt_long(argc, argv, "", long_options, NULL)) >= 0)
		if (!read_option(&end, letter, optarg)) {
			fputs("usage: see tools/goodput_end.c\n", stderr);
			return 2;
		}
	if (!end.is_sender)
		end.data = mmap(NULL, RECEIVED_MAX, PROT_READ | PROT_WRITE,
		                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
		                0);
	if (end.data == MAP_FAILED)
		die("memory", errno);
	if (end.tarn_link)
		tarn_run(&end);
	else
		kernel_run(&end);
	tell(&end);

	return EXIT_SUCCESS;
}
