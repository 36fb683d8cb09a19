# SPDX-License-Identifier: MIT
"""table.py - the results on a terminal"""


def number(value):
    """Three digits that count, however large."""
    if value is None:
        return "-"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    if abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def spread(summary):
    if not summary:
        return "-"
    if summary["rounds"] == 1:
        return number(summary["median"])
    return (f"{number(summary['median'])} "
            f"({number(summary['low'])}-{number(summary['high'])})")


def ratio_text(entry):
    found = entry["ratio"]
    if not found:
        return "-"
    text = f"{found['median']:.2f}"
    if found["rounds"] > 1:
        text += f" ({found['low']:.2f}-{found['high']:.2f})"
    return text


def goal_text(entry, less_is_better):
    if "goal" not in entry:
        return ""
    sign = "<=" if less_is_better else ">="
    return f"{sign} {entry['goal']:.3g}  {entry['verdict']}"


def short(text, width):
    return text if len(text) <= width else text[:width - 3] + "..."


def lines(results, titles):
    """The table, a line an element. @titles: {against: what it is called}"""
    form = "{:29} {:13} {:>24}  {:21}{:>24} {:>17}  {}"
    yield form.format("what", "unit", "figure (lowest-highest)", "against",
                      "its figure", "ratio", "goal").rstrip()
    for result in results:
        ours = result.get("skipped") or spread(result["ours"])
        first = [result["title"], result["unit"], short(ours, 24)]
        for entry in result["against"] or [None]:
            last = ["", "", "", ""] if entry is None else [
                titles.get(entry["peer"], entry["peer"]),
                short(entry.get("skipped") or spread(entry["theirs"]), 24),
                ratio_text(entry),
                goal_text(entry, result["less_is_better"])]
            yield form.format(*first, *last).rstrip()
            first = ["", "", ""]
