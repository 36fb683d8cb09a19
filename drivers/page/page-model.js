// SPDX-License-Identifier: MIT
/*
 * page-model.js - JSON lines in, what the panels draw out
 *
 * An event is one line of the log with a few things worked out:
 *
 *	n, t		its number, and milliseconds since the first line
 *	kind, act	what it is: frame sent|received|dropped, state, timer
 *			armed|fired|cancelled, call, ready, say, app, wire, ...
 *	end		"A" or "B": whose view
 *	conn		the connection, or null
 *	tcb, timers	what is known of that end of it after the event; shared
 *			by events between which nothing changed
 *	arrow		of a frame: its way over the wire (page-arrows.js)
 *	data		the line's own
 *
 * Names and keys that are not known here stay what they are: kind "other".
 */
"use strict";

Tarn.METRICS = ["state", "cwnd", "ssthresh", "bytes_in_flight",
	"smoothed_rtt", "latest_rtt", "min_rtt", "rtt_variance", "rto",
	"snd_una", "snd_nxt", "snd_wnd", "rcv_nxt", "rcv_wnd", "pto_count",
	"snd_used", "snd_size", "rcv_used", "rcv_size", "out_of_order",
	"sacked", "lost"];

const METRIC = new Set(Tarn.METRICS);

Tarn.Model = class {
	constructor() {
		this.events = [];
		this.base = 0;		/* number of the first event kept */
		this.next = 0;
		this.about = {};	/* log:start's data */
		this.ends = { A: "A", B: "B" };
		this.hasB = false;	/* both ends tell their view */
		this.origin = null;
		this.conns = new Map();
		this.byNumber = new Map();
		this.packets = new Map();
		this.told = { bad: 0, gone: 0 };
		this.queues = { A: [], B: [] };
		this.loose = this.newConn("", null);
		this.arrows = [];
	}

	/* Every line of a batch; returns how many events came of it. */
	append(text) {
		const before = this.next;

		for (const line of text.split("\n")) {
			if (line.trim() === "")
				continue;
			let row;
			try {
				row = JSON.parse(line);
			} catch {
				this.told.bad++;
				continue;
			}
			if (row && typeof row.name === "string")
				this.take(row);
			else
				this.told.bad++;
		}
		return this.next - before;
	}

	take(row) {
		const data = row.data && typeof row.data === "object" ? row.data : {};

		if (row.name === "log:start") {
			this.begin(data);
			return;
		}
		if (this.origin === null)
			this.origin = this.hasStart && this.isVirtual ? 0 :
				Number(row.time) || 0;

		const ev = {
			n: this.next++, t: (Number(row.time) || 0) - this.origin,
			name: row.name, end: row.end === "B" ? "B" : "A", data,
			why: row.why, rfc: row.rfc, src: row.src,
			kind: "other", act: "", conn: null, arrow: null,
		};
		if (row.end === "B")
			this.hasB = true;
		this.classify(ev);
		ev.conn = this.connOf(ev);
		if (ev.kind === "timer" && data.deadline !== undefined)
			ev.deadline = data.deadline - this.origin;
		this.remember(ev);
		if (ev.kind === "frame" || ev.kind === "wire")
			Tarn.arrows.take(this, ev);
		this.keepSeries(ev);
		this.events.push(ev);
		if (ev.conn) {
			ev.conn.events.push(ev);
			ev.conn.last = ev.t;
		}
	}

	begin(data) {
		this.about = data;
		this.hasStart = true;
		/* A lab begins at 0, a host at the age of its machine. */
		this.isVirtual = Boolean(data.ends && data.ends.B);
		for (const end of ["A", "B"])
			if (data.ends && data.ends[end])
				this.ends[end] = String(data.ends[end]);
	}

	classify(ev) {
		const [group, rest = ""] = ev.name.split(":");
		const frame = /^(?:segment|datagram|message|packet|frame)_(sent|received|dropped)$/
			.exec(rest);
		const simple = { "socket:call": "call", "socket:ready": "ready",
			"app:say": "say", "tcp:buffers": "buffers",
			"tcp:scoreboard": "scoreboard", "tcp:decision": "decision",
			"recovery:metrics_updated": "metrics" };

		if (frame) {
			ev.kind = "frame";
			ev.act = frame[1];
			ev.proto = group;
		} else if (ev.name === "tcp:state_updated") {
			ev.kind = "state";
			ev.state = ev.data.new || ev.data.state;
			ev.old = ev.data.old || ev.data.state_before;
		} else if (group === "timer" || group === "app" && rest !== "say" ||
			   group === "wire" || group === "drop") {
			ev.kind = group;
			ev.act = rest;
		} else if (ev.name === "link:dropped") {
			ev.kind = "drop";
		} else if (simple[ev.name]) {
			ev.kind = simple[ev.name];
		}
	}

	newConn(key, label) {
		const side = () => ({ tcb: {}, timers: {}, path: [], isn: null,
			brackets: [], metrics: [], blocked: [], half: null });

		return { key, label, events: [], arrows: [], last: 0,
			ends: { A: side(), B: side() } };
	}

	/* Both ends number their connections on their own; addresses join them. */
	connOf(ev) {
		const d = ev.data;
		const number = d.conn ? ev.end + d.conn : null;
		const one = d.src || d.local, other = d.dst || d.peer;
		let conn = number ? this.byNumber.get(number) : null;

		if (ev.kind === "wire") {
			const arrow = this.packets.get(d.packet);
			if (arrow || !d.flags)
				return arrow ? arrow.conn : null;
			ev.proto = "tcp";
		}
		if (!conn && one && other && (ev.proto === "tcp" || d.local)) {
			const key = [one, other].sort().join(" ");

			conn = this.conns.get(key);
			if (!conn) {
				conn = this.newConn(key, ev.act === "sent" ||
					d.local ? one + " ⇄ " + other :
					other + " ⇄ " + one);
				this.nameEnds(ev, conn, one, other);
				this.conns.set(key, conn);
			}
		}
		if (conn && number)
			this.byNumber.set(number, conn);

		return conn || null;
	}

	/* A live host does not tell its name; its first connection does. */
	nameEnds(ev, conn, one, other) {
		const isOurs = ev.act === "sent" || ev.data.local;
		const bare = (address) => address.replace(/:\d+$/, "");

		conn.far = bare(isOurs ?
			other : one);
		if (!this.isVirtual && ev.end === "A" && this.ends.A === "A")
			this.ends.A = bare(isOurs ? one : other);
	}

	/* What is known of this end after the event. */
	remember(ev) {
		const side = (ev.conn || this.loose).ends[ev.end];
		const d = ev.data;
		let changed = null;

		if (d.iss !== undefined) {
			side.iss = d.iss;
			side.irs = d.irs;
		}
		for (const name in d)
			if (METRIC.has(name)) {
				const told = Tarn.Model.relative(side, name,
					d[name]);
				if (told !== side.tcb[name])
					(changed ||= {})[name] = told;
			}
		if (ev.kind === "state" && ev.state)
			(changed ||= {}).state = ev.state;
		if (changed)
			side.tcb = { ...side.tcb, ...changed };
		if (ev.kind === "state")
			side.path.push({ t: ev.t, from: ev.old, to: ev.state, ev });
		if (ev.kind === "timer")
			this.turnTimer(side, ev);
		if (ev.kind === "app")
			this.turnApp(side, ev);
		if (d.smoothed_rtt && side.half === null)
			side.half = d.smoothed_rtt / 2;
		ev.tcb = side.tcb;
		ev.timers = side.timers;
	}

	/* Sequence numbers as people count: from the ISN, where that is told. */
	static relative(side, name, value) {
		if (side.iss !== undefined && (name === "snd_una" ||
					       name === "snd_nxt"))
			return value - side.iss >>> 0;
		if (side.irs !== undefined && name === "rcv_nxt")
			return value - side.irs >>> 0;
		return value;
	}

	turnTimer(side, ev) {
		const name = ev.data.timer || "timer";
		const running = side.timers[name];
		const timers = { ...side.timers };

		if (running) {
			running.end = ev.t;
			running.how = ev.act === "armed" ? "moved" : ev.act;
			running.endEv = ev;
		}
		delete timers[name];
		if (ev.act === "armed") {
			timers[name] = { name, from: ev.t, deadline: ev.deadline,
				end: null, how: "", ev, side: ev.end };
			side.brackets.push(timers[name]);
		}
		side.timers = timers;
	}

	turnApp(side, ev) {
		const app = ev.data.app || "";
		const last = side.blocked.findLast((span) => span.app === app);

		if (last && last.end === null)
			last.end = ev.t;
		if (ev.act === "blocked")
			side.blocked.push({ from: ev.t, end: null, app, ev });
	}

	keepSeries(ev) {
		const d = ev.data;

		if (ev.name === "wire:queue" && this.queues[d.from])
			this.queues[d.from].push({ t: ev.t, frames: d.frames });
		if (!ev.conn || (d.cwnd === undefined && d.rto === undefined &&
				 d.latest_rtt === undefined))
			return;
		ev.conn.ends[ev.end].metrics.push({ t: ev.t, cwnd: d.cwnd,
			ssthresh: d.ssthresh, flight: d.bytes_in_flight,
			srtt: d.smoothed_rtt, rto: d.rto, rtt: d.latest_rtt });
	}

	/* Connections that have segments, in the order in which they began. */
	list() {
		return [...this.conns.values()].filter((conn) => conn.arrows.length);
	}

	endName(end) {
		return this.ends[end] === end ? end : end + " " + this.ends[end];
	}

	/* The last event of @events at or before @n: its index, or -1. */
	static indexOf(events, n) {
		let low = 0, high = events.length;

		while (low < high) {
			const middle = (low + high) >> 1;
			if (events[middle].n <= n)
				low = middle + 1;
			else
				high = middle;
		}
		return low - 1;
	}

	/* What one end of @conn looked like after event @n, seen from anywhere. */
	sideAt(conn, end, n) {
		const events = conn ? conn.events : [];

		for (let i = Tarn.Model.indexOf(events, n); i >= 0; i--)
			if (events[i].end === end && events[i].kind !== "wire")
				return { tcb: events[i].tcb, timers: events[i].timers };
		return { tcb: {}, timers: {} };
	}

	/* Forget the oldest events: a live page must not grow without end. */
	trim(keep) {
		const drop = this.events.length - keep;
		if (drop <= 0)
			return 0;

		this.events.splice(0, drop);
		this.base += drop;
		this.told.gone += drop;
		const cut = this.events.length ? this.events[0].t : 0;
		const late = (list, end) => list.filter((x) => (x[end] ?? cut) >= cut);

		for (const conn of [this.loose, ...this.conns.values()]) {
			conn.events = conn.events.filter((ev) => ev.n >= this.base);
			conn.arrows = late(conn.arrows, "t1");
			for (const side of Object.values(conn.ends)) {
				side.brackets = late(side.brackets, "end");
				side.blocked = late(side.blocked, "end");
				side.metrics = late(side.metrics, "t");
				side.path = side.path.slice(-50);
			}
			if (conn.key && !conn.events.length)
				this.forget(conn);
		}
		this.arrows = late(this.arrows, "t1");
		for (const end of ["A", "B"])
			this.queues[end] = late(this.queues[end], "t");
		for (const [packet, arrow] of this.packets)
			if (arrow.key < cut)
				this.packets.delete(packet);

		return drop;
	}

	forget(conn) {
		this.conns.delete(conn.key);
		for (const [number, which] of this.byNumber)
			if (which === conn)
				this.byNumber.delete(number);
	}
};
