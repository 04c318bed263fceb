"""Found by agency, person, case number and day; what one asks for is shown under a line in the ledger."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import ProgrammingError, transaction

from platewarden.policy.refusal import Refused, Unknown
from platewarden.server.clock import now
from platewarden.server.people.testing import AUDITOR, OPERATOR
from platewarden.server.people.training import today
from platewarden.server.release.models import ReleaseRequest
from platewarden.server.release.on_file import access_to_papers, find, of_agency, overdue, papers, queue
from platewarden.server.release.testing import LETTER, approved, received
from platewarden.server.retention.testing import request_of


def test_it_is_found_by_agency_person_case_number_and_day(office):
    made = received(office)
    received(office, agency="Cook County State's Attorney", requester="Ines Alba", reference="CC-9")
    for words in ("lakeside", "quist", "LS-26-0417", made.number, "lakeside quist"):
        assert list(find(words)) == [made], words
    assert find().count() == 2
    assert not find("lakeside alba").exists()
    assert not find(since=today(now()) + timedelta(days=2)).exists()


def test_what_is_past_its_day_is_overdue(office):
    made = received(office)
    assert not overdue().exists()
    with office.database.connect("postgres") as root:
        root.execute("update office.release_releaserequest set due_on = %s", [today(now()) - timedelta(days=1)])
    assert list(overdue()) == [made]


def test_what_waits_is_queued_the_oldest_day_first_and_then_what_is_approved(office):
    ready, later, late = approved(office), received(office), received(office)
    with office.database.connect("postgres") as root:
        root.execute("update office.release_releaserequest set due_on = due_on - 30 where id = %s", [late.pk])
    received(office, agency_kind="private")
    assert queue() == [late, later, ready]


def test_showing_it_is_in_the_ledger(office):
    made = received(office)
    shown = papers(access_to_papers(request_of(office, AUDITOR), made))
    assert (shown.letter, "AB12345" in shown.asked) == (LETTER, True)
    assert ("release.look", AUDITOR) in office.ledger()


def test_without_the_duty_or_the_request_nothing_is_shown(office):
    made = received(office)
    with pytest.raises(Refused):
        papers(access_to_papers(request_of(office, OPERATOR), made))
    with pytest.raises(Unknown):
        papers(access_to_papers(request_of(office, AUDITOR), ReleaseRequest(pk=999)))


def test_a_look_that_is_taken_back_shows_nothing(office):
    """Recorded first, on disk, and only then shown: a record of the same transaction opens nothing."""
    made = received(office)
    request = request_of(office, AUDITOR)
    with transaction.atomic(), pytest.raises(AssertionError, match="outside any transaction"):
        access_to_papers(request, made)
    access = access_to_papers(request, made)
    assert papers(access).letter == LETTER
    with pytest.raises(ProgrammingError, match="no access record"):
        papers(access)  # one look a record


def test_an_agency_is_one_however_its_name_is_capitalized(office):
    first, second = received(office), received(office, agency="LAKESIDE POLICE DEPARTMENT")
    received(office, agency="Lakeside")
    assert list(of_agency("Lakeside police department")) == [second, first]
