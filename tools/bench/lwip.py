# SPDX-License-Identifier: MIT
"""lwip.py - lwIP from Debian's source package, built outside of the tree

    BUILD/bench/lwip/lwip-VERSION/      what `apt-get source lwip` gave
    BUILD/bench/lwip/server, memory     tools/bench/lwip/*.c with it

apt keeps lists and sources of its own below that directory: the machine's
sources are neither read nor changed. What cannot be fetched is a peer that is
skipped, and the table says why.
"""
import glob
import os
import subprocess
import sys

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "lwip")
FETCH_S, COMPILE_S = 180, 120
FLAGS = ["-O3", "-w", "-D_GNU_SOURCE"]
# _apt may not read a directory of root's: fetch as who we are
APT = ["apt-get", "-q", "-o", "APT::Sandbox::User=root"]
SOURCES = """Types: deb-src
URIs: http://deb.debian.org/debian
Suites: bookworm
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
"""


class Missing(Exception):
    """There is no lwIP here; the text says why."""


def call(command, directory, limit_s):
    try:
        done = subprocess.run(command, cwd=directory, capture_output=True,
                              text=True, timeout=limit_s)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Missing(f"{command[0]}: {error}") from None
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise Missing(f"{command[0]}: {last[-1] if last else 'failed'}")


def find(directory):
    found = sorted(glob.glob(f"{directory}/lwip-*/src/core/tcp.c"))
    return found[-1][:-len("/src/core/tcp.c")] if found else None


def fetch(directory):
    """Return: the directory of lwIP's source, fetched if it is not there"""
    source = find(directory)
    if source:
        return source
    print("fetching lwIP's source package", file=sys.stderr)
    os.makedirs(f"{directory}/lists/partial", exist_ok=True)
    with open(f"{directory}/own.sources", "w") as file:
        file.write(SOURCES)
    options = ["-o", f"Dir::Etc::sourcelist={directory}/own.sources",
               "-o", "Dir::Etc::sourceparts=/dev/null",
               "-o", f"Dir::State::lists={directory}/lists"]
    call(APT + options + ["update"], directory, FETCH_S)
    call(APT + options + ["source", "lwip"], directory, FETCH_S)
    source = find(directory)
    if not source:
        raise Missing("the source package holds no src/core/tcp.c")
    return source


def compile_program(name, source, directory):
    ours = [f"{HERE}/{name}.c", f"{HERE}/port.c"]
    theirs = (glob.glob(f"{source}/src/core/*.c")
              + glob.glob(f"{source}/src/core/ipv4/*.c")
              + [f"{source}/src/netif/ethernet.c"])
    if name == "server":
        theirs += [f"{source}/src/apps/http/{file}.c"
                   for file in ("fs", "httpd")]
    call(["gcc", *FLAGS, f"-I{HERE}", f"-I{source}/src/include", "-o", name,
          *ours, *theirs], directory, COMPILE_S)


def is_fresh(program):
    parts = glob.glob(f"{HERE}/*.[ch]") + glob.glob(f"{HERE}/*/*.h")
    return os.path.exists(program) and all(
        os.path.getmtime(part) < os.path.getmtime(program) for part in parts)


def build(build_directory):
    """Return: the directory with server and memory; raises Missing

    To be called outside of the namespace: it has no way to any archive.
    """
    directory = os.path.abspath(f"{build_directory}/bench/lwip")
    for name in ("server", "memory"):
        if not is_fresh(f"{directory}/{name}"):
            compile_program(name, fetch(directory), directory)
    return directory


def options_text():
    """The tuned options, for the report."""
    with open(f"{HERE}/lwipopts.h") as file:
        return "".join(line for line in file if line.startswith("#define "))
