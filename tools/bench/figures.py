# SPDX-License-Identifier: MIT
"""figures.py - from single runs to medians, spreads and ratios

The machine is shared and its speed drifts, so peers are compared within one
round, minutes apart at most: the ratio of a row is the median of its rounds'
ratios, not the ratio of two medians.
"""
import statistics


def values(runs, measurement, peer, figure):
    """Return: {round: value} of what was measured"""
    return {run["round"]: run["figures"][figure] for run in runs
            if run["measurement"] == measurement and run["peer"] == peer
            and figure in run.get("figures", {})}


def summary(numbers):
    """Return: median, lowest, highest; None without numbers"""
    numbers = list(numbers)
    if not numbers:
        return None
    return {"median": statistics.median(numbers), "low": min(numbers),
            "high": max(numbers), "rounds": len(numbers)}


def ratio(ours, theirs):
    """The summary of our value over theirs, in rounds that have both."""
    return summary(value / theirs[number] for number, value in ours.items()
                   if theirs.get(number))


def judge(found, goal, row):
    """Return: reached, within the spread, not reached, or not measured"""
    if found is None:
        return "not measured"
    if (found["median"] <= goal if row.less_is_better
            else found["median"] >= goal):
        return "reached"
    if row.by_spread and found["low"] <= 1 <= found["high"]:
        return "within the spread"
    return "not reached"


def compare(row, against, ours, runs, why_skipped):
    """Our figure against one other, as a dictionary"""
    if against == "=":
        theirs, found = {}, summary(ours.values())
        entry = {"peer": against, "theirs": None, "ratio": None}
    else:
        peer, _, figure = against.partition(":")
        theirs = values(runs, row.measurement, peer, figure or row.figure)
        found = ratio(ours, theirs)
        entry = {"peer": against, "theirs": summary(theirs.values()),
                 "ratio": found}
        if not theirs and peer in why_skipped:
            entry["skipped"] = why_skipped[peer]
    if against in row.goals:
        entry["goal"] = row.goals[against]
        entry["verdict"] = judge(found, row.goals[against], row)
    return entry


def evaluate(row, runs, why_skipped):
    """One row of the table as a dictionary, for the terminal, HTML and JSON"""
    ours = values(runs, row.measurement, row.subject, row.figure)
    result = {"row": row.name, "title": row.title, "unit": row.unit,
              "less_is_better": row.less_is_better, "subject": row.subject,
              "ours": summary(ours.values()),
              "against": [compare(row, against, ours, runs, why_skipped)
                          for against in list(row.goals) + row.shown]}
    if not ours and row.subject in why_skipped:
        result["skipped"] = why_skipped[row.subject]
    return result


def verdicts(results):
    return [entry["verdict"] for result in results
            for entry in result["against"] if "verdict" in entry]
