"""What is seen in several frames at once, and how it is heard beside what each frame says."""

from dataclasses import replace

import numpy as np
import pytest

from platewarden.recognition.decode import ALPHABET, Spelling
from platewarden.recognition.fuse import fuse
from platewarden.recognition.layouts import as_on_the_road
from platewarden.recognition.ocr import COLUMNS, ROWS
from platewarden.recognition.result import Candidate, Character
from platewarden.recognition.several import CLEAR, MOST, MOVES, SeveralFrames
from platewarden.recognition.weights import open_session


def canvas(level):
    return np.full((ROWS, COLUMNS), level, np.uint8)


def look(text, confidence, *candidates, level=100):
    characters = tuple(Character(each, confidence) for each in text)
    return Spelling(
        text,
        confidence,
        characters,
        tuple(Candidate(*each) for each in candidates),
        canvas=None if level is None else canvas(level),
    )


class Session:
    """Says one text, each character as sure as it is told, and keeps what it was shown."""

    def __init__(self, text="", sure=0.99):
        self.shown = []
        chances = np.full((1, 2, 40, len(ALPHABET) + 1), 1e-9)
        chances[..., 0] = 1.0
        for at, character in enumerate(text):
            chances[0, 0, 1 + 3 * at, [0, ALPHABET.index(character) + 1]] = 1 - sure, sure
        self.logits = np.log(chances).astype(np.float32)

    def get_inputs(self):
        return [type("Input", (), {"name": "plates"})]

    def run(self, _wanted, feed):
        self.shown.append(feed["plates"])
        return [self.logits]


def together(looks, text="", sure=0.99):
    return SeveralFrames(Session(text, sure)).together(looks)


@pytest.mark.parametrize(("given", "shown"), [(2, 2), (MOST, MOST), (MOST + 4, MOST)])
def test_it_is_shown_the_surest_frames_first_and_no_more_than_it_was_taught_on(given, shown):
    session = Session("7ABC123")
    SeveralFrames(session).together([look("7ABC128", 0.05 * at + 0.05, level=10 * at) for at in range(given)])
    assert [each.shape for each in session.shown] == [(shown, 1, ROWS, COLUMNS)] * len(MOVES)
    assert session.shown[0][:, 0, 0, 0].tolist() == [10 * at for at in range(given - 1, given - 1 - shown, -1)]
    assert session.shown[0].dtype == np.float32


def test_what_is_seen_at_once_can_say_what_no_frame_says():
    frames = [look("7A8C123", 0.35), look("7ABC128", 0.3), look("1ABC123", 0.35)]
    assert together(frames, "7ABC123").text == "7ABC123"


def test_frames_that_are_sure_enough_by_themselves_are_not_looked_at_again():
    session = Session("7ABC128")
    frames = [look("7ABC123", 0.97)] * 5
    assert fuse(frames).confidence >= CLEAR
    assert SeveralFrames(session).together(frames) == fuse(frames)
    assert session.shown == []


def test_a_third_of_how_sure_it_is_comes_from_what_is_seen_at_once():
    frames = [look("7ABC123", 0.6)] * 3
    at_once = SeveralFrames(Session("7ABC123", 0.9)).at_once([each.canvas for each in frames])
    fused = fuse([*frames, at_once, at_once])
    assert 0.4 < at_once.confidence < 0.6
    assert together(frames, "7ABC123", 0.9).confidence == pytest.approx((2 * fused.confidence + at_once.confidence) / 3)


def test_when_nothing_is_seen_at_once_the_frames_alone_are_heard():
    frames = [look("7ABC123", 0.8)] * 3
    assert together(frames) == fuse(frames)


@pytest.mark.parametrize("frames", [[], [look("7ABC123", 0.5)], [look("7ABC123", 0.5), look("7ABC123", 0.5, level=None)]])
def test_one_canvas_alone_is_not_looked_at_twice(frames):
    session = Session("7ABC128")
    assert SeveralFrames(session).together(frames) == fuse(frames)
    assert session.shown == []


def test_how_common_a_layout_is_counts_as_it_does_for_the_frames():
    raw = [look("MH6V4L", 0.6)] * 2
    assert not together(raw, "MH6V4L").by_layout
    weighed = together([replace(as_on_the_road(each), canvas=each.canvas) for each in raw], "MH6V4L")
    assert weighed.by_layout
    assert 0.0 < weighed.confidence <= 1.0


def test_text_and_candidates_together_never_exceed_certainty():
    frames = [look("7ABC123", 0.6, ("7A8C123", 0.4)), look("7A8C123", 0.5, ("7ABC123", 0.5))]
    said = together(frames, "7ABC123", 0.95)
    assert said.confidence + sum(each.confidence for each in said.candidates) <= 1.0 + 1e-9
    assert "".join(each.text for each in said.characters) in {"", said.text}


def test_the_shipped_network_answers_alike_in_whatever_order_the_further_frames_come():
    several = SeveralFrames(open_session("several"))
    rng = np.random.default_rng(3)
    frames = [rng.integers(0, 255, (ROWS, COLUMNS)).astype(np.uint8) for _ in range(4)]
    one, other = several.at_once(frames), several.at_once([frames[0], *frames[:0:-1]])
    assert one.text == other.text
    assert one.confidence == pytest.approx(other.confidence, abs=1e-3)


def test_a_canvas_is_no_part_of_what_makes_two_looks_equal():
    assert look("A1", 0.5, level=1) == look("A1", 0.5, level=2)
