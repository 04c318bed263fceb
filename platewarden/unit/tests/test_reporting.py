"""From a reading to a read."""

import dataclasses

import numpy as np

from platewarden.exchange.read_report import ReadReport
from platewarden.exchange.seal import SigningKey, open_message
from platewarden.exchange.wire import Kind
from platewarden.plate.match import Answer, Candidate, Tier
from platewarden.recognition import result
from platewarden.recognition.picture import Picture
from platewarden.unit import pictures
from platewarden.unit.camera import PhotoShot
from platewarden.unit.reporting import Seen, pictures_of, seen_plate
from platewarden.unit.testing import NOON, entry
from platewarden.unit.tests.test_watch import SHIFT

CORNERS = ((200.0, 100.0), (600.0, 100.0), (600.0, 220.0), (200.0, 220.0))
READING = result.Reading(
    "7ABC123",
    0.9,
    "IL",
    0.8,
    CORNERS,
    (result.Candidate("7ABC128", 0.05),),
    tuple(result.Character(c, 0.95) for c in "7ABC123"),
    "painted",
)
PICTURE = Picture("a.jpg", np.zeros((1280, 2560, 3), dtype=np.uint8))
KEY = SigningKey.generate()


def report_of(seen, sequence=5):
    raw = seen.draft(KEY).write(sequence)
    return ReadReport.from_body(open_message(raw, Kind.READ_REPORT, lambda _: KEY.public_bytes).body)


def seen(hits=(), tmp_path=None):
    (views,) = pictures_of(PICTURE, [READING])
    shot = PhotoShot("front", tmp_path, NOON)
    return Seen(shot, READING, hits, views, pictures.scale(PICTURE), SHIFT, None, 12)


def test_a_report_says_what_was_seen_by_whom_and_when():
    report = report_of(seen())
    assert (report.text, report.state, report.state_confidence, report.confidence) == ("7ABC123", "IL", 0.8, 0.9)
    assert report.candidates == (Candidate("7ABC128", 0.05),)
    assert report.characters == (0.95,) * 7
    assert (report.sequence, report.captured_at, report.camera, report.engine) == (5, NOON, "front", "painted")
    assert (report.member, report.shift_id, report.hotlist_edition) == ("4417", SHIFT.shift_id, 12)


def test_the_corners_are_told_in_pixels_of_the_overview_that_is_sent():
    assert report_of(seen()).corners == tuple((x / 2, y / 2) for x, y in CORNERS)


def test_a_hit_is_in_the_report_and_goes_up_first():
    found = entry("7ABC123")
    hit = seen(hits=((found, Answer(Tier.FULL)),))
    assert [each.entry_id for each in report_of(hit).hits] == [found.entry_id]
    assert (hit.draft(KEY).urgency, seen().draft(KEY).urgency) == (0, 2)


def test_the_matcher_is_asked_with_the_state_and_the_candidates():
    asked = seen_plate(READING)
    assert (asked.text, asked.state, asked.candidates) == ("7ABC123", "IL", (Candidate("7ABC128", 0.05),))
    assert seen_plate(dataclasses.replace(READING, state=None, state_confidence=None)).state is None


def test_each_reading_of_a_shot_has_the_overview_and_its_own_plate():
    views = pictures_of(PICTURE, [READING, READING])
    assert [[each.view for each in of] for of in views] == [["overview", "plate"]] * 2
    assert pictures_of(PICTURE, []) == []
