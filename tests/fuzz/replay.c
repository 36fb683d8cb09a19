/* SPDX-License-Identifier: MIT */
/*
 * replay.c - runs a fuzz target over its corpus, without a fuzzer
 *
 * `make check` links each tests/fuzz/fuzz_x.c with this file and any compiler;
 * `make fuzz` links the same source with libFuzzer. Every file below
 * tests/fuzz/corpus/x/ is given whole, cut at each of its first octets, and
 * with single octets changed, so that a regression that needs no search is
 * found in seconds. The oracle is the target's own: it aborts.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INPUT_LEN_MAX (1u << 20)
#define CUTS_MAX      256 /* lengths tried of each input */
#define CHANGES_MAX   512 /* octets changed in each input */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* An exact heap copy, so that a sanitizer or malloc sees what reads beyond. */
static void give(const uint8_t *data, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	if (!copy)
		abort();
	if (len)
		memcpy(copy, data, len);
	(void)LLVMFuzzerTestOneInput(copy, len);
	free(copy);
}

static void give_variants(uint8_t *data, size_t len)
{
	give(data, len);
	for (size_t cut = 0; cut < len && cut < CUTS_MAX; cut++)
		give(data, cut);

	for (size_t at = 0; at < len && at < CHANGES_MAX; at++) {
		const uint8_t was = data[at];

		data[at] = (uint8_t)(was ^ (1u << at % 8));
		give(data, len);
		data[at] = 0xff;
		give(data, len);
		data[at] = was;
	}
}

static int give_file(const char *path)
{
	static uint8_t data[INPUT_LEN_MAX];
	FILE *file = fopen(path, "rb");
	size_t len;

	if (!file)
		return -1;
	len = fread(data, 1, sizeof(data), file);
	(void)fclose(file);
	give_variants(data, len);

	return 0;
}

static int give_directory(const char *directory)
{
	struct dirent **entry;
	const int count = scandir(directory, &entry, NULL, alphasort);
	char path[4096];
	int failed = 0;

	for (int i = 0; i < count; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", directory,
		               entry[i]->d_name);
		if (entry[i]->d_name[0] != '.') {
			const int rc = give_file(path);

			printf("%s %s\n", rc ? "not ok" : "ok", path);
			failed |= rc;
		}
		free(entry[i]);
	}
	if (count >= 0)
		free(entry);

	return failed;
}

int main(int argc, char **argv)
{
	uint8_t nothing  = 0;
	const char *name = strstr(argv[0], "fuzz_");
	char directory[1024];

	if (argc > 2 || !name)
		return 2;
	(void)snprintf(directory, sizeof(directory), "tests/fuzz/corpus/%s",
	               name + strlen("fuzz_"));
	give_variants(&nothing, 1);
	printf("ok empty and one octet\n");

	return give_directory(argc == 2 ? argv[1] : directory) ? 1 : 0;
}
