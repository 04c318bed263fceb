"""An incident opens with what is known, is decided on once, has watches that die with it, and is closed by who may."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest

from platewarden.exchange.hotlist_edition import Category
from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, Refused, Stale, Unknown
from platewarden.server.clock import now
from platewarden.server.hotlists.bolo import decide as decide_bolo
from platewarden.server.hotlists.models import BoloState
from platewarden.server.hotlists.testing import as_member, looked_for
from platewarden.server.investigations.incident import close, decide, find, must_be_sound, open_incident, watch, wrong_area
from platewarden.server.investigations.models import Incident, Kind, Watch
from platewarden.server.investigations.testing import new_incident, opened
from platewarden.server.people.testing import AUDITOR, DESIGNEE, LAPSED, LIST_MANAGER, OPERATOR, SUPERVISOR

SQUARE = [[-87.80, 42.18], [-87.79, 42.18], [-87.79, 42.19], [-87.80, 42.19]]


def begin(office, incident, plate="7B?4*", by=OPERATOR):
    reason = "left a hit and run, right headlight broken"
    with as_member(by) as request:
        return watch(request, incident.pk, plate, state=None, category=Category.WANTED_VEHICLE, reason=reason)


def test_it_is_opened_and_its_place_is_not_in_the_ledgers_line(office):
    incident = opened(office)
    assert (incident.number, incident.opened_by_number, incident.is_major) == ("26-004117", OPERATOR, False)
    assert incident.since < incident.at < incident.until
    assert office.ledger()[-1] == ("investigations.open", OPERATOR)
    assert "Central" not in str(office.ask_owner("select body from office.ledger_leaf"))


def test_the_same_case_is_opened_once(office):
    opened(office)
    with pytest.raises(Stale, match="26-004117"):
        opened(office, by=SUPERVISOR)
    assert Incident.objects.count() == 1


@pytest.mark.parametrize("number", [AUDITOR, LAPSED])
def test_members_without_the_duty_open_none(office, number):
    with pytest.raises(Refused):
        opened(office, by=number)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"number": "my neighbour"}, "no case number"),
        ({"since": now(), "until": now() - timedelta(minutes=1)}, "end lies after"),
        ({"since": now() - timedelta(days=40), "until": now()}, "31 days"),
        ({"since": now() + timedelta(hours=1), "until": now() + timedelta(hours=2)}, "lies in the past"),
        ({"corners": [SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3]]}, "cross"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(office, wrong, says):
    refusal = must_be_sound(new_incident(**wrong))
    assert says in refusal.because
    with pytest.raises(Refused):
        open_incident(new_incident(**wrong), by=office.member(OPERATOR))


@pytest.mark.parametrize(
    ("corners", "says"),
    [
        (SQUARE, None),
        ([[-87.80, 42.18], [-87.79, 42.18], [-87.795, 42.185], [-87.79, 42.19], [-87.80, 42.19]], None),
        (SQUARE[:2], "3 to 100"),
        ([[-87.8, 42.1]] * 101, "3 to 100"),
        ([[-190, 42.18], *SQUARE[1:]], "off the globe"),
        ([[179.9, 42.1], [-179.9, 42.1], [-179.9, 42.2]], "date line"),
    ],
)
def test_a_drawn_area_goes_once_around(corners, says):
    assert (wrong_area(corners) is None) if says is None else says in wrong_area(corners)


def test_a_major_one_waits_for_a_decision_that_is_made_once(office):
    incident = opened(office, kind=Kind.SHOOTING)
    assert incident.waits_for_decision
    with pytest.raises(Refused):
        decide(incident.pk, by=office.member(LIST_MANAGER), ordered=True, because="ordered by Cmdr. Ortega")
    with pytest.raises(Malformed):
        decide(incident.pk, by=office.member(DESIGNEE), ordered=True, because="yes")
    decided = decide(incident.pk, by=office.member(DESIGNEE), ordered=True, because="ordered by Cmdr. Ortega")
    assert (decided.canvass_ordered, decided.waits_for_decision) == (True, False)
    with pytest.raises(Stale):
        decide(incident.pk, by=office.member(SUPERVISOR), ordered=False, because="no plates on that street")


def test_of_others_there_is_nothing_to_decide(office):
    with pytest.raises(Stale):
        decide(opened(office).pk, by=office.member(DESIGNEE), ordered=True, because="ordered by Cmdr. Ortega")


def test_a_watch_is_a_bolo_that_dies_with_its_incident(office):
    incident = opened(office)
    made = begin(office, incident)
    assert not looked_for(office, "7BX4A")
    with as_member(DESIGNEE) as request:
        decide_bolo(request, made.bolo_id, approve=True)
    assert looked_for(office, "7BX4A")
    waiting = begin(office, incident, "KL9*", by=SUPERVISOR)
    close(incident.pk, by=office.member(OPERATOR), because="vehicle found, driver charged")
    for each in (made, waiting):
        each.bolo.refresh_from_db()
        assert each.bolo.state == BoloState.WITHDRAWN
    assert not looked_for(office, "7BX4A")
    assert office.ledger()[-1] == ("investigations.close", OPERATOR)
    with pytest.raises(Stale, match="closed"):
        begin(office, incident)
    assert Watch.objects.count() == 2


def test_a_partial_plate_that_nobody_enters_is_late_after_its_hours(office):
    incident = opened(office, has_partial=True)
    assert not incident.partial_is_late(now(), 24)
    assert incident.partial_is_late(now() + timedelta(hours=25), 24)
    begin(office, incident)
    assert not incident.partial_is_late(now() + timedelta(hours=25), 24)


def test_who_opened_it_or_a_manager_closes_it_once_and_says_how_it_ended(office):
    incident = opened(office, by=SUPERVISOR)
    with pytest.raises(Refused) as refused:
        close(incident.pk, by=office.member(OPERATOR), because="vehicle found, driver charged")
    assert refused.value.clause == Clause.ASSIGNED_MEMBERS
    with pytest.raises(Malformed):
        close(incident.pk, by=office.member(DESIGNEE), because="done")
    close(incident.pk, by=office.member(DESIGNEE), because="vehicle found, driver charged")
    with pytest.raises(Stale):
        close(incident.pk, by=office.member(SUPERVISOR), because="vehicle found, driver charged")


def test_one_that_is_not_there_is_unknown(office):
    with pytest.raises(Unknown):
        find(7)
    with pytest.raises(Unknown):
        begin(office, SimpleNamespace(pk=7))
