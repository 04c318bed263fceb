"""One vehicle that passes gives one reading: followed over misses, gaps and misreadings, and told early."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from platewarden.recognition.decode import Spelling
from platewarden.recognition.result import Candidate, Character, Reading, Unreadable
from platewarden.recognition.track import Across, Along, Frame, Tracker

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def frame(at_s, number=0):
    return Frame(number or round(at_s * 1000), NOON + timedelta(seconds=at_s), 1280, 720)


def corners(x, y, wide):
    return ((x, y), (x + wide, y), (x + wide, y + wide / 2), (x, y + wide / 2))


def plate(text, x, y, wide=80.0, *, sure=0.95, state=None, candidates=()):
    characters = tuple(Character(each, sure) for each in text)
    return Reading(
        text,
        sure,
        state,
        0.9 if state else None,
        corners(x, y, wide),
        tuple(Candidate(*each) for each in candidates),
        characters,
        "t",
    )


def run(tracker, frames):
    """Every passage and every early word of frames given as (seconds, plates)."""
    told, passages = [], []
    for at_s, plates in frames:
        step = tracker.see(frame(at_s), plates)
        told += step.told
        passages += step.passages
    return told, [*passages, *tracker.finish()]


def drives_away(text, at_s, *, x=300.0, lane=0.0, sure=0.95):
    """Where a plate is so many seconds after it came into view at the bottom of the picture, at 11 m/s."""
    far = 7.0 + 11.0 * at_s
    return plate(text, x + lane * 2000 / far, 100 + 4400 / far - 760 / far, 760 / far, sure=sure)


@pytest.mark.parametrize("fps", [30, 15, 5])
def test_one_vehicle_gives_one_reading_at_any_frame_rate(fps):
    told, (passage,) = run(Tracker(), [(n / fps, [drives_away("KXR4417", n / fps)]) for n in range(2 * fps)])
    assert [(each.reading.text, each.instead_of) for each in told] == [("KXR4417", None)]
    assert (passage.reading.text, passage.frames, passage.along, passage.again) == ("KXR4417", 2 * fps, Along.AWAY, False)
    assert passage.began_at == NOON
    assert passage.ended_at == NOON + timedelta(seconds=2 - 1 / fps)
    assert passage.best.number == 0
    assert passage.reading.corners == drives_away("KXR4417", 0).corners


def test_it_tells_which_way_a_vehicle_went():
    towards = [(n / 15, [drives_away("KXR4417", 1.5 - n / 15)]) for n in range(20)]
    (passage,) = run(Tracker(), towards)[1]
    assert passage.along is Along.TOWARDS
    assert passage.best.number > 1000
    (passage,) = run(Tracker(), [(n / 15, [plate("KXR4417", 1000 - 40 * n, 300)]) for n in range(15)])[1]
    assert (passage.along, passage.across) == (None, Across.LEFT)
    (passage,) = run(Tracker(), [(n / 15, [plate("KXR4417", 100 + 40 * n, 300)]) for n in range(15)])[1]
    assert passage.across is Across.RIGHT


@pytest.mark.parametrize("gap", [0.2, 1.0, 1.4, 3.0])
def test_a_vehicle_that_is_hidden_for_a_while_is_the_same_passage(gap):
    seen = [n / 15 for n in range(60) if not 0.5 < n / 15 < 0.5 + gap]
    _, passages = run(Tracker(), [(at_s, [drives_away("KXR4417", at_s / 3)]) for at_s in seen])
    assert [each.reading.text for each in passages] == ["KXR4417"]


def test_a_plate_that_is_found_and_not_read_for_a_while_is_the_same_passage():
    frames = []
    for n in range(30):
        seen = drives_away("KXR4417", n / 15)
        frames.append((n / 15, [seen if n % 3 == 0 else Unreadable("too blurred", seen.corners)]))
    _, (passage,) = run(Tracker(), frames)
    assert (passage.reading.text, passage.frames) == ("KXR4417", 30)


def test_frames_that_misread_it_each_in_another_place_agree_on_the_text():
    wrong = ["KXR4417", "KXR441", "KXP4417", "KXR4417", "XXR4417", "KXR44I7", "KXR4417"]
    frames = [(n / 15, [drives_away(text, n / 15, sure=0.6)]) for n, text in enumerate(wrong)]
    _, (passage,) = run(Tracker(), frames)
    assert passage.reading.text == "KXR4417"
    assert passage.reading.confidence > 0.6


def test_two_cars_side_by_side_with_similar_plates_are_two_readings():
    frames = [
        (n / 15, [drives_away("KXR4417", n / 15, x=300), drives_away("KXR4411", n / 15 + 0.1, x=300, lane=3.4)]) for n in range(30)
    ]
    for n in (4, 5, 11, 17, 18, 19):  # now one is missed, now the other
        frames[n] = (frames[n][0], frames[n][1][n % 2 : n % 2 + 1])
    _, passages = run(Tracker(), frames)
    assert sorted(each.reading.text for each in passages) == ["KXR4411", "KXR4417"]


def test_another_car_in_the_place_of_the_last_one_is_another_reading():
    queue = [(n * 0.5, [plate("KXR4417" if n < 6 else "BTN2093", 600 + n % 2, 400)]) for n in range(12)]
    _, passages = run(Tracker(), queue)
    assert [each.reading.text for each in passages] == ["KXR4417", "BTN2093"]


def test_the_same_car_half_a_minute_later_is_another_passage():
    frames = [(n / 15, [drives_away("KXR4417", n / 15)]) for n in range(20)]
    frames += [(30 + n / 15, [drives_away("KXR4417", n / 15)]) for n in range(20)]
    _, passages = run(Tracker(), frames)
    assert len(passages) == 2


def test_a_parked_car_is_read_once_and_again_only_after_a_quarter_of_an_hour():
    tracker, passages = Tracker(), []
    for second in range(20 * 60):
        hidden = 300 < second < 340  # somebody stands before it
        step = tracker.see(frame(float(second)), [] if hidden else [plate("KXR4417", 600 + second % 3, 400)])
        passages += step.passages
    passages += tracker.finish()
    assert [(each.reading.text, each.again) for each in passages] == [("KXR4417", False), ("KXR4417", True)]
    assert (passages[0].ended_at - NOON).total_seconds() == pytest.approx(21, abs=1)
    assert (passages[1].ended_at - passages[0].ended_at).total_seconds() == pytest.approx(900, abs=1)
    assert passages[1].best.at > passages[0].ended_at
    assert passages[0].along is passages[0].across is None


def test_a_passage_is_over_four_seconds_after_it_was_last_seen_even_if_no_frame_comes():
    tracker = Tracker()
    for n in range(10):
        assert not tracker.see(frame(n / 15), [drives_away("KXR4417", n / 15)]).passages
    assert not tracker.tick(NOON + timedelta(seconds=4))
    (passage,) = tracker.tick(NOON + timedelta(seconds=5))
    assert passage.reading.text == "KXR4417"
    assert tracker.finish() == ()


def test_a_sure_frame_is_told_at_once_a_doubtful_one_when_another_agrees_or_time_is_up():
    tracker = Tracker()
    assert [each.reading.text for each in tracker.see(frame(0.0), [plate("KXR4417", 100, 100)]).told] == ["KXR4417"]
    assert not tracker.see(frame(0.1), [plate("KXR4417", 105, 100)]).told
    tracker = Tracker()
    assert not tracker.see(frame(0.0), [plate("KXR4417", 100, 100, sure=0.6)]).told
    assert tracker.see(frame(0.1), [plate("KXR4417", 105, 100, sure=0.6)]).told
    tracker = Tracker()
    assert not tracker.see(frame(0.0), [plate("KXR4417", 100, 100, sure=0.3)]).told
    assert tracker.see(frame(0.45), [plate("KXR4411", 105, 100, sure=0.35)]).told


def test_it_says_when_the_text_becomes_another_and_instead_of_which():
    tracker = Tracker()
    told = []
    for n in range(12):
        text, sure = ("KXR44I7", 0.92) if n == 0 else ("KXR4417", 0.97)
        told += tracker.see(frame(n / 15), [drives_away(text, n / 15, sure=sure)]).told
    assert [(each.reading.text, each.instead_of) for each in told] == [("KXR44I7", None), ("KXR4417", "KXR44I7")]
    assert len({each.passage for each in told}) == 1


def test_the_state_is_voted_and_left_out_when_the_frames_differ():
    states = ["IL", "IL", None, "WI", "IL", "IL"]
    _, (passage,) = run(Tracker(), [(n / 15, [plate("KXR4417", 100 + 5 * n, 100, state=each)]) for n, each in enumerate(states)])
    assert passage.reading.state == "IL"
    assert 0.6 < passage.reading.state_confidence < 0.9
    _, (passage,) = run(Tracker(), [(n / 15, [plate("KXR4417", 100, 100, state=("IL", "WI")[n % 2])]) for n in range(6)])
    assert (passage.reading.state, passage.reading.state_confidence) == (None, None)


def test_what_was_never_read_is_said_and_not_dropped():
    _, (passage,) = run(Tracker(), [(0.0, [Unreadable("too small", corners(10, 10, 30))])])
    assert (passage.reading, passage.because) == (None, "too small")
    _, (passage,) = run(Tracker(), [(0.0, [plate("KXR4417", 100, 100, sure=0.4)])])
    assert passage.reading is None
    assert "one frame only" in passage.because
    _, (passage,) = run(Tracker(), [(0.0, [plate("KXR4417", 100, 100, sure=0.9)])])
    assert passage.reading.text == "KXR4417"


def test_the_best_frame_is_whole_large_and_sure():
    wide = [
        (0.0, plate("KXR4417", 300, 300, 60)),
        (0.1, plate("KXR4417", 305, 330, 80)),
        (0.2, plate("KXR4417", 308, 380, 110, sure=0.4)),
    ]
    cut = (0.3, plate("KXR4417", 310, 665, 112))
    _, (passage,) = run(Tracker(), [(at_s, [each]) for at_s, each in [*wide, cut]])
    assert passage.best.number == 100


def test_a_camera_whose_time_goes_back_does_not_stop_it():
    tracker = Tracker()
    for at_s in (0.0, 0.1, 0.05, 0.15):
        tracker.see(frame(at_s, number=1), [plate("KXR4417", 100, 100)])
    (passage,) = tracker.finish()
    assert passage.frames == 4
    assert passage.ended_at >= passage.began_at


def test_a_plate_half_hidden_by_a_post_is_the_same_passage():
    shown = [("UY34668", 1105, 559, 108), ("UY34668", 1065, 536, 98), ("UY34668", 1003, 500, 83), ("Y34668", 992, 487, 63)]
    shown += [("UY34", 939, 467, 37), ("UY3466", 923, 457, 52), ("UY34668", 908, 449, 59), ("UY34668", 884, 436, 54)]
    frames = []
    for n, (text, x, y, wide) in enumerate(shown):
        part = plate(text, x, y, wide)
        high = 50 - 3 * n
        frames.append((n / 12, [replace(part, corners=((x, y), (x + wide, y), (x + wide, y + high), (x, y + high)))]))
    _, passages = run(Tracker(), frames)
    assert [(each.reading.text, each.frames) for each in passages] == [("UY34668", 8)]


def test_what_was_lost_near_and_fast_goes_on_under_its_own_number():
    tracker = Tracker()
    tracker.see(frame(0.0), [plate("NGH3887", 1193, 576, 150)])
    (passage,) = run(tracker, [(0.3 + n / 15, [plate("NGH3887", 500 - 10 * n, 300 - 5 * n, 60)]) for n in range(5)])[1]
    assert (passage.number, passage.frames, passage.reading.text) == (1, 6, "NGH3887")


def test_a_last_cut_off_glimpse_far_down_its_way_is_no_second_reading():
    """Seed 427 of the measured films: lost behind somebody who walks by, and seen once more at the edge, five plates further."""
    shown = {6: (504, 404, 33), 9: (484, 416, 38), 10: (474, 420, 40), 12: (456, 431, 44), 13: (444, 437, 46), 14: (432, 444, 48)}
    shown |= {15: (418, 452, 51), 16: (401, 460, 47)}
    frames = [(n / 15, [plate("WUA092", x, y, wide)]) for n, (x, y, wide) in shown.items()]
    last = replace(plate("WUA09", 40, 658, 99, sure=0.84), corners=((40, 658), (139, 658), (139, 724), (40, 724)))
    _, passages = run(Tracker(), [*frames, (25 / 15, [last])])
    assert [(each.reading.text, each.frames) for each in passages] == [("WUA092", 9)]
    _, passages = run(Tracker(), [*frames, (25 / 15, [plate("WUA09", 1000, 200, 50, sure=0.84)])])
    assert len(passages) == 2, "the other way, it is another car"


def test_what_its_frames_do_not_agree_on_is_no_reading():
    _, (passage,) = run(
        Tracker(), [(n / 15, [plate(text, 700, 260, 90, sure=0.2)]) for n, text in enumerate(("LJL1", "CJ", "1U1JX"))]
    )
    assert (passage.reading, passage.because) == (None, "What its frames say does not agree.")


def test_an_o_that_may_be_a_0_is_no_disagreement():
    texts = ["OVNB901", "0VNB901"] * 5
    looks = [
        (n / 15, [plate(text, 500 - 5 * n, 420 + 3 * n, 50, sure=0.5, candidates=[(texts[n - 1], 0.4)])])
        for n, text in enumerate(texts)
    ]
    _, (passage,) = run(Tracker(), looks)
    assert passage.reading.text in {"OVNB901", "0VNB901"}


def test_a_last_glimpse_that_was_misread_is_no_second_reading():
    frames = [(n / 15, [drives_away("NGH3887", 1.2 - n / 15)]) for n in range(14)]
    frames.append((14 / 15 + 0.1, [plate("TGH3887", 700, 640, 130, sure=0.9)]))
    _, passages = run(Tracker(), frames)
    assert [each.reading.text for each in passages] == ["NGH3887"]


def test_the_one_reading_of_a_passage_is_heard_from_all_its_frames_and_an_early_word_waits_for_nothing():
    heard = []

    def together(looks):
        heard.append(len(looks))
        return Spelling("KXR4411", 0.97, (), ())

    frames = [(n / 15, [plate("KXR4417", 100 + 5 * n, 100)]) for n in range(6)]
    told, (passage,) = run(Tracker(together), frames)
    assert [each.reading.text for each in told] == ["KXR4417"]
    assert (passage.reading.text, heard) == ("KXR4411", [6])


def test_a_passage_keeps_no_canvas_when_it_is_over():
    seen = replace(plate("KXR4417", 100, 100), canvas=np.zeros((48, 160), np.uint8))
    for frames in ([(0.0, [seen])], [(n / 15, [seen]) for n in range(4)]):
        told, (passage,) = run(Tracker(), frames)
        assert passage.reading.canvas is None
        assert [each.reading.canvas for each in told] == [None]
