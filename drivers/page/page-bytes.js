// SPDX-License-Identifier: MIT
/*
 * page-bytes.js - the header of the frame under the cursor, octet by octet
 *
 * The dump and the list of fields are two views of the same thing: what is
 * pointed at in one lights up in the other.
 */
"use strict";

Tarn.bytes = (() => {
	const el = Tarn.el;
	let chosen = null;	/* index of the field that is lit */

	function dump(octets, fields, pick) {
		const table = el("div", { class: "dump", role: "group",
			"aria-label": "Octets in hexadecimal" });

		for (let row = 0; row < octets.length; row += 16) {
			table.append(el("span", { class: "offset" },
				row.toString(16).padStart(4, "0")));
			const line = el("span", { class: "octets" });
			for (let at = row; at < Math.min(row + 16,
				octets.length); at++) {
				const which = fields.findIndex((f) => at >= f.at &&
					at < f.at + f.len);
				const field = fields[which];
				const node = el("span", {
					class: "octet l-" + (field ? field.layer :
						"pad") + (field && at === field.at ?
						" first" : ""),
					"data-field": which,
					title: field ? field.name + ": " +
						field.value : "padding",
				}, octets[at].toString(16).padStart(2, "0"));
				if (field)
					node.addEventListener("click", () =>
						pick(which));
				line.append(node);
			}
			table.append(line);
		}
		return table;
	}

	const LAYERS = { eth: "Ethernet", ip: "IPv4", tcp: "TCP", udp: "UDP",
		icmp: "ICMP", arp: "ARP", data: "data" };

	function list(fields, pick) {
		const body = el("dl", { class: "fields" });
		let layer = "";

		fields.forEach((field, i) => {
			if (field.layer !== layer) {
				layer = field.layer;
				body.append(el("h4", { class: "l-" + layer },
					LAYERS[layer] || layer));
			}
			const row = el("div", { class: "field l-" + layer,
				"data-field": i, tabindex: 0, role: "button" },
			el("dt", {}, field.name), el("dd", {}, field.value));
			row.addEventListener("click", () => pick(i));
			row.addEventListener("keydown", (ev) => {
				if (ev.key === "Enter")
					pick(i);
			});
			body.append(row);
		});
		return body;
	}

	function arithmetic(octets, ev) {
		const node = el("div", { class: "sums" });
		const hex = Tarn.fields.hex;

		for (const sum of Tarn.fields.checksums(octets,
			ev.data.frame_length)) {
			if (sum.missing) {
				node.append(el("p", {}, el("b", {}, sum.name +
					" checksum: "), "covers " + sum.missing +
					" octets more than the log holds of this frame"));
				continue;
			}
			const steps = sum.steps.map((x) => hex(x, 4)).join(" → ");
			const right = sum.value === sum.field;
			node.append(el("details", {},
				el("summary", {}, el("b", {}, sum.name +
					" checksum "), hex(sum.field, 4),
				el("span", { class: right ? "right" : "wrong" },
					right ? " ✓ right" : " ✗ wrong: " +
						hex(sum.value, 4))),
				el("p", { class: "words" }, sum.words.map((w, i) =>
					(i && i === sum.pseudo ? "| " : "") +
					w.toString(16).padStart(4, "0")).join(" ")),
				el("p", {}, (sum.pseudo ? "pseudo-header | segment; " :
					"") + "sum, carries added: " + steps +
					"; complement: " + hex(sum.value, 4))));
		}
		return node;
	}

	/* The frame of the event, or of the other end's event of the same frame. */
	function octetsOf(ev) {
		const arrow = ev.arrow;
		const from = [ev, arrow && arrow.sent, arrow && arrow.got]
			.find((x) => x && x.data.octets);

		return from ? Tarn.fields.fromHex(from.data.octets) : null;
	}

	function draw(view, node) {
		const ev = view.cursor;
		const octets = ev ? octetsOf(ev) : null;

		node.replaceChildren();
		if (!octets || !octets.length) {
			node.append(el("p", { class: "dim" }, ev && ev.kind === "frame" ?
				"The log holds no octets of this frame." :
				"The cursor is not on a frame: click an arrow."));
			return;
		}
		const fields = Tarn.fields.parse(octets);
		const pick = (which) => {
			chosen = which;
			for (const part of node.querySelectorAll("[data-field]"))
				part.classList.toggle("lit",
					Number(part.dataset.field) === which);
		};
		node.append(dump(octets, fields, pick), arithmetic(octets, ev),
			list(fields, pick));
		const length = ev.data.frame_length;
		if (length > octets.length)
			node.append(el("p", { class: "dim" }, "The first " +
				octets.length + " of " + length + " octets."));
		if (chosen !== null && chosen < fields.length)
			pick(chosen);
	}

	return { draw };
})();
