// SPDX-License-Identifier: MIT
/*
 * page-plot.js - time-sequence plot with the windows, round trips and queues
 *
 * In the manner of tcptrace: each segment a stroke from its first to its last
 * octet, the line of what is acknowledged below, the line of the window above,
 * and on the same time axis cwnd, ssthresh and flight, then RTT, SRTT and RTO,
 * then the queue of the wire where it is known.
 */
"use strict";

Tarn.Plot = class {
	constructor(canvas, view, ladder) {
		this.canvas = canvas;
		this.view = view;
		this.ladder = ladder;	/* for its colours */
		this.context = canvas.getContext("2d");
		this.from = null;	/* direction; null: who sends more */
		this.range = null;	/* [v0, v1]; null: the whole run */
		this.logy = false;
		canvas.addEventListener("click", (ev) => this.click(ev));
		canvas.addEventListener("wheel", (ev) => this.wheel(ev),
			{ passive: false });
	}

	get sender() {
		const conn = this.view.focus;
		const sum = { A: 0, B: 0 };

		if (this.from || !conn)
			return this.from || "A";
		if (this.counted !== conn || this.count !== conn.arrows.length) {
			for (const arrow of conn.arrows)
				sum[arrow.from] += arrow.len;
			this.counted = conn;
			this.count = conn.arrows.length;
			this.busier = sum.B > sum.A ? "B" : "A";
		}
		return this.busier;
	}

	get shown() {
		const map = this.view.map;
		const pad = (map.vLast - map.vFirst) * 0.02 || 1;

		return this.range || [map.vFirst - pad, map.vLast + pad];
	}

	draw() {
		const box = this.canvas.getBoundingClientRect();
		const ratio = this.ladder.ratio || window.devicePixelRatio || 1;
		const conn = this.view.focus;

		if (box.width < 10 || box.height < 10)
			return;
		this.width = Math.round(box.width);
		this.height = Math.round(box.height);
		this.canvas.width = Math.round(this.width * ratio);
		this.canvas.height = Math.round(this.height * ratio);
		this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
		this.left = Math.round(62 * this.ladder.k);
		this.right = this.width - 10;
		if (conn)
			this.drawAll(conn);
	}

	drawAll(conn) {
		const from = this.sender;
		const side = conn.ends[from];
		const queue = this.view.model.queues[from];
		const known = from === "A" || this.view.model.hasB;
		const parts = [[3.2, "octets", (p) => this.drawSequence(p, conn, from)]];

		if (known && side.metrics.length) {
			parts.push([1.7, "octets", (p) => this.drawWindow(p, side)]);
			parts.push([1.5, "ms", (p) => this.drawTrips(p, side)]);
		}
		if (queue.length)
			parts.push([1, "frames", (p) => this.drawQueue(p, queue)]);

		const whole = parts.reduce((sum, part) => sum + part[0], 0);
		const room = this.height - 24 - 20 * parts.length;
		let y = 0;
		this.parts = [];
		for (const [share, unit, draw] of parts) {
			const h = room * share / whole;
			const part = { y0: y + 18, y1: y + 18 + h, unit };
			this.parts.push(part);
			draw(part);
			y += h + 20;
		}
		this.drawTimeAxis(y);
		this.drawCursor(y);
	}

	x(t) {
		const [v0, v1] = this.shown;

		return this.left + (this.view.map.v(t) - v0) / (v1 - v0) *
			(this.right - this.left);
	}

	clip(part, draw) {
		const c = this.context;

		c.save();
		c.beginPath();
		c.rect(this.left, part.y0 - 3, this.right - this.left,
			part.y1 - part.y0 + 6);
		c.clip();
		draw();
		c.restore();
	}

	/* Ground, grid and numbers of one plot; sets part.y(value). */
	frame(part, low, high, keys) {
		const c = this.context, ladder = this.ladder;
		const span = high - low || 1;
		const step = Math.max(part.unit === "ms" ? 0.001 : 1,
			Tarn.TimeMap.step(span / Math.max(1,
				(part.y1 - part.y0) / 30)));

		part.y = (value) => part.y1 - (value - low) / span *
			(part.y1 - part.y0);
		c.fillStyle = ladder.color("--plot-ground");
		c.fillRect(this.left, part.y0, this.right - this.left,
			part.y1 - part.y0);
		this.verticals(part);
		c.font = ladder.font(11);
		c.textAlign = "right";
		c.textBaseline = "middle";
		c.lineWidth = 1;
		for (let k = Math.ceil(low / step); k * step <= high; k++) {
			const y = Math.round(part.y(k * step)) + 0.5;
			c.strokeStyle = ladder.color("--grid");
			ladder.line.call(this, this.left, y, this.right, y);
			c.fillStyle = ladder.color("--dim");
			c.fillText(this.number(k * step, part.unit), this.left - 6,
				y);
		}
		let x = this.left;
		c.textAlign = "left";
		c.font = ladder.font(11.5, 600);
		for (const [name, color, glyph] of keys) {
			c.fillStyle = ladder.color(color);
			c.fillText(glyph + " " + name, x, part.y0 - 9);
			x += c.measureText(glyph + " " + name).width + 14;
		}
	}

	get timeTicks() {
		const [v0, v1] = this.shown;
		const scale = (this.right - this.left) / (v1 - v0);

		return this.view.map.ticks(v0, v1, 90 * this.ladder.k / scale);
	}

	verticals(part) {
		this.context.strokeStyle = this.ladder.color("--grid");
		this.context.lineWidth = 1;
		for (const tick of this.timeTicks.found) {
			const x = Math.round(this.x(tick.t)) + 0.5;
			if (tick.t >= 0 && x < this.right)
				this.ladder.line.call(this, x, part.y0, x, part.y1);
		}
	}

	number(value, unit) {
		return unit === "ms" ? Tarn.text.ms(value) : value >= 10000 ?
			+(value / 1000).toPrecision(4) + "k" : String(value);
	}

	drawSequence(part, conn, from) {
		const [v0, v1] = this.shown;
		const t0 = this.view.map.t(v0), t1 = this.view.map.t(v1);
		const segments = [], acks = [];
		let low = Infinity, high = 0, edge = 0;

		for (const a of conn.arrows) {
			const [s0, s1] = Tarn.arrows.span(this.view.model, a);
			if (s1 < t0 || s0 > t1)
				continue;
			if (a.from === from) {
				segments.push([a, s0]);
				low = Math.min(low, a.rel);
				high = Math.max(high, a.rel + a.len);
			} else if (a.ackRel !== null && !a.lost) {
				acks.push([a, s1]);
				edge = Math.max(edge, a.ackRel + (a.wnd || 0));
			}
		}
		if (low === Infinity)
			low = 0;
		high = Math.max(high, low + 10);
		const top = Math.min(Math.max(high, edge), high +
			(high - low) * 0.5);
		this.frame(part, low, top, [[from + " → " +
			Tarn.arrows.other(from), "--text", ""],
		["data", "--data", "▮"], ["again", "--again", "↻"],
		["lost", "--reset", "✗"], ["acknowledged", "--ack-line", "━"],
		["window", "--wnd-line", "━"]]);
		this.clip(part, () => {
			this.steps(acks.map(([a, t]) => [t, a.ackRel]), part,
				"--ack-line");
			this.steps(acks.map(([a, t]) => [t, a.ackRel +
				(a.wnd || 0)]), part, "--wnd-line");
			this.drawSegments(segments, part);
		});
	}

	drawSegments(segments, part) {
		const c = this.context;
		const looks = [["--data", (a) => a.style !== "again" && !a.lost],
			["--again", (a) => a.style === "again" && !a.lost],
			["--reset", (a) => a.lost]];

		for (const [color, is] of looks) {
			c.strokeStyle = this.ladder.color(color);
			c.lineWidth = color === "--data" ? 2 : 3;
			c.beginPath();
			for (const [a, t] of segments) {
				if (!is(a) || !a.len && a.style === "ack")
					continue;
				const x = this.x(t);
				const y0 = part.y(a.rel);
				const y1 = Math.min(y0 - 2, part.y(a.rel + a.len));
				c.moveTo(x, y0);
				c.lineTo(x, y1);
				if (a.lost) {
					const y = (y0 + y1) / 2;
					c.moveTo(x - 4, y - 4);
					c.lineTo(x + 4, y + 4);
					c.moveTo(x - 4, y + 4);
					c.lineTo(x + 4, y - 4);
				}
			}
			c.stroke();
		}
	}

	/* A line that keeps its value until the next point. */
	steps(points, part, color, dash = []) {
		const c = this.context;
		let y = null;

		c.strokeStyle = this.ladder.color(color);
		c.lineWidth = 1.6;
		c.setLineDash(dash);
		c.beginPath();
		for (const [t, value] of points) {
			if (value === undefined || value === null)
				continue;
			const x = this.x(t);
			if (y === null)
				c.moveTo(x, part.y(value));
			else
				c.lineTo(x, y);
			y = part.y(value);
			c.lineTo(x, y);
		}
		if (y !== null)
			c.lineTo(this.x(this.view.map.last), y);
		c.stroke();
		c.setLineDash([]);
	}

	drawWindow(part, side) {
		const finite = (x) => x !== undefined && x < 0xfffffff ? x : 0;
		let high = 10;

		for (const m of side.metrics)
			high = Math.max(high, finite(m.cwnd), finite(m.flight),
				finite(m.ssthresh));
		this.frame(part, 0, high * 1.06, [["cwnd", "--cwnd", "━"],
			["ssthresh", "--ssthresh", "┅"],
			["in flight", "--flight", "━"]]);
		this.clip(part, () => {
			this.steps(side.metrics.map((m) => [m.t, m.flight]), part,
				"--flight");
			this.steps(side.metrics.map((m) => [m.t, m.ssthresh > 0 &&
				m.ssthresh < 0xfffffff ? m.ssthresh : undefined]), part,
			"--ssthresh", [6, 4]);
			this.steps(side.metrics.map((m) => [m.t, m.cwnd]), part,
				"--cwnd");
		});
	}

	drawTrips(part, side) {
		const c = this.context;
		const list = side.metrics.map((m) => m.rto || 0)
			.concat(side.metrics.map((m) => m.rtt || 0));
		let high = 0.001;

		for (const value of list)
			high = Math.max(high, value);
		this.frame(part, 0, high * 1.08, [["RTT", "--rtt", "●"],
			["SRTT", "--srtt", "━"], ["RTO", "--rto", "┅"]]);
		this.clip(part, () => {
			this.steps(side.metrics.map((m) => [m.t, m.rto]), part,
				"--rto", [6, 4]);
			this.steps(side.metrics.map((m) => [m.t, m.srtt]), part,
				"--srtt");
			c.fillStyle = this.ladder.color("--rtt");
			let last = null;
			for (const m of side.metrics) {
				if (!m.rtt || m.rtt === last)
					continue;
				last = m.rtt;
				c.fillRect(this.x(m.t) - 2, part.y(m.rtt) - 2, 4, 4);
			}
		});
	}

	drawQueue(part, queue) {
		let high = 4;

		for (const q of queue)
			high = Math.max(high, q.frames);
		this.frame(part, 0, high * 1.06, [["queue of the wire", "--queue",
			"━"]]);
		this.clip(part, () => this.steps(queue.map((q) => [q.t, q.frames]),
			part, "--queue"));
	}

	drawTimeAxis(y) {
		const c = this.context, ladder = this.ladder;
		const { step, found } = this.timeTicks;

		c.textAlign = "center";
		c.textBaseline = "middle";
		c.font = ladder.font(11);
		c.fillStyle = ladder.color("--dim");
		for (const tick of found) {
			const x = this.x(tick.t);
			if (tick.t < 0 || x > this.right - 16)
				continue;
			c.fillText(Tarn.TimeMap.label(tick.t, step), x, y + 6);
		}
		for (const gap of this.view.map.gaps) {
			const x = this.x((gap.t0 + gap.t1) / 2);
			if (x > this.left && x < this.right)
				c.fillText("≀≀", x, y + 6);
		}
	}

	/* The cursor, and what the ladder shows. */
	drawCursor(bottom) {
		const c = this.context, view = this.view;
		const x0 = Math.max(this.left, this.x(view.map.t(view.v0)));
		const x1 = Math.min(this.right, this.x(view.map.t(view.v0 +
			view.height / view.scale)));

		c.fillStyle = this.ladder.color("--window-band");
		if (x1 > x0)
			c.fillRect(x0, 14, x1 - x0, bottom - 16);
		if (!view.cursor)
			return;
		const x = this.x(view.cursor.t);
		if (x < this.left || x > this.right)
			return;
		c.strokeStyle = this.ladder.color("--cursor");
		c.lineWidth = 1.5;
		this.ladder.line.call(this, x, 14, x, bottom);
	}

	click(ev) {
		const [v0, v1] = this.shown;
		const v = v0 + (ev.offsetX - this.left) / (this.right - this.left) *
			(v1 - v0);

		this.view.goTime(this.view.map.t(v), 0);
	}

	wheel(ev) {
		ev.preventDefault();
		const [v0, v1] = this.shown;
		const map = this.view.map;
		const at = v0 + (ev.offsetX - this.left) /
			(this.right - this.left) * (v1 - v0);
		const factor = Math.exp(ev.deltaY / 400);
		const whole = (map.vLast - map.vFirst) * 1.04 || 1;

		this.range = (v1 - v0) * factor >= whole ? null :
			[at - (at - v0) * factor, at + (v1 - at) * factor];
		this.view.change("plot");
	}
};
