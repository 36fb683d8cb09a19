# SPDX-License-Identifier: MIT
"""page.py - out/bench.json, and out/bench.html, which needs no other file"""
import html
import json
import os
import platform
import time

import plots
import table

STYLE = """body { font: 15px/1.5 sans-serif; max-width: 1100px; margin: 2em auto;
  padding: 0 1em; color: #24292f; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .2em .6em; border-top: 1px solid #d0d7de;
  vertical-align: top; }
td.n { text-align: right; font-variant-numeric: tabular-nums;
  white-space: nowrap; }
.reached, .within { color: #1a7f37; } .not { color: #bc4c00; }
pre { overflow-x: auto; background: #f6f8fa; padding: .8em; }
svg { max-width: 100%; height: auto; }"""


def machine():
    """What was measured on: figures of two machines are not comparable."""
    model = "unknown processor"
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    return {"system": f"{platform.system()} {platform.release()}",
            "processor": model, "cores": os.cpu_count(),
            "load": os.getloadavg()[0],
            "time": time.strftime("%Y-%m-%d %H:%M:%S %z")}


def command_lines(runs):
    """Return: [(measurement, peer, [command, ...])], each once"""
    seen = {}
    for run in runs:
        seen.setdefault((run["measurement"], run["peer"]),
                        run.get("commands", []))
    return [(m, peer, lines) for (m, peer), lines in seen.items()]


def cells(result, titles):
    ours = result.get("skipped") or table.spread(result["ours"])
    first = (f"<td>{html.escape(result['title'])}<td>{result['unit']}"
             f"<td class=n>{html.escape(ours)}")
    for entry in result["against"] or [None]:
        row = first
        first = "<td><td><td>"
        if entry:
            goal = table.goal_text(entry, result["less_is_better"])
            kind = entry.get("verdict", "").split(" ")[0]
            theirs = entry.get("skipped") or table.spread(entry["theirs"])
            row += (f"<td>{html.escape(titles.get(entry['peer'], ''))}"
                    f"<td class=n>{html.escape(theirs)}"
                    f"<td class=n>{table.ratio_text(entry)}"
                    f"<td class={kind or 'none'}>{html.escape(goal)}")
        yield f"<tr>{row}"


def body(document):
    titles, where = document["titles"], document["machine"]
    yield "<h1>Tarn beside its peers</h1>"
    yield (f"<p>{where['time']}, {html.escape(where['processor'])}, "
           f"{where['cores']} cores, {html.escape(where['system'])}, load "
           f"{where['load']:.1f}. {document['rounds']} interleaved rounds of "
           f"{document['seconds']:g} s; medians, and the lowest and highest "
           "in brackets. A ratio is the median of the rounds' ratios; only "
           "ratios mean something on another machine.</p>")
    yield ("<table><tr><th>what<th>unit<th>figure<th>against<th>its figure"
           "<th>ratio<th>goal")
    for result in document["results"]:
        yield from cells(result, titles)
    yield "</table><h2>Plots</h2>"
    yield from plots.all_plots(document["results"], titles)
    yield "<h2>Command lines</h2><pre>"
    for measurement, peer, lines in command_lines(document["runs"]):
        yield html.escape(f"{measurement}, {titles.get(peer, peer)}\n"
                          + "".join(f"    {line}\n" for line in lines))
    yield "</pre><h2>lwIP's options</h2><pre>"
    yield html.escape(document["lwip_options"]) + "</pre>"


def write(document, directory):
    """Return: the names of the two files"""
    os.makedirs(directory, exist_ok=True)
    names = [os.path.join(directory, f"bench.{end}")
             for end in ("json", "html")]
    with open(names[0], "w") as file:
        json.dump(document, file, indent=1)
    with open(names[1], "w") as file:
        file.write("<!DOCTYPE html>\n<html lang=en><meta charset=utf-8>"
                   f"<title>Tarn: bench</title>\n<style>{STYLE}</style>\n"
                   + "\n".join(body(document)) + "\n</html>\n")
    return names
