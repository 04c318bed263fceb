"""Exactly what was granted goes out, to the right key; what was purged since is told; what was cut midway is nothing."""

from __future__ import annotations

from datetime import timedelta

import pyrage
import pytest

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Refused, Stale, Unavailable, Unknown
from platewarden.server.clock import now
from platewarden.server.people.models import Duty
from platewarden.server.people.testing import AUDITOR, DESIGNEE, OPERATOR, SUPERVISOR
from platewarden.server.people.training import today
from platewarden.server.release.fulfil import fulfil, newest_package, sealed_file
from platewarden.server.release.grant import name_reads
from platewarden.server.release.hand_over import hand_over
from platewarden.server.release.models import ReleasePackage
from platewarden.server.release.testing import approved, covered, granted, opened, sealed
from platewarden.server.retention.testing import held, keep_past, open_past, purge_now, request_of


def test_it_is_sealed_with_its_digest_under_a_line_that_names_the_request(office, reads, agency_key):
    asked = granted(office)
    made = sealed(office, asked, to=agency_key)
    assert (made.reads, made.gone, made.size_bytes) == (2, 0, sealed_file(made).stat().st_size)
    lines = office.ledger()
    assert lines.index(("release.fulfil", DESIGNEE)) < lines.index(("release.sealed", DESIGNEE))
    with office.database.connect("owner") as owner:
        (line,) = owner.execute(
            "select terms from plates.access_terms t join office.access_record r using (access_id) where r.act = 'release.fulfil'"
        ).fetchone()
        purpose, reads_shown = owner.execute(
            "select r.purpose, s.shown from office.access_record r join office.access_shown s using (access_id) where r.act = 'release.fulfil'"
        ).fetchone()
    assert (line["request"], purpose, reads_shown) == (asked.pk, "criminal-investigation", 2)


def test_no_plate_lies_in_the_clear_on_the_disk(office, reads, agency_key):
    made = sealed(office, granted(office), to=agency_key)
    content = sealed_file(made).read_bytes()
    assert content.startswith(b"age-encryption.org/v1")
    assert b"AB12345" not in content
    assert sealed_file(made).stat().st_mode & 0o777 == 0o600
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(content, [pyrage.x25519.Identity.generate()])


def test_a_read_that_came_after_the_approval_is_not_in_it(office, reads, agency_key):
    asked = granted(office)
    with office.as_role("ingest"):
        keep_past(office.cars[0], "AB12345", 20)
    assert sealed(office, asked, to=agency_key).reads == 2


def test_what_was_purged_since_is_counted_and_the_package_says_so(office, reads, agency_key):
    asked = granted(office)
    with office.database.connect("postgres") as root:
        root.execute("delete from plates.reads where read_id = %s", [reads[0].read_id])
    made = sealed(office, asked, to=agency_key)
    assert (made.reads, made.gone) == (1, 1)
    assert "1 of the 2 approved reads no longer exist" in opened(made, agency_key)["READ-ME.txt"].decode()


def test_when_nothing_is_left_nothing_is_made_and_it_is_said(office, reads, agency_key):
    asked = granted(office)
    with office.database.connect("postgres") as root:
        root.execute("delete from plates.reads")
    with pytest.raises(Refused, match="Of the 2 approved reads none") as refused:
        sealed(office, asked, to=agency_key)
    assert refused.value.clause == Clause.PURGE
    assert not ReleasePackage.objects.exists()


def test_a_held_read_goes_out_after_its_day(office, agency_key):
    open_past(office.database, 40)
    car = office.car()
    with office.as_role("ingest"):
        keep_past(car, "AB12345", 40)
    held(office, OPERATOR, plate="AB12345", days=(60, 1))
    asked = granted(office)
    purge_now(office)
    assert sealed(office, asked, to=agency_key).reads == 1


@pytest.mark.parametrize("words", ["", "age1", "age1" + "q" * 58, "ssh-ed25519 AAAA", "x" * 2000])
def test_what_is_no_key_is_refused_in_one_sentence(office, reads, words):
    asked = granted(office)
    with pytest.raises(Refused, match="no public key of age"):
        fulfil(request_of(office, DESIGNEE), asked.pk, words)
    assert ("release.fulfil", DESIGNEE) not in office.ledger()


def test_a_private_key_is_never_taken(office, reads, agency_key):
    asked = granted(office)
    with pytest.raises(Refused, match="private key"):
        fulfil(request_of(office, DESIGNEE), asked.pk, str(agency_key))


def test_a_key_that_ran_out_is_refused_by_the_act_and_by_the_database(office, reads, agency_key, monkeypatch):
    asked = granted(office)
    with pytest.raises(Refused, match="ran out on"):
        sealed(office, asked, to=agency_key, expires_on=today(now()) - timedelta(days=1))
    assert sealed(office, asked, to=agency_key, expires_on=today(now())).recipient_expires_on == today(now())
    monkeypatch.setattr("platewarden.server.release.fulfil.must_be_in_force", lambda *_: None)
    with pytest.raises(Exception, match="the key ran out"):
        sealed(office, asked, to=agency_key, expires_on=today(now()) - timedelta(days=3))


@pytest.mark.parametrize("number", [OPERATOR, AUDITOR])
def test_without_the_duty_nothing_is_given_out(office, reads, agency_key, number, monkeypatch):
    asked = granted(office)
    with pytest.raises(Refused):
        sealed(office, asked, to=agency_key, by=number)


def test_without_approval_or_named_reads_nothing_is_given_out(office, reads, agency_key, monkeypatch):
    asked = approved(office)
    with pytest.raises(Refused, match="names the reads"):
        sealed(office, asked, to=agency_key)
    monkeypatch.setattr("platewarden.server.release.fulfil.may_fulfil", lambda *_: None)
    with pytest.raises(Stale):
        sealed(office, asked, to=agency_key)
    with pytest.raises(Unknown):
        fulfil(request_of(office, DESIGNEE), 999, str(agency_key.to_public()))


def test_a_grant_of_who_lost_the_duty_since_is_no_grant_until_named_again(office, reads, agency_key, monkeypatch):
    asked = granted(office, by=SUPERVISOR)
    office.member(SUPERVISOR).assignments.filter(duty=Duty.SUPERVISOR).update(until_at=now())
    with pytest.raises(Refused, match="neither supervisor nor designee any more") as refused:
        sealed(office, asked, to=agency_key)
    assert refused.value.clause == Clause.RELEASE_REVIEWED
    monkeypatch.setattr("platewarden.server.release.fulfil.may_fulfil", lambda *_: None)
    with pytest.raises(Exception, match="lost the duty"):
        sealed(office, asked, to=agency_key)


def test_cut_midway_nothing_counts_and_it_is_made_again(office, reads, agency_key, monkeypatch):
    asked = granted(office)
    with monkeypatch.context() as cut:
        cut.setattr("platewarden.server.release.fulfil.write_own_file", lambda *_, **__: (_ for _ in ()).throw(OSError(28, "full")))
        with pytest.raises(Unavailable):
            sealed(office, asked, to=agency_key)
    left = newest_package(asked)
    assert left is not None
    assert left.sealed_at is None
    with pytest.raises(Unknown):
        hand_over(request_of(office, DESIGNEE), left.pk, to_whom="Det. Mara Quist", way="in person")
    assert sealed(office, asked, to=agency_key).sealed_at is not None


def test_of_two_at_once_the_one_begun_last_is_sealed(office, reads, agency_key, monkeypatch):
    asked = granted(office)
    real, inner = fulfil.__globals__["_keep"], {}

    def meanwhile(package, content):
        monkeypatch.setattr("platewarden.server.release.fulfil._keep", real)
        inner["made"] = sealed(office, asked, to=agency_key, by=SUPERVISOR)
        real(package, content)

    monkeypatch.setattr("platewarden.server.release.fulfil._keep", meanwhile)
    with pytest.raises(Stale):
        sealed(office, asked, to=agency_key)
    assert newest_package(asked) == inner["made"]
    assert [path.name for path in sealed_file(inner["made"]).parent.glob("*.age")] == [sealed_file(inner["made"]).name]


def test_made_anew_the_file_before_is_gone(office, reads, agency_key):
    asked = granted(office)
    first, second = sealed(office, asked, to=agency_key), sealed(office, asked, to=agency_key)
    assert not sealed_file(first).exists()
    assert sealed_file(second).exists()


def test_the_reads_named_last_are_what_goes_out(office, reads, agency_key):
    asked = granted(office)
    name_reads(request_of(office, SUPERVISOR), asked.pk, covered("ZZ99999"))
    assert b"ZZ99999" in opened(sealed(office, asked, to=agency_key), agency_key)["reads.csv"]
