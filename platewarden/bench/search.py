"""Searches in an office with millions of reads, beside a scan of the same reads in the same run.

    platewarden bench search --reads 20000000 --days 90

Each kind of partial plate, three characters known: all plates that answer, by the statement inside the door, beside a parallel scan of all
reads that gives the same answer (plate, last day, days). Then through the pages: sign-in, purpose, access record on disk, door, answer; as
the search page's script asks for it (the part that changes) and as a browser without scripts does (the whole page). A whole
plate over everything that is kept, and a canvass of one kilometre and one hour, through their doors with the record's commit. Everything
warm: each statement runs once before it is timed. The embedded server has no pg_trgm, so it isn't in the comparison.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import psycopg
from psycopg import sql

from platewarden.bench import end_in_order, timed_ms
from platewarden.bench.large import MIDDLE, LargeOffice, large_office
from platewarden.bench.told import told
from platewarden.plate.pattern import Pattern, likes, parse_pattern, with_one_wrong

__all__ = ["Figures", "measure"]

TIMES_FASTER: Final = 500.0
MOST_PAGE_MS, MOST_EXACT_MS, MOST_CANVASS_MS = 50.0, 20.0, 100.0
KINDS: Final = ("prefix", "suffix", "middle", "question", "star", "choice", "any_order", "one_wrong")
AGAINST: Final = {f"{kind}_ms": ("a parallel scan of all reads", f"{kind}_of_all_ms", f"{kind}_times_faster") for kind in KINDS} | {
    "page_p95_ms": ("a commit that waits for the disk", "commit_p95_ms", "")
}


@dataclass
class Figures:
    """Medians of a kind's patterns; p95 of everything else."""

    reads: int
    days: int
    plates: int
    gather_s: float
    prefix_ms: float
    prefix_of_all_ms: float
    prefix_times_faster: float
    suffix_ms: float
    suffix_of_all_ms: float
    suffix_times_faster: float
    middle_ms: float
    middle_of_all_ms: float
    middle_times_faster: float
    question_ms: float
    question_of_all_ms: float
    question_times_faster: float
    star_ms: float
    star_of_all_ms: float
    star_times_faster: float
    choice_ms: float
    choice_of_all_ms: float
    choice_times_faster: float
    any_order_ms: float
    any_order_of_all_ms: float
    any_order_times_faster: float
    one_wrong_ms: float
    one_wrong_of_all_ms: float
    one_wrong_times_faster: float
    answers: dict[str, int]
    """Plates that answer a pattern of a kind, the median."""
    page_p50_ms: float
    page_p95_ms: float
    whole_page_p95_ms: float
    exact_p95_ms: float
    exact_page_p95_ms: float
    canvass_p95_ms: float
    canvass_vehicles: int
    commit_p50_ms: float
    commit_p95_ms: float

    @property
    def is_good(self) -> bool:
        return (
            all(getattr(self, f"{kind}_times_faster") >= TIMES_FASTER for kind in KINDS)
            and self.page_p95_ms <= MOST_PAGE_MS
            and self.exact_p95_ms <= MOST_EXACT_MS
            and self.canvass_p95_ms <= MOST_CANVASS_MS
        )


def measure(reads: int, days: int, patterns: int, compared: int) -> Figures:
    """Fills an office and searches it."""
    chance = random.Random(7)  # noqa: S311 - which plates are asked for
    found: dict[str, Any] = {}
    with large_office(reads, days) as office, office.connect() as owner, office.connect("app") as app:
        wanted = {kind: list(_patterns(kind, chance, office.plates, patterns)) for kind in KINDS}
        answers = {}
        for kind in KINDS:
            ours = [_answering(owner, office, each) for each in wanted[kind]]
            theirs = [_of_all(owner, each) for each in wanted[kind][:compared]]
            for (_, plates), (_, counted) in zip(ours, theirs, strict=False):
                assert plates == counted, f"{kind}: the scan found {counted} plates and the search {plates}"
            ms, of_all_ms = (statistics.median(took for took, _ in each) for each in (ours, theirs))
            answers[kind] = int(statistics.median(many for _, many in ours))
            found |= {f"{kind}_ms": round(ms, 2), f"{kind}_of_all_ms": round(of_all_ms, 1)}
            found[f"{kind}_times_faster"] = round(of_all_ms / ms, 1)
        asked = [str(each[0]) for kind in KINDS if kind != "one_wrong" for each in wanted[kind]]
        pages, whole_pages = [[_page_ms(office, each, part=part) for each in asked] for part in ("found", "")]
        _page_ms(office, office.plates[0]), _exact_ms(office, app, office.plates[1]), _canvass_ms(office, app, chance)  # warm
        exact = chance.sample(office.plates, min(len(office.plates), 10 * patterns))
        exact_ms = [_exact_ms(office, app, each) for each in exact]
        exact_page_ms = [_page_ms(office, each) for each in exact]
        canvass = [_canvass_ms(office, app, chance) for _ in range(3 * patterns)]
        commits = _commits_ms(owner)
    return Figures(
        reads=reads,
        days=days,
        plates=len(office.plates),
        gather_s=round(office.gather_s, 1),
        answers=answers,
        page_p50_ms=round(statistics.median(pages), 1),
        page_p95_ms=_p95(pages),
        whole_page_p95_ms=_p95(whole_pages),
        exact_p95_ms=_p95(exact_ms),
        exact_page_p95_ms=_p95(exact_page_ms),
        canvass_p95_ms=_p95([took for took, _ in canvass]),
        canvass_vehicles=int(statistics.median(many for _, many in canvass)),
        commit_p50_ms=round(statistics.median(commits), 2),
        commit_p95_ms=_p95(commits),
        **found,
    )


def _p95(values: list[float]) -> float:
    return round(sorted(values)[int(0.95 * len(values))], 1)


def _patterns(kind: str, chance: random.Random, plates: list[str], many: int) -> Iterator[tuple[Pattern, ...]]:
    """Parts of plates there are, each once: the pattern, or what else it may have been if one character is wrong."""
    made: set[str] = set()
    while len(made) < many:
        text = chance.choice(plates)
        written = _written(kind, chance, text)
        if written not in made:
            made.add(written)
            yield with_one_wrong(parse_pattern(written)) if kind == "one_wrong" else (parse_pattern(written),)


def _written(kind: str, chance: random.Random, text: str) -> str:
    at = chance.randrange(1, len(text) - 3)
    holes = (f"*{text[at]}?{text[at + 2 : at + 4]}*", f"{text[0]}?{text[2:4]}{'?' * len(text[4:])}")
    return {
        "prefix": f"{text[:3]}*",
        "suffix": f"*{text[-3:]}",
        "middle": f"*{text[at : at + 3]}*",
        "question": chance.choice(holes),
        "star": f"{text[0]}*{text[at + 1 : at + 3]}*",
        "choice": f"{text[:2]}[{text[2]}{'8' if text[2] != '8' else 'B'}]*",
        "any_order": "{" + "".join(chance.sample(text, 3)) + "}",
        "one_wrong": f"{text[:4]}*",
    }[kind]


def _terms(office: LargeOffice, asked: tuple[Pattern, ...]) -> dict[str, Any]:
    searches = [{"grams": each.grams, "likes": each.likes, "one_of": each.one_of} for one in asked for each in one.searches()]
    return {"searches": searches, "from": str(office.days[0]), "to": str(office.days[-1])}


def _answering(owner: psycopg.Connection[Any], office: LargeOffice, asked: tuple[Pattern, ...]) -> tuple[float, int]:
    """Milliseconds of the statement inside the door, and how many plates answer. The better of two, after one that warms."""
    terms = json.dumps(_terms(office, asked))
    took = [
        timed_ms(lambda: owner.execute("select count(*) from plates.answering(%s::jsonb)", [terms]).fetchone()) for _ in range(3)
    ]
    return min(ms for ms, _ in took[1:]), int(took[0][1][0])


def _of_all(owner: psycopg.Connection[Any], asked: tuple[Pattern, ...]) -> tuple[float, int]:
    """The same from all reads, in parallel, without an index."""
    with owner.transaction():
        for setting in ("enable_indexscan", "enable_bitmapscan", "enable_indexonlyscan"):
            owner.execute(f"set local {setting} = off".encode())
        owner.execute("set local max_parallel_workers_per_gather = 2")
        owner.execute("set local min_parallel_table_scan_size = 0")
        owner.execute("set local parallel_setup_cost = 0")
        owner.execute("set local parallel_tuple_cost = 0")
        owner.execute("set local work_mem = '256MB'")
        question = """select count(*) from (select r.plate, max((r.captured_at at time zone 'UTC')::date),
            count(distinct (r.captured_at at time zone 'UTC')::date) from plates.reads r where r.plate like any (%s) group by r.plate) s"""
        every = [like for one in asked for like in likes(one)]
        plan = " ".join(row[0] for row in owner.execute(f"explain {question}".encode(), [every]).fetchall())
        assert "Gather" in plan, f"the scan is not parallel: {plan}"
        took, row = timed_ms(lambda: owner.execute(question.encode(), [every]).fetchone())
    return took, int(row[0])


def _page_ms(office: LargeOffice, plate: str, *, part: str = "found") -> float:
    took, answer = timed_ms(lambda: office.member.send("/reads/search/", part=part, plate=plate, span="all"))
    assert answer.status_code == 200, answer.status_code
    assert answer.headers.get("X-Part", "") == part
    return took


def _exact_ms(office: LargeOffice, app: psycopg.Connection[Any], plate: str) -> float:
    terms = json.dumps(
        {"plate": plate, "from": f"{office.days[0]}T00:00Z", "to": f"{office.days[-1] + timedelta(days=1)}T00:00Z", "limit": 200}
    )
    return timed_ms(lambda: _looked(office, app, "reads.search", "reads_by_plate", terms))[0]


def _canvass_ms(office: LargeOffice, app: psycopg.Connection[Any], chance: random.Random) -> tuple[float, int]:
    since = datetime.combine(chance.choice(office.days[:-1]), datetime.min.time(), UTC) + timedelta(minutes=chance.randrange(1300))
    scene = {
        "lat": MIDDLE[0] + chance.uniform(-0.02, 0.02),
        "lon": MIDDLE[1] + chance.uniform(-0.015, 0.015),
        "radius_m": 1000,
        "corners": None,
        "from": since.isoformat(),
        "to": (since + timedelta(hours=1)).isoformat(),
    }
    terms = json.dumps({"incident": 1, "scenes": [scene], "limit": 500})
    took, rows = timed_ms(lambda: _looked(office, app, "investigations.canvass", "vehicles_around", terms))
    return took, len(rows)


def _looked(office: LargeOffice, app: psycopg.Connection[Any], act: str, door: str, terms: str) -> list[Any]:
    access = office.open_access(app, act, terms)
    return app.execute(sql.SQL("select * from {}(%s)").format(sql.Identifier("plates", door)), [access]).fetchall()


def _commits_ms(owner: psycopg.Connection[Any]) -> list[float]:
    """What a commit alone costs on this disk."""
    return [timed_ms(lambda: owner.execute("select pg_logical_emit_message(true, 'bench', 'x')"))[0] for _ in range(100)]


def main(given: list[str] | None = None) -> int:
    """Prints the figures; 1 when one of them misses what a search is to reach."""
    parser = argparse.ArgumentParser(prog="platewarden bench search", description="Searches beside a scan of all reads.")
    parser.add_argument(
        "--reads", type=int, default=200_000, help="reads that are kept (default 200,000; the mark is for 20,000,000)"
    )
    parser.add_argument("--days", type=int, default=90, help="days they are spread over (default 90)")
    parser.add_argument("--patterns", type=int, default=20, help="patterns of each kind (default 20)")
    parser.add_argument("--compared", type=int, default=2, help="of which so many are counted for, too (default 2)")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    asked = parser.parse_args(given)
    figures = measure(asked.reads, asked.days, asked.patterns, asked.compared)
    print(told("search", figures, as_json=asked.json, against=AGAINST))  # noqa: T201
    return 0 if figures.is_good else 1


if __name__ == "__main__":
    end_in_order()
    sys.exit(main())
