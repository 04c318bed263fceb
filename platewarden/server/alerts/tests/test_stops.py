"""Stops of dispatch beside what was recorded: whole or refused, once, and a stop recorded as “no action” is found."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from platewarden.policy.refusal import Malformed, Refused
from platewarden.policy.verification import Ground, Outcome
from platewarden.server.access.purpose import state_purpose
from platewarden.server.alerts.dispose import dispose
from platewarden.server.alerts.models import DispatchStop, FoundReview
from platewarden.server.alerts.review import review_stop
from platewarden.server.alerts.stops import MOST_BYTES, followed_alerts, not_recorded, parse, reconcile, without_alert
from platewarden.server.alerts.testing import alert_of, verified
from platewarden.server.clock import now
from platewarden.server.hotlists.testing import as_member
from platewarden.server.people.testing import AUDITOR, DESIGNEE, LAPSED, LIST_MANAGER, OPERATOR, SUPERVISOR

HEAD = "number,at,plate,state,unit"


def file_of(*rows):
    return "\n".join([HEAD, *rows, ""]).encode()


def row(number, plate="AB12345", *, at=None, state="IL", unit="Car 12"):
    return f"{number},{(at or now()).isoformat()},{plate},{state},{unit}"


def taken(office, content, *, by=SUPERVISOR):
    office.seal()
    with as_member(by) as request:
        state_purpose(request, name="criminal-investigation", reference="26-004117")
        return reconcile(request, content)


def closed(office, outcome, *, plate="AB12345", by=OPERATOR):
    alert, member = alert_of(office, plate=plate), office.member(by)
    verified(alert, by=member)
    dispose(alert.pk, outcome=outcome, ground=Ground.VERIFIED, because="", by=member)
    return alert


def test_a_stop_that_was_recorded_as_no_action_is_found_and_one_that_agrees_is_not(office):
    alert = closed(office, Outcome.NO_ACTION)
    closed(office, Outcome.STOP, plate="CD67890")
    found = taken(office, file_of(row("S-1"), row("S-2", "CD67890"), row("S-3", "XY11111")))
    assert (found.new, found.known, found.followed) == (3, 0, 2)
    assert [(each.number, each.alert) for each in not_recorded()] == [("S-1", alert)]
    assert {each.number for each in followed_alerts()} == {"S-1", "S-2"}
    assert [each.number for each in without_alert()] == ["S-3"]
    page = office.browser(SUPERVISOR).get("/alerts/review/").content.decode()
    assert "Stop S-1 after" in page
    assert "Seen, no action taken" in page
    assert office.ledger().count(("alerts.reconcile", SUPERVISOR)) == 1


def test_the_same_file_again_adds_nothing_and_finds_an_alert_that_came_late(office):
    content = file_of(row("S-1"))
    assert taken(office, content).followed == 0
    again = taken(office, content)
    assert (again.new, again.known, again.followed) == (0, 1, 0)
    closed(office, Outcome.NO_ACTION)
    late = taken(office, content)
    assert (late.new, late.known, late.followed) == (0, 1, 1)
    assert DispatchStop.objects.count() == 1
    assert not_recorded().count() == 1


def test_a_number_that_is_here_with_another_time_refuses_the_whole_file(office):
    taken(office, file_of(row("S-1")))
    with pytest.raises(Malformed, match="1 of these numbers are here already with another time"):
        taken(office, file_of(row("S-2"), row("S-1", at=now() - timedelta(hours=3))))
    assert DispatchStop.objects.count() == 1


def test_another_time_or_another_state_is_another_stop(office):
    closed(office, Outcome.NO_ACTION)
    early, late = now() - timedelta(minutes=11), now()
    found = taken(office, file_of(row("S-1", at=early), row("S-2", state="WI"), row("S-3", at=late, state="unknown")))
    assert found.followed == 1
    assert [each.number for each in not_recorded()] == ["S-3"]


def test_an_alert_that_is_open_or_withdrawn_is_found_too_until_a_stop_is_recorded(office):
    alert = alert_of(office)
    taken(office, file_of(row("S-1")))
    assert not_recorded().count() == 1
    verified(alert, by=office.member(OPERATOR))
    dispose(alert.pk, outcome=Outcome.STOP, ground=Ground.VERIFIED, because="", by=office.member(OPERATOR))
    assert not not_recorded().exists()


def test_no_plate_of_the_file_is_kept_anywhere(office):
    taken(office, file_of(row("S-1", "ZZ98765")))
    for table in ("office.alerts_dispatchstop", "office.ledger_leaf", "plates.ledger_content", "plates.access_terms"):
        assert not [each for each in office.ask_owner(f"select t::text from {table} t") if "ZZ98765" in each[0]]  # noqa: S608


def test_a_file_is_refused_whole_with_its_lines_and_without_what_stands_on_them(office):
    future = (now() + timedelta(hours=1)).isoformat()
    wrong = {
        "S-1,yesterday,AB12345,IL,Car 12": "the time is written like",
        f"S-1,{future},AB12345,IL,Car 12": "lies in the future",
        "S-1,2019-01-01T00:00,AB12345,IL,Car 12": "more than a year back",
        row("S-1", "SECRET-PLATE-99999"): "the plate or its state is none",
        row("S-1", state="XX"): "the plate or its state is none",
        row("S 1"): "the number is 3 to 30",
        row("S-1", unit=""): "the unit is 1 to 40",
        row("S-1", unit="\x07"): "the unit is 1 to 40",
        "S-1,only": "it has 2 fields, not 5",
        row("S-9"): "its number stands in the file before",
    }
    for line, sentence in wrong.items():
        with pytest.raises(Malformed, match=f"line 3: .*{sentence}") as refused:
            parse(file_of(row("S-9"), line))
        assert "SECRET" not in refused.value.message
    for content in (b"", b"\xff\xfe", file_of(), b"number,at\n", b'number,at,plate,state,unit\n"x\n', b" " * (MOST_BYTES + 1)):
        with pytest.raises(Malformed):
            parse(content)
    with pytest.raises(Malformed, match="and 10 more"):
        parse(file_of(*["x"] * 30))
    assert parse(file_of("", row("S-1", "ab-12 345", state="")))[0].plate == "AB12345"


def test_a_stop_is_reviewed_once_and_not_by_who_closed_the_alert(office):
    closed(office, Outcome.NO_ACTION, by=DESIGNEE)
    taken(office, file_of(row("S-1")))
    stop = DispatchStop.objects.get()
    for by in (DESIGNEE, OPERATOR):
        with as_member(by) as request, pytest.raises(Refused):
            review_stop(request, stop.pk, in_order=True, because="It was another car.")
    boss = office.browser(SUPERVISOR)
    assert boss.post(f"/alerts/review/stop/{stop.pk}/", {"in_order": "no"}).status_code == 400
    assert (
        boss.post(f"/alerts/review/stop/{stop.pk}/", {"in_order": "no", "because": "The stop was never recorded."}).status_code
        == 302
    )
    assert FoundReview.objects.get().is_in_order is False
    assert ("alerts.review_found", SUPERVISOR) in office.ledger()
    assert boss.post(f"/alerts/review/stop/{stop.pk}/", {"in_order": "yes", "because": "Looked at it twice."}).status_code == 404
    assert not not_recorded().exists()


def test_the_page_is_the_supervisors_and_says_what_is_wrong_at_the_file(office):
    for number in (AUDITOR, LIST_MANAGER, LAPSED, OPERATOR):
        assert office.browser(number).get("/alerts/stops/").status_code == 403
    boss = office.browser(SUPERVISOR)
    refused = boss.post("/alerts/stops/", {"file": SimpleUploadedFile("stops.csv", file_of("S-1,only"))})
    assert refused.status_code == 422
    assert b"line 2: it has 2 fields" in refused.content
    assert boss.post("/alerts/stops/", {}).status_code == 422
    assert boss.post("/alerts/stops/", {"file": SimpleUploadedFile("stops.csv", file_of(row("S-1")))}).status_code == 302
    page = boss.get("/alerts/stops/").content.decode()
    assert "Stops with no alert" in page
    assert "1 stops are new" in page
    assert "AB12345" not in page
