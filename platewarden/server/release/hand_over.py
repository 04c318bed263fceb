"""Handing over: the sealed file leaves, once, and the receipt stays for ever: who gave which file to whom, when, which way.

The file leaves this server's disk with its receipt; its digest stays. Refused: a package that was never sealed or made anew since, whose
key ran out, or whose reads were named by somebody who lost the duty; a second handing over, by the database, whoever comes first.
"""

from __future__ import annotations

import hashlib

from django.http import HttpRequest

from platewarden.policy.refusal import Malformed, Refused, Stale, Tampered, Unknown
from platewarden.server.access.person import ask_as_the_person
from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.people.models import Member
from platewarden.server.people.rules import may_do
from platewarden.server.people.training import today
from platewarden.server.release.fulfil import newest_grant, newest_package, sealed_file
from platewarden.server.release.models import ReleasePackage, ReleaseReceipt, ReleaseRequest
from platewarden.server.release.review import CHANGED
from platewarden.server.release.rules import may_fulfil, must_be_in_force

NO_PACKAGE = "No package of this request is sealed. Make it first."


def sealed_bytes(asked: ReleaseRequest, *, by: Member) -> tuple[ReleasePackage, bytes]:
    """The newest sealed package, to be handed over. Unknown when there is none; Tampered when it is not the file that was sealed."""
    if refusal := may_do(by, Act.RELEASE_HAND_OVER, now()):
        raise Refused(refusal)
    package = newest_package(asked)
    if package is None or package.sealed_at is None:
        raise Unknown(NO_PACKAGE)
    try:
        content = sealed_file(package).read_bytes()
    except FileNotFoundError as error:
        raise Unknown("The file of this package is not here any more: it was handed over, or make it anew.") from error
    if hashlib.sha256(content).hexdigest() != package.sha256:
        raise Tampered("This file is not the one that was sealed. Hand nothing over; tell the Administrative Supervisor.")
    return package, content


def hand_over(request: HttpRequest, package_id: int, *, to_whom: str, way: str) -> ReleaseReceipt:
    """Hands a sealed package over. Recorded as `release.hand_over`, with the receipt. Stale when it was already, or made anew."""
    member = request.user
    assert isinstance(member, Member)
    package = ReleasePackage.objects.select_related("request").filter(pk=package_id).first()
    if package is None or package.sealed_at is None:
        raise Unknown(NO_PACKAGE)
    if ReleaseReceipt.objects.filter(request=package.request).exists() or newest_package(package.request) != package:
        raise Stale("This package was handed over already, or made anew. Look at the request again.")
    refusal = may_do(member, Act.RELEASE_HAND_OVER, now())
    refusal = refusal or may_fulfil(package.request, newest_grant(package.request), member, now())
    if refusal := refusal or must_be_in_force(package.recipient_expires_on, today(now())):
        raise Refused(refusal)
    if len(to_whom.strip()) < 3 or len(way.strip()) < 4:
        raise Malformed("Say who takes it, by name, and which way it goes, such as a stick or their portal.")
    sealed_bytes(package.request, by=member)
    said = (package.pk, to_whom.strip(), way.strip())
    ask_as_the_person(request, "hand_over_release(%s, %s, %s, %s)", *said, meanwhile=CHANGED)
    sealed_file(package).unlink(missing_ok=True)
    return ReleaseReceipt.objects.select_related("request", "package").get(request=package.request)
