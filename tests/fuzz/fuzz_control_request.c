/* SPDX-License-Identifier: MIT */
/* fuzz_control_request.c - an accepted request, written and read again, is the same one */
#include "drivers/control_request.h"
#include "tests/fuzz/fuzz.h"

static void require_printable(const char error[CONTROL_ERROR_LEN])
{
	REQUIRE(error[0] && strlen(error) < CONTROL_ERROR_LEN);
	for (const char *at = error; *at; at++)
		REQUIRE(*at >= ' ' && *at <= '~');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char error[CONTROL_ERROR_LEN] = "", line[CONTROL_REQUEST_MAX + 1];
	struct control_request request, again;
	char *copy = (char *)fuzz_copy(data, len);
	size_t line_len;

	if (control_request_read(copy, len, &request, error) == 0) {
		line_len = control_request_write(&request, line);
		REQUIRE(line_len <= CONTROL_REQUEST_MAX);
		REQUIRE(line[line_len - 1] == '\n' && line[line_len] == '\0');
		REQUIRE(control_request_read(line, line_len - 1, &again,
		                             error) == 0);
		REQUIRE(memcmp(&request, &again, sizeof(request)) == 0);
	} else {
		require_printable(error);
	}
	free(copy);

	return 0;
}
