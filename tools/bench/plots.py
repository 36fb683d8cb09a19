# SPDX-License-Identifier: MIT
"""plots.py - SVG by gnuplot: one picture a row, and one of all goals

Tarn's bars are blue, the link's own green, everybody else's grey; the thin line
on a bar goes from the lowest round to the highest.
"""
import re
import shutil
import subprocess

OURS, LINK, OTHERS = 0x1f6feb, 0x2e9e5b, 0x9aa4b2
MISSED = 0xd9822b
HEAD = """set terminal svg size {width},{height} font 'sans,12' background 'white'
set style fill solid 1.0 noborder
set grid {grid} lc rgb '#d0d7de'
set border 3 lc rgb '#57606a'
set tics nomirror
unset key
"""
BARS = HEAD + """set title '{title} ({unit}{better})'
set boxwidth 0.6
set yrange [0:*]
set xrange [-0.6:{last}.6]
set xtics rotate by -20 scale 0
set bmargin 5
set rmargin 8
$data << END
{data}
END
plot $data using 1:3:6:xtic(2) with boxes lc rgb variable, \\
     $data using 1:3:4:5 with yerrorbars pt -1 lc rgb '#24292f'
"""
GOALS = HEAD + """set title 'How far each goal is reached (1: exactly)'
set xrange [0:2.5]
set yrange [{last}.6:-0.6]
set lmargin 52
set ytics scale 0
set arrow from 1, graph 0 to 1, graph 1 nohead lc rgb '#24292f' lw 2
$data << END
{data}
END
plot $data using (0):1:(0):3:($1-0.35):($1+0.35):4:ytic(2) \\
     with boxxyerror lc rgb variable
"""


def quoted(text):
    """For a string of gnuplot's: no quotes, no enhanced text."""
    return '"' + re.sub(r'["\\{}^_@&~]', " ", text) + '"'


def draw(script, name):
    """Return: the SVG; its identifiers are its own within the page"""
    done = subprocess.run(["gnuplot"], input=script, text=True,
                          capture_output=True)
    if done.returncode:
        return f"<p>gnuplot failed: {done.stderr.strip()[:200]}</p>"
    svg = done.stdout[done.stdout.find("<svg"):]
    return svg.replace("gpPt", f"{name}-pt")


def colour(peer):
    if peer.startswith("tarn") or peer in ("memory", "idle"):
        return OURS
    return LINK if peer.startswith("ceiling") else OTHERS


def bars(result, titles):
    """One row: its subject and everybody it is compared with"""
    subject = result["subject"]
    found = [(titles.get(subject, subject), colour(subject), result["ours"])]
    found += [(titles.get(entry["peer"], entry["peer"]),
               colour(entry["peer"]), entry["theirs"])
              for entry in result["against"] if entry["theirs"]]
    lines = [f"{i} {quoted(title)} {one['median']} {one['low']} "
             f"{one['high']} {rgb}"
             for i, (title, rgb, one) in enumerate(found) if one]
    if len(lines) < 2:
        return ""
    return draw(BARS.format(
        width=560, height=320, grid="ytics", title=result["title"],
        unit=result["unit"], last=len(lines) - 1, data="\n".join(lines),
        better=", less is better" if result["less_is_better"] else ""),
        result["row"])


def reached(result, entry):
    """1 when exactly the goal is reached, more when it is more than reached"""
    found = entry["ratio"] or result["ours"]
    if not found or not found["median"]:
        return None
    if result["less_is_better"]:
        return entry["goal"] / found["median"]
    return found["median"] / entry["goal"]


def goals(results, titles):
    lines = []
    for result in results:
        for entry in result["against"]:
            share = reached(result, entry) if "goal" in entry else None
            if share is None:
                continue
            against = titles.get(entry["peer"], entry["peer"])
            rgb = MISSED if entry["verdict"] == "not reached" else OURS
            label = quoted(f"{result['title']} / {against}")
            lines.append(f"{len(lines)} {label} {min(share, 2.5)} {rgb}")
    if not lines:
        return ""
    return draw(GOALS.format(width=900, height=90 + 26 * len(lines),
                             grid="xtics", last=len(lines) - 1,
                             data="\n".join(lines)), "goals")


def all_plots(results, titles):
    """Return: pieces of HTML; one sentence where there is no gnuplot"""
    if not shutil.which("gnuplot"):
        return ["<p>No plots: there is no gnuplot here.</p>"]
    return [svg for svg in [goals(results, titles)]
            + [bars(result, titles) for result in results] if svg]
