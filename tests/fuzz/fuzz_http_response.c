/* SPDX-License-Identifier: MIT */
/*
 * fuzz_http_response.c - a response is read alike from every split, folded
 * lines included
 *
 * The first octet chooses the split and whether HEAD was asked, the rest is
 * the response.
 */
#include "apps/http/message.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_split.h"

static void judge(const struct http_head *head, const uint8_t *buf,
                  bool is_to_head)
{
	struct http_response response;
	struct http_field field;
	uint32_t at    = 0;
	unsigned count = 0;

	while (http_field_next(head, buf, &at, &field)) {
		REQUIRE(field.name.len > 0);
		REQUIRE(field.value.at + field.value.len <= head->len - 4);
		count++;
	}
	REQUIRE(count == head->field_count);
	if (http_response_read(head, buf, is_to_head, &response))
		return;

	REQUIRE(response.status >= 100 && response.status <= 999);
	REQUIRE(!is_to_head || response.framing.kind == HTTP_BODY_NONE);
	REQUIRE(response.framing.length <= INT64_MAX);
	REQUIRE(response.framing.kind != HTTP_BODY_UNTIL_CLOSE ||
	        !response.keep_alive);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct http_head whole, cut;
	uint8_t *buf, *cut_buf;

	if (len == 0)
		return 0;
	buf = fuzz_copy(data + 1, len - 1);
	http_head_init(&whole, HTTP_RESPONSE);
	(void)http_head_feed(&whole, buf, len - 1);
	fuzz_feed_split(&cut, HTTP_RESPONSE, data, len, &cut_buf);

	REQUIRE(whole.fault == cut.fault && whole.len == cut.len);
	REQUIRE(whole.field_count == cut.field_count);
	if (whole.len) {
		REQUIRE(!memcmp(buf, cut_buf, whole.len));
		judge(&whole, buf, data[0] & 1);
	}
	free(cut_buf);
	free(buf);

	return 0;
}
