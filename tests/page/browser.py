# SPDX-License-Identifier: MIT
"""browser - a headless Chromium over a pipe, with nothing but Python

Chromium speaks its DevTools protocol on descriptors 3 and 4, one JSON object
ended by a NUL. Console errors and exceptions are gathered: a page that has
any is broken, whatever it looks like.
"""
import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time


class Browser:
    def __init__(self, width=1280, height=800, dark=False):
        self.errors = []
        self.last = 0
        self.buffer = b""
        self.profile = tempfile.mkdtemp(prefix="tarn-page-")
        to_read, self.write_end = os.pipe()
        self.read_end, to_write = os.pipe()

        def place():
            a, b = os.dup(to_read), os.dup(to_write)
            os.dup2(a, 3)
            os.dup2(b, 4)

        self.process = subprocess.Popen(
            ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu",
             "--disable-dev-shm-usage", "--no-first-run",
             "--remote-debugging-pipe", f"--user-data-dir={self.profile}",
             f"--window-size={width},{height}", "about:blank"],
            preexec_fn=place, close_fds=False, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(to_write)
        targets = self.ask("Target.getTargets")["targetInfos"]
        page = next(t for t in targets if t["type"] == "page")
        self.session = self.ask("Target.attachToTarget", {
            "targetId": page["targetId"], "flatten": True})["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(domain + ".enable")
        self.resize(width, height)
        self.call("Emulation.setEmulatedMedia", {"features": [
            {"name": "prefers-color-scheme",
             "value": "dark" if dark else "light"}]})

    def ask(self, method, params=None, session=None, seconds=60):
        """Send a command, return its result; events on the way are noted."""
        self.last += 1
        message = {"id": self.last, "method": method, "params": params or {}}
        if session:
            message["sessionId"] = session
        os.write(self.write_end, json.dumps(message).encode() + b"\0")
        until = time.monotonic() + seconds
        while True:
            reply = self.read(until)
            if reply.get("id") == self.last:
                if "error" in reply:
                    raise RuntimeError(f"{method}: {reply['error']}")
                return reply["result"]
            self.note(reply)

    def call(self, method, params=None, seconds=60):
        return self.ask(method, params, self.session, seconds)

    def read(self, until):
        while b"\0" not in self.buffer:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.read_end], [], [],
                                              left)[0]:
                raise TimeoutError("the browser does not answer")
            piece = os.read(self.read_end, 1 << 20)
            if not piece:
                raise RuntimeError("the browser has gone")
            self.buffer += piece
        line, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(line)

    def note(self, event):
        method, params = event.get("method"), event.get("params", {})
        if method == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.errors.append(details.get("exception", {}).get(
                "description") or details["text"])
        elif method == "Runtime.consoleAPICalled" and \
                params["type"] in ("error", "warning", "assert"):
            self.errors.append(json.dumps(params["args"]))
        elif method == "Log.entryAdded" and \
                params["entry"]["level"] in ("error", "warning"):
            self.errors.append(params["entry"]["text"] + " " +
                               params["entry"].get("url", ""))
        elif method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])

    requests = []

    def resize(self, width, height, ratio=1):
        self.call("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": ratio,
            "mobile": False})

    def open(self, url):
        self.requests = []
        self.call("Page.navigate", {"url": url})
        self.wait("document.readyState === 'complete' && "
                  "typeof Tarn === 'object' && !!Tarn.app && "
                  "!!Tarn.app.isLoaded")
        self.settle()

    def run(self, expression):
        """The value of an expression; a promise is waited for."""
        result = self.call("Runtime.evaluate", {
            "expression": expression, "awaitPromise": True,
            "returnByValue": True})
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            raise RuntimeError(details.get("exception", {}).get(
                "description") or details["text"])
        return result["result"].get("value")

    def wait(self, expression, seconds=30):
        until = time.monotonic() + seconds
        while not self.run(expression):
            if time.monotonic() > until:
                raise TimeoutError("never true: " + expression)
            time.sleep(0.05)

    def settle(self):
        """Until what is to be drawn has been drawn."""
        self.run("new Promise(r => requestAnimationFrame(() => "
                 "requestAnimationFrame(() => setTimeout(r, 0))))")

    KEYS = {" ": ("Space", 32), "ArrowRight": ("ArrowRight", 39),
            "ArrowLeft": ("ArrowLeft", 37), "Home": ("Home", 36),
            "End": ("End", 35)}

    def key(self, key, shift=False):
        code, number = self.KEYS.get(key, ("", 0))
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", {
                "type": kind, "key": key, "code": code,
                "modifiers": 8 if shift else 0,
                "windowsVirtualKeyCode": number})
        self.settle()

    def click(self, x, y):
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", {
                "type": kind, "x": x, "y": y, "button": "left",
                "clickCount": 1})
        self.settle()

    def screenshot(self, path):
        self.settle()
        data = self.call("Page.captureScreenshot", {"format": "png"})["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))

    def close(self):
        try:
            self.ask("Browser.close", seconds=10)
        except (RuntimeError, TimeoutError, OSError):
            self.process.kill()
        self.process.wait(timeout=20)
        for end in (self.read_end, self.write_end):
            os.close(end)
        shutil.rmtree(self.profile, ignore_errors=True)
