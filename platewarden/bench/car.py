"""One car of a bench: the unit's real recorder, spool and transfer, without a camera. Also a program that is killed.

    python -m platewarden.bench.car DATA [--pause-ms 20]

It keeps made-up reads until it is told to stop, says each number once the spool has it ("kept 7"), and carries them up
meanwhile, as a run of the unit does. SIGTERM: no more reads; it ends when the office has receipted the last.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from platewarden.bench.report import plain_report
from platewarden.exchange.read_report import Picture
from platewarden.exchange.seal import SigningKey
from platewarden.unit.config import load_config
from platewarden.unit.enrolment import SPOOL, load_enrolment
from platewarden.unit.holds import Holds
from platewarden.unit.hotlist import Hotlist
from platewarden.unit.journal import Journal
from platewarden.unit.link import Link
from platewarden.unit.roster import Roster
from platewarden.unit.spool import Draft, Spool
from platewarden.unit.tasks import Tasks
from platewarden.unit.transfer import Transfer

__all__ = ["draft_of", "parts"]

LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"


def draft_of(key: SigningKey, at: datetime, chance: random.Random, text: str = "", *, pictures: tuple[Picture, ...] = ()) -> Draft:
    """A made-up read of this moment; of the plate `text`, a hit, when one is named."""
    is_hit = bool(text) or chance.random() < 0.05
    text = text or "".join(chance.choices(LETTERS, k=7))

    def write(sequence: int) -> bytes:
        return plain_report(key.key_id, sequence, at, text, pictures=pictures).signed(key)

    return Draft("read", write, urgency=0 if is_hit else 2)


@contextmanager
def parts(
    data: Path,
    *,
    clock: Callable[[], datetime],
    seconds: Callable[[], float] | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Iterator[Transfer]:
    """The unit's own parts on a data folder, put together as a run does."""
    config = load_config(data)
    enrolment = load_enrolment(data, config)
    spool_ = Spool.open(data / SPOOL, seal=enrolment.seal, limit_bytes=config.spool_limit_mb * 1_000_000)
    with closing(spool_) as spool, Link(config.server) as link:
        transfer = Transfer(
            link,
            enrolment,
            spool,
            Journal(spool, enrolment.key),
            Hotlist(data, enrolment.find_key),
            Roster(data, enrolment.find_key),
            Tasks(data, enrolment.find_key, spool, enrolment.key),
            Holds(data, enrolment.find_key, enrolment.key.key_id),
            clock,
            random.SystemRandom(),
            say,
            longest_wait_s=0.2,
        )
        if seconds is not None:
            transfer.seconds = transfer.trusted.seconds = seconds
        yield transfer


def drive(data: Path, *, pause_s: float) -> None:
    """Until SIGTERM, then until everything is receipted."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    chance = random.Random()  # noqa: S311 - plates for a bench, not keys
    with parts(data, clock=lambda: datetime.now(UTC)) as transfer:
        is_done = threading.Event()

        def carry() -> None:
            while not (is_done.is_set() and not transfer.spool.counts().unsent):
                transfer.round()
                time.sleep(0.01)

        carrier = threading.Thread(target=carry, daemon=True)
        carrier.start()
        while not stop.is_set():
            (number,) = transfer.spool.keep([draft_of(transfer.enrolment.key, datetime.now(UTC), chance)], at=datetime.now(UTC))
            print(f"kept {number}", flush=True)  # noqa: T201 - the one who kills it reads along
            stop.wait(pause_s)
        is_done.set()
        carrier.join()


def main(given: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m platewarden.bench.car", description="A car that makes reads and carries them up."
    )
    parser.add_argument("data", type=Path, help="the unit's own folder")
    parser.add_argument("--pause-ms", type=float, default=20.0, help="between two reads (default 20)")
    asked = parser.parse_args(given)
    drive(asked.data, pause_s=asked.pause_ms / 1000)
    return 0


if __name__ == "__main__":
    sys.exit(main())
