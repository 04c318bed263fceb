"""A result taken along as a file: CSV for a spreadsheet, PDF for paper. It holds what one look showed, and says on every row or sheet
who was shown it, for what, when and by which look. Its line in the ledger is written before it is handed over; the name of the file
begins with the case and ends with its digest.

Refused: whoever only patrols.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import as_file, files
from typing import Any

import typst

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Refused
from platewarden.server.access.desk import Access
from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer, record
from platewarden.server.people.editions import department
from platewarden.server.people.models import Member
from platewarden.server.people.rules import may_do
from platewarden.server.reads.spreadsheet import as_csv

MARKS = ("shown_to", "purpose", "number", "look", "shown_at")


class Form(StrEnum):
    """What a result is taken as."""

    CSV = "csv"
    PDF = "pdf"


MEDIA = {Form.CSV: "text/csv; charset=utf-8", Form.PDF: "application/pdf"}


@dataclass(frozen=True)
class Sheet:
    """A result to be taken: its title, what was asked in words, every row for the spreadsheet, and a shorter table for paper."""

    title: str
    asked: str
    columns: Sequence[str]
    rows: Sequence[Mapping[str, Any]]
    heads: Mapping[str, float]
    """Of the table on paper, with their widths."""
    table: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Taken:
    """The file as it is handed over."""

    name: str
    media_type: str
    content: bytes


def must_be_allowed(member: Member) -> None:
    """Refuses before anything is looked at."""
    if refusal := may_do(member, Act.READS_EXPORT, now()):
        raise Refused(refusal)


def export(access: Access, sheet: Sheet, form: Form) -> Taken:
    """Makes the file of what the look showed. Recorded as `reads.export`, with the file's digest and the look's id."""
    rows = _rows(access, sheet)
    content = rows if form is Form.CSV else _paper(access, sheet, rows)
    digest = hashlib.sha256(content).hexdigest()
    record(
        Act.READS_EXPORT,
        by=Signer(access.member_number, access.member_name),
        purpose=access.purpose,
        about={"access": access.access_id, "of": access.act.value, "form": form.value, "rows": len(sheet.rows)},
        content={
            "reference": access.reference,
            "sha256": digest,
        },  # erased on schedule: a short list can be guessed from its digest
    )
    return Taken(f"{access.reference}-{digest[:12]}.{form.value}", MEDIA[form], content)


def _rows(access: Access, sheet: Sheet) -> bytes:
    marks = dict(zip(MARKS, _marks(access), strict=True))
    return as_csv((*sheet.columns, *MARKS), [{**each, **marks} for each in sheet.rows])


def _marks(access: Access) -> tuple[str, str, str, str, str]:
    said = department().purposes.get(access.purpose)
    at = access.opened_at.astimezone(department().time_zone)
    shown_to = f"{access.member_name}, {access.member_number}"
    return shown_to, said.label if said else access.purpose, access.reference, str(access.access_id), f"{at:%m/%d/%Y %H:%M:%S %Z}"


def _paper(access: Access, sheet: Sheet, rows: bytes) -> bytes:
    """Tagged PDF (PDF/UA-1) with the rows in it. What stands on it goes in as JSON, never as text of the template."""
    here = department()
    shown_to, purpose, number, look, at = _marks(access)
    facts = {
        "department": here.name,
        "clause": here.number_of(Clause.OFFICIAL_USE_ONLY),
        "title": sheet.title,
        "asked": sheet.asked,
        "shown_to": shown_to,
        "purpose": f"{purpose}, {number}",
        "access": look,
        "at": at,
        "count": str(len(sheet.rows)),
        "digest": hashlib.sha256(rows).hexdigest(),
        "csv": rows.decode(),
        "heads": list(sheet.heads),
        "widths": list(sheet.heads.values()),
        "table": sheet.table,
    }
    with as_file(files("platewarden.server.reads").joinpath("papers")) as folder:
        made = typst.compile(
            folder / "list.typ", root=folder, sys_inputs={"facts": json.dumps(facts)}, format="pdf", pdf_standards=["ua-1"]
        )
    assert isinstance(made, bytes)
    return made
