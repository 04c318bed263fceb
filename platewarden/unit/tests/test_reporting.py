"""From a reading to a read."""

import dataclasses
from datetime import timedelta

import numpy as np

from platewarden.exchange.read_report import Across, Along, NoPlace, Passing, Place, ReadReport
from platewarden.exchange.seal import SigningKey
from platewarden.plate.match import Answer, Candidate, Tier
from platewarden.recognition import result, track
from platewarden.recognition.picture import Picture
from platewarden.unit import pictures
from platewarden.unit.camera import PhotoShot
from platewarden.unit.place import NOWHERE, Where
from platewarden.unit.reporting import Seen, passing_of, pictures_of, seen_plate
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
    return ReadReport.verified(raw, lambda _: KEY.public_bytes)[0]


def seen(hits=(), tmp_path=None, where=NOWHERE, passing=None):
    (views,) = pictures_of(PICTURE, [READING])
    shot = PhotoShot("front", tmp_path, NOON)
    return Seen(shot, READING, hits, views, pictures.scale(PICTURE), SHIFT, where, 12, passing)


def test_a_report_says_what_was_seen_by_whom_and_when():
    report = report_of(seen())
    assert (report.text, report.state, report.state_confidence, report.confidence) == ("7ABC123", "IL", 0.8, 0.9)
    assert report.candidates == (Candidate("7ABC128", 0.05),)
    assert report.characters == (0.95,) * 7
    assert (report.sequence, report.captured_at, report.camera, report.engine) == (5, NOON, "front", "painted")
    assert (report.member, report.shift_id, report.hotlist_edition) == ("4417", SHIFT.shift_id, 12)


def test_a_photograph_is_one_moment_and_says_why_it_has_no_place():
    report = report_of(seen())
    assert (report.passing, report.place, report.no_place) == (Passing.at(NOON), None, NoPlace.NO_RECEIVER)


def passage(**changes):
    frame = track.Frame(1, NOON, 1280, 720)
    facts = {"along": track.Along.TOWARDS, "across": track.Across.LEFT, "again": False, **changes}
    return track.Passage(1, READING, "", NOON - timedelta(seconds=2), NOON + timedelta(seconds=1), 9, frame, **facts)


def test_a_passage_tells_its_ends_its_way_and_its_place():
    here = Where(Place(42.0, -87.8, 3.0, 270.0, 0.5, "Central Ave & Green Bay Rd"), None, front_deg=270.0)
    passing = passing_of(passage(), PhotoShot("front", None, NOON), here, 0.0)
    report = report_of(seen(where=here, passing=passing))
    assert report.passing == Passing(NOON - timedelta(seconds=2), NOON + timedelta(seconds=1), Along.TOWARDS, Across.LEFT, 90.0)
    assert (report.place.crossing, report.no_place) == ("Central Ave & Green Bay Rd", None)


def test_what_the_camera_could_not_tell_is_not_told():
    here = Where(Place(42.0, -87.8, 3.0, None, 0.0), None, front_deg=0.0)
    shot = PhotoShot("front", None, NOON)
    unknown = passing_of(passage(along=None, across=None), shot, here, 90.0)
    assert (unknown.along, unknown.across, unknown.travel_deg) == (None, None, None)
    assert passing_of(passage(along=None), shot, here, 90.0).travel_deg == 0.0
    assert passing_of(passage(), shot, here, None).travel_deg is None
    assert passing_of(passage(), shot, dataclasses.replace(here, front_deg=None), 90.0).travel_deg is None


def test_a_best_frame_of_a_clock_that_went_back_lies_in_its_passage():
    passing = passing_of(passage(), PhotoShot("front", None, NOON - timedelta(seconds=5)), NOWHERE, None)
    assert passing.began_at == NOON - timedelta(seconds=5)


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
