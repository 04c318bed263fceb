"""The papers of a request, as tagged PDF (PDF/UA-1): the letter of referral, the cover of a package, the receipt.

What stands on them goes in as JSON, never as text of the template. Only the cover, which lies in the sealed file, names plates.
"""

from __future__ import annotations

import json
from importlib.resources import as_file, files
from typing import Any

import typst

ON_THE_COVER = 24  # reads; all of them are in reads.csv


def referral_pdf(facts: dict[str, Any]) -> bytes:
    """Says that the request was referred, under which policy, and that it is closed here. Names no vehicle."""
    return _made("referral.typ", facts)


def cover_pdf(about: dict[str, Any], reads: list[dict[str, Any]]) -> bytes:
    """What this is, what the agency undertakes with it, and the first reads."""
    columns = ("plate", "corrected_plate", "state", "local_time", "unit", "crossing", "lat", "lon")
    return _made("cover.typ", {**about, "shown": [{name: each[name] for name in columns} for each in reads[:ON_THE_COVER]]})


def receipt_pdf(facts: dict[str, Any]) -> bytes:
    """Who handed which file to whom, with room for two signatures. Names no vehicle."""
    return _made("receipt.typ", facts)


def _made(name: str, facts: dict[str, Any]) -> bytes:
    with as_file(files("platewarden.server.release").joinpath("papers")) as folder:
        made = typst.compile(
            folder / name, root=folder, sys_inputs={"facts": json.dumps(facts, default=str)}, format="pdf", pdf_standards=["ua-1"]
        )
    assert isinstance(made, bytes)
    return made
