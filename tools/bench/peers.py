# SPDX-License-Identifier: MIT
"""peers.py - who is measured: the command line of each server

A peer knows where its server is reached, how it is started for each role
(echo, sink, source, http) and how to see that it is ready. A command may begin
with a path below the build directory.
"""
import os
import socket
import time

from world import Failed

TAP = "tap0"
PORTS = {"echo": 7, "sink": 9, "source": 19, "http": 80, "iperf": 5201}
READY_S = 10
IDLE_COUNT = 1000000

NGINX = """
worker_processes 1;
daemon off;
master_process off;
pid {scratch}/nginx.pid;
error_log stderr crit;
events {{ worker_connections 16384; use epoll; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  tcp_nodelay on;
  open_file_cache max=16;
  keepalive_requests 100000000;
  client_body_temp_path {scratch};
  proxy_temp_path {scratch};
  fastcgi_temp_path {scratch};
  uwsgi_temp_path {scratch};
  scgi_temp_path {scratch};
  server {{ listen 80 backlog=4096; root {www}; }}
}}
"""


class Peer:
    """One that serves. @skip: why it cannot be measured, or None"""

    def __init__(self, name, title, host, command, far=False, skip=None):
        self.name, self.title, self.host = name, title, host
        self.command, self.far, self.skip = command, far, skip

    def start(self, world, role):
        process = world.start(self.command(role), far=self.far)
        try:
            self.wait_ready(process, PORTS[role])
        except Failed:
            world.stop(process)
            raise
        return process

    def wait_ready(self, process, port):
        """Until a connection to it opens: true for every kind of server."""
        end = time.monotonic() + READY_S
        while time.monotonic() < end:
            if process.poll() is not None:
                raise Failed(f"{self.title} ended with {process.returncode}")
            try:
                with socket.create_connection((self.host, port), 0.3):
                    return
            except OSError:
                time.sleep(0.02)
        raise Failed(f"{self.title} did not answer within {READY_S} s")


def tarn(build, scratch, *options):
    def command(role):
        name = {"http": "serve"}.get(role, role)
        tail = ["--quiet", f"{scratch}/www"] if role == "http" else []
        return [f"{build}/tarn", "--link", f"tap:{TAP}", "--ip", "10.9.0.2/24",
                *options, name, "--port", str(PORTS[role]), *tail]
    return command


def on_tap(program, address, *options):
    """The link alone and lwIP: PROGRAM TAP ADDRESS ROLE PORT [OPTION]"""
    def command(role):
        return [program, TAP, address, role, str(PORTS[role]), *options]
    return command


def kernel(build, *options):
    def command(role):
        return [f"{build}/tools/bench/server", role, str(PORTS[role]),
                *options]
    return command


def prepare(scratch):
    """The page that everybody serves, and nginx's configuration."""
    os.makedirs(f"{scratch}/www", exist_ok=True)
    with open(f"{scratch}/www/index.html", "w") as file:
        file.write("<!DOCTYPE html><title>bench</title>".ljust(611, "x") + "\n")
    with open(f"{scratch}/nginx.conf", "w") as file:
        file.write(NGINX.format(scratch=scratch, www=f"{scratch}/www"))


def program(name, title, *command):
    """What needs no link: it is run to its end and prints its figures."""
    skip = None if os.path.exists(command[0]) else "it is not built"
    return Peer(name, title, None, lambda role: list(command), skip=skip)


def knows_busy_poll(world):
    return "--busy-poll" in world.sh(f"{world.build}/tarn", "--help")


def all_peers(world, scratch):
    """Return: {name: Peer}"""
    build, veth, plain = world.build, "10.9.1.2", "10.9.2.2"
    nginx = ["nginx", "-e", "stderr", "-c", f"{scratch}/nginx.conf"]
    iperf = ["iperf3", "-s", "-p", str(PORTS["iperf"])]
    busy = None if knows_busy_poll(world) else "tarn has no --busy-poll"
    ceiling = f"{build}/tools/bench/ceiling"
    no_ceiling = None if os.path.exists(ceiling) else "it is not built"
    lwip = os.environ["TARN_BENCH_LWIP"] + "/server"
    peers = [
        Peer("tarn", "Tarn", "10.9.0.2", tarn(build, scratch)),
        Peer("tarn-plain", "Tarn, offload off", "10.9.0.2",
             tarn(build, scratch, "--offload", "off")),
        Peer("tarn-busy", "Tarn, busy-poll", "10.9.0.2",
             tarn(build, scratch, "--busy-poll"), skip=busy),
        Peer("ceiling", "the link alone", "10.9.0.3",
             on_tap(ceiling, "10.9.0.3"), skip=no_ceiling),
        Peer("ceiling-busy", "the link, busy-poll", "10.9.0.3",
             on_tap(ceiling, "10.9.0.3", "--busy-poll"), skip=no_ceiling),
        Peer("lwip", "lwIP", "10.9.0.4", on_tap(lwip, "10.9.0.4"),
             skip=os.environ.get("TARN_BENCH_NO_LWIP")),
        Peer("kernel", "kernel, veth", veth, kernel(build), far=True),
        Peer("kernel-spin", "kernel, spinning", veth,
             kernel(build, "--spin"), far=True),
        Peer("kernel-plain", "kernel, offloads off", plain, kernel(build),
             far=True),
        Peer("nginx", "nginx, veth", veth, lambda role: nginx, far=True),
        Peer("iperf3", "kernel, iperf3", veth, lambda role: iperf, far=True),
        program("memory", "two Tarns in memory", f"{build}/tools/bench/memory",
                "--rounds", "31"),
        program("memory-mute", "events compiled out",
                f"{build}/mute/tools/bench/memory", "--only", "segment",
                "--rounds", "31"),
        program("memory-lwip", "lwIP's loopback",
                os.environ["TARN_BENCH_LWIP"] + "/memory", "31"),
        program("idle", "a Tarn that holds many",
                f"{build}/tools/bench/idle", "--connections",
                str(IDLE_COUNT), "--seconds", "20"),
    ]
    return {peer.name: peer for peer in peers}
