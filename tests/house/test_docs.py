"""The documents: pictures made by tests and shown, links that lead somewhere, one glossary, pages that teach what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from platewarden.policy.clauses import Clause
from platewarden.policy.department import load_department
from platewarden.policy.glossary import meaning_of, words
from platewarden.server.people.models import Duty
from tests.house.command_page import COMMANDS_PAGE, commands_page
from tests.house.source import PACKAGE, ROOT, rooms, wings
from tests.pages.test_pages import IN_DOCS

DOCS = ROOT / "docs"
DUTIES = {
    Duty.SUPERVISOR: "supervisors",
    Duty.DESIGNEE: "supervisors",
    Duty.OPERATOR: "officers",
    Duty.INVESTIGATOR: "investigators",
    Duty.DISPATCHER: "dispatchers",
    Duty.LIST_MANAGER: "list-managers",
    Duty.RECORDS_CLERK: "records-clerks",
    Duty.CUSTODIAN: "custodians",
    Duty.AUDITOR: "auditors",
}
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])


def links(page: Path) -> list[str]:
    """Where a page leads to, without code and without what is elsewhere."""
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    return [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if not re.match(r"https?://|mailto:", link)]


def test_every_picture_is_made_by_a_test_and_shown() -> None:
    made = {f"{name}-{colors}.png" for name, kinds in IN_DOCS.items() for colors in kinds}
    kept = {path.name for path in (DOCS / "pictures").iterdir()}
    shown = {Path(link).name for page in PAGES for link in links(page) if link.endswith(".png")}
    assert made == kept == shown


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file(page: Path) -> None:
    gone = [link for link in links(page) if link.partition("#")[0] and not (page.parent / link.partition("#")[0]).exists()]
    assert not gone


def test_every_duty_has_its_page_and_every_task_stands_on_one() -> None:
    pages = {path.name: links(path) for path in (DOCS / "howto").glob("for-*.md")}
    assert set(pages) == {f"for-{name}.md" for name in DUTIES.values()}
    assert set(DUTIES) == set(Duty)
    tasks = {path.name for path in (DOCS / "howto").glob("*.md")} - set(pages)
    assert tasks <= {link.partition("#")[0] for found in pages.values() for link in found}


def test_the_glossary_of_the_docs_is_the_one_that_ships() -> None:
    assert (DOCS / "glossary.md").read_text("utf-8") == (PACKAGE / "policy" / "glossary.md").read_text("utf-8")


def test_hover_text_is_asked_of_words_that_the_glossary_explains() -> None:
    asked = {
        word
        for page in PACKAGE.rglob("templates/**/*.html")
        for word in re.findall(r'{% means "([^"]+)" %}', page.read_text("utf-8"))
    }
    assert asked
    assert all(meaning_of(word) for word in asked)


def test_every_word_of_the_glossary_is_used() -> None:
    """In the code, on the pages or in the words of a clause; a word of a later issue stands in the department's own policy."""
    used = "\n".join(
        path.read_text("utf-8")
        for kind in ("*.py", "*.html", "*.toml", "*.sql")
        for path in PACKAGE.rglob(kind)
        if "tests" not in path.parts
    ).lower()
    later = {"booking", "referral", "release request"}  # issues 8 and 9
    unused = {word for word in words() if word.lower() not in used and word.lower().replace(" ", "_") not in used}
    assert unused <= later


def test_the_changelog_names_clauses_that_there_are() -> None:
    numbers = set(load_department().numbers.values())
    named = set(re.findall(r"427\.\d(?:\([a-z]\))?", (ROOT / "CHANGELOG.md").read_text("utf-8")))
    assert named
    assert named <= numbers


def test_every_clause_named_in_a_document_is_a_clause() -> None:
    known = {clause.name for clause in Clause}
    named = {word for page in PAGES for word in re.findall(r"\bClause\.([A-Z_]+)", page.read_text("utf-8"))}
    assert named <= known


def test_every_file_that_a_document_names_is_there() -> None:
    """By its path from the root, from the package, or from the server's rooms. `rules.py` alone is any room's."""
    gone = []
    for page in PAGES:
        text = page.read_text("utf-8")
        named = re.findall(r"`([\w./-]+/[\w.-]+\.(?:py|toml|sql|md))`", text) + re.findall(r"(?m)^  ([a-z_]+/[a-z_]+\.py) ", text)
        gone += [
            f"{page.name}: {name}"
            for name in named
            if not any((place / name).exists() for place in (ROOT, PACKAGE, PACKAGE / "server", page.parent))
        ]
    assert not gone


def test_the_readme_names_every_wing_and_every_room() -> None:
    tree = (ROOT / "README.md").read_text("utf-8")
    assert not [wing.name for wing in wings() if f"{wing.name}/" not in tree]
    assert not [room.name for room in rooms() if room.name not in tree]


def test_the_page_of_commands_is_what_the_commands_say() -> None:
    assert COMMANDS_PAGE.read_text("utf-8") == commands_page(), "run: python -m tests.house.command_page"
