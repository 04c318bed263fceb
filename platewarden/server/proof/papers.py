"""The table of clauses as a tagged PDF (PDF/UA-1), for whoever wants it on paper. No plate, search or case number is in it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import as_file, files
from typing import Any

import typst

from platewarden.server.clock import now
from platewarden.server.people.editions import department
from platewarden.server.proof.check import LEDGER, Checked, State


def policy_pdf(found: Sequence[Checked], *, made_by: str, ledger: str) -> bytes:
    """How every clause stands, and what is to be done. `ledger` says when all of the ledger was recomputed."""
    with as_file(files("platewarden.server.proof").joinpath("papers")) as folder:
        made = typst.compile(
            folder / "policy.typ",
            root=folder,
            sys_inputs={"facts": json.dumps(policy_facts(found, made_by=made_by, ledger=ledger))},
            format="pdf",
            pdf_standards=["ua-1"],
        )
    assert isinstance(made, bytes)
    return made


def policy_facts(found: Sequence[Checked], *, made_by: str, ledger: str) -> dict[str, Any]:
    """What the paper says."""
    here = department()
    counts = ((state.value, sum(each.state is state for each in found)) for state in reversed(State))
    return {
        "department": here.name,
        "policy": here.policy_number,
        "at": f"{now().astimezone(here.time_zone):%m/%d/%Y %H:%M %Z}",
        "made_by": made_by,
        "ledger": ledger,
        "counts": f"{len(found)} clauses: " + ", ".join(f"{count} {state}" for state, count in counts),
        "clauses": [
            {
                "number": each.number,
                "sentence": each.clause.sentence,
                "state": each.state.value,
                "red": each.state is State.BROKEN,
                "said": [row.said for row in each.rows if row.wrong or row.late or not row.is_mechanism or row.name == LEDGER],
            }
            for each in found
        ],
        "todo": [
            {
                "number": each.number,
                "state": row.state.value,
                "said": row.said,
                "first": row.first,
                "todo": row.todo.replace("`", ""),
            }
            for each in found
            for row in each.rows
            if row.wrong or row.late
        ],
    }
