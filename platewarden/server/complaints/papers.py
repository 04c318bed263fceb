"""The letter that answers a complaint, as tagged PDF (PDF/UA-1). What stands in it goes in as JSON, never as text of the template."""

from __future__ import annotations

import json
from importlib.resources import as_file, files
from typing import Any

import typst


def answer_pdf(facts: dict[str, Any]) -> bytes:
    """The answer to who complained."""
    with as_file(files("platewarden.server.complaints").joinpath("papers")) as folder:
        made = typst.compile(
            folder / "answer.typ",
            root=folder,
            sys_inputs={"facts": json.dumps(facts)},
            format="pdf",
            pdf_standards=["ua-1"],
        )
    assert isinstance(made, bytes)
    return made
