/* SPDX-License-Identifier: MIT */
/*
 * script.h - a packetdrill script, parsed
 *
 * What lexer.c and parser.c make of a text and the runtime plays. Everything
 * lives in the script's arena and goes with script_free(). Numbers are as the
 * script writes them: sequence numbers relative, ports and addresses in host
 * order, times in microseconds.
 *
 *	--tolerance_usecs=10000			options of the script
 *	`sysctl -q net.ipv4.tcp_sack=0`		DRILL_COMMAND
 *	0   socket(..., SOCK_STREAM, 0) = 3	DRILL_CALL
 *	+.1 < S 0:0(0) win 1000 <mss 1460>	DRILL_PACKET
 *	+0  %{ assert tcpi_snd_cwnd == 10 }%	DRILL_CODE
 *	1.0...2.0 read(4, ..., 100) = 100	a call that blocks from 1.0 to 2.0
 *
 * What the language knows and Tarn does not (IPv6, tunnels, SCTP, MPTCP ...) is
 * recognised, and the event says in "unsupported" what it would need: such a
 * script is to be skipped with that reason, neither failed nor passed.
 */
#ifndef TOOLS_DRILL_SCRIPT_H
#define TOOLS_DRILL_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- Time ---- */

enum drill_when {
	DRILL_AT,           /* 1.5	    seconds since the script began */
	DRILL_AFTER,        /* +1.5	    since the event before */
	DRILL_WHENEVER,     /* *	    any time (outbound packets) */
	DRILL_WITHIN,       /* 1.0~2.0  between two moments */
	DRILL_WITHIN_AFTER, /* +1.0~+2.0 the same, since the event before */
};

struct drill_time {
	enum drill_when when;
	int64_t at_us, until_us; /* until: the end of a range */
	bool blocks;             /* "1.0...2.0" or "+0...1.0" before a call */
	bool end_is_relative;    /* to the event before, as the start is */
	int64_t end_us;          /* when the blocking call returns */
};

/* ---- Expressions: arguments and results of calls ---- */

enum drill_expr_kind {
	DRILL_ELLIPSIS, /* ... */
	DRILL_INTEGER,  /* 1, 0x10, 'c'; htons() etc. are evaluated */
	DRILL_STRING,   /* "text", with its escapes resolved */
	DRILL_WORD,     /* SOCK_STREAM, ENOTCONN, a name to be looked up */
	DRILL_OR,       /* left op right: | and, inside brackets, & + - * << */
	DRILL_NOT,      /* ~left */
	DRILL_LIST,     /* [a, b] */
	DRILL_STRUCT,   /* {a, b} or {name=a, name(...)=b}: fields */
	DRILL_ADDR,     /* a sockaddr, however it was written */
};

struct drill_field;
struct drill_expr {
	enum drill_expr_kind kind;
	unsigned line;
	int64_t integer;
	const char *text;   /* STRING, WORD */
	size_t text_len;    /* STRING: octets, may contain NUL */
	bool is_cut;        /* STRING: "text"..., it goes on somehow */
	char op;            /* OR: one of "|&+-*<" */
	uint32_t addr_ip;   /* ADDR: host order; 0: any */
	uint16_t addr_port; /* ADDR: host order */
	const char *family; /* ADDR: "AF_INET" */
	struct drill_expr *left, *right;
	struct drill_field *fields; /* LIST (without names), STRUCT */
	unsigned field_count;
};

/** struct drill_field - "name=value", "name(count)=value" or only a value */
struct drill_field {
	struct drill_field *next;
	const char *name; /* NULL: by position */
	struct drill_expr
	        *size; /* of "msg_iov(2)=", "msg_name(...)="; or NULL */
	struct drill_expr *value;
};

struct drill_call {
	const char *name;
	struct drill_field *args; /* values; a name= is rare */
	unsigned arg_count;
	struct drill_expr *result; /* NULL: any ("= ?", "= ...") */
	const char *error;         /* "EAGAIN" or NULL */
	const char *note; /* "Resource temporarily unavailable" or NULL */
};

/* ---- Packets ---- */

enum drill_protocol { DRILL_TCP, DRILL_UDP, DRILL_ICMP };
enum drill_ecn {
	DRILL_ECN_ANY,
	DRILL_NOECN,
	DRILL_ECT0,
	DRILL_ECT1,
	DRILL_CE,
	DRILL_ECT01
};

#define DRILL_OPTIONS_MAX 40

enum drill_option_kind {
	DRILL_OPT_EOL,
	DRILL_OPT_NOP,
	DRILL_OPT_MSS,
	DRILL_OPT_WSCALE,
	DRILL_OPT_SACK_OK,
	DRILL_OPT_SACK,
	DRILL_OPT_TIMESTAMP,
	DRILL_OPT_MD5,
	DRILL_OPT_FASTOPEN,     /* data: the cookie, perhaps empty */
	DRILL_OPT_FASTOPEN_EXP, /* the same, as experiment 0xf989 */
	DRILL_OPT_RAW,
};

struct drill_option {
	enum drill_option_kind kind;
	uint32_t value;             /* MSS, shift; TSval */
	uint32_t value2;            /* TSecr */
	bool value_any, value2_any; /* written as "..." or "any" */
	bool value2_is_live;        /* "ecr 7!": not to be mapped */
	uint32_t block[4][2]; /* SACK, relative to what they acknowledge */
	unsigned block_count;
	uint8_t data[40]; /* cookie, MD5 digest; RAW: the octets behind
	                   * kind and length */
	uint8_t data_len;
	uint8_t raw_kind, raw_len; /* RAW: as written, length may be a lie */
	bool has_raw_len;          /* RAW: a single octet without */
};

struct drill_packet {
	bool is_inbound; /* "<" */
	enum drill_protocol protocol;
	enum drill_ecn ecn;     /* "[ect0]" */
	int tos, ttl;           /* "[tos 0x10]", "[ttl 1]"; -1: not written */
	bool has_ip_id, has_df; /* "[id 0x12]"; "[df]", "[nodf]" */
	bool df;
	uint16_t ip_id;
	bool has_ports;          /* "1.2.3.4:5 > 6.7.8.9:10" or "5 > 10" */
	uint32_t src_ip, dst_ip; /* 0: not written */
	uint16_t src_port, dst_port;
	/* Lies of an inbound packet: "[badipsum,iplen 30,ihl 4,doff 9]" */
	bool bad_ip_checksum, bad_checksum;
	int lie_total_len, lie_ihl, lie_doff; /* octets, words; -1: the truth */
	/* TCP */
	bool fin, syn, rst, psh, ack_bit, urg, ece, cwr, ae;
	uint32_t seq, seq_end;
	bool seq_is_live; /* "0!:0!(0)": not to be mapped */
	bool seq_any;     /* "...:...(0)" */
	bool has_ack, has_win, win_any, has_urg_ptr;
	uint32_t ack;
	uint16_t win, urg_ptr;
	bool has_options; /* "<...>" was written, perhaps empty */
	bool options_any; /* "<...>" with an ellipsis inside */
	struct drill_option option[DRILL_OPTIONS_MAX];
	unsigned option_count;
	/* all */
	uint32_t payload_len;
	const uint8_t *payload; /* NULL: the default contents */
	/* ICMP error: type and code, and the segment that it quotes */
	uint8_t icmp_type, icmp_code;
	bool has_mtu;
	uint16_t icmp_mtu;
	uint16_t icmp_id, icmp_seq; /* of an echo */
	bool has_quote;
	uint32_t quote_seq, quote_seq_end; /* UDP: end is the length */
	enum drill_protocol quote_protocol;
};

/* ---- The script ---- */

enum drill_event_kind { DRILL_PACKET, DRILL_CALL, DRILL_COMMAND, DRILL_CODE };

struct drill_event {
	struct drill_event *next;
	enum drill_event_kind kind;
	unsigned line;
	struct drill_time time;
	const char *source; /* the event as it stands in the script, one line */
	const char *
	        unsupported; /* "IPv6": what it needs and Tarn lacks; or NULL */
	union {
		struct drill_packet packet;
		struct drill_call call;
		const char *command; /* without the backticks */
		const char *code;    /* between %{ and }% */
	};
};

/** struct drill_setting - "--name=value" at the top of a script */
struct drill_setting {
	struct drill_setting *next;
	const char *name, *value; /* without the "--"; value "": none */
	unsigned line;
};

struct drill_script {
	const char *path;
	struct drill_setting *settings;
	struct drill_event *events;
	unsigned event_count;
	struct drill_arena *arena;
};

#define DRILL_ERROR_LEN      512
#define DRILL_SCRIPT_LEN_MAX (1u << 20) /* octets; longer ones are refused */
#define DRILL_EVENTS_MAX     10000      /* of a script; more are refused */

/**
 * script_parse() - Read a script
 * @path:	for messages; the text is @text, NUL-terminated
 * @defines:	"NAME=VALUE" as of -D, the last entry NULL; or NULL: words to be
 *		replaced, besides those that the scripts of others expect
 *		(TFO_COOKIE ...; define.c has the list)
 * @error:	"file:line: what is wrong; what was expected", then the line and
 *		a caret below it
 *
 * Return: 0, -EINVAL, -ENOMEM, -EFBIG. @ret is untouched on failure.
 */
int script_parse(const char *path, const char *text, const char *const *defines,
                 struct drill_script **ret, char error[DRILL_ERROR_LEN]);
void script_free(struct drill_script *script);

#endif
