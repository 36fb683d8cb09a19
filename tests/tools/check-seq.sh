#!/bin/bash
# SPDX-License-Identifier: MIT
# A comparison of sequence numbers by < or > is seen in every spelling.
. "$(dirname "$0")/lib.bash"

wrong() {
	put stack/tcp/a.c <<<"$1"
	complains "rejects $1" "a.c:1:" "$root/tools/check-seq" \
		"$scratch/stack/tcp/a.c"
}
right() {
	put stack/tcp/a.c <<<"$1"
	passes "takes $1" "$root/tools/check-seq" "$scratch/stack/tcp/a.c"
}

wrong 'if (tcb->snd.una < seg->ack)'
wrong 'if (x <= tcb->snd.nxt)'
wrong 'if (tcb->rcv.nxt > x)'
wrong 'if (x >= seg->seq)'
wrong 'while ((seg.seq) < end)'
wrong 'if (edge < (tcb->snd.up))'
wrong 'if (range[i].seq < end)'

right 'if (seq_lt(tcb->snd.una, seg->ack))'
right 'const uint32_t flight = tcb->snd.nxt - tcb->snd.una;'
right 'mask = bit << seg->ack;'
right '/* SND.UNA < SEG.ACK, that is snd.una < seg.ack */'
right 'say("snd.una < seg.ack");'
right 'if (len < seg->seq_len)'

put stack/wire/seq.h <<<'return a.seq < b.seq;'
passes "stack/wire/seq.h itself may" "$root/tools/check-seq" \
	"$scratch/stack/wire/seq.h"
exit "$verdict"
