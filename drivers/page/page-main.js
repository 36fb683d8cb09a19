// SPDX-License-Identifier: MIT
/*
 * page-main.js - puts the parts together: controls, keys, tabs, playing
 */
"use strict";

(() => {
	const $ = (id) => document.getElementById(id);
	const el = Tarn.el;
	const model = new Tarn.Model();
	const view = new Tarn.View(model);
	const ladder = new Tarn.Ladder($("ladder"), view);
	const plot = new Tarn.Plot($("plot"), view, ladder);
	const calm = matchMedia("(prefers-reduced-motion: reduce)");
	let live = null;

	const TABS = [["states", "States"], ["windows", "Windows"],
		["plot-tab", "Plot"], ["timers", "Timers"],
		["bytes", "Octets"], ["table", "Text"], ["faults", "Live"]];
	let tab = "states";

	/* ---- head ---- */

	function drawHead() {
		const about = model.about;
		const facts = [];
		const title = about.title || about.scenario || (about.interface ?
			"A run on " + about.interface : "A run");
		const rules = [].concat(about.counterfactual || []);

		document.title = title + " – Tarn";
		$("title").textContent = title;
		if (about.scenario)
			facts.push("scenario " + about.scenario);
		if (about.seed !== undefined)
			facts.push("seed " + about.seed);
		if (about.application)
			facts.push(about.application);
		if (about.comment && !about.title)
			facts.push(about.comment);
		const count = model.events.length + model.told.gone;
		facts.push(count + " events");
		if (model.told.bad)
			facts.push(model.told.bad + " lines were not JSON");
		$("about").textContent = facts.join(" · ");
		$("about").title = about.comment || "";
		$("banner").hidden = !rules.length;
		$("banner").textContent = "⚠ COUNTERFACTUAL: this stack runs without " +
			rules.join(", ") + ". No real Tarn behaves like this.";
	}

	let listed = "";

	function drawConns() {
		const list = model.list();
		const key = list.map((c) => c.key).join();

		if (key === listed)
			return;
		listed = key;
		const select = $("conn");
		select.replaceChildren(el("option", { value: "" }, "everything"));
		for (const conn of list)
			select.append(el("option", { value: conn.key },
				conn.label + (live && live.isOwn(conn) ?
					" (this page)" : "")));
		select.value = view.conn ? view.conn.key : "";
		$("conn-label").hidden = list.length < 2 &&
			model.arrows.every((a) => a.conn);
	}

	function drawEnds() {
		const node = $("ends");
		const conn = view.focus;
		const n = view.cursor ? view.cursor.n : -1;

		node.replaceChildren();
		for (const end of ["A", "B"]) {
			const isKnown = end === "A" || model.hasB;
			const state = !isKnown ? "" : conn ?
				model.sideAt(conn, end, n).tcb.state ||
				conn.ends[end].path[0]?.from || "CLOSED" : "";
			const look = Tarn.STATES[state];
			node.append(el("div", { class: "end-head",
				style: "left:" + ladder.x(end) + "px;--state:var(" +
					(look ? look.color : "--line") + ")" },
			isKnown ? model.endName(end) : conn && conn.far ?
				"peer " + conn.far : "the peer",
			el("span", { class: "state" }, state ? (look ?
				look.glyph + " " : "") + state : isKnown ?
				"no connection" : "times presumed")));
		}
	}

	/* The narration that holds at the cursor. */
	function drawSay() {
		const events = model.events;
		const n = view.cursor ? view.cursor.n : -1;
		let told = null;

		for (const ev of says) {
			if (ev.n > n)
				break;
			told = ev;
		}
		if (!told && says.length && events.length &&
		    says[0].t <= events[0].t)
			told = says[0];
		const was = $("say").textContent;
		const text = told ? String(told.data.text) : "";
		$("say").hidden = !told;
		if (text !== was) {
			$("say").textContent = text;
			ladder.resize();
		}
	}

	let says = [];

	function drawNote() {
		const parts = [];

		if (!model.hasB && model.arrows.length)
			parts.push("Only this end was watched: dashed ends of arrows are presumed, half the SRTT away.");
		if (model.told.gone)
			parts.push(model.told.gone + " older events are no longer here.");
		$("note").textContent = parts.join(" ");
	}

	/* ---- tabs ---- */

	const DRAW = {
		states: () => Tarn.states.draw(view, $("states")),
		windows: () => Tarn.windows.draw(view, $("windows")),
		"plot-tab": () => plot.draw(),
		timers: () => Tarn.timers.draw(view, $("timers")),
		bytes: () => Tarn.bytes.draw(view, $("bytes")),
		table: () => Tarn.table.draw(view, $("table")),
		faults: () => {},
	};

	function openTab(name) {
		tab = name;
		for (const [id] of TABS) {
			$(id).hidden = id !== name;
			const button = $("tab-" + id);
			if (button) {
				button.setAttribute("aria-selected", id === name);
				button.tabIndex = id === name ? 0 : -1;
			}
		}
		view.change("cursor");
	}

	function makeTabs() {
		const bar = $("tabs");

		for (const [id, name] of TABS) {
			if (id === "faults" && !live)
				continue;
			const button = el("button", { id: "tab-" + id, role: "tab",
				"aria-controls": id }, name);
			button.addEventListener("click", () => openTab(id));
			$(id).setAttribute("aria-labelledby", "tab-" + id);
			bar.append(button);
		}
		const grow = el("button", { class: "grow", id: "grow",
			title: "Over the whole page (M)",
			"aria-label": "Over the whole page" }, "⤢");
		grow.addEventListener("click", maximise);
		bar.append(grow);
		openTab(live ? "faults" : "states");
	}

	function maximise() {
		document.body.classList.toggle("maximised");
		view.change("zoom");
	}

	/* ---- drawing ---- */

	let spokenOf = null;

	function drawAll(changed) {
		if (changed.has("data")) {
			says = model.events.filter((ev) => ev.kind === "say");
			drawHead();
			drawConns();
			drawNote();
		}
		drawSay();
		drawEnds();
		if (changed.has("cursor") || changed.has("data"))
			Tarn.why.draw(view, $("why"));
		if (tab !== "plot-tab" ? changed.has("cursor") ||
		    changed.has("data") : true)
			DRAW[tab]();
		$("gaps").setAttribute("aria-pressed", view.isCompressed);
		if (view.cursor && view.cursor !== spokenOf && !playing &&
		    !view.follows) {
			spokenOf = view.cursor;
			$("live-region").textContent = Tarn.text.spoken(view.cursor,
				{ A: model.endName("A"), B: model.endName("B") });
		}
	}

	/* ---- playing ---- */

	let playing = null;

	function play(on = !playing) {
		if (!on) {
			playing = null;
			view.playT = undefined;
		} else if (view.events.length) {
			if (view.index >= view.events.length - 1)
				view.goIndex(0);
			playing = { v: view.map.v(view.cursor.t),
				at: performance.now() };
			requestAnimationFrame(advance);
		}
		$("play").textContent = playing ? "❚❚ pause" : "▶\ufe0e play";
		$("play").setAttribute("aria-label", playing ? "Pause" : "Play");
	}

	function rate() {
		const speed = $("speed").value;
		const whole = view.map.vLast - view.map.vFirst;

		return speed === "auto" ? Math.min(whole / 20000,
			view.height / view.scale / 5000) : Number(speed);
	}

	function advance(now) {
		if (!playing)
			return;
		playing.v += (now - playing.at) * rate();
		playing.at = now;
		const t = view.map.t(playing.v);
		const events = view.events;
		let index = view.index;

		while (index + 1 < events.length && events[index + 1].t <= t)
			index++;
		view.playT = t;
		if (index !== view.index) {
			view.cursor = events[index];
			if (calm.matches)
				view.showCursor();
			view.change("cursor");
		} else {
			view.change(tab === "timers" ? "cursor" : "play");
		}
		if (!calm.matches)
			glide(t);
		if (index >= events.length - 1)
			play(false);
		else
			requestAnimationFrame(advance);
	}

	/* While playing the ladder runs along under a cursor that stays. */
	function glide(t) {
		const y = view.y(t);

		if (y > view.height * 0.7)
			view.v0 += (y - view.height * 0.7) / view.scale;
		else if (y < 0)
			view.v0 = view.map.v(t) - view.height * 0.3 / view.scale;
	}

	/* ---- controls and keys ---- */

	async function copyLink() {
		const hash = view.hash();

		history.replaceState(null, "", hash);
		try {
			await navigator.clipboard.writeText(location.href);
			$("link").textContent = "copied";
		} catch {
			$("link").textContent = "in the address bar";
		}
		setTimeout(() => { $("link").textContent = "link"; }, 1500);
	}

	function theme() {
		const root = document.documentElement;
		root.dataset.theme = root.dataset.theme === "dark" ? "light" :
			"dark";
		view.change("data");
	}

	const stop = (act) => () => {
		play(false);
		view.follows = false;
		act();
	};

	const ACTIONS = {
		first: stop(() => view.goIndex(0)),
		last: stop(() => view.goIndex(view.events.length - 1)),
		back: stop(() => view.step(-1)),
		next: stop(() => view.step(1)),
		"back-rtt": stop(() => view.stepRoundTrip(-1)),
		"next-rtt": stop(() => view.stepRoundTrip(1)),
		play: () => play(),
		in: () => view.zoom(1.5),
		out: () => view.zoom(1 / 1.5),
		fit: () => view.fitAll(),
		gaps: () => view.setCompress(!view.isCompressed),
		link: copyLink,
		help: () => $("keys").showModal(),
		theme, maximise,
	};

	const KEYS = {
		ArrowLeft: "back", ArrowRight: "next", b: "back", n: "next",
		Home: "first", End: "last", " ": "play", "+": "in", "=": "in",
		"-": "out", "−": "out", 0: "fit", g: "gaps", l: "link",
		"?": "help", d: "theme", m: "maximise",
	};
	const PAN = { ArrowUp: -60, ArrowDown: 60, PageUp: -400, PageDown: 400 };

	function key(ev) {
		if (ev.ctrlKey || ev.metaKey || ev.altKey || $("keys").open ||
		    /^(SELECT|INPUT|TEXTAREA)$/.test(ev.target.tagName))
			return;
		if (ev.key === " " && ev.target.tagName === "BUTTON")
			return;
		const name = ev.shiftKey && ev.key.startsWith("Arrow") ?
			{ ArrowLeft: "back-rtt", ArrowRight: "next-rtt" }[ev.key] :
			KEYS[ev.key.length === 1 ? ev.key.toLowerCase() : ev.key];

		if (name)
			ACTIONS[name]();
		else if (ev.key in PAN && !ev.target.closest(".tab, #why-panel"))
			view.pan(PAN[ev.key]);
		else if (/^[1-7]$/.test(ev.key) && $("tab-" + TABS[ev.key - 1][0]))
			openTab(TABS[ev.key - 1][0]);
		else
			return;
		ev.preventDefault();
	}

	function listen() {
		for (const [name, act] of Object.entries(ACTIONS))
			if ($(name))
				$(name).addEventListener("click", act);
		$("conn").addEventListener("change", () => {
			view.setConn(model.conns.get($("conn").value) || null);
		});
		document.addEventListener("keydown", key);
		new ResizeObserver(() => view.change("zoom")).observe($("ladder"));
		addEventListener("hashchange", () => view.fromHash(location.hash));
		addEventListener("beforeprint", () => print(3));
		addEventListener("afterprint", () => print(0));
	}

	let screenTheme;

	/* On paper: black on white, and the canvases have three dots for one. */
	function print(ratio) {
		const root = document.documentElement;

		if (ratio) {
			screenTheme = root.dataset.theme;
			root.dataset.theme = "light";
		} else {
			root.dataset.theme = screenTheme || "light";
		}
		ladder.ratio = ratio;
		ladder.draw();
		plot.draw();
	}

	/*
	 * A lesson is shown whole. At a host much else happens, so there the
	 * connection with most segments comes first.
	 */
	function choose() {
		const list = model.list();

		if (list.length && (!model.hasB || list.length > 4))
			view.conn = list.reduce((best, conn) =>
				conn.arrows.length > best.arrows.length ? conn : best);
	}

	/*
	 * A large log is read piece by piece: the beginning is there at once,
	 * and the page never stands still for long.
	 */
	const PIECE = 3 << 20;

	function load(text, from) {
		let end = text.length - from > PIECE ?
			text.indexOf("\n", from + PIECE) : text.length;

		if (end < 0)
			end = text.length;
		model.append(text.slice(from, end));
		if (from === 0)
			begin();
		if (end < text.length) {
			$("about").textContent = "reading … " +
				Math.round(100 * end / text.length) + " %";
			setTimeout(() => load(text, end), 0);
			return;
		}
		if (from > 0)
			view.rebuild();
		view.fromHash(location.hash);
		Tarn.app.isLoaded = true;
	}

	function begin() {
		choose();
		view.setConn(view.conn);
		/* What says why is a better beginning than a call to socket(). */
		view.cursor = view.events.slice(0, 60).find((ev) => ev.why) ||
			view.cursor;
		if (!live && model.events.length && !model.list().length)
			openTab("table");
		$("conn").value = view.conn ? view.conn.key : "";
	}

	function start() {
		const text = $("tarn-events").textContent;

		if (matchMedia("(prefers-color-scheme: dark)").matches)
			document.documentElement.dataset.theme = "dark";
		$("tarn-events").textContent = "";
		live = Tarn.live.start(view);
		makeTabs();
		listen();
		view.onDraw(drawAll);
		Tarn.overview.start($("overview"), view, ladder);
		ladder.style = getComputedStyle(document.documentElement);
		ladder.colors = new Map();
		ladder.resize();
		load(text, 0);
		view.onData = () => {
			if (!view.cursor && view.events.length) {
				view.cursor = view.events[0];
				view.fitStart();
			}
		};
		$("ladder").focus({ preventScroll: true });
	}

	Object.assign(Tarn, { app: { model, view, ladder, plot, openTab, play,
		actions: ACTIONS, get live() { return live; } } });
	start();
})();
