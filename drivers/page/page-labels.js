// SPDX-License-Identifier: MIT
/*
 * page-labels.js - what stands on the arrows and beside the lifelines
 *
 * No two labels may overlap. They are placed in the order of their worth (the
 * cursor's first, then what is lost or sent again, then SYN, FIN and RST, then
 * data, then bare ACKs); who finds no room with fewer words or elsewhere on its
 * arrow, stays away until the reader zooms in.
 */
"use strict";

Tarn.labels = (() => {
	const LINE = 15;	/* pixels from one label to the next */
	const widths = new Map();

	function width(c, text) {
		const key = c.font + text;
		let value = widths.get(key);

		if (value === undefined) {
			if (widths.size > 5000)
				widths.clear();
			value = c.measureText(text).width;
			widths.set(key, value);
		}
		return value;
	}

	const worth = (one, cursor) => {
		const arrow = one.arrow;

		if (cursor && cursor.arrow === arrow)
			return 0;
		if (arrow.lost || arrow.got && arrow.got.act === "dropped")
			return 1;
		return { again: 2, reset: 2, control: 3, other: 4, data: 5 }[
			arrow.style] || 6;
	};

	/* Arrows that leave within a hair of each other share one label. */
	function groups(placed, cursor) {
		const found = [];
		const open = {};

		for (const one of placed) {
			const kin = one.arrow.from + one.arrow.style;
			const last = open[kin];
			const alone = worth(one, cursor) < 4;

			if (last && !alone && !last.alone && one.y0 - last.y0 < 3.5) {
				last.count++;
				last.octets += one.arrow.len;
				last.last = one;
				continue;
			}
			const group = { one, last: one, y0: one.y0, count: 1, alone,
				octets: one.arrow.len, worth: worth(one, cursor) };
			found.push(group);
			if (!alone)
				open[kin] = group;
		}
		return found;
	}

	function words(group, detail) {
		const arrow = group.one.arrow;
		const ev = arrow.sent || arrow.got;

		if (group.count > 1 && arrow.style === "other")
			return group.count + " × " + ev.proto;
		if (group.count > 1)
			return group.count + " × " + (group.octets ? "data " +
				arrow.rel + "–" + (group.last.arrow.rel +
				group.last.arrow.len) : "ack, last " +
				(group.last.arrow.ackRel ?? ""));
		const drop = arrow.got && arrow.got.act === "dropped" ?
			" ⊘ " + (arrow.got.data.drop || "dropped") : "";
		const mark = arrow.lost ? " ✗ " + (arrow.lost.rule ||
			arrow.lost.by) : drop;
		return (arrow.style === "again" ? "↻ " : "") + (arrow.copy ?
			"copy: " : "") + Tarn.text.frame(ev, detail) + mark;
	}

	/* Two labels as sloping strips: is there less than a line between them? */
	function collide(a, b, line = LINE) {
		const x0 = Math.max(a.x0, b.x0), x1 = Math.min(a.x1, b.x1);

		if (x0 > x1 + 4)
			return false;
		const at = (l, x) => l.y + (x - l.x0) * l.slope;
		const d0 = at(a, x0) - at(b, x0), d1 = at(a, x1) - at(b, x1);
		return Math.sign(d0) !== Math.sign(d1) ||
			Math.min(Math.abs(d0), Math.abs(d1)) < line;
	}

	/* The strip of a text on an arrow; @f says where along it, 0 to 1. */
	function strip(ladder, one, text, f) {
		const w = width(ladder.context, text);
		const left = Math.min(one.x0, one.x1);
		const whole = Math.abs(one.x1 - one.x0);
		const slope = (one.y1 - one.y0) / (one.x1 - one.x0);
		const cos = 1 / Math.hypot(1, slope);
		const along = w * cos;
		const x0 = left + 12 + Math.max(0, whole - along - 24) * f;

		return { x0, x1: x0 + along, slope, text, w,
			y: one.y0 + (x0 - one.x0) * slope - 5,
			fits: along <= whole - 18 };
	}

	function fit(ladder, group, taken) {
		const rtl = group.one.arrow.from === "B";
		const spots = group.one.arrow.lost ? [0.5] :
			rtl ? [0.88, 0.5, 0.12] : [0.12, 0.5, 0.88];
		let last = "";

		for (let detail = 2; detail >= 0; detail--) {
			const text = words(group, detail);
			if (text === last)
				continue;
			last = text;
			for (const f of spots) {
				const label = strip(ladder, group.one, text, f);
				if (label.fits &&
				    !taken.some((other) => collide(label, other,
					LINE * ladder.k)))
					return label;
			}
		}
		return null;
	}

	function drawOne(ladder, group, label) {
		const c = ladder.context;

		c.save();
		c.translate(label.x0, label.y);
		c.rotate(Math.atan(label.slope));
		c.lineWidth = 4;
		c.strokeStyle = ladder.color("--ground");
		c.strokeText(label.text, 0, 0);
		c.fillStyle = ladder.color(ladder.styleOf(group.one.arrow) +
			"-text");
		c.fillText(label.text, 0, 0);
		c.restore();
	}

	function draw(ladder, placed) {
		const c = ladder.context;
		const cursor = ladder.view.cursor;
		const taken = [];
		let count = 0;

		ladder.placed = taken;
		if (placed.length > 1500)
			return 0;
		c.textAlign = "left";
		c.textBaseline = "alphabetic";
		const found = groups(placed, cursor)
			.sort((a, b) => a.worth - b.worth);
		for (const group of found) {
			if (taken.length > 150 ||
			    ladder.isCrowded && group.worth > 3)
				break;
			c.font = ladder.font(12.5, group.worth === 0 ? 700 : 500);
			const label = fit(ladder, group, taken);
			if (!label)
				continue;
			taken.push(label);
			drawOne(ladder, group, label);
			count++;
		}
		return count;
	}

	/* ---- notes beside the lifelines ---- */

	const NOTED = { state: 0, say: 1, app: 2, call: 3, ready: 4, timer: 2,
		drop: 1, wire: 5, other: 5 };

	function noteOf(ev) {
		if (ev.kind === "state")
			return { text: (Tarn.STATES[ev.state]?.glyph || "") + " " +
				ev.state, pill: Tarn.STATES[ev.state]?.color };
		if (ev.kind === "timer")
			return ev.act === "fired" ? { text: ev.data.timer + " timer",
				brief: ev.data.timer, color: "--timer-fired" } : null;
		if (ev.kind === "say")
			return { text: "“" + ev.data.text + "”",
				color: "--accent" };
		if (ev.kind === "app")
			return { text: (ev.data.app ? ev.data.app + " " : "") +
				(ev.act === "running" ? "runs" : ev.act),
			color: "--text" };
		if (ev.kind === "wire" || ev.kind === "buffers")
			return null;
		if (ev.kind === "call")
			return { text: Tarn.text.call(ev.data), color: "--text",
				brief: Tarn.text.call({ ...ev.data, args: "",
					fd: -1 }) };
		if (ev.kind === "ready")
			return { text: "⚑ fd " + ev.data.fd + " " +
				Tarn.text.value(ev.data.events || ""),
				color: "--dim" };
		return { text: Tarn.text.told(ev), color: "--dim" };
	}

	function shorten(c, text, room) {
		if (width(c, text) <= room)
			return text;
		let end = text.length - 1;
		while (end > 1 && width(c, text.slice(0, end) + "…") > room)
			end--;
		return text.slice(0, end) + "…";
	}

	/* Move down until free; give up when it would stray too far. */
	function settle(taken, y, line) {
		const from = y;

		for (const other of taken.sort((a, b) => a - b))
			if (Math.abs(other - y) < line)
				y = other + line;
		return y - from > 3.2 * line ? null : y;
	}

	function drawNote(ladder, ev, note, end, y, at) {
		const c = ladder.context;
		const out = ladder.sign[end];
		const inner = ladder.x(end) + out * (ladder.strip + 2);
		const room = ladder.notes - 16;
		const isCursor = ev === ladder.view.cursor;

		c.font = ladder.font(12, note.pill || isCursor ? 650 : 450);
		const text = shorten(c, note.brief &&
			width(c, note.text) > room ? note.brief : note.text,
		room);
		const w = width(c, text);
		const x = end === "A" ? inner - w - 6 : inner + 6;

		c.strokeStyle = ladder.color(note.pill || "--tick");
		c.lineWidth = 1;
		ladder.line(ladder.x(end) + out * 5, at, inner, y);
		if (note.pill) {
			c.fillStyle = ladder.color("--ground");
			c.strokeStyle = ladder.color(note.pill);
			c.lineWidth = 2;
			c.beginPath();
			c.roundRect(x - 6, y - 8.5 * ladder.k, w + 12,
				17 * ladder.k, 8.5 * ladder.k);
			c.fill();
			c.stroke();
		}
		c.textAlign = "left";
		c.textBaseline = "middle";
		if (!note.pill) {
			c.lineWidth = 4;
			c.strokeStyle = ladder.color("--ground");
			c.strokeText(text, x, y + 0.5);
		}
		c.fillStyle = ladder.color(isCursor ? "--cursor" :
			note.pill ? "--text" : note.color);
		c.fillText(text, x, y + 0.5);
		ladder.hits.push({ x: x - 6, y: y - 9, w: w + 12, h: 18, ev });
	}

	function drawBlocked(ladder) {
		const view = ladder.view, c = ladder.context;
		const sides = [[view.model.loose, "A"], [view.model.loose, "B"]];

		if (view.focus)
			sides.push([view.focus, "A"], [view.focus, "B"]);
		for (const [conn, end] of sides) {
			const x = ladder.x(end) +
				ladder.sign[end] * (ladder.strip - 2);
			for (const span of conn.ends[end].blocked) {
				const stop = span.end ?? view.map.last;
				if (stop < ladder.t0 || span.from > ladder.t1)
					continue;
				const y0 = view.y(span.from), y1 = view.y(stop);
				c.fillStyle = ladder.color("--blocked");
				c.fillRect(x - 2, y0, 4, Math.max(2, y1 - y0));
				ladder.hits.push({ x: x - 5, y: y0, w: 10,
					h: y1 - y0, ev: span.ev });
			}
		}
	}

	function drawNotes(ladder) {
		const view = ladder.view, events = view.events;
		const wanted = [];
		let i = 0, high = events.length;

		drawBlocked(ladder);
		while (i < high) {
			const middle = (i + high) >> 1;
			if (events[middle].t < ladder.t0)
				i = middle + 1;
			else
				high = middle;
		}
		for (; i < events.length && events[i].t <= ladder.t1 &&
		     wanted.length < 3000; i++)
			if (events[i].kind in NOTED || events[i] === view.cursor)
				wanted.push(events[i]);
		wanted.sort((a, b) => (a === view.cursor ? -1 : NOTED[a.kind] ?? 6) -
			(b === view.cursor ? -1 : NOTED[b.kind] ?? 6) || a.n - b.n);

		const taken = { A: [], B: [] };
		for (const ev of wanted) {
			if (ev.kind === "frame")
				continue;
			const note = noteOf(ev);
			if (!note || taken[ev.end].length > 80)
				continue;
			const at = view.y(ev.t);
			const y = settle(taken[ev.end], at, 18 * ladder.k);
			if (y === null)
				continue;
			taken[ev.end].push(y);
			drawNote(ladder, ev, note, ev.end, y, at);
		}
	}

	return { draw, drawNotes, collide };
})();
