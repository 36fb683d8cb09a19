/* SPDX-License-Identifier: MIT */
/*
 * lossy_transfer.c - 10 MB each way arrive whole on a link that does its worst
 *
 *	A 10.9.0.1  ====  5 % loss, 5 % duplication, 10 % reordering, ====  B
 *	                  1 % single-bit corruption, 5 ms each way
 *
 * Both ends send at once and close. For every seed the streams must be equal,
 * and one seed must give the same capture twice, octet for octet.
 *
 * TARN_LOSSY_SEEDS says how many seeds (100; 10 under sanitizers),
 * TARN_LOSSY_FIRST which is the first (1), TARN_LOSSY_JOBS how many processes
 * share them (2).
 */
#include "base/bytes.h"
#include "drivers/capture.h"
#include "drivers/lab.h"
#include "tests/unit/lib/test.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define TRANSFER_OCTETS (10u << 20)
#define CHUNK_OCTETS    (64u << 10)
#define LIMIT_US        (3600ull * 1000000) /* of virtual time */
#define PORT            7777

/* Sanitizers make every octet ten times as dear. */
#ifdef TARN_TEST_BUILD
#define SEEDS 10
#else
#define SEEDS 100
#endif
#define CAPTURED_OCTETS (1u << 20)
#define JOBS_MAX        16

static uint64_t working_on; /* a seed, for messages */

/* Check's own assertions cannot leave a worker process. */
#define require(cond, ...)                                                     \
	do {                                                                   \
		if (!(cond))                                                   \
			give_up(__LINE__, __VA_ARGS__);                        \
	} while (0)

__attribute__((format(printf, 2, 3))) _Noreturn static void
give_up(int line, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "lossy_transfer.c:%d: seed %llu: ", line,
	        (unsigned long long)working_on);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	_exit(EXIT_FAILURE);
}

static const struct wire_path worst = {
	.delay_us    = 5000,
	.loss_ppm    = 50000,
	.dup_ppm     = 50000,
	.reorder_ppm = 100000,
	.corrupt_ppm = 10000,
};

/* One end's application: what it has sent and received so far. */
struct end {
	struct tarn *t;
	int fd; /* -1: not there yet */
	uint32_t sent, received, total;
	bool has_shut, has_ended;
};

/* The octet at @at of what @from sends: cheap, without a short period. */
static uint8_t octet_at(unsigned from, uint32_t at)
{
	return (uint8_t)((at * 2654435761u + from * 0x12345678u) >> 24);
}

/* Return: did anything move? */
static bool send_some(struct end *end, unsigned who)
{
	uint8_t chunk[CHUNK_OCTETS];
	const uint32_t len = MIN(end->total - end->sent, CHUNK_OCTETS);
	ssize_t taken;

	if (end->has_shut)
		return false;
	if (end->sent == end->total) {
		require(tarn_shutdown(end->t, end->fd, TARN_SHUT_WR) == 0,
		        "shutdown");
		end->has_shut = true;
		return true;
	}
	for (uint32_t i = 0; i < len; i++)
		chunk[i] = octet_at(who, end->sent + i);
	taken = tarn_send(end->t, end->fd, chunk, len, 0);
	if (taken == -EAGAIN)
		return false;
	require(taken > 0, "send on end %u: %s", who,
	        tarn_strerror((int)taken));
	end->sent += (uint32_t)taken;

	return true;
}

static bool receive_some(struct end *end, unsigned who)
{
	uint8_t chunk[CHUNK_OCTETS];
	ssize_t len;

	if (end->has_ended)
		return false;
	len = tarn_recv(end->t, end->fd, chunk, sizeof(chunk), 0);
	if (len == -EAGAIN)
		return false;
	require(len >= 0, "recv on end %u: %s", who, tarn_strerror((int)len));
	for (uint32_t i = 0; i < (uint32_t)len; i++)
		if (chunk[i] != octet_at(!who, end->received + i))
			require(false, "end %u: octet %u differs", who,
			        end->received + i);
	end->received += (uint32_t)len;
	end->has_ended = len == 0;

	return true;
}

/* Return: true while there is more to do. */
static bool work(struct end end[2], int listener)
{
	if (end[1].fd < 0)
		end[1].fd = tarn_accept(end[1].t, listener, NULL);
	for (unsigned who = 0; who < 2; who++) {
		bool moved = end[who].fd >= 0 &&
		             !(tarn_readiness(end[who].t, end[who].fd) == 0);

		while (moved) {
			moved = receive_some(&end[who], who);
			moved |= send_some(&end[who], who);
		}
	}

	return !(end[0].has_ended && end[1].has_ended);
}

static void open_ends(struct lab *lab, struct end end[2], uint32_t total,
                      int *ret_listener)
{
	const struct tarn_addr local = { tarn_ip4(10, 9, 0, 2), PORT };

	for (unsigned who = 0; who < 2; who++)
		end[who] = (struct end){ .t     = lab_stack(lab, who),
			                 .fd    = -1,
			                 .total = total };
	*ret_listener = tarn_socket(end[1].t, TARN_STREAM);
	require(*ret_listener >= 0, "socket");
	require(tarn_bind(end[1].t, *ret_listener, &local) == 0, "bind");
	require(tarn_listen(end[1].t, *ret_listener, 1) == 0, "listen");
	end[0].fd = tarn_socket(end[0].t, TARN_STREAM);
	require(end[0].fd >= 0, "socket");
	require(tarn_connect(end[0].t, end[0].fd, &local) == -EINPROGRESS,
	        "connect");
}

static void transfer(struct lab *lab, uint32_t total)
{
	struct end end[2];
	int listener;

	open_ends(lab, end, total, &listener);
	while (work(end, listener))
		require(lab_step(lab, LIMIT_US),
		        "stalled at %llu us: A sent %u, received %u; "
		        "B sent %u, received %u",
		        (unsigned long long)lab_now(lab), end[0].sent,
		        end[0].received, end[1].sent, end[1].received);
	for (unsigned who = 0; who < 2; who++) {
		require(end[who].received == total, "end %u received %u", who,
		        end[who].received);
		require(tarn_close(end[who].t, end[who].fd) == 0, "close");
	}
	lab_run(lab, lab_now(lab) + LIMIT_US);
}

static void check_faults_happened(struct lab *lab)
{
	struct wire_stats stats;

	for (unsigned from = 0; from < 2; from++) {
		wire_stats(lab_wire(lab), from, &stats);
		require(stats.lost > stats.sent / 25, "lost");
		require(stats.duplicated > stats.sent / 25, "duplicated");
		require(stats.reordered > stats.sent / 12, "reordered");
		require(stats.corrupted > stats.sent / 200, "corrupted");
		require(tarn_drop_count(lab_stack(lab, from), "TCP_CHECKSUM"),
		        "corruption was not noticed");
	}
}

static void check_nothing_is_left(struct lab *lab)
{
	struct tarn_usage usage;

	for (unsigned who = 0; who < 2; who++) {
		tarn_usage(lab_stack(lab, who), &usage);
		require(usage.connections == 0, "connections: %u",
		        usage.connections);
		require(usage.half_open == 0, "half_open: %u", usage.half_open);
		require(usage.time_wait == 0, "time_wait: %u", usage.time_wait);
	}
}

static void one_seed(uint64_t seed)
{
	struct lab *lab;

	require(lab_create(&worst, seed, NULL, NULL, &lab) == 0, "lab_create");
	transfer(lab, TRANSFER_OCTETS);
	check_faults_happened(lab);
	check_nothing_is_left(lab);
	lab_destroy(lab);
}

static unsigned setting(const char *name, unsigned otherwise)
{
	const char *text = getenv(name);

	return text ? (unsigned)strtoul(text, NULL, 10) : otherwise;
}

/* Every @jobs-th seed, in a process of its own. */
static pid_t start_worker(unsigned index, unsigned jobs)
{
	const unsigned first = setting("TARN_LOSSY_FIRST", 1);
	const unsigned count = setting("TARN_LOSSY_SEEDS", SEEDS);
	const pid_t pid      = fork();

	if (pid != 0)
		return pid;
	for (unsigned i = index; i < count; i += jobs) {
		working_on = first + i;
		one_seed(working_on);
	}
	_exit(EXIT_SUCCESS);
}

START_TEST(ten_megabytes_each_way_arrive_whole)
{
	const unsigned jobs = MIN(setting("TARN_LOSSY_JOBS", 2), JOBS_MAX);
	pid_t pid[JOBS_MAX];
	int status;

	for (unsigned i = 0; i < jobs; i++) {
		pid[i] = start_worker(i, jobs);
		ck_assert_int_gt(pid[i], 0);
	}
	for (unsigned i = 0; i < jobs; i++) {
		ck_assert_int_eq(waitpid(pid[i], &status, 0), pid[i]);
		ck_assert_int_eq(status, 0);
	}
}
END_TEST

/* ---- One seed, twice ----------------------------------------------------- */

struct watch {
	struct capture *capture;
	struct story *story;
};

static void watch_end(struct tarn_config *config, unsigned end, void *context)
{
	struct watch *watch = context;

	config->observe  = story_event;
	config->observer = watch[end].story;
}

/* Capture both ends of a transfer to files that have no name. */
static void capture_transfer(uint64_t seed, FILE *file[2])
{
	const struct capture_info info = { .application = "tarn " TARN_VERSION,
		                           .comment     = "lossy_transfer",
		                           .interface_name = "wire",
		                           .mtu            = 1500 };
	struct watch watch[2];
	char path[64], error[LINK_ERROR_LEN];
	struct lab *lab;

	for (unsigned end = 0; end < 2; end++) {
		file[end] = tmpfile();
		require(file[end] != NULL, "tmpfile");
		snprintf(path, sizeof(path), "/proc/self/fd/%d",
		         fileno(file[end]));
		require(capture_open(path, &info, &watch[end].capture, error) ==
		                0,
		        "%s", error);
		require(story_open(capture_row, watch[end].capture,
		                   &watch[end].story) == 0,
		        "story_open");
	}
	require(lab_create(&worst, seed, watch_end, watch, &lab) == 0,
	        "lab_create");
	transfer(lab, CAPTURED_OCTETS);
	lab_destroy(lab);
	for (unsigned end = 0; end < 2; end++) {
		story_close(watch[end].story);
		require(capture_close(watch[end].capture) == 0,
		        "capture_close");
	}
}

static void compare(FILE *a, FILE *b)
{
	static char chunk[2][CHUNK_OCTETS];
	size_t len, at = 0;

	do {
		len = fread(chunk[0], 1, CHUNK_OCTETS, a);
		ck_assert_uint_eq(fread(chunk[1], 1, CHUNK_OCTETS, b), len);
		ck_assert_int_eq(memcmp(chunk[0], chunk[1], len), 0);
		at += len;
	} while (len);
	ck_assert_uint_gt(at, 2 * CAPTURED_OCTETS);
}

START_TEST(one_seed_gives_the_same_captures_twice)
{
	FILE *first[2], *second[2];

	capture_transfer(42, first);
	capture_transfer(42, second);
	for (unsigned end = 0; end < 2; end++) {
		compare(first[end], second[end]);
		fclose(first[end]);
		fclose(second[end]);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("lossy_transfer");
	TCase *t = tcase_create("lossy_transfer");

	tcase_set_timeout(t, 3600);
	tcase_add_test(t, one_seed_gives_the_same_captures_twice);
	tcase_add_test(t, ten_megabytes_each_way_arrive_whole);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
