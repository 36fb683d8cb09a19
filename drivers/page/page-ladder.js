// SPDX-License-Identifier: MIT
/*
 * page-ladder.js - the space-time ladder: time runs down, slopes are true
 *
 * Drawn on a canvas, only what is in view. From left to right: the time axis,
 * A's notes (state changes, socket calls, timers), A's lifeline, the arrows,
 * B's lifeline, B's notes. Labels and notes, which must not lie upon each
 * other, are page-labels.js.
 */
"use strict";

Tarn.Ladder = class {
	constructor(canvas, view) {
		this.canvas = canvas;
		this.view = view;
		this.context = canvas.getContext("2d");
		this.hits = [];		/* {x, y, w, h, ev} of notes drawn */
		this.seen = { arrows: 0, labels: 0 };
		view.onDraw(() => this.draw());
		this.listen();
	}

	/* Colours are those of the style sheet, so dark, light and print agree. */
	color(name) {
		let value = this.colors.get(name);

		if (value === undefined) {
			value = this.style.getPropertyValue(name).trim();
			this.colors.set(name, value);
		}
		return value;
	}

	resize() {
		const box = this.canvas.getBoundingClientRect();
		const ratio = this.ratio || window.devicePixelRatio || 1;
		const width = Math.max(320, Math.round(box.width));
		const height = Math.max(160, Math.round(box.height));

		if (this.canvas.width !== Math.round(width * ratio) ||
		    this.canvas.height !== Math.round(height * ratio)) {
			this.canvas.width = Math.round(width * ratio);
			this.canvas.height = Math.round(height * ratio);
		}
		this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
		this.width = width;
		this.height = height;
		this.view.height = height;
		this.layout();
	}

	layout() {
		const k = Math.max(1, Math.min(1.45, this.width / 760));
		const notes = Math.max(112, Math.min(150 * k, this.width * 0.19));

		this.k = k;		/* letters grow with the room */
		this.axis = Math.round(66 * k);
		this.notes = notes;
		this.strip = 26;	/* timer brackets */
		this.xA = this.axis + notes + this.strip;
		this.xB = this.width - notes - this.strip;
		this.sign = { A: -1, B: 1 };	/* outward */
	}

	x(end) {
		return end === "A" ? this.xA : this.xB;
	}

	draw() {
		this.style = getComputedStyle(document.documentElement);
		this.colors = new Map();
		this.resize();

		const c = this.context;
		const view = this.view;

		this.t0 = view.map.t(view.v0);
		this.t1 = view.map.t(view.v0 + this.height / view.scale);
		this.hits = [];
		c.clearRect(0, 0, this.width, this.height);
		c.lineJoin = "round";
		this.drawCursor();
		this.drawAxis();
		this.drawTimers();
		this.drawLifelines();
		const arrows = this.visibleArrows();
		this.drawArrows(arrows);
		this.drawTies(arrows);
		this.seen.arrows = arrows.length;
		this.seen.labels = Tarn.labels.draw(this, arrows);
		Tarn.labels.drawNotes(this);
	}

	/* ---- axis and breaks ---- */

	drawAxis() {
		const c = this.context, view = this.view;
		const v1 = view.v0 + this.height / view.scale;
		const { step, found } = view.map.ticks(view.v0, v1, 64 / view.scale);

		c.font = this.font(11.5);
		c.textAlign = "right";
		c.textBaseline = "middle";
		c.lineWidth = 1;
		for (const tick of found) {
			const y = Math.round((tick.v - view.v0) * view.scale) + 0.5;
			if (tick.t < 0)
				continue;
			c.strokeStyle = this.color("--grid");
			this.line(this.axis, y, this.width, y);
			c.fillStyle = this.color("--dim");
			c.fillText(Tarn.TimeMap.label(tick.t, step), this.axis - 6, y);
		}
		for (const gap of view.map.gaps)
			if (gap.v1 > view.v0 && gap.v0 < v1)
				this.drawBreak(gap);
	}

	/* An idle gap: a hatched band, two torn edges, and how long it was. */
	drawBreak(gap) {
		const c = this.context, view = this.view;
		const y0 = (gap.v0 - view.v0) * view.scale;
		const y1 = (gap.v1 - view.v0) * view.scale;
		const middle = (y0 + y1) / 2;
		const half = Math.min(9 * this.k, (y1 - y0) / 2);

		c.fillStyle = this.color("--gap");
		c.fillRect(0, middle - half, this.width, 2 * half);
		c.strokeStyle = this.color("--gap-edge");
		c.lineWidth = 1;
		for (const y of [middle - half, middle + half]) {
			c.beginPath();
			for (let x = 0, k = 0; x <= this.width + 6; x += 6, k++)
				c.lineTo(x, y + (k % 2 ? 2 : -2));
			c.stroke();
		}
		if (y1 - y0 < 15)
			return;
		c.fillStyle = this.color("--dim");
		c.font = this.font(11.5);
		c.textAlign = "center";
		c.fillText("⁓ " + Tarn.text.ms(gap.t1 - gap.t0) + " pass ⁓",
			(this.xA + this.xB) / 2, middle + 0.5);
	}

	drawCursor() {
		const view = this.view, c = this.context;

		if (!view.cursor)
			return;
		const y = view.y(view.cursor.t);
		if (y < -20 || y > this.height + 20)
			return;
		c.fillStyle = this.color("--cursor-band");
		c.fillRect(0, y - 9, this.width, 18);
		c.strokeStyle = this.color("--cursor");
		c.lineWidth = 1.5;
		this.line(this.axis, y, this.width, y);
		c.fillStyle = this.color("--cursor");
		c.beginPath();
		c.moveTo(0, y - 6);
		c.lineTo(9, y);
		c.lineTo(0, y + 6);
		c.fill();
	}

	/* ---- lifelines and timers ---- */

	drawLifelines() {
		const view = this.view;
		const many = !view.conn && this.isMixed;

		for (const end of ["A", "B"]) {
			const x = this.x(end);
			const known = end === "A" || view.model.hasB;

			if (many || !known || !view.focus)
				this.bar(x, 0, this.height, this.color("--st-none"),
					!known);
			else
				this.drawStates(view.focus.ends[end], x);
		}
	}

	/* So many connections that one's states would say nothing of the rest. */
	get isMixed() {
		return this.view.model.list().length > (this.view.model.hasB ? 4 : 1);
	}

	drawStates(side, x) {
		const path = side.path;
		let from = -1e9, state = path.length ? path[0].from :
			side.tcb.state || "CLOSED";

		for (let i = 0; i <= path.length; i++) {
			const to = i < path.length ? path[i].t : Infinity;
			if (to >= this.t0 && from <= this.t1)
				this.bar(x, Math.max(-9, this.view.y(Math.max(from,
						this.t0 - 1))),
					to > this.t1 ? this.height + 9 :
						this.view.y(to),
					this.color(Tarn.STATES[state]?.color ||
						"--st-none"), state === "CLOSED");
			if (i < path.length) {
				from = path[i].t;
				state = path[i].to;
			}
		}
	}

	bar(x, y0, y1, color, isThin) {
		const c = this.context;

		if (y1 <= y0)
			return;
		c.fillStyle = color;
		if (!isThin) {
			c.fillRect(x - 4.5, y0, 9, y1 - y0);
			return;
		}
		c.strokeStyle = color;
		c.lineWidth = 2;
		c.setLineDash([5, 4]);
		this.line(x, y0, x, y1);
		c.setLineDash([]);
	}

	/* A timer is a bracket outside the lifeline, from armed to its end. */
	drawTimers() {
		const conn = this.view.focus;

		if (!conn || !this.view.conn && this.isMixed)
			return;
		for (const end of ["A", "B"]) {
			const list = conn.ends[end].brackets;
			for (let i = list.length - 1; i >= 0; i--)
				if (list[i].from <= this.t1 &&
				    (list[i].end ?? Infinity) >= this.t0)
					this.drawBracket(list[i], end);
		}
	}

	drawBracket(timer, end) {
		const view = this.view, c = this.context;
		const now = view.cursor ? view.cursor.t : 0;
		const stop = timer.end ?? Math.min(timer.deadline ?? view.map.last,
			view.map.last);

		if (stop < this.t0 || timer.from > this.t1)
			return;
		const y0 = view.y(timer.from), y1 = view.y(stop);
		const isNow = timer.from <= now && now <= stop;
		const isFired = timer.how === "fired";

		if (y1 - y0 < 7 && !isFired)
			return;
		const slot = /retrans/.test(timer.name) ? 0 :
			/delayed/.test(timer.name) ? 1 : 2;
		const x = this.x(end) + this.sign[end] * (9 + 5 * slot);
		const tip = -this.sign[end] * 4;

		c.strokeStyle = this.color(isFired ? "--timer-fired" :
			isNow ? "--timer-now" : "--timer");
		c.lineWidth = isFired || isNow ? 2 : 1.2;
		c.beginPath();
		c.moveTo(x + tip, y0);
		c.lineTo(x, y0);
		c.lineTo(x, y1);
		if (timer.end !== null)
			c.lineTo(x + tip, y1);
		c.stroke();
		this.hits.push({ x: x - 4, y: y0, w: 8, h: y1 - y0,
			ev: timer.ev });
	}

	/* ---- arrows ---- */

	visibleArrows() {
		const view = this.view, found = [];
		const back = this.longest(view.arrows);
		const arrows = view.arrows;
		let low = 0, high = arrows.length;

		while (low < high) {
			const middle = (low + high) >> 1;
			if (arrows[middle].key < this.t0 - back)
				low = middle + 1;
			else
				high = middle;
		}
		for (let i = low; i < arrows.length &&
		     arrows[i].key <= this.t1 + back; i++) {
			const [t0, t1] = Tarn.arrows.span(view.model, arrows[i]);
			if (t1 >= this.t0 && t0 <= this.t1)
				found.push(this.place(arrows[i], t0, t1));
		}
		return found;
	}

	/* No flight lasts longer than this; remembered until the data grow. */
	longest(arrows) {
		if (this.measured !== arrows || this.measuredCount !== arrows.length) {
			this.longestSpan = 0;
			for (const arrow of arrows) {
				const [t0, t1] = Tarn.arrows.span(this.view.model, arrow);
				this.longestSpan = Math.max(this.longestSpan, t1 - t0);
			}
			this.measured = arrows;
			this.measuredCount = arrows.length;
		}
		return this.longestSpan;
	}

	place(arrow, t0, t1) {
		const inset = 5;
		const way = arrow.from === "A" ? 1 : -1;
		const x0 = this.x(arrow.from) + way * inset;
		const x1 = this.x(arrow.to) - way * inset;
		const y0 = this.view.y(t0), y1 = this.view.y(t1);
		const part = arrow.lost ?
			(/queue|mtu/.test(arrow.lost.by) ? 0.3 : 0.62) : 1;

		return { arrow, x0, y0, x1: x0 + (x1 - x0) * part,
			y1: y0 + (y1 - y0) * part, way };
	}

	styleOf(arrow) {
		return { data: "--data", ack: "--ack", control: "--control",
			reset: "--reset", again: "--again", other: "--other" }[
			arrow.lost ? "reset" : arrow.style] || "--ack";
	}

	/* One path for each look: five thousand arrows are a dozen strokes. */
	drawArrows(placed) {
		const c = this.context;
		const looks = new Map();
		const crowd = placed.length / this.height;
		const detailed = crowd < 1;

		this.isCrowded = crowd > 0.35;

		for (const one of placed) {
			const dashed = Tarn.arrows.isPresumed(one.arrow);
			const key = this.styleOf(one.arrow) + (dashed ? " dashed" : "");

			if (!looks.has(key))
				looks.set(key, []);
			looks.get(key).push(one);
		}
		for (const [key, list] of looks) {
			const [color, dashed] = key.split(" ");

			c.strokeStyle = c.fillStyle = this.color(color);
			c.lineWidth = this.isCrowded ? 0.8 :
				color === "--ack" ? 1.2 : 1.8;
			c.globalAlpha = crowd > 1 && !/reset|again|control/
				.test(color) ? 0.3 : 1;
			c.setLineDash(dashed ? [7, 4] : []);
			c.beginPath();
			for (const one of list) {
				c.moveTo(one.x0, one.y0);
				c.lineTo(one.x1, one.y1);
			}
			c.stroke();
			c.setLineDash([]);
			c.beginPath();
			for (const one of list)
				if (!one.arrow.lost && detailed)
					this.head(one);
			c.fill();
			c.globalAlpha = 1;
		}
		for (const one of placed) {
			if (one.arrow.lost)
				this.cross(one);
			else if (one.arrow.got && one.arrow.got.act === "dropped")
				this.stopped(one);
		}
		this.emphasise(placed);
	}

	head(one) {
		const c = this.context;
		const angle = Math.atan2(one.y1 - one.y0, one.x1 - one.x0);
		const at = (turn, size) => [one.x1 - size * Math.cos(angle + turn),
			one.y1 - size * Math.sin(angle + turn)];

		c.moveTo(one.x1, one.y1);
		c.lineTo(...at(0.36, 10));
		c.lineTo(...at(-0.36, 10));
		c.closePath();
	}

	/* Where it died: a cross on a light ground. */
	cross(one) {
		const c = this.context, r = this.isCrowded ? 3.5 : 6;

		c.strokeStyle = this.color("--reset");
		c.lineWidth = this.isCrowded ? 1.6 : 2.6;
		this.line(one.x1 - r, one.y1 - r, one.x1 + r, one.y1 + r);
		this.line(one.x1 - r, one.y1 + r, one.x1 + r, one.y1 - r);
	}

	/* It arrived and went no further: a bar before the lifeline. */
	stopped(one) {
		const c = this.context;

		c.strokeStyle = this.color("--reset");
		c.lineWidth = 3;
		this.line(one.x1 - one.way * 2, one.y1 - 8, one.x1 - one.way * 2,
			one.y1 + 8);
	}

	emphasise(placed) {
		const ev = this.view.cursor, c = this.context;
		const one = ev && ev.arrow &&
			placed.find((p) => p.arrow === ev.arrow);

		if (!one)
			return;
		c.strokeStyle = c.fillStyle = this.color(this.styleOf(one.arrow));
		c.lineWidth = 3.6;
		this.line(one.x0, one.y0, one.x1, one.y1);
		c.beginPath();
		if (!one.arrow.lost)
			this.head(one);
		c.fill();
		const atStart = ev === one.arrow.sent || ev.kind === "wire";
		c.beginPath();
		c.arc(atStart ? one.x0 : one.x1, atStart ? one.y0 : one.y1, 6, 0,
			7);
		c.fillStyle = this.color("--cursor");
		c.fill();
	}

	/* Retransmissions are tied to what they repeat. */
	drawTies(placed) {
		const c = this.context;

		if (placed.length > 1500)
			return;
		c.strokeStyle = this.color("--again");
		c.lineWidth = 1.5;
		c.setLineDash([2, 4]);
		for (const one of placed) {
			const orig = one.arrow.orig;
			if (!orig || one.arrow.copy)
				continue;
			const x = this.x(one.arrow.from);
			const bend = one.way * 20;
			const y = this.view.y(orig.t0);
			c.beginPath();
			c.moveTo(x + one.way * 6, y);
			c.bezierCurveTo(x + bend, y + 8, x + bend, one.y0 - 8,
				x + one.way * 6, one.y0);
			c.stroke();
		}
		c.setLineDash([]);
	}

	/* ---- small things ---- */

	line(x0, y0, x1, y1) {
		this.context.beginPath();
		this.context.moveTo(x0, y0);
		this.context.lineTo(x1, y1);
		this.context.stroke();
	}

	font(size, weight = 400) {
		return weight + " " + size * (this.k || 1) + "px " +
			this.color("--font");
	}

	/* ---- mouse and touch ---- */

	listen() {
		const canvas = this.canvas;
		let held = null;

		canvas.addEventListener("wheel", (ev) => {
			ev.preventDefault();
			if (ev.ctrlKey || ev.metaKey || ev.shiftKey)
				this.view.zoom(Math.exp(-(ev.deltaY || ev.deltaX) / 300),
					ev.offsetY);
			else
				this.view.pan(ev.deltaY);
		}, { passive: false });
		canvas.addEventListener("pointerdown", (ev) => {
			canvas.setPointerCapture(ev.pointerId);
			held = { y: ev.offsetY, moved: 0 };
		});
		canvas.addEventListener("pointermove", (ev) => {
			if (!held)
				return;
			const by = held.y - ev.offsetY;
			held.moved += Math.abs(by);
			held.y = ev.offsetY;
			if (held.moved > 4)
				this.view.pan(by);
		});
		canvas.addEventListener("pointerup", (ev) => {
			if (held && held.moved <= 4)
				this.view.goTo(this.eventAt(ev.offsetX, ev.offsetY),
					true);
			held = null;
		});
	}

	/* What lies under a point: a note, an arrow, or the nearest moment. */
	eventAt(x, y) {
		for (let i = this.hits.length - 1; i >= 0; i--) {
			const h = this.hits[i];
			if (x >= h.x && x <= h.x + h.w && y >= h.y && y <= h.y + h.h)
				return h.ev;
		}
		let best = null, least = 9;
		for (const one of this.visibleArrows()) {
			const f = Math.max(0, Math.min(1,
				(x - one.x0) / (one.x1 - one.x0)));
			const away = Math.hypot(x - one.x0 - f * (one.x1 - one.x0),
				y - one.y0 - f * (one.y1 - one.y0));
			if (away < least) {
				least = away;
				best = f < 0.5 || !one.arrow.got ?
					one.arrow.sent || one.arrow.got :
					one.arrow.got;
			}
		}
		return best || this.nearest(y);
	}

	nearest(y) {
		const t = this.view.map.t(this.view.v0 + y / this.view.scale);
		let best = null;

		for (const ev of this.view.events)
			if (!best || Math.abs(ev.t - t) < Math.abs(best.t - t))
				best = ev;
		return best;
	}
};
