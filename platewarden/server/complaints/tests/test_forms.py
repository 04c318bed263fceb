"""What is wrong stands at its field."""

from __future__ import annotations

import pytest

from platewarden.server.alerts.testing import alert_of
from platewarden.server.complaints.forms import DecideForm, LinkForm, ReceiveForm

GIVEN = {"about": "wrong stop", "came_on": "2026-11-20", "complainant": "June Ellery", "words": "I was stopped wrongly"}


def test_a_whole_one_becomes_a_complaint(office):
    form = ReceiveForm(GIVEN | {"members": "1042, 1001"})
    assert form.is_valid(), form.errors
    assert {each.number for each in form.new().links.members} == {"1042", "1001"}
    assert form.new().to_hold is None


def test_what_it_needs_is_asked_for():
    assert set(ReceiveForm({}).errors) == {"about", "came_on", "complainant", "words"}
    assert set(DecideForm({}).errors) == {"outcome", "because", "answer"}


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("members", "9", "no member 9"),
        ("alert", "77", "no such alert"),
        ("sheet", "A-0001/1", "no such look"),
        ("sheet", "one", "no such look"),
        ("hold_plate", "AB12345", "from when and to when"),
    ],
)
def test_what_is_not_there_stands_at_its_field(office, field, value, words):
    assert words in str(ReceiveForm(GIVEN | {field: value}).errors[field])


def test_a_silent_alert_is_not_told_of_to_who_sees_none(office):
    office.car()
    alert = alert_of(office)
    office.ask_owner("update office.alerts_alert set silent = true returning 1")
    assert "alert" in LinkForm({"alert": alert.pk}).errors
    assert LinkForm({"alert": alert.pk}, sees_silent=True).is_valid()
