"""The time of a return: typed in the department's own zone, around midnight and the change of clocks."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from platewarden.server.alerts import forms
from platewarden.server.alerts.forms import DispositionForm, VerificationForm

GIVEN = {
    "characters": "same",
    "state": "same",
    "vehicle": "cannot tell",
    "source": "LEADS",
    "reference": "77-1204",
    "answer": "confirms",
}


def returned(monkeypatch, now_at, typed):
    monkeypatch.setattr(forms, "now", lambda: datetime.fromisoformat(now_at).astimezone(UTC))
    form = VerificationForm({**GIVEN, "returned_at": typed})
    assert form.is_valid(), form.errors
    return form.checked().returned_at.astimezone(UTC).isoformat()


@pytest.mark.parametrize(
    ("now_at", "typed", "meant"),
    [
        # a winter afternoon: six hours behind
        ("2026-01-10T20:10:00+00:00", "14:05", "2026-01-10T20:05:59+00:00"),
        ("2026-01-10T20:10:00+00:00", "14:05:20", "2026-01-10T20:05:20+00:00"),
        # this very minute, and one that is a minute ahead of this clock
        ("2026-01-10T20:10:30+00:00", "14:10", "2026-01-10T20:10:00+00:00"),
        ("2026-01-10T20:10:30+00:00", "14:11", "2026-01-10T20:11:00+00:00"),
        # just after midnight at the department, the return came before it
        ("2026-01-11T06:03:00+00:00", "23:58", "2026-01-11T05:58:59+00:00"),
        ("2026-01-11T06:03:00+00:00", "00:02", "2026-01-11T06:02:59+00:00"),
        # the UTC day has changed, the department's has not
        ("2026-01-11T00:30:00+00:00", "18:20", "2026-01-11T00:20:59+00:00"),
        # summer: five hours behind
        ("2026-07-04T20:10:00+00:00", "15:05", "2026-07-04T20:05:59+00:00"),
        # the night in which clocks go forward
        ("2026-03-08T08:10:00+00:00", "03:05", "2026-03-08T08:05:59+00:00"),
        ("2026-03-08T08:10:00+00:00", "01:55", "2026-03-08T07:55:59+00:00"),
        # the night in which an hour comes twice: the second time round, and the first
        ("2026-11-01T07:30:00+00:00", "01:25", "2026-11-01T07:25:59+00:00"),
        ("2026-11-01T07:30:00+00:00", "01:45", "2026-11-01T06:45:59+00:00"),
        ("2026-11-01T06:30:00+00:00", "01:25", "2026-11-01T06:25:59+00:00"),
        # a minute before midnight, the return's clock is a minute ahead
        ("2026-01-11T05:59:30+00:00", "00:00", "2026-01-11T06:00:00+00:00"),
    ],
)
def test_a_time_is_the_latest_that_it_can_have_been(office, monkeypatch, now_at, typed, meant):
    assert returned(monkeypatch, now_at, typed) == meant


def test_it_says_what_is_wrong_at_the_field_that_is():
    for field, wrong in (
        ("returned_at", "2 pm"),
        ("returned_at", "25:00"),
        ("reference", "x"),
        ("reference", "<script>"),
        ("answer", "maybe"),
        ("state", ""),
        ("source", ""),
    ):
        form = VerificationForm({**GIVEN, "returned_at": "14:05", field: wrong})
        assert list(form.errors) == [field], (field, wrong)
    assert not DispositionForm({"outcome": "let go"}).is_valid()
    assert not DispositionForm({"outcome": "stop made", "ground": "felt right"}).is_valid()
    assert DispositionForm({"outcome": "misread"}).is_valid()
