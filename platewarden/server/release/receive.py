"""Taking a request in: letter and words go on file at once. What is not of an agency we share with is referred and closed
by that, unless a law permits it by an instrument that the department's file lists and that is attached: that waits for the supervisor.

A court order, subpoena or discovery request places the hold of what it names in the same transaction, also when it is referred, and also
when nothing of it is kept yet; or it names a hold that stands. Refused: a request without one of its three parts, a letter that is none, a
lawful action that says neither.
"""

from __future__ import annotations

import json
from datetime import timedelta

from django.http import HttpRequest

from platewarden.policy.refusal import Refused
from platewarden.server.access.person import ask_as_the_person
from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.people.editions import department
from platewarden.server.people.models import Member
from platewarden.server.people.rules import may_do
from platewarden.server.people.training import today
from platewarden.server.release.models import COMPELS, ReleaseRequest
from platewarden.server.release.rules import NewRequest, barred, must_be_a_letter, must_be_permitted, must_be_written
from platewarden.server.retention.hold import access_to_place

RELEASED = "That hold was released meanwhile. Say what is to be held, or name another."


def receive(request: HttpRequest, new: NewRequest) -> ReleaseRequest:
    """Puts a request on file. Recorded as `release.receive`; as `release.refer` too when it is for Records."""
    member = request.user
    assert isinstance(member, Member)
    refusal = may_do(member, Act.RELEASE_RECEIVE, now()) or must_be_written(new) or must_be_a_letter(new.letter)
    if refusal := refusal or must_be_permitted(new, department(), member, now()):
        raise Refused(refusal)
    fields = {name: value.strip() if isinstance(value, str) else value for name, value in vars(new).items()}
    for name in ("letter", "asked", "hold", "to_hold", "prohibited", "permit"):
        del fields[name]
    fields["barred_because"] = barred(new, department())
    fields["due_on"] = (today(now()) + timedelta(days=department().release_response_days)).isoformat()
    fields["hold_id"] = new.hold.pk if new.hold else None
    said = (json.dumps(fields), new.asked.strip(), new.letter, new.permit)
    if new.basis in COMPELS and new.hold is None and new.to_hold is not None:
        access = access_to_place(request, new.to_hold, compelled=True)
        made = ask_as_the_person(request, "receive_compelled(%s, %s, %s, %s, %s, %s)", *said, access.access_id)
    else:
        made = ask_as_the_person(request, "receive_release(%s, %s, %s, %s, %s)", *said, meanwhile=RELEASED)
    return ReleaseRequest.objects.get(pk=made)
