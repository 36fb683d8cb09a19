/* SPDX-License-Identifier: MIT */
/*
 * cmd_get.c - tarn get: fetch one URL; options and exit codes are curl's
 *
 * What a server sends is shown on a terminal with its control characters
 * escaped; into files and pipes it goes as it is.
 */
#include "apps/http/client.h"
#include "apps/http/limits.h"
#include "apps/http/url.h"
#include "apps/tarn/command.h"
#include "apps/tarn/get_output.h"
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <string.h>

/* curl's */
enum get_exit {
	GET_OK             = 0,
	GET_UNSUPPORTED    = 1,
	GET_MALFORMED_URL  = 3,
	GET_CANNOT_RESOLVE = 6,
	GET_CANNOT_CONNECT = 7,
	GET_WEIRD_REPLY    = 8,
	GET_PARTIAL        = 18,
	GET_HTTP_ERROR     = 22,
	GET_WRITE_ERROR    = 23,
	GET_NO_MEMORY      = 27,
	GET_TIMEOUT        = 28,
	GET_NO_LINK        = 45, /* "interface failed" */
	GET_EMPTY          = 52,
	GET_SEND_ERROR     = 55,
	GET_RECV_ERROR     = 56,
	GET_INTERRUPTED    = 130, /* as a shell sees SIGINT */
};

struct get {
	const char *text; /* the URL */
	bool is_head, is_silent;
	uint64_t max_us, connect_us; /* 0: no limit */
	struct http_url url;
	struct tarn_addr peer;
	char host[HTTP_URL_BYTES_MAX];       /* the Host field */
	char target[HTTP_URL_BYTES_MAX + 2]; /* "/path?query" */
	struct get_output output;
};

/* Says what went wrong, unless -s. Return: @code */
__attribute__((format(printf, 3, 4))) static enum get_exit
complain(const struct get *get, enum get_exit code, const char *format, ...)
{
	va_list args;

	if (get->is_silent)
		return code;
	fprintf(stderr, "tarn: (%d) ", (int)code);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);

	return code;
}

/* ---- the command line ---- */

/* "1.5": seconds, with at most six digits behind the point */
static bool read_seconds(const char *what, const char *text, uint64_t *ret_us)
{
	uint64_t us = 0, unit = 1000000;
	const char *at = text;

	for (; *at >= '0' && *at <= '9' && us < 1000000 * unit; at++)
		us = us * 10 + (uint64_t)(*at - '0') * unit;
	if (*at == '.')
		for (at++; *at >= '0' && *at <= '9' && unit > 1; at++) {
			unit /= 10;
			us += (uint64_t)(*at - '0') * unit;
		}
	if (*at == '\0' && us > 0) {
		*ret_us = us;
		return true;
	}
	fprintf(stderr, "tarn: %s wants seconds, such as 2.5, not '%s'\n", what,
	        text);

	return false;
}

static bool take_option(struct get *get, int letter, const char *argument)
{
	switch (letter) {
	case 'o':
		get->output.file = strcmp(argument, "-") ? argument : NULL;
		return true;
	case 'i':
		get->output.shows_head = true;
		return true;
	case 'v':
		get->output.is_verbose = true;
		return true;
	case 'I':
		get->is_head           = true;
		get->output.shows_head = true;
		return true;
	case 'f':
		get->output.fails_on_error = true;
		return true;
	case 's':
		get->is_silent        = true;
		get->output.is_silent = true;
		return true;
	case 'm':
		return read_seconds("--max-time", argument, &get->max_us);
	case 'c':
		return read_seconds("--connect-timeout", argument,
		                    &get->connect_us);
	default:
		return false;
	}
}

static bool read_options(struct get *get, int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "output", required_argument, NULL, 'o' },
		{ "include", no_argument, NULL, 'i' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "head", no_argument, NULL, 'I' },
		{ "fail", no_argument, NULL, 'f' },
		{ "silent", no_argument, NULL, 's' },
		{ "max-time", required_argument, NULL, 'm' },
		{ "connect-timeout", required_argument, NULL, 'c' },
		{ 0 },
	};
	int letter;

	optind = 0;
	while ((letter = getopt_long(argc, argv, "o:ivIfsm:", long_options,
	                             NULL)) >= 0)
		if (!take_option(get, letter, optarg))
			return false;
	if (optind + 1 != argc)
		return false;
	get->text = argv[optind];

	return true;
}

/* ---- the URL ---- */

static enum get_exit refuse_url(const struct get *get, enum http_fault fault)
{
	if (fault == HTTP_FAULT_URL_NOT_HTTP)
		return complain(get, GET_UNSUPPORTED,
		                "%s; give a URL that begins with http://",
		                http_fault_text(fault));

	return complain(get, GET_MALFORMED_URL,
	                "malformed URL: %s (%s); give it as "
	                "http://ADDRESS[:PORT]/PATH",
	                http_fault_text(fault), http_fault_section(fault));
}

static enum get_exit find_peer(struct get *get)
{
	const struct http_authority *at = &get->url.at;
	const struct http_span host     = at->host;

	if (!at->is_ip4)
		return complain(get, GET_CANNOT_RESOLVE,
		                "cannot resolve '%.*s': %s; give an IPv4 "
		                "address",
		                (int)host.len, get->text + host.at,
		                at->is_ip6 ? "IPv6 comes with a later release"
		                           : "names come with a later release");

	get->peer.ip = tarn_ip4(at->ip4[0], at->ip4[1], at->ip4[2], at->ip4[3]);
	get->peer.port = at->port ? at->port : HTTP_PORT_DEFAULT;

	return GET_OK;
}

/* The path may be missing, the query must not lose its mark. */
static void write_target(struct get *get)
{
	const struct http_url *url = &get->url;

	snprintf(get->target, sizeof(get->target), "%.*s%s%.*s",
	         url->path.len ? (int)url->path.len : 1,
	         url->path.len ? get->text + url->path.at : "/",
	         url->has_query ? "?" : "", (int)url->query.len,
	         get->text + url->query.at);
}

static enum get_exit read_url(struct get *get)
{
	const enum http_fault fault = http_url_read(get->text, &get->url);
	struct http_span host       = get->url.authority;

	if (fault)
		return refuse_url(get, fault);
	/* RFC 9110 section 7.2: without the default port */
	if (get->url.at.port == 0 || get->url.at.port == HTTP_PORT_DEFAULT)
		host = get->url.at.host;
	snprintf(get->host, sizeof(get->host), "%.*s", (int)host.len,
	         get->text + host.at);
	write_target(get);

	return find_peer(get);
}

/* ---- how it ended ---- */

static enum get_exit explain_stop(const struct get *get, int error)
{
	const struct get_output *output = &get->output;

	if (error == -ECANCELED)
		return complain(get, GET_HTTP_ERROR,
		                "the server answered with status %u",
		                output->status);
	if (output->is_refused)
		return complain(get, GET_WRITE_ERROR,
		                "binary octets can upset a terminal; use "
		                "-o FILE");

	return complain(get, GET_WRITE_ERROR, "cannot write %s: %s",
	                output->file ? output->file : "to standard output",
	                strerror(-error));
}

static enum get_exit explain_failure(const struct get *get,
                                     enum http_client_end end, int error)
{
	char peer[TARN_ADDR_TEXT_LEN];
	const char *sentence = tarn_strerror(error);

	tarn_addr_text(&get->peer, peer);
	if (end == HTTP_CLIENT_CONNECT_LATE || error == -ETIMEDOUT)
		return complain(get, GET_TIMEOUT,
		                "%s did not answer in time; is the address "
		                "right, is a firewall in between?",
		                peer);
	if (end == HTTP_CLIENT_NO_CONNECTION)
		return complain(get, GET_CANNOT_CONNECT,
		                "cannot connect to %s: %s", peer, sentence);
	if (end == HTTP_CLIENT_SEND_FAILED)
		return complain(get, GET_SEND_ERROR, "cannot send to %s: %s",
		                peer, sentence);

	return complain(get, GET_RECV_ERROR, "cannot receive from %s: %s", peer,
	                sentence);
}

static enum get_exit explain_octets(const struct get *get,
                                    const struct http_client *client)
{
	const uint64_t octets       = http_client_received(client);
	const enum http_fault fault = http_client_fault(client);

	switch (http_client_end(client)) {
	case HTTP_CLIENT_LATE:
		return complain(get, GET_TIMEOUT,
		                "the time is over, with %llu octets received",
		                (unsigned long long)octets);
	case HTTP_CLIENT_EMPTY:
		return complain(get, GET_EMPTY, "the server sent nothing");
	case HTTP_CLIENT_CUT_HEAD:
		return complain(get, GET_RECV_ERROR,
		                "the connection ended within the head");
	case HTTP_CLIENT_PARTIAL:
		return complain(get, GET_PARTIAL,
		                "the connection ended after %llu octets, "
		                "before the end of the body",
		                (unsigned long long)octets);
	case HTTP_CLIENT_BAD_BODY:
		return complain(get, GET_RECV_ERROR,
		                "the body is broken: %s "
		                "(%s)",
		                http_fault_text(fault),
		                http_fault_section(fault));
	default:
		return complain(get,
		                fault == HTTP_FAULT_NOT_HTTP ? GET_UNSUPPORTED
		                                             : GET_WEIRD_REPLY,
		                "the answer cannot be understood: %s (%s)",
		                http_fault_text(fault),
		                http_fault_section(fault));
	}
}

static enum get_exit explain(const struct get *get,
                             const struct http_client *client)
{
	const enum http_client_end end = http_client_end(client);

	switch (end) {
	case HTTP_CLIENT_DONE:
		return GET_OK;
	case HTTP_CLIENT_NO_CONNECTION:
	case HTTP_CLIENT_CONNECT_LATE:
	case HTTP_CLIENT_SEND_FAILED:
	case HTTP_CLIENT_RECV_FAILED:
		return explain_failure(get, end, http_client_error(client));
	case HTTP_CLIENT_STOPPED:
		return explain_stop(get, http_client_error(client));
	default:
		return explain_octets(get, client);
	}
}

/* ---- the transfer ---- */

/* Return: what the last host_step() returned */
static int run(struct host *host, struct http_client *client)
{
	uint64_t deadline_us;
	int rc = 0;

	for (;;) {
		deadline_us = http_client_step(client, host_now(host));
		if (rc || http_client_end(client) != HTTP_CLIENT_RUNNING)
			return rc;
		rc = host_step(host, deadline_us);
	}
}

static enum get_exit finish(struct get *get, const struct http_client *client,
                            int rc)
{
	const enum http_client_end end = http_client_end(client);
	const int error =
	        get_output_close(&get->output, end == HTTP_CLIENT_DONE);

	if (end == HTTP_CLIENT_RUNNING && rc == -EINTR)
		return complain(get, GET_INTERRUPTED, "interrupted");
	if (end == HTTP_CLIENT_RUNNING)
		return complain(get, GET_RECV_ERROR, "the link has ended");
	if (end == HTTP_CLIENT_DONE && error)
		return explain_stop(get, error);

	return explain(get, client);
}

static enum get_exit fetch(struct get *get, struct host *host)
{
	const struct http_client_config config = {
		.peer       = get->peer,
		.method     = get->is_head ? "HEAD" : "GET",
		.target     = get->target,
		.host       = get->host,
		.connect_us = get->connect_us,
		.total_us   = get->max_us,
		.sent       = get_output_sent,
		.head       = get_output_head,
		.body       = get_output_body,
		.context    = &get->output,
	};
	struct http_client *client;
	enum get_exit code;
	int rc;

	get->output.host = host;
	rc = http_client_open(host_stack(host), &config, host_now(host),
	                      &client);
	if (rc == -ENOMEM)
		return complain(get, GET_NO_MEMORY, "there is no memory left");
	if (rc)
		return explain_failure(get, HTTP_CLIENT_NO_CONNECTION, rc);

	rc   = run(host, client);
	code = finish(get, client, rc);
	http_client_close(client);

	return code;
}

int cmd_get(const struct host_options *options, int argc, char **argv)
{
	struct get get = { 0 };
	enum get_exit code;
	struct host *host;

	if (!read_options(&get, argc, argv))
		return command_usage(GET_SYNOPSIS);
	if (!get.output.file && options->capture &&
	    strcmp(options->capture, "-") == 0) {
		fprintf(stderr, "tarn: the capture goes to standard output; "
		                "give -o FILE for the page\n");
		return EXIT_USAGE;
	}
	code = read_url(&get);
	if (code)
		return (int)code;

	host = command_open(options);
	if (!host)
		return GET_NO_LINK;
	code = fetch(&get, host);
	if (command_close(host, 0) && !code)
		code = GET_RECV_ERROR;

	return (int)code;
}
