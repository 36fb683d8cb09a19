/* SPDX-License-Identifier: MIT */
/*
 * cmd_lab.c - tarn lab: lessons on two stacks in virtual time
 *
 * Needs no link, no root and no time: see tools/lab/.
 */
#include "apps/tarn/command.h"
#include "apps/tarn/lab_build.h"
#include "base/bytes.h"
#include "base/rule.h"
#include "tools/lab/lesson.h"
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	OPTION_WHY = 256,
	OPTION_NO_WHY,
	OPTION_NO_LADDER,
	OPTION_ASCII,
	OPTION_ALL,
	OPTION_DROP,
	OPTION_SEED,
	OPTION_STEP,
	OPTION_PREDICT,
	OPTION_KERNEL,
	OPTION_GRADE,
	OPTION_OUT,
	OPTION_END,
	OPTION_NO_FILES,
	OPTION_WITHOUT,
	OPTION_LIST,
};

const char lab_details[] =
        "Without a lesson: the list of all, and of the rules.\n\n"
        "  --predict          stop before what comes next, and ask\n"
        "  --step             event by event, forward and back\n"
        "  --without RULE     leave the rule out and see what it prevents\n"
        "  --with-kernel      Linux at one end, in real time\n"
        "  --grade            one line: how many expectations hold\n"
        "  --drop N           lose the frame with the number N; may be given "
        "again\n"
        "  --seed N           other random numbers\n"
        "  --why              reasons at the right edge, for wide terminals\n"
        "  --no-why           no reasons\n"
        "  --all              every call, timer and change of cwnd\n"
        "  --ascii            no UTF-8\n"
        "  --no-ladder        the expectations only\n"
        "  --out DIR          where the capture of each end, the log and the "
        "page go (out)\n"
        "  --no-files         none of them\n"
        "  --end A|B          whose frames `tarn --capture FILE lab` takes "
        "(A)\n";

static const struct option long_options[] = {
	{ "why", no_argument, NULL, OPTION_WHY },
	{ "no-why", no_argument, NULL, OPTION_NO_WHY },
	{ "no-ladder", no_argument, NULL, OPTION_NO_LADDER },
	{ "ascii", no_argument, NULL, OPTION_ASCII },
	{ "all", no_argument, NULL, OPTION_ALL },
	{ "drop", required_argument, NULL, OPTION_DROP },
	{ "seed", required_argument, NULL, OPTION_SEED },
	{ "step", no_argument, NULL, OPTION_STEP },
	{ "with-kernel", no_argument, NULL, OPTION_KERNEL },
	{ "predict", no_argument, NULL, OPTION_PREDICT },
	{ "quiz", no_argument, NULL, OPTION_PREDICT },
	{ "grade", no_argument, NULL, OPTION_GRADE },
	{ "end", required_argument, NULL, OPTION_END },
	{ "out", required_argument, NULL, OPTION_OUT },
	{ "no-files", no_argument, NULL, OPTION_NO_FILES },
	{ "without", required_argument, NULL, OPTION_WITHOUT },
	{ "list", no_argument, NULL, OPTION_LIST },
	{ NULL, 0, NULL, 0 },
};

enum mode { MODE_PLAY, MODE_STEP, MODE_PREDICT, MODE_KERNEL, MODE_LIST };

struct lab {
	struct lab_options options;
	enum mode mode;
	char without[RULE_LIST_LEN];
};

static bool take_drop(const char *text, struct stage_options *stage)
{
	if (stage->drop_count == STAGE_DROPS_MAX) {
		fprintf(stderr, "tarn: lab: more than %d times --drop\n",
		        STAGE_DROPS_MAX);
		return false;
	}

	return command_number("--drop", text, 1, UINT32_MAX,
	                      &stage->drop[stage->drop_count++]);
}

static void put_rules(FILE *out)
{
	for (unsigned i = 0; i < RULE_COUNT; i++)
		fprintf(out, "  %-18s %s (%s)\n", rule_name((enum tarn_rule)i),
		        rule_prevents((enum tarn_rule)i),
		        rule_where((enum tarn_rule)i));
}

static bool take_without(const char *name, struct lab *lab)
{
	const int rule = tarn_rule_find(name);

	if (rule < 0) {
		fprintf(stderr,
		        "tarn: lab: there is no rule '%s'; without each of "
		        "these something goes wrong:\n",
		        name);
		put_rules(stderr);
		return false;
	}
	lab->options.stage.without |= 1u << rule;
	lab->options.without =
	        rule_list(lab->options.stage.without, lab->without);

	return true;
}

static bool take_option(int option, struct lab *lab)
{
	struct lab_options *options = &lab->options;

	switch (option) {
	case OPTION_WHY:
		options->draw.why_column = true;
		return true;
	case OPTION_NO_WHY:
		options->draw.no_why = true;
		return true;
	case OPTION_NO_LADDER:
		options->no_ladder = true;
		return true;
	case OPTION_ASCII:
		options->draw.ascii = true;
		return true;
	case OPTION_ALL:
		options->draw.all = true;
		return true;
	case OPTION_DROP:
		return take_drop(optarg, &options->stage);
	case OPTION_SEED:
		options->stage.has_seed = true;
		return command_number("--seed", optarg, 0, UINT64_MAX,
		                      &options->stage.seed);
	case OPTION_STEP:
		lab->mode = MODE_STEP;
		return true;
	case OPTION_KERNEL:
		lab->mode = MODE_KERNEL;
		return true;
	case OPTION_PREDICT:
		lab->mode = MODE_PREDICT;
		return true;
	case OPTION_GRADE:
		options->is_short  = true;
		options->no_ladder = true;
		options->out_dir   = NULL;
		return true;
	case OPTION_END:
		options->capture_end = strcmp(optarg, "B") == 0;
		return true;
	case OPTION_OUT:
		options->out_dir = optarg;
		return true;
	case OPTION_NO_FILES:
		options->out_dir = NULL;
		return true;
	case OPTION_WITHOUT:
		return take_without(optarg, lab);
	case OPTION_LIST:
		lab->mode = MODE_LIST;
		return true;
	default:
		command_usage(LAB_SYNOPSIS);
		return false;
	}
}

static int list(void)
{
	printf("The lessons; each is two stacks on a wire in virtual "
	       "time:\n\n");
	lesson_list(stdout);
	printf("\nRules that `tarn lab LESSON --without RULE` leaves out, and "
	       "what each prevents:\n\n");
	put_rules(stdout);
	printf("\nnext: tarn lab handshake\n");

	return EXIT_SUCCESS;
}

static int play(const struct lab *lab, const char *name)
{
	char error[LAB_ERROR_LEN];
	struct lesson *lesson;
	int rc = lesson_open(name, &lesson, error);

	if (rc < 0) {
		fprintf(stderr, "tarn: lab: %s\n", error);
		return EXIT_USAGE;
	}
	if (lab->mode == MODE_STEP)
		rc = lesson_step(lesson, &lab->options, error);
	else if (lab->mode == MODE_KERNEL)
		rc = lesson_with_kernel(lesson, &lab->options, error);
	else if (lab->mode == MODE_PREDICT)
		rc = lesson_predict(lesson, &lab->options, error);
	else
		rc = lesson_play(lesson, &lab->options, error);
	lesson_free(lesson);
	if (rc < 0)
		fprintf(stderr, "tarn: lab: %s\n", error);

	return rc == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static bool is_stdout(const char *path)
{
	return path && strcmp(path, "-") == 0;
}

/*
 * A capture or log on standard output leaves no room there for the ladder: what
 * is for people goes to standard error, and the file to where output went.
 */
static bool make_room(struct lab *lab, const struct host_options *host)
{
	static char path[32];
	int fd;

	lab->options.capture = host->capture;
	lab->options.log     = host->log;
	if (!is_stdout(host->capture) && !is_stdout(host->log))
		return true;
	if (is_stdout(host->capture) && is_stdout(host->log)) {
		fprintf(stderr, "tarn: lab: --capture - and --log - both want "
		                "standard output; give a file to one\n");
		return false;
	}
	fd = dup(STDOUT_FILENO);
	if (fd < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		return false;
	snprintf(path, sizeof(path), "/dev/fd/%d", fd);
	if (is_stdout(host->capture))
		lab->options.capture = path;
	else
		lab->options.log = path;

	return true;
}

int cmd_lab(const struct host_options *host, int argc, char **argv)
{
	struct lab lab = { .options = { .out_dir = "out" } };
	int option, rc = EXIT_SUCCESS;

	if (host->has_seed) {
		lab.options.stage.has_seed = true;
		lab.options.stage.seed     = host->seed;
	}
	if (!make_room(&lab, host))
		return EXIT_USAGE;
	optind = 0;
	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1)
		if (!take_option(option, &lab))
			return EXIT_USAGE;
	if (optind == argc || lab.mode == MODE_LIST)
		return list();
	if (lab.options.stage.without && !rule_can_be_broken())
		return lab_build_exec();
	for (int i = optind; i < argc; i++) {
		const int one = play(&lab, argv[i]);

		rc = MAX(rc, one);
	}

	return rc;
}
