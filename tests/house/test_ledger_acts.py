"""Every act of the ledger: its sentence, and the one place that writes it."""

from __future__ import annotations

import ast
import re
from collections import defaultdict

from platewarden.server.ledger.acts import Act
from platewarden.server.people.rules import DUTIES, PLATE_DATA
from tests.house.source import SERVER, name_of, shipped, tree

WRITERS = {"record", "open_access"}

# Acts that more than one place writes, with the reason.
TWICE: dict[str, set[str]] = {
    # One function, and its later words: a hold that is compelled stands though nothing is kept.
    "RETENTION_HOLD": {
        "platewarden.server.retention.sql.0002_purge",
        "platewarden.server.retention.sql.0005_compelled",
        "platewarden.server.retention.sql.0007_corrections",
    },
    # The same functions, and their later words: a read is named by every text that it was given.
    "RETENTION_PURGE": {"platewarden.server.retention.sql.0002_purge", "platewarden.server.retention.sql.0007_corrections"},
    "RETENTION_BOOKED": {"platewarden.server.retention.sql.0003_booked", "platewarden.server.retention.sql.0007_corrections"},
    # And what comes with an instrument is neither referred nor approved by the designee.
    "RELEASE_RECEIVE": {"platewarden.server.release.sql.0002_release", "platewarden.server.release.sql.0008_permitted"},
    "RELEASE_REFER": {"platewarden.server.release.sql.0002_release", "platewarden.server.release.sql.0008_permitted"},
    "RELEASE_DECIDE": {"platewarden.server.release.sql.0002_release", "platewarden.server.release.sql.0008_permitted"},
    "RELEASE_GRANT": {"platewarden.server.release.sql.0004_fulfil", "platewarden.server.release.sql.0006_corrections"},
}


def acts_in(node: ast.AST) -> set[str]:
    return {
        each.attr
        for each in ast.walk(node)
        if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name) and each.value.id == "Act"
    }


def is_writer(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and (getattr(node.func, "id", "") or getattr(node.func, "attr", "")) in WRITERS


def written_by(module: ast.Module) -> set[str]:
    """The acts that a module hands to `record` or `open_access`, also by way of a name that it set to one act or another."""
    named = {
        target.id: acts_in(node.value)
        for node in ast.walk(module)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    found: set[str] = set()
    for call in filter(is_writer, ast.walk(module)):
        for given in [*call.args, *(each.value for each in call.keywords)]:
            found |= acts_in(given)
            found |= set().union(*(named.get(each.id, set()) for each in ast.walk(given) if isinstance(each, ast.Name)))
    return found


def writers() -> dict[str, set[str]]:
    places = defaultdict(set)
    for path in shipped(SERVER):
        for act in written_by(tree(path)):
            places[act].add(name_of(path))
    # Some acts are one function of the database, with their line: whoever asks is known there by the key of a sign-in.
    for path in SERVER.rglob("sql/*.sql"):
        for value in re.findall(r"office\.ledger_write\('([a-z_.]+)'", path.read_text("utf-8")):
            places[Act(value).name].add(f"platewarden.server.{path.parents[1].name}.sql.{path.stem}")
    return places


def test_every_act_has_its_sentence() -> None:
    for act in Act:
        assert act.sentence.endswith("."), act.name
        assert act.sentence[0].isupper(), act.name
        assert act.value == act.name.lower().replace("_", ".", 1), act.name
    assert len({act.sentence for act in Act}) == len(Act)


def test_every_act_is_written_in_exactly_one_place() -> None:
    places = writers()
    assert {act.name for act in Act} == set(places), "an act that nobody writes, or an unknown one"
    assert {act: where for act, where in places.items() if len(where) != 1} == TWICE


def test_an_act_is_written_by_the_room_that_it_names() -> None:
    """A car's acts are written at its door; releasing a lock is an act on a person, done where the locks are."""
    elsewhere = {"unit": "unit_api", "people.unlock": "access", "access.refused": "web", "reads.tampered": "unit_api"}
    for name, places in writers().items():
        act = Act[name]
        room = elsewhere.get(act.value) or elsewhere.get(act.value.partition(".")[0]) or act.value.partition(".")[0]
        assert {place.split(".")[2] for place in places} == {room}, name


def test_a_duty_is_asked_for_every_act_that_opens_plate_data() -> None:
    assert set(DUTIES) >= PLATE_DATA
    assert all(DUTIES[act] for act in DUTIES)
