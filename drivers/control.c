/* SPDX-License-Identifier: MIT */
/*
 * control.c - see control.h
 *
 * The listener and the clients are in one epoll set of the kernel's, and the
 * loop waits for that: one descriptor, whatever is behind it. While the loop
 * is too busy to wait it looks every now and then.
 */
#include "drivers/control.h"
#include "base/bytes.h"
#include "drivers/control_dir.h"
#include "drivers/ends.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define LOOK_US    20000u /* between two looks of a busy loop */
#define EVENTS_MAX (CONTROL_CLIENTS_MAX + 1)

struct client {
	int fd; /* -1: free */
	uint64_t number;
	size_t request_len;
	char request[CONTROL_REQUEST_MAX];
	struct textbuf answer;
	size_t sent;
};

struct control {
	struct host *host;
	char link[64], ip[TARN_ADDR_TEXT_LEN];
	struct control_path path;
	int listen_fd, epoll_fd;
	uint64_t look_us;      /* when a busy loop looks again */
	uint64_t client_count; /* ever */
	struct client client[CONTROL_CLIENTS_MAX];
};

/* ---- a client ---- */

static void client_close(struct client *client)
{
	if (client->fd >= 0)
		close(client->fd);
	client->fd = -1;
	textbuf_free(&client->answer);
}

/* Return: false: it is gone, or everything is said */
static bool client_send(struct client *client)
{
	ssize_t n;

	while (client->sent < client->answer.len) {
		n = send(client->fd, client->answer.data + client->sent,
		         client->answer.len - client->sent,
		         MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0)
			return errno == EAGAIN || errno == EINTR;
		client->sent += (size_t)n;
	}

	return false;
}

static void answer_json(const struct control *control,
                        const struct ends_view *view)
{
	textbuf_add(view->out,
	            "{\"pid\":%d,\"link\":\"%s\",\"address\":\"%s\",",
	            (int)getpid(), control->link, control->ip);
	ends_json(view);
	view->out->max += 2;
	textbuf_add(view->out, "}\n");
}

static void answer(struct control *control, struct client *client, size_t len)
{
	char error[CONTROL_ERROR_LEN];
	struct control_request request;
	const struct ends_view view = {
		.request = &request,
		.stack   = host_stack(control->host),
		.now_us  = host_now(control->host),
		.out     = &client->answer,
	};

	if (control_request_read(client->request, len, &request, error) < 0) {
		textbuf_add(&client->answer, "error %s\n", error);
		return;
	}
	textbuf_add(&client->answer, "tarn %d %s %s\n", (int)getpid(),
	            control->link, control->ip);
	if (request.json)
		answer_json(control, &view);
	else
		ends_text(&view);
}

/* Return: false: it is gone, or its request is none */
static bool client_receive(struct control *control, struct client *client)
{
	const size_t room = sizeof(client->request) - client->request_len;
	const char *end;
	ssize_t n;

	n = recv(client->fd, client->request + client->request_len, room,
	         MSG_DONTWAIT);
	if (n <= 0)
		return n < 0 && (errno == EAGAIN || errno == EINTR);
	client->request_len += (size_t)n;
	end = memchr(client->request, '\n', client->request_len);
	if (!end)
		return client->request_len < sizeof(client->request);
	answer(control, client, (size_t)(end - client->request));

	return true;
}

static void client_wait_for_room(const struct control *control,
                                 struct client *client)
{
	struct epoll_event event = { .events = EPOLLOUT, .data.ptr = client };

	epoll_ctl(control->epoll_fd, EPOLL_CTL_MOD, client->fd, &event);
}

static void client_run(struct control *control, struct client *client)
{
	bool goes_on = true;

	if (client->answer.len == 0)
		goes_on = client_receive(control, client);
	if (goes_on && client->answer.len > 0)
		goes_on = client_send(client);
	if (!goes_on)
		client_close(client);
	else if (client->answer.len > 0)
		client_wait_for_room(control, client);
}

/* ---- the listener ---- */

/* A free place, or that of whoever has been here longest. */
static struct client *make_place(struct control *control)
{
	struct client *oldest = &control->client[0];

	for (unsigned i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		struct client *client = &control->client[i];

		if (client->fd < 0)
			return client;
		if (client->number < oldest->number)
			oldest = client;
	}
	client_close(oldest);

	return oldest;
}

static void accept_one(struct control *control)
{
	struct epoll_event event = { .events = EPOLLIN };
	struct client *client;
	const int fd = accept4(control->listen_fd, NULL, NULL,
	                       SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	client = make_place(control);
	*client =
	        (struct client){ .fd = fd, .number = control->client_count++ };
	textbuf_init(&client->answer, CONTROL_ANSWER_MAX);
	event.data.ptr = client;
	if (epoll_ctl(control->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0)
		client_close(client);
}

/* A host_set_service() function */
static void serve(void *context)
{
	struct control *control = context;
	struct epoll_event event[EVENTS_MAX];
	const uint64_t now_us = host_now(control->host);
	int count;

	if (!host_is_woken(control->host, control) && now_us < control->look_us)
		return;
	control->look_us = now_us + LOOK_US;

	count = epoll_wait(control->epoll_fd, event, EVENTS_MAX, 0);
	for (int i = 0; i < count; i++) {
		struct client *client = event[i].data.ptr;

		/* One that made room meanwhile may be somebody else now; then
		 * it is asked for nothing, and says so. */
		if (!client)
			accept_one(control);
		else if (client->fd >= 0)
			client_run(control, client);
	}
}

/* ---- birth and death ---- */

/* Where a process of this number listened before us, nobody listens now. */
static int bind_to(int fd, const struct control_path *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int other;

	memcpy(address.sun_path, path->text, sizeof(path->text));
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return 0;
	if (errno != EADDRINUSE)
		return -errno;
	other = control_connect(path);
	if (other >= 0)
		close(other);
	if (other != -ECONNREFUSED || unlink(path->text) < 0)
		return -EADDRINUSE;
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return 0;

	return -errno;
}

static int bind_first_free(struct control *control,
                           const struct control_path *dir)
{
	int error = -EADDRINUSE;

	for (unsigned n = 1; n <= CONTROL_STACKS_MAX && error == -EADDRINUSE;
	     n++) {
		if (!control_socket_path(dir, (int)getpid(), n, &control->path))
			return -ENAMETOOLONG;
		error = bind_to(control->listen_fd, &control->path);
	}

	return error;
}

static int start_listening(struct control *control)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = NULL };
	struct control_path dir;
	int error;

	error = control_dir(true, &dir);
	if (error)
		return error;
	control->listen_fd =
	        socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	control->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (control->listen_fd < 0 || control->epoll_fd < 0)
		return -errno;
	error = bind_first_free(control, &dir);
	if (error) {
		control->path.text[0] = '\0';
		return error;
	}
	if (listen(control->listen_fd, CONTROL_CLIENTS_MAX) < 0 ||
	    epoll_ctl(control->epoll_fd, EPOLL_CTL_ADD, control->listen_fd,
	              &event) < 0)
		return -errno;

	return 0;
}

/* The name of a file can hold anything; a word and a JSON string cannot. */
static void set_link_name(struct control *control, const char *name)
{
	snprintf(control->link, sizeof(control->link), "%s", name);
	for (char *at = control->link; *at; at++)
		if (*at == '"' || *at == '\\' || *at <= ' ' || *at > '~')
			*at = '?';
}

int control_open(struct host *host, const char *name, const struct tarn_ip *ip,
                 struct control **ret)
{
	struct control *control = calloc(1, sizeof(*control));
	int error;

	if (!control)
		return -ENOMEM;
	control->host      = host;
	control->listen_fd = -1;
	control->epoll_fd  = -1;
	for (unsigned i = 0; i < CONTROL_CLIENTS_MAX; i++)
		control->client[i].fd = -1;
	set_link_name(control, name);
	tarn_ip_text(ip, control->ip);

	error = start_listening(control);
	if (error) {
		control_close(control);
		return error;
	}
	host_set_service(host, control->epoll_fd, serve, control);
	*ret = control;

	return 0;
}

void control_close(struct control *control)
{
	if (!control)
		return;
	host_set_service(control->host, -1, NULL, control);
	for (unsigned i = 0; i < CONTROL_CLIENTS_MAX; i++)
		client_close(&control->client[i]);
	if (control->listen_fd >= 0)
		close(control->listen_fd);
	if (control->epoll_fd >= 0)
		close(control->epoll_fd);
	if (control->path.text[0])
		unlink(control->path.text);
	free(control);
}
