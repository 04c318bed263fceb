"""The walk of a read in the car: shot, reading, hit, alarm, spool, receipt; counted, and never stopped by one bad shot."""

import io
import json
import random
import time
from datetime import timedelta
from uuid import UUID

import numpy as np
import pytest

from platewarden.exchange.hotlist_edition import Approach, Category
from platewarden.recognition.picture import NotAPicture, Picture
from platewarden.recognition.recognizer import Recognizer
from platewarden.recognition.result import Candidate, Character, Reading, Unreadable
from platewarden.unit.alarm import Alarm
from platewarden.unit.cameras import open_cameras
from platewarden.unit.shift import Shift
from platewarden.unit.testing import NOON, Office, car_12, entry, member, serving
from platewarden.unit.tests.test_video import film
from platewarden.unit.video import FrameCounts, FrameShot
from platewarden.unit.watch import Watch

SHIFT = Shift(UUID(int=12), "4417", "Officer Ines Okafor", "routine-patrol", "", NOON, NOON + timedelta(hours=12))
CORNERS = ((10.0, 10.0), (50.0, 10.0), (50.0, 22.0), (10.0, 22.0))


class Shown:
    """A shot whose name says what is on it: plates with blanks between, or something odd."""

    camera, captured_at = "front", NOON

    def __init__(self, name):
        self.name = name

    def open(self):
        if self.name == "broken":
            return NotAPicture("broken", "broken is damaged or cut short. Copy it again from the camera.")
        return Picture(self.name, np.zeros((60, 100, 3), dtype=np.uint8))


class Reel:
    name = "front"

    def __init__(self, *names):
        self.shots = [Shown(name) for name in names]

    def next_shot(self):
        return self.shots.pop(0) if self.shots else None

    def is_over(self):
        return not self.shots


class Painted:
    name = "painted"

    def recognise(self, picture):
        if picture.name == "crash":
            raise ZeroDivisionError("7SECRET")
        found = []
        for at, word in enumerate(picture.name.split()):
            corners = tuple((x, y + 14 * at) for x, y in CORNERS)
            if word == "blur":
                found.append(Unreadable("too blurred", corners))
                continue
            text, _, state = word.partition("/")
            characters = tuple(Character(each, 0.9) for each in text)
            found.append(
                Reading(
                    text, 0.9, state or None, 0.8 if state else None, corners, (Candidate(text[::-1], 0.05),), characters, "painted"
                )
            )
        return tuple(found)


@pytest.fixture
def office():
    office = Office()
    office.publish_hotlist(
        1, [entry("7ABC123"), entry("XR4444", approach=Approach.SILENT, category=Category.ELECTRONIC_SURVEILLANCE)]
    )
    office.publish_roster(1, [member()])
    with serving(office):
        yield office


def watch_of(car, *shots, screen=None, shift=SHIFT):
    return Watch(
        camera=Reel(*shots),
        recognizer=Recognizer(Painted()),
        hotlist=car.hotlist,
        alarm=Alarm(screen if screen is not None else io.StringIO(), as_json=True),
        spool=car.spool,
        journal=car.journal,
        transfer=car.transfer,
        shift=shift,
        key=car.enrolment.key,
        clock=car.clock,
        timer=time.monotonic,
    )


@pytest.fixture
def car(tmp_path, office):
    with car_12(tmp_path, office) as car:
        car.transfer.contact()
        yield car


def test_a_read_goes_the_whole_walk_and_everything_is_counted(car, office):
    screen = io.StringIO()
    watch = watch_of(car, "7ABC123/IL", "HELLO1 blur", "", "broken", "XR4444/IL", screen=screen)
    watch.run(wait_s=20)
    tally = watch.tally
    assert (tally.photos, tally.readings, tally.unreadable, tally.empty, tally.bad_pictures, tally.errors) == (5, 3, 1, 1, 1, 0)
    assert (tally.hits, tally.alerts_shown, tally.silent) == (2, 1, 1)
    assert (tally.spooled, tally.not_recorded) == (3, 0)
    assert car.spool.counts().freed["read"] == {"kept": 3}
    assert car.spool.counts().unsent == 0

    reports = {report.text: report for report in office.reports.values()}
    hit = reports["7ABC123"]
    assert (hit.state, hit.member, hit.shift_id, hit.hotlist_edition, hit.engine) == ("IL", "4417", SHIFT.shift_id, 1, "painted")
    assert [each.entry_id for each in hit.hits] == [entry("7ABC123").entry_id]
    assert [each.view for each in hit.pictures] == ["overview", "plate"]
    assert reports["HELLO1"].hits == ()
    assert len(reports["XR4444"].hits) == 1

    lines = [json.loads(line) for line in screen.getvalue().splitlines()]
    assert [line["text"] for line in lines if "alert" in line] == ["7ABC123"]
    assert "XR4444" not in screen.getvalue()
    journal = [line for number in sorted(office.pages) for line in office.pages[number].lines]
    assert [(line.act, line.member, line.about) for line in journal] == [
        ("alert.shown", "4417", entry("7ABC123").entry_id),
        ("shift.sign_off", "4417", SHIFT.shift_id),
    ]


def test_one_bad_shot_does_not_end_a_shift_and_its_error_says_no_plate(car):
    screen = io.StringIO()
    watch = watch_of(car, "crash", "HELLO1", screen=screen)
    watch.run(wait_s=20)
    assert (watch.tally.errors, watch.tally.spooled) == (1, 1)
    assert "ZeroDivisionError" in screen.getvalue()
    assert "7SECRET" not in screen.getvalue()


def test_a_full_spool_stops_recording_aloud_and_never_the_alarm(car, office):
    office.misbehave("/unit/v1/reports", *[503] * 50)
    screen = io.StringIO()
    watch = watch_of(car, "HELLO1", "7ABC123/IL", "7ABC123/IL", screen=screen)
    car.spool.limit_bytes = 1
    watch.run(wait_s=0)
    assert (watch.tally.spooled, watch.tally.not_recorded, watch.tally.alerts_shown) == (0, 3, 2)
    said = [line["say"] for line in map(json.loads, screen.getvalue().splitlines()) if "alert" not in line]
    assert sum("recording has stopped" in each for each in said) == 1
    assert not [each for each in car.spool.messages.iterdir() if each.name.startswith("read")]


def test_recording_goes_on_when_there_is_room_again(car):
    screen = io.StringIO()
    watch = watch_of(car, "HELLO1", "HELLO2", screen=screen)
    limit, car.spool.limit_bytes = car.spool.limit_bytes, 1
    watch._take(watch.camera.next_shot())
    car.spool.limit_bytes = limit
    watch.run(wait_s=20)
    assert (watch.tally.spooled, watch.tally.not_recorded) == (1, 1)
    assert "Recording again. 1 readings were not recorded." in screen.getvalue()


def test_with_the_office_gone_it_warns_and_keeps_everything(car, office):
    from platewarden.unit.link import Link

    car.transfer.link.close()
    car.transfer.link = Link("http://127.0.0.1:9", timeout_s=0.5)
    watch = watch_of(car, "7ABC123/IL", "HELLO1")
    watch.run(wait_s=0)
    assert (watch.tally.alerts_shown, watch.tally.spooled) == (1, 2)
    assert office.reports == {}
    assert car.spool.counts().freed == {}
    car.transfer.link.close()


def test_a_revoked_unit_stops_reading(car, office):
    office.approved.clear()
    watch = watch_of(car, *["HELLO1"] * 200)
    watch._take(watch.camera.next_shot())
    car.transfer.round()
    assert car.transfer.refusal
    watch.run(wait_s=20)
    assert watch.tally.photos == 1
    assert car.spool.counts().freed == {}


def test_it_stops_when_the_shift_is_over(car):
    over = Shift(SHIFT.shift_id, "4417", SHIFT.name, "routine-patrol", "", NOON - timedelta(hours=12), NOON)
    screen = io.StringIO()
    watch = watch_of(car, "HELLO1", shift=over, screen=screen)
    watch.run(wait_s=20)
    assert watch.tally.photos == 0
    assert "This shift is over" in screen.getvalue()


def test_told_to_stop_it_signs_off(car, office):
    watch = watch_of(car, "HELLO1")
    watch.stop()
    watch.run(wait_s=20)
    assert watch.tally.photos == 0
    assert [line.act for page in office.pages.values() for line in page.lines] == ["shift.sign_off"]


def test_a_transfer_that_stumbles_is_said_and_goes_on(car, monkeypatch):
    screen = io.StringIO()
    watch = watch_of(car, "HELLO1", screen=screen)
    right, calls = car.transfer.round, []

    def stumble():
        calls.append(1)
        if len(calls) == 1:
            raise ZeroDivisionError("7SECRET")
        return right()

    monkeypatch.setattr(car.transfer, "round", stumble)
    monkeypatch.setattr(car.transfer, "wait_s", lambda: 0.01)
    watch.run(wait_s=20)
    assert car.spool.counts().freed["read"] == {"kept": 1}
    assert "The transfer stumbled: ZeroDivisionError" in screen.getvalue()


def test_its_count_on_the_screen_says_nothing_of_a_silent_hit(car):
    screen = io.StringIO()
    watch_of(car, "XR4444/IL", *[""] * 24, screen=screen).run(wait_s=20)
    assert "25 shots, 1 readings, 0 alerts so far." in screen.getvalue()


class Filmed(FrameShot):
    """A frame of a video that shows what it is told to."""

    def open(self):
        return Picture(self.frame, np.zeros((60, 100, 3), dtype=np.uint8))


class Film(Reel):
    def __init__(self, *names, camera="front", fps=15):
        self.name = camera
        self.shots = [Filmed(camera, at + 1, NOON + timedelta(seconds=at / fps), name) for at, name in enumerate(names)]


def filming(car, *names, screen=None, **options):
    watch = watch_of(car, screen=screen)
    watch.camera = Film(*names, **options)
    return watch


def test_the_frames_of_one_passage_are_one_alert_and_one_read(car, office):
    screen = io.StringIO()
    watch = filming(car, *["", "7ABC123/IL"] * 15, *[""] * 70, *["HELLO1"] * 5, *["blur"] * 3, screen=screen)
    watch.counted = lambda: {"front": FrameCounts(frames=108, taken=108)}
    watch.run(wait_s=20)
    tally = watch.tally
    assert (tally.frames, tally.photos, tally.passages, tally.readings, tally.unreadable) == (108, 0, 2, 2, 0)
    assert (tally.hits, tally.alerts_shown, tally.corrections, tally.spooled) == (1, 1, 0, 2)
    assert tally.cameras["front"]["taken"] == 108
    reports = {report.text: report for report in office.reports.values()}
    assert [each.view for each in reports["7ABC123"].pictures] == ["overview", "plate"]
    assert len(reports["7ABC123"].hits) == 1
    assert reports["7ABC123"].captured_at >= NOON
    lines = [json.loads(line) for line in screen.getvalue().splitlines()]
    assert [line["text"] for line in lines if "alert" in line] == ["7ABC123"]


def test_the_alarm_does_not_wait_for_the_end_of_the_passage_and_shows_its_pictures(car):
    watch = filming(car, "7ABC123/IL")
    shown = []
    watch.alarm.show = shown.append
    watch._take(watch.camera.next_shot())
    (alert,) = shown
    assert alert.plate_picture.startswith(b"\xff\xd8")
    assert alert.overview_picture.startswith(b"\xff\xd8")
    assert watch.tally.spooled == 0


def test_a_photograph_has_its_pictures_in_the_alert_too(car):
    watch = watch_of(car, "7ABC123/IL")
    shown = []
    watch.alarm.show = shown.append
    watch._take(watch.camera.next_shot())
    assert shown[0].plate_picture
    assert shown[0].overview_picture


def test_an_alert_that_later_frames_do_not_bear_out_is_corrected_aloud_and_without_a_plate(car, office):
    screen = io.StringIO()
    watch = filming(car, "7ABC123/IL", *["7XYC193/IL"] * 12, screen=screen)
    watch.run(wait_s=20)
    assert (watch.tally.alerts_shown, watch.tally.corrections, watch.tally.passages) == (1, 1, 1)
    said = [line["say"] for line in map(json.loads, screen.getvalue().splitlines()) if "alert" not in line]
    (correction,) = [line for line in said if line.startswith("Correction")]
    assert "7ABC123" not in correction
    assert [(report.text, report.hits) for report in office.reports.values()] == [("7XYC193", ())]


def test_of_a_silent_hit_a_correction_says_nothing(car):
    screen = io.StringIO()
    watch = filming(car, "XR4444/IL", *["XB9144/IL"] * 12, screen=screen)
    watch.run(wait_s=20)
    assert (watch.tally.silent, watch.tally.corrections) == (1, 0)
    assert "Correction" not in screen.getvalue()


def test_pictures_of_another_size_end_what_was_followed(car, monkeypatch):
    watch = filming(car, "HELLO1", "HELLO1", "HELLO1")
    monkeypatch.setattr(
        Filmed, "open", lambda shot: Picture(shot.frame, np.zeros((60 + 20 * (shot.number == 3), 100, 3), dtype=np.uint8))
    )
    watch.run(wait_s=20)
    assert (watch.tally.frames, watch.tally.passages) == (3, 2)


def test_a_camera_that_falls_silent_keeps_no_read_back(car):
    watch = filming(car, "HELLO1", "HELLO1")
    for _ in range(2):
        watch._take(watch.camera.next_shot())
    late = watch.timer() + 10
    watch.timer = lambda: late
    watch._look_at_quiet()
    assert watch.tally.spooled == 1


def test_it_tells_now_and_then_what_became_of_the_frames(car):
    screen = io.StringIO()
    watch = filming(car, *["HELLO1"] * 3, screen=screen)
    watch.counted = lambda: {"front": FrameCounts(frames=900, taken=850, dropped=50)}
    ticks = iter(range(0, 1000, 61))
    watch.timer = lambda: next(ticks)
    watch._take(watch.camera.next_shot())
    watch._take(watch.camera.next_shot())
    assert "Camera “front”: 900 frames, 50 dropped, 0 bad, 0 cuts." in [
        json.loads(line)["say"] for line in screen.getvalue().splitlines()
    ]


def test_an_unforeseen_fault_in_the_last_passages_still_signs_off(car, office, monkeypatch):
    screen = io.StringIO()
    watch = filming(car, "HELLO1", "HELLO1", screen=screen)
    watch._take(watch.camera.next_shot())
    watch.shift = SHIFT
    monkeypatch.setattr(type(watch._followers["front"]), "take", lambda *_: 1 / 0)
    watch.run(wait_s=20)
    assert watch.tally.errors == 1
    assert [line.act for page in office.pages.values() for line in page.lines] == ["shift.sign_off"]


class Always:
    name = "painted"

    def recognise(self, picture):
        return Painted().recognise(Picture("7ABC123/IL", picture.pixels))


def test_a_video_file_goes_the_whole_walk(car, office, tmp_path):
    cameras = open_cameras(
        car.config, film(tmp_path / "a.mp4"), clock=car.clock, chance=random.Random(1), say=lambda _: None, once=True
    )
    watch = watch_of(car)
    watch.camera, watch.counted, watch.recognizer = cameras, cameras.counts, Recognizer(Always())
    watch.run(wait_s=20)
    cameras.close()
    assert (watch.tally.frames, watch.tally.passages, watch.tally.alerts_shown, watch.tally.spooled) == (30, 1, 1, 1)
    assert watch.tally.cameras["front"] | {"frames": 30, "taken": 30, "dropped": 0} == watch.tally.cameras["front"]
    (report,) = office.reports.values()
    assert (report.camera, report.text) == ("front", "7ABC123")
    assert len(report.pictures) == 2
