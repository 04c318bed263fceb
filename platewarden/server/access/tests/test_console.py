"""At the command line a member signs what they decide, under the same lockout and the same once-only codes."""

from __future__ import annotations

import pytest

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Refused
from platewarden.server.access.console import person_at_console, sign_in_at_console
from platewarden.server.access.lockout import LOCKED, is_locked
from platewarden.server.access.login import person_key
from platewarden.server.access.testing import WRONG, clock
from platewarden.server.people.models import Member
from platewarden.server.people.testing import OPERATOR, SUPERVISOR

__all__ = ["clock"]


def why(*given) -> str:
    with pytest.raises(Refused) as refused:
        sign_in_at_console(*given)
    assert refused.value.clause is Clause.ACCESS_DOCUMENTED
    return refused.value.message


def test_number_password_and_code_name_the_member(office, clock):
    assert sign_in_at_console(f" {SUPERVISOR} ", office.handed[SUPERVISOR].password, clock.code()).number == SUPERVISOR


def test_whatever_is_wrong_the_answer_is_the_same(office, clock):
    password = office.handed[SUPERVISOR].password
    answers = {
        why("7777", password, clock.code()),
        why(SUPERVISOR, WRONG, clock.code()),
        why(SUPERVISOR, password, clock.wrong_code()),
        why(SUPERVISOR, password, ""),
    }
    assert len(answers) == 1
    assert [act for act, _ in office.ledger()].count("access.failed") == 4


def test_five_failures_lock_here_and_at_the_pages(office, clock):
    for _ in range(5):
        why(SUPERVISOR, WRONG, clock.code())
        clock.next_code()
    assert is_locked(SUPERVISOR)
    assert why(SUPERVISOR, office.handed[SUPERVISOR].password, clock.next_code()) == LOCKED


def test_a_code_is_taken_once(office, clock):
    from django.core.cache import cache

    password = office.handed[SUPERVISOR].password
    sign_in_at_console(SUPERVISOR, password, clock.code())
    cache.clear()
    assert "used already" in why(SUPERVISOR, password, clock.code())


def test_who_left_or_has_no_second_factor_signs_nothing(office, clock):
    with office.database.connect("postgres") as superuser:
        superuser.execute("delete from office.mfa_authenticator where user_id = %s", [office.member(OPERATOR).pk])
    why(OPERATOR, office.handed[OPERATOR].password, clock.code())
    Member.objects.filter(number=SUPERVISOR).update(is_active=False)
    why(SUPERVISOR, office.handed[SUPERVISOR].password, clock.code())


def test_a_person_at_the_console_is_bound_for_a_block_and_not_after(office):
    member = office.member(OPERATOR)
    with person_at_console(member) as request:
        assert person_key(request) is not None
        assert (
            office.ask_owner("select count(*) from office.signed_in where member_number = %s and ended_at is null", OPERATOR)[0][0]
            == 1
        )
    assert (
        office.ask_owner("select count(*) from office.signed_in where member_number = %s and ended_at is null", OPERATOR)[0][0] == 0
    )
    assert [line for line in office.ledger() if line[1] == OPERATOR][-2:] == [
        ("access.sign_in", OPERATOR),
        ("access.sign_out", OPERATOR),
    ]
