"""The yearly report of the audits and the certificate of training, as tagged PDF (PDF/UA-1). No plate stands in either."""

from __future__ import annotations

import json
from importlib.resources import as_file, files
from typing import Any

import typst


def yearly_pdf(facts: dict[str, Any]) -> bytes:
    """A year of audits, small counts left out."""
    return _compiled("yearly.typ", facts)


def training_pdf(facts: dict[str, Any]) -> bytes:
    """Who holds a duty, and until when they are trained; with a line for the signature."""
    return _compiled("training.typ", facts)


def _compiled(name: str, facts: dict[str, Any]) -> bytes:
    with as_file(files("platewarden.server.audits").joinpath("papers")) as folder:
        made = typst.compile(
            folder / name,
            root=folder,
            sys_inputs={"facts": json.dumps(facts, default=str)},
            format="pdf",
            pdf_standards=["ua-1"],
        )
    assert isinstance(made, bytes)
    return made
