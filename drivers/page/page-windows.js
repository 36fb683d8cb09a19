// SPDX-License-Identifier: MIT
/*
 * page-windows.js - the sequence space of both directions, to scale
 *
 * One bar for the sender, one for the receiver, one axis: what lies between
 * RCV.NXT below and SND.UNA above is acknowledged but not yet heard of. Numbers
 * are relative to the ISN. At a live host the far bar is drawn from what its
 * segments said.
 */
"use strict";

Tarn.windows = (() => {
	const el = Tarn.el;
	const WIDTH = 560, LEFT = 70, RIGHT = 548;

	/*
	 * Where a direction stands after event @n: what the ends told, and for
	 * an end that tells nothing what its segments carried.
	 */
	function space(view, conn, from, n) {
		const to = Tarn.arrows.other(from);
		const isn = conn.ends[from].isn;
		const one = view.model.sideAt(conn, from, n).tcb;
		const two = view.model.sideAt(conn, to, n).tcb;
		const seen = wire(conn, from, n);
		const told = (raw, near, base) => raw === undefined ? near :
			nearest(raw, near ?? 0, base);

		return {
			una: told(one.snd_una, seen.una, isn),
			nxt: told(one.snd_nxt, seen.nxt, isn),
			wnd: one.snd_wnd ?? two.rcv_wnd,
			cwnd: one.cwnd || undefined,
			sacked: one.sacked || [], lost: one.lost || [],
			rcvNxt: told(two.rcv_nxt, seen.rcvNxt, isn),
			rcvWnd: two.rcv_wnd ?? one.snd_wnd,
			holes: two.out_of_order || [],
			isSenderKnown: from === "A" || view.model.hasB,
			isReceiverKnown: to === "A" || view.model.hasB,
		};
	}

	/* A number of the stack is absolute or relative: segments tell which. */
	function nearest(raw, near, isn) {
		const relative = raw - (isn ?? 0) >>> 0;

		return Math.abs(relative - near) < Math.abs(raw - near) ?
			relative : raw;
	}

	function wire(conn, from, n) {
		const seen = { una: undefined, nxt: undefined, rcvNxt: undefined };
		const most = (old, x) => old === undefined || x > old ? x : old;

		for (const ev of conn.events) {
			if (ev.n > n)
				break;
			if (ev.kind !== "frame" || !ev.arrow)
				continue;
			const a = ev.arrow, flags = ev.data.flags || "";
			const end = a.rel + a.len + (/SYN|FIN/.test(flags) ? 1 : 0);
			if (a.from === from && ev === a.sent || !a.sent &&
			    a.from === from)
				seen.nxt = most(seen.nxt, end);
			if (a.from !== from && a.ackRel !== null) {
				if (ev === a.got || !a.got)
					seen.una = most(seen.una, a.ackRel);
				if (ev === a.sent || !a.sent)
					seen.rcvNxt = most(seen.rcvNxt, a.ackRel);
			}
		}
		return seen;
	}

	function scaleOf(s) {
		const una = Math.min(s.una ?? 0, s.rcvNxt ?? s.una ?? 0);
		const far = Math.max(s.nxt ?? 0, (s.una ?? 0) + Math.min(
			s.wnd ?? 0, Math.max(4 * (s.cwnd ?? 0),
				2 * ((s.nxt ?? 0) - (s.una ?? 0)), 3000)), una + 100,
		...s.holes.map((h) => h[1]));
		const back = (far - una) * 0.08;

		return { from: una - back, to: far + (far - una) * 0.03 };
	}

	function draw(view, node) {
		const conn = view.focus;
		const n = view.cursor ? view.cursor.n : -1;

		node.replaceChildren();
		if (!conn) {
			node.append(el("p", { class: "dim" }, "No connection."));
			return;
		}
		node.append(
			direction(view, "A", "B", space(view, conn, "A", n)),
			direction(view, "B", "A", space(view, conn, "B", n)),
			legend());
	}

	function direction(view, from, to, s) {
		const range = scaleOf(s);
		const x = (seq) => LEFT + Math.max(-0.01, Math.min(1.01,
			(seq - range.from) / (range.to - range.from))) *
			(RIGHT - LEFT);
		const svg = el("svg", { viewBox: `0 0 ${WIDTH} 146`, role: "img",
			"aria-label": spoken(view, from, s) });
		const block = (a, b, y, h, look, title) => b > a && svg.append(
			el("rect", { x: x(a), y, width: Math.max(1, x(b) - x(a)),
				height: h, class: look }, el("title", {}, title)));

		svg.append(ground());
		svg.append(el("text", { x: 4, y: 50, class: "seq-end" },
			from + " sends"));
		svg.append(el("text", { x: 4, y: 100, class: "seq-end" },
			to + " has"));
		if (s.una !== undefined) {
			const edge = s.una + (s.wnd ?? 0);
			const may = s.una + Math.min(s.wnd ?? 0, s.cwnd ?? Infinity);
			block(range.from, s.una, 34, 24, "seq-done", "acknowledged");
			block(s.una, edge, 34, 24, "seq-wnd", "in the peer's window");
			block(s.nxt ?? s.una, may, 34, 24, "seq-may",
				"may be sent now");
			block(s.una, s.nxt, 34, 24, "seq-flight",
				"sent, not acknowledged");
			for (const [a, b] of s.sacked)
				block(a, b, 34, 24, "seq-sack", "SACKed");
			for (const [a, b] of s.lost)
				block(a, b, 34, 24, "seq-lost", "held to be lost");
			marks(svg, x, 32, -1, [["SND.UNA", s.una],
				["SND.NXT", s.nxt],
				["+cwnd", s.cwnd && s.una + s.cwnd <= range.to ?
					s.una + s.cwnd : undefined],
				["+SND.WND", edge <= range.to ? edge : undefined]]);
			if (edge > range.to)
				svg.append(el("text", { x: RIGHT, y: 50,
					class: "seq-more" }, "window to " +
					Tarn.text.group(edge) + " ▸"));
		}
		if (s.rcvNxt !== undefined) {
			const edge = s.rcvNxt + (s.rcvWnd ?? 0);
			block(range.from, s.rcvNxt, 84, 24, "seq-done", "received");
			block(s.rcvNxt, edge, 84, 24, "seq-wnd", "window");
			for (const [a, b] of s.holes)
				block(a, b, 84, 24, "seq-sack", "out of order");
			marks(svg, x, 110, 1, [["RCV.NXT", s.rcvNxt],
				["+RCV.WND", edge <= range.to ? edge : undefined]]);
			if (edge > range.to)
				svg.append(el("text", { x: RIGHT, y: 100,
					class: "seq-more" }, "window to " +
					Tarn.text.group(edge) + " ▸"));
		}
		const flight = (s.nxt ?? 0) - (s.una ?? 0);
		return el("figure", { class: "seq" },
			el("figcaption", {}, el("b", {}, from + " → " + to),
				el("span", { class: "dim" },
					Tarn.text.size(Math.max(0, flight)) +
					" in flight · window " +
					Tarn.text.size(s.wnd ?? 0) +
					(s.cwnd ? " · cwnd " + Tarn.text.size(s.cwnd) :
						"") + (s.isSenderKnown ? "" :
						" · from its segments"))),
			svg);
	}

	function ground() {
		const g = el("g");

		for (const y of [34, 84])
			g.append(el("rect", { x: LEFT, y, width: RIGHT - LEFT,
				height: 24, class: "seq-ground" }));
		return g;
	}

	/* Names above or below a bar; those that would touch move a row away. */
	function marks(svg, x, y, way, list) {
		const rows = [];

		for (const [name, seq] of list.filter((m) => m[1] !== undefined)
			.sort((a, b) => a[1] - b[1])) {
			const text = name + " " + Tarn.text.group(seq);
			const w = text.length * 7.1;
			const px = x(seq);
			const left = Math.max(2, Math.min(WIDTH - w - 2, px - w / 2));
			let row = 0;
			while (rows[row] !== undefined && left < rows[row] + 6)
				row++;
			rows[row] = left + w;
			const ty = y + way * (9 + 12 * row);
			svg.append(el("path", { d: `M${px} ${y + way * 2 - way * 30} ` +
				`V${y + way * (4 + 12 * row)}`, class: "seq-mark" }),
			el("text", { x: left, y: ty + (way > 0 ? 5 : 0),
				class: "seq-name" }, text));
		}
	}

	const spoken = (view, from, s) => "Sequence space from " +
		view.model.endName(from) + ": SND.UNA " + (s.una ?? "unknown") +
		", SND.NXT " + (s.nxt ?? "unknown") + ", window " +
		(s.wnd ?? "unknown") + "; receiver: RCV.NXT " +
		(s.rcvNxt ?? "unknown");

	function legend() {
		const list = el("ul", { class: "legend" });

		for (const [look, name] of [["seq-done", "acknowledged / received"],
			["seq-flight", "in flight"], ["seq-may", "may be sent now"],
			["seq-wnd", "window"], ["seq-sack", "SACKed / out of order"],
			["seq-lost", "held to be lost"]])
			list.append(el("li", {}, el("i", { class: "key " + look }),
				name));
		return list;
	}

	return { draw, space };
})();
