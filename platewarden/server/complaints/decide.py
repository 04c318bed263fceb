"""The decision: what was found, why, and what is answered; by supervisor, designee or auditor, never by whom it is about or who took it in."""

from __future__ import annotations

from django.http import HttpRequest

from platewarden.policy.refusal import Malformed, Refused, Stale
from platewarden.server.access.person import ask_as_the_person
from platewarden.server.clock import now
from platewarden.server.complaints.models import Complaint, ComplaintOutcome
from platewarden.server.complaints.rules import SHORT, may_decide
from platewarden.server.people.models import Member

DECIDED = "This complaint was decided already. Look at it again."


def decide(request: HttpRequest, complaint: Complaint, outcome: ComplaintOutcome, *, because: str, answer: str) -> Complaint:
    """Decides, once. Recorded as `complaints.decide`, with the answer. Stale when it was decided already."""
    member = request.user
    assert isinstance(member, Member)
    if complaint.decided_at:
        raise Stale(DECIDED)
    if refusal := may_decide(complaint, member, now()):
        raise Refused(refusal)
    if len(because.strip()) < SHORT or len(answer.strip()) < SHORT:
        raise Malformed("Say what was found and why, and what is answered to who complained.")
    said = (complaint.pk, outcome.value, because.strip()[:500], answer.strip())
    ask_as_the_person(request, "decide_complaint(%s, %s, %s, %s, %s)", *said, meanwhile=DECIDED)
    complaint.refresh_from_db()
    return complaint
