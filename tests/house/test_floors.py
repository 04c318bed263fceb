"""Who may import whom: the floors of .importlinter hold, and what an import cannot show (foreign keys, SQL) follows them."""

from __future__ import annotations

import configparser
import re
import subprocess
import sys
from functools import cache

import grimp
import pytest
from django.apps import apps

from tests.house.source import PACKAGE, ROOT, SERVER, rooms, shipped, short

# SQL that names a table of reads outside its room, each with its reason.
READS_ELSEWHERE = {
    "platewarden/server/alerts/sql/0005_confidential.sql": "the same door, which hides what a confidential source says",
    "platewarden/server/alerts/sql/0002_hits.sql": "the door of the alert card: one statement shows hit, entry and read under one Access",
    "platewarden/server/alerts/sql/0007_held.sql": "the same door, for hits whose read is held, or was purged before them",
    "platewarden/server/retention/sql/0002_purge.sql": "ends their days, and finds what a hold names",
    "platewarden/server/retention/sql/0006_units.sql": "a read that comes after its day, and that a hold names",
    "platewarden/server/investigations/sql/0002_investigations.sql": "the doors of a canvass: reads by place and time",
    "platewarden/server/evidence/sql/0002_evidence.sql": "the door that gives held reads out",
    "platewarden/server/evidence/sql/0003_canvassed.sql": "who looked at them",
    "platewarden/server/release/sql/0004_fulfil.sql": "the door that gives out the reads of an approved request",
    "platewarden/server/retention/sql/0007_corrections.sql": "the same, with what was said of a reading",
    "platewarden/server/investigations/sql/0005_corrections.sql": "the doors of a canvass, by the texts that reads were corrected to",
    "platewarden/server/evidence/sql/0004_corrections.sql": "the door that gives held reads out, with their corrections",
    "platewarden/server/release/sql/0006_corrections.sql": "the doors of a release, with corrections",
    "platewarden/bench/past.py": "asks as the owner which read it just kept, to correct it",
    "platewarden/bench/road.py": "counts as the owner, at the end, what came",
    "platewarden/bench/search.py": "scans all reads as the owner, for the baseline",
    "platewarden/bench/purge.py": "fills days of the past as the owner, and deletes one for the baseline",
    "platewarden/bench/purge_kills.py": "counts as the owner, at the end, what is left",
    "platewarden/bench/crash.py": "counts as the owner, after the server is gone, what survived",
    "platewarden/demo/story.py": "counts as the owner what was kept, for the story's last page",
}
# A module that is neither a page nor an address and imports one all the same.
PAGES_IMPORTED = {
    ("platewarden.server.alerts.look", "platewarden.server.reads.views"): "an alert shows its read as the read's own page does",
}


@cache
def floor_of() -> dict[str, int]:
    """Rooms and their floor, from the contract itself; the highest number is the top floor."""
    contract = configparser.ConfigParser()
    contract.read(ROOT / ".importlinter")
    layers = contract["importlinter:contract:rooms"]["layers"].split("\n")
    floors = [[room.strip() for room in layer.split("|")] for layer in layers if layer.strip()]
    return {room: len(floors) - number for number, floor in enumerate(floors) for room in floor}


def test_every_contract_of_the_floors_is_kept() -> None:
    seen = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-logo", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert seen.returncode == 0, seen.stdout


def test_every_room_stands_on_a_floor() -> None:
    assert {room.name for room in rooms()} <= set(floor_of())


def uphill(relations) -> list[str]:
    """Foreign keys are strings, so the import floors are blind to them."""
    floors = floor_of()
    return [f"{source} -> {target}" for source, target in relations if floors[source] < floors[target]]


def test_foreign_keys_go_downstairs() -> None:
    ours = [model for model in apps.get_models() if model.__module__.startswith("platewarden.")]
    assert ours
    relations = [
        (model._meta.app_label, field.related_model._meta.app_label)
        for model in ours
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model.__module__.startswith("platewarden.")
    ]
    assert relations
    assert not uphill(relations)
    assert uphill([("people", "alerts")]) == ["people -> alerts"], "the inspection itself sees an uphill key"


@pytest.mark.parametrize(
    ("table", "room", "elsewhere"),
    [
        (r"plates\.(reads|plate_seen)\b", "reads", set(READS_ELSEWHERE)),
        (
            r"plates\.(hotlist_entry)\b",
            "hotlists",
            {"platewarden/server/alerts/sql/0002_hits.sql", "platewarden/server/alerts/sql/0005_confidential.sql"}
            | {"platewarden/server/alerts/sql/0008_vehicle.sql"}
            | {f"platewarden/server/retention/sql/{each}.sql" for each in ("0002_purge", "0004_gathered", "0007_corrections")},
        ),  # the card's one statement; the purge of what is in force no more
        # Written and changed nowhere else; counted by `status`, pointed at by the access record, counted by the story.
        (r"(insert into|update|delete from|truncate) office\.ledger_", "ledger", set()),
    ],
)
def test_only_a_room_itself_names_its_tables(table: str, room: str, elsewhere: set[str]) -> None:
    named = {
        short(path)
        for path in [*shipped(), *PACKAGE.rglob("*.sql")]
        if re.search(table, path.read_text("utf-8")) and SERVER / room not in path.parents
    }
    assert named == elsewhere


def test_no_act_imports_a_page() -> None:
    graph = grimp.build_graph("platewarden", cache_dir=None)
    doors = {"views", "urls", "forms"}
    found = set()
    for module in graph.modules:
        parts = module.split(".")
        if parts[:2] != ["platewarden", "server"] or len(parts) != 4 or parts[3] in doors | {"tests", "testing"}:
            continue
        found |= {(module, used) for used in graph.find_modules_directly_imported_by(module) if used.split(".")[-1] in doors}
    wanted = set(PAGES_IMPORTED)
    assert {pair for pair in found if pair[0].split(".")[2] not in ("web", "unit_api")} == wanted
