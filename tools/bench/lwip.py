# SPDX-License-Identifier: MIT
"""lwip.py - lwIP from Debian's source package, built outside of the tree"""


def server(build):
    return f"{build}/bench/lwip/server"
