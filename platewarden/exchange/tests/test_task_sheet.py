"""The canvass tasks of a unit: what may be asked, and what nobody may sign."""

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from platewarden.exchange.task_sheet import TASKS_AT_MOST, CanvassTask, TaskSheet
from platewarden.policy.refusal import Malformed

AT = datetime(2026, 4, 2, 3, tzinfo=UTC)
TASK = CanvassTask(
    number=12,
    incident="26-004117",
    what="Robbery",
    place="Central Ave & Second St",
    lat=42.1817,
    lon=-87.8003,
    radius_m=500,
    corners=(),
    instruction="",
    asked_by="1001 Dana Whitfield",
    asked_at=AT,
    until=AT + timedelta(hours=1),
)
SHEET = TaskSheet(bytes(16), 3, AT, (TASK,))


def test_it_comes_back_as_it_was():
    drawn = dataclasses.replace(TASK, corners=((-87.8, 42.1), (-87.7, 42.1), (-87.7, 42.2)), instruction="alleys too")
    for sheet in (SHEET, dataclasses.replace(SHEET, tasks=()), dataclasses.replace(SHEET, tasks=(drawn,))):
        assert TaskSheet.from_body(sheet.to_body()) == sheet


@pytest.mark.parametrize(
    "changed",
    [
        {"number": 0},
        {"incident": ""},
        {"what": "x" * 61},
        {"place": "a\nb"},
        {"instruction": "x" * 201},
        {"asked_by": ""},
        {"radius_m": 0},
        {"lat": 90.5},
        {"corners": ((-87.8, 42.1), (-87.7, 42.1))},
        {"corners": ((-87.8, 42.1), (-87.7, 42.1), (-187.7, 42.2))},
        {"until": AT},
    ],
)
def test_it_refuses_what_no_task_says(changed):
    with pytest.raises(Malformed):
        dataclasses.replace(TASK, **changed)


@pytest.mark.parametrize(
    "changed",
    [
        {"unit_key_id": b""},
        {"number": 0},
        {"tasks": (TASK, TASK)},
        {"tasks": tuple(dataclasses.replace(TASK, number=each) for each in range(1, TASKS_AT_MOST + 2))},
    ],
)
def test_it_refuses_what_no_sheet_says(changed):
    with pytest.raises(Malformed):
        dataclasses.replace(SHEET, **changed)
