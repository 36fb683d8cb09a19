// SPDX-License-Identifier: MIT
/*
 * page-timers.js - what is running at the cursor, and how long still
 *
 * A bar empties from left to right. TIME-WAIT has a ring of its own: four
 * minutes of doing nothing are the point of it.
 */
"use strict";

Tarn.timers = (() => {
	const el = Tarn.el;

	const isTimeWait = (timer) => /2MSL|TIME-WAIT/i.test(timer.name);

	function ring(timer, now) {
		const whole = timer.deadline - timer.from;
		const left = Math.max(0, timer.deadline - now);
		const share = whole > 0 ? left / whole : 0;
		const around = 2 * Math.PI * 52;

		return el("figure", { class: "ring" },
			el("svg", { viewBox: "0 0 130 130", role: "img",
				"aria-label": "TIME-WAIT, " + Tarn.text.ms(left) +
					" left" },
			el("circle", { cx: 65, cy: 65, r: 52, class: "ring-ground" }),
			el("circle", { cx: 65, cy: 65, r: 52, class: "ring-left",
				"stroke-dasharray": share * around + " " + around,
				transform: "rotate(-90 65 65)" }),
			el("text", { x: 65, y: 61, class: "ring-text" },
				left >= 1000 ? (left / 1000).toFixed(1) + " s" :
					Tarn.text.ms(left)),
			el("text", { x: 65, y: 80, class: "ring-name" }, "of 2MSL")));
	}

	function row(timer, now) {
		const left = timer.deadline === undefined ? null :
			timer.deadline - now;
		const whole = timer.deadline - timer.from;
		const share = left === null || !(whole > 0) ? 0 :
			Math.max(0, Math.min(1, left / whole));

		return el("li", {},
			el("span", { class: "timer-name" }, timer.name),
			el("span", { class: "timer-bar" },
				el("i", { style: "width:" + share * 100 + "%" })),
			el("span", { class: "timer-left" }, left === null ? "" :
				left < 0 ? "overdue" : Tarn.text.ms(left) + " of " +
					Tarn.text.ms(whole)));
	}

	/* Timers without a connection: ARP's, the interface's. */
	function all(view, conn, end, n) {
		const timers = conn ? { ...view.model.sideAt(conn, end, n).timers } :
			{};
		return Object.values(timers);
	}

	function history(view, conn, end, now) {
		const list = conn ? conn.ends[end].brackets
			.filter((b) => b.end !== null && b.end <= now)
			.slice(-6).reverse() : [];
		const body = el("ul", { class: "past" });

		for (const b of list)
			body.append(el("li", {}, el("span", { class: b.how },
				b.how === "fired" ? "! fired" : b.how === "cancelled" ?
					"✓ cancelled" : "↦ moved"),
			" " + b.name + " at " + Tarn.text.at(b.end)));
		return list.length ? body : null;
	}

	function side(view, conn, end, n, now) {
		const timers = all(view, conn, end, n);
		const list = el("ul", { class: "timers" });
		const node = el("section", { class: "timer-end" },
			el("h3", {}, view.model.endName(end)));

		for (const timer of timers)
			if (isTimeWait(timer) && timer.deadline !== undefined)
				node.append(ring(timer, now));
			else
				list.append(row(timer, now));
		if (!timers.length)
			node.append(el("p", { class: "dim" }, "no timer is running"));
		node.append(list);
		const past = history(view, conn, end, now);
		if (past)
			node.append(past);

		return node;
	}

	function buffers(view, conn, n) {
		const list = el("ul", { class: "timers" });

		for (const end of ["A", "B"]) {
			const tcb = view.model.sideAt(conn, end, n).tcb;
			for (const [what, name] of [["snd", "send"],
				["rcv", "receive"]])
				if (tcb[what + "_size"])
					list.append(buffer(end + " " + name + " buffer",
						tcb[what + "_used"] || 0,
						tcb[what + "_size"]));
		}
		return list.childNodes.length ? list : null;
	}

	const buffer = (name, used, size) => el("li", {},
		el("span", { class: "timer-name" }, name),
		el("span", { class: "timer-bar buffer" },
			el("i", { style: "width:" + used / size * 100 + "%" })),
		el("span", { class: "timer-left" }, Tarn.text.size(used) + " of " +
			Tarn.text.size(size)));

	function draw(view, node) {
		const conn = view.focus;
		const n = view.cursor ? view.cursor.n : -1;
		const now = view.playT ?? (view.cursor ? view.cursor.t : 0);

		node.replaceChildren();
		node.append(side(view, conn, "A", n, now));
		if (view.model.hasB)
			node.append(side(view, conn, "B", n, now));
		const more = conn ? buffers(view, conn, n) : null;
		if (more)
			node.append(el("section", { class: "timer-end" },
				el("h3", {}, "Buffers"), more));
	}

	return { draw };
})();
