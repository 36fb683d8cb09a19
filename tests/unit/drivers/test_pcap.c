/* SPDX-License-Identifier: MIT */
/* test_pcap.c - a capture file as a link */
#include "drivers/pcap.h"
#include "tests/unit/lib/test.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#ifdef TARN_HAVE_PCAP

static char path[] = "/tmp/tarn-test-XXXXXX";
static struct link source;
static uint8_t buf[64];

static void put_le32(FILE *file, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		fputc((int)(value >> 8 * i & 0xff), file);
}

static void put_frame(FILE *file, uint32_t caplen, uint32_t len, int octet)
{
	put_le32(file, 0);
	put_le32(file, 0);
	put_le32(file, caplen);
	put_le32(file, len);
	for (uint32_t i = 0; i < caplen; i++)
		fputc(octet, file);
}

/* draft-ietf-opsawg-pcap: magic, version 2.4, zone, accuracy, snaplen, type */
static FILE *begin_file(uint32_t link_type)
{
	FILE *file;
	int fd;

	memcpy(path + strlen(path) - 6, "XXXXXX", 6);
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	file = fdopen(fd, "w");
	put_le32(file, 0xa1b2c3d4);
	put_le32(file, 4 << 16 | 2);
	put_le32(file, 0);
	put_le32(file, 0);
	put_le32(file, 65535);
	put_le32(file, link_type);

	return file;
}

static int open_file(FILE *file, char error[LINK_ERROR_LEN])
{
	const struct link_options options = { .mtu = 1500 };
	int rc;

	fclose(file);
	rc = pcap_link_file(path, &options, &source, error);
	unlink(path);

	return rc;
}

static ssize_t receive(size_t size)
{
	return source.ops->receive(source.state, buf, size);
}

START_TEST(frames_come_in_their_order_and_then_the_end)
{
	char error[LINK_ERROR_LEN];
	FILE *file = begin_file(1);

	put_frame(file, 20, 20, 'a');
	put_frame(file, 60, 60, 'b');
	ck_assert_int_eq(open_file(file, error), 0);
	ck_assert(source.is_finite);
	ck_assert_int_eq(source.fd, -1);

	ck_assert_int_eq(receive(sizeof(buf)), 20);
	ck_assert_int_eq(buf[19], 'a');
	ck_assert_int_eq(receive(sizeof(buf)), 60);
	ck_assert_int_eq(buf[0], 'b');
	ck_assert_int_eq(receive(sizeof(buf)), -ENODATA);
	ck_assert_int_eq(receive(sizeof(buf)), -ENODATA);
	link_close(&source);
}
END_TEST

START_TEST(a_frame_longer_than_the_buffer_tells_its_length)
{
	uint8_t *guarded = guard_alloc(NULL, 16);
	char error[LINK_ERROR_LEN];
	FILE *file = begin_file(1);

	put_frame(file, 200, 200, 'c');
	ck_assert_int_eq(open_file(file, error), 0);
	ck_assert_int_eq(source.ops->receive(source.state, guarded, 16), 200);
	ck_assert_int_eq(guarded[15], 'c');
	guard_free(guarded, 16);
	link_close(&source);
}
END_TEST

START_TEST(what_the_snapshot_cut_off_is_not_there)
{
	char error[LINK_ERROR_LEN];
	FILE *file = begin_file(1);

	put_frame(file, 30, 1500, 'd');
	ck_assert_int_eq(open_file(file, error), 0);
	ck_assert_int_eq(receive(sizeof(buf)), 30);
	link_close(&source);
}
END_TEST

START_TEST(what_is_sent_goes_nowhere)
{
	const struct tarn_slice part = { "frame", 5 };
	char error[LINK_ERROR_LEN];

	ck_assert_int_eq(open_file(begin_file(1), error), 0);
	ck_assert_int_eq(source.ops->transmit(source.state, &part, 1), 0);
	ck_assert_int_eq(receive(sizeof(buf)), -ENODATA);
	link_close(&source);
}
END_TEST

START_TEST(a_file_that_breaks_off_is_an_error)
{
	char error[LINK_ERROR_LEN];
	FILE *file = begin_file(1);

	put_le32(file, 0);
	put_le32(file, 0);
	put_le32(file, 100);
	put_le32(file, 100);
	ck_assert_int_eq(open_file(file, error), 0);
	ck_assert_int_eq(receive(sizeof(buf)), -EIO);
	link_close(&source);
}
END_TEST

START_TEST(a_file_of_another_kind_of_link_is_refused)
{
	char error[LINK_ERROR_LEN] = "";

	ck_assert_int_eq(open_file(begin_file(101), error), -EMEDIUMTYPE);
	ck_assert_ptr_nonnull(strstr(error, "Ethernet"));
}
END_TEST

#else

START_TEST(without_libpcap_it_says_what_to_install)
{
	const struct link_options options = { .mtu = 1500 };
	char error[LINK_ERROR_LEN]        = "";
	struct link source;

	ck_assert_int_eq(pcap_link_file("in.pcap", &options, &source, error),
	                 -ENOTSUP);
	ck_assert_ptr_nonnull(strstr(error, "install libpcap-dev"));
	ck_assert_int_eq(pcap_link_live("eth0", &options, &source, error),
	                 -ENOTSUP);
}
END_TEST

#endif

static Suite *suite(void)
{
	Suite *s  = suite_create("pcap");
	TCase *tc = tcase_create("pcap_link_file");

#ifdef TARN_HAVE_PCAP
	tcase_add_test(tc, frames_come_in_their_order_and_then_the_end);
	tcase_add_test(tc, a_frame_longer_than_the_buffer_tells_its_length);
	tcase_add_test(tc, what_the_snapshot_cut_off_is_not_there);
	tcase_add_test(tc, what_is_sent_goes_nowhere);
	tcase_add_test(tc, a_file_that_breaks_off_is_an_error);
	tcase_add_test(tc, a_file_of_another_kind_of_link_is_refused);
#else
	tcase_add_test(tc, without_libpcap_it_says_what_to_install);
#endif
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
