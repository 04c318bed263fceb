"""The public page as files: static HTML and CSV, the newest sharing statement and the key that it is checked with.

Any web server can give them out. The page has no script and nothing from elsewhere, and says so to the browser itself. It is made from what
was fixed for the year, so that a page made again tells the same.
"""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path

from django.template.loader import render_to_string

from platewarden.durable import put
from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Unavailable
from platewarden.server.clock import now
from platewarden.server.ledger.chain import verifier
from platewarden.server.people.editions import department
from platewarden.server.proof.models import YearTold
from platewarden.server.proof.sharing import newest_statement, said_in
from platewarden.server.proof.year import Table, tables_in, tables_of
from platewarden.server.retention.models import Kind

INDEX, STYLE, STATEMENT, KEY = "index.html", "style.css", "sharing-statement.txt", "ledger-key.txt"


@dataclass(frozen=True)
class Page:
    """What the page of a year shows: its tables, and whether they are fixed."""

    year: int
    tables: list[Table]
    fixed_on: date | None
    sha256: str


def page_of(year: int) -> Page:
    """The page of a year: as it was fixed, else as it would be by what is known now, which is for looking at only."""
    kept = YearTold.objects.filter(year=year).first()
    if kept is None:
        return Page(year, tables_of(year), None, "")
    return Page(year, tables_in(kept.text), kept.made_at.astimezone(department().time_zone).date(), kept.sha256)


def index_html(page: Page) -> str:
    """The page itself."""
    here, statement = department(), newest_statement()
    shown = {
        "page": page,
        "department": here,
        "table": csv_name(page.year),
        "statement": said_in(statement) if statement else None,
        "statement_file": STATEMENT,
        "key_file": KEY,
        "schedule": [(Kind(kind).label, days) for kind, days in here.retention_days.items()],
        "clauses": {name: here.number_of(clause) for name, clause in _CLAUSES.items()},
        "made_on": now().astimezone(here.time_zone).date(),
    }
    return render_to_string("proof/site/index.html", shown)


def style_css() -> str:
    return files("platewarden.server.proof").joinpath("templates/proof/site/style.css").read_text("utf-8")


def as_csv(page: Page) -> str:
    """All tables of the year as one, for other programs: table, part, count."""
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow(["Year", "Table", "Part", "Count"])
    for each in page.tables:
        writer.writerow([page.year, each.title, "All", each.total.replace(",", "")])
        writer.writerows([page.year, each.title, _plain(name), count.replace(",", "")] for name, count in each.rows)
    return made.getvalue()


def site_of(year: int) -> dict[str, bytes]:
    """Every file of a year's page. Refused while the year is not fixed."""
    page = page_of(year)
    if page.fixed_on is None:
        raise Unavailable(
            f"The figures of {year} are not fixed yet. The supervisor or a designee fixes them, when the year is over."
        )
    statement = newest_statement()
    made = {INDEX: index_html(page), STYLE: style_css(), csv_name(year): as_csv(page), KEY: f"{verifier()}\n"}
    if statement is not None:
        made[STATEMENT] = statement.note
    return {name: text.encode() for name, text in made.items()}


def write_site(year: int, folder: Path) -> list[str]:
    """Writes the files into a folder, each in the place of an earlier one; what else lies there stays. Returns their names."""
    made = site_of(year)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in made.items():
            put(folder / name, content, mode=0o644)
    except OSError as error:
        raise Unavailable(f"The page cannot be written to {folder} ({error.strerror}). Name another folder.") from error
    return list(made)


def zip_of(year: int) -> bytes:
    """The same as one file."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as bag:
        for name, content in site_of(year).items():
            bag.writestr(f"platewarden-{year}/{name}", content)
    return made.getvalue()


def csv_name(year: int) -> str:
    return f"figures-{year}.csv"


def _plain(text: str) -> str:
    """What a spreadsheet takes as text: an agency gave its own name."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text


_CLAUSES = {
    "release": Clause.RELEASE_TO_AGENCIES,
    "retention": Clause.RETENTION_SCHEDULE,
    "audits": Clause.AUDITS,
    "purpose": Clause.LEGITIMATE_PURPOSE,
}
