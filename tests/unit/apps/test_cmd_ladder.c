/* SPDX-License-Identifier: MIT */
/* test_cmd_ladder.c - tarn ladder draws a file as the live ladder was drawn */
#include "apps/tarn/command.h"
#include "drivers/capture.h"
#include "drivers/lab.h"
#include "drivers/ladder.h"
#include "tests/unit/lib/test.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TEXT_SIZE 65536

static char path[] = "/tmp/tarn-ladder-XXXXXX";
static char text[TEXT_SIZE], complaint[TEXT_SIZE];

static void setup(void)
{
	strcpy(path + strlen(path) - 6, "XXXXXX");
	ck_assert_int_ge(mkstemp(path), 0);
}

static void teardown(void)
{
	unlink(path);
}

static void slurp(FILE *file, char *ret)
{
	size_t len;

	rewind(file);
	len      = fread(ret, 1, TEXT_SIZE - 1, file);
	ret[len] = '\0';
	fclose(file);
}

/* Run `tarn ladder ARGS`. Return: its exit code; its output is in the texts */
static int ladder_command(char *args[], int count)
{
	const struct host_options none = { .link = NULL };
	FILE *out = tmpfile(), *err = tmpfile();
	const int saved_out = dup(STDOUT_FILENO), saved_err = dup(2);
	int code;

	fflush(stdout);
	ck_assert_int_ge(dup2(fileno(out), STDOUT_FILENO), 0);
	ck_assert_int_ge(dup2(fileno(err), STDERR_FILENO), 0);
	code = cmd_ladder(&none, count, args);
	fflush(stdout);
	dup2(saved_out, STDOUT_FILENO);
	dup2(saved_err, STDERR_FILENO);
	close(saved_out);
	close(saved_err);
	slurp(out, text);
	slurp(err, complaint);

	return code;
}

/* ---- A connection in the lab, captured and drawn -------------------------- */

struct watch {
	struct capture *capture;
	struct ladder *ladder;
	struct story *story;
};

static void tell(void *context, const struct story_row *row)
{
	struct watch *watch = context;

	capture_row(watch->capture, row);
	ladder_row(watch->ladder, row);
}

static void watch_b(struct tarn_config *config, unsigned end, void *context)
{
	if (end == 0)
		return;
	config->observe  = story_event;
	config->observer = ((struct watch *)context)->story;
}

/* A asks, B answers and closes first; a data segment is lost on the way. */
static void converse(struct lab *lab)
{
	struct tarn *a = lab_stack(lab, 0), *b = lab_stack(lab, 1);
	const struct tarn_addr local = { tarn_ip4(10, 9, 0, 2), 80 };
	const int listener           = tarn_socket(b, TARN_STREAM);
	const int asks               = tarn_socket(a, TARN_STREAM);
	static char answer[5000];
	char buf[100];
	int answers;

	ck_assert_int_eq(tarn_bind(b, listener, &local), 0);
	ck_assert_int_eq(tarn_listen(b, listener, 1), 0);
	ck_assert_int_eq(tarn_connect(a, asks, &local), -EINPROGRESS);
	lab_run(lab, 1000000);
	ck_assert_int_eq(tarn_send(a, asks, "question", 8, 0), 8);
	lab_run(lab, 2000000);
	answers = tarn_accept(b, listener, NULL);
	ck_assert_int_ge(answers, 0);
	ck_assert_int_eq(tarn_recv(b, answers, buf, sizeof(buf), 0), 8);
	wire_path(lab_wire(lab), 1)->loss_ppm = 300000;
	ck_assert_int_eq(tarn_send(b, answers, answer, sizeof(answer), 0),
	                 sizeof(answer));
	ck_assert_int_eq(tarn_close(b, answers), 0);
	lab_run(lab, 30000000);
	wire_path(lab_wire(lab), 1)->loss_ppm = 0;
	while (tarn_recv(a, asks, buf, sizeof(buf), 0) > 0)
		;
	ck_assert_int_eq(tarn_close(a, asks), 0);
	lab_run(lab, 200000000);
}

/* Leaves the capture at @path. Return: what the live ladder drew, to be freed */
static char *live_ladder(void)
{
	const struct capture_info info      = { .application = "tarn test",
		                                .mtu         = 1500 };
	const struct ladder_options options = { .left = "A", .right = "B" };
	const struct wire_path wire         = { .delay_us = 10000 };
	char error[LINK_ERROR_LEN], *drawn;
	struct watch watch;
	struct lab *lab;
	size_t len;
	FILE *out = open_memstream(&drawn, &len);

	ck_assert_int_eq(capture_open(path, &info, &watch.capture, error), 0);
	ck_assert_int_eq(ladder_open(out, &options, &watch.ladder), 0);
	ck_assert_int_eq(story_open(tell, &watch, &watch.story), 0);
	ck_assert_int_eq(lab_create(&wire, 4, watch_b, &watch, &lab), 0);
	converse(lab);
	lab_destroy(lab);
	story_close(watch.story);
	ladder_close(watch.ladder);
	ck_assert_int_eq(capture_close(watch.capture), 0);
	fclose(out);

	return drawn;
}

START_TEST(capture_is_drawn_as_the_live_ladder_was)
{
	char *args[] = { (char *)"ladder", path };
	char *live   = live_ladder();

	ck_assert_int_eq(ladder_command(args, 2), EXIT_SUCCESS);
	ck_assert_str_eq(complaint, "");
	ck_assert_str_eq(text, live);
	/* The story of the connection, in order. */
	ck_assert_ptr_nonnull(strstr(text, "LISTEN │◀─ S 0:0(0)"));
	ck_assert_ptr_nonnull(strstr(text, "SYN-RECEIVED │── S. 0:0(0) ack 1"));
	ck_assert_ptr_nonnull(strstr(text, "◀─ P. 1:9(8) ack 1"));
	ck_assert_ptr_nonnull(strstr(text, "↻"));
	ck_assert_ptr_nonnull(strstr(text, "FIN-WAIT-2"));
	ck_assert_ptr_nonnull(strstr(text, "TIME-WAIT"));
	free(live);
}
END_TEST

START_TEST(options_are_obeyed)
{
	char *args[] = { (char *)"ladder",   (char *)"--ascii",
		         (char *)"--no-why", (char *)"--connection",
		         (char *)"1",        path };

	free(live_ladder());
	ck_assert_int_eq(ladder_command(args, 6), EXIT_SUCCESS);
	ck_assert_ptr_nonnull(strstr(text, "LISTEN |<- S 0:0(0)"));
	ck_assert_ptr_null(strstr(text, "ARP"));
	ck_assert_ptr_null(strstr(text, "answers the peer's SYN"));
}
END_TEST

START_TEST(wrong_arguments_show_the_usage)
{
	char *none[]   = { (char *)"ladder" };
	char *two[]    = { (char *)"ladder", path, path };
	char *option[] = { (char *)"ladder", (char *)"--nonsense", path };
	char *zero[] = { (char *)"ladder", (char *)"--connection", (char *)"0",
		         path };

	ck_assert_int_eq(ladder_command(none, 1), EXIT_USAGE);
	ck_assert_ptr_nonnull(strstr(complaint, "usage: tarn"));
	ck_assert_int_eq(ladder_command(two, 3), EXIT_USAGE);
	ck_assert_int_eq(ladder_command(option, 3), EXIT_USAGE);
	ck_assert_int_eq(ladder_command(zero, 4), EXIT_USAGE);
	ck_assert_ptr_nonnull(strstr(complaint, "--connection"));
}
END_TEST

START_TEST(missing_file_is_a_failure_with_a_cure)
{
	char *args[] = { (char *)"ladder", (char *)"/nonexistent.pcap" };

	ck_assert_int_eq(ladder_command(args, 2), EXIT_FAILURE);
	ck_assert_ptr_nonnull(strstr(complaint, "/nonexistent.pcap: No such"));
	ck_assert_ptr_nonnull(strstr(complaint, "--capture"));
}
END_TEST

START_TEST(file_cut_off_is_drawn_as_far_as_it_goes)
{
	char *args[] = { (char *)"ladder", path };

	free(live_ladder());
	ck_assert_int_eq(truncate(path, 2000), 0);
	ck_assert_int_eq(ladder_command(args, 2), EXIT_FAILURE);
	ck_assert_ptr_nonnull(strstr(text, "LISTEN │◀─ S 0:0(0)"));
	ck_assert_ptr_nonnull(strstr(complaint, "ends inside a block"));
}
END_TEST

START_TEST(empty_file_is_no_capture)
{
	char *args[] = { (char *)"ladder", path };

	ck_assert_int_eq(ladder_command(args, 2), EXIT_FAILURE);
	ck_assert_ptr_nonnull(strstr(complaint, "neither pcapng nor pcap"));
}
END_TEST

START_TEST(directory_is_no_capture)
{
	char *args[] = { (char *)"ladder", (char *)"/" };

	ck_assert_int_eq(ladder_command(args, 2), EXIT_FAILURE);
	ck_assert_ptr_nonnull(strstr(complaint, "Is a directory"));
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("cmd_ladder");
	TCase *t = tcase_create("cmd_ladder");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, capture_is_drawn_as_the_live_ladder_was);
	tcase_add_test(t, options_are_obeyed);
	tcase_add_test(t, wrong_arguments_show_the_usage);
	tcase_add_test(t, missing_file_is_a_failure_with_a_cure);
	tcase_add_test(t, file_cut_off_is_drawn_as_far_as_it_goes);
	tcase_add_test(t, empty_file_is_no_capture);
	tcase_add_test(t, directory_is_no_capture);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
