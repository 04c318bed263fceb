"""Taking a complaint in: it is on file at once, with the day by which it is answered, and with the hold of what it is about.

The hold is placed in the same transaction, also when nothing of it is kept yet. Refused: a complaint about whoever takes it in.
"""

from __future__ import annotations

import json
from datetime import timedelta

from django.http import HttpRequest

from platewarden.policy.refusal import Malformed, Refused
from platewarden.server.access.person import ask_as_the_person
from platewarden.server.clock import now
from platewarden.server.complaints.link import NO_LOOK, linked
from platewarden.server.complaints.models import Complaint
from platewarden.server.complaints.rules import NewComplaint, may_receive
from platewarden.server.people.editions import department
from platewarden.server.people.models import Member
from platewarden.server.people.training import today
from platewarden.server.retention.hold import access_to_place

RELEASED = "That hold was released meanwhile. Say what is to be held, or name another."


def receive(request: HttpRequest, new: NewComplaint) -> Complaint:
    """Puts a complaint on file. Recorded as `complaints.receive`, and as `retention.hold` where it places one."""
    member = request.user
    assert isinstance(member, Member)
    if refusal := may_receive(new, member, now(), today(now())):
        raise Refused(refusal)
    said = linked(new.links) | {
        "about": new.about.value,
        "came_on": new.came_on.isoformat(),
        "due_on": (today(now()) + timedelta(days=department().complaint_answer_days)).isoformat(),
    }
    paper = {"complainant": new.complainant.strip(), "contact": new.contact.strip(), "words": new.words.strip()}
    access = None if new.to_hold is None or new.links.hold else access_to_place(request, new.to_hold, compelled=True)
    made = ask_as_the_person(
        request,
        "receive_complaint(%s, %s, %s, %s, %s)",
        json.dumps(said),
        json.dumps(paper),
        new.letter,
        access.access_id if access else None,
        meanwhile=RELEASED,
    )
    if made is None:
        raise Malformed(NO_LOOK)
    return Complaint.objects.get(pk=made)
