"""The review: approved, approved for less, or denied, with its reason; by the supervisor or designee, never by who took it in. What
only a law permits is approved by the supervisor.

The database holds this too: it asks who signed in, and refuses the member who took the request in.
"""

from __future__ import annotations

from django.http import HttpRequest

from platewarden.policy.refusal import Malformed, Refused, Stale, Unknown
from platewarden.server.access.person import ask_as_the_person
from platewarden.server.clock import now
from platewarden.server.people.models import Member
from platewarden.server.release.models import ReleaseRequest, RequestState
from platewarden.server.release.rules import may_approve, may_decide

NO_REQUEST = "There is no such request. Look at the list again."
CHANGED = "This request was changed or handed over meanwhile. Look at it again."


def decide(request: HttpRequest, request_id: int, *, approves: bool, because: str, only: str = "") -> ReleaseRequest:
    """Decides; `only` says what of it is approved. Recorded as `release.decide`. Stale when it was decided already."""
    member = request.user
    assert isinstance(member, Member)
    asked = ReleaseRequest.objects.filter(pk=request_id).first()
    if asked is None:
        raise Unknown(NO_REQUEST)
    if refusal := may_decide(asked, member, now()) or (may_approve(asked, member, now()) if approves else None):
        raise Refused(refusal)
    if asked.state != RequestState.WAITING:
        raise Stale("This request was decided already. Look at it again.")
    if len(because.strip()) < 8:
        raise Malformed("Say in a few words why, so that whoever reads it in a year understands.")
    narrowed = only.strip() if approves else ""
    said = (request_id, approves, because.strip()[:300], narrowed)
    ask_as_the_person(request, "decide_release(%s, %s, %s, %s, %s)", *said, meanwhile=CHANGED)
    asked.refresh_from_db()
    return asked
