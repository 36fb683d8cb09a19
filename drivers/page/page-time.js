// SPDX-License-Identifier: MIT
/*
 * page-time.js - the time axis: true, or with the idle gaps pressed together
 *
 * A map turns moments (ms) into places ("v", ms that are shown) and back. The
 * two are the same until gaps are compressed; then a gap in which nothing
 * happens and nothing is on its way becomes short, and the axis shows a break.
 */
"use strict";

Tarn.TimeMap = class {
	constructor(model, events, arrows, compress) {
		this.first = events.length ? events[0].t : 0;
		this.last = this.first;
		this.gaps = [];		/* {t0, t1, v0, v1} */

		const gaps = this.findGaps(model, events, arrows);
		const width = this.idleWidth;
		let saved = 0;

		for (const gap of gaps)
			saved += gap.t1 - gap.t0 - width;
		this.idleShare = this.last > this.first ?
			saved / (this.last - this.first) : 0;
		if (!compress)
			return;
		saved = 0;
		for (const gap of gaps) {
			gap.v0 = gap.t0 - saved;
			gap.v1 = gap.v0 + width;
			saved += gap.t1 - gap.t0 - width;
			this.gaps.push(gap);
		}
	}

	/*
	 * The events are in order; each covers its moment, or the flight that
	 * it begins or ends. What nothing covers is idle.
	 */
	findGaps(model, events, arrows) {
		const found = [];
		let until = this.first;

		for (const ev of events) {
			const [from, to] = ev.arrow && ev.kind === "frame" ?
				Tarn.arrows.span(model, ev.arrow) : [ev.t, ev.t];
			if (from > until)
				found.push({ t0: until, t1: from });
			until = Math.max(until, to, ev.t);
			this.first = Math.min(this.first, from);
		}
		this.last = until;

		/* A sample of the flights is enough to know the usual one. */
		const every = Math.ceil(arrows.length / 1000) || 1;
		const flights = arrows.filter((arrow, i) => i % every === 0)
			.map((arrow) => Tarn.arrows.span(model, arrow))
			.map((span) => span[1] - span[0]).sort((x, y) => x - y);
		const sizes = Float64Array.from(found, (g) => g.t1 - g.t0).sort();
		const flight = flights[flights.length >> 1] || 0;
		const usual = sizes[sizes.length >> 1] || 0;
		const most = Math.max(3 * flight, Math.min(4 * usual,
			(this.last - this.first) / 20), 0.01);

		this.idleWidth = most * 0.5;
		return found.filter((gap) => gap.t1 - gap.t0 > most);
	}

	v(t) {
		const gap = this.before(t, "t0");

		if (!gap)
			return t;
		if (t >= gap.t1)
			return gap.v1 + t - gap.t1;
		return gap.v0 + (t - gap.t0) / (gap.t1 - gap.t0) *
			(gap.v1 - gap.v0);
	}

	t(v) {
		const gap = this.before(v, "v0");

		if (!gap)
			return v;
		if (v >= gap.v1)
			return gap.t1 + v - gap.v1;
		return gap.t0 + (v - gap.v0) / (gap.v1 - gap.v0) *
			(gap.t1 - gap.t0);
	}

	/* The last gap that begins at or before @x, by its @key. */
	before(x, key) {
		let low = 0, high = this.gaps.length;

		while (low < high) {
			const middle = (low + high) >> 1;
			if (this.gaps[middle][key] <= x)
				low = middle + 1;
			else
				high = middle;
		}
		return low ? this.gaps[low - 1] : null;
	}

	get vFirst() {
		return this.v(this.first);
	}

	get vLast() {
		return this.v(this.last);
	}

	/* A round step (1, 2, 5 times a power of ten) of at least @min. */
	static step(min) {
		const power = 10 ** Math.floor(Math.log10(min));

		for (const factor of [1, 2, 5])
			if (power * factor >= min * 0.9999)
				return power * factor;
		return power * 10;
	}

	/* Moments to name between the places @v0 and @v1, @min apart at least. */
	ticks(v0, v1, min) {
		const step = Tarn.TimeMap.step(min);
		const found = [];
		let from = v0;

		const part = (a, b) => {
			for (let k = Math.ceil(this.t(a) / step - 1e-9);
			     k * step <= this.t(b) + step * 1e-9 &&
			     found.length < 500; k++)
				found.push({ t: k * step, v: this.v(k * step) });
		};
		for (const gap of this.gaps) {
			if (gap.v1 <= v0 || gap.v0 >= v1)
				continue;
			if (gap.v0 > from)
				part(from, gap.v0);
			from = gap.v1;
		}
		if (from < v1)
			part(from, v1);

		return { step, found };
	}

	static label(t, step) {
		if (step >= 1000)
			return (t / 1000).toFixed(0) + " s";
		if (step >= 1)
			return t >= 10000 ? (t / 1000).toFixed(3) + " s" :
				t.toFixed(0) + " ms";
		const digits = Math.min(3, Math.ceil(-Math.log10(step)));
		return t >= 10000 ? (t / 1000).toFixed(3 + digits) + " s" :
			t.toFixed(digits) + " ms";
	}
};
