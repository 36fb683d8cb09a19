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
	bool end_is_relative;    /* "...+1.0" */
	int64_t end_us;          /* when the blocking call returns */
};

/* ---- Expressions: arguments and results of calls ---- */

enum drill_expr_kind {
	DRILL_ELLIPSIS, /* ... */
	DRILL_INTEGER,  /* 1, 0x10, 'c'; htons() etc. are evaluated */
	DRILL_STRING,   /* "text", with its escapes resolved */
	DRILL_WORD,     /* SOCK_STREAM, ENOTCONN, a name to be looked up */
	DRILL_OR,       /* left | right; also +, * where scripts use them */
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
	const char *text; /* STRING, WORD */
	size_t text_len;  /* STRING: octets, may contain NUL */
	char op;          /* OR: '|', '+', '*' ... */
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
	struct drill_expr *result; /* NULL: any */
	const char *error;         /* "EAGAIN" or NULL */
	const char *note;          /* "(Resource temporarily unavailable)" */
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
	DRILL_OPT_FASTOPEN,
	DRILL_OPT_FASTOPEN_EXP,
	DRILL_OPT_RAW,
};

struct drill_option {
	enum drill_option_kind kind;
	uint32_t value;             /* MSS, shift; TSval */
	uint32_t value2;            /* TSecr */
	bool value_any, value2_any; /* written as "..." or "any" */
	uint32_t block[4][2]; /* SACK, relative to what they acknowledge */
	unsigned block_count;
	uint8_t data[40]; /* cookie, MD5 digest; RAW: the octets behind
				 * kind and length */
	uint8_t data_len;
	uint8_t raw_kind, raw_len; /* RAW: as written, length may be a lie */
};

struct drill_packet {
	bool is_inbound; /* "<" */
	enum drill_protocol protocol;
	enum drill_ecn ecn;         /* "[ect0]" */
	int tos, ttl;               /* -1: not written */
	bool has_ip_id, has_df, df; /* "[id 0x12]", "[noDF]" where written */
	uint16_t ip_id;
	bool has_ports;          /* "1.2.3.4:5 > ..." or "5 > 6" */
	uint32_t src_ip, dst_ip; /* 0: not written */
	uint16_t src_port, dst_port;
	/* TCP */
	bool fin, syn, rst, psh, ack_bit, urg, ece, cwr, ae;
	bool flags_any; /* "-"?: not compared */
	uint32_t seq, seq_end;
	bool seq_is_absolute; /* written with "#" or "!" by dialects */
	bool has_ack, has_win, win_any, has_urg_ptr;
	uint32_t ack;
	uint16_t win, urg_ptr;
	bool has_options; /* "<...>" was written, perhaps empty */
	bool options_any; /* "<...>" with an ellipsis inside */
	struct drill_option option[DRILL_OPTIONS_MAX];
	unsigned option_count;
	bool bad_checksum; /* where a dialect can ask for it */
	/* all */
	uint32_t payload_len;
	const uint8_t *payload; /* NULL: the default contents */
	/* ICMP error: type and code, and the segment that it quotes */
	uint8_t icmp_type, icmp_code;
	uint16_t icmp_mtu;
	bool has_quote;
	uint32_t quote_seq, quote_seq_end;
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
	const char *name, *value; /* value "": none */
	unsigned line;
};

struct drill_script {
	const char *path;
	struct drill_setting *settings;
	struct drill_event *events;
	unsigned event_count;
	struct drill_arena *arena;
};

#define DRILL_ERROR_LEN 512

/**
 * script_parse() - Read a script
 * @path:	for messages; the text is @text, NUL-terminated
 * @error:	"file:line: what is wrong; what was expected"
 *
 * Return: 0, -EINVAL, -ENOMEM. @ret is untouched on failure.
 */
int script_parse(const char *path, const char *text, struct drill_script **ret,
                 char error[DRILL_ERROR_LEN]);
void script_free(struct drill_script *script);

#endif
