"""The letter of a correction note, as tagged PDF (PDF/UA-1). What stands on it goes in as JSON, never as text of the template."""

from __future__ import annotations

import json
from importlib.resources import as_file, files
from typing import Any

import typst

from platewarden.plate.text import STATES
from platewarden.policy.clauses import Clause
from platewarden.policy.correction import WrongEntry
from platewarden.server.alerts.look import Card
from platewarden.server.alerts.models import CorrectionNote
from platewarden.server.people.editions import department


def facts_of_letter(note: CorrectionNote, card: Card) -> dict[str, Any]:
    """The entry, what is wrong with it, and who found it: nothing of the read, not even when or where it was."""
    entry, here = card.entry, department()
    assert entry is not None
    assert note.alert.source is not None
    words = [each["body"] for each in card.notes if each["kind"] == "correction note"]
    return {
        "department": here.name,
        "written": note.written_at.astimezone(here.time_zone).strftime("%m/%d/%Y"),
        "number": str(note.pk),
        "agency": note.agency,
        "source": note.alert.source.name,
        "plate": entry.text,
        "state": STATES.get(entry.state, entry.state) if entry.state else "not stated",
        "category": entry.category_label,
        "reference": entry.reference,
        "vehicle": entry.vehicle or "not described",
        "held": entry.entered_at.astimezone(here.time_zone).strftime("%m/%d/%Y"),
        "wrong": WrongEntry(note.wrong).label,
        "words": words[0] if words else "What was written is not kept any more.",
        "found_by": note.written_by,
        "clause": here.number_of(Clause.RELEASE_TO_AGENCIES),
    }


def letter_pdf(facts: dict[str, Any]) -> bytes:
    """Asks the agency to correct its entry, and to say that it did."""
    with as_file(files("platewarden.server.alerts").joinpath("papers")) as folder:
        made = typst.compile(
            folder / "note.typ",
            root=folder,
            sys_inputs={"facts": json.dumps(facts)},
            format="pdf",
            pdf_standards=["ua-1"],
        )
    assert isinstance(made, bytes)
    return made
