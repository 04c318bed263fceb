"""What the database says to the key of a sign-in, in the department's words."""

from __future__ import annotations

import pytest

from platewarden.policy.refusal import Refused, Stale
from platewarden.server.access.person import ask_as_the_person
from platewarden.server.people.testing import AUDITOR
from platewarden.server.retention.testing import request_of


def test_without_a_key_or_with_one_that_ended_one_signs_in_again(office):
    request = request_of(office, AUDITOR)
    for cookies in ({}, {"person": "00" * 32}):
        request.COOKIES = cookies
        with pytest.raises(Refused, match="Sign in again"):
            ask_as_the_person(request, "sign_audit(%s, %s, %s)", 1, "nothing to see")


def test_a_key_whose_sign_in_was_ended_is_refused_by_the_database(office):
    request = request_of(office, AUDITOR)
    office.ask_owner("update office.signed_in set ended_at = clock_timestamp() returning 1")
    with pytest.raises(Refused, match="Sign in again"):
        ask_as_the_person(request, "sign_audit(%s, %s, %s)", 1, "nothing to see")


def test_what_is_settled_is_stale(office):
    with pytest.raises(Stale):
        ask_as_the_person(request_of(office, AUDITOR), "sign_audit(%s, %s, %s)", 999, "nothing to see")
