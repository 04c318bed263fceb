"""Passwords and second factors are the sign-in role's: a page's login can change neither, and cannot even see the second."""

from __future__ import annotations

import psycopg
import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from platewarden.server.people.models import Member
from platewarden.server.people.testing import OPERATOR, SUPERVISOR


@pytest.mark.parametrize(
    "statement",
    [
        "update office.people_member set password = (select password from office.people_member where number = '1042') where number = '1001'",
        "update office.mfa_authenticator set data = '{}'",
        "delete from office.mfa_authenticator",
        "insert into office.mfa_authenticator (user_id, type, data, created_at) values (1, 'totp', '{}', now())",
        "select data from office.mfa_authenticator",
    ],
)
def test_a_pages_login_cannot_take_another_members_place(office, statement):
    with office.database.connect("app") as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute(statement.encode())


def test_the_sign_in_role_changes_a_password_and_nothing_else_of_a_member(office):
    with office.database.connect("login") as login:
        login.execute("update office.people_member set password = 'x' where number = '1042'")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            login.execute("update office.people_member set is_active = true")


def test_a_password_hashed_in_an_older_way_is_made_anew_at_sign_in(office):
    old = PBKDF2PasswordHasher().encode("a password long enough", "somesalt")
    Member.objects.using("login").filter(number=OPERATOR).update(password=old)
    member = office.member(OPERATOR)
    assert member.check_password("a password long enough")
    assert not member.check_password("another password")
    assert office.member(OPERATOR).password.startswith("argon2")


def test_second_factors_are_asked_of_the_sign_in_role(office):
    member = office.member(SUPERVISOR)
    found = Authenticator.objects.filter(user=member).first()
    assert found is not None
    assert found._state.db == "login"
