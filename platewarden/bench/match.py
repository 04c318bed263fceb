"""Reads against a list of a million entries and two thousand patterns, beside a SQL join and a naive loop in the same run.

    platewarden bench match [--entries 1000000] [--patterns 2000] [--reads 100000] [--json]

The list is loaded by the office's own act into an office of its own, published as an edition by the worker's own act, and opened by the
car's hot list in a process of its own: what is timed there is the whole question, from what the camera saw to the answers of the one
matcher. Reads have as many other texts as our reader gives for a single photograph: none for two fifths, up to eight. One read in a hundred
has the plate of an entry. The join answers a part of the reads in the office's database, each text with its fold; the naive loop asks the
matcher about every entry, for a few reads, and its time is theirs for one read. All three must find the same answers.
Times in this process are the processor's, for a batch of reads shared out, the median of the batches; the join's are the clock's. Memory
is the kernel's count at its highest, the reads that are asked for included.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import psycopg

from platewarden.bench import end_in_order, timed_s
from platewarden.bench.crash import free_port, tell
from platewarden.bench.told import told
from platewarden.demo import cast
from platewarden.exchange.hotlist_edition import Edition
from platewarden.plate.likeness import fold
from platewarden.plate.match import Candidate, LookedFor, SeenPlate, answers
from platewarden.policy.department import load_department
from platewarden.server.config import ServerConfig
from platewarden.server.database.embedded import EmbeddedServer, ServiceUser
from platewarden.server.database.setup import set_up
from platewarden.unit.hotlist import FILE, Hotlist

__all__ = ["Figures", "measure"]

MOST_US, MOST_MB, MOST_LOAD_S = 5.0, 400.0, 60.0
LETTERS: Final = "ABCDEFGHJKLMNPRSTUVWXYZ"
SIGNS: Final = LETTERS + "0123456789"
LAYOUTS: Final = ("AA#####", "AAA####", "###AAA", "#AAA###", "AAA###", "A######")
STATES: Final = ("IL", "IL", "IL", "WI", "IN", "unknown")
OTHER_TEXTS: Final = (0, 0, 0, 0, 1, 1, 2, 3, 5, 8)
LISTED_ONE_IN: Final = 100
A_BATCH: Final = 250
SOURCE: Final = "A million"
JOIN: Final = """
with text as materialized (select * from bench_text),
pattern as materialized (
    select e.*, translate(plates.fold(e.text), '?*', '_%') as folded, translate(e.text, '?*', '_%') as as_it_stands
    from plates.entries_in_force e where e.is_pattern)
select count(*) from (
    select t.read, e.entry_id from text t join plates.entries_in_force e on not e.is_pattern and e.fold = t.fold
        where (t.is_first or e.text = t.text) and (t.state is null or e.state is null or e.state = t.state)
    union
    select t.read, e.entry_id from text t join pattern e
        on (t.is_first and t.fold like e.folded or not t.is_first and t.text like e.as_it_stands)
        where t.state is null or e.state is null or e.state = t.state) found
"""


@dataclass
class Figures:
    """What a read costs by each of three ways, and what the list costs until it can be asked."""

    entries: int
    patterns: int
    reads: int
    answers: int
    read_us: float
    quickest_batch_us: float
    """Nearest to what a quiet machine would need."""
    by_join_us: float
    join_times_slower: float
    joined_reads: int
    by_loop_us: float
    loop_times_slower: float
    looped_reads: int
    plain_read_us: float
    """The same reads without their other texts."""
    held_mb: float
    own_mb: float
    """Without what is mapped from the edition's file."""
    load_s: float
    publish_s: float
    open_s: float
    """Checked, mapped and made ready in the car."""

    @property
    def is_good(self) -> bool:
        return self.read_us <= MOST_US and self.held_mb <= MOST_MB and self.load_s + self.publish_s <= MOST_LOAD_S


AGAINST: Final = {
    "read_us": ("a join in the database", "by_join_us", "join_times_slower"),
    "plain_read_us": ("the matcher asked about every entry, few reads, scaled", "by_loop_us", "loop_times_slower"),
}


def measure(entries: int, patterns: int, reads: int, joined: int, looped: int) -> Figures:
    """Loads, publishes, and asks in three ways."""
    with tempfile.TemporaryDirectory(prefix="pw-match-", dir="/tmp") as folder:  # a socket needs a short path
        data = Path(folder)
        (data / "list.csv").write_bytes(_list(entries, patterns))
        office = _in_process("office", data, entries=entries, reads=joined)
        car = _in_process("car", data, entries=entries, reads=reads, joined=joined, looped=looped)
    assert car["of_joined"] == office["by_join"], f"the car found {car['of_joined']} answers and the join {office['by_join']}"
    assert car["of_looped"] == car["by_loop"], f"the car found {car['of_looped']} answers and the loop {car['by_loop']}"
    return Figures(
        entries=entries,
        patterns=patterns,
        reads=reads,
        answers=car["answers"],
        read_us=car["read_us"],
        quickest_batch_us=car["quickest_batch_us"],
        by_join_us=office["by_join_us"],
        join_times_slower=round(office["by_join_us"] / car["read_us"], 1),
        joined_reads=joined,
        by_loop_us=car["by_loop_us"],
        loop_times_slower=round(car["by_loop_us"] / car["plain_read_us"]),
        looped_reads=looped,
        plain_read_us=car["plain_read_us"],
        held_mb=car["held_mb"],
        own_mb=car["own_mb"],
        load_s=office["load_s"],
        publish_s=office["publish_s"],
        open_s=car["open_s"],
    )


def _in_process(step: str, folder: Path, **given: int) -> dict[str, Any]:
    """A step in a process of its own: the car's memory is then only the car's."""
    words = [word for name, value in given.items() for word in (f"--{name}", str(value))]
    done = subprocess.run(
        [sys.executable, "-m", "platewarden.bench.match", "--step", step, "--folder", str(folder), *words],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _plate(chance: random.Random) -> str:
    return "".join(chance.choice(LETTERS) if each == "A" else chance.choice("0123456789") for each in chance.choice(LAYOUTS))


def _pattern(chance: random.Random, number: int) -> str:
    """How it begins, how it ends, one character unknown, or its middle: four to six characters known."""
    known = "".join(chance.choices(SIGNS, k=chance.choice((4, 5, 6))))
    return (f"{known}*", f"*{known}", f"{known[:2]}?{known[2:]}", f"*{known}*")[number % 4]


def _listed(entries: int, patterns: int) -> Iterator[tuple[str, str]]:
    """Text and state of every row. The same each time."""
    chance = random.Random(427)  # noqa: S311 - plates, not keys
    for _ in range(entries):
        yield _plate(chance), chance.choice(STATES)
    for number in range(patterns):
        yield _pattern(chance, number), chance.choice(STATES)


def _list(entries: int, patterns: int) -> bytes:
    rows = (f"{text},{state},stolen_vehicle,S{number}" for number, (text, state) in enumerate(_listed(entries, patterns)))
    return "\n".join(["plate,state,category,reference", *rows, ""]).encode()


def _seen(entries: int, reads: int) -> list[SeenPlate]:
    """What cameras saw: the other texts of a read differ from it by one character."""
    chance = random.Random(7)  # noqa: S311
    known = sorted({text for text, _ in _listed(min(entries, 10_000), 0)})
    found = []
    for number in range(reads):
        text = chance.choice(known) if number % LISTED_ONE_IN == 0 else _plate(chance)
        others = {_erred(chance, text): None for _ in range(chance.choice(OTHER_TEXTS))}
        candidates = tuple(Candidate(each, 0.1) for each in others if each != text)
        state = chance.choice(STATES)
        found.append(SeenPlate(text, None if state == "unknown" else state, 0.9, 0.9, candidates))
    return found


def _erred(chance: random.Random, text: str) -> str:
    at = chance.randrange(len(text))
    return text[:at] + chance.choice(SIGNS) + text[at + 1 :]


def _office(folder: Path, entries: int, reads: int) -> dict[str, Any]:
    """An office of its own loads and publishes the list, and its database answers the reads by a join."""
    data = Path(tempfile.mkdtemp(prefix="pw-listed-", dir="/tmp"))  # a socket needs a short path
    try:
        ServiceUser.find(may_create=True, say=tell).claim(data)
        server = EmbeddedServer(data, say=lambda _: None)
        with server.running():
            web = free_port()
            facts = {"web_port": web, "intake_port": free_port(), "public_origin": f"http://localhost:{web}"}
            config = set_up(data, facts=facts, server=server, say=tell)
            found = _published(config, folder)
            login = server.connection_info("owner", config.database.dbname)
            with psycopg.connect(login.conninfo, autocommit=True) as owner:
                found["by_join_us"], found["by_join"] = _joined(owner, _seen(entries, reads))
    finally:
        shutil.rmtree(data, ignore_errors=True)
    return found


def _published(config: ServerConfig, folder: Path) -> dict[str, Any]:
    """Seconds of the two acts; the edition and the office's key lie in the folder then."""
    os.environ.update(
        PLATEWARDEN_DATA=str(config.data), PLATEWARDEN_PROCESS="owner", DJANGO_SETTINGS_MODULE="platewarden.server.settings"
    )
    import django  # noqa: PLC0415 - only now is it known on which data folder

    django.setup()
    from django.db import connections  # noqa: PLC0415

    from platewarden.server.equipment.enrol import office_signing_key  # noqa: PLC0415
    from platewarden.server.hotlists.load import load_list  # noqa: PLC0415
    from platewarden.server.hotlists.publish import edition_file, make_edition_if_asked  # noqa: PLC0415
    from platewarden.server.ledger.write import Signer  # noqa: PLC0415

    players = {each.number: each for each in cast.make_cast(load_department().text)}
    cast.describe_source(SOURCE)
    by = players[cast.SUPERVISOR]
    content = (folder / "list.csv").read_bytes()
    load_s, _ = timed_s(lambda: load_list(content, source_name=SOURCE, by=Signer(by.number, by.name), say=_telling))
    publish_s, edition = timed_s(make_edition_if_asked)
    shutil.copy(edition_file(edition.number), folder / FILE)
    key = office_signing_key()
    (folder / "key").write_bytes(key.public_bytes)
    (folder / "key_id").write_bytes(key.key_id)
    connections.close_all()
    return {"load_s": round(load_s, 1), "publish_s": round(publish_s, 1)}


def _telling(count: int) -> None:
    if count and count % 100_000 == 0:
        tell(f"{count} rows")


def _joined(owner: psycopg.Connection[Any], seen: list[SeenPlate]) -> tuple[float, int]:
    """Microseconds of a read's share, and how many answers there are."""
    owner.execute(
        'create temporary table bench_text (read int, text text collate "C", fold text collate "C", state text, is_first boolean)'
    )
    with owner.cursor().copy("copy bench_text from stdin") as copy:
        for number, each in enumerate(seen):
            for text in (each.text, *(other.text for other in each.candidates)):
                copy.write_row((number, text, fold(text), each.state, text == each.text))
    owner.execute("analyze bench_text")
    owner.execute("vacuum analyze")
    owner.execute("set work_mem = '256MB'")
    owner.execute("set jit = off")
    took, row = timed_s(lambda: owner.execute(JOIN).fetchone())
    assert row is not None
    return round(took / len(seen) * 1e6, 2), int(row[0])


def _car(folder: Path, entries: int, reads: int, joined: int, looped: int) -> dict[str, Any]:
    """The car's hot list, opened and asked."""
    keys = {(folder / "key_id").read_bytes(): (folder / "key").read_bytes()}
    open_s, hotlist = timed_s(lambda: Hotlist(folder, keys.get))
    seen = _seen(entries, reads)
    read_us, quickest_us, found = _asked(hotlist, seen)
    plain_us, _, _ = _asked(hotlist, [SeenPlate(each.text, each.state, each.state_confidence, each.confidence) for each in seen])
    held_mb, own_mb = _memory("VmHWM"), _memory("RssAnon")
    few, at = seen[::LISTED_ONE_IN][:looped], datetime.now(UTC)
    edition = Edition.open(folder / FILE, keys.get)
    looked_for = [LookedFor(each.text, each.is_pattern, each.state) for each in edition.entries()]
    began = time.process_time()
    by_loop = sum(answers(each, one) is not None for each in few for one in looked_for)
    took = time.process_time() - began
    return {
        "open_s": round(open_s, 2),
        "read_us": read_us,
        "quickest_batch_us": quickest_us,
        "plain_read_us": plain_us,
        "answers": found,
        "held_mb": held_mb,
        "own_mb": own_mb,
        "of_joined": sum(len(hotlist.hits(each, at=at)) for each in seen[:joined]),
        "of_looped": sum(len(hotlist.hits(each, at=at)) for each in few),
        "by_loop": by_loop,
        "by_loop_us": round(took / len(few) * 1e6),
    }


def _asked(hotlist: Hotlist, seen: list[SeenPlate]) -> tuple[float, float, int]:
    """Microseconds of a read, the median of the batches and the quickest, and the answers in all."""
    at, found, took = datetime.now(UTC), 0, []
    for start in range(0, len(seen), A_BATCH):
        batch = seen[start : start + A_BATCH]
        repr(batch)  # as fresh as a reading is when it is matched
        began = time.process_time()
        for each in batch:
            found += len(hotlist.hits(each, at=at))
        took.append((time.process_time() - began) / len(batch) * 1e6)
    return round(statistics.median(took), 2), round(min(took), 2), found


def _memory(line: str) -> float:
    lines = dict(each.split(":", 1) for each in Path("/proc/self/status").read_text("ascii").splitlines())
    return round(int(lines[line].split()[0]) / 1000, 1)


def main(given: list[str] | None = None) -> int:
    """Prints the figures; 1 when one of them misses its mark."""
    parser = argparse.ArgumentParser(prog="platewarden bench match", description="Reads against a long list, in three ways.")
    parser.add_argument("--entries", type=int, default=1_000_000, help="whole plates of the list (default 1,000,000)")
    parser.add_argument("--patterns", type=int, default=2_000, help="partial plates of the list (default 2,000)")
    parser.add_argument("--reads", type=int, default=100_000, help="reads that are matched (default 100,000)")
    parser.add_argument("--joined", type=int, default=5_000, help="of which the join takes so many (default 5,000)")
    parser.add_argument("--looped", type=int, default=5, help="of which the naive loop takes so many (default 5)")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    parser.add_argument("--step", choices=("office", "car"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args(given)
    if asked.step == "office":
        print(json.dumps(_office(asked.folder, asked.entries, asked.reads)))  # noqa: T201
        return 0
    if asked.step == "car":
        print(json.dumps(_car(asked.folder, asked.entries, asked.reads, asked.joined, asked.looped)))  # noqa: T201
        return 0
    figures = measure(asked.entries, asked.patterns, asked.reads, min(asked.joined, asked.reads), asked.looped)
    print(told("match", figures, as_json=asked.json, against=AGAINST))  # noqa: T201
    return 0 if figures.is_good else 1


if __name__ == "__main__":
    end_in_order()
    sys.exit(main())
