"""people: whoever signs a command is asked for password and code, and the policy is asked whether they may."""

from __future__ import annotations

from datetime import timedelta

import pytest

from platewarden.cli.testing import desk_of
from platewarden.server.access.lockout import FAILURES, count_failure, is_locked
from platewarden.server.clock import now
from platewarden.server.people.models import Member, PolicyText
from platewarden.server.people.testing import DESIGNEE, LAPSED, OPERATOR, SUPERVISOR, UNTRAINED
from platewarden.server.people.training import must_be_trained, today


@pytest.fixture
def desk(office):
    return desk_of(office)


def test_a_member_is_taken_on_trained_and_can_be_named_in_the_ledger(office, desk):
    done = desk.run_as(SUPERVISOR, "people", "enrol", "1100", "Nia Lowe", "--duty", "operator", "--duty", "investigator")
    assert done.returncode == 0, done.stderr
    words = done.stdout.split()
    nia = office.member("1100")
    assert words[0] == "1100"
    assert nia.check_password(words[2])
    assert nia.duties_on(now()) == {"operator", "investigator"}
    day = today(now())
    done = desk.run_as(DESIGNEE, "people", "train", "1100", "ALPR operator", day.isoformat(), "--days", "30")
    assert done.returncode == 0, done.stderr
    assert nia.trained_until() == day + timedelta(days=30)
    assert must_be_trained(nia, now()) is None
    assert ("people.enrol", SUPERVISOR) in office.ledger()
    assert ("people.training", DESIGNEE) in office.ledger()


def test_a_member_who_may_not_hold_all_duties_is_not_taken_on_at_all(office, desk):
    done = desk.run_as(SUPERVISOR, "people", "enrol", "1100", "Nia Lowe", "--duty", "auditor", "--duty", "operator")
    assert done.returncode == 1
    assert "Refused under 427.6(c) (audits)" in done.stderr
    assert done.stdout.strip() == ""
    assert not Member.objects.filter(number="1100").exists()


def test_who_may_not_is_refused_with_the_clause_and_a_wrong_password_or_code_alike(office, desk):
    words = ("people", "enrol", "1100", "Nia Lowe", "--duty", "operator")
    done = desk.run_as(OPERATOR, *words)
    assert done.returncode == 1
    assert "Refused under 427.3 (assigned-members)" in done.stderr
    wrong = [
        desk.run_as(SUPERVISOR, *words, password="not the password"),
        desk.run_as(SUPERVISOR, *words, change=lambda code: "000000" if code != "000000" else "000001"),
        desk.run_as("4711", *words, password="whoever that is"),
    ]
    assert {each.returncode for each in wrong} == {1}
    assert len({each.stderr.strip().splitlines()[-1] for each in wrong}) == 1
    lapsed = desk.run_as(LAPSED, *words)
    assert lapsed.returncode == 1
    assert "training-before-use" in lapsed.stderr
    assert not Member.objects.filter(number="1100").exists()


def test_wrong_use_is_said_before_anybody_is_asked_for_a_password(office, desk):
    for words in (
        ("people", "enrol", "1100", "Nia Lowe", "--duty", "wizard", "--by", SUPERVISOR),
        ("people", "train", UNTRAINED, "ALPR operator", "yesterday", "--by", SUPERVISOR),
        ("people", "train", "4711", "ALPR operator", "2026-01-02", "--by", SUPERVISOR),
    ):
        done = desk.run(*words)
        assert done.returncode == 2, words
        assert "Password" not in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1


def test_a_locked_member_is_released_by_one_with_the_duty(office, desk):
    for _ in range(FAILURES):
        count_failure(OPERATOR, factor="password", address="x")
    assert is_locked(OPERATOR)
    done = desk.run_as(SUPERVISOR, "people", "unlock", OPERATOR)
    assert done.returncode == 0, done.stderr
    assert "may sign in again" in done.stderr
    assert not is_locked(OPERATOR)
    assert "was not locked" in desk.run_as(SUPERVISOR, "people", "unlock", OPERATOR).stderr


def test_a_text_of_the_policy_is_entered_by_the_supervisor_from_a_file(office, desk, tmp_path):
    file = tmp_path / "policy.txt"
    file.write_text("427.1 PURPOSE AND SCOPE\n" + "The purpose of this policy is to provide guidance.\n" * 6, "utf-8")
    words = ("people", "policy", str(file), "--in-force", today(now()).isoformat())
    done = desk.run_as(DESIGNEE, *words)
    assert (done.returncode, PolicyText.objects.count()) == (1, 0)
    done = desk.run_as(SUPERVISOR, *words)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[:3] == ["text", "1", "sha256"]
    assert "word for word" in desk.run_as(SUPERVISOR, *words).stderr
    file.write_bytes(b"\xff\xfe")
    assert "cannot be read as a text" in desk.run_as(SUPERVISOR, *words).stderr
    assert PolicyText.objects.count() == 1


def test_trainings_of_a_file_are_shown_first_and_entered_when_it_is_said(office, desk, tmp_path):
    file, day = tmp_path / "trainings.csv", today(now())
    file.write_text(
        f"member,course,completed_on,expires_on\n{UNTRAINED},ALPR operator,{day},{day + timedelta(days=365)}\n", "utf-8"
    )
    words = ("people", "import-trainings", str(file))
    done = desk.run_as(DESIGNEE, *words)
    assert (done.returncode, office.member(UNTRAINED).trained_until()) == (0, None), done.stderr
    assert "Ben Adler" in done.stdout
    assert "Nothing was entered" in done.stderr
    assert desk.run_as(OPERATOR, *words, "--enter").returncode == 1
    done = desk.run_as(DESIGNEE, *words, "--enter")
    assert "1 entered, 0 on file already" in done.stderr
    assert office.member(UNTRAINED).trained_until() == day + timedelta(days=365)
    assert "0 entered, 1 on file already" in desk.run_as(DESIGNEE, *words, "--enter").stderr
    file.write_text(file.read_text("utf-8") + "4711,x,soon,later\n", "utf-8")
    done = desk.run_as(DESIGNEE, *words, "--enter")
    assert done.returncode == 2
    assert "Line 3: There is no member 4711 here." in done.stderr
