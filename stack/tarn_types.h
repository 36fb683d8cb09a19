/* SPDX-License-Identifier: MIT */
/*
 * tarn_types.h - what crosses the edge of libtarn: addresses, frames, memory
 *
 * tarn.h includes it. A driver needs no more than this.
 */
#ifndef TARN_TYPES_H
#define TARN_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h> /* ssize_t */

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define TARN_API     __attribute__((visibility("default")))
#define TARN_CHECKED __attribute__((warn_unused_result))
#else
#define TARN_API
#define TARN_CHECKED
#endif

/* ---- Addresses ---------------------------------------------------------- */

enum tarn_ip_version {
	TARN_IP_NONE = 0, /* "any": the wildcard of bind() */
	TARN_IP4     = 4,
	TARN_IP6     = 6, /* reserved: refused with -EAFNOSUPPORT today */
};

/** struct tarn_ip - an IP address of either family
 * @version:	enum tarn_ip_version
 * @octet:	network order; IPv4 uses the first four, the rest are zero
 */
struct tarn_ip {
	uint8_t version;
	uint8_t octet[16];
};

/** struct tarn_addr - one end of a connection: address and port */
struct tarn_addr {
	struct tarn_ip ip;
	uint16_t port; /* host order */
};

#define TARN_ADDR_TEXT_LEN 56 /* "[IPv6]:port" and the terminating NUL */

/** tarn_ip4() - An IPv4 address from its four octets, most significant first */
TARN_API struct tarn_ip tarn_ip4(uint8_t a, uint8_t b, uint8_t c, uint8_t d);

/**
 * tarn_ip_parse() - Read a dotted quad (strict: four decimals, no octal)
 * @text:	NUL-terminated
 * @ret:	untouched on failure
 *
 * Return: 0, or -EINVAL
 */
TARN_API int tarn_ip_parse(const char *text, struct tarn_ip *ret) TARN_CHECKED;

/** tarn_ip_text() - Write an address as text; returns @text */
TARN_API char *tarn_ip_text(const struct tarn_ip *ip,
                            char text[TARN_ADDR_TEXT_LEN]);

/** tarn_addr_text() - Write "address:port"; returns @text */
TARN_API char *tarn_addr_text(const struct tarn_addr *addr,
                              char text[TARN_ADDR_TEXT_LEN]);

/* ---- The link ----------------------------------------------------------- */

/** struct tarn_slice - octets that belong to somebody else */
struct tarn_slice {
	const void *data;
	size_t len;
};

/**
 * struct tarn_link_ops - what a driver must do
 * @receive:	Write the next frame (from destination MAC to payload end,
 *		without FCS) to @buf. Return: its length, 0 when there is none
 *		now, or -errno. A frame longer than @size is cut and its true
 *		length returned, so that the stack can drop it by name.
 * @transmit:	Send one frame, given in parts; they are borrowed for the call.
 *		Return: 0, or -errno (-EAGAIN, -ENOBUFS: the frame is lost,
 *		as on any wire).
 */
struct tarn_link_ops {
	ssize_t (*receive)(void *link, uint8_t *buf, size_t size);
	int (*transmit)(void *link, const struct tarn_slice *part,
	                unsigned part_count);
};

#define TARN_OFFLOAD_NEEDS_SUM 0x1 /* somebody must still complete the sum */
#define TARN_OFFLOAD_SUM_VALID 0x2 /* somebody has checked the sum */

/**
 * struct tarn_offload - what of a frame's TCP or UDP is left to the link
 * @flags:	TARN_OFFLOAD_*
 * @gso_size:	0: a plain frame. Otherwise a super-frame: one TCP segment that
 *		stands for many, each with this many octets of text; the last
 *		may have fewer. It has one set of headers, whose lengths and
 *		sums speak of the whole.
 * @hdr_len:	octets of all headers from the destination MAC on
 * @sum_start:	NEEDS_SUM: from here to the end of the packet ...
 * @sum_offset:	... and the sum goes here, from @sum_start; now it holds the
 *		pseudo-header's part
 *
 * What a link tells is believed only as far as the frame bears it out.
 */
struct tarn_offload {
	uint8_t flags;
	uint16_t gso_size, hdr_len;
	uint16_t sum_start, sum_offset;
};

/**
 * struct tarn_super_ops - what a driver can do besides, if it offloads
 *
 * The calls of struct tarn_link_ops, with what is left to the link; those are
 * not called then. The packet of a super-frame has at most 65535 octets.
 */
struct tarn_super_ops {
	ssize_t (*receive)(void *link, uint8_t *buf, size_t size,
	                   struct tarn_offload *ret);
	int (*transmit)(void *link, const struct tarn_slice *part,
	                unsigned part_count,
	                const struct tarn_offload *offload);
};

/**
 * struct tarn_lend_ops - what a driver can do whose frames lie in memory
 *
 * A ring that is shared with a kernel, or with another stack: the frame is read
 * where it lies, and copied once, to the application's octets.
 *
 * @lend:	As receive(), but tell where the next frame is: it stays there,
 *		unchanged, until the next call. @ret_offload is zero before.
 * @room:	Where a plain frame of @len octets may be written that leaves
 *		next; NULL: nowhere now, so that transmit() is called. The
 *		function itself may be NULL.
 * @send:	What is in the room is complete. Return: as transmit()
 */
struct tarn_lend_ops {
	ssize_t (*lend)(void *link, const uint8_t **ret_frame,
	                struct tarn_offload *ret_offload);
	uint8_t *(*room)(void *link, size_t len);
	int (*send)(void *link, size_t len);
};

/* ---- Memory ------------------------------------------------------------- */

/**
 * struct tarn_memory - where the stack's memory comes from
 * @resize:	realloc()'s contract with both sizes given: @ptr NULL allocates,
 *		@new_size 0 frees (and returns NULL). NULL otherwise means "out
 *		of memory", which the stack survives.
 */
struct tarn_memory {
	void *(*resize)(void *context, void *ptr, size_t old_size,
	                size_t new_size);
	void *context;
};

#ifdef __cplusplus
}
#endif

#endif /* TARN_TYPES_H */
