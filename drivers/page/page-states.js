// SPDX-License-Identifier: MIT
/*
 * page-states.js - figure 5 of RFC 9293, once for each end
 *
 * The places are those of the RFC's drawing. The state at the cursor is filled,
 * walked arrows are thick and carry their turn, the rest is grey: what has not
 * been seen yet. Arrows that the figure leaves out (its notes 1 to 3) appear
 * only when a connection took them.
 */
"use strict";

Tarn.states = (() => {
	const el = Tarn.el;
	const H = 30;

	/* Columns and rows of the RFC's drawing. */
	const GRID = {
		"CLOSED": [1, 0], "LISTEN": [1, 1],
		"SYN-RECEIVED": [0, 2], "SYN-SENT": [2, 2],
		"ESTABLISHED": [1, 3], "FIN-WAIT-1": [0, 4],
		"CLOSE-WAIT": [2, 4], "FIN-WAIT-2": [0, 5],
		"CLOSING": [1, 5], "LAST-ACK": [2, 5],
		"TIME-WAIT": [1, 6], "CLOSED ": [2, 6],
	};

	/* Two geometries: small without words on the arrows, large with them. */
	const SMALL = { W: 103, left: 54, across: 108, down: 62, width: 324,
		words: false };
	const LARGE = { W: 104, left: 72, across: 158, down: 62, width: 464,
		words: true };
	let size = LARGE;

	const place = (name) => [size.left + GRID[name][0] * size.across,
		24 + GRID[name][1] * size.down];

	/* from, to, what causes it, what is done; optional: bend, label shift */
	const ARROWS = [
		["CLOSED", "LISTEN", "passive OPEN", "create TCB", { side: 9, dx: -38 }],
		["LISTEN", "CLOSED", "CLOSE", "delete TCB", { side: 9, dx: 28 }],
		["CLOSED", "SYN-SENT", "active OPEN", "snd SYN", { bend: 60, dx: 46, dy: -26 }],
		["SYN-SENT", "CLOSED", "CLOSE", "delete TCB", { bend: -22, dx: 6, dy: 12 }],
		["LISTEN", "SYN-RECEIVED", "rcv SYN", "snd SYN,ACK", { dx: -36, dy: -14 }],
		["LISTEN", "SYN-SENT", "SEND", "snd SYN", { dx: 6, dy: 12 }],
		["SYN-RECEIVED", "LISTEN", "rcv RST", "", { bend: -46, dx: 2, dy: -4 }],
		["SYN-SENT", "SYN-RECEIVED", "rcv SYN", "snd SYN,ACK", { dx: 26, dy: -14 }],
		["SYN-RECEIVED", "ESTABLISHED", "rcv ACK of SYN", "", { dx: 34, dy: -8 }],
		["SYN-SENT", "ESTABLISHED", "rcv SYN,ACK", "snd ACK", { dx: 38, dy: 10 }],
		["SYN-RECEIVED", "FIN-WAIT-1", "CLOSE", "snd FIN", { dx: -26 }],
		["ESTABLISHED", "FIN-WAIT-1", "CLOSE", "snd FIN", { dx: -26, dy: -12 }],
		["ESTABLISHED", "CLOSE-WAIT", "rcv FIN", "snd ACK", { dx: 28, dy: -12 }],
		["FIN-WAIT-1", "FIN-WAIT-2", "rcv ACK of FIN", "", { dx: -36, dy: 3 }],
		["FIN-WAIT-1", "CLOSING", "rcv FIN", "snd ACK", { dx: 28, dy: -12 }],
		["CLOSE-WAIT", "LAST-ACK", "CLOSE", "snd FIN", { dx: 26 }],
		["FIN-WAIT-2", "TIME-WAIT", "rcv FIN", "snd ACK", { dx: -26, dy: 14 }],
		["CLOSING", "TIME-WAIT", "rcv ACK of FIN", "", { dx: 36, dy: 3 }],
		["LAST-ACK", "CLOSED ", "rcv ACK of FIN", "", { dx: 36, dy: 3 }],
		["TIME-WAIT", "CLOSED ", "2MSL", "delete TCB", { dy: -15 }],
	];

	const known = (from, to) => ARROWS.find((a) => a[0] === from &&
		a[1].trim() === to);

	/* Where a line from the middle of a box leaves it. */
	function edge([x, y], [tx, ty]) {
		const dx = tx - x, dy = ty - y;
		const f = Math.min(Math.abs((size.W / 2 + 2) / (dx || 1e-9)),
			Math.abs((H / 2 + 2) / (dy || 1e-9)));
		return [x + dx * f, y + dy * f];
	}

	/* The path of an arrow and the place for words on it. */
	function route(arrow) {
		const extra = arrow[4] || {};
		const [fx, fy] = place(arrow[0]), [tx, ty] = place(arrow[1]);
		const length = Math.hypot(tx - fx, ty - fy);
		const nx = -(ty - fy) / length, ny = (tx - fx) / length;
		const side = extra.side || 0;
		const bend = (extra.bend || 0) * size.across / 150;
		const middle = [(fx + tx) / 2 + nx * (side + bend * -1),
			(fy + ty) / 2 + ny * (side + bend * -1)];
		const from = edge([fx + nx * side, fy + ny * side],
			bend ? middle : [tx + nx * side, ty + ny * side]);
		const to = edge([tx + nx * side, ty + ny * side],
			bend ? middle : [fx + nx * side, fy + ny * side]);
		const d = bend ? `M${from} Q${middle} ${to}` : `M${from} L${to}`;
		const centre = [(from[0] + to[0]) / 2 * (bend ? 0.5 : 1) +
			(bend ? middle[0] / 2 : 0),
			(from[1] + to[1]) / 2 * (bend ? 0.5 : 1) +
			(bend ? middle[1] / 2 : 0)];

		return { d, centre, label: [centre[0] + (extra.dx || 0),
			centre[1] + (extra.dy || 0)] };
	}

	function drawArrow(svg, arrow, turns, isNow, end) {
		const at = route(arrow);
		const look = isNow ? "now" : turns ? "walked" : "unseen";
		const words = arrow[2] + (arrow[3] ? " / " + arrow[3] : "");

		svg.append(el("path", { d: at.d, class: "edge " + look,
			"marker-end": `url(#tip-${look}-${end})` },
			el("title", {}, words)));
	}

	function drawWords(svg, arrow, turns, isNow) {
		const at = route(arrow);
		const look = isNow ? "now" : turns ? "walked" : "unseen";

		turn(svg, at, turns, look);
		if (!size.words || !arrow[2])
			return;
		const text = el("text", { x: at.label[0], y: at.label[1] - 2,
			class: "edge-text " + look });
		text.append(el("tspan", { x: at.label[0] }, arrow[2]));
		if (arrow[3])
			text.append(el("tspan", { x: at.label[0], dy: 11 },
				arrow[3]));
		svg.append(text);
	}

	/* Its place in the path, in a disc on the arrow. */
	function turn(svg, at, turns, look) {
		if (!turns)
			return;
		svg.append(
			el("circle", { cx: at.centre[0], cy: at.centre[1], r: 9,
				class: "turn " + look }),
			el("text", { x: at.centre[0], y: at.centre[1] + 0.5,
				class: "turn-text" }, turns.join(",")));
	}

	function drawBox(svg, name, isNow, isWalked) {
		const [x, y] = place(name);
		const W = size.W;
		const state = Tarn.STATES[name.trim()];

		svg.append(
			el("rect", { x: x - W / 2, y: y - H / 2, width: W, height: H,
				rx: 6, class: "box" + (isNow ? " now" : "") +
					(isWalked ? " walked" : ""),
				style: `--state: var(${state.color})` }),
			el("text", { x, y: y + 0.5, class: "box-text" +
				(isNow ? " now" : isWalked ? " walked" : "") },
			state.glyph + " " + name.trim()));
	}

	function tips(end) {
		const defs = el("defs");

		for (const look of ["now", "walked", "unseen"])
			defs.append(el("marker", { id: `tip-${look}-${end}`,
				viewBox: "0 0 10 10", refX: 8, refY: 5,
				markerWidth: 9, markerHeight: 9,
				markerUnits: "userSpaceOnUse",
				orient: "auto" },
			el("path", { d: "M0 1 L9 5 L0 9 z", class: "tip " + look })));
		return defs;
	}

	function diagram(view, conn, end) {
		const n = view.cursor ? view.cursor.n : -1;
		const side = conn.ends[end];
		const walked = side.path.filter((step) => step.ev.n <= n);
		const state = walked.length ? walked[walked.length - 1].to :
			side.path.length ? side.path[0].from :
				view.model.sideAt(conn, end, n).tcb.state ||
					"CLOSED";
		const turns = new Map(), extra = [];
		let last = null;

		walked.forEach((step, i) => {
			const arrow = known(step.from, step.to);
			if (!arrow) {
				extra.push([step.from, step.to, "", "", { bend: 24 },
					i + 1]);
				return;
			}
			turns.set(arrow, [...(turns.get(arrow) || []), i + 1]);
			last = arrow;
		});
		const svg = el("svg", { viewBox: `0 0 ${size.width} ${48 + 6 * size.down}`, role: "img",
			"aria-label": view.model.endName(end) + " is in " + state +
				(walked.length ? "; it came by " + walked.map((s) =>
					s.to).join(", ") : "") });
		svg.append(tips(end));
		const isLast = (arrow, number) => number ? number === walked.length :
			arrow === last && !extra.some((x) => x[5] ===
				walked.length);
		const drawn = ARROWS.slice().sort((x, y) =>
			turns.has(x) - turns.has(y))
			.map((x) => [x, turns.get(x)?.slice(-2), isLast(x)])
			.concat(extra.filter((x) => GRID[x[0]] && GRID[x[1]] &&
				x[0] !== x[1])
				.map((x) => [x, [x[5]], isLast(x, x[5])]));
		for (const [arrow, turn, isNow] of drawn)
			drawArrow(svg, arrow, turn, isNow, end);
		const seen = new Set(walked.flatMap((s) => [s.from, s.to]));
		const atEnd = state === "CLOSED" && walked.length > 0;
		for (const name of Object.keys(GRID))
			drawBox(svg, name, name === (atEnd ? "CLOSED " : state),
				seen.has(name.trim()) &&
				(name !== "CLOSED " || atEnd));
		for (const [arrow, turn, isNow] of drawn)
			drawWords(svg, arrow, turn, isNow);

		const taken = new Set(side.path.filter((s) => s.ev.n <= n)
			.map((s) => known(s.from, s.to)).filter(Boolean)).size;
		return el("figure", { class: "fsm" },
			el("figcaption", {}, el("b", {}, view.model.endName(end)),
				el("span", { class: "dim" }, taken + " of " +
					ARROWS.length + " arrows walked")),
			svg);
	}

	let drawn = "";

	/* Most events change no state: then the picture stays. */
	function draw(view, node) {
		const conn = view.focus;
		const n = view.cursor ? view.cursor.n : -1;
		const key = conn ? [conn.key, node.clientWidth, ...["A", "B"].map(
			(end) => conn.ends[end].path.filter((step) =>
				step.ev.n <= n).length + "/" +
				conn.ends[end].path.length)].join(" ") : "";

		if (key && key === drawn && node.childNodes.length)
			return;
		drawn = key;
		node.replaceChildren();
		if (!conn) {
			node.append(el("p", { class: "dim" }, "No connection."));
			return;
		}
		const count = view.model.hasB ? 2 : 1;
		size = node.clientWidth / count < 420 ? SMALL : LARGE;
		node.append(diagram(view, conn, "A"));
		if (view.model.hasB)
			node.append(diagram(view, conn, "B"));
	}

	return { draw, ARROWS };
})();
