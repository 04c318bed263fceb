"""The papers of a package as tagged PDF (PDF/UA-1): the summary that rides on the medium, its label, and the custody form.

What stands on them goes in as JSON, never as text of the template. Only the summary, which lies in the encrypted file, names plates.
"""

from __future__ import annotations

import json
from importlib.resources import as_file, files
from typing import Any

import typst

ON_THE_SUMMARY = 24  # reads; all of them are in reads.csv


def summary_pdf(about: dict[str, Any], reads: list[dict[str, Any]]) -> bytes:
    """One page for a person: what this is, which reads, how to check it."""
    columns = ("plate", "corrected_plate", "state", "local_time", "unit", "crossing", "lat", "lon")
    shown = [{name: each[name] for name in columns} | {"looks": len(each["looks"])} for each in reads[:ON_THE_SUMMARY]]
    return _made("summary.typ", {**about, "shown": shown})


def label_pdf(facts: dict[str, Any]) -> bytes:
    """The label of a medium, 100 by 62 mm."""
    return _made("label.typ", facts)


def custody_pdf(facts: dict[str, Any]) -> bytes:
    """The custody form: the item, what was written down so far, and lines for hands to come."""
    return _made("custody.typ", facts)


def _made(name: str, facts: dict[str, Any]) -> bytes:
    with as_file(files("platewarden.server.evidence").joinpath("papers")) as folder:
        made = typst.compile(
            folder / name, root=folder, sys_inputs={"facts": json.dumps(facts, default=str)}, format="pdf", pdf_standards=["ua-1"]
        )
    assert isinstance(made, bytes)
    return made
