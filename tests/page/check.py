# SPDX-License-Identifier: MIT
"""check TARN - the page that TARN makes of a log, in headless Chromium

Prints "ok NAME" or "not ok NAME: reason" for each test. The logs come from
make-log, so what must be seen is known.
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import time

from browser import Browser
from live_server import LiveServer

HERE = pathlib.Path(__file__).resolve().parent
FRAME_MS_MAX = 60  # without a graphics card
TESTS = []


def frame_ms(times):
    """What a frame takes when nothing else wants the processor."""
    return sorted(times)[len(times) // 5]


def test(function):
    TESTS.append(function)
    return function


def expect(what, got, wanted):
    if got != wanted:
        raise AssertionError(f"{what}: {got!r}, not {wanted!r}")


class Pages:
    """Logs and their pages, made when they are asked for."""

    def __init__(self, tarn, directory):
        self.tarn, self.directory = tarn, pathlib.Path(directory)

    def log(self, *words):
        path = self.directory / ("-".join(words) + ".jsonl")
        if not path.exists():
            with open(path, "wb") as out:
                subprocess.run([sys.executable, HERE / "make-log", *words],
                               stdout=out, check=True)
        return path

    def rows(self, *words):
        return [json.loads(line) for line in
                self.log(*words).read_text().splitlines()]

    def url(self, *words):
        path = self.log(*words).with_suffix(".html")
        if not path.exists():
            subprocess.run([self.tarn, "page", "-o", path, self.log(*words)],
                           check=True)
        return path.as_uri()

    def page(self, *words, lines):
        """The text of a page with the first lines of a log."""
        log = self.log(*words).read_text().splitlines(keepends=True)
        return subprocess.run([self.tarn, "page", "-"], check=True, text=True,
                              input="".join(log[:lines]),
                              stdout=subprocess.PIPE).stdout


def text(browser, selector):
    return browser.run(f"document.querySelector('{selector}').textContent")


def go_to(browser, condition):
    """The cursor to the first event for which the condition is true."""
    found = browser.run(f"(() => {{ const v = Tarn.app.view;"
                        f"const ev = v.events.find(ev => {condition});"
                        f"v.goTo(ev); return !!ev; }})()")
    expect("an event with " + condition, found, True)
    browser.settle()


@test
def opens_and_says_what_it_is(browser, pages):
    browser.open(pages.url("story"))
    expect("title", text(browser, "#title"),
           "Loss, a closed window, and the long goodbye")
    about = text(browser, "#about")
    expect("scenario and seed", "scenario story · seed 1" in about, True)
    expect("banner hidden", browser.run("banner.hidden"), True)
    loaded = [url for url in browser.requests
              if not url.startswith(("file:", "data:"))]
    expect("what was loaded", loaded, [])


@test
def every_segment_is_an_arrow(browser, pages):
    browser.open(pages.url("story"))
    browser.run("Tarn.app.view.fitAll()")
    browser.settle()
    sent = sum(row["name"] == "tcp:segment_sent" for row in
               pages.rows("story"))
    expect("arrows drawn", browser.run("Tarn.app.ladder.seen.arrows"), sent)
    expect("lost ones", browser.run(
        "Tarn.app.model.arrows.filter(a => a.lost).map(a => a.lost.rule)"),
        ["drop A data#3"])
    expect("retransmission tied to its original", browser.run(
        "Tarn.app.model.arrows.filter(a => a.orig)"
        ".map(a => [a.rel, a.orig.rel, a.orig.lost !== null])"),
        [[2921, 2921, True]])
    expect("flight of the SYN", browser.run(
        "Math.round((Tarn.app.model.arrows[0].t1 - "
        "Tarn.app.model.arrows[0].t0) * 1000)"), 50000)


@test
def labels_do_not_overlap(browser, pages):
    browser.open(pages.url("story"))
    expect("labels", browser.run("Tarn.app.ladder.seen.labels") >= 10, True)
    expect("pairs that touch", browser.run("""(() => {
        const l = Tarn.app.ladder.placed;
        let n = 0;
        for (let i = 0; i < l.length; i++)
            for (let k = 0; k < i; k++)
                n += Tarn.labels.collide(l[i], l[k]);
        return n; })()"""), 0)


@test
def keys_move_the_cursor(browser, pages):
    browser.open(pages.url("story"))
    index = "Tarn.app.view.index"
    count = browser.run("Tarn.app.view.events.length")
    expect("at the first reason", browser.run(
        "Tarn.app.view.cursor.why"), "active OPEN")
    browser.key("Home")
    expect("at first", browser.run(index), 0)
    browser.key("ArrowRight")
    browser.key("ArrowRight")
    expect("after two steps", browser.run(index), 2)
    browser.key("ArrowLeft")
    expect("after one back", browser.run(index), 1)
    browser.key("End")
    expect("at the end", browser.run(index), count - 1)
    browser.key("Home")
    expect("at the start", browser.run(index), 0)
    browser.key("ArrowRight", shift=True)
    expect("a round trip on", browser.run("Tarn.app.view.cursor.t") >= 50,
           True)
    scale = browser.run("Tarn.app.view.scale")
    browser.key("+")
    expect("zoomed in", browser.run("Tarn.app.view.scale") > scale, True)
    browser.key("?")
    expect("help is open", browser.run("keys.open"), True)


@test
def play_runs_and_pauses(browser, pages):
    browser.open(pages.url("story"))
    browser.key(" ")
    browser.wait("Tarn.app.view.index > 3")
    browser.key(" ")
    at = browser.run("Tarn.app.view.index")
    browser.settle()
    expect("paused", browser.run("Tarn.app.view.index"), at)


@test
def says_why(browser, pages):
    browser.open(pages.url("story"))
    go_to(browser, "ev.data.again && ev.act === 'sent'")
    why = text(browser, "#why")
    for part in ("Three duplicate acknowledgments: it was lost.",
                 "RFC 5681 §3.2", "stack/tcp/output.c:218",
                 "sent first at"):
        expect(f"'{part}' in the why panel", part in why, True)
    new = browser.run("[...document.querySelectorAll('#why .new')]"
                      ".map(x => x.textContent)")
    expect("what changed", any("14\u202f600 → 7\u202f300" in x for x in new),
           True)
    expect("announced", "sends again" in text(browser, "#live-region"), True)


@test
def a_click_on_an_arrow_chooses_it(browser, pages):
    browser.open(pages.url("story"))
    at = browser.run("""(() => {
        const l = Tarn.app.ladder, box = l.canvas.getBoundingClientRect();
        const one = l.visibleArrows()[0];
        return [box.x + one.x0 * .3 + one.x1 * .7,
                box.y + one.y0 * .3 + one.y1 * .7]; })()""")
    browser.click(*at)
    expect("the arrival of the SYN", browser.run(
        "[Tarn.app.view.cursor.act, Tarn.app.view.cursor.data.flags]"),
        ["received", "SYN"])


@test
def states_walk_the_figure(browser, pages):
    browser.open(pages.url("story"))
    browser.key("End")
    labels = browser.run("[...document.querySelectorAll('#states svg')]"
                         ".map(x => x.getAttribute('aria-label'))")
    expect("A's path", labels[0].endswith(
        "by SYN-SENT, ESTABLISHED, FIN-WAIT-1, FIN-WAIT-2, TIME-WAIT, CLOSED"),
        True)
    expect("B's path", labels[1].endswith(
        "by SYN-RECEIVED, ESTABLISHED, CLOSE-WAIT, LAST-ACK, CLOSED"), True)
    expect("walked arrows", browser.run(
        "document.querySelectorAll('#states .turn').length"), 11)


@test
def sequence_space_to_scale(browser, pages):
    browser.open(pages.url("story"))
    browser.run("Tarn.app.openTab('windows')")
    go_to(browser, "ev.name === 'tcp:scoreboard' && ev.data.lost.length")
    names = browser.run("[...document.querySelectorAll('#windows .seq-name')]"
                        ".map(x => x.textContent)")
    expect("SND.UNA", "SND.UNA 2\u202f921" in names, True)
    expect("SND.NXT", "SND.NXT 8\u202f761" in names, True)
    expect("RCV.NXT", "RCV.NXT 2\u202f921" in names, True)
    expect("SACKed and lost blocks", browser.run(
        "[document.querySelectorAll('#windows rect.seq-sack').length,"
        "document.querySelectorAll('#windows rect.seq-lost').length]"),
        [2, 1])


@test
def time_wait_counts_down(browser, pages):
    browser.open(pages.url("story"))
    browser.run("Tarn.app.openTab('timers')")
    go_to(browser, "ev.data.timer === '2MSL'")
    expect("ring", text(browser, "#timers .ring-text"), "60.0 s")


@test
def idle_time_is_pressed_with_a_mark(browser, pages):
    browser.open(pages.url("story"))
    expect("gaps", browser.run("Tarn.app.view.map.gaps.length") >= 1, True)
    expect("there and back", browser.run(
        "(m => [0, 77, 700, 30000, 61570].every(t => "
        "Math.abs(m.t(m.v(t)) - t) < 1e-6))(Tarn.app.view.map)"), True)
    browser.key("g")
    expect("true time again", browser.run("Tarn.app.view.map.gaps.length"), 0)


@test
def octets_and_checksums(browser, pages):
    browser.open(pages.url("story"))
    browser.run("Tarn.app.openTab('bytes')")
    go_to(browser, "ev.kind === 'frame'")
    expect("octets", browser.run(
        "document.querySelectorAll('#bytes .octet').length"), 66)
    expect("verdicts", browser.run(
        "[...document.querySelectorAll('#bytes summary')]"
        ".map(x => x.textContent.includes('✓ right'))"), [True, True])
    fields = text(browser, "#bytes .fields")
    for part in ("sequence number4\u202f000\u202f000\u202f000", "flagsSYN",
                 "option MSS1\u202f460"):
        expect(f"'{part}'", part in fields, True)


@test
def text_form_is_whole(browser, pages):
    browser.open(pages.url("story"))
    browser.run("Tarn.app.openTab('table')")
    browser.settle()
    count = browser.run("Tarn.app.view.events.length")
    expect("rows", browser.run("document.querySelector('.text-ladder')"
                               ".getAttribute('aria-rowcount')"),
           str(count + 1))
    browser.key("End")
    expect("the last row is there", browser.run(
        "document.querySelector('.text-ladder tr.cursor')"
        ".getAttribute('aria-rowindex')"), str(count + 1))


@test
def plot_draws_in_both_directions(browser, pages):
    browser.open(pages.url("many", "600"))
    browser.run("Tarn.app.openTab('plot-tab')")
    browser.settle()
    expect("parts", browser.run("Tarn.app.plot.parts.map(p => p.unit)"),
           ["octets", "octets", "ms", "frames"])
    expect("direction", browser.run("Tarn.app.plot.sender"), "A")


@test
def link_brings_back_the_moment(browser, pages):
    browser.open(pages.url("story"))
    browser.run("Tarn.app.view.goIndex(40); Tarn.app.view.zoom(3)")
    link = browser.run("Tarn.app.view.hash()")
    browser.open(pages.url("one-end"))
    browser.open(pages.url("story") + link)
    expect("cursor", browser.run("Tarn.app.view.index"), 40)
    expect("link", browser.run("Tarn.app.view.hash()"), link)


@test
def one_end_says_what_it_presumes(browser, pages):
    browser.open(pages.url("one-end"))
    expect("note", "presumed" in text(browser, "#note"), True)
    expect("begins at", browser.run("Tarn.app.view.events[0].t"), 0)
    spans = browser.run("Tarn.app.model.arrows.map(a => "
                        "(s => Math.round(s[1] - s[0]))"
                        "(Tarn.arrows.span(Tarn.app.model, a)))")
    expect("half the round trip", set(spans), {50})
    expect("sent again, found by its number", browser.run(
        "Tarn.app.model.arrows.filter(a => a.orig).map(a => a.rel)"),
        [2921])


@test
def what_is_lost_on_its_way_to_us_is_an_arrow(browser, pages):
    browser.open(pages.url("one-end"))
    row = {"time": 5000310, "name": "wire:lost", "end": "A", "data": {
        "packet": 999, "by": "fault", "rule": "drop in ack", "direction": "in",
        "src": "10.9.0.2:80", "dst": "10.9.0.1:49152", "flags": "ACK",
        "seq": 90001, "length": 0, "ack": 4000002921, "window": 9}}
    browser.run(f"Tarn.app.model.append({json.dumps(json.dumps(row))})")
    browser.run("Tarn.app.view.rebuild()")
    expect("from B, lost", browser.run(
        "(a => [a.from, a.lost.rule, a.conn === Tarn.app.model.list()[0], "
        "a.ackRel])(Tarn.app.model.arrows.at(-1))"),
        ["B", "drop in ack", True, 2921])
    browser.run("Tarn.app.view.fitAll()")
    browser.settle()


@test
def foreign_text_stays_text(browser, pages):
    browser.open(pages.url("hostile"))
    expect("elements made of data", browser.run(
        "document.querySelectorAll('img, main script, b > b, h1 i').length"),
        0)
    expect("banner", "time-wait, <b>" in text(browser, "#banner"), True)
    expect("title", text(browser, "#title"), "<i>Hostile</i>")
    expect("lines that were none", browser.run("Tarn.app.model.told.bad"), 4)
    for tab in ("states", "windows", "plot-tab", "timers", "bytes", "table"):
        browser.run(f"Tarn.app.openTab('{tab}')")
        for step in range(0, 100, 3):
            browser.run(f"Tarn.app.view.goIndex({step})")
            browser.settle()


@test
def five_thousand_segments_are_smooth(browser, pages):
    pages.url("many", "5000")
    began = time.monotonic()
    browser.open(pages.url("many", "5000"))
    loaded = time.monotonic() - began
    browser.run("Tarn.app.view.fitAll()")
    browser.settle()
    expect("all are drawn", browser.run("Tarn.app.ladder.seen.arrows") >= 5000,
           True)
    costs = []
    for what in ("fitAll()", "fitStart()"):
        times = browser.run(f"""(async () => {{
            const v = Tarn.app.view;
            v.{what};
            v.frameTimes = [];
            for (let i = 0; i < 30; i++) {{
                v.zoom(i % 2 ? 1.02 : 1 / 1.02);
                v.step(1);
                await new Promise(requestAnimationFrame);
            }}
            return v.frameTimes; }})()""")
        costs.append(frame_ms(times))
        if costs[-1] > FRAME_MS_MAX:
            raise AssertionError(f"a frame takes {costs[-1]:.1f} ms")
    return (f"opens in {loaded:.1f} s, a frame takes {costs[0]:.1f} ms with"
            f" all of them, {costs[1]:.1f} ms near")


@test
def fifty_thousand_events_do_not_freeze_it(browser, pages):
    pages.url("many", "26000")
    began = time.monotonic()
    browser.open(pages.url("many", "26000"))
    loaded = time.monotonic() - began
    count = browser.run("Tarn.app.model.events.length")
    expect("events", count >= 50000, True)
    step = browser.run("""(async () => {
        const v = Tarn.app.view;
        v.goIndex(25000);
        v.frameTimes = [];
        for (let i = 0; i < 20; i++) {
            v.step(1);
            await new Promise(requestAnimationFrame);
        }
        return v.frameTimes; })()""")
    step = frame_ms(step)
    if step > 2 * FRAME_MS_MAX:
        raise AssertionError(f"a step takes {step:.0f} ms")
    return f"{count} events: opens in {loaded:.1f} s, a step {step:.0f} ms"


@test
def live_page_follows_and_freezes(browser, pages):
    lines = pages.log("one-end").read_text().splitlines()
    server = LiveServer(pages.page("one-end", lines=0))
    try:
        browser.open(server.url)
        browser.wait("Tarn.app.live.isOpen")
        server.send("\n".join(lines[:20]))
        browser.wait("Tarn.app.model.events.length === 19")
        expect("follows", browser.run("Tarn.app.view.index"), 18)
        browser.run("document.getElementById('follow').click()")
        server.send("\n".join(lines[20:]))
        browser.wait(f"Tarn.app.model.events.length === {len(lines) - 1}")
        browser.settle()
        expect("frozen", browser.run("Tarn.app.view.index"), 18)
        server.send('{"dropped":7}', "drops")
        browser.wait("document.getElementById('live-facts').textContent"
                     ".includes('7 were dropped')")
        expect("whose connection carries it", "This page comes over 10.9.0.1"
               in text(browser, "#live-facts"), True)
    finally:
        server.close()
        browser.open(pages.url("story"))
        browser.errors.clear()  # of the connection that we have closed


@test
def live_page_asks_for_faults(browser, pages):
    server = LiveServer(pages.page("one-end", lines=0))
    try:
        browser.open(server.url)
        browser.wait("Tarn.app.live.isOpen")
        browser.run("document.getElementById('fault-send').click()")
        browser.wait("document.getElementById('fault-said').textContent"
                     ".includes('✓')")
        browser.run("document.getElementById('pause-others').click()")
        browser.wait("document.getElementById('pause-others')"
                     ".getAttribute('aria-pressed') === 'true'")
        expect("asked", server.asked, [
            ("/_tarn/fault", "drop out data once"),
            ("/_tarn/pause?conn=others", "")])
        browser.run("document.getElementById('fault-what').value = 'corrupt';"
                    "document.getElementById('fault-send').click()")
        browser.wait("document.getElementById('fault-said').textContent"
                     ".includes('✗ not this one')")
        browser.errors.clear()  # Chromium notes the status 400
    finally:
        server.close()
        browser.open(pages.url("story"))
        browser.errors.clear()


@test
def live_page_forgets_the_oldest(browser, pages):
    lines = pages.log("many", "26000").read_text().splitlines()
    server = LiveServer(pages.page("one-end", lines=0))
    try:
        browser.open(server.url)
        browser.wait("Tarn.app.live.isOpen")
        for at in range(0, len(lines), 2000):
            server.send("\n".join(lines[at:at + 2000]))
        total = len(lines) - 1
        browser.wait("Tarn.app.model.events.length + Tarn.app.model.told.gone"
                     f" === {total}", 60)
        browser.settle()
        kept = browser.run("Tarn.app.model.events.length")
        expect("bounded", 30000 < kept <= 50000, True)
        expect("arrows bounded", browser.run(
            "Tarn.app.model.arrows.length") < kept, True)
        expect("said", "older events" in text(browser, "#note"), True)
        worst = browser.run("Math.max(...Tarn.app.view.frameTimes)")
        return f"{kept} of {total} kept, worst frame {worst:.0f} ms"
    finally:
        server.close()
        browser.open(pages.url("story"))
        browser.errors.clear()


def run(browser, function, pages):
    name = function.__name__.replace("_", " ")
    browser.errors.clear()
    try:
        note = function(browser, pages)
        if browser.errors:
            raise AssertionError("console: " + browser.errors[0])
    except (AssertionError, RuntimeError, TimeoutError) as error:
        print(f"not ok {name}: {error}")
        return 1
    print(f"ok {name}" + (f" # {note}" if note else ""), flush=True)
    return 0


def main():
    with tempfile.TemporaryDirectory() as directory:
        pages = Pages(sys.argv[1], directory)
        browser = Browser()
        try:
            failed = sum(run(browser, function, pages) for function in TESTS
                         if not sys.argv[2:] or
                         function.__name__ in sys.argv[2:])
        finally:
            browser.close()
    sys.exit(failed > 0)


main()
