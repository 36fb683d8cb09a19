# SPDX-License-Identifier: MIT
"""bench - Tarn beside its peers on this machine, in one interleaved run

    python3 tools/bench [-b BUILD] [-n ROUNDS] [-d SECONDS] [--quick]
        [--limit SECONDS] [--without PEER,...] [--out DIRECTORY] [--list]
        [--from FILE] [--profile] [ROW]...

Every round puts each question to every peer, one after the other. The table
shows medians (lowest-highest) and the ratios that are the goal;
OUT/bench.html has plots, OUT/bench.json every run and each command line, from
which --from makes the report again.

Exit code: 0 every goal of the rows was reached; 1 one was not; 3 one could not
be measured; 130 stopped by Ctrl-C (the report holds what there was by then).
"""
import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
import time

import figures
import lwip
import page
import peers
import profile
import rows
import table
from world import Failed, World, enter_namespace

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
OVERHEAD_S = 0.7  # to start a server, warm up and stop it


def read_options():
    parser = argparse.ArgumentParser(
        prog="bench", description=__doc__.splitlines()[0])
    parser.add_argument("-b", dest="build", default="build")
    parser.add_argument("-n", dest="rounds", type=int)
    parser.add_argument("-d", dest="seconds", type=float)
    parser.add_argument("--quick", action="store_true",
                        help="3 rounds of half a second: a first look")
    parser.add_argument("--limit", type=float, default=1800,
                        help="seconds after which no new run begins (1800)")
    parser.add_argument("--out", default=os.path.join(ROOT, "out"))
    parser.add_argument("--list", action="store_true", help="name the rows")
    parser.add_argument("--without", default="", metavar="PEER,...",
                        help="leave peers out; they have names in bench.json")
    parser.add_argument("--profile", action="store_true",
                        help="no table: where Tarn's time goes, by perf")
    parser.add_argument("--from", dest="file", metavar="FILE",
                        help="measure nothing: report this bench.json")
    parser.add_argument("rows", nargs="*", metavar="ROW",
                        help="only these (all); see --list")
    options = parser.parse_args()
    options.build = os.path.abspath(os.path.join(ROOT, options.build))
    options.without = options.without.split(",")
    options.rounds = options.rounds or (3 if options.quick else 5)
    options.seconds = options.seconds or (0.5 if options.quick else 2)
    known = {row.name for row in rows.ROWS}
    for name in options.rows:
        if name not in known:
            parser.error(f"no row '{name}'; --list names them")
    return options


class Progress:
    """One line that is written over on a terminal, a line each elsewhere."""

    def __init__(self, total):
        self.done, self.total, self.began = 0, total, time.monotonic()
        self.is_terminal = sys.stderr.isatty()

    def say(self, text):
        self.done += 1
        line = (f"[{self.done}/{self.total}, "
                f"{time.monotonic() - self.began:.0f} s] {text}")
        if self.is_terminal:
            sys.stderr.write(f"\r\033[K{line[:79]}")
        else:
            sys.stderr.write(line + "\n")
        sys.stderr.flush()

    def end(self):
        if self.is_terminal:
            sys.stderr.write("\r\033[K")


def run_one(world, measurement, peer, seconds, number):
    """Return: one run as a dictionary; a failure is a result as well"""
    run = {"round": number, "measurement": measurement.name,
           "peer": peer.name}
    try:
        world.commands.clear()
        run["figures"] = measurement.ask(world, peer, seconds)
    except Failed as failure:
        run["failed"] = str(failure)
    run["commands"] = list(world.commands)
    return run


def plan(chosen, known, rounds):
    """Return: [(round, measurement, peer)] in the order of asking"""
    return [(number, measurement, known[name])
            for number in range(1, rounds + 1) for measurement in chosen
            for name in measurement.peers
            if not known[name].skip and not (measurement.once and number > 1)]


def measure(world, options, asked, runs):
    """Fill @runs, round by round, until all is done or time is up."""
    progress = Progress(len(asked))
    end = time.monotonic() + options.limit
    try:
        for number, measurement, peer in asked:
            if time.monotonic() > end:
                print(f"{options.limit:g} s are over: no new run begins")
                return
            progress.say(f"{measurement.name}: {peer.title}")
            runs.append(run_one(world, measurement, peer, options.seconds,
                                number))
    finally:
        progress.end()


def choose(names):
    """Return: the rows of that names (all without), and their measurements"""
    chosen = [row for row in rows.ROWS if not names or row.name in names]
    wanted = {row.measurement for row in chosen}
    return chosen, [m for m in rows.MEASUREMENTS if m.name in wanted]


def tell_plan(options, asked, known):
    about = len(asked) * (options.seconds + OVERHEAD_S)
    print(f"{options.rounds} rounds, {len(asked)} runs of {options.seconds:g} "
          f"s: about {about / 60:.0f} min; after {options.limit / 60:.0f} min "
          "no new run begins")
    for peer in known.values():
        if peer.skip:
            print(f"skip {peer.title}: {peer.skip}")
    sys.stdout.flush()


def document(options, chosen, known, runs):
    """Everything that was measured, and how, for the report."""
    skipped = {peer.name: peer.skip for peer in known.values() if peer.skip}
    for run in runs:
        if "failed" in run:
            skipped.setdefault(run["peer"], run["failed"])
    titles = {peer.name: peer.title for peer in known.values()} | rows.TITLES
    return {"machine": page.machine(), "rounds": options.rounds,
            "seconds": options.seconds, "titles": titles, "skipped": skipped,
            "results": [figures.evaluate(row, runs, skipped)
                        for row in chosen],
            "runs": runs, "lwip_options": lwip.options_text()}


def evaluate_again(contents, options):
    """A file's runs, judged by the rows of today."""
    chosen, _ = choose(options.rows)
    contents["results"] = [figures.evaluate(row, contents["runs"],
                                            contents["skipped"])
                           for row in chosen]
    return contents


def report(contents, directory):
    """Print the table, write the files. Return: the exit code"""
    titles, runs = contents["titles"], contents["runs"]
    for measurement, peer, lines in page.command_lines(runs):
        print(f"{measurement}, {titles[peer]}:", *lines, sep="\n    ")
    for run in runs:
        if "failed" in run:
            print(f"failed: {run['measurement']}: {titles[run['peer']]}: "
                  f"{run['failed']}")
    print("\n" + "\n".join(table.lines(contents["results"], titles)))
    print("\n" + "\n".join(page.write(contents, directory)))
    return exit_code(contents["results"], runs)


def exit_code(results, runs):
    found = figures.verdicts(results)
    if "not measured" in found or any("failed" in run for run in runs):
        return 3
    return 1 if "not reached" in found else 0


def find_lwip(options):
    """Before the namespace is entered: from there no archive is reached."""
    if "TARN_BENCH_LWIP" in os.environ:
        return
    if "lwip" in options.without:
        os.environ["TARN_BENCH_LWIP"] = ""
        os.environ["TARN_BENCH_NO_LWIP"] = "left out"
        return
    try:
        os.environ["TARN_BENCH_LWIP"] = lwip.build(options.build)
    except lwip.Missing as missing:
        os.environ["TARN_BENCH_LWIP"] = ""
        os.environ["TARN_BENCH_NO_LWIP"] = f"no lwIP: {missing}"


def stop(number, frame):
    raise KeyboardInterrupt


def show_profiles(world, options, chosen, known):
    """Once for each measurement that the rows need and that has a server."""
    for row in {row.measurement: row for row in chosen}.values():
        measurement = next(m for m in rows.MEASUREMENTS
                           if m.name == row.measurement)
        if known[row.subject].host and not measurement.once:
            print(f"\n{measurement.name}, {known[row.subject].title}")
            print("\n".join(profile.profile(world, measurement,
                                            known[row.subject],
                                            options.seconds)), flush=True)


def main():
    options = read_options()
    if options.list:
        for row in rows.ROWS:
            print(f"{row.name:16}{row.title}")
        return 0
    if options.file:
        with open(options.file) as file:
            return report(evaluate_again(json.load(file), options),
                          options.out)
    find_lwip(options)
    enter_namespace()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    chosen, measurements = choose(options.rows)
    runs, code, known, world = [], None, {}, None
    scratch = tempfile.mkdtemp(prefix="tarn-bench-")
    os.chmod(scratch, 0o755)  # nginx's worker may be another user
    try:
        world = World(options.build, f"{options.build}/bench.log")
        peers.prepare(scratch)
        known = peers.all_peers(world, scratch)
        for name in set(options.without) & set(known):
            known[name].skip = "left out"
        if options.profile:
            show_profiles(world, options, chosen, known)
            return 0
        asked = plan(measurements, known, options.rounds)
        tell_plan(options, asked, known)
        measure(world, options, asked, runs)
    except KeyboardInterrupt:
        code = 130
    finally:
        if world:
            world.close()
        shutil.rmtree(scratch)
    told = 3
    if runs:
        told = report(document(options, chosen, known, runs), options.out)
    return told if code is None else code


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as failure:
        sys.exit(f"bench: {failure}")
