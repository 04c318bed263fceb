"""Requests of other agencies for tests: a letter, and a request taken in by a member."""

from __future__ import annotations

from typing import Any

from platewarden.server.people.testing import DESIGNEE
from platewarden.server.release.models import AgencyKind, Basis, ReleaseRequest
from platewarden.server.release.receive import receive
from platewarden.server.release.rules import NewRequest
from platewarden.server.retention.testing import request_of

LETTER = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def new_request(**changes: Any) -> NewRequest:
    """A request as a neighbouring department writes it."""
    facts: dict[str, Any] = {
        "agency": "Lakeside Police Department",
        "agency_kind": AgencyKind.LAW_ENFORCEMENT,
        "agency_state": "IL",
        "requester": "Det. Mara Quist",
        "purpose": "armed robbery of 11/20/2026",
        "basis": Basis.OFFICIAL,
        "instrument": "",
        "reference": "LS-26-0417",
        "has_declaration": False,
        "prohibited": "",
        "asked": "Reads of AB12345 from 11/19/2026 to 11/21/2026",
        "letter": LETTER,
    }
    return NewRequest(**(facts | changes))


def received(office: Any, *, by: str = DESIGNEE, **changes: Any) -> ReleaseRequest:
    """A request that a member took in."""
    return receive(request_of(office, by), new_request(**changes))


__all__ = ["LETTER", "new_request", "received"]
