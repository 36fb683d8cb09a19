/* SPDX-License-Identifier: MIT */
/*
 * peer.h - one stack, a scripted peer on its link, and a clock that is a number
 *
 *	SCENARIO(fin_after_data_is_acked_once)
 *	{
 *		peer_connects("mss 1000");
 *		peer_sends("P. 1:6(5) ack 1");
 *		stack_sends(". 1:1(0) ack 6");
 *		peer_sends("F. 6:6(0) ack 1");
 *		stack_sends(". 1:1(0) ack 7");
 *		state_is(TCPS_CLOSE_WAIT);
 *	}
 *	SCENARIO_MAIN("close", fin_after_data_is_acked_once)
 *
 * The stack is 10.9.0.2, made through tarn.h with a fixed seed; the peer is
 * 10.9.0.1, answers ARP by itself and says nothing else that is not written in
 * the script (segment.h has the notation). Frames are judged in the order in
 * which they left, each exactly once: what the stack sends and no line of the
 * script expects makes the next expectation fail, or the end of the scenario.
 *
 * Payload octets are a function of their sequence number, checked in both
 * directions. Each scenario runs in three worlds, which differ in both ISS and
 * in the clock at birth. When it ends everything is closed, an hour passes in
 * silence, and then nothing may be left: no record, no timer, no octet.
 *
 * With TARN_TRACE=1 in the environment every segment is printed as it passes.
 */
#ifndef TESTS_UNIT_LIB_PEER_H
#define TESTS_UNIT_LIB_PEER_H

#include "tcp/tcp.h"
#include "tests/unit/lib/segment.h"
#include "tests/unit/lib/test.h"
#include <errno.h>

#define PEER_WORLDS 3
/* One more: the first again, with the fast paths of TCP although we look. */
#define PEER_WORLD_HASTY PEER_WORLDS
#define PEER_PORT        40000 /* the peer's, of the first flow */
#define STACK_PORT       80    /* the stack's, of passive opens */
#define RTT_US           100000 /* of handshakes made by peer_connects() and friends */
#define MSEC             ((uint64_t)1000)
#define SEC              ((uint64_t)1000000)

/* ---- A scenario ---- */

#define SCENARIO(name)                                                         \
	static void name##_steps(void);                                        \
	START_TEST(name)                                                       \
	{                                                                      \
		peer_begin(_i);                                                \
		name##_steps();                                                \
		peer_end();                                                    \
	}                                                                      \
	END_TEST                                                               \
	static void name##_steps(void)

#define SCENARIO_MAIN(suite, ...)                                              \
	int main(void)                                                         \
	{                                                                      \
		const TTest *const tests[] = { __VA_ARGS__ };                  \
                                                                               \
		return scenario_run(suite, tests,                              \
		                    sizeof(tests) / sizeof(tests[0]));         \
	}

int scenario_run(const char *suite, const TTest *const *tests, size_t count);
void peer_begin(int world);
void peer_end(void);

/** peer_config() - The stack's configuration, to be changed before its first use */
struct tarn_config *peer_config(void);
/** peer_open() - Make the stack now; anything that needs it does so by itself */
void peer_open(void);
/** stack() - The stack, made if need be */
struct tarn *stack(void);
/** peer_free_iss() - From now on the stack chooses its ISS itself */
void peer_free_iss(void);

/* ---- Time ---- */

uint64_t now_us(void);
/** time_passes() - Live through @us, from deadline to deadline */
void time_passes(uint64_t us);
/** settle() - Let the stack do what is due now */
void settle(void);

/* ---- What the peer does ---- */

#define PRINTF(a, b) __attribute__((format(printf, a, b)))

/** peer_sends() - One segment of the present flow; window 65535 unless written
 *
 * On a flow with timestamps it carries them unless options are written.
 */
void peer_sends(const char *format, ...) PRINTF(1, 2);
/** peer_sends_octets() - The same, with every octet of text being @octet */
void peer_sends_octets(int octet, const char *format, ...) PRINTF(2, 3);
/** peer_frame() - Only build it, to be changed. Return: its length */
size_t peer_frame(uint8_t frame[SEGMENT_FRAME_MAX], const char *format, ...)
        PRINTF(2, 3);
/** peer_injects() - Put a frame on the link as it is; several may wait */
void peer_injects(const uint8_t *frame, size_t len);
/** peer_queues() - As peer_sends(), but the stack is not polled yet */
void peer_queues(const char *format, ...) PRINTF(1, 2);
/** peer_too_big() - "Fragmentation needed": the segment at @seq with @text_len
 * octets of text met a hop of @mtu */
void peer_too_big(uint16_t mtu, int64_t seq, size_t text_len);
/** peer_allows_fragments() - From now on packets need not have DF */
void peer_allows_fragments(void);
/** peer_icmp() - An ICMP error about the stack's segment at @seq (relative) */
void peer_icmp(uint8_t type, uint8_t code, int64_t seq);

/** peer_port() - Go on with the flow from this port of the peer's */
void peer_port(uint16_t port);
/** peer_forgets() - All flows; say peer_port() next */
void peer_forgets(void);
/** peer_flow() - The same, to this port of the stack's */
void peer_flow(uint16_t port, uint16_t stack_port);
/** peer_iss() - Both ISS of the flow that the next SYN opens */
void peer_iss(uint32_t irs, uint32_t iss);
/** peer_initial() - The peer's ISS of the present flow is the old one plus @by;
 * sequence numbers of a new incarnation are relative to it */
void peer_initial(uint32_t by);
/** peer_window() - The window field in segments that do not write one */
void peer_window(uint16_t window);
/** peer_tsval() - The timestamp of the next segments that do not write one */
void peer_tsval(uint32_t tsval);
/** peer_ignores_arp() - From now on no answer to ARP */
void peer_ignores_arp(void);
/** peer_arp_requests() - How often the stack asked so far */
unsigned peer_arp_requests(void);
/** stack_port() - The stack's port of the present flow */
uint16_t stack_port(void);

/* ---- What the stack must do ---- */

/** stack_sends() - The next frame is exactly this; what is not written may be anything */
#define stack_sends(...) expect_frame(__FILE__, __LINE__, __VA_ARGS__)
/** stack_sends_after() - Nothing for @us, and then this (1 % and 1 ms late at most) */
#define stack_sends_after(us, ...)                                             \
	do {                                                                   \
		expect_wait(__FILE__, __LINE__, us);                           \
		stack_sends(__VA_ARGS__);                                      \
	} while (0)
#define stack_sends_nothing() expect_nothing(__FILE__, __LINE__, 0)
/** stack_is_silent_for() - Nothing until @us have passed */
#define stack_is_silent_for(us) expect_nothing(__FILE__, __LINE__, us)
/** stack_drops() - The last frame from the peer was dropped for this reason */
#define stack_drops(symbol) expect_drop(__FILE__, __LINE__, symbol)
/** state_is() - The state that the present flow last entered */
#define state_is(state) expect_state(__FILE__, __LINE__, state)

void expect_frame(const char *file, int line, const char *format, ...)
        PRINTF(3, 4);
void expect_wait(const char *file, int line, uint64_t us);
void expect_nothing(const char *file, int line, uint64_t us);
void expect_drop(const char *file, int line, const char *symbol);
void expect_state(const char *file, int line, enum tcp_state state);
_Noreturn void peer_fails(const char *file, int line, const char *format, ...)
        PRINTF(3, 4);

/** last_segment() - What the last stack_sends() took */
const struct segment *last_segment(void);
/** sent_count() - Frames that wait to be judged */
size_t sent_count(void);
/** next_segment() - Take the next frame without an expectation; false: none */
bool next_segment(struct segment *ret);
/** relative_seq(), relative_ack() - Of a segment from the stack */
int32_t relative_seq(const struct segment *segment);
int32_t relative_ack(const struct segment *segment);
/** stack_tsval() - TSval of the stack's last segment that had one */
uint32_t stack_tsval(void);

/* ---- Memory (peer_memory.c) ---- */

/** memory_held() - Octets that the stack has from the hook */
size_t memory_held(void);
/** memory_requests() - How often it asked for more so far */
unsigned long memory_requests(void);
/** memory_refuse() - Refuse the @at-th request from now (0: none), and all after it? */
void memory_refuse(unsigned long at, bool all_after);
void memory_begin(struct tarn_config *config);

/* ---- The application (peer_app.c) ---- */

/** app_listens() - Return: a listening socket, on any address */
int app_listens(uint16_t port, int backlog);
/** app_accepts() - Return: the next connection; there must be one */
int app_accepts(int listener);
bool app_can_accept(int listener);
/** app_connects() - connect() to the peer's present port. Return: the socket */
int app_connects(void);
/** app_adopts() - Have it closed when the scenario ends */
int app_adopts(int fd);
void app_closes(int fd);
void app_shuts_down(int fd);

/** app_sends() - All of @len octets must be taken */
void app_sends(int fd, size_t len);
void app_sends_more(int fd, size_t len);
/** app_receives() - Exactly @len octets must be there and right */
void app_receives(int fd, size_t len);
/** app_receives_octets() - Exactly @len octets, all of them @octet */
void app_receives_octets(int fd, size_t len, int octet);
/** app_receives_end() - recv() says that the peer has closed */
void app_receives_end(int fd);
/** app_receives_nothing() - recv() says -EAGAIN */
void app_receives_nothing(int fd);
/** app_gets_error() - recv() says -@error */
void app_gets_error(int fd, int error);
/** app_send_fails() - send() of one octet says -@error */
void app_send_fails(int fd, int error);
/** app_sets() - An integer socket option */
void app_sets(int fd, enum tarn_option option, int value);
int app_gets(int fd, enum tarn_option option);
struct tarn_tcp_info app_info(int fd);

/** peer_connects() - A passive open, RTT_US long. Return: the accepted socket
 * @options:	of the peer's SYN, such as "mss 1000"
 */
int peer_connects(const char *options);
/** app_connects_to() - An active open, RTT_US long, answered with @options */
int app_connects_to(const char *options);
/** the_listener() - The one that peer_connects() made */
int the_listener(void);

/* How the state changes of a connection look from a TIME-WAIT point of view. */

/** app_closes_first() - From ESTABLISHED to TIME-WAIT; nothing was in flight
 * @seq, @ack:	the peer's next number, and the stack's
 */
void app_closes_first(int fd, unsigned seq, unsigned ack);

/** stream_octet() - The octet with relative number @seq of a stream */
uint8_t stream_octet(bool is_peers, int64_t seq);

#endif
