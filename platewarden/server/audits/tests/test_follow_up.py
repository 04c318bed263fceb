"""A finding that asks for an answer stays open until the member has given it and an auditor has closed it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import ProgrammingError

from platewarden.policy.refusal import Malformed, Refused, Stale
from platewarden.server.audits import follow_up
from platewarden.server.audits.follow_up import answer, asked_of, close
from platewarden.server.audits.models import Sheet
from platewarden.server.audits.testing import ODD, audit_of, judged, look_for
from platewarden.server.people.testing import AUDITOR, DESIGNEE, OPERATOR
from platewarden.server.retention.testing import request_of

SAID = "I mistyped the year; it is 25-004117"
CAME = "the case of the year before fits"


@pytest.fixture
def sheet(office) -> Sheet:
    look_for(office, OPERATOR, "AB12345")
    return judged(office, audit_of(office).sheets.get(), ODD)


def test_the_member_answers_once_and_an_auditor_closes_it(office, sheet):
    assert list(asked_of(office.member(OPERATOR)).unanswered()) == [sheet]
    answer(request_of(office, OPERATOR), sheet, SAID)
    with pytest.raises(Stale):
        answer(request_of(office, OPERATOR), sheet, SAID)
    close(request_of(office, AUDITOR), Sheet.objects.get(), CAME)
    sheet.refresh_from_db()
    assert (sheet.answer, sheet.closed_because) == (SAID, CAME)
    assert not Sheet.objects.unsettled().exists()
    assert [act for act, _ in office.ledger()][-1] == "audits.close"
    with pytest.raises(Stale):
        close(request_of(office, AUDITOR), sheet, CAME)


def test_nobody_else_answers(office, sheet, monkeypatch):
    with pytest.raises(Refused):
        answer(request_of(office, DESIGNEE), sheet, SAID)
    monkeypatch.setattr(follow_up, "may_answer", lambda *_: None)
    with pytest.raises(ProgrammingError, match="only the member"):
        answer(request_of(office, DESIGNEE), sheet, SAID)


def test_it_stays_open_until_answered(office, sheet, monkeypatch):
    with pytest.raises(Refused, match="stays open"):
        close(request_of(office, AUDITOR), sheet, CAME)
    monkeypatch.setattr(follow_up, "may_close", lambda *_: None)
    with pytest.raises(ProgrammingError, match="until answered"):
        close(request_of(office, AUDITOR), sheet, CAME)
    with pytest.raises(ProgrammingError, match="needs a duty"):
        close(request_of(office, DESIGNEE), sheet, CAME)


def test_of_a_member_who_left_it_is_closed_without(office, sheet):
    office.ask_owner("update office.people_member set is_active = false where number = %s returning 1", OPERATOR)
    close(request_of(office, AUDITOR), sheet, CAME)
    assert Sheet.objects.get().closed_at


def test_past_its_day_it_is_overdue_until_answered(office, sheet):
    assert not sheet.is_overdue(sheet.follow_up_by)
    assert sheet.is_overdue(sheet.follow_up_by + timedelta(days=1))
    answer(request_of(office, OPERATOR), sheet, SAID)
    assert not Sheet.objects.get().is_overdue(sheet.follow_up_by + timedelta(days=1))


def test_an_answer_that_says_nothing_is_refused(office, sheet):
    with pytest.raises(Malformed):
        answer(request_of(office, OPERATOR), sheet, " ok ")
    answer(request_of(office, OPERATOR), sheet, SAID)
    with pytest.raises(Malformed):
        close(request_of(office, AUDITOR), Sheet.objects.get(), "ok")
