"""From the frame in which a plate can first be read to its alarm on the car's own screen: a real unit, a real browser, no office.

    python -m platewarden.bench.alarm --seconds 120 --passages 60 [--json]

The unit is a run as `unit run --screen` makes it, held to one processor: a filmed street (`demo/street.py`) played as it was filmed,
recognition, tracker, matcher, the journal's line on the disk, the spool, the screen's server. Chromium is signed on at the
screen, and runs on the others. Every plate of the film is on the list, among 100,000 others. The office is out of reach.

An alarm has come when the plate, as it was read, stands in the page as a card or among the further alerts. The film's first frame is
taken to be as late as recognition's earliest start says; decoding it, a few milliseconds, is not counted. A plate is readable as `bench.passages` says.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from platewarden.bench import end_in_order
from platewarden.bench.browser import chromium, first_seen, listen
from platewarden.bench.parked import MEMBER, entry, park
from platewarden.bench.passages import is_readable
from platewarden.bench.told import told
from platewarden.demo.street import Street, film
from platewarden.recognition import recognizer
from platewarden.recognition.picture import Picture
from platewarden.recognition.result import Reading, Unreadable
from platewarden.recognition.weights import keep_numpy_to
from platewarden.unit.config import CameraConfig
from platewarden.unit.run import run_shift
from platewarden.unit.screen.serve import free_port

__all__ = ["Alarms", "alarms"]

MOST_S: Final = 1.0
OTHERS: Final = 100_000
LETTERS: Final = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"


@dataclass
class Alarms:
    """What came of it. `p99_s` is to be under a second."""

    seconds: float
    fps: int
    readable: int
    alarms: int
    p50_s: float
    p99_s: float
    longest_s: float
    frames_looked_at: float
    """The share of the film's frames that recognition took."""

    @property
    def is_whole(self) -> bool:
        return self.alarms >= 0.99 * self.readable > 0 and self.p99_s < MOST_S


class Timed:
    """The unit's own engine, which writes down when it began with which frame."""

    name = "platewarden"

    def __init__(self, engine: recognizer.Engine, path: Path) -> None:
        self._engine, self._file = engine, path.open("a", buffering=1)

    def recognise(self, picture: Picture) -> tuple[Reading | Unreadable, ...]:
        self._file.write(f"{picture.name.rpartition(' ')[2]} {time.time():.4f}\n")
        return self._engine.recognise(picture)


def open_engine(threads: int) -> Timed:
    """What the driven unit calls its engine."""
    return Timed(recognizer.open_engine("platewarden", threads=threads), Path(os.environ["PW_BENCH_TIMES"]))


def alarms(*, seconds: float, passages: int, fps: int = 15, seed: int = 427, others: int = OTHERS) -> Alarms:
    """Films, parks, drives and watches."""
    street, chance = Street(seed, seconds=seconds, passages=passages, fps=fps), random.Random(seed)  # noqa: S311
    with tempfile.TemporaryDirectory(prefix="pw-alarm-") as folder:
        at = Path(folder)
        film(at / "street.mp4", street)
        wanted = sorted({each.text for each in street.passings})
        rows = [entry(text) for text in wanted] + [entry("".join(chance.choices(LETTERS, k=8)), "IL") for _ in range(others)]
        camera = CameraConfig(name="front", source=str(at / "street.mp4"), paced=True, frames_per_s=float(fps))
        secret = park(at / "car", [camera], rows)
        seen = _drive(at, secret, seconds)
        read = _read_as(at / "said")
        times = [(int(number), float(began)) for number, began in map(str.split, (at / "times").read_text().splitlines())]
    zero = min(began - (number - 1) / fps for number, began in times)
    readable = [each for each in street.passings if is_readable(each, fps)]
    came = [
        (each, min(seen[text] for text in read.get(each.text, ()) if text in seen))
        for each in readable
        if read.get(each.text, set()) & seen.keys()
    ]
    delays = sorted(max(0.0, at_s - zero - each.readable[0] / fps) for each, at_s in came)
    return Alarms(
        seconds=seconds,
        fps=fps,
        readable=len(readable),
        alarms=len(delays),
        p50_s=round(delays[len(delays) // 2], 3) if delays else 0.0,
        p99_s=round(delays[min(len(delays) - 1, int(0.99 * len(delays)))], 3) if delays else 0.0,
        longest_s=round(delays[-1], 3) if delays else 0.0,
        frames_looked_at=round(len(times) / street.frames_count, 3),
    )


def _drive(at: Path, secret: str, seconds: float) -> dict[str, float]:
    """The unit on one processor and the browser on the others, until the film is over; when each plate stood in the page."""
    processors, port = sorted(os.sched_getaffinity(0)), free_port()
    with (at / "said").open("wb") as said:
        unit = subprocess.Popen(
            [sys.executable, "-m", "platewarden.bench.alarm", "--drive", str(at / "car"), "--port", str(port)],
            env={**os.environ, "PW_BENCH_TIMES": str(at / "times"), "OMP_NUM_THREADS": "1"},
            stdout=subprocess.DEVNULL,
            stderr=said,
        )
    try:
        os.sched_setaffinity(unit.pid, processors[:1])
        os.sched_setaffinity(0, processors[1:] or processors)
        return _watch(f"http://127.0.0.1:{port}", secret, seconds, unit)
    finally:
        os.sched_setaffinity(0, processors)
        unit.terminate()
        unit.wait(30)


def _watch(address: str, secret: str, seconds: float, unit: subprocess.Popen[bytes]) -> dict[str, float]:
    from playwright.sync_api import Error  # noqa: PLC0415 - only `make bench` brings it

    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1024, "height": 600})
        until = time.monotonic() + 60
        while True:
            try:
                page.goto(address)
                break
            except Error:
                if unit.poll() is not None or time.monotonic() > until:
                    raise
                time.sleep(0.2)
        page.get_by_label("Member number").fill(MEMBER)
        page.get_by_label("Shift secret").fill(secret)
        page.locator("input[name=purpose][value=routine-patrol]").check(force=True)
        page.locator("main button[type=submit]").click()
        page.locator("[data-view=home], [data-view=card]").first.wait_for()
        listen(page, "h1.plate, .queued b")
        time.sleep(seconds + 6)
        return first_seen(page)


def _read_as(said: Path) -> dict[str, set[str]]:
    """Plate of the list -> the texts that its alerts showed, as the unit said on its terminal."""
    read: dict[str, set[str]] = {}
    for line in said.read_text().splitlines():
        if line.startswith("{") and "alert" in (told := json.loads(line)):
            read.setdefault(told["listed"], set()).add(told["text"])
    return read


def drive(data: Path, port: int) -> None:
    """In a process of its own: a run of the unit as its command makes it, with an engine that tells its times. Until SIGTERM."""
    keep_numpy_to(1)
    recognizer.ENGINES["timed"] = "platewarden.bench.alarm"
    run_shift(
        data,
        None,
        None,
        engine="timed",
        once=False,
        wait_s=0.0,
        clock=lambda: datetime.now(UTC),
        timer=time.monotonic,
        chance=random.SystemRandom(),
        screen=sys.stderr,
        as_json=True,
        screen_port=port,
        told_to_stop=_at_sigterm,
    )


def _at_sigterm(stop: Callable[[], None]) -> None:
    signal.signal(signal.SIGTERM, lambda *_: stop())


def main(given: list[str] | None = None) -> int:
    """Prints the figures; 1 if an alarm in a hundred came later than a second, or one is missing."""
    parser = argparse.ArgumentParser(
        prog="python -m platewarden.bench.alarm", description="From a readable plate to the alarm on the car's screen."
    )
    parser.add_argument("--seconds", type=float, default=120.0, help="length of the film (default 120)")
    parser.add_argument("--passages", type=int, default=60, help="cars in it (default 60)")
    parser.add_argument("--fps", type=int, default=15, help="frames a second (default 15)")
    parser.add_argument("--seed", type=int, default=427, help="another seed, another film")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    parser.add_argument("--drive", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args(given)
    if asked.drive:
        drive(asked.drive, asked.port)
        return 0
    end_in_order()
    found = alarms(seconds=asked.seconds, passages=asked.passages, fps=asked.fps, seed=asked.seed)
    print(told("alarm", found, as_json=asked.json))  # noqa: T201
    return 0 if found.is_whole else 1


if __name__ == "__main__":
    sys.exit(main())
