"""A request goes on file with its letter; what is not of an agency we share with is referred and closed."""

from __future__ import annotations

import hashlib

import psycopg
import pytest

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Refused
from platewarden.server.people.testing import AUDITOR, DESIGNEE, OPERATOR, SUPERVISOR
from platewarden.server.release.models import AgencyKind, Basis, ReleaseRequest, RequestState
from platewarden.server.release.testing import LETTER, received
from platewarden.server.retention.testing import held, keep_past, open_past, release


@pytest.fixture
def hold(office):
    open_past(office.database, 20)
    car = office.car()
    with office.as_role("ingest"):
        keep_past(car, "AB12345", 20)
    return held(office, OPERATOR, plate="AB12345", days=(60, 1))


def test_it_waits_for_review_with_its_letter_digested_and_a_line_in_the_ledger(office):
    made = received(office)
    assert made.state == RequestState.WAITING
    assert made.letter_sha256 == hashlib.sha256(LETTER).hexdigest()
    assert (made.due_on - made.received_at.date()).days in (9, 10)
    assert ("release.receive", DESIGNEE) in office.ledger()


@pytest.mark.parametrize("kind", [AgencyKind.COURT, AgencyKind.GOVERNMENT, AgencyKind.PRIVATE])
def test_any_other_agency_is_referred_and_closed_by_that(office, kind):
    assert received(office, agency_kind=kind).state == RequestState.REFERRED
    assert ("release.refer", DESIGNEE) in office.ledger()


def test_a_subpoena_names_a_hold_that_stands_before_it_is_referred(office, hold):
    facts = {"agency_kind": AgencyKind.PRIVATE, "basis": Basis.SUBPOENA, "instrument": "subpoena of 11/20/2026"}
    with pytest.raises(Refused) as refused:
        received(office, **facts)
    assert refused.value.clause == Clause.HOLD
    assert received(office, **facts, hold=hold).hold == hold
    assert not ReleaseRequest.objects.exclude(hold=hold).exists()


def test_a_hold_that_was_released_meanwhile_is_refused_by_the_database(office, hold):
    release(office, hold, by=SUPERVISOR)
    assert hold.is_standing  # as the page saw it before
    with pytest.raises(Refused, match="released meanwhile"):
        received(office, basis=Basis.COURT_ORDER, instrument="order of 11/20/2026", hold=hold)
    assert not ReleaseRequest.objects.exists()


@pytest.mark.parametrize("number", [OPERATOR, AUDITOR])
def test_it_is_refused_without_the_duty(office, number):
    with pytest.raises(Refused):
        received(office, by=number)


def test_it_stays_on_file_whoever_asks_for_it_to_be_deleted(office):
    received(office)
    with office.database.connect("owner") as owner:
        for table in ("office.release_releaserequest", "plates.release_paper"):
            for words in ("delete from", "truncate"):
                with pytest.raises(psycopg.Error):
                    owner.execute(f"{words} {table}")
    assert ReleaseRequest.objects.count() == 1


def test_no_table_of_the_office_holds_what_is_asked_for(office):
    made = received(office)
    assert "AB12345" not in " ".join(str(value) for value in vars(made).values())
