// SPDX-License-Identifier: MIT
/*
 * page-arrows.js - frames that were seen at an end become arrows between both
 *
 * In the lab both ends tell what they saw, and a frame has the same "packet"
 * number at both: the arrow goes from departure to arrival. A live host knows
 * its own end only. There the other end's time is presumed, half the smoothed
 * round trip away, the arrow is drawn dashed, and the page says so.
 *
 *	from, to	ends
 *	t0, t1		departure and arrival; of a presumed one see halfOf()
 *	sent, got	the events that tell of it, or null
 *	lost		{by, rule, t} if it died on the way
 *	style		data ack control reset again other
 *	orig		of a retransmission: the arrow of these octets before
 *	rel, len, ackRel, wnd	numbers for the plots, relative to the ISNs
 */
"use strict";

Tarn.arrows = (() => {
	const other = (end) => end === "A" ? "B" : "A";

	/* Relative numbers: told, or counted from the first one seen. */
	function relate(conn, from, ev) {
		const d = ev.data;
		const mine = conn.ends[from], theirs = conn.ends[other(from)];
		const syn = /SYN/.test(d.flags || "");

		if (d.seq_rel !== undefined)
			mine.isn ??= d.seq - d.seq_rel >>> 0;
		else if (syn || mine.isn === null)
			mine.isn = syn ? d.seq : d.seq - 1 >>> 0;
		if (d.ack !== undefined && theirs.isn === null)
			theirs.isn = d.ack_rel !== undefined ?
				d.ack - d.ack_rel >>> 0 : d.ack - 1 >>> 0;
		d.seq_rel ??= d.seq - mine.isn >>> 0;
		if (d.ack !== undefined)
			d.ack_rel ??= d.ack - theirs.isn >>> 0;
	}

	function styleOf(ev) {
		const flags = ev.data.flags || "";

		if (ev.proto !== "tcp")
			return "other";
		if (ev.data.again)
			return "again";
		if (/RST/.test(flags))
			return "reset";
		if (/SYN|FIN/.test(flags))
			return "control";
		return ev.data.length > 0 ? "data" : "ack";
	}

	/* Was it sent before? Told by "again"; without it the numbers say. */
	function tie(conn, arrow, ev) {
		const d = ev.data;
		const side = conn.ends[arrow.from];
		const first = side.firstBySeq ||= new Map();
		const length = d.length || (/SYN|FIN/.test(d.flags || "") ? 1 : 0);

		if (!length)
			return;
		const before = first.get(d.seq_rel);
		const isSame = before && before.len >= d.length &&
			(d.length > 0 || before.len === 0);
		if (d.again || isSame && d.packet === undefined &&
		    ev.act === "sent") {
			arrow.style = "again";
			d.again = true;
			arrow.orig = before || null;
		}
		if (first.size > 20000)
			first.clear();
		first.set(d.seq_rel, arrow);
	}

	function make(model, ev, from) {
		const d = ev.data;

		d.length ??= 0;
		const arrow = { from, to: other(from), key: ev.t, t0: ev.t,
			t1: ev.t, sent: null, got: null, lost: null,
			copy: false, style: styleOf(ev), orig: null, rel: 0,
			len: d.length || 0, ackRel: null, wnd: null,
			conn: ev.conn };

		if (ev.proto === "tcp" && ev.conn) {
			relate(ev.conn, from, ev);
			arrow.rel = d.seq_rel;
			arrow.ackRel = d.ack_rel ?? null;
			tie(ev.conn, arrow, ev);
			ev.conn.arrows.push(arrow);
		}
		model.arrows.push(arrow);

		return arrow;
	}

	function arrive(model, ev, arrow) {
		if (arrow.got) {	/* a second copy of it */
			const copy = { ...arrow, copy: true, key: ev.t,
				got: ev, t1: ev.t };

			if (arrow.conn)
				arrow.conn.arrows.push(copy);
			model.arrows.push(copy);
			ev.arrow = copy;
			return;
		}
		arrow.got = ev;
		arrow.t1 = ev.t;
		arrow.lost = null;
		ev.arrow = arrow;
		if (ev.proto === "tcp" && arrow.sent) {
			ev.data.seq_rel ??= arrow.sent.data.seq_rel;
			ev.data.ack_rel ??= arrow.sent.data.ack_rel;
		}
		model.delay = model.delay || {};
		model.delay[arrow.from] = ev.t - arrow.t0;
	}

	function takeFrame(model, ev) {
		const packet = ev.data.packet;
		const known = packet === undefined ? null : model.packets.get(packet);

		if (ev.act !== "sent" && known && known.from !== ev.end) {
			arrive(model, ev, known);
		} else if (ev.act === "sent") {
			ev.arrow = make(model, ev, ev.end);
			ev.arrow.sent = ev;
			if (packet !== undefined)
				model.packets.set(packet, ev.arrow);
		} else {
			ev.arrow = make(model, ev, other(ev.end));
			ev.arrow.got = ev;
		}
		if (ev.tcb && ev.data.ack !== undefined)
			ev.arrow.wnd = ev.act === "sent" ? ev.tcb.rcv_wnd :
				ev.tcb.snd_wnd ?? ev.arrow.wnd;
	}

	/* A live host loses what comes in, too: nothing else tells of it. */
	function lostArrival(model, ev) {
		const arrow = make(model, ev, other(ev.end));

		arrow.got = ev;		/* until the reader asks: it names it */
		ev.arrow = arrow;
		arrow.lost = { by: ev.data.by || "loss",
			rule: ev.data.rule || "", t: ev.t, ev };
	}

	function takeWire(model, ev) {
		const arrow = model.packets.get(ev.data.packet);

		if (!arrow && ev.data.direction === "in" && ev.act === "lost")
			lostArrival(model, ev);
		if (!arrow)
			return;
		ev.end = arrow.from;
		ev.arrow = arrow;
		if (ev.act === "lost" && !arrow.got)
			arrow.lost = { by: ev.data.by || "loss",
				rule: ev.data.rule || "", t: ev.t, ev };
	}

	function take(model, ev) {
		if (ev.kind === "frame")
			takeFrame(model, ev);
		else
			takeWire(model, ev);
	}

	/* Is the far end's time only presumed? */
	const isPresumed = (arrow) =>
		!arrow.lost && (!arrow.sent || !arrow.got) && !arrow.copy;

	function halfOf(model, arrow) {
		const known = arrow.sent ? arrow.from : arrow.to;
		const ev = arrow.sent || arrow.got;
		const side = arrow.conn ? arrow.conn.ends[known] : null;

		if (ev.tcb && ev.tcb.smoothed_rtt)
			return ev.tcb.smoothed_rtt / 2;
		return side && side.half ? side.half : 0;
	}

	/* From where to where, in time: [t0, t1]. */
	function span(model, arrow) {
		if (arrow.lost && !arrow.sent)
			return [arrow.t1 - halfOf(model, arrow), arrow.t1];
		if (arrow.lost) {
			const way = (model.delay && model.delay[arrow.from]) || 0;
			return [arrow.t0, Math.max(arrow.lost.t, arrow.t0 + way)];
		}
		if (!isPresumed(arrow) || model.hasB && !arrow.conn)
			return [arrow.t0, arrow.t1];
		const half = halfOf(model, arrow);
		return arrow.sent ? [arrow.t0, arrow.t0 + half] :
			[arrow.t1 - half, arrow.t1];
	}

	return { take, span, isPresumed, other };
})();
