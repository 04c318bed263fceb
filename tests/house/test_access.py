"""The key: what returns plate data takes an `Access`, a door is called with one, and the few named ways without are listed.

The database asks for the same key (its attack list is in platewarden/server/database/tests); this looks at the code that a
reviewer would have to find by hand. Types say what is plate data: a function without a return type is caught by mypy.
"""

from __future__ import annotations

import ast
import re

from tests.house.source import SERVER, name_of, shipped, short, tree

PLATE_DATA = {"PlateRead", "PlateSeen", "Card", "Shown", "ListedEntry"}

# Functions of the database that give plates, or parts of them, without an access record; each for one login only.
DOORS_WITHOUT_ACCESS = {
    "propose": "matching a read that just came in: the intake's login, match parts only",
    "entries_by_id": "matching what a unit found with an older edition: the intake's login, match parts only",
    "edition_entries": "making an edition for the units: the worker's login, match parts only",
}
# Functions of the database that write, or say yes or no.
DOORS_THAT_GIVE_NOTHING = {
    "add_entries",
    "begin_gathering",
    "ensure_span",
    "gather_is_due",
    "keep_held",
    "keep_return",
    "keep_track",
    "note_late",
    "write_alert_note",
    "write_corrected_hit",
    "write_hit",
}
# Functions of the database that no login may call but the owner's: opening a day of the past, ending one again after a restore.
OWNERS_ALONE = {"make_span", "end_again"}
# Functions of the database that give days, counts, ids of reads and where pictures lie; no plate.
DOORS_THAT_COUNT = {
    "load_changes",
    "ran_out_since",
    "days_kept",
    "days_due",
    "purge_preview",
    "held_of_day",
    "hold_notice",
    "end_day",
    "end_released",
    "end_tracks",
    "gather",
}


def functions():
    for path in shipped(SERVER):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield path, node


def names_in(annotation: ast.AST | None) -> set[str]:
    if annotation is None:
        return set()
    return set(re.findall(r"[A-Za-z_]\w*", ast.unparse(annotation)))


def given(node: ast.FunctionDef) -> set[str]:
    every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return set().union(*(names_in(each.annotation) for each in every))


def test_whatever_returns_plate_data_takes_an_access_or_plate_data_itself() -> None:
    """A private function that turns a door's row into an object has its row from a function that took the Access."""
    without = {
        f"{name_of(path)}.{node.name}"
        for path, node in functions()
        if names_in(node.returns) & PLATE_DATA and not given(node) & {"Access", *PLATE_DATA} and not node.name.startswith("_")
    }
    assert without == {
        "platewarden.server.reads.search.from_row",  # makes a read of a door's row
        "platewarden.server.reads.search.purged",  # of what a door says of an alert whose read is gone
    }


def test_access_comes_first() -> None:
    late = [
        f"{short(path)}: {node.name}"
        for path, node in functions()
        if "Access" in given(node) and "Access" not in names_in(node.args.args[0].annotation)
    ]
    assert not late


def test_a_door_is_called_with_an_access_and_nothing_else() -> None:
    for path, node in functions():
        for call in ast.walk(node):
            if not (isinstance(call, ast.Call) and getattr(call.func, "id", "") == "through_door"):
                continue
            assert isinstance(call.args[0], ast.Name), short(path)
            opened_here = any(
                isinstance(each, ast.Assign)
                and getattr(each.targets[0], "id", "") == call.args[0].id
                and isinstance(each.value, ast.Call)
                and getattr(each.value.func, "id", "") == "open_access"
                for each in ast.walk(node)
            )
            assert "Access" in given(node) or opened_here, f"{short(path)}: {node.name}"
            assert isinstance(call.args[1], ast.Constant), "a door is named in the code, never by input"


def test_functions_of_the_database_called_without_an_access_are_those_on_the_lists() -> None:
    called = {name for path in shipped(SERVER) for name in re.findall(r"\bplates\.([a-z_]+)\(", path.read_text("utf-8"))}
    rooms = {"reads", "hit", "plate_seen"}  # tables in `insert into plates.reads (...)`
    from_grants = {
        name
        for path in [SERVER / "database" / "grants.py"]
        for name in re.findall(r'"plates\.([a-z_]+)\(', path.read_text("utf-8"))
    }
    assert called - rooms - from_grants == OWNERS_ALONE
    elsewhere = {
        name
        for path in shipped(SERVER)
        if path.parent.name != "database"
        for name in re.findall(r"\bplates\.([a-z_]+)\(", path.read_text("utf-8"))
    }
    assert elsewhere - rooms == set(DOORS_WITHOUT_ACCESS) | DOORS_THAT_GIVE_NOTHING | DOORS_THAT_COUNT | {"end_again"}


def test_only_the_desk_makes_an_access() -> None:
    makers = {
        name_of(path)
        for path in shipped(SERVER)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Access"
    }
    assert makers == {"platewarden.server.access.desk"}


def test_no_table_with_a_plate_is_a_model() -> None:
    """ORM rows hold ids, times and states: no field of a model is named like what was read."""
    from django.apps import apps

    fields = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("platewarden.")
        for field in model._meta.get_fields()
        if re.search(r"plate|pattern|candidate|picture|\btext_read", field.name)
    }
    assert not fields
