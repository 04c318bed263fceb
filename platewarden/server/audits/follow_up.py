"""Findings: answered by the member whose look it was, closed by an auditor with what came of it. Until then they stay open."""

from __future__ import annotations

from django.http import HttpRequest

from platewarden.policy.refusal import Malformed, Refused
from platewarden.server.access.person import ask_as_the_person
from platewarden.server.audits.models import Sheet, SheetQuerySet
from platewarden.server.audits.rules import may_answer, may_close
from platewarden.server.clock import now
from platewarden.server.people.models import Member


def asked_of(member: Member) -> SheetQuerySet:
    """What auditors ask this member about, the unanswered first."""
    return (
        Sheet.objects.filter(member_number=member.number, follow_up_by__isnull=False)
        .select_related("audit")
        .order_by("answered_at", "-pk")
    )


def answer(request: HttpRequest, sheet: Sheet, words: str) -> None:
    """The member's answer, once. Recorded as `audits.answer`."""
    member = request.user
    assert isinstance(member, Member)
    if refusal := may_answer(sheet, member):
        raise Refused(refusal)
    if len(words.strip()) < 8:
        raise Malformed("Answer in a few words.")
    ask_as_the_person(request, "answer_sheet(%s, %s, %s)", sheet.pk, words.strip()[:1000])


def close(request: HttpRequest, sheet: Sheet, because: str) -> None:
    """Closed with what came of it. Recorded as `audits.close`."""
    member = request.user
    assert isinstance(member, Member)
    if refusal := may_close(sheet, member, now()):
        raise Refused(refusal)
    if len(because.strip()) < 8:
        raise Malformed("Say in a few words what came of it.")
    ask_as_the_person(request, "close_sheet(%s, %s, %s)", sheet.pk, because.strip()[:500])
