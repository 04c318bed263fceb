"""The grant: the supervisor or designee names the reads that an approval covers, and the database fixes them: those and no others go out.

A read that comes later is not among them, and one that is purged before is missed and counted. It counts while whoever named them holds
the duty; after that somebody who does names them again, and by that answers for the approval.

Refused: whoever took the request in, a name that covers nothing that is kept, or more than 500 reads.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest

from platewarden.plate.text import PlateText
from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, Refusal, Refused, Unknown
from platewarden.server.access.desk import open_access, through_door
from platewarden.server.access.person import said_plainly
from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.people.models import Member
from platewarden.server.release.models import ReleaseGrant, ReleaseRequest
from platewarden.server.release.review import CHANGED, NO_REQUEST
from platewarden.server.release.rules import AT_MOST, may_name

LONGEST_DAYS = 366 * 5
MOST_VEHICLES = 20


@dataclass(frozen=True)
class Circle:
    """A place, and how far around it."""

    lat: float
    lon: float
    radius_m: float


@dataclass(frozen=True)
class Covered:
    """What an approval covers: vehicles, or everything around a place, within a time."""

    since: datetime
    until: datetime
    vehicles: tuple[PlateText, ...] = ()
    place: Circle | None = None

    def scopes(self) -> list[dict[str, Any]]:
        within = {"since": self.since.isoformat(), "until": self.until.isoformat()}
        if self.place:
            return [within | vars(self.place)]
        return [within | {"plate": each.text} for each in self.vehicles]


def must_cover(covered: Covered) -> None:
    """Malformed without vehicles or a place, with both, or with a time that is none."""
    if bool(covered.vehicles) == bool(covered.place):
        raise Malformed("Name vehicles, or a place: one of the two.")
    if len(covered.vehicles) > MOST_VEHICLES:
        raise Malformed(f"At most {MOST_VEHICLES} vehicles are named at once.")
    if not timedelta(0) < covered.until - covered.since <= timedelta(days=LONGEST_DAYS):
        raise Malformed("The end lies after the beginning, at most five years. Correct one of them.")


def name_reads(request: HttpRequest, request_id: int, covered: Covered) -> ReleaseGrant:
    """Names the reads of an approval. Recorded as `release.name`, before they are counted, and as `release.grant`."""
    member = request.user
    assert isinstance(member, Member)
    asked = ReleaseRequest.objects.filter(pk=request_id).first()
    if asked is None:
        raise Unknown(NO_REQUEST)
    if refusal := may_name(asked, member, now()):
        raise Refused(refusal)
    must_cover(covered)
    access = open_access(request, Act.RELEASE_NAME, {"request": asked.pk, "scopes": covered.scopes()})
    with said_plainly(meanwhile=CHANGED):
        found = through_door(access, "name_release")[0]
    if found["grant_id"] is None:
        raise Refused(_not_that_many(found["reads"]))
    return ReleaseGrant.objects.select_related("request").get(pk=found["grant_id"])


def _not_that_many(found: int) -> Refusal:
    if found == 0:
        return Refusal(
            Clause.RELEASE_REVIEWED,
            "Nothing is kept that this names. Check plate, place and time; or tell the agency that nothing is.",
        )
    return Refusal(Clause.RELEASE_REVIEWED, f"This names more than {AT_MOST} reads. Name a shorter time, or fewer vehicles.")
