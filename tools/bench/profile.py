# SPDX-License-Identifier: MIT
"""profile.py - where a server's time goes: perf while a row is measured

The share of each system call holds all that the kernel does in it, which on a
TAP is also the other end's TCP. Below stand the functions by themselves.
"""
import os
import re
import shutil
import subprocess
import tempfile

from world import Failed

FREQUENCY = "1999"
WARM_S = 0.5
TOP = 14
SHARE_MIN = 0.5  # per cent, of a function that is shown
SMALL = "0.2"    # less is not even added up
# The C library's function around a call: its share holds the kernel's part.
CALL = re.compile(r"^_*(?:GI_+|libc_)?(readv?|writev?|p?poll|epoll_p?wait|"
                  r"pread|fstatat|close|syscall|sendto|recvfrom)(?:64)?$")


def perf(*arguments):
    done = subprocess.run(["perf", *arguments], capture_output=True,
                          text=True)
    if done.returncode:
        raise Failed("perf: " + (done.stderr.strip().splitlines() or ["?"])[-1])
    return done.stdout


def table_of(data, key, option):
    """Return: [(share, object, function)], as perf report has them"""
    out = perf("report", "-i", data, "--stdio", "-g", "none", "--percent-limit",
               SMALL, "-F", key + ",dso,sym", "-w", "8,60,80", option)
    found = []
    for line in out.splitlines():
        match = re.match(r"\s*([\d.]+)%\s+(\S+)\s+\[(.)\]\s+(\S+)", line)
        if match:
            name = match[2] if match[3] != "k" else "kernel"
            found.append((float(match[1]), name, match[4]))
    return found


def summarise(data):
    """Return: lines of text"""
    alone, nested = (
        table_of(data, "overhead", "--no-children"),
        table_of(data, "overhead_children", "--children"))
    objects = {}
    for share, name, _ in alone:
        objects[name] = objects.get(name, 0) + share
    yield "by place:  " + ", ".join(
        f"{name} {share:.0f} %" for name, share
        in sorted(objects.items(), key=lambda one: -one[1]) if share >= 1)
    calls = [(CALL.match(function), share) for share, name, function in nested
             if name.startswith("libc")]
    yield "in calls:  " + ", ".join(f"{match[1]} {share:.0f} %"
                                    for match, share in calls
                                    if match and share >= 1)
    for share, name, function in alone[:TOP]:
        if share >= SHARE_MIN:
            yield f"{share:8.1f} %  {name:14} {function}"


class Recorder:
    """A peer whose process perf watches, from a moment after it is ready."""

    def __init__(self, peer, seconds, data):
        self.peer, self.seconds, self.data = peer, seconds, data
        self.name, self.title, self.host = peer.name, peer.title, peer.host

    def start(self, world, role):
        process = self.peer.start(world, role)
        self.perf = world.start(
            ["sh", "-c", f"sleep {WARM_S}; exec perf record -q -g "
             f"-F {FREQUENCY} -o {self.data} -p {process.pid} -- "
             f"sleep {self.seconds}"])
        return process


def profile(world, measurement, peer, seconds):
    """Ask once, with perf on the server. Return: lines of text"""
    if not shutil.which("perf"):
        raise Failed("there is no perf here (Debian: linux-perf)")
    with tempfile.TemporaryDirectory() as scratch:
        data = os.path.join(scratch, "perf.data")
        recorder = Recorder(peer, seconds, data)
        measurement.ask(world, recorder, seconds + 2 * WARM_S)
        recorder.perf.wait(timeout=20)
        return list(summarise(data))
