"""A read as a bench sends or keeps it: everything a report must say, and nothing that a figure depends on."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Any

from platewarden.exchange.read_report import NoPlace, Passing, ReadReport

__all__ = ["plain_report"]


def plain_report(unit_key_id: bytes, sequence: int, at: datetime, text: str, **other: Any) -> ReadReport:
    """A read of a front camera without place, people, hits or pictures; `other` are fields that shall say something else."""
    report = ReadReport(
        unit_key_id=unit_key_id,
        sequence=sequence,
        captured_at=at,
        passing=Passing.at(at),
        camera="front",
        text=text,
        state="CA",
        state_confidence=0.9,
        confidence=0.95,
        characters=(),
        candidates=(),
        corners=None,
        place=None,
        no_place=NoPlace.NO_RECEIVER,
        engine="none",
        member=None,
        shift_id=None,
        hotlist_edition=0,
        hits=(),
        pictures=(),
    )
    return dataclasses.replace(report, **other)
