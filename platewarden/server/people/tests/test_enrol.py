"""Taking members on, changing a password, letting one go."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from platewarden.policy.refusal import Malformed, Refused
from platewarden.server.clock import now
from platewarden.server.ledger.write import Signer
from platewarden.server.people.enrol import SIGNS, change_password, enrol_member, leave, speakable
from platewarden.server.people.models import Member
from platewarden.server.people.testing import OPERATOR, SUPERVISOR

DANA = Signer(SUPERVISOR, "Dana Whitfield")


def test_a_new_member_is_handed_a_password_that_is_kept_nowhere_and_no_shift_secret_yet(office):
    member, handed = enrol_member(number="1100", name="  Nia Lowe ", by=DANA)
    assert (member.name, member.duties_on(now()), member.trained_until()) == ("Nia Lowe", frozenset(), None)
    assert member.check_password(handed.password)
    assert office.member("1100").shift_verifier is None
    row = str(office.ask_owner("select * from office.people_member where number = '1100'"))
    assert handed.password not in row
    assert office.ledger()[-1] == ("people.enrol", SUPERVISOR)


def test_credentials_are_never_the_same_and_have_no_sign_that_is_misheard(office):
    made = {speakable(5) for _ in range(200)}
    assert len(made) == 200
    assert set("".join(made)) <= set(SIGNS) | {"-"}
    assert not set("01ilo") & set(SIGNS)


def test_it_refuses_a_number_that_is_not_written_as_one_and_a_name_that_nobody_has(office):
    before = Member.objects.count()
    for number in ("", "1", "1042x", "10 42", "1042\n", "A" * 13, "é12", "10;42"):
        with pytest.raises(Malformed, match="member number"):
            enrol_member(number=number, name="Nia Lowe", by=DANA)
    for name in ("", "   ", "x" * 81, "Nia\nLowe", "Nia\x00"):
        with pytest.raises(Malformed, match="name"):
            enrol_member(number="1100", name=name, by=DANA)
    assert Member.objects.count() == before


def test_it_refuses_a_number_that_was_given_before_even_to_somebody_who_left(office):
    leave(office.member(OPERATOR), by=DANA)
    lines = len(office.ledger())
    with pytest.raises(Malformed, match="taken"):
        enrol_member(number=OPERATOR, name="Nia Lowe", by=DANA)
    assert len(office.ledger()) == lines


def test_of_two_who_take_the_same_number_at_once_one_is_refused_in_a_sentence(office):
    def take_on(name):
        try:
            return enrol_member(number="1100", name=name, by=DANA)
        except Malformed as refused:
            return refused
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(2) as both:
        (refused,) = [each for each in both.map(take_on, ("Nia Lowe", "Max Lund")) if isinstance(each, Malformed)]
    assert "taken" in refused.message
    assert Member.objects.filter(number="1100").count() == 1


def test_it_refuses_a_password_that_is_short_known_or_near_the_name(office):
    rosa = office.member(OPERATOR)
    for password in ("short", "1q2w3e4r5t6y", "Rosa Vega 1042"):
        with pytest.raises(Malformed):
            change_password(rosa, password)
    assert rosa.check_password(office.handed[OPERATOR].password)


def test_a_password_that_passes_the_rules_is_taken(office):
    change_password(office.member(OPERATOR), "seven herons over Lake")
    assert office.member(OPERATOR).check_password("seven herons over Lake")


def test_who_leaves_has_no_duty_no_car_and_no_page_and_it_is_recorded_once(office):
    browser = office.browser(OPERATOR)
    assert browser.get("/").status_code == 200
    rosa = office.member(OPERATOR)
    leave(rosa, by=DANA)
    leave(rosa, by=DANA)
    gone = office.member(OPERATOR)
    assert (gone.is_active, gone.shift_verifier, gone.duties_on(now())) == (False, None, frozenset())
    assert office.ledger().count(("people.leave", SUPERVISOR)) == 1
    answer = browser.get("/")
    assert answer.status_code == 302
    assert "/sign-in/" in answer.url


def test_whoever_sits_on_the_seat_does_not_leave_and_nobody_writes_down_their_own_leaving(office):
    with pytest.raises(Refused, match="hands the seat"):
        leave(office.member(SUPERVISOR), by=Signer("1002", "Luis Ortega"))
    with pytest.raises(Refused, match="their own leaving"):
        leave(office.member("1002"), by=Signer("1002", "Luis Ortega"))
    assert office.member(SUPERVISOR).is_active
