"""A request goes on file with its letter; what is not of an agency we share with is referred and closed."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import psycopg
import pytest
from django.db import connection

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Refused, Stale
from platewarden.server.clock import now
from platewarden.server.people.testing import AUDITOR, DESIGNEE, OPERATOR, SUPERVISOR
from platewarden.server.release.models import AgencyKind, Basis, ReleaseRequest, RequestState
from platewarden.server.release.testing import LETTER, PERMIT, by_law, received
from platewarden.server.retention.hold import Named, NewHold, access_to_place
from platewarden.server.retention.models import Ground, Hold, Scope
from platewarden.server.retention.testing import held, keep_past, open_past, purge_now, release, request_of


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
    with pytest.raises(Stale, match="released meanwhile"):
        received(office, basis=Basis.COURT_ORDER, instrument="order of 11/20/2026", hold=hold)
    assert not ReleaseRequest.objects.exists()


def to_hold(**changes):
    facts = {
        "ground": Ground.LAWFUL,
        "authority": "Circuit Court of Lake County, subpoena of 11/20/2026",
        "reference": "26-004117",
        "since": now() - timedelta(days=60),
        "until": now() - timedelta(days=1),
        "named": Named(Scope.VEHICLE, plate="AB12345"),
        "review_on": now().date() + timedelta(days=60),
    }
    return NewHold(**(facts | changes))


SUBPOENA = {"basis": Basis.SUBPOENA, "instrument": "subpoena of 11/20/2026"}


def test_a_subpoena_places_its_hold_with_the_request_and_a_purge_right_after_spares_what_it_names(office):
    open_past(office.database, 40)
    car = office.car()
    with office.as_role("ingest"):
        named, other = keep_past(car, "AB12345", 40), keep_past(car, "ZZ99999", 40)
    made = received(office, agency_kind=AgencyKind.PRIVATE, **SUBPOENA, to_hold=to_hold())
    purge_now(office)
    assert made.state == RequestState.REFERRED
    assert (made.hold.is_standing, made.hold.reads, made.hold.placed_by_number) == (True, 1, DESIGNEE)
    with office.database.connect("owner") as owner:
        left = {row[0] for row in owner.execute("select read_id from plates.reads_held union all select read_id from plates.reads")}
    assert named.read_id in left
    assert other.read_id not in left
    lines = office.ledger()
    assert [
        lines.index((act, DESIGNEE)) for act in ("retention.scope", "retention.hold", "release.receive", "release.refer")
    ] == sorted(lines.index((act, DESIGNEE)) for act in ("retention.scope", "retention.hold", "release.receive", "release.refer"))


def test_it_is_placed_though_nothing_is_kept_of_it(office):
    made = received(office, **SUBPOENA, to_hold=to_hold())
    assert (made.hold.is_standing, made.hold.reads) == (True, 0)


def test_when_the_request_cannot_be_written_no_hold_is_left(office, monkeypatch):
    monkeypatch.setattr("platewarden.server.release.receive.must_be_written", lambda _: None)
    with pytest.raises(Exception, match="written_request"):
        received(office, **SUBPOENA, to_hold=to_hold(), purpose="")
    assert not ReleaseRequest.objects.exists()
    assert not Hold.objects.exists()


def test_a_hold_without_a_case_number_or_of_no_time_is_refused_with_the_request(office):
    for wrong in ({"reference": "x"}, {"until": now() - timedelta(days=90)}):
        with pytest.raises(Refused) as refused:
            received(office, **SUBPOENA, to_hold=to_hold(**wrong))
        assert refused.value.clause == Clause.HOLD
    assert not ReleaseRequest.objects.exists()


def test_nobody_places_it_by_the_access_of_another(office):
    access = access_to_place(request_of(office, OPERATOR), to_hold(), compelled=True)
    key = bytes.fromhex(request_of(office, DESIGNEE).COOKIES["person"])
    with connection.cursor() as cursor, pytest.raises(Exception, match="whoever takes the request in"):
        cursor.execute("select office.receive_compelled(%s, '{}', 'x', 'x', null, %s)", [key, access.access_id])
    assert not Hold.objects.exists()


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


def test_with_an_instrument_by_which_a_law_permits_it_it_waits_and_is_not_referred(office):
    made = received(office, **by_law())
    assert (made.state, made.is_permitted_by_law) == (RequestState.WAITING, True)
    assert made.permit_sha256 == hashlib.sha256(PERMIT).hexdigest()
    assert ("release.refer", DESIGNEE) not in office.ledger()
    assert received(office, **by_law(permit=None)).state == RequestState.REFERRED


def test_a_court_order_with_its_instrument_places_its_hold_too(office):
    order = {"basis": Basis.COURT_ORDER, "instrument": "order of 11/20/2026", "agency_kind": AgencyKind.COURT}
    made = received(office, **by_law(**order), to_hold=to_hold())
    assert (made.state, made.hold.is_standing) == (RequestState.WAITING, True)


def test_an_instrument_taken_in_by_the_supervisor_is_refused_by_the_database_too(office, monkeypatch):
    with pytest.raises(Refused, match="Only the supervisor approves it"):
        received(office, by=SUPERVISOR, **by_law())
    monkeypatch.setattr("platewarden.server.release.receive.must_be_permitted", lambda *_: None)
    for facts in ({"by": SUPERVISOR, **by_law()}, by_law(agency_kind=AgencyKind.LAW_ENFORCEMENT)):
        with pytest.raises(Exception, match="not taken in by who approves it"):
            received(office, **facts)
    assert not ReleaseRequest.objects.exists()
