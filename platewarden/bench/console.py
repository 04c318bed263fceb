"""From a hit in the car to the open console at the office, while a whole day's reads wait in the car's spool.

    python -m platewarden.bench.console --backlog-hours 24 --hits 60 [--json]

A real office (pages, door for cars, worker, embedded database with fsync), a real Chromium with the console open and a member signed
on, and a unit's own spool and transfer: so many simulated hours at 1,000 reads an hour wait when it comes back into reach, one in
twenty a hit of the car. While they go up, a hit of a listed plate is captured every second or two; it has come when the console shows
its plate. Baseline: the same with nothing in the spool.

Recognition is not in it (`bench.alarm` has it): a read's capture is the moment at which the spool is handed it.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from platewarden.bench import end_in_order
from platewarden.bench.browser import chromium, first_seen, listen
from platewarden.bench.car import draft_of, parts
from platewarden.bench.told import told
from platewarden.demo import cast
from platewarden.demo.story import SHIFT, prepare_office, stage
from platewarden.demo.visitor import Visitor
from platewarden.unit.transfer import Transfer

__all__ = ["Shown", "console"]

MOST_S: Final = 3.0
READS_AN_HOUR: Final = 1000


@dataclass
class Shown:
    """What came of it. `p99_s` is to be at most three seconds."""

    backlog: int
    hits: int
    shown: int
    p50_s: float
    p99_s: float
    longest_s: float
    waiting_at_the_end: int
    """Reads of the backlog that were still in the car after the last hit: it was never empty."""
    p99_without_backlog_s: float

    @property
    def is_whole(self) -> bool:
        return self.shown == self.hits > 0 and self.p99_s <= MOST_S and (self.waiting_at_the_end > 0 or not self.backlog)


def console(*, hours: float, hits: int, pause_s: tuple[float, float] = (0.5, 1.5)) -> Shown:
    """Sets an office up, lets the hits come without a backlog and with one, and times both."""
    chance = random.Random(427)  # noqa: S311 - plates for a bench, not keys
    plates = [f"{''.join(chance.choices('ABCDEFGHJKLMNP', k=3))}{number:04}" for number in range(1000, 1000 + 2 * hits)]
    with ExitStack() as last:
        at = last.enter_context(stage(None, lambda *_: None))
        people = {number: last.enter_context(Visitor(at.config.public_origin, player)) for number, player in at.players.items()}
        for number in (cast.SUPERVISOR, cast.DESIGNEE, cast.INVESTIGATOR, cast.OPERATOR):
            people[number].sign_in()
        unit = prepare_office(at, people[cast.SUPERVISOR], people[cast.DESIGNEE], people[cast.INVESTIGATOR], lambda *_: None)
        listed = [*plates, *(f"QQQ{number}" for number in range(1000, 1040))]  # no shorter than the list before it
        rows = "\n".join(["plate,state,category,reference", *(f"{each},CA,stolen_vehicle,SV-1" for each in listed)])
        supervisor = people[cast.SUPERVISOR]
        supervisor.must_move(
            supervisor.send("/lists/load/", source=cast.LIST_SOURCE, upload=("stolen.csv", rows.encode())), "loading a list"
        )
        people[cast.OPERATOR].state_purpose("routine-patrol", SHIFT)
        page = last.enter_context(_console(at.config.public_origin, people[cast.OPERATOR]))
        transfer = last.enter_context(parts(unit, clock=lambda: datetime.now(UTC)))
        last.enter_context(_carrying(transfer))
        calm = _delays(page, transfer, plates[:hits], chance, pause_s)
        backlog = _fill(transfer, hours, chance)
        delays = _delays(page, transfer, plates[hits:], chance, pause_s)
        waiting = transfer.spool.counts().unsent
    return Shown(
        backlog=backlog,
        hits=hits,
        shown=len(delays),
        p50_s=_at(delays, 0.5),
        p99_s=_at(delays, 0.99),
        longest_s=_at(delays, 1.0),
        waiting_at_the_end=waiting,
        p99_without_backlog_s=_at(calm, 0.99),
    )


def _at(delays: list[float], share: float) -> float:
    return round(sorted(delays)[min(len(delays) - 1, int(share * len(delays)))], 3) if delays else 0.0


@contextmanager
def _console(origin: str, member: Visitor) -> Iterator[Any]:
    """The member's console, open in a browser."""
    with chromium() as browser:
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": name, "value": value, "url": origin} for name, value in member.http.cookies.items()])
        page = context.new_page()
        page.goto(f"{origin}/alerts/")
        page.locator("[data-alerts]").wait_for(state="attached")
        listen(page, "[data-alert]", data="said")
        yield page


@contextmanager
def _carrying(transfer: Transfer) -> Iterator[None]:
    """The transfer, in a thread of its own as in a run."""
    is_done = threading.Event()

    def carry() -> None:
        with suppress(RuntimeError):  # the line was closed under it, at the end
            while not is_done.is_set():
                transfer.round()
                is_done.wait(0.05)

    carrier = threading.Thread(target=carry, daemon=True)
    carrier.start()
    try:
        yield
    finally:
        is_done.set()
        transfer.link.close()
        carrier.join(30)


def _fill(transfer: Transfer, hours: float, chance: random.Random) -> int:
    """The reads of the hours without a network. The transfer is at them already while they are made."""
    reads, now = round(hours * READS_AN_HOUR), datetime.now(UTC) - timedelta(minutes=10)
    for number in range(reads):
        moment = now - timedelta(hours=hours) + timedelta(hours=number / READS_AN_HOUR)
        transfer.spool.keep([draft_of(transfer.enrolment.key, moment, chance)], at=moment)
    return reads


def _delays(page: Any, transfer: Transfer, plates: list[str], chance: random.Random, pause_s: tuple[float, float]) -> list[float]:
    """One hit after the other; seconds until each stood on the console. What has not come after half a minute is left out."""
    captured: dict[str, float] = {}
    for plate in plates:
        captured[plate] = time.time()
        at = datetime.now(UTC)
        transfer.spool.keep([draft_of(transfer.enrolment.key, at, chance, text=plate)], at=at)
        page.wait_for_timeout(1000 * chance.uniform(*pause_s))
    until = time.monotonic() + 30
    while True:
        seen = {plate: at for said, at in first_seen(page).items() for plate in re.findall(r"[A-Z]{3}\d{4}", said)}
        if captured.keys() <= seen.keys() or time.monotonic() > until:
            return [seen[plate] - at for plate, at in captured.items() if plate in seen]
        page.wait_for_timeout(200)


def main(given: list[str] | None = None) -> int:
    """Prints the figures; 1 if a hit in a hundred took longer than three seconds, or one never came."""
    parser = argparse.ArgumentParser(
        prog="python -m platewarden.bench.console", description="From a hit in the car to the console, with a backlog."
    )
    parser.add_argument("--backlog-hours", type=float, default=24.0, help="hours at 1,000 reads that wait in the car (default 24)")
    parser.add_argument("--hits", type=int, default=60, help="hits that are timed, with and without (default 60)")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    asked = parser.parse_args(given)
    found = console(hours=asked.backlog_hours, hits=asked.hits)
    print(told("console", found, as_json=asked.json))  # noqa: T201
    return 0 if found.is_whole else 1


if __name__ == "__main__":
    end_in_order()
    sys.exit(main())
