"""The words of this house, each with the sentence that explains it: the glossary of the docs, and hover text on the pages."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

from platewarden.policy.refusal import Unknown

__all__ = ["meaning_of", "words"]


@cache
def words() -> dict[str, str]:
    """Every word and its meaning, in the order of the page."""
    page = (resources.files("platewarden.policy") / "glossary.md").read_text("utf-8")
    return dict(re.findall(r"^- \*\*(.+?)\*\*: (.+)$", page, re.MULTILINE))


def meaning_of(word: str) -> str:
    """What a word means here. Unknown when the glossary does not explain it."""
    try:
        return words()[word]
    except KeyError:
        raise Unknown(f"“{word}” is not in the glossary.") from None
