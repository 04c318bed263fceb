"""The pages: what a member sees of retention, and each act done through its form."""

from __future__ import annotations

from datetime import timedelta

import pytest

from platewarden.server.clock import now
from platewarden.server.people.models import PolicyEdition
from platewarden.server.people.testing import AUDITOR, DESIGNEE, OPERATOR, SUPERVISOR
from platewarden.server.people.training import today
from platewarden.server.retention.clock_watch import tick
from platewarden.server.retention.models import Hold, ScheduleChange
from platewarden.server.retention.testing import day_ago, keep_past, open_past, purge_now

HOLDS = "/retention/holds/"


def hold_fields(**other):
    here = now().astimezone()
    return {
        "ground": "criminal action",
        "authority": "State's Attorney, Lake County, letter of 11/20/2026",
        "reference": "26-004117",
        "scope": "vehicle",
        "plate": "AB12345",
        "since": (here - timedelta(days=60)).strftime("%Y-%m-%dT%H:%M"),
        "until": (here + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M"),
        "review_on": (today(now()) + timedelta(days=30)).isoformat(),
    } | other


@pytest.fixture
def read(office):
    """A read of 20 days ago with its pictures."""
    open_past(office.database, 20)
    car = office.car()
    with office.as_role("ingest"):
        return keep_past(car, "AB12345", 20)


def test_the_overview_says_what_is_kept_what_is_due_and_what_the_schedule_is(office, read):
    page = office.browser(SUPERVISOR).get("/retention/").content.decode()
    assert f"{day_ago(20):%m/%d/%Y}: 1 reads" in page
    assert "Overview pictures" in page
    assert "The worker has not run yet" in page
    with office.as_role("purge"):
        tick()
    assert "clock is not believed" not in office.browser(SUPERVISOR).get("/retention/").content.decode()


def test_without_a_read_the_overview_says_so_and_reads_of_today_are_in_the_plot(office):
    assert "No read is kept" in office.browser(SUPERVISOR).get("/retention/").content.decode()
    office.receive(office.car(), "AB12345")
    assert f"{now().date():%m/%d/%Y}: 1 reads" in office.browser(SUPERVISOR).get("/retention/").content.decode()


def test_an_overdue_day_is_red_on_the_first_page_and_gone_after_the_purge(office, read):
    home = office.browser(SUPERVISOR).get("/").content.decode()
    assert "day of data is past its schedule and not purged" in home
    purge_now(office)
    home = office.browser(SUPERVISOR).get("/").content.decode()
    assert "not purged" not in home


def test_a_hold_is_placed_from_its_form_and_says_what_it_found(office, read):
    answer = office.browser(OPERATOR).post(HOLDS + "new/", hold_fields(), follow=True)
    assert b"spares 1 reads and 0 alerts" in answer.content
    hold = Hold.objects.get()
    assert (hold.placed_by_number, hold.reads, hold.scope) == (OPERATOR, 1, "vehicle")
    assert b"AB12345" not in answer.content
    names = office.browser(OPERATOR).get(f"{HOLDS}{hold.pk}/names/").content
    assert b"AB12345" in names


def test_a_read_is_kept_for_its_case_from_its_own_page(office, read):
    rosa = office.browser(OPERATOR)
    page = rosa.get(f"/reads/{read.read_id}/{read.report.captured_at.isoformat()}/").content.decode()
    assert f"/retention/holds/new/?read={read.read_id}" in page
    form = rosa.get(HOLDS + "new/", {"read": str(read.read_id), "captured": read.report.captured_at.isoformat()})
    assert b"It names the one read" in form.content
    fields = hold_fields(read=str(read.read_id), captured=read.report.captured_at.isoformat())
    for name in ("scope", "plate", "since", "until"):
        fields.pop(name)
    rosa.post(HOLDS + "new/", fields)
    hold = Hold.objects.get()
    assert (hold.scope, hold.reads) == ("read", 1)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"authority": "x"}, "rests on somebody"),
        ({"reference": "lunch"}, "no case or action number"),
        ({"plate": ""}, "Enter the plate"),
        ({"plate": "NONE1", "until": "2026-01-02T00:00", "since": "2026-01-01T00:00"}, "Nothing is kept that this names"),
        ({"since": "2026-03-01T00:00", "until": "2026-02-01T00:00"}, "end lies after its beginning"),
        ({"review_on": "2020-01-01"}, "looked at again within a year"),
        ({"authority": "Order about AB 12345"}, "leave the plate out"),
        ({"scope": "unit"}, "Choose the unit"),
        ({"scope": "place", "lat": "42.1"}, "latitude, longitude and the distance"),
        ({"ground": ""}, "Choose why it may not be purged"),
    ],
)
def test_a_wrong_hold_is_one_sentence_on_its_form_and_nothing_is_placed(office, read, wrong, sentence):
    answer = office.browser(OPERATOR).post(HOLDS + "new/", hold_fields(**wrong))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Hold.objects.exists()


def test_who_placed_a_hold_does_not_release_it_and_the_supervisor_does(office, read):
    office.browser(DESIGNEE).post(HOLDS + "new/", hold_fields())
    hold = Hold.objects.get()
    path = f"{HOLDS}{hold.pk}/release/"
    assert office.browser(DESIGNEE).post(path, {"because": "judgment of 11/20/2026"}).status_code == 403
    assert office.browser(OPERATOR).post(path, {"because": "judgment of 11/20/2026"}).status_code == 403
    assert office.browser(SUPERVISOR).post(path, {"because": ""}).status_code == 422
    answer = office.browser(SUPERVISOR).post(path, {"because": "judgment of 11/20/2026"}, follow=True)
    assert b"is released" in answer.content
    assert office.browser(SUPERVISOR).post(path, {"because": "judgment of 11/20/2026"}).status_code == 409
    hold.refresh_from_db()
    assert hold.released_by.startswith(SUPERVISOR)
    assert b"Nothing is held" in office.browser(OPERATOR).get(HOLDS).content
    assert hold.number.encode() in office.browser(OPERATOR).get(HOLDS + "?released=1").content


def test_a_hold_that_was_looked_at_again_stands_until_another_day(office, read):
    office.browser(OPERATOR).post(HOLDS + "new/", hold_fields())
    hold = Hold.objects.get()
    again = today(now()) + timedelta(days=100)
    assert office.browser(OPERATOR).post(f"{HOLDS}{hold.pk}/review/", {"again_on": again}).status_code == 403
    assert office.browser(SUPERVISOR).post(f"{HOLDS}{hold.pk}/review/", {"again_on": "2020-01-01"}).status_code == 400
    office.browser(SUPERVISOR).post(f"{HOLDS}{hold.pk}/review/", {"again_on": again})
    hold.refresh_from_db()
    assert (hold.review_on, hold.reviewed_by[:4]) == (again, SUPERVISOR)


def schedule_fields(**days):
    given = {"overview_pictures": 14, "pictures": 30, "reads": 30, "alerts": 30, "list_entries": 30, "search_terms": 365}
    return {k: str(v) for k, v in (given | days).items()} | {
        "because": "records commission, 11/20/2026",
        "effective_on": (today(now()) + timedelta(days=7)).isoformat(),
    }


def test_a_schedule_is_asked_by_one_counted_and_signed_by_another(office, read):
    dana, luis = office.browser(SUPERVISOR), office.browser(DESIGNEE)
    answer = dana.post("/retention/schedule/new/", schedule_fields(pictures=15, reads=15, overview_pictures=10), follow=True)
    page = answer.content.decode()
    assert "waits for a second member" in page
    change = ScheduleChange.objects.get()
    assert dana.post(f"/retention/schedule/{change.pk}/sign/").status_code == 403
    assert '<td class="is-right">1</td>' in luis.get(f"/retention/schedule/{change.pk}/").content.decode()
    luis.post(f"/retention/schedule/{change.pk}/sign/")
    edition = PolicyEdition.objects.get(number=2)
    assert edition.schedule["reads"] == 15
    assert "reads = 15" in edition.text
    assert edition.signed_by == "1001 Dana Whitfield and 1002 Luis Ortega"
    assert "15 days from" in dana.get("/retention/").content.decode()
    assert luis.post(f"/retention/schedule/{change.pk}/sign/").status_code == 409


@pytest.mark.parametrize(
    ("days", "other", "sentence"),
    [
        ({"reads": 20}, {}, "is longer than"),
        ({"reads": 20, "pictures": 20}, {"in_days": 0}, "at the earliest on"),
        ({}, {}, "Nothing changes"),
        ({"alerts": 60}, {"because": "x"}, "Say in a few words"),
        ({"alerts": 0}, {}, "greater than or equal to 1"),
    ],
)
def test_a_wrong_schedule_is_one_sentence_on_its_form(office, days, other, sentence):
    fields = schedule_fields(**days) | {name: value for name, value in other.items() if name != "in_days"}
    if "in_days" in other:
        fields["effective_on"] = (today(now()) + timedelta(days=other["in_days"])).isoformat()
    answer = office.browser(SUPERVISOR).post("/retention/schedule/new/", fields)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not ScheduleChange.objects.exists()


def test_one_change_waits_at_a_time_and_a_refused_one_changes_nothing(office):
    dana, luis = office.browser(SUPERVISOR), office.browser(DESIGNEE)
    dana.post("/retention/schedule/new/", schedule_fields(alerts=60))
    assert luis.post("/retention/schedule/new/", schedule_fields(alerts=90)).status_code == 409
    change = ScheduleChange.objects.get()
    luis.post(f"/retention/schedule/{change.pk}/refuse/")
    change.refresh_from_db()
    assert change.state == "refused"
    assert PolicyEdition.objects.count() == 1


def test_a_certificate_is_a_page_and_a_file(office, read):
    certificate = purge_now(office)
    ada = office.browser(AUDITOR)
    page = ada.get(f"/retention/certificates/{certificate.pk}/").content.decode()
    assert "Overview pictures" in page
    assert "What it cannot promise" in page
    answer = ada.get(f"/retention/certificates/{certificate.pk}/file/")
    assert answer.content.decode() == certificate.note
    assert ada.get("/retention/certificates/999/").status_code == 404


def test_the_clock_is_confirmed_by_a_member_with_that_duty(office):
    with office.as_role("purge"):
        tick()
    with office.database.connect("owner") as owner:
        owner.execute("update office.retention_clockwatch set unexplained_s = 90000")
    page = office.browser(OPERATOR).get("/retention/").content.decode()
    assert "nothing is purged" in page
    assert office.browser(OPERATOR).post("/retention/clock/").status_code == 403
    office.browser(SUPERVISOR).post("/retention/clock/")
    assert "nothing is purged" not in office.browser(OPERATOR).get("/retention/").content.decode()
    assert ("retention.clock", SUPERVISOR) in office.ledger()
