/* SPDX-License-Identifier: MIT */
/* test_posix_ring.c - slots between threads, and sleeping on a descriptor */
#include "drivers/posix_state.h"
#include "tests/unit/lib/test.h"
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <unistd.h>

static struct posix_ring *ring;
static int wake_fd;

static void setup(void)
{
	ring    = posix_ring_map();
	wake_fd = eventfd(0, EFD_NONBLOCK);
	ck_assert_ptr_nonnull(ring);
}

static void teardown(void)
{
	posix_ring_unmap(ring);
	close(wake_fd);
}

/* An owner that answers @rounds requests with their value, plus one. */
static void *owns(void *argument)
{
	struct pollfd wake = { .fd = wake_fd, .events = POLLIN };
	int left           = *(const int *)argument;

	while (left > 0) {
		uint64_t bits;

		(void)poll(&wake, 1, -1);
		ck_assert_int_eq(read(wake_fd, &bits, sizeof(bits)),
		                 sizeof(bits));
		for (bits = posix_ring_take(ring); bits; bits &= bits - 1) {
			struct posix_request *request =
			        &ring->slot[__builtin_ctzll(bits)];

			request->result = request->value + 1;
			posix_ring_answer(request);
			left--;
		}
	}

	return NULL;
}

static pthread_t in_thread(void *(*run)(void *), void *argument)
{
	pthread_t thread;

	ck_assert_int_eq(pthread_create(&thread, NULL, run, argument), 0);

	return thread;
}

START_TEST(slots_are_claimed_once_and_blank)
{
	struct posix_request *request[POSIX_SLOTS];

	for (int i = 0; i < POSIX_SLOTS; i++) {
		request[i] = posix_ring_claim(ring);
		for (int j = 0; j < i; j++)
			ck_assert_ptr_ne(request[i], request[j]);
		request[i]->value = 7;
	}
	for (int i = 0; i < POSIX_SLOTS; i++)
		posix_ring_release(ring, request[i]);
	ck_assert_int_eq(posix_ring_claim(ring)->value, 0);
}
END_TEST

START_TEST(data_areas_do_not_overlap)
{
	struct posix_request *one = posix_ring_claim(ring);
	struct posix_request *two = posix_ring_claim(ring);
	const ptrdiff_t apart =
	        posix_ring_data(ring, two) - posix_ring_data(ring, one);

	ck_assert_int_eq(labs(apart), POSIX_DATA_LEN);
}
END_TEST

static void *claims(void *argument)
{
	(void)argument;

	return posix_ring_claim(ring);
}

START_TEST(claim_waits_until_a_slot_is_released)
{
	struct posix_request *request[POSIX_SLOTS];
	pthread_t thread;
	void *got;

	for (int i = 0; i < POSIX_SLOTS; i++)
		request[i] = posix_ring_claim(ring);
	thread = in_thread(claims, NULL);
	while (atomic_load(&ring->claimers) == 0)
		sched_yield();
	posix_ring_release(ring, request[5]);
	ck_assert_int_eq(pthread_join(thread, &got), 0);
	ck_assert_ptr_eq(got, request[5]);
}
END_TEST

static void *submits(void *argument)
{
	const int count = *(const int *)argument;

	for (int i = 0; i < count; i++) {
		struct posix_request *request = posix_ring_claim(ring);

		request->value = i;
		posix_ring_submit(ring, request, wake_fd);
		ck_assert_int_eq(request->result, i + 1);
		posix_ring_release(ring, request);
	}

	return NULL;
}

/* More threads than slots, so that both kinds of waiting happen. */
START_TEST(every_request_gets_its_own_answer)
{
	enum { THREADS = POSIX_SLOTS + 16 };
	int each = 20, all = THREADS * each;
	const pthread_t owner = in_thread(owns, &all);
	pthread_t thread[THREADS];

	for (int i = 0; i < THREADS; i++)
		thread[i] = in_thread(submits, &each);
	for (int i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_join(thread[i], NULL), 0);
	ck_assert_int_eq(pthread_join(owner, NULL), 0);
	ck_assert_uint_eq(atomic_load(&ring->idle), UINT64_MAX);
}
END_TEST

START_TEST(what_happened_before_is_not_slept_through)
{
	struct posix_desc *desc = &ring->desc[3];
	const uint32_t seq      = atomic_load(&desc->seq);

	posix_ring_happened(desc);
	ck_assert_int_eq(posix_ring_sleep(desc, seq, TARN_NEVER), 0);
}
END_TEST

static void *sleeps(void *argument)
{
	struct posix_desc *desc = argument;
	const uint32_t seq      = atomic_load(&desc->seq);

	return (void *)(intptr_t)posix_ring_sleep(desc, seq, TARN_NEVER);
}

START_TEST(what_happens_wakes_every_sleeper)
{
	struct posix_desc *desc = &ring->desc[3];
	pthread_t thread[3];
	void *got;

	for (int i = 0; i < 3; i++)
		thread[i] = in_thread(sleeps, desc);
	while (atomic_load(&desc->waiters) < 3)
		sched_yield();
	posix_ring_happened(desc);
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(pthread_join(thread[i], &got), 0);
		ck_assert_ptr_null(got);
	}
}
END_TEST

START_TEST(deadline_ends_sleep)
{
	struct posix_desc *desc = &ring->desc[3];
	const uint32_t seq      = atomic_load(&desc->seq);

	ck_assert_int_eq(posix_ring_sleep(desc, seq, 1), -EAGAIN);
	ck_assert_uint_eq(atomic_load(&desc->waiters), 0);
}
END_TEST

static Suite *suite(void)
{
	const TTest *const all[] = {
		slots_are_claimed_once_and_blank,
		data_areas_do_not_overlap,
		claim_waits_until_a_slot_is_released,
		every_request_gets_its_own_answer,
		what_happened_before_is_not_slept_through,
		what_happens_wakes_every_sleeper,
		deadline_ends_sleep,
	};
	Suite *whole = suite_create("posix_ring");
	TCase *tcase = tcase_create("ring");

	tcase_set_timeout(tcase, 120);
	tcase_add_checked_fixture(tcase, setup, teardown);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		tcase_add_test(tcase, all[i]);
	suite_add_tcase(whole, tcase);

	return whole;
}

TEST_MAIN(suite)
