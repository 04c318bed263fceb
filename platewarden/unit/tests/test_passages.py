"""What is kept of a passage: its best frame as two pictures, and what the operator was told of it."""

from dataclasses import replace
from datetime import timedelta

import numpy as np

from platewarden.plate.match import Answer, Tier
from platewarden.recognition.picture import Picture
from platewarden.unit import passages
from platewarden.unit.passages import Follower
from platewarden.unit.testing import NOON, entry
from platewarden.unit.tests.test_watch import Painted
from platewarden.unit.video import FrameShot

HIT = (entry("7ABC123"), Answer(Tier.FULL))


def shot(number):
    return FrameShot("front", number, NOON + timedelta(seconds=number / 15), None)


def picture(text, size=(100, 60)):
    return Picture(text, np.full((size[1], size[0], 3), 90, dtype=np.uint8))


def see(follower, number, text, *, sure=0.9):
    found = [replace(each, confidence=sure) for each in Painted().recognise(picture(text))]
    return follower.see(shot(number), picture(text), found, now_s=number / 15)


def test_it_keeps_the_frame_that_shows_a_passage_best_and_makes_its_pictures_once():
    follower = Follower("front")
    for number, sure in ((1, 0.7), (2, 0.95), (3, 0.8)):
        see(follower, number, "7ABC123", sure=sure)
    (passage,) = follower.finish()
    kept = follower.take(passage)
    assert (kept.camera, kept.captured_at, kept.scale) == ("front", shot(2).captured_at, 1.0)
    assert kept.is_whole
    pictures = kept.pictures()
    assert [each.view for each in pictures] == ["overview", "plate"]
    assert not kept.is_whole
    assert kept.pictures() is pictures


def test_of_many_open_passages_only_a_few_frames_are_kept_whole(monkeypatch):
    monkeypatch.setattr(passages, "MOST_WHOLE", 2)
    follower = Follower("front")
    see(follower, 1, "7ABC123 KXR4417 BTN2093 HELLO1")
    whole = [kept.is_whole for kept in follower._kept.values()]
    assert whole == [False, False, True, True]
    assert all(follower.take(each).pictures() for each in follower.finish())


def test_what_is_over_and_taken_is_forgotten():
    follower = Follower("front")
    see(follower, 1, "7ABC123")
    follower.tell(1, HIT[0], shown=True)
    step = see(follower, 15 * 6, "")
    (passage,) = step.passages
    follower.take(passage)
    see(follower, 15 * 70, "")
    see(follower, 15 * 71, "")
    assert (follower._kept, follower._told) == ({}, {})


def test_it_says_what_is_over_while_no_frame_comes():
    follower = Follower("front")
    assert follower.quiet(now_s=99.0) == ()
    see(follower, 15, "7ABC123")
    assert follower.quiet(now_s=3.0) == ()
    assert [each.reading.text for each in follower.quiet(now_s=6.0)] == ["7ABC123"]


def test_no_entry_is_told_twice_and_one_that_is_no_longer_answered_is_said_once():
    follower = Follower("front")
    silent = (entry("XR4444"), Answer(Tier.FULL))
    assert follower.not_told(1, [HIT, silent]) == [HIT, silent]
    follower.tell(1, HIT[0], shown=True)
    follower.tell(1, silent[0], shown=False)
    assert follower.not_told(1, [HIT, silent]) == []
    assert follower.not_told(2, [HIT]) == [HIT]
    assert follower.no_longer(1, {HIT[0].entry_id}) == 0
    assert [follower.no_longer(1, set()) for _ in range(2)] == [1, 0]


def test_pictures_of_another_size_come_from_another_place():
    follower = Follower("front")
    assert [follower.is_another_size(picture("", size)) for size in ((100, 60), (100, 60), (80, 60))] == [False, False, True]
