// SPDX-License-Identifier: MIT
/*
 * page-why.js - the event under the cursor: what, why, where it is written
 *
 * Nothing is worked out here. The sentence, the section, the source line and
 * the values before and after are what the stack itself said at the decision.
 */
"use strict";

Tarn.why = (() => {
	const el = Tarn.el;

	const NAMES = {
		cwnd: "congestion window", ssthresh: "slow-start threshold",
		bytes_in_flight: "in flight", smoothed_rtt: "SRTT",
		rto: "RTO", snd_wnd: "SND.WND", rcv_wnd: "RCV.WND",
		snd_una: "SND.UNA", snd_nxt: "SND.NXT", rcv_nxt: "RCV.NXT",
		state: "state", rtt_variance: "RTTVAR", min_rtt: "least RTT",
		latest_rtt: "last RTT", out_of_order: "out of order",
		sacked: "SACKed", lost: "held to be lost",
		snd_used: "send buffer", rcv_used: "receive buffer",
	};
	const TIMES = /rtt|rto/;

	const shown = (name, value) => value === undefined ? "–" :
		TIMES.test(name) && typeof value === "number" ?
			Tarn.text.ms(value) : Tarn.text.value(value);

	/* What changed: as told in "before", else against the event before. */
	function changes(view, ev) {
		const before = {};
		const rows = [];
		const side = (ev.conn || view.model.loose).ends[ev.end];

		for (const [name, was] of Object.entries(ev.data.before || {}))
			before[name] = Tarn.Model.relative(side, name, was);

		if (ev.data.state_before !== undefined)
			before.state ??= ev.data.state_before;
		if (ev.kind === "state")
			before.state ??= ev.old;
		const old = ev.conn ? view.model.sideAt(ev.conn, ev.end, ev.n - 1)
			.tcb : {};
		for (const name of Tarn.METRICS) {
			const after = ev.tcb ? ev.tcb[name] : undefined;
			if (after === undefined || !(name in NAMES))
				continue;
			const was = before[name] ?? old[name];
			rows.push({ name, was, after, isNew: was !== undefined &&
				JSON.stringify(was) !== JSON.stringify(after) });
		}
		return rows.sort((a, b) => b.isNew - a.isNew);
	}

	function table(view, ev) {
		const list = el("dl", { class: "changes" });

		for (const row of changes(view, ev))
			list.append(row.isNew ?
				el("div", { class: "new" },
					el("dt", {}, NAMES[row.name]),
					el("dd", {}, shown(row.name, row.was) + " ",
						el("b", {}, "→"), " ",
						el("strong", {}, shown(row.name,
							row.after)))) :
				el("div", { class: "old" },
					el("dt", {}, NAMES[row.name]),
					el("dd", {}, shown(row.name, row.after))));
		return list.childNodes.length ? list : null;
	}

	/* The eight checks as a strip, as far as the segment came. */
	function checks(ev) {
		const step = ev.data.step;

		if (!(step >= 1 && step <= 8))
			return null;
		const list = el("ol", { class: "checks",
			"aria-label": "The eight checks of SEGMENT ARRIVES" });
		Tarn.CHECKS.forEach((name, i) => list.append(el("li", {
			class: i + 1 < step ? "passed" : i + 1 === step ? "stopped" :
				"unseen",
			title: name + (i + 1 < step ? ": passed" : i + 1 === step ?
				": ended here" : ": not reached"),
		}, (i + 1) + (i + 1 < step ? " ✓" : i + 1 === step ? " ■ " + name :
			""))));
		return list;
	}

	function where(ev) {
		const line = el("p", { class: "where" });
		const rfc = Tarn.text.rfc(ev.rfc);

		if (rfc.text)
			line.append(rfc.href ? el("a", { href: rfc.href,
				rel: "noreferrer", target: "_blank" }, rfc.text) :
				rfc.text);
		if (ev.src)
			line.append(el("code", {}, ev.src));
		return line.childNodes.length ? line : null;
	}

	function fate(view, ev) {
		const arrow = ev.arrow;

		if (!arrow)
			return null;
		const facts = [];
		if (arrow.lost)
			facts.push("lost on the way: " + arrow.lost.by +
				(arrow.lost.rule ? " (" + arrow.lost.rule + ")" : ""));
		else if (arrow.sent && arrow.got)
			facts.push(Tarn.text.ms(arrow.t1 - arrow.t0) +
				" under way");
		else
			facts.push("the other end's time is presumed: half the SRTT");
		if (arrow.orig)
			facts.push("sent first at " + Tarn.text.at(arrow.orig.t0));
		else if (ev.data.of !== undefined)
			facts.push("sent first at " + Tarn.text.at(ev.data.of -
				view.model.origin));
		if (ev.data.packet !== undefined)
			facts.push("frame " + ev.data.packet);
		if (ev.data.options)
			facts.push(ev.data.options.replace(/\bnop,|,nop\b/g, ""));
		return el("p", { class: "fate" }, facts.join(" · "));
	}

	function sentence(ev) {
		if (ev.why)
			return ev.why[0].toUpperCase() + ev.why.slice(1) +
				(/[.?!]$/.test(ev.why) ? "" : ".");
		return "";
	}

	function draw(view, node) {
		const ev = view.cursor;

		node.replaceChildren();
		if (!ev) {
			node.append(el("p", { class: "dim" }, "No event yet."));
			return;
		}
		const wire = ev.kind === "wire";
		node.append(
			el("p", { class: "when" },
				el("span", { class: "end end-" + ev.end }, wire ?
					"wire" : view.model.endName(ev.end)),
				el("span", { class: "time" }, Tarn.text.at(ev.t)),
				el("span", { class: "dim" }, "event " +
					(view.index + 1) + " of " +
					view.events.length)),
			el("p", { class: "what" }, Tarn.text.told(ev)));
		const parts = [
			sentence(ev) ? el("p", { class: "sentence" }, sentence(ev)) :
				null,
			where(ev), checks(ev), fate(view, ev), table(view, ev)];
		for (const part of parts)
			if (part)
				node.append(part);
	}

	return { draw };
})();
