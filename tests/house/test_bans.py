"""What is not done in this house: signals, a second clock, drawers for everything, words that mean something else here."""

from __future__ import annotations

import ast
import re
import subprocess
import sys

import pytest

from tests.house.source import PACKAGE, ROOT, name_of, shipped, short, tracked, tree

NO_NAME_FOR_A_FILE = {"utils", "util", "helpers", "helper", "common", "base", "misc", "manager", "service", "core"}

# The right column of house.md 2.1, as far as a name in code can be judged by its words alone. `client`, `status`, `result`,
# `request`, `record`, `lock`, `log` and `session` are words of libraries and of machines too; people judge those in review.
BANNED_WORDS = {
    "scan", "capture", "guess", "watchlist", "blacklist", "whitelist", "wildcard", "device", "sweep", "notification", "admin",
    "archive", "cleanup", "upload", "rejection", "ack", "cache", "sync", "driver", "manager", "preserve", "misc", "utils",
}  # fmt: skip
NAMES_OF_OTHERS = {
    "send_notification_mail": "a method of the sign-in library, closed here",
    "LIST_MANAGER": "the department's duty",
    "MANAGERS": "those who manage, in the clause's own words",
    "upload": "demo/visitor.py sends a form as a browser does",
}
BANNED_ON_PAGES = {
    "watchlist",
    "blacklist",
    "whitelist",
    "wildcard",
    "superuser",
    "device",
    "scan",
    "rejection",
    "username",
    "user",
    "account",
}

# Nobody catches our errors but one translator a door; these catch one of them for a stated purpose.
CATCHES = {
    "platewarden.cli.main": "translator of the command line",
    "platewarden.cli.witness": "the loop: a place that is not reached or gives half a file is said, and asked again",
    "platewarden.server.web.translator": "translator of the pages; the shell itself may be unavailable",
    "platewarden.server.web.watch": "a token that is not there, or that others may read, is no token: there is no such page",
    "platewarden.server.hotlists.forms": "a field's fault is shown at the field",
    "platewarden.server.alerts.forms": "a field's fault is shown at the field",
    "platewarden.server.reads.forms": "a field's fault is shown at the field",
    "platewarden.cli.hotlist": "a refused list's report is written, and the refusal goes on",
    "platewarden.server.hotlists.entry": "the sentence repeats what was written, which in a list may be a plate",
    "platewarden.server.hotlists.inbox": "nobody waits for the answer: a refused list is reported, and the others are asked",
    "platewarden.server.hotlists.parse": "a line's fault is one of a list of faults",
    "platewarden.server.hotlists.views": "the faults of a list are shown line by line",
    "platewarden.server.database.embedded": "a server that does not answer yet is asked again",
    "platewarden.transparency.checkpoint": "a note that does not open is no checkpoint: None, as the face says",
    "platewarden.server.unit_api.media": "one bad manifest of a medium is said, the others are taken",
    "platewarden.unit.doctor": "what is refused is a line of the report",
    "platewarden.unit.link": "translator of the line to the office: what is not our wire is not believed",
    "platewarden.unit.pairing": "a damaged file is no pairing that could be ended or written down",
    "platewarden.unit.screen.paired": "the loop: why no laptop is answered is said, and looked at again",
    "platewarden.unit.place": "a line of a receiver that is not understood is counted",
    "platewarden.unit.run": "a refused sign-on is journaled, then said",
    "platewarden.unit.screen.app": "translator of the car's screen",
    "platewarden.unit.status": "what cannot be looked at is a line of the screen",
    "platewarden.unit.stick": "Another stick may hold a whole key; and no path is made of what is no number.",
    "platewarden.unit.tasks": "a full disk keeps a track waiting, and is said by the recorder",
    "platewarden.unit.transfer": "an answer not to be believed leaves the spool as it was",
    "platewarden.unit.watch": "the loop: counts, says so, goes on",
    "platewarden.server.proof.check": "an edition of the policy that nobody can read is told by the check, and does not end it",
    "platewarden.server.proof.shipped": "roles that can do more than they should are a finding",
    "platewarden.server.retention.forms": "what is not a plate or not a moment stands at its field",
    "platewarden.server.retention.views": "what the policy refuses stands on the form, which keeps what was filled in",
    "platewarden.server.access.forms": "a field's fault is shown at the field",
    "platewarden.server.people.training_file": "a line's fault is one of a list of faults",
    "platewarden.server.people.views": "what cannot be stands on the form, which keeps what was filled in",
    "platewarden.server.alerts.stops": "what is wrong with a line is counted with the others: the file is refused with all of them",
    "platewarden.server.alerts.views": "what is wrong with a file of stops stands at the file",
    "platewarden.server.investigations.forms": "a field's fault is shown at the field",
    "platewarden.server.investigations.views": "what cannot be stands on the form, which keeps what was filled in",
    "platewarden.server.release.forms": "a wrong plate or a time that is none stands at its field",
    "platewarden.server.release.views": "what is no request stands on the form, which keeps what was filled in",
    "platewarden.server.audits.views": "what cannot be stands on the form, which keeps what was filled in",
    "platewarden.server.complaints.forms": "a hold that says too little stands at its field",
    "platewarden.server.complaints.views": "what cannot be stands on the form, which keeps what was filled in",
    "platewarden.server.evidence.views": "an item number that is taken stands on the form, which keeps what was filled in",
    "platewarden.demo.story": "an operator's refusal is part of the story",
}
CATCHES_EVERYTHING = {
    "platewarden.unit.watch": "the loop: counts, says so, goes on",
    "platewarden.unit.video": "a camera's thread: says so, opens it again",
    "platewarden.server.jobs": "the loop: counts, says so, asks again",
    "platewarden.exchange.wire": "whatever the CBOR library raises on a stranger's bytes is Malformed",
    "platewarden.bench.crash": "a server that is being killed may say anything",
}
OUR_ERRORS = {"PlatewardenError", "Refused", "Unknown", "Stale", "Malformed", "Unavailable", "Tampered", "ListRefused"}


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("from django.db.models.signals import post_save", "TID251"),
        ("from django.dispatch import receiver", "TID251"),
        ("from django.utils.timezone import now", "TID251"),
        ("from datetime import datetime\nmoment = datetime.now()", "DTZ005"),
        ("from datetime import datetime\nmoment = datetime.utcnow()", "DTZ003"),
    ],
)
def test_signals_and_other_clocks_are_caught_where_they_are_planted(line: str, rule: str) -> None:
    seen = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--stdin-filename", "platewarden/server/reads/planted.py", "-"],
        input=line + "\n",
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert rule in seen.stdout


def test_no_opt_out_lets_a_signal_or_clock_through_but_in_sign_in() -> None:
    named = [short(path) for path in shipped() if re.search(r"noqa:[^\n]*(TID251|DTZ)", path.read_text("utf-8"))]
    assert named == []


def test_no_file_is_a_drawer_for_everything() -> None:
    assert not [short(path) for path in tracked() if path.suffix == ".py" and path.stem in NO_NAME_FOR_A_FILE]


def names(path) -> set[str]:
    found = set()
    for node in ast.walk(tree(path)):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
                found.add(name)
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                found.add(name)
    return found


def words_of(name: str) -> set[str]:
    words = re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower().strip("_").split("_")
    return {*words, *(word.removesuffix("s") for word in words)}


def test_banned_words_name_nothing() -> None:
    """Settings keep the names that Django and the sign-in library gave them."""
    found = {
        f"{short(path)}: {name}"
        for path in shipped()
        if path.name != "settings.py"
        for name in names(path)
        if words_of(name) & BANNED_WORDS and name not in NAMES_OF_OTHERS
    }
    assert not found


def test_banned_words_stand_on_no_page() -> None:
    """What a person reads: templates without their tags, comments and code."""
    found = []
    for page in sorted(PACKAGE.rglob("templates/**/*.html")):
        shown = re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}|<[^>]*>", " ", page.read_text("utf-8"), flags=re.DOTALL)
        found += [f"{page.name}: {word}" for word in re.findall(r"[a-z]+", shown.lower()) if word.rstrip("s") in BANNED_ON_PAGES]
    assert not found


def caught(path) -> set[str]:
    handlers = [node.type for node in ast.walk(tree(path)) if isinstance(node, ast.ExceptHandler)]
    return {name.id for each in handlers if each is not None for name in ast.walk(each) if isinstance(name, ast.Name)} | (
        {"everything"} if None in handlers else set()
    )


def test_nobody_catches_our_errors_but_the_translators_and_a_short_list() -> None:
    assert {name_of(path) for path in shipped() if caught(path) & OUR_ERRORS} == set(CATCHES)


def test_nobody_catches_everything_but_the_loops() -> None:
    assert {name_of(path) for path in shipped() if caught(path) & {"Exception", "everything"}} == set(CATCHES_EVERYTHING)


def test_nothing_that_ships_imports_tests_or_what_is_for_tests() -> None:
    found = []
    for path in shipped():
        for node in ast.walk(tree(path)):
            match node:
                case ast.Import(names=imported):
                    modules = [each.name for each in imported]
                case ast.ImportFrom(module=module, names=imported):
                    modules = [f"{module}.{each.name}" for each in imported]
                case _:
                    continue
            found += [
                f"{short(path)}: {each}"
                for each in modules
                if re.match(r"platewarden\..*\b(tests|testing)\b|tests\b|pytest\b", each)
            ]
    assert not found
