# SPDX-License-Identifier: MIT
"""world.py - the namespaces, the links between them and who runs in them

    here                                             there (the kernel's server)
    10.9.0.1 tap0  -- Tarn .2, the link alone .3, lwIP .4
    10.9.1.1 veth0 ------------ offloads on -------- veth1 10.9.1.2
    10.9.2.1 veth2 ------------ offloads off ------- veth3 10.9.2.2

Clients run here, so for every peer it is the same kernel that asks. The routes
carry `congctl cubic`: nginx and wrk have no option for TCP_CONGESTION, and a
namespace cannot set the default.

Nothing here has a name outside: the namespaces die with their processes, and
these die with the driver, however it ends (PR_SET_PDEATHSIG).
"""
import ctypes
import os
import signal
import subprocess
import sys
import time

PR_SET_PDEATHSIG = 1
libc = ctypes.CDLL(None, use_errno=True)

SYSCTLS = {
    "net.ipv6.conf.all.disable_ipv6": "1",
    "net.ipv6.conf.default.disable_ipv6": "1",
    "net.ipv4.tcp_no_metrics_save": "1",
    # A client that closes first would run out of ports within two seconds.
    "net.ipv4.tcp_max_tw_buckets": "4096",
    "net.ipv4.ip_local_port_range": "1024 65535",
    "net.core.somaxconn": "4096",
    "net.ipv4.tcp_max_syn_backlog": "4096",
}


class Failed(Exception):
    """A measurement could not be made; the text says why."""


def enter_namespace():
    """Run again in a network namespace of our own, root or not."""
    if os.environ.get("TARN_BENCH_NETNS"):
        return
    os.environ["TARN_BENCH_NETNS"] = "1"
    unshare = ["unshare", "--net"]
    if os.getuid() != 0:
        unshare.append("--map-root-user")
    os.execvp("unshare", unshare + [sys.executable] + sys.argv)


def die_with_parent():
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def cpu_seconds(process):
    """Seconds on a core so far: nanoseconds, not the clock's ticks."""
    with open(f"/proc/{process.pid}/schedstat") as file:
        return int(file.read().split()[0]) / 1e9


class World:
    """What exists while we measure; close() leaves nothing behind."""

    def __init__(self, build, log_name):
        self.build, self.processes, self.commands = build, [], []
        self.log = open(log_name, "w")
        self.far = self.start(["unshare", "--net", "sleep", "infinity"])
        time.sleep(0.2)
        for far in (False, True):
            for name, value in SYSCTLS.items():
                path = "/proc/sys/" + name.replace(".", "/")
                self.sh("sh", "-c", f"[ ! -w {path} ] || echo '{value}' "
                        f">{path} || :", far=far)
            self.sh("ip", "link", "set", "lo", "up", far=far)
        self.make_tap()
        self.make_veth(0, offloads=True)
        self.make_veth(2, offloads=False)

    def inside(self, command, far):
        if far:
            return ["nsenter", "-t", str(self.far.pid), "--net"] + command
        return list(command)

    def sh(self, *command, far=False):
        done = subprocess.run(self.inside(list(command), far), text=True,
                              capture_output=True)
        if done.returncode:
            raise Failed(f"{' '.join(command)}: {done.stderr.strip()}")
        return done.stdout

    def make_tap(self):
        self.sh("ip", "tuntap", "add", "tap0", "mode", "tap")
        self.set_up("tap0", "10.9.0.1", far=False)

    def make_veth(self, number, offloads):
        near, far = f"veth{number}", f"veth{number + 1}"
        net = f"10.9.{1 + number // 2}"
        self.sh("ip", "link", "add", near, "type", "veth", "peer", "name",
                far, "netns", str(self.far.pid))
        for name, is_far, host in ((near, False, 1), (far, True, 2)):
            if not offloads:
                self.sh("ethtool", "-K", name, "tx", "off", "rx", "off",
                        "tso", "off", "gso", "off", "gro", "off", far=is_far)
            self.set_up(name, f"{net}.{host}", far=is_far)

    def set_up(self, name, address, far):
        net = address.rsplit(".", 1)[0] + ".0/24"
        self.sh("ip", "addr", "add", address + "/24", "dev", name, far=far)
        self.sh("ip", "link", "set", name, "up", far=far)
        self.sh("ip", "route", "change", net, "dev", name, "src", address,
                "congctl", "cubic", far=far)

    def start(self, command, far=False):
        """Start what serves; its standard error goes to the log."""
        line = ("there$ " if far else "$ ") + " ".join(command)
        self.commands.append(line)
        self.log.write(line + "\n")
        self.log.flush()
        process = subprocess.Popen(
            self.inside(command, far), stdout=subprocess.PIPE,
            stderr=self.log, stdin=subprocess.DEVNULL, text=True,
            preexec_fn=die_with_parent)
        self.processes.append(process)
        return process

    def run(self, command, limit_s):
        """Run a client to its end. Return: its standard output"""
        process = self.start(command)
        try:
            out, _ = process.communicate(timeout=limit_s)
        except subprocess.TimeoutExpired:
            raise Failed(f"{command[0]}: no end after {limit_s} s") from None
        finally:
            self.stop(process)
        if process.returncode:
            raise Failed(f"{os.path.basename(command[0])} ended with "
                         f"{process.returncode}; see {self.log.name}")
        return out

    def stop(self, process):
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(timeout=3)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if process.stdout:
            process.stdout.close()
        if process in self.processes:
            self.processes.remove(process)

    def close(self):
        for process in list(self.processes)[::-1]:
            process.kill()
            self.stop(process)
        self.log.close()
