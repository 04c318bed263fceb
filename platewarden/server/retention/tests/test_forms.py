"""The forms: what a hold can name, and which field a sentence stands at."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from platewarden.server.clock import now
from platewarden.server.people.training import today
from platewarden.server.retention.forms import HoldForm, ScheduleForm, next_review
from platewarden.server.retention.models import Kind, Scope

UNIT = uuid.uuid4()


def form(**other):
    given = {
        "ground": "discovery",
        "authority": "Circuit court, order of 11/20/2026",
        "reference": "26-004117",
        "scope": "vehicle",
        "plate": "AB12345",
        "since": "2026-11-01T00:00",
        "until": "2026-11-20T12:30",
        "review_on": (today(now()) + timedelta(days=30)).isoformat(),
    } | other
    return HoldForm({name: value for name, value in given.items() if value is not None}, units=[(str(UNIT), "Car 12")])


def test_each_scope_names_its_own(office):
    assert form().is_valid()
    cases = {
        Scope.VEHICLE: {"plate": "ab 12-345"},
        Scope.PATTERN: {"plate": "AB?2*"},
        Scope.UNIT: {"scope": "unit", "unit": str(UNIT)},
        Scope.PLACE: {"scope": "place", "lat": "42.1", "lon": "-87.8", "radius_m": "300"},
    }
    for scope, fields in cases.items():
        filled = form(**fields)
        assert filled.is_valid(), filled.errors
        assert filled.hold().named.scope is scope
    assert form(plate="AB?2*").is_valid()


def test_times_are_the_departments(office):
    from django.utils import timezone

    from platewarden.server.people.editions import department

    with timezone.override(department().time_zone):
        filled = form()
        assert filled.is_valid()
        assert filled.hold().since.utcoffset() in (timedelta(hours=-5), timedelta(hours=-6))


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"plate": "!!"}, "plate"),
        ({"plate": "?"}, "plate"),
        ({"scope": "unit"}, "unit"),
        ({"scope": "place"}, "radius_m"),
        ({"scope": "place", "lat": "99", "lon": "1", "radius_m": "5"}, "lat"),
        ({"until": "yesterday"}, "until"),
        ({"scope": None}, "scope"),
    ],
)
def test_a_sentence_stands_at_its_field(office, fields, where):
    wrong = form(**fields)
    assert not wrong.is_valid()
    assert where in wrong.errors, wrong.errors


def test_a_schedule_has_a_field_for_every_kind_with_its_days(office):
    from platewarden.server.people.editions import department

    blank = ScheduleForm(days=department().retention_days)
    assert [each.name for each in blank.kinds()] == [kind.value for kind in Kind]
    assert blank["reads"].initial == 30
    assert next_review() == today(now()) + timedelta(days=department().hold_review_days)
