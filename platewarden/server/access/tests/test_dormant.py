"""Who did nothing for ninety days is disabled by the worker and let in again by a manager; each time a line in the ledger."""

from __future__ import annotations

import psycopg
import pytest

from platewarden.server.access.dormant import disable_dormant
from platewarden.server.access.testing import clock, give_code, give_password, new_browser
from platewarden.server.ledger.write import Signer
from platewarden.server.people.enrol import leave
from platewarden.server.people.testing import DESIGNEE, OPERATOR, OUTSIDER, SUPERVISOR
from platewarden.server.retention.clock_watch import tick

__all__ = ["clock"]


def age(office, number, days=91):
    """As if a member had joined, and done what they did, so long ago."""
    with office.database.connect("postgres") as superuser:
        superuser.execute("set session_replication_role = replica")  # the ledger refuses changes otherwise
        superuser.execute(
            "update office.people_member set joined_at = now() - make_interval(days => %s) where number = %s", [days, number]
        )
        superuser.execute(
            "update office.ledger_leaf set at = now() - make_interval(days => %s) where member_number = %s", [days, number]
        )


def round_(office) -> int:
    office.seal()
    with office.as_role("purge"):
        tick()
        return disable_dormant()


def test_ninety_one_days_without_anything_disable(office, clock):
    age(office, OUTSIDER)
    assert round_(office) == 1
    assert ("access.dormant", None) in office.ledger()
    member = office.member(OUTSIDER)
    assert (member.is_active, member.dormant_at is None) == (False, False)
    browser = new_browser()
    assert give_password(browser, OUTSIDER, office.handed[OUTSIDER].password).headers["location"] == "/sign-in/inactive/"
    give_code(browser, clock.code())
    assert "person" not in browser.cookies
    assert round_(office) == 0  # once


def test_eighty_nine_days_do_not(office):
    age(office, OUTSIDER, days=89)
    assert round_(office) == 0
    assert office.member(OUTSIDER).is_active


def test_whoever_did_something_in_a_car_or_the_office_is_not_dormant(office):
    age(office, OPERATOR)
    with office.database.connect("owner") as owner:
        owner.execute("select office.ledger_write('unit.sign_on', %s, 'Rosa Vega', '', '{}', null)", [OPERATOR])
    assert round_(office) == 0


def test_the_supervisor_is_never_disabled(office):
    age(office, SUPERVISOR)
    age(office, DESIGNEE)
    assert round_(office) == 1
    assert office.member(SUPERVISOR).is_active
    assert not office.member(DESIGNEE).is_active


def test_nobody_is_disabled_while_the_clock_is_not_believed(office):
    assert round_(office) == 0
    age(office, OUTSIDER)
    with office.database.connect("postgres") as superuser:
        superuser.execute("update office.retention_clockwatch set unexplained_s = 9000000")
        assert superuser.execute("select office.clock_is_trusted()").fetchone() == (False,)
    assert round_(office) == 0
    assert office.member(OUTSIDER).is_active


def test_a_manager_lets_in_again_and_the_days_count_anew(office):
    age(office, OUTSIDER)
    round_(office)
    manager = office.browser(SUPERVISOR)
    assert b"Sam Hale" in manager.get("/locked-out/").content
    assert manager.post(f"/locked-out/{OUTSIDER}/enable/").status_code == 302
    assert office.ledger()[-1] == ("access.enabled", SUPERVISOR)
    member = office.member(OUTSIDER)
    assert (member.is_active, member.dormant_at) == (True, None)
    assert round_(office) == 0
    assert manager.post(f"/locked-out/{OUTSIDER}/enable/").status_code == 409  # twice


def test_whoever_left_is_not_let_in_that_way_also_when_dormant_before(office):
    age(office, OUTSIDER)
    round_(office)
    leave(office.member(OUTSIDER), by=Signer(SUPERVISOR, "Dana Whitfield"))
    assert office.member(OUTSIDER).dormant_at is None
    assert ("people.leave", SUPERVISOR) in office.ledger()
    assert office.browser(SUPERVISOR).post(f"/locked-out/{OUTSIDER}/enable/").status_code == 409
    assert not office.member(OUTSIDER).is_active


def test_only_a_manager_does_it_in_the_pages_and_in_the_database(office):
    age(office, OUTSIDER)
    round_(office)
    officer = office.browser(OPERATOR)
    assert officer.get("/locked-out/").status_code == 403
    assert officer.post(f"/locked-out/{OUTSIDER}/enable/").status_code == 403
    key = bytes.fromhex(officer.cookies["person"].value)
    with office.database.connect("app") as app:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("select office.enable_member(%s, %s)", [key, OUTSIDER])
        app.rollback()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("select office.disable_dormant()")
    assert not office.member(OUTSIDER).is_active
