# SPDX-License-Identifier: MIT
"""check_live TARN DIRECTORY [SCREENSHOT] - the live page in headless Chromium

Runs in a namespace with tap0 (tests/netns/live.sh makes it). Tarn serves the
page over its own TCP while another client talks to its echo service. Prints
"ok NAME" or "not ok NAME: reason".
"""
import socket
import subprocess
import sys
import time

from browser import Browser

URL = "http://10.9.0.2/_tarn/"


def start(tarn, directory):
    log = open(directory + "/live.err", "w+", encoding="utf-8")
    process = subprocess.Popen(
        [tarn, "--link", "tap:tap0", "--ip", "10.9.0.2/24", "--live", "echo"],
        stdout=subprocess.DEVNULL, stderr=log)
    for _ in range(200):
        log.seek(0)
        if "live page" in log.read():
            return process
        time.sleep(0.05)
    raise RuntimeError("tarn did not start")


def talk(text):
    with socket.create_connection(("10.9.0.2", 7), timeout=10) as echo:
        echo.sendall(text)
        got = b""
        while len(got) < len(text):
            got += echo.recv(65536)
    return got == text


def count(browser, condition):
    return browser.run("Tarn.app.view.events.filter(ev => "
                       f"{condition}).length")


def opens_and_shows_its_own_connection(browser):
    browser.open(URL)
    browser.wait("Tarn.app.view.model.events.length > 10")
    browser.wait("document.querySelector('#live-facts').textContent"
                 ".includes('This page comes over')")


def shows_what_happens_elsewhere(browser):
    assert talk(b"hello" * 100), "echo did not answer"
    browser.wait("Tarn.app.view.events.some(ev => "
                 "JSON.stringify(ev.data || ev.d || {}).includes(':7'))")


def falls_silent(browser):
    time.sleep(1.5)
    before = browser.run("Tarn.app.view.model.events.length")
    time.sleep(2)
    assert browser.run("Tarn.app.view.model.events.length") - before < 3, \
        "it goes on although nothing happens"


def a_fault_is_asked_for_and_seen(browser):
    browser.run("document.getElementById('fault-what').value = 'drop',"
                "document.getElementById('fault-way').value = 'out',"
                "document.getElementById('fault-which').value = 'data',"
                "document.getElementById('fault-send').click()")
    browser.wait("document.getElementById('fault-said').textContent"
                 ".startsWith('✓')")
    assert talk(b"x" * 20000), "echo did not answer"
    browser.wait("Tarn.app.view.events.some(ev => "
                 "(ev.full || ev.name || '').includes('lost') || "
                 "ev.lost)")


def others_are_paused_and_go_on(browser):
    browser.run("document.getElementById('pause-others').click()")
    browser.wait("document.getElementById('pause-others')"
                 ".getAttribute('aria-pressed') === 'true'")
    try:
        socket.create_connection(("10.9.0.2", 7), timeout=1).close()
        raise AssertionError("a connection was made in spite of the pause")
    except TimeoutError:
        pass
    browser.run("document.getElementById('pause-others').click()")
    browser.wait("document.getElementById('pause-others')"
                 ".getAttribute('aria-pressed') === 'false'")
    assert talk(b"again"), "echo did not answer after the pause"


def says_nothing_on_the_console(browser):
    assert not browser.errors, "; ".join(browser.errors)


CHECKS = [opens_and_shows_its_own_connection, shows_what_happens_elsewhere,
          falls_silent, a_fault_is_asked_for_and_seen,
          others_are_paused_and_go_on, says_nothing_on_the_console]


def main():
    tarn = start(sys.argv[1], sys.argv[2])
    browser = Browser()
    failed = 0
    try:
        for check in CHECKS:
            name = "the live page " + check.__name__.replace("_", " ")
            try:
                check(browser)
                print("ok " + name, flush=True)
            except Exception as error:  # pylint: disable=broad-except
                failed += 1
                print(f"not ok {name}: {error!r}", flush=True)
        if len(sys.argv) > 3:
            browser.screenshot(sys.argv[3])
    finally:
        browser.close()
        tarn.terminate()
        tarn.wait(timeout=20)
    return 1 if failed else 0


sys.exit(main())
