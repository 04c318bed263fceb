"""The signature under an audit: by an auditor of whom no look was drawn, once every sheet is judged. Open findings stay open beyond it."""

from __future__ import annotations

from django.http import HttpRequest

from platewarden.policy.refusal import Malformed, Refused, Stale
from platewarden.server.access.person import MEANWHILE, ask_as_the_person
from platewarden.server.audits.models import Audit
from platewarden.server.audits.rules import may_sign
from platewarden.server.clock import now
from platewarden.server.people.models import Member


def sign_off(request: HttpRequest, audit: Audit, summary: str) -> None:
    """Recorded as `audits.sign`. Refused, by the database too: whoever is in the sample."""
    member = request.user
    assert isinstance(member, Member)
    if audit.signed_at:
        raise Stale(MEANWHILE)
    if refusal := may_sign(audit, member, now()):
        raise Refused(refusal)
    if len(summary.strip()) < 8:
        raise Malformed("Say in a few words what the audit showed.")
    ask_as_the_person(request, "sign_audit(%s, %s, %s)", audit.pk, summary.strip()[:1000])
