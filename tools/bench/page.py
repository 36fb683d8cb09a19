# SPDX-License-Identifier: MIT
"""page.py - bench.json, and bench.html with its plots"""
import json
import os


def document(results, runs, known, options):
    """Everything that was measured, and how."""
    return {"results": results, "runs": runs, "rounds": options.rounds,
            "seconds": options.seconds,
            "peers": {peer.name: {"title": peer.title, "skipped": peer.skip}
                      for peer in known.values()}}


def write(contents, directory):
    os.makedirs(directory, exist_ok=True)
    name = os.path.join(directory, "bench.json")
    with open(name, "w") as file:
        json.dump(contents, file, indent=1)
    return name
