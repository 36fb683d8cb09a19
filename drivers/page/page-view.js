// SPDX-License-Identifier: MIT
/*
 * page-view.js - what is looked at: connection, cursor, zoom
 *
 * One cursor goes through everything: an event, and the moment of it. Panels
 * register a function and are called once a frame when something has changed;
 * what changed is in the set that they get: "data", "cursor", "zoom".
 */
"use strict";

Tarn.View = class {
	constructor(model) {
		this.model = model;
		this.conn = null;	/* null: everything */
		this.cursor = null;	/* an event */
		this.v0 = 0;		/* the place at the top of the ladder */
		this.scale = 1;		/* pixels per shown ms */
		this.height = 600;
		this.compress = null;	/* null: when it is worth it */
		this.follows = false;	/* live: the newest is shown */
		this.panels = [];
		this.changed = new Set();
		this.frameTimes = [];
		this.rebuild();
	}

	onDraw(panel) {
		this.panels.push(panel);
	}

	change(...what) {
		if (!this.changed.size)
			requestAnimationFrame(() => this.draw());
		for (const name of what)
			this.changed.add(name);
	}

	draw() {
		const changed = this.changed;
		const began = performance.now();

		this.changed = new Set();
		for (const panel of this.panels)
			panel(changed);
		this.frameTimes.push(performance.now() - began);
		if (this.frameTimes.length > 240)
			this.frameTimes.shift();
	}

	/* Of a connection: its own, and what the whole run shares. */
	get events() {
		return this.conn ? this.mixed : this.model.events;
	}

	mix() {
		const shared = { say: true, app: true };

		this.mixed = this.conn ? this.model.events.filter((ev) =>
			ev.conn === this.conn || !ev.conn && shared[ev.kind]) : null;
	}

	get arrows() {
		return this.conn ? this.conn.arrows : this.model.arrows;
	}

	/* The connection that the panels speak of. */
	get focus() {
		if (this.conn)
			return this.conn;
		if (this.cursor && this.cursor.conn)
			return this.cursor.conn;
		return this.model.list()[0] || null;
	}

	rebuild() {
		const make = (compress) => new Tarn.TimeMap(this.model, this.events,
			this.arrows, compress);

		this.mix();
		this.map = make(this.isCompressed);
		if (this.compress === null && this.map.idleShare > 0.5 &&
		    !this.autoCompress) {
			this.autoCompress = true;
			this.map = make(true);
		}
		this.change("data");
	}

	get isCompressed() {
		return this.compress ?? Boolean(this.autoCompress);
	}

	setCompress(on) {
		const t = this.map.t(this.v0);

		this.compress = on;
		this.rebuild();
		this.v0 = this.map.v(t);
		this.fitStart();
		this.showCursor();
		this.change("zoom");
	}

	setConn(conn) {
		this.conn = conn;
		if (this.cursor && conn && this.cursor.conn &&
		    this.cursor.conn !== conn)
			this.cursor = null;
		this.rebuild();
		if (!this.cursor && this.events.length)
			this.cursor = this.events[0];
		this.fitStart();
		this.change("cursor", "zoom");
	}

	/* ---- cursor ---- */

	get index() {
		return this.cursor ?
			Tarn.Model.indexOf(this.events, this.cursor.n) : -1;
	}

	goTo(ev, quiet) {
		if (!ev)
			return;
		this.cursor = ev;
		if (!quiet)
			this.showCursor();
		this.change("cursor");
	}

	goIndex(index) {
		const events = this.events;

		if (events.length)
			this.goTo(events[Math.max(0, Math.min(events.length - 1,
				index))]);
	}

	step(by) {
		this.goIndex(this.index + by);
	}

	/* To the event nearest to a moment, in the given direction. */
	goTime(t, direction) {
		const events = this.events;
		let low = 0, high = events.length;

		while (low < high) {
			const middle = (low + high) >> 1;
			if (events[middle].t <= t)
				low = middle + 1;
			else
				high = middle;
		}
		this.goIndex(direction > 0 && low - 1 <= this.index ? this.index + 1 :
			direction < 0 && low - 1 >= this.index ? this.index - 1 :
			low - 1);
	}

	stepRoundTrip(direction) {
		const conn = this.focus;
		let rtt = 0;

		if (!this.cursor)
			return;
		for (const end of ["A", "B"])
			rtt ||= conn && (this.model.sideAt(conn, end, this.cursor.n)
				.tcb.smoothed_rtt || 2 * conn.ends[end].half);
		this.goTime(this.cursor.t + direction * (rtt || 100), direction);
	}

	/* ---- zoom ---- */

	/* The first two dozen arrows fill the height, or all if they are fewer. */
	fitStart() {
		const arrows = this.arrows;
		const many = Math.max(10, Math.round(this.height / 26));
		const last = arrows.length > many ?
			Tarn.arrows.span(this.model, arrows[many])[1] :
			this.lastOfNote;
		const range = Math.max(this.map.v(last) - this.map.vFirst, 1e-3);

		this.scale = this.height * 0.88 / range;
		this.v0 = this.map.vFirst - this.height * 0.06 / this.scale;
	}

	/* The last segment or state: what comes after is housekeeping. */
	get lastOfNote() {
		let last = -Infinity;

		for (const arrow of this.arrows)
			last = Math.max(last,
				Tarn.arrows.span(this.model, arrow)[1]);
		for (const conn of this.conn ? [this.conn] : this.model.list())
			for (const end of ["A", "B"])
				last = Math.max(last,
					conn.ends[end].path.at(-1)?.t ?? last);
		return last > -Infinity ? last : this.map.last;
	}

	fitAll() {
		const range = Math.max(this.map.vLast - this.map.vFirst, 1e-3);

		this.scale = this.height * 0.9 / range;
		this.v0 = this.map.vFirst - this.height * 0.05 / this.scale;
		this.change("zoom");
	}

	zoom(factor, y) {
		const at = y ?? (this.cursor ? this.y(this.cursor.t) :
			this.height / 2);
		const kept = Math.max(0, Math.min(this.height, at));
		const v = this.v0 + kept / this.scale;
		const all = Math.max(this.map.vLast - this.map.vFirst, 1e-3);

		this.scale = Math.max(this.height * 0.5 / all,
			Math.min(1e5, this.scale * factor));
		this.v0 = v - kept / this.scale;
		this.clamp();
		this.change("zoom");
	}

	pan(pixels) {
		this.v0 += pixels / this.scale;
		this.clamp();
		this.follows = false;
		this.change("zoom");
	}

	clamp() {
		const page = this.height / this.scale;

		this.v0 = Math.min(this.v0, this.map.vLast - page * 0.1);
		this.v0 = Math.max(this.v0, this.map.vFirst - page * 0.9);
	}

	y(t) {
		return (this.map.v(t) - this.v0) * this.scale;
	}

	showCursor() {
		if (!this.cursor)
			return;
		const y = this.y(this.cursor.t);

		if (y < this.height * 0.06 || y > this.height * 0.9) {
			const page = this.height / this.scale;
			const start = this.map.vFirst - page * 0.06;
			this.v0 = Math.max(start, Math.min(
				this.map.v(this.cursor.t) - page * 0.3,
				this.map.vLast - page * 0.88));
			this.change("zoom");
		}
	}

	/* ---- permalink ---- */

	hash() {
		const parts = [];

		if (this.cursor)
			parts.push("at=" + this.cursor.n);
		parts.push("top=" + this.map.t(this.v0).toFixed(6));
		parts.push("scale=" + this.scale.toPrecision(6));
		if (this.conn)
			parts.push("conn=" + encodeURIComponent(this.conn.key));
		if (this.isCompressed)
			parts.push("gaps=short");
		return "#" + parts.join("&");
	}

	fromHash(hash) {
		const given = new Map(hash.replace(/^#/, "").split("&")
			.map((part) => part.split("=")));
		const conn = this.model.conns.get(
			decodeURIComponent(given.get("conn") || ""));
		const at = Number(given.get("at"));

		if (!given.has("at") && !given.has("top"))
			return false;
		this.compress = given.get("gaps") === "short";
		this.setConn(conn || null);
		if (given.has("at"))
			this.goIndex(Tarn.Model.indexOf(this.events, at));
		if (Number(given.get("scale")) > 0)
			this.scale = Number(given.get("scale"));
		if (given.has("top"))
			this.v0 = this.map.v(Number(given.get("top")));
		this.clamp();
		return true;
	}
};
