"""A complaint is on file at once, with the hold of what it is about; whoever acted is one whom it is about."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import psycopg
import pytest
from django.db import connection

from platewarden.policy.refusal import Malformed, Refused, Stale
from platewarden.server.alerts.testing import alert_of, verified
from platewarden.server.clock import now
from platewarden.server.complaints.models import Complaint
from platewarden.server.complaints.rules import Links
from platewarden.server.complaints.testing import WORDS, complained
from platewarden.server.people.testing import AUDITOR, DESIGNEE, OPERATOR, SUPERVISOR
from platewarden.server.release.testing import LETTER
from platewarden.server.retention.hold import Named, NewHold, access_to_place
from platewarden.server.retention.models import Ground, Hold, Scope
from platewarden.server.retention.testing import held, keep_past, open_past, purge_now, release, request_of


def to_hold(**changes):
    facts = {
        "ground": Ground.BELIEF,
        "authority": "complaint of today",
        "reference": "26-004117",
        "since": now() - timedelta(days=60),
        "until": now(),
        "named": Named(Scope.VEHICLE, plate="AB12345"),
        "review_on": (now() + timedelta(days=30)).date(),
    }
    return NewHold(**(facts | changes))


def test_it_is_on_file_with_its_day_and_a_line_in_the_ledger(office):
    made = complained(office, letter=LETTER)
    assert (made.due_on - made.received_at.date()).days in (29, 30)
    assert made.letter_sha256 == hashlib.sha256(LETTER).hexdigest()
    assert (made.members, made.to_auditor, made.hold) == ([], False, None)
    assert ("complaints.receive", DESIGNEE) in office.ledger()
    assert WORDS not in str(vars(made))


def test_the_hold_of_what_it_is_about_is_placed_with_it_and_a_purge_right_after_spares_it(office):
    open_past(office.database, 40)
    car = office.car()
    with office.as_role("ingest"):
        keep_past(car, "AB12345", 40)
    made = complained(office, to_hold=to_hold())
    purge_now(office)
    assert (made.hold.is_standing, made.hold.reads) == (True, 1)
    with office.database.connect("postgres") as root:
        assert root.execute("select count(*) from plates.reads_held where plate = 'AB12345'").fetchone() == (1,)


def test_whoever_acted_on_its_alert_is_one_whom_it_is_about(office):
    office.car()
    alert = alert_of(office)
    verified(alert, by=office.member(OPERATOR))
    made = complained(office, links=Links(alert=alert))
    assert (made.members, made.to_auditor) == ([OPERATOR], False)


def test_one_about_a_manager_goes_to_the_auditor_and_nobody_takes_in_what_is_about_them(office, monkeypatch):
    about = Links(members=(office.member(SUPERVISOR),))
    assert complained(office, links=about).to_auditor
    with pytest.raises(Refused, match="about you"):
        complained(office, by=SUPERVISOR, links=about)
    monkeypatch.setattr("platewarden.server.complaints.receive.may_receive", lambda *_: None)
    with pytest.raises(Exception, match="about somebody else"):
        complained(office, by=SUPERVISOR, links=about)
    with pytest.raises(Exception, match="needs a duty"):
        complained(office, by=OPERATOR)


def test_a_look_that_the_ledger_has_not_is_said_and_nothing_is_held(office):
    with pytest.raises(Malformed, match="no look on that line"):
        complained(office, links=Links(look_line=999_999), to_hold=to_hold())
    assert not Complaint.objects.exists()
    assert not Hold.objects.exists()


def test_a_hold_that_was_released_meanwhile_is_said(office):
    open_past(office.database, 20)
    car = office.car()
    with office.as_role("ingest"):
        keep_past(car, "AB12345", 20)
    hold = held(office, OPERATOR, plate="AB12345", days=(60, 1))
    assert complained(office, links=Links(hold=hold)).hold == hold
    release(office, hold, by=SUPERVISOR)
    with pytest.raises(Stale, match="released meanwhile"):
        complained(office, links=Links(hold=hold))


def test_nobody_places_its_hold_by_the_access_of_another(office):
    access = access_to_place(request_of(office, OPERATOR), to_hold(), compelled=True)
    key = bytes.fromhex(request_of(office, DESIGNEE).COOKIES["person"])
    with connection.cursor() as cursor, pytest.raises(Exception, match="whoever takes the complaint in"):
        cursor.execute("select office.receive_complaint(%s, '{\"members\": []}', '{}', null, %s)", [key, access.access_id])
    assert not Hold.objects.exists()


@pytest.mark.parametrize("number", [OPERATOR, AUDITOR])
def test_it_is_refused_without_the_duty(office, number):
    with pytest.raises(Refused):
        complained(office, by=number)


def test_it_stays_on_file_whoever_asks_for_it_to_be_deleted(office):
    complained(office)
    with office.database.connect("owner") as owner:
        for table in ("office.complaints_complaint", "plates.complaint_paper"):
            for words in ("delete from", "truncate"):
                with pytest.raises(psycopg.Error):
                    owner.execute(f"{words} {table}")
    assert Complaint.objects.count() == 1
