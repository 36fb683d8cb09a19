// SPDX-License-Identifier: MIT
/*
 * page-table.js - the ladder as text: the same events, a row each
 *
 * For screen readers and for who likes to read it is an equal form, not an
 * extract. Only the rows around the cursor exist; aria-rowindex tells where
 * they stand in the whole.
 */
"use strict";

Tarn.table = (() => {
	const el = Tarn.el;
	const AROUND = 60;

	function arrowText(ev) {
		if (ev.kind !== "frame" && ev.kind !== "wire")
			return "";
		const arrow = ev.arrow;
		if (!arrow)
			return "";
		const right = arrow.from === "A";
		const end = arrow.lost ? "✗" : right ? "▶" : "◀";

		return right ? "A ──" + end + " B" : "A " + end + "── B";
	}

	function row(view, ev, index) {
		const isCursor = ev === view.cursor;
		const node = el("tr", { "aria-rowindex": index + 2,
			"aria-selected": isCursor ? "true" : "false",
			class: (isCursor ? "cursor " : "") + "k-" + ev.kind },
		el("td", { class: "num" }, Tarn.text.at(ev.t)),
		el("td", {}, ev.kind === "wire" ? "wire" : ev.end),
		el("td", { class: "way" }, arrowText(ev)),
		el("td", {}, Tarn.text.told(ev), ev.why ?
			el("span", { class: "because" }, ev.why) : ""),
		el("td", { class: "state" }, ev.tcb && ev.tcb.state || ""));

		node.addEventListener("click", () => view.goTo(ev));
		return node;
	}

	function draw(view, node) {
		const events = view.events, index = Math.max(0, view.index);
		const from = Math.max(0, index - AROUND);
		const to = Math.min(events.length, index + AROUND + 1);
		const body = el("tbody");
		const head = el("tr", { "aria-rowindex": 1 });

		for (const name of ["time", "end", "wire", "event and why", "state"])
			head.append(el("th", { scope: "col" }, name));
		for (let i = from; i < to; i++)
			body.append(row(view, events[i], i));
		node.replaceChildren(el("table", { class: "text-ladder",
			"aria-rowcount": events.length + 1 },
		el("caption", {}, "Events " + (from + 1) + " to " + to + " of " +
			events.length + "; the arrow keys move the cursor"),
		el("thead", {}, head), body));
		const at = node.querySelector("tr.cursor");
		if (at)
			node.scrollTop = at.offsetTop - node.clientHeight / 2;
	}

	return { draw };
})();
