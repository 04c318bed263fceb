"""Fulfilment: the granted reads, and no others, into one file sealed to the key of the agency that asked.

Order: rules; then the look is recorded and the door gives what the newest grant fixed and is still kept; the package is put together in
memory, sealed, written whole to this server's disk, and only then said to be sealed. Nothing of it lies on a disk in the clear, and what
lies there only the agency opens. It is handed over with a receipt (`hand_over.py`), and until then it may be made anew, which the
ledger keeps: the newest one counts. Interrupted, a package without `sealed_at` is left, which nobody can hand over.

Refused: a key that is none or ran out, a grant of somebody who lost the duty, a second fulfilment; when nothing of it is kept any more.
"""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pyrage
from django.conf import settings
from django.http import HttpRequest

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Refusal, Refused, Unavailable, Unknown
from platewarden.server.access.desk import open_access, through_door
from platewarden.server.access.person import ask_as_the_person, said_plainly
from platewarden.server.clock import now
from platewarden.server.config import write_own_file
from platewarden.server.ledger.acts import Act
from platewarden.server.people.models import Member
from platewarden.server.people.training import today
from platewarden.server.release.contents import Contents
from platewarden.server.release.models import ReleaseGrant, ReleasePackage, ReleaseRequest
from platewarden.server.release.review import CHANGED, NO_REQUEST
from platewarden.server.release.rules import may_fulfil, must_be_a_key, must_be_in_force


def fulfil(request: HttpRequest, request_id: int, recipient: str, *, expires_on: date | None = None) -> ReleasePackage:
    """Makes the package. Recorded as `release.fulfil` before a read is given out, and as `release.sealed` with its digest."""
    member = request.user
    assert isinstance(member, Member)
    asked = ReleaseRequest.objects.filter(pk=request_id).first()
    if asked is None:
        raise Unknown(NO_REQUEST)
    refusal = may_fulfil(asked, newest_grant(asked), member, now())
    if refusal := refusal or must_be_a_key(recipient) or must_be_in_force(expires_on, today(now())):
        raise Refused(refusal)
    terms = {"request": asked.pk, "recipient": recipient.strip(), "expires_on": expires_on.isoformat() if expires_on else None}
    access = open_access(request, Act.RELEASE_FULFIL, terms)
    with said_plainly(meanwhile=CHANGED):
        given = through_door(access, "release_reads")
    if given[0]["package_id"] is None:
        raise Refused(_none_left(given[0]["granted"]))
    made = ReleasePackage.objects.select_related("request", "grant").get(pk=given[0]["package_id"])
    contents = Contents(made, [each["seen"] for each in given])
    sealed = pyrage.encrypt(contents.zipped(), [pyrage.x25519.Recipient.from_str(made.recipient)])
    _keep(made, sealed)
    said = (made.pk, hashlib.sha256(sealed).hexdigest(), len(sealed), contents.pictures)
    try:
        ask_as_the_person(request, "release_sealed(%s, %s, %s, %s, %s)", *said, meanwhile=CHANGED)
    except BaseException:
        sealed_file(made).unlink(missing_ok=True)
        raise
    for other in ReleasePackage.objects.filter(request=asked).exclude(pk=made.pk):
        sealed_file(other).unlink(missing_ok=True)
    made.refresh_from_db()
    return made


def newest_grant(asked: ReleaseRequest) -> ReleaseGrant | None:
    return ReleaseGrant.objects.filter(request=asked).order_by("-pk").first()


def newest_package(asked: ReleaseRequest) -> ReleasePackage | None:
    return ReleasePackage.objects.select_related("request", "grant").filter(request=asked).order_by("-pk").first()


def sealed_file(package: ReleasePackage) -> Path:
    """Where a sealed package lies until it is handed over."""
    data: Path = settings.CONFIG.data
    return data / "releases" / f"{package.pk}.age"


def _keep(package: ReleasePackage, sealed: bytes) -> None:
    path = sealed_file(package)
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        write_own_file(path, sealed, replace=True)
    except OSError as error:
        raise Unavailable("The package cannot be written on this disk right now. Nothing was handed over; try again.") from error


def _none_left(granted: int) -> Refusal:
    return Refusal(
        Clause.PURGE,
        f"Of the {granted} approved reads none is kept any more: they were purged on schedule since. Tell the agency so; nothing goes out.",
    )
