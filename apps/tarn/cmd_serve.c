/* SPDX-License-Identifier: MIT */
/*
 * cmd_serve.c - tarn serve: the files beneath a directory, by HTTP
 *
 * The server runs as the loop's service, once a step, so that a clean stop,
 * which is steps too, lets it finish its answers.
 */
#include "apps/http/limits.h"
#include "apps/http/server.h"
#include "apps/tarn/command.h"
#include "apps/tarn/livepage.h"
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SERVE_PORT 80
#define MIME_FILE  "/etc/mime.types"

/** struct serve - what the command line asks for, and what runs */
struct serve {
	const char *root;
	const char *log_file; /* NULL: standard output */
	bool is_quiet, lists, is_live;
	uint64_t port;
	int root_fd;
	FILE *log; /* NULL: none */
	struct http_mime *mime;
	struct host *host;
	struct livepage *live; /* NULL: no page */
	struct http_server *server;
	uint64_t deadline_us; /* when the server wants its next step */
};

static bool read_options(struct serve *serve, int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "port", required_argument, NULL, 'p' },
		{ "access-log", required_argument, NULL, 'a' },
		{ "quiet", no_argument, NULL, 'q' },
		{ "list", no_argument, NULL, 'l' },
		{ "live", no_argument, NULL, 'v' },
		{ 0 },
	};
	int letter;

	optind = 0;
	while ((letter = getopt_long(argc, argv, "p:a:ql", long_options,
	                             NULL)) >= 0) {
		if (letter == 'a')
			serve->log_file = optarg;
		else if (letter == 'q')
			serve->is_quiet = true;
		else if (letter == 'l')
			serve->lists = true;
		else if (letter == 'v')
			serve->is_live = true;
		else if (letter != 'p' ||
		         !command_number("--port", optarg, 1, UINT16_MAX,
		                         &serve->port))
			return false;
	}
	if (optind < argc)
		serve->root = argv[optind++];

	return optind == argc;
}

/* ---- files ---- */

static const char *cure_of(int error)
{
	if (error == EACCES)
		return "make it readable (`chmod a+rx`), or name another one";
	if (error == ENOTDIR)
		return "name the directory that the file is in";

	return "name a directory that exists";
}

static bool open_root(struct serve *serve)
{
	int error = 0;

	serve->root_fd = open(serve->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (serve->root_fd < 0 ||
	    faccessat(serve->root_fd, ".", R_OK | X_OK, AT_EACCESS) < 0)
		error = errno;
	if (error)
		fprintf(stderr, "tarn: cannot serve '%s': %s; %s\n",
		        serve->root, strerror(error), cure_of(error));

	return error == 0;
}

/* Standard output may be a capture or a ladder: then we speak beside it. */
static FILE *our_stream(const struct host_options *options)
{
	const bool is_taken =
	        options->ladder ||
	        (options->capture && strcmp(options->capture, "-") == 0);

	return is_taken ? stderr : stdout;
}

static bool open_log(struct serve *serve, const struct host_options *options)
{
	if (!serve->log_file) {
		serve->log = serve->is_quiet ? NULL : our_stream(options);
		return true;
	}

	serve->log = fopen(serve->log_file, "ae");
	if (!serve->log)
		fprintf(stderr,
		        "tarn: cannot write the access log '%s': %s; give "
		        "another --access-log FILE\n",
		        serve->log_file, strerror(errno));

	return serve->log != NULL;
}

static void write_log(void *context, const char *line, size_t len)
{
	struct serve *serve = context;

	fwrite(line, 1, len, serve->log);
}

static int64_t wall_s(void *context)
{
	(void)context;

	return (int64_t)time(NULL);
}

/* ---- the server ---- */

static void work(void *context)
{
	struct serve *serve = context;

	serve->deadline_us =
	        http_server_step(serve->server, host_now(serve->host));
	if (serve->log)
		fflush(serve->log);
}

static bool open_server(struct serve *serve)
{
	struct http_server_config config;
	int error;

	http_server_config_init(&config);
	config.local.port = (uint16_t)serve->port;
	config.site       = (struct http_site){
		      .root_fd           = serve->root_fd,
		      .mime              = serve->mime,
		      .lists_directories = serve->lists,
	};
	config.wall_s  = wall_s;
	config.log     = serve->log ? write_log : NULL;
	config.context = serve;
	if (serve->live)
		livepage_mount(serve->live, serve->host, &config,
		               &serve->server);

	error = http_server_open(host_stack(serve->host), &config,
	                         &serve->server);
	if (error)
		fprintf(stderr,
		        "tarn: cannot listen on port %" PRIu64
		        ": %s; give another --port\n",
		        serve->port, tarn_strerror(error));

	return error == 0;
}

static void say_where(const struct serve *serve,
                      const struct host_options *options)
{
	FILE *stream = our_stream(options);
	char text[TARN_ADDR_TEXT_LEN], port[8] = "";

	if (serve->port != SERVE_PORT)
		snprintf(port, sizeof(port), ":%u", (unsigned)serve->port);
	fprintf(stream, "serving %s on http://%s%s/\n", serve->root,
	        tarn_ip_text(&options->ip, text), port);
	fflush(stream);
	if (serve->live)
		livepage_say(&options->ip, (uint16_t)serve->port);
}

/* Return: what ended it, for command_close() */
static int run(struct serve *serve)
{
	int rc;

	host_set_service(serve->host, -1, work, serve);
	do
		rc = host_step(serve->host, serve->deadline_us);
	while (rc == 0);

	/* A signal: answers under way are finished, within their deadline. */
	http_server_stop(serve->server, host_now(serve->host));
	if (rc == -EINTR)
		host_drain(serve->host, HTTP_STOP_US);
	host_set_service(serve->host, -1, NULL, serve);

	return rc;
}

static int serve_on_link(struct serve *serve,
                         const struct host_options *options)
{
	bool is_open;
	int rc = 0;

	serve->host = command_open_live(options, &serve->live);
	if (!serve->host)
		return EXIT_FAILURE;

	is_open = open_server(serve);
	if (is_open) {
		say_where(serve, options);
		rc = run(serve);
		http_server_close(serve->server);
	}
	rc = command_close(serve->host, rc);

	return is_open ? rc : EXIT_FAILURE;
}

int cmd_serve(const struct host_options *options, int argc, char **argv)
{
	struct serve serve = { .root = ".", .port = SERVE_PORT, .root_fd = -1 };
	struct host_options copy = *options;
	int code                 = EXIT_FAILURE;

	if (!read_options(&serve, argc, argv))
		return command_usage(SERVE_SYNOPSIS);

	copy.live = options->live || serve.is_live;
	if (open_root(&serve) && open_log(&serve, options)) {
		/* Without the file the built-in table serves. */
		(void)!http_mime_load(MIME_FILE, &serve.mime);
		code = serve_on_link(&serve, &copy);
	}

	http_mime_free(serve.mime);
	if (serve.log_file && serve.log)
		fclose(serve.log);
	if (serve.root_fd >= 0)
		close(serve.root_fd);

	return code;
}
