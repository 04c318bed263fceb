"""What is on file: found by agency, person, case number or day; and what one asks for, with its letter, shown under a line in the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from platewarden.policy.refusal import Unknown
from platewarden.server.access.desk import Access, open_access, through_door
from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.people.training import today
from platewarden.server.release.models import ReleaseRequest, RequestState
from platewarden.server.release.review import NO_REQUEST

IN_THE_QUEUE = 20  # of each


@dataclass(frozen=True)
class Papers:
    """What a request asks for in the agency's words, what of it was approved, and the letter."""

    asked: str
    narrowed: str
    letter: bytes
    permit: bytes | None
    """The instrument by which a law permits it."""


def find(words: str = "", *, since: date | None = None, until: date | None = None) -> QuerySet[ReleaseRequest]:
    """Requests, newest first, whose agency, person, case number or number has these words."""
    found = ReleaseRequest.objects.select_related("hold").order_by("-pk")
    for word in words.split():
        like = Q(agency__icontains=word) | Q(requester__icontains=word) | Q(reference__icontains=word)
        digits = word.upper().removeprefix("R-")
        if digits.isascii() and digits.isdigit() and len(digits) < 18:
            like |= Q(pk=int(digits))
        found = found.filter(like)
    if since:
        found = found.filter(received_at__date__gte=since)
    if until:
        found = found.filter(received_at__date__lte=until)
    return found


def of_agency(name: str) -> QuerySet[ReleaseRequest]:
    """All that one agency ever asked, newest first, with what was handed over."""
    return find().filter(agency__iexact=name).select_related("hold", "receipt__package")


def overdue() -> QuerySet[ReleaseRequest]:
    """Requests that wait past the day on which they were to be answered."""
    return find().filter(state=RequestState.WAITING, due_on__lt=today(now())).order_by("due_on", "pk")


def queue() -> list[ReleaseRequest]:
    """What waits for somebody: undecided by the day on which an answer is due, then what is approved and not handed over."""
    waiting = find().filter(state=RequestState.WAITING).order_by("due_on", "pk")
    approved = find().filter(state=RequestState.APPROVED, receipt=None).order_by("decided_at", "pk")
    return [*waiting[:IN_THE_QUEUE], *approved[:IN_THE_QUEUE]]


def access_to_papers(request: HttpRequest, asked: ReleaseRequest) -> Access:
    return open_access(request, Act.RELEASE_LOOK, {"request": asked.pk})


def papers(access: Access) -> Papers:
    """What the request of the access asks for, and its letter."""
    rows = through_door(access, "release_papers")
    if not rows:
        raise Unknown(NO_REQUEST)
    permit = rows[0]["permit"]
    return Papers(rows[0]["asked"], rows[0]["narrowed"], bytes(rows[0]["letter"]), bytes(permit) if permit else None)
