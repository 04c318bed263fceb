"""What a complaint belongs to: alert, look, finding of an audit, hold, and whom it is about. Found out later, it is added; nothing is taken away.

Whoever acted on the alert, made the look or is asked in the finding is one whom it is about, whether named or not.
"""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest

from platewarden.policy.refusal import Malformed, Refused
from platewarden.server.access.person import ask_as_the_person
from platewarden.server.clock import now
from platewarden.server.complaints.models import Complaint
from platewarden.server.complaints.rules import Links, may_link
from platewarden.server.people.models import Member

NO_LOOK = "The ledger has no look on that line. The number stands on the sheet of an audit, and in a member’s own record."


def link(request: HttpRequest, complaint: Complaint, links: Links) -> Complaint:
    """Adds what was found out. Recorded as `complaints.link`. Malformed when another alert, look, finding or hold stands already."""
    member = request.user
    assert isinstance(member, Member)
    if refusal := may_link(complaint, member, now()):
        raise Refused(refusal)
    said = linked(links)
    if not any(said.values()):
        raise Malformed("Say what was found out: a member, an alert, a look, a finding or a hold.")
    for name, what in (("alert_id", "alert"), ("look_line", "look"), ("sheet_id", "finding"), ("hold_id", "hold")):
        standing = getattr(complaint, name)
        if said[name] is not None and standing not in (None, said[name]):
            raise Malformed(f"Another {what} belongs to this complaint already, and stays. Write the second one into the decision.")
    if ask_as_the_person(request, "link_complaint(%s, %s, %s)", complaint.pk, json.dumps(said)) is None:
        raise Malformed(NO_LOOK)
    complaint.refresh_from_db()
    return complaint


def linked(links: Links) -> dict[str, Any]:
    """The links as the database takes them."""
    return {
        "members": [each.number for each in links.members],
        "alert_id": links.alert.pk if links.alert else None,
        "look_line": links.look_line,
        "sheet_id": links.sheet.pk if links.sheet else None,
        "hold_id": links.hold.pk if links.hold else None,
    }
