"""Requests of other agencies for tests: a letter, and a request taken in by a member."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import Any

import pyrage

from platewarden.plate.text import PlateText
from platewarden.server.clock import now
from platewarden.server.people.testing import DESIGNEE, SUPERVISOR
from platewarden.server.release.fulfil import fulfil, sealed_file
from platewarden.server.release.grant import Covered, name_reads
from platewarden.server.release.models import AgencyKind, Basis, ReleasePackage, ReleaseRequest
from platewarden.server.release.receive import receive
from platewarden.server.release.review import decide
from platewarden.server.release.rules import NewRequest
from platewarden.server.retention.testing import request_of

PERMIT = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Lang(en)>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
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


def by_law(**changes: Any) -> dict[str, Any]:
    """What is different in the request of a company that comes with an owner's consent."""
    facts = {
        "agency": "Prairie Mutual Insurance",
        "agency_kind": AgencyKind.PRIVATE,
        "requester": "Ina Wolff",
        "purpose": "theft of an insured car",
    }
    return facts | {"basis": Basis.CONSENT, "instrument": "consent of Ada Marsh, 11/20/2026", "permit": PERMIT} | changes


def approved(office: Any, **changes: Any) -> ReleaseRequest:
    """A request that the supervisor approved."""
    made = received(office, **changes)
    return decide(request_of(office, SUPERVISOR), made.pk, approves=True, because="a robbery of our own county, and one vehicle")


def covered(*plates: str, days: float = 60) -> Covered:
    """Reads of some vehicles until now."""
    return Covered(now() - timedelta(days=days), now(), tuple(PlateText.parse(each) for each in plates))


def granted(office: Any, *plates: str, by: str = SUPERVISOR, **changes: Any) -> ReleaseRequest:
    """An approved request whose reads were named."""
    asked = approved(office, **changes)
    name_reads(request_of(office, by), asked.pk, covered(*(plates or ("AB12345",))))
    return asked


def sealed(office: Any, asked: ReleaseRequest, *, to: pyrage.x25519.Identity, by: str = DESIGNEE, **how: Any) -> ReleasePackage:
    """The package of a request, sealed to an agency's key."""
    return fulfil(request_of(office, by), asked.pk, str(to.to_public()), **how)


def opened(package: ReleasePackage, key: pyrage.x25519.Identity) -> dict[str, bytes]:
    """What the agency finds in a package, by the names of its files."""
    with zipfile.ZipFile(io.BytesIO(pyrage.decrypt(sealed_file(package).read_bytes(), [key]))) as bag:
        return {name.removeprefix(f"{package.number}/"): bag.read(name) for name in bag.namelist()}


__all__ = ["LETTER", "PERMIT", "approved", "by_law", "covered", "granted", "new_request", "opened", "received", "sealed"]
