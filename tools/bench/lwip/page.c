/* SPDX-License-Identifier: MIT */
/*
 * page.c - the page of lwIP's HTTP server, included by its fs.c
 *
 * 612 octets as everybody's, with the header in front: nothing is left to make
 * when a request comes. The flags say so, and that the connection may stay.
 */
#define TEXT_36 "abcdefghijklmnopqrstuvwxyz0123456789"

static const char page[] =
        "HTTP/1.1 200 OK\r\nServer: lwIP\r\nContent-Type: text/html\r\n"
        "Content-Length: 612\r\n\r\n" TEXT_36 TEXT_36 TEXT_36 TEXT_36 TEXT_36
                TEXT_36 TEXT_36 TEXT_36 TEXT_36 TEXT_36 TEXT_36 TEXT_36 TEXT_36
                        TEXT_36 TEXT_36 TEXT_36 TEXT_36;

static const struct fsdata_file page_file = {
	.next  = NULL,
	.name  = (const unsigned char *)"/index.html",
	.data  = (const unsigned char *)page,
	.len   = sizeof(page) - 1,
	.flags = FS_FILE_FLAGS_HEADER_INCLUDED |
	         FS_FILE_FLAGS_HEADER_PERSISTENT |
	         FS_FILE_FLAGS_HEADER_HTTPVER_1_1,
};

#define FS_ROOT     (&page_file)
#define FS_NUMFILES 1
