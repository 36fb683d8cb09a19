/* SPDX-License-Identifier: MIT */
/*
 * test_static.c - which request is answered with which file: rows HP-01, HP-03,
 * HO-01; section E of the checklist
 */
#include "apps/http/beneath.h"
#include "tests/unit/http/rig.h"
#include <dirent.h>

static struct http_reply reply;
static bool lists;

static void setup(void)
{
	memset(&rig, 0, sizeof(rig));
	rig_site();
	http_reply_init(&reply);
	lists = false;
	ck_assert_int_eq(symlinkat("/etc/passwd", rig.root_fd, "out"), 0);
	ck_assert_int_eq(symlinkat("..", rig.root_fd, "up"), 0);
	ck_assert_int_eq(symlinkat("a.txt", rig.root_fd, "in"), 0);
	ck_assert_int_eq(symlinkat("loop", rig.root_fd, "loop"), 0);
	ck_assert_int_eq(mkfifoat(rig.root_fd, "fifo", 0644), 0);
	rig_file(".hidden", "secret", 6);
}

static unsigned count_descriptors(void)
{
	DIR *dir       = opendir("/proc/self/fd");
	unsigned count = 0;

	while (readdir(dir))
		count++;
	closedir(dir);

	return count;
}

static void teardown(void)
{
	http_reply_free(&reply);
	rig_remove_site();
}

/* Answers @bytes, a whole request, and checks that no descriptor is left. */
static const char *ask(const char *bytes)
{
	static char text[1 << 20];
	unsigned descriptors;
	const struct http_site site = { .root_fd           = rig.root_fd,
		                        .lists_directories = lists };
	struct http_request request;
	struct http_exchange exchange = { .request    = &request,
		                          .unix_s     = RIG_WALL_S,
		                          .keep_alive = true };
	struct http_head head;
	uint8_t *buf = (uint8_t *)strdup(bytes);

	http_reply_free(&reply);
	descriptors = count_descriptors();
	http_head_init(&head, HTTP_REQUEST);
	ck_assert_int_eq(http_head_feed(&head, buf, strlen(bytes)), HTTP_DONE);
	ck_assert_int_eq(http_request_read(&head, buf, &request),
	                 HTTP_FAULT_NONE);
	exchange.buf = buf;
	http_static_answer(&site, &exchange, &reply);
	free(buf);

	ck_assert_int_eq(reply.out.error, 0);
	ck_assert_uint_lt(reply.out.len, sizeof(text));
	memcpy(text, reply.out.data, reply.out.len);
	text[reply.out.len] = '\0';
	ck_assert_uint_eq(count_descriptors(),
	                  descriptors + (reply.file_fd >= 0));

	return text;
}

static const char *get(const char *target)
{
	char bytes[20000];

	snprintf(bytes, sizeof(bytes), "GET %s HTTP/1.1\r\nHost: h\r\n\r\n",
	         target);

	return ask(bytes);
}

static void assert_status(const char *target, int status)
{
	get(target);
	ck_assert_msg(reply.status == status, "%s: %d, not %d", target,
	              reply.status, status);
	if (status != 200) {
		ck_assert_int_eq(reply.file_fd, -1);
		ck_assert_uint_eq(reply.file_left, 0);
	}
}

START_TEST(files_are_answered_with_their_octets)
{
	char data[16];

	assert_contains(get("/a.txt"), "\r\nContent-Length: 7\r\n");
	ck_assert_uint_eq(reply.file_left, 7);
	ck_assert_int_eq(pread(reply.file_fd, data, sizeof(data), 0), 7);
	ck_assert_mem_eq(data, "text a\n", 7);
	assert_contains(get("/a.txt?q=%zz"), "200 OK");
	assert_contains(get("http://other/a.txt"), "200 OK");
	assert_contains(get("/empty.txt"), "\r\nContent-Length: 0\r\n");
	ck_assert_int_eq(reply.file_fd, -1);
	assert_contains(get("/"), "text/html");
	assert_contains(get("http://other"), "text/html");
	assert_contains(get("/sub/"), "\r\nContent-Length: 4\r\n");
	assert_contains(get("/sub/../a.txt"), "200 OK");
	assert_contains(get("/in"), "\r\nContent-Length: 7\r\n");
	assert_contains(get("/a.txt"),
	                "\r\nX-Content-Type-Options: nosniff\r\n");
	assert_contains(get("/a.txt"), "\r\nLast-Modified: ");
}
END_TEST

START_TEST(nothing_outside_the_root_is_answered)
{
	static const struct {
		const char *target;
		int status;
	} rows[] = {
		{ "/../etc/passwd", 400 },
		{ "/sub/../../etc/passwd", 400 },
		{ "/%2e%2e/etc/passwd", 400 },
		{ "/%252e%252e/etc/passwd", 404 },
		{ "/..%2fetc/passwd", 404 },
		{ "/..%5c..%5cetc/passwd", 404 },
		{ "//etc/passwd", 404 },
		{ "/%c0%ae%c0%ae/etc/passwd", 400 },
		{ "/out", 404 },
		{ "/up/", 404 },
		{ "/up", 404 },
		{ "/up/etc/passwd", 404 },
		{ "/loop", 404 },
		{ "/a.txt%00.html", 400 },
		{ "/a.txt%", 400 },
		{ "/.hidden", 404 },
		{ "/sub/../.hidden", 404 },
		{ "/./.hidden", 404 },
		{ "/fifo", 403 },
		{ "/a.txt/", 404 },
		{ "/a.txt/x", 404 },
		{ "/nope", 404 },
		{ "/bare/", 403 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_status(rows[i].target, rows[i].status);
}
END_TEST

START_TEST(a_name_too_long_is_not_there)
{
	char target[6000] = "/";

	memset(target + 1, 'a', 300);
	assert_status(target, 404);
	memset(target + 1, 'a', sizeof(target) - 2);
	assert_status(target, 404);
}
END_TEST

/* HO-01, and no redirect to another server */
START_TEST(a_directory_is_redirected_to_its_slash)
{
	assert_contains(get("/sub"), "\r\nLocation: /sub/\r\n");
	assert_contains(get("/sub?a=b&c"), "\r\nLocation: /sub/?a=b&c\r\n");
	assert_contains(get("/bare/../sub"), "\r\nLocation: /sub/\r\n");
	assert_contains(get("http://evil/sub"), "\r\nLocation: /sub/\r\n");
	assert_status("//sub", 404);
	assert_status("/.//sub", 404);
	assert_status("/sub%0d%0aX:y", 400);

	ck_assert_int_eq(mkdirat(rig.root_fd, "b\xc3\xa4 %\"<", 0755), 0);
	assert_contains(get("/b%c3%a4%20%25%22%3c"),
	                "\r\nLocation: /b%C3%A4%20%25%22%3C/\r\n");
}
END_TEST

START_TEST(methods_that_change_things_are_not_allowed)
{
	static const char *const methods[] = { "POST", "PUT", "DELETE", "PATCH",
		                               "TRACE" };

	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		char bytes[64];

		snprintf(bytes, sizeof(bytes),
		         "%s /a.txt HTTP/1.1\r\nHost: h\r\n\r\n", methods[i]);
		assert_contains(ask(bytes),
		                "\r\nAllow: GET, HEAD, OPTIONS\r\n");
		ck_assert_int_eq(reply.status, 405);
	}
	ask("CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n");
	ck_assert_int_eq(reply.status, 405);
	ask("BREW / HTTP/1.1\r\nHost: h\r\n\r\n");
	ck_assert_int_eq(reply.status, 501);
}
END_TEST

START_TEST(options_tells_what_is_allowed)
{
	static const char *const asks[] = {
		"OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n",
		"OPTIONS /a.txt HTTP/1.1\r\nHost: h\r\n\r\n",
	};

	for (size_t i = 0; i < 2; i++) {
		const char *answer = ask(asks[i]);

		assert_contains(answer, "HTTP/1.1 204 No Content\r\n");
		assert_contains(answer, "\r\nAllow: GET, HEAD, OPTIONS\r\n");
		ck_assert_ptr_null(strstr(answer, "Content-Length"));
	}
}
END_TEST

START_TEST(head_names_the_length_and_sends_nothing)
{
	const char *answer = ask("HEAD /a.txt HTTP/1.1\r\nHost: h\r\n\r\n");

	assert_contains(answer, "\r\nContent-Length: 7\r\n");
	ck_assert_uint_eq(reply.file_left, 0);
	answer = ask("HEAD /nope HTTP/1.1\r\nHost: h\r\n\r\n");
	assert_contains(answer, "HTTP/1.1 404 ");
	ck_assert_uint_eq(reply.out.len, reply.head_len);
}
END_TEST

START_TEST(a_listing_is_sorted_escaped_and_hides_dotfiles)
{
	const char *answer;

	lists = true;
	rig_file("bare/b<&\">.txt", "", 0);
	rig_file("bare/a b", "", 0);
	rig_file("bare/.hidden", "", 0);
	ck_assert_int_eq(mkdirat(rig.root_fd, "bare/dir", 0755), 0);
	answer = get("/bare/");
	assert_contains(answer, "HTTP/1.1 200 OK");
	assert_contains(answer,
	                "<li><a href=\"./a%20b\">a b</a>\n"
	                "<li><a href=\"./b%3C%26%22%3E.txt\">b&lt;&amp;&quot;"
	                "&gt;.txt</a>\n"
	                "<li><a href=\"./dir/\">dir/</a>\n");
	ck_assert_ptr_null(strstr(answer, "hidden"));
	assert_contains(get("/sub/"), "\r\nContent-Length: 4\r\n");
	(void)ask("HEAD /bare/ HTTP/1.1\r\nHost: h\r\n\r\n");
	ck_assert_uint_eq(reply.out.len, reply.head_len);
}
END_TEST

static int open_stepwise(const char *name)
{
	const int fd = beneath_open_stepwise(rig.root_fd, name);

	if (fd >= 0)
		close(fd);

	return fd;
}

START_TEST(without_openat2_no_link_is_followed)
{
	ck_assert_int_eq(symlinkat("sub", rig.root_fd, "to-sub"), 0);
	ck_assert_int_ge(open_stepwise("a.txt"), 0);
	ck_assert_int_ge(open_stepwise("sub/index.html"), 0);
	ck_assert_int_ge(open_stepwise("."), 0);
	ck_assert_int_eq(open_stepwise("in"), -ELOOP);
	ck_assert_int_eq(open_stepwise("out"), -ELOOP);
	ck_assert_int_eq(open_stepwise("to-sub/index.html"), -ENOTDIR);
	ck_assert_int_eq(open_stepwise("up/etc"), -ENOTDIR);
	ck_assert_int_eq(open_stepwise("../etc"), -EINVAL);
	ck_assert_int_eq(open_stepwise("sub/../.."), -EINVAL);
	ck_assert_int_eq(open_stepwise("sub//index.html"), -EINVAL);
	ck_assert_int_eq(open_stepwise("/etc/passwd"), -EINVAL);
	ck_assert_int_eq(open_stepwise("nope"), -ENOENT);
	ck_assert_int_eq(open_stepwise("a.txt/x"), -ENOTDIR);
}
END_TEST

START_TEST(with_openat2_links_stay_beneath)
{
	static const char *const out[] = { "out", "up/etc", "../etc",
		                           "sub/../..", "/etc/passwd" };
	int fd                         = beneath_open(rig.root_fd, "in");

	ck_assert_int_ge(fd, 0);
	close(fd);
	for (size_t i = 0; i < sizeof(out) / sizeof(out[0]); i++)
		ck_assert_int_lt(beneath_open(rig.root_fd, out[i]), 0);
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("http static");
	TCase *tc = tcase_create("static");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, files_are_answered_with_their_octets);
	tcase_add_test(tc, nothing_outside_the_root_is_answered);
	tcase_add_test(tc, a_name_too_long_is_not_there);
	tcase_add_test(tc, a_directory_is_redirected_to_its_slash);
	tcase_add_test(tc, methods_that_change_things_are_not_allowed);
	tcase_add_test(tc, options_tells_what_is_allowed);
	tcase_add_test(tc, head_names_the_length_and_sends_nothing);
	tcase_add_test(tc, a_listing_is_sorted_escaped_and_hides_dotfiles);
	tcase_add_test(tc, without_openat2_no_link_is_followed);
	tcase_add_test(tc, with_openat2_links_stay_beneath);
	tcase_set_timeout(tc, 60);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
