"""Once, with a receipt for ever; nothing counts as handed over without one."""

from __future__ import annotations

import threading
from datetime import timedelta

import psycopg
import pytest
from django.db import connection

from platewarden.policy.refusal import Malformed, Refused, Stale, Tampered, Unknown
from platewarden.server.clock import now
from platewarden.server.people.models import Duty
from platewarden.server.people.testing import DESIGNEE, OPERATOR, SUPERVISOR
from platewarden.server.people.training import today
from platewarden.server.release.fulfil import sealed_file
from platewarden.server.release.grant import name_reads
from platewarden.server.release.hand_over import hand_over, sealed_bytes
from platewarden.server.release.models import ReleaseReceipt
from platewarden.server.release.testing import covered, granted, sealed
from platewarden.server.retention.testing import request_of

TO = {"to_whom": "Det. Mara Quist", "way": "on a stick, in person"}


def handed(office, package, by=DESIGNEE, **changes):
    return hand_over(request_of(office, by), package.pk, **(TO | changes))


def test_the_receipt_says_who_gave_what_to_whom_and_the_file_leaves(office, reads, agency_key):
    made = sealed(office, granted(office), to=agency_key)
    receipt = handed(office, made)
    assert (receipt.handed_by_number, receipt.to_whom, receipt.sha256) == (DESIGNEE, "Det. Mara Quist", made.sha256)
    assert not sealed_file(made).exists()
    assert ("release.hand_over", DESIGNEE) in office.ledger()
    with office.database.connect("owner") as owner:
        assert owner.execute("select count(*) from plates.release_paper_read").fetchone() == (0,)


def test_the_file_is_what_was_sealed_or_nothing_goes_out(office, reads, agency_key):
    asked = granted(office)
    made = sealed(office, asked, to=agency_key)
    assert sealed_bytes(asked, by=office.member(DESIGNEE))[0] == made
    sealed_file(made).write_bytes(b"age-encryption.org/v1 another")
    with pytest.raises(Tampered):
        sealed_bytes(asked, by=office.member(DESIGNEE))
    with pytest.raises(Tampered):
        handed(office, made)
    sealed_file(made).unlink()
    with pytest.raises(Unknown):
        handed(office, made)
    with pytest.raises(Refused):
        sealed_bytes(asked, by=office.member(OPERATOR))
    assert not ReleaseReceipt.objects.exists()


def test_a_second_time_is_refused_and_so_is_anything_more_of_it(office, reads, agency_key):
    asked = granted(office)
    made = sealed(office, asked, to=agency_key)
    handed(office, made)
    with pytest.raises(Stale):
        handed(office, made)
    with pytest.raises(Refused, match="handed over already, once"):
        sealed(office, asked, to=agency_key)
    with pytest.raises(Refused, match="handed over already, once"):
        name_reads(request_of(office, SUPERVISOR), asked.pk, covered("ZZ99999"))


def test_the_database_refuses_a_second_receipt_whatever_the_page_thinks(office, reads, agency_key):
    made = sealed(office, granted(office), to=agency_key)
    handed(office, made)
    key = bytes.fromhex(request_of(office, DESIGNEE).COOKIES["person"])
    with connection.cursor() as cursor, pytest.raises(Exception, match="handed over already"):
        cursor.execute("select office.hand_over_release(%s, %s, 'x', 'y')", [key, made.pk])
    with office.database.connect("app") as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("insert into office.release_releasereceipt default values")


def test_two_members_at_once_one_wins(office, reads, agency_key):
    made = sealed(office, granted(office), to=agency_key)
    came, asking = [], [request_of(office, DESIGNEE), request_of(office, SUPERVISOR)]

    def one(request):
        try:
            hand_over(request, made.pk, **TO)
            came.append("handed over")
        except (Stale, Refused, Unknown) as error:
            came.append(type(error).__name__)
        finally:
            connection.close()

    both = [threading.Thread(target=one, args=[request]) for request in asking]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert came.count("handed over") == 1
    assert ReleaseReceipt.objects.count() == 1


def test_made_or_named_anew_the_older_package_goes_nowhere(office, reads, agency_key):
    asked = granted(office)
    first = sealed(office, asked, to=agency_key)
    second = sealed(office, asked, to=agency_key)
    with pytest.raises(Stale):
        handed(office, first)
    name_reads(request_of(office, SUPERVISOR), asked.pk, covered("ZZ99999"))
    with pytest.raises(Stale):
        handed(office, second)


def test_without_duty_words_or_a_key_in_force_it_is_refused(office, reads, agency_key, monkeypatch):
    made = sealed(office, granted(office), to=agency_key, expires_on=today(now()) + timedelta(days=1))
    with pytest.raises(Refused):
        handed(office, made, by=OPERATOR)
    for wrong in ({"to_whom": " "}, {"way": "x"}):
        with pytest.raises(Malformed):
            handed(office, made, **wrong)
    monkeypatch.setattr("platewarden.server.release.hand_over.today", lambda _: made.recipient_expires_on + timedelta(days=1))
    with pytest.raises(Refused, match="ran out"):
        handed(office, made)


def test_a_grant_of_who_lost_the_duty_is_handed_over_by_nobody(office, reads, agency_key, monkeypatch):
    made = sealed(office, granted(office), to=agency_key)
    office.member(SUPERVISOR).assignments.filter(duty=Duty.SUPERVISOR).update(until_at=now())
    with pytest.raises(Refused, match="any more"):
        handed(office, made)
    monkeypatch.setattr("platewarden.server.release.hand_over.may_fulfil", lambda *_: None)
    with pytest.raises(Exception, match="lost the duty"):
        handed(office, made)


def test_the_receipt_stays_whoever_asks_for_it_to_be_deleted(office, reads, agency_key):
    handed(office, sealed(office, granted(office), to=agency_key))
    with office.database.connect("owner") as owner:
        for words in ("delete from office.release_releasereceipt", "update office.release_releasereceipt set way = 'x'"):
            with pytest.raises(psycopg.Error):
                owner.execute(words)
    assert ReleaseReceipt.objects.count() == 1
