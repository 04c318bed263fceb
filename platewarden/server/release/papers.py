"""The letter by which a request is referred to Records, as tagged PDF (PDF/UA-1)."""

from __future__ import annotations

import json
from importlib.resources import as_file, files
from typing import Any

import typst


def referral_pdf(facts: dict[str, Any]) -> bytes:
    """Says that the request was referred, under which policy, and that it is closed here. Names no vehicle."""
    with as_file(files("platewarden.server.release").joinpath("papers")) as folder:
        made = typst.compile(
            folder / "referral.typ",
            root=folder,
            sys_inputs={"facts": json.dumps(facts, default=str)},
            format="pdf",
            pdf_standards=["ua-1"],
        )
    assert isinstance(made, bytes)
    return made
