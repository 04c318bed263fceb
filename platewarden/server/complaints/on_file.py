"""What is on file: the complaints; and what one says, with its letter and answer, shown under a line in the ledger."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F
from django.http import HttpRequest

from platewarden.policy.refusal import Refused, Unknown
from platewarden.server.access.desk import Access, open_access, through_door
from platewarden.server.clock import now
from platewarden.server.complaints.models import Complaint, ComplaintQuerySet
from platewarden.server.complaints.rules import may_look_into
from platewarden.server.ledger.acts import Act
from platewarden.server.people.models import Member

NO_COMPLAINT = "There is no such complaint. Look at the list again."


@dataclass(frozen=True)
class Paper:
    """Who complains, how they are reached, in which words, their letter, and the answer."""

    complainant: str
    contact: str
    words: str
    letter: bytes | None
    answer: str


def complaints() -> ComplaintQuerySet:
    """All of them: the undecided ones first, by the day on which an answer is due."""
    return Complaint.objects.select_related("alert", "sheet__audit", "hold").order_by(
        F("decided_at").desc(nulls_first=True), "due_on", "-pk"
    )


def access_to_paper(request: HttpRequest, complaint: Complaint) -> Access:
    member = request.user
    assert isinstance(member, Member)
    if refusal := may_look_into(complaint, member, now()):
        raise Refused(refusal)
    return open_access(request, Act.COMPLAINTS_LOOK, {"complaint": complaint.pk})


def paper(access: Access) -> Paper:
    """What the complaint of the access says."""
    rows = through_door(access, "complaint_papers")
    if not rows:
        raise Unknown(NO_COMPLAINT)
    row = rows[0]
    letter = row["letter"]
    return Paper(row["complainant"], row["contact"], row["words"], bytes(letter) if letter else None, row["answer"])
