// SPDX-License-Identifier: MIT
/*
 * page-text.js - words and numbers: how everything on the page is said
 *
 * First of the scripts: it makes the one global name, Tarn, to which the
 * others add their part. What an event is, page-model.js says.
 */
"use strict";

const Tarn = {};

Tarn.STATES = {
	"CLOSED": { glyph: "○", color: "--st-closed" },
	"LISTEN": { glyph: "◌", color: "--st-listen" },
	"SYN-SENT": { glyph: "▷", color: "--st-syn-sent" },
	"SYN-RECEIVED": { glyph: "◁", color: "--st-syn-received" },
	"ESTABLISHED": { glyph: "●", color: "--st-established" },
	"FIN-WAIT-1": { glyph: "◐", color: "--st-fin-wait-1" },
	"FIN-WAIT-2": { glyph: "◓", color: "--st-fin-wait-2" },
	"CLOSE-WAIT": { glyph: "◑", color: "--st-close-wait" },
	"CLOSING": { glyph: "◒", color: "--st-closing" },
	"LAST-ACK": { glyph: "◕", color: "--st-last-ack" },
	"TIME-WAIT": { glyph: "◷", color: "--st-time-wait" },
};

/* The eight checks of RFC 9293 section 3.10.7.4, by what they look at. */
Tarn.CHECKS = ["sequence number", "RST bit", "security", "SYN bit",
	"ACK field", "URG bit", "segment text", "FIN bit"];

Tarn.text = (() => {
	const group = (n) => String(n).replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f");

	/* Milliseconds as people say them. */
	function ms(value) {
		const abs = Math.abs(value);

		if (abs >= 10000)
			return (value / 1000).toFixed(abs >= 100000 ? 1 : 2) + " s";
		if (abs >= 1000)
			return (value / 1000).toFixed(3) + " s";
		if (abs >= 1)
			return trim(value.toFixed(3)) + " ms";

		return trim((value * 1000).toFixed(1)) + " µs";
	}

	function trim(text) {
		return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
	}

	/* A moment of the run: always seconds, always as many digits. */
	const at = (value) => (value / 1000).toFixed(6) + " s";

	function octets(n) {
		if (n === undefined || n === null)
			return "–";
		return n >= 0xffffffff ? "∞" : group(n);
	}

	function size(n) {
		if (n >= 1 << 20)
			return trim((n / (1 << 20)).toFixed(1)) + " MiB";
		return n >= 10000 ? trim((n / 1024).toFixed(1)) + " KiB" : group(n);
	}

	/* "RFC 9293 3.10.7.4 fifth" -> its text with the sign, and where it is */
	function rfc(where) {
		const found = /^RFC (\d+)(?: ([\d.]*\d))?(.*)$/.exec(where || "");

		if (!found)
			return { text: where || "", href: "" };

		const [, number, section, rest] = found;
		return {
			text: "RFC " + number + (section ? " §" + section : "") + rest,
			href: "https://www.rfc-editor.org/rfc/rfc" + number +
				(section ? "#section-" + section : ""),
		};
	}

	/* What a segment is, in few words; page-ladder draws it on the arrow. */
	function segment(d, detail) {
		let text = (d.flags || "").replace(/ /g, ",") || "no flags";

		if (detail < 1)
			return text;
		if (d.length > 0 || /SYN|FIN|RST/.test(text))
			text += " " + d.seq_rel + (d.length > 0 ? ":" + d.length : "");
		if (d.ack_rel !== undefined)
			text += " ack " + d.ack_rel;
		if (detail > 1 && d.window !== undefined)
			text += " win " + d.window;

		return text;
	}

	function frame(ev, detail) {
		const d = ev.data;

		if (ev.proto === "tcp")
			return segment(d, detail);
		const whole = d.text || ev.name;
		if (detail > 1)
			return whole;
		/* Who speaks to whom is to be seen; so the rest comes first. */
		const what = whole.replace(/^[\d.]+(:\d+)? > [\d.]+(:\d+)? /, "");
		return detail > 0 || what.length <= 22 ? what :
			what.slice(0, 21) + "…";
	}

	function value(v) {
		if (Array.isArray(v))
			return v.map((x) => Array.isArray(x) ? x.join("–") : value(x))
				.join(", ");
		if (v && typeof v === "object")
			return Object.entries(v).map(([k, x]) => k + " " + value(x))
				.join(", ");
		return typeof v === "number" ? octets(v) : String(v);
	}

	function call(d) {
		const args = d.args !== undefined && d.args !== "" ?
			value(d.args) : d.fd >= 0 ? "fd " + d.fd : "";
		const errno = d.errno && d.errno !== "0" ? " " + d.errno : "";

		return d.call + "(" + args + ")" +
			(d.result === undefined ? "" : " → " + d.result + errno);
	}

	/* Some keys of the data with their values, those that hold something. */
	const said = (d, keys) => keys.filter((key) => d[key] !== undefined &&
		String(d[key]) !== "").map((key) => key + " " + value(d[key]))
		.join(", ");
	const SAID = (x) => typeof x === "number" || typeof x === "string";

	const TOLD = {
		frame(ev) {
			const what = frame(ev, 2);
			const again = ev.data.again ? " again" : "";

			if (ev.act === "sent")
				return "sends" + again + " " + what;
			if (ev.act === "dropped")
				return "drops " + what + " (" + ev.data.drop + ")";
			return "receives " + what;
		},
		state: (ev) => ev.old + " → " + ev.state,
		timer(ev) {
			const d = ev.data;

			return "timer " + d.timer + " " + ev.act +
				(ev.act === "armed" && ev.deadline !== undefined ?
					", due in " + ms(ev.deadline - ev.t) : "");
		},
		call: (ev) => call(ev.data),
		ready: (ev) => "fd " + ev.data.fd + " is ready: " +
			value(ev.data.events || ""),
		say: (ev) => "“" + ev.data.text + "”",
		app: (ev) => "application " + (ev.data.app ?
			ev.data.app + " " : "") + (ev.act === "running" ?
			"runs" : ev.act) + (ev.data.call ? " in " +
			ev.data.call : ""),
		wire(ev) {
			const d = ev.data;

			if (ev.act === "lost")
				return (d.flags ? segment(d, 2) + " " : "") +
					"lost on the wire" + (d.by ? " by " + d.by : "") +
					(d.rule ? " (" + d.rule + ")" : "");
			return ev.act + (d.frames !== undefined ?
				": " + d.frames + " frames" : "");
		},
		drop: (ev) => "gives up: " + ev.data.drop,
		metrics(ev) {
			const d = ev.data;

			return d.latest_rtt !== undefined ?
				"round trip " + ms(d.latest_rtt) + ", SRTT " +
					ms(d.smoothed_rtt || 0) :
				"cwnd " + octets(d.cwnd) + ", ssthresh " +
					octets(d.ssthresh);
		},
		decision: (ev) => "now owes a segment: " +
			(ev.data.reason || ev.data.owed || ev.why || ""),
		scoreboard: (ev) => "scoreboard: " + (said(ev.data,
			["sacked", "lost", "again"]) || "nothing lost or SACKed"),
		buffers(ev) {
			const d = ev.data, parts = [];

			for (const [key, name] of [["snd", "send"],
				["rcv", "receive"]])
				if (d[key + "_size"])
					parts.push(name + " buffer " +
						octets(d[key + "_used"] || 0) +
						" of " + octets(d[key + "_size"]));
			if ((d.out_of_order || []).length)
				parts.push("out of order " +
					value(d.out_of_order));
			return parts.join(", ") || "buffers";
		},
		other(ev) {
			const d = ev.data;

			if (d.old !== undefined && d.new !== undefined)
				return (d.ip ? d.ip + " " : "") + d.old + " → " + d.new;
			return ev.name + " " + (d.text || said(d,
				Object.keys(d).filter((key) => SAID(d[key]))
					.slice(0, 5)));
		},
	};

	/* One event in one line, without time and end. */
	function told(ev) {
		return (TOLD[ev.kind] || TOLD.other)(ev);
	}

	/* The same as a whole sentence, for ears. */
	function spoken(ev, ends) {
		return (ev.t / 1000).toFixed(3) + " seconds. " +
			(ev.kind === "wire" ? "Wire" : ends[ev.end]) + " " +
			told(ev) + (ev.why ? ". " + ev.why : "");
	}

	const escape = (text) => String(text).replace(/[&<>"']/g, (c) =>
		({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;",
			"'": "&#39;" })[c]);

	return { ms, at, octets, size, group, rfc, segment, frame, value, call,
		told, spoken, escape };
})();

/* A small maker of elements: el("p", {class: "x"}, "text", child) */
Tarn.el = (name, attributes = {}, ...children) => {
	const svg = /^(svg|g|path|line|rect|circle|text|tspan|title|polygon|defs|pattern|marker)$/;
	const node = svg.test(name) ?
		document.createElementNS("http://www.w3.org/2000/svg", name) :
		document.createElement(name);

	for (const [key, given] of Object.entries(attributes))
		if (given !== undefined && given !== null && given !== false)
			node.setAttribute(key, given === true ? "" : given);
	for (const child of children)
		if (child !== null && child !== undefined)
			node.append(child);

	return node;
};
