// SPDX-License-Identifier: MIT
/*
 * page-overview.js - the whole run as a strip at the foot of the page
 *
 * Segments above the middle go from A to B, those below from B to A; the frame
 * is what the ladder shows. A click or a drag moves it and the cursor.
 */
"use strict";

Tarn.overview = (() => {
	const LOOKS = [["--ack", (a) => a.style === "ack"],
		["--data", (a) => a.style === "data"],
		["--other", (a) => a.style === "other"],
		["--control", (a) => a.style === "control"],
		["--again", (a) => a.style === "again"],
		["--reset", (a) => a.lost || a.style === "reset"]];
	let ground = null;	/* the strokes, drawn once for many cursors */

	/* One stroke a pixel is enough, however many segments lie there. */
	function strokes(c, view, ladder, x, h) {
		for (const [color, is] of LOOKS) {
			const done = new Set();

			c.strokeStyle = ladder.color(color);
			c.beginPath();
			for (const arrow of view.arrows) {
				if (!is(arrow))
					continue;
				const up = arrow.from === "A";
				const px = Math.round(x(arrow.t0)) + 0.5;
				if (done.has(up ? px : -px))
					continue;
				done.add(up ? px : -px);
				c.moveTo(px, up ? 5 : h / 2 + 2);
				c.lineTo(px, up ? h / 2 - 2 : h - 5);
			}
			c.stroke();
		}
		c.fillStyle = ladder.color("--gap-edge");
		for (const gap of view.map.gaps)
			c.fillRect(x((gap.t0 + gap.t1) / 2) - 1.5, h / 2 - 3, 3, 6);
	}

	function draw(canvas, view, ladder, changed) {
		const box = canvas.getBoundingClientRect();
		const ratio = window.devicePixelRatio || 1;
		const w = box.width, h = box.height;
		const width = Math.round(w * ratio), height = Math.round(h * ratio);
		const map = view.map;
		const range = map.vLast - map.vFirst || 1;
		const x = (t) => 8 + (map.v(t) - map.vFirst) / range * (w - 16);

		if (!ground || changed.has("data") || ground.width !== width ||
		    ground.height !== height) {
			ground = new OffscreenCanvas(width, height);
			const under = ground.getContext("2d");
			under.scale(ratio, ratio);
			strokes(under, view, ladder, x, h);
		}
		canvas.width = width;
		canvas.height = height;
		const c = canvas.getContext("2d");
		c.drawImage(ground, 0, 0);
		c.scale(ratio, ratio);
		frame(c, view, ladder, x, w, h);
	}

	/* What the ladder shows, and the cursor. */
	function frame(c, view, ladder, x, w, h) {
		const x0 = Math.max(2, x(view.map.t(view.v0)));
		const x1 = Math.min(w - 2, x(view.map.t(view.v0 +
			view.height / view.scale)));

		c.fillStyle = ladder.color("--window-band");
		c.fillRect(x0, 1, x1 - x0, h - 2);
		c.strokeStyle = ladder.color("--accent");
		c.lineWidth = 1.5;
		c.strokeRect(x0, 1.5, Math.max(3, x1 - x0), h - 3);
		if (!view.cursor)
			return;
		c.strokeStyle = ladder.color("--cursor");
		c.lineWidth = 2;
		c.beginPath();
		c.moveTo(x(view.cursor.t), 1);
		c.lineTo(x(view.cursor.t), h - 1);
		c.stroke();
	}

	function start(canvas, view, ladder) {
		const go = (ev) => {
			const w = canvas.getBoundingClientRect().width;
			const share = (ev.offsetX - 8) / (w - 16);
			const map = view.map;
			view.follows = false;
			view.goTime(map.t(map.vFirst + share *
				(map.vLast - map.vFirst)), 0);
		};

		canvas.addEventListener("pointerdown", (ev) => {
			canvas.setPointerCapture(ev.pointerId);
			go(ev);
		});
		canvas.addEventListener("pointermove", (ev) => {
			if (ev.buttons)
				go(ev);
		});
		view.onDraw((changed) => draw(canvas, view, ladder, changed));
	}

	return { start };
})();
