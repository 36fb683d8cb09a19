/* SPDX-License-Identifier: MIT */
/*
 * fuzz_print.c - every frame gives one printable line within its buffer
 *
 * The first octet of the input is the buffer's size; a smaller buffer must show
 * the beginning of the line that a larger one shows. Each frame is tried a
 * second time with a right IPv4 checksum, so that what lies behind is printed.
 */
#include "base/bytes.h"
#include "base/checksum.h"
#include "tests/fuzz/fuzz.h"
#include "wire/eth.h"
#include "wire/ip4.h"
#include "wire/print.h"

#define IP4_AT      ETH_HDR_LEN
#define CHECKSUM_AT (ETH_HDR_LEN + 10)

static const struct print_base bases[] = { { .seq = 0 },
	                                   { .seq = 1000, .ack = 0xffffff00 } };

static void check_line(const char *line, size_t size)
{
	const size_t len = strlen(line);

	REQUIRE(len < size);
	for (size_t i = 0; i < len; i++)
		REQUIRE(line[i] >= ' ' && line[i] <= '~');
}

static void check_size(const uint8_t *frame, size_t len, size_t size,
                       const struct print_base *base)
{
	char whole[PRINT_LINE_LEN];
	char *cut = malloc(size + 1);

	if (!cut)
		abort();
	cut[size] = '#';
	print_frame(whole, sizeof(whole), frame, len, base);
	check_line(whole, sizeof(whole));
	REQUIRE(whole[0]);

	print_frame(cut, size, frame, len, base);
	REQUIRE(cut[size] == '#');
	if (size) {
		check_line(cut, size);
		REQUIRE(!strncmp(cut, whole, strlen(cut)));
		REQUIRE(strlen(cut) == MIN(strlen(whole), size - 1));
	}
	free(cut);
}

static void mend(uint8_t *frame, size_t len)
{
	uint8_t *ip = frame + IP4_AT;
	size_t hdr_len;

	if (len < IP4_AT + IP4_HDR_LEN)
		return;
	hdr_len = 4u * (ip[0] & 15);
	if (hdr_len < IP4_HDR_LEN || hdr_len > len - IP4_AT)
		return;

	put_be16(frame + CHECKSUM_AT, 0);
	put_be16(frame + CHECKSUM_AT,
	         checksum_fold(checksum_add(0, ip, hdr_len)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *frame;
	size_t size;

	if (!len)
		return 0;

	size  = data[0];
	frame = fuzz_copy(data + 1, len - 1);
	check_size(frame, len - 1, size, NULL);
	mend(frame, len - 1);
	for (size_t i = 0; i < ARRAY_LEN(bases); i++)
		check_size(frame, len - 1, size, &bases[i]);
	free(frame);

	return 0;
}
