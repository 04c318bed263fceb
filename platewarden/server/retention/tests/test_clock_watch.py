"""The clock that a purge believes: small jitters, jumps both ways, a machine that was off, and a member's word."""

from __future__ import annotations

import pytest

from platewarden.policy.refusal import Refused
from platewarden.server.people.testing import LIST_MANAGER, SUPERVISOR
from platewarden.server.retention.clock_watch import clock_now, confirm, must_believe, tick
from platewarden.server.retention.testing import request_of


@pytest.fixture
def told(office):
    """Changes what was noted at the last tick, as if time had passed or another machine had ticked."""

    def change(assignment: str):
        with office.database.connect("owner") as owner:
            owner.execute(f"update office.retention_clockwatch set {assignment}".encode())  # noqa: S608 - texts of this file

    with office.as_role("purge"):
        tick()
    return change


def ticked(office):
    with office.as_role("purge"):
        tick()
        return must_believe() is None


def test_without_a_tick_it_is_not_believed(office):
    assert must_believe() is not None
    assert not clock_now().is_trusted


def test_a_clock_that_goes_with_the_uptime_is_believed(office, told):
    assert ticked(office)
    told("last_at = last_at - interval '3 hours', up_s = up_s - 10800")
    assert ticked(office), "three hours that the uptime explains"


@pytest.mark.parametrize(
    "noted",
    [
        "last_at = last_at - interval '3 hours'",  # the clock jumped three hours ahead
        "last_at = last_at + interval '3 hours'",  # and three hours back
        "last_at = last_at - interval '400 days'",
        "last_at = last_at - interval '3 hours', boot = 'another'",  # the machine was off, or another one
    ],
)
def test_a_jump_and_a_long_time_off_are_not_believed_until_a_member_confirms(office, told, noted):
    told(noted)
    assert not ticked(office)
    assert not ticked(office), "it does not forget by itself"
    confirm(request_of(office, SUPERVISOR))
    assert ticked(office)
    assert clock_now().confirmed_by == "1001 Dana Whitfield"


def test_a_short_restart_is_believed_and_many_of_them_add_up(office, told):
    for _ in range(3):
        told("last_at = last_at - interval '35 min', boot = 'another'")
        assert ticked(office)
    told("last_at = last_at - interval '35 min', boot = 'another'")
    assert not ticked(office)


def test_a_tick_of_long_ago_is_not_believed(office, told):
    told("last_at = last_at - interval '11 min'")
    assert must_believe() is not None


def test_who_has_no_such_duty_does_not_confirm(office, told):
    with pytest.raises(Refused):
        confirm(request_of(office, LIST_MANAGER))
