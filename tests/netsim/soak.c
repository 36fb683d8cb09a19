/* SPDX-License-Identifier: MIT */
/*
 * soak.c - thousands of random scenarios of two stacks, and an oracle
 *
 *	soak		a few hundred, as a test (Check)
 *	soak SEED	this one: what was drawn for it, what became of it, and
 *			captures of both ends (build/soak-A.pcapng and B;
 *			`tarn ladder` draws them)
 *
 * lib/soak.h tells what is drawn and what must hold. TARN_SOAK_COUNT says how
 * many (1000; 150 under sanitizers), TARN_SOAK_FIRST which seed is the first (1),
 * TARN_SOAK_JOBS how many processes share them (2). Each seed that fails is
 * named with its reason, and its process is replaced, so one run finds many.
 */
#include "tests/netsim/lib/soak.h"
#include "base/bytes.h"
#include "tests/unit/lib/test.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef TARN_TEST_BUILD
#define COUNT 150
#else
#define COUNT 1000
#endif
#define JOBS_MAX     16
#define FAILURES_MAX 20
#define SCENARIO_S   120 /* of real time; then it turns in a circle */
#define PROGRESS     2000

/* What a worker is at, where its parent can read it after its death. */
struct worker {
	pid_t pid;
	uint64_t *at; /* the seed */
};

static uint64_t setting(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 10) : otherwise;
}

static void start(struct worker *worker, uint64_t from, uint64_t step,
                  uint64_t end)
{
	*worker->at = from;
	fflush(NULL);
	worker->pid = fork();
	if (worker->pid != 0)
		return;
	for (uint64_t seed = from; seed < end; seed += step) {
		*worker->at = seed;
		alarm(SCENARIO_S);
		soak_run(seed, (const char *[]){ NULL, NULL });
		if (seed % PROGRESS == 0 && end - from > 2 * PROGRESS)
			fprintf(stderr, "soak: seed %" PRIu64 "\n", seed);
	}
	_exit(EXIT_SUCCESS);
}

/* Return: did it end well? */
static bool judge(const struct worker *worker, int status)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	if (WIFSIGNALED(status))
		fprintf(stderr, "soak: seed %" PRIu64 ": %s\n", *worker->at,
		        strsignal(WTERMSIG(status)));
	else
		fprintf(stderr, "soak: seed %" PRIu64 " failed\n", *worker->at);

	return false;
}

static struct worker *worker_of(struct worker worker[], uint64_t jobs,
                                pid_t pid)
{
	for (uint64_t i = 0; i < jobs; i++)
		if (worker[i].pid == pid)
			return &worker[i];

	return NULL;
}

/* Return: how many failed */
static unsigned run_all(void)
{
	const uint64_t jobs  = MIN(setting("TARN_SOAK_JOBS", 2), JOBS_MAX);
	const uint64_t first = setting("TARN_SOAK_FIRST", 1);
	const uint64_t end   = first + setting("TARN_SOAK_COUNT", COUNT);
	struct worker worker[JOBS_MAX];
	unsigned running = (unsigned)jobs, failures = 0;
	uint64_t *at =
	        mmap(NULL, JOBS_MAX * sizeof(*at), PROT_READ | PROT_WRITE,
	             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status;

	ck_assert_ptr_ne(at, MAP_FAILED);
	for (uint64_t i = 0; i < jobs; i++) {
		worker[i].at = &at[i];
		start(&worker[i], first + i, jobs, end);
	}
	while (running > 0) {
		struct worker *ended = worker_of(worker, jobs, wait(&status));

		if (!ended)
			continue;
		if (judge(ended, status))
			running--;
		else if (++failures < FAILURES_MAX)
			start(ended, *ended->at + jobs, jobs, end);
		else
			running--;
	}
	munmap(at, JOBS_MAX * sizeof(*at));

	return failures;
}

START_TEST(random_scenarios_satisfy_the_oracle)
{
	const unsigned failures = run_all();

	ck_assert_msg(failures == 0,
	              "%u scenarios failed; `%s SEED` repeats one", failures,
	              "build/tests/netsim/soak");
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("soak");
	TCase *t = tcase_create("soak");

	tcase_set_timeout(t, 24 * 3600);
	tcase_add_test(t, random_scenarios_satisfy_the_oracle);
	suite_add_tcase(s, t);

	return s;
}

int main(int argc, char **argv)
{
	if (argc == 2) {
		soak_run(strtoull(argv[1], NULL, 10),
		         (const char *[]){ "build/soak-A.pcapng",
		                           "build/soak-B.pcapng" });
		return EXIT_SUCCESS;
	}

	return test_run(suite());
}
