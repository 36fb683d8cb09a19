/* SPDX-License-Identifier: MIT */
/* stage_state.h - what stage.c, road.c, actor.c and forge.c share */
#ifndef TOOLS_LAB_STAGE_STATE_H
#define TOOLS_LAB_STAGE_STATE_H

#include "drivers/fault_judge.h"
#include "drivers/glance.h"
#include "tools/lab/stage.h"

#define STAGE_FRAME_LEN_MAX 65600u
#define STAGE_KEPT_MAX      8192        /* frames that replay can find */
#define STAGE_OCTETS_MAX    (32u << 20) /* an app's, each way */
/* The stacks are born this long before the lesson's time begins. */
#define WARM_US       1000000u
#define ROAD_HELD_MAX 16 /* frames that let others pass */

/** struct kept - a frame that was sent, for replay and to tie a second sending */
struct kept {
	uint8_t from; /* enum lab_end */
	bool is_forged;
	uint64_t number;
	bool is_tcp, is_syn;
	uint16_t src_port, dst_port;
	uint32_t seq, seq_len; /* what it occupies */
	size_t len;
	uint8_t *frame;
};

/** struct road - the way out of one end, in front of the wire */
struct road {
	struct stage *stage;
	unsigned end;
	struct fault_judge judge;
	unsigned held_count;
	struct held {
		uint64_t pass_left, due_us;
		size_t len;
		uint8_t *frame;
	} held[ROAD_HELD_MAX];
	uint8_t frame[STAGE_FRAME_LEN_MAX];
};

/** struct actor - an app on stage */
struct actor {
	const struct app *app;
	unsigned pc;
	bool is_waiting; /* for the time wake_us */
	bool has_begun;  /* the step at pc */
	bool is_told;    /* that it is blocked */
	bool is_finished, is_dead;
	int error;
	uint64_t wake_us, finished_us;
	uint64_t done;                /* octets of the step at pc, or floods */
	uint64_t loop[LAB_STEPS_MAX]; /* rounds left; 0: not in it */
	int listener, fd;             /* -1: none */
	uint64_t pattern_at;
	uint8_t *sent, *got;
	size_t sent_len, got_len;
	bool is_cut;
};

/** struct end_view - what an end said about its latest connection */
struct end_view {
	struct tarn_note note;
	struct tarn_addr local, peer;
	uint8_t last[128]; /* the head of the last IP frame that it sent */
	size_t last_len;
};

struct stage {
	const struct lesson *lesson;
	struct stage_options options;
	void (*tell)(void *listener, const struct stage_row *row);
	void *listener;
	uint64_t now_us; /* of the lesson */
	uint64_t seed;
	bool is_warming; /* before the lesson: nothing is told */
	uint64_t warm_packets;
	struct wire *wire;
	const char *fate_by; /* why the frame that is being sent dies */
	uint16_t router_mtu;
	bool is_router_silent;
	uint16_t ip_id;
	struct live *live; /* NULL: virtual time */
	uint64_t quiet_us; /* when anything happened last */
	struct road road[2];
	struct tarn *stack[2];
	unsigned crashes[2];
	uint64_t deadline_us[2];
	struct story *story[2];
	struct end_view view[2];
	unsigned kept_count;
	struct kept kept[STAGE_KEPT_MAX];
	struct actor actor[LAB_APPS_MAX];
};

/* ---- stage.c ---- */
struct tarn_ip stage_ip(unsigned end);
/** stage_time() - A stack's time in the lesson's, which began WARM_US later */
uint64_t stage_time(uint64_t stack_us);
/** stage_next_packet() - The number of the frame that is sent next */
uint64_t stage_next_packet(const struct stage *stage);
void stage_mac(unsigned end, uint8_t ret[6]);
void stage_tell(struct stage *stage, struct stage_row *row);
int stage_crash(struct stage *stage, unsigned end);

/* ---- stage_told.c: observers of the stacks, of their stories and the wire ---- */
void stage_observe_a(void *stage, const struct tarn_event *event);
void stage_observe_b(void *stage, const struct tarn_event *event);
void stage_told_a(void *stage, const struct story_row *row);
void stage_told_b(void *stage, const struct story_row *row);
/** stage_tie() - Say of which earlier frame a sent one is a repetition */
void stage_tie(const struct stage *stage, struct stage_row *row);
uint64_t stage_number_a(void *stage, bool is_rx);
uint64_t stage_number_b(void *stage, bool is_rx);
void stage_wire_told(void *stage, uint64_t number, unsigned from,
                     enum wire_fate fate);

/* ---- road.c: from a stack to the wire ---- */
extern const struct tarn_link_ops road_ops;
int road_open(struct stage *stage, unsigned end, char error[LAB_ERROR_LEN]);
void road_close(struct road *road);
/** road_advance() - Let go what has been held back long enough */
void road_advance(struct road *road, uint64_t now_us);
uint64_t road_deadline(const struct road *road);
int road_add_fault(struct road *road, const char *rule);
/** stage_inject() - A frame of nobody's stack, towards the other end of @from
 * @by:	"router", or NULL: forged
 */
void stage_inject(struct stage *stage, unsigned from, const char *by,
                  const uint8_t *frame, size_t len);

/* ---- router.c: a hop with a smaller MTU ---- */
/** router_passes() - May the frame go on? Else it was answered or cut */
bool router_passes(struct stage *stage, unsigned from, const uint8_t *frame,
                   size_t len);

/* ---- forge.c ---- */
int forge(struct stage *stage, const struct step *step);
void flood_one(struct stage *stage, const struct step *step, uint64_t number);
int replay(struct stage *stage, const struct step *step);

/* ---- actor.c ---- */
/** actor_run() - As far as it gets now. Return: did it do anything? */
bool actor_run(struct stage *stage, struct actor *actor);
uint64_t actor_deadline(const struct actor *actor);
bool actor_is_over(const struct actor *actor);

enum outcome { STEP_DONE, STEP_BLOCKED, STEP_FAILED };
/** actor_socket_step() - A step that calls the stack; a failure's errno in actor->error */
enum outcome actor_socket_step(struct stage *stage, struct actor *actor,
                               const struct step *step);

/* ---- settings.c ---- */
int settings_config(const struct lesson *lesson, unsigned end,
                    struct tarn_config *config, char error[LAB_ERROR_LEN]);
/** settings_option() - A socket option by name. Return: 0, -errno, -ENOPROTOOPT */
int settings_option(struct tarn *t, int fd, const struct step *step);
bool settings_option_exists(const char *name);

#endif
