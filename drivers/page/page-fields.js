// SPDX-License-Identifier: MIT
/*
 * page-fields.js - the octets of a frame as named fields
 *
 * A field is {at, len, name, value, layer}. The header formats stand as tables,
 * in the order of the octets; what a length of the packet reaches beyond the
 * octets that the log holds is simply not there.
 */
"use strict";

Tarn.fields = (() => {
	const be = (o, at, len) => {
		let value = 0;
		for (let i = 0; i < len; i++)
			value = value * 256 + o[at + i];
		return value;
	};
	const mac = (o, at) => Array.from(o.slice(at, at + 6), (x) =>
		x.toString(16).padStart(2, "0")).join(":");
	const ip = (o, at) => Array.from(o.slice(at, at + 4)).join(".");
	const hex = (value, digits) => "0x" + value.toString(16)
		.padStart(digits, "0");
	const number = (o, at, len) => Tarn.text.group(be(o, at, len));
	const hex4 = (o, at, len) => hex(be(o, at, len), 4);

	const PROTOCOLS = { 1: "ICMP", 6: "TCP", 17: "UDP" };
	const TYPES = { 0x0800: "IPv4", 0x0806: "ARP", 0x86dd: "IPv6" };

	const ETHERNET = [[6, "destination", mac], [6, "source", mac],
		[2, "type", (o, at) => hex(be(o, at, 2), 4) + " " +
			(TYPES[be(o, at, 2)] || "")]];
	const ARP = [[2, "hardware", number], [2, "protocol", hex4],
		[1, "address length", number], [1, "protocol length", number],
		[2, "operation", (o, at) => ["", "1 request", "2 reply"][
			be(o, at, 2)] || String(be(o, at, 2))],
		[6, "sender MAC", mac], [4, "sender IP", ip],
		[6, "target MAC", mac], [4, "target IP", ip]];
	const IP4 = [[1, "version, header length", (o, at) =>
		(o[at] >> 4) + ", " + (o[at] & 15) * 4 + " octets"],
	[1, "DSCP, ECN", (o, at) => (o[at] >> 2) + ", " + (o[at] & 3)],
	[2, "total length", number], [2, "identification", hex4],
	[2, "flags, offset", (o, at) => ((o[at] & 0x40 ? "DF " : "") +
		(o[at] & 0x20 ? "MF " : "") + (be(o, at, 2) & 0x1fff) * 8)],
	[1, "TTL", number], [1, "protocol", (o, at) => o[at] + " " +
		(PROTOCOLS[o[at]] || "")], [2, "header checksum", hex4],
	[4, "source", ip], [4, "destination", ip]];
	const FLAGS = ["CWR", "ECE", "URG", "ACK", "PSH", "RST", "SYN", "FIN"];
	const TCP = [[2, "source port", number], [2, "destination port", number],
		[4, "sequence number", number], [4, "acknowledgment", number],
		[1, "data offset", (o, at) => (o[at] >> 4) * 4 + " octets"],
		[1, "flags", (o, at) => FLAGS.filter((f, i) =>
			o[at] & 0x80 >> i).join(" ") || "none"],
		[2, "window", number], [2, "checksum", hex4],
		[2, "urgent pointer", number]];
	const UDP = [[2, "source port", number], [2, "destination port", number],
		[2, "length", number], [2, "checksum", hex4]];
	const ICMP = [[1, "type", number], [1, "code", number],
		[2, "checksum", hex4], [4, "rest of header", (o, at) =>
			hex(be(o, at, 4), 8)]];
	const OPTIONS = { 0: "end", 1: "no-op", 2: "MSS", 3: "window scale",
		4: "SACK permitted", 5: "SACK", 8: "timestamps", 34: "fast open" };

	function table(octets, at, layer, rows, into) {
		for (const [len, name, show] of rows) {
			if (at + len > octets.length)
				return at;
			into.push({ at, len, name, layer,
				value: show(octets, at, len) });
			at += len;
		}
		return at;
	}

	function options(o, at, end, into) {
		while (at < Math.min(end, o.length)) {
			const kind = o[at];
			const len = kind < 2 ? 1 : o[at + 1];
			if (!(len >= 1) || at + len > o.length)
				return;
			let value = "";
			if (kind === 2)
				value = number(o, at + 2, 2);
			else if (kind === 3)
				value = "shift by " + o[at + 2];
			else if (kind === 8)
				value = number(o, at + 2, 4) + ", echo " +
					number(o, at + 6, 4);
			else if (kind === 5)
				for (let k = at + 2; k + 8 <= at + len; k += 8)
					value += number(o, k, 4) + "–" +
						number(o, k + 4, 4) + " ";
			into.push({ at, len, layer: "tcp", value,
				name: "option " + (OPTIONS[kind] || kind) });
			at += len;
			if (kind === 0)
				return;
		}
	}

	function transport(o, at, protocol, into) {
		const rows = { 1: ICMP, 6: TCP, 17: UDP }[protocol];
		const layer = (PROTOCOLS[protocol] || "data").toLowerCase();
		let end = rows ? table(o, at, layer, rows, into) : at;

		if (protocol === 6 && at + 13 < o.length) {
			const head = at + (o[at + 12] >> 4) * 4;
			options(o, end, head, into);
			end = Math.max(end, head);
		}
		if (end < o.length)
			into.push({ at: end, len: o.length - end, name: "data",
				layer: "data", value: printable(o, end) });
	}

	const printable = (o, at) => "“" + Array.from(o.slice(at, at + 48),
		(x) => x >= 32 && x < 127 ? String.fromCharCode(x) : "·").join("") +
		"”";

	function parse(octets) {
		const found = [];
		const at = table(octets, 0, "eth", ETHERNET, found);
		const type = octets.length >= 14 ? be(octets, 12, 2) : 0;

		if (type === 0x0806) {
			table(octets, at, "arp", ARP, found);
		} else if (type === 0x0800 && octets.length > at + 20) {
			const head = (octets[at] & 15) * 4;
			const whole = at + be(octets, at + 2, 2);
			const end = table(octets, at, "ip", IP4, found);
			if (at + head > end)
				found.push({ at: end, len: at + head - end,
					name: "options", layer: "ip", value: "" });
			transport(octets.slice(0, Math.min(octets.length, whole)),
				at + head, octets[at + 9], found);
		}
		return found;
	}

	/*
	 * The checksum of some octets as it is done on paper: the words, their
	 * sum, the carries added, the complement. The field itself counts as 0.
	 */
	function checksum(octets, from, to, field, words = []) {
		const list = [...words];
		let sum = words.reduce((a, b) => a + b, 0);

		for (let at = from; at < to; at += 2) {
			if (at === field)
				continue;
			const word = octets[at] * 256 + (at + 1 < to ?
				octets[at + 1] : 0);
			list.push(word);
			sum += word;
		}
		const steps = [sum];
		while (sum > 0xffff) {
			sum = (sum & 0xffff) + Math.floor(sum / 65536);
			steps.push(sum);
		}
		return { words: list, steps, value: ~sum & 0xffff,
			field: be(octets, field, 2) };
	}

	/* The checksums of a frame: [{name, ...}], or why one is not to be had. */
	function checksums(octets, length) {
		const found = [];

		if (octets.length < 34 || be(octets, 12, 2) !== 0x0800)
			return found;
		const head = (octets[14] & 15) * 4, whole = be(octets, 16, 2);
		const at = 14 + head, end = 14 + whole, protocol = octets[23];
		found.push({ name: "IPv4 header",
			...checksum(octets, 14, at, 24) });
		const field = { 1: at + 2, 6: at + 16, 17: at + 6 }[protocol];
		if (!field || field + 2 > octets.length)
			return found;
		const name = PROTOCOLS[protocol];
		if (end > octets.length) {
			found.push({ name, missing: end - octets.length,
				length });
			return found;
		}
		const pseudo = protocol === 1 ? [] : [be(octets, 26, 2),
			be(octets, 28, 2), be(octets, 30, 2), be(octets, 32, 2),
			protocol, end - at];
		found.push({ name, pseudo: pseudo.length,
			...checksum(octets, at, end, field, pseudo) });
		return found;
	}

	const fromHex = (text) => Uint8Array.from(
		(String(text).match(/[0-9a-f]{2}/gi) || []).map((x) =>
			parseInt(x, 16)));

	return { parse, checksums, fromHex, hex };
})();
