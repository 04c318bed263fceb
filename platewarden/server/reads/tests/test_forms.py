"""The search form: whole days of the department's zone, a clear word for everything else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from platewarden.plate.pattern import PartialPlate
from platewarden.plate.text import PlateText
from platewarden.server.clock import now
from platewarden.server.people.editions import department
from platewarden.server.reads.forms import SearchForm


def form(**fields):
    found = SearchForm({"plate": "AB12345", "span": "week", **fields})
    found.is_valid()
    return found


def test_dates_are_whole_days_of_the_departments_zone_summer_and_winter(office):
    winter = form(span="dates", since="2026-01-10", until="2026-01-10").moments()
    assert [at.astimezone(UTC) for at in winter] == [datetime(2026, 1, 10, 6, tzinfo=UTC), datetime(2026, 1, 11, 6, tzinfo=UTC)]
    summer = form(span="dates", since="2026-07-04", until="2026-07-05").moments()
    assert [at.astimezone(UTC) for at in summer] == [datetime(2026, 7, 4, 5, tzinfo=UTC), datetime(2026, 7, 6, 5, tzinfo=UTC)]
    change = form(span="dates", since="2026-03-08", until="2026-03-08").moments()
    assert change[1].astimezone(UTC) - change[0].astimezone(UTC) == timedelta(hours=23)


def test_a_span_goes_back_from_now_and_all_as_far_as_the_schedule(office):
    for span, days in (("day", 1), ("week", 7), ("all", department().retention_days["reads"] + 1)):
        since, until = form(span=span).moments()
        assert timedelta(days=days) <= now() - since < timedelta(days=days, minutes=1)
        assert until > now()


def test_it_takes_a_plate_and_a_partial_plate(office):
    assert form(plate=" ab-123 45 ").cleaned_data["plate"] == PlateText("AB12345")
    assert form(plate="7b?4*").cleaned_data["plate"] == PartialPlate("7B?4*")


def test_it_says_what_is_wrong_at_the_field_that_is(office):
    for plate in ("", "ÄB1", "A*", "?*", "ABCDEFGHIJKLM", "AB_12", "*" * 50):
        assert list(form(plate=plate).errors) == ["plate"], plate
    assert list(form(span="month").errors) == ["span"]
    assert list(form(span="dates", since="2026-01-10").errors) == ["span"]
    assert list(form(span="dates", since="2026-01-10", until="2026-01-09").errors) == ["until"]
    assert list(form(span="dates", since="10.1.2026", until="2026-01-10").errors) == ["since", "span"]
