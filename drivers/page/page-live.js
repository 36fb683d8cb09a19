// SPDX-License-Identifier: MIT
/*
 * page-live.js - a run that is still going on
 *
 * The server sends batches of lines by server-sent events. What the page keeps
 * is bounded: the oldest events go, and are counted. Pausing the view freezes
 * what is shown, never what is received. Faults are asked for at the same
 * server, in the words of --fault.
 */
"use strict";

Tarn.live = (() => {
	const el = Tarn.el;
	const KEEP = 40000, SLACK = 10000;
	const FAULTS = [["drop", "drop"], ["dup", "duplicate"],
		["delay:200ms", "delay by 200 ms"], ["corrupt", "corrupt"],
		["reorder", "let the next one pass"]];
	const WHICH = [["data", "data segment"], ["ack", "bare ACK"],
		["tcp", "segment"], ["syn", "SYN"], ["fin", "FIN"],
		["every", "frame of any kind"]];
	const WAYS = [["out", "that the stack sends"],
		["in", "that the stack receives"], ["both", "in either direction"]];

	class Live {
		constructor(view, path) {
			this.view = view;
			this.path = path;
			this.dropped = 0;	/* by the server */
			this.own = null;
			this.isOpen = false;
			this.waiting = [];
			this.others = false;
			view.follows = true;
			this.connect();
		}

		connect() {
			const source = new EventSource(this.path);

			source.onopen = () => this.say(true);
			source.onerror = () => this.say(false);
			source.onmessage = (ev) => this.take(ev.data);
			source.addEventListener("hello", (ev) => this.hello(ev.data));
			source.addEventListener("drops", (ev) => {
				this.dropped = Number(read(ev.data).dropped) || 0;
				this.say(this.isOpen);
			});
			this.source = source;
		}

		hello(text) {
			const told = read(text);

			if (told.own_conn !== undefined)
				this.own = told.own_conn;
			this.say(true);
		}

		/* One pass a frame however many batches came. */
		take(text) {
			this.waiting.push(text);
			if (this.waiting.length > 1)
				return;
			requestAnimationFrame(() => {
				const all = this.waiting.join("\n");
				this.waiting = [];
				this.add(all);
			});
		}

		add(text) {
			const view = this.view, model = view.model;
			const came = model.append(text);

			if (model.events.length > KEEP + SLACK)
				model.trim(KEEP);
			if (view.cursor && view.cursor.n < model.base)
				view.cursor = model.events[0] || null;
			view.rebuild();
			if (view.onData)
				view.onData();
			if (view.follows && came)
				follow(view);
			this.say(this.isOpen);
		}

		isOwn(conn) {
			return this.own !== null &&
				this.view.model.byNumber.get("A" + this.own) === conn;
		}

		say(isOpen) {
			this.isOpen = isOpen;
			this.view.change("live");
		}

		async post(path, body) {
			const reply = await fetch(path, { method: "POST", body })
				.catch((error) => ({ ok: false, status: 0,
					text: async () => String(error) }));
			if (reply.ok)
				return "";
			return (await reply.text()).trim() || "status " + reply.status;
		}
	}

	function read(text) {
		try {
			return JSON.parse(text) || {};
		} catch {
			return {};
		}
	}

	function follow(view) {
		const events = view.events;

		view.cursor = events[events.length - 1];
		/* While the run grows the usual gap changes, and its height not. */
		const gap = view.map.gaps.length ?
			view.map.idleWidth * view.scale : 30;
		if (gap < 22 || gap > 70)
			view.scale *= 34 / gap;
		const bottom = view.y(view.map.last);
		if (bottom > view.height * 0.92 || bottom < 0)
			view.v0 = view.map.vLast - view.height * 0.85 / view.scale;
		view.change("cursor", "zoom");
	}

	const choice = (id, label, list) => el("label", {}, label + " ",
		(() => {
			const select = el("select", { id });
			for (const [value, text] of list)
				select.append(el("option", { value }, text));
			return select;
		})());

	/* The panel is made once; draw() only writes what changes. */
	function panel(live, node) {
		const out = el("output", { id: "fault-said" });
		const send = el("button", { class: "main", id: "fault-send" },
			"Do it to the next one");
		const follows = el("button", { id: "follow" }, "Follow");
		const others = el("button", { id: "pause-others" },
			"Pause the other connections");
		const badge = el("span", { class: "badge", id: "live-badge" });
		const facts = el("p", { class: "dim", id: "live-facts" });
		const value = (id) => document.getElementById(id).value;

		send.addEventListener("click", async () => {
			const rule = [value("fault-what"), value("fault-way"),
				value("fault-which")].join(" ") + " once";
			const wrong = await live.post("/_tarn/fault", rule);
			out.textContent = wrong ? "✗ " + wrong :
				"✓ waits for the next one: " + rule;
		});
		follows.addEventListener("click", () => {
			live.view.follows = !live.view.follows;
			if (live.view.follows)
				follow(live.view);
			live.view.change("live");
		});
		others.addEventListener("click", async () => {
			const wrong = await live.post("/_tarn/pause?conn=" +
				(live.others ? "none" : "others"), "");
			if (!wrong)
				live.others = !live.others;
			out.textContent = wrong ? "✗ " + wrong : "";
			live.view.change("live");
		});
		node.append(
			el("div", { class: "live-row" }, badge, follows, others),
			el("h3", {}, "A fault, at the next segment"),
			el("div", { class: "live-row" },
				choice("fault-what", "", FAULTS),
				choice("fault-which", "the next", WHICH),
				choice("fault-way", "", WAYS), send, out),
			facts);
		live.view.onDraw(() => draw(live, { badge, follows, others,
			facts }));
	}

	function draw(live, parts) {
		const model = live.view.model;
		const own = model.byNumber.get("A" + live.own);

		parts.badge.textContent = live.isOpen ? "live" : "connection lost";
		parts.badge.classList.toggle("off", !live.isOpen);
		parts.follows.textContent = live.view.follows ?
			"Freeze the view" : "Follow";
		parts.follows.setAttribute("aria-pressed", live.view.follows);
		parts.others.setAttribute("aria-pressed", live.others);
		parts.others.textContent = live.others ?
			"Let the others go on" : "Pause the other connections";
		parts.facts.textContent = (own ? "This page comes over " +
			own.label + ". " : "") + model.events.length +
			" events are here, " + model.told.gone +
			" older ones went, " + live.dropped +
			" were dropped before they were sent.";
	}

	function start(view) {
		const meta = document.querySelector('meta[name="tarn-live"]');

		if (!meta)
			return null;
		const live = new Live(view, meta.content);
		panel(live, document.getElementById("faults"));
		return live;
	}

	return { start };
})();
