# SPDX-License-Identifier: MIT
"""rows.py - what is measured, and what the table shows of it

A Measurement is one way to put a question to several peers; it gives figures.
A Row is one line of the table: one figure of one measurement, Tarn's against
the peers', with the ratios that are the goal. Ratios are "Tarn / peer" whether
more is better or less.
"""
import json
import re
from collections import namedtuple

from peers import PORTS
from world import Failed, cpu_seconds

# ask(world, peer, seconds) -> {figure: value}; once: in the first round only
Measurement = namedtuple("Measurement", "name peers ask once",
                         defaults=[False])
# subject: whose figure it is. goals: {against: wanted}, shown: further ones; an
# "against" is a peer, a peer and another figure of its ("memory:memory/floor"),
# or "=", which makes the goal one for the figure itself. by_spread: a ratio of
# one within the spread is enough.
Row = namedtuple("Row", "name title unit measurement figure less_is_better "
                        "subject goals shown by_spread")

CONNECTIONS = "64"
PROGRAM_S = 180  # the longest that a program without a link may take


def parse_figures(text):
    """Lines of JSON that a measuring program printed."""
    figures = {}
    for line in text.splitlines():
        if line.startswith("{"):
            one = json.loads(line)
            figures[one["name"]] = one["value"]
    return figures


def with_server(world, peer, role, client):
    """Start @peer, run @client(), add the server's CPU seconds."""
    server = peer.start(world, role)
    try:
        before = cpu_seconds(server)
        figures = client()
        figures["server_cpu"] = cpu_seconds(server) - before
    finally:
        world.stop(server)
    return figures


def client(world, peer, role, mode, seconds):
    command = [f"{world.build}/tools/bench/client", mode, peer.host,
               str(PORTS[role]), "--seconds", str(seconds)]
    return lambda: parse_figures(world.run(command, seconds + 20))


def iperf3(world, peer, seconds, reverse):
    def run():
        out = world.run(["iperf3", "-c", peer.host, "-C", "cubic", "-t",
                         str(max(1, round(seconds))), "-J"] + reverse,
                        seconds + 20)
        end = json.loads(out)["end"]["sum_received"]
        return {"rate": end["bits_per_second"] / 1e9}
    return with_server(world, peer, "iperf", run)


def bulk(role, mode):
    def ask(world, peer, seconds):
        if peer.name == "iperf3":
            return iperf3(world, peer, seconds,
                          ["-R"] if mode == "receive" else [])
        figures = with_server(world, peer, role,
                              client(world, peer, role, mode, seconds))
        gigabytes = figures["octets"] / 1e9
        figures["cpu_per_gb"] = ((figures["server_cpu"] + figures["cpu"])
                                 / gigabytes)
        figures["server_cpu_per_gb"] = figures["server_cpu"] / gigabytes
        return figures
    return ask


def one_octet(mode):
    def ask(world, peer, seconds):
        return with_server(world, peer, "echo",
                           client(world, peer, "echo", mode, seconds))
    return ask


def http(connection):
    """wrk, one thread, whole seconds; lwIP must be asked to keep alive."""
    def ask(world, peer, seconds):
        def run():
            out = world.run(
                ["wrk", "-t1", "-c", CONNECTIONS, "-d",
                 f"{max(1, round(seconds))}s", "-H",
                 f"Connection: {connection}",
                 f"http://{peer.host}/index.html"], seconds + 20)
            return parse_wrk(out)
        figures = with_server(world, peer, "http", run)
        figures["us_cpu"] = figures["server_cpu"] * 1e6 / figures["requests"]
        return figures
    return ask


def parse_wrk(out):
    rate = re.search(r"Requests/sec:\s+([\d.]+)", out)
    count = re.search(r"(\d+) requests in", out)
    if not rate or not count or int(count[1]) == 0:
        raise Failed("wrk got no answer")
    if "Non-2xx" in out:
        raise Failed("wrk got answers other than 200")
    errors = re.search(r"Socket errors: connect (\d+), read (\d+), write "
                       r"(\d+), timeout (\d+)", out)
    return {"rate": float(rate[1]), "requests": int(count[1]),
            "errors": sum(map(int, errors.groups())) if errors else 0}


def print_figures(world, peer, seconds):
    return parse_figures(world.run(peer.command(None), PROGRAM_S))


def resident(process):
    with open(f"/proc/{process.pid}/status") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read())[1]) * 1024


def full_queue(world, peer, seconds):
    """An echo whose answers nobody reads: octets of memory per octet held"""
    server = peer.start(world, "echo")
    filler = None
    try:
        empty = resident(server)
        filler = world.start([f"{world.build}/tools/bench/client", "fill",
                              peer.host, str(PORTS["echo"]), "--connections",
                              "8", "--seconds", "30"])
        held = parse_figures(filler.stdout.readline()).get("held")
        if not held:
            raise Failed("the client could not fill a queue")
        grown = resident(server) - empty
    finally:
        if filler:
            world.stop(filler)
        world.stop(server)
    return {"held": held / 8, "grown": grown / 8, "share": grown / held}


FLOOR, LOOPBACK = "memory:memory/floor", "memory-lwip:memory/lwip"
TITLES = {FLOOR: "two copies, two sums", LOOPBACK: "lwIP's loopback",
          "=": "the goal itself"}
STREAMS = ["tarn", "kernel", "ceiling", "kernel-plain", "tarn-plain", "lwip",
           "iperf3"]
SERVERS = ["tarn", "nginx", "lwip", "ceiling"]
ECHOES = ["tarn", "kernel", "ceiling", "lwip"]

MEASUREMENTS = [
    Measurement("bulk-in", STREAMS, bulk("sink", "send")),
    Measurement("bulk-out", STREAMS, bulk("source", "receive")),
    Measurement("http", SERVERS, http("keep-alive")),
    Measurement("http-close", SERVERS, http("close")),
    Measurement("connect", ECHOES, one_octet("connect")),
    Measurement("ping", ["tarn", "kernel", "ceiling", "lwip", "tarn-busy"],
                one_octet("ping")),
    Measurement("spin", ["tarn-busy", "kernel-spin", "ceiling-busy"],
                one_octet("spin")),
    Measurement("memory", ["memory", "memory-mute", "memory-lwip"],
                print_figures),
    Measurement("idle", ["idle"], print_figures, once=True),
    Measurement("queue", ["tarn"], full_queue, once=True),
]


def row(name, title, unit, measurement, figure, goals, shown=(), less=False,
        subject="tarn", by_spread=False):
    return Row(name, title, unit, measurement, figure, less, subject, goals,
               list(shown), by_spread)


ROWS = [
    row("bulk-in", "bulk to us", "Gbit/s", "bulk-in", "rate",
        {"kernel": 1.2, "ceiling": 0.85},
        ["iperf3", "lwip", "kernel-plain", "tarn-plain"]),
    row("bulk-out", "bulk from us", "Gbit/s", "bulk-out", "rate",
        {"kernel": 1.1, "ceiling": 0.85},
        ["iperf3", "lwip", "kernel-plain", "tarn-plain"]),
    # What a stack on this link cannot get past, whatever the goal says.
    row("link-in", "the link alone, to it", "Gbit/s", "bulk-in", "rate", {},
        ["kernel"], subject="ceiling"),
    row("link-out", "the link alone, from it", "Gbit/s", "bulk-out", "rate",
        {}, ["kernel"], subject="ceiling"),
    row("link-http", "the link alone, HTTP", "requests/s", "http", "rate", {},
        ["nginx", "lwip"], subject="ceiling"),
    row("bulk-plain-in", "bulk to us, offload off", "Gbit/s", "bulk-in",
        "rate", {}, ["kernel-plain", "lwip"], subject="tarn-plain"),
    row("bulk-plain-out", "bulk from us, offload off", "Gbit/s", "bulk-out",
        "rate", {}, ["kernel-plain", "lwip"], subject="tarn-plain"),
    row("cpu-in", "CPU of both ends, to us", "s/GB", "bulk-in", "cpu_per_gb",
        {}, ["kernel", "ceiling", "lwip"], less=True),
    row("cpu-out", "CPU of both ends, from us", "s/GB", "bulk-out",
        "cpu_per_gb", {}, ["kernel", "ceiling", "lwip"], less=True),
    row("http", "HTTP keep-alive", "requests/s", "http", "rate",
        {"nginx": 1.8, "lwip": 1.0}, ["ceiling"]),
    row("http-cpu", "HTTP keep-alive, server's CPU", "us/request", "http",
        "us_cpu", {}, ["nginx", "lwip", "ceiling"], less=True),
    row("http-close", "HTTP, a connection each", "requests/s", "http-close",
        "rate", {"nginx": 1.8}, ["lwip", "ceiling"]),
    row("connect", "connections, client closes", "connections/s", "connect",
        "rate", {}, ["kernel", "lwip", "ceiling"]),
    row("ping", "ping-pong p50, blocking", "us", "ping", "p50",
        {"kernel": 1.0}, ["ceiling", "lwip"], less=True),
    row("ping-p99", "ping-pong p99, blocking", "us", "ping", "p99", {},
        ["kernel", "ceiling", "lwip"], less=True),
    row("ping-busy", "ping-pong p50, we busy-poll", "us", "ping", "p50",
        {"kernel": 0.3}, [], less=True, subject="tarn-busy"),
    row("spin", "ping-pong p50, both spin", "us", "spin", "p50", {},
        ["kernel-spin", "ceiling-busy"], less=True, subject="tarn-busy"),
    row("spin-p99", "ping-pong p99, both spin", "us", "spin", "p99", {},
        ["kernel-spin", "ceiling-busy"], less=True, subject="tarn-busy"),
    row("memory", "in memory, a segment of 1460", "ns", "memory",
        "memory/segment", {FLOOR: 1.6, LOOPBACK: 0.25}, less=True,
        subject="memory"),
    row("memory-super", "in memory, super-frames", "ns/1460", "memory",
        "memory/super", {}, [FLOOR, LOOPBACK], less=True, subject="memory"),
    row("events", "events that nobody observes", "ns", "memory",
        "memory/segment", {"memory-mute": 1 / 0.99}, less=True,
        subject="memory", by_spread=True),
    row("idle-3", "an idle connection of 10^3", "octets", "idle",
        "idle/octets/1000", {}, less=True, subject="idle"),
    row("idle-4", "an idle connection of 10^4", "octets", "idle",
        "idle/octets/10000", {}, less=True, subject="idle"),
    row("idle-5", "an idle connection of 10^5", "octets", "idle",
        "idle/octets/100000", {"=": 512}, less=True, subject="idle"),
    row("idle-6", "an idle connection of 10^6", "octets", "idle",
        "idle/octets/1000000", {"=": 512}, less=True, subject="idle"),
    row("idle-pause", "longest pause until 10^6", "us", "idle",
        "idle/longest-poll/1000000", {}, less=True, subject="idle"),
    row("beside", "throughput beside 10^6 idle", "of alone", "idle",
        "idle/throughput-ratio", {"=": 0.9}, subject="idle"),
    row("beside-new", "new ones beside 10^6 idle", "of alone", "idle",
        "idle/connects-ratio", {"=": 0.9}, subject="idle"),
    row("queue", "memory of a full queue", "octets each", "queue", "share", {},
        less=True),
]
