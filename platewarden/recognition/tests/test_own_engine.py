import itertools
from dataclasses import replace

import numpy as np
import pytest

from platewarden.policy.refusal import Unavailable
from platewarden.recognition import weights
from platewarden.recognition.decode import Spelling
from platewarden.recognition.detect import Found
from platewarden.recognition.own_engine import CLEAR, LOWEST_PIXELS, OwnEngine, height_of, open_engine
from platewarden.recognition.picture import Picture
from platewarden.recognition.result import Box, Candidate, Character, Reading, Unreadable
from platewarden.recognition.verify import LEAST

STREET = Picture("street.jpg", np.full((360, 640, 3), 90, dtype=np.uint8))
PLATE = ((100.0, 100.0), (220.0, 100.0), (220.0, 140.0), (100.0, 140.0))
OTHER = tuple((x + 300.0, y + 50.0) for x, y in PLATE)


def spelling(text, confidence, *candidates) -> Spelling:
    return Spelling(text, confidence, tuple(Character(c, 0.9) for c in text), tuple(Candidate(t, sure) for t, sure in candidates))


class Finder:
    """Finds what it is told to, each place as surely as the next."""

    def __init__(self, *corners) -> None:
        self.found = tuple(Found(each, 0.95) for each in corners)

    def find(self, pixels):
        return self.found


class Reader:
    """Says what it is told to: `first` at the first look, by place, and `again` at the four others. Counts its runs."""

    def __init__(self, first, again=()) -> None:
        self.first, self.again = itertools.cycle(first), again
        self.looked, self.looked_again = [], []

    def look(self, pixels, places):
        self.looked.append(tuple(places))
        return [next(self.first) for _ in places]

    def look_again(self, pixels, corners):
        self.looked_again.append(corners)
        return list(self.again)


class Teller:
    def __init__(self, state=None, sure=None) -> None:
        self.told, self.asked = (state, sure), []

    def tell(self, pixels, corners):
        self.asked.append(corners)
        return self.told


class Verifier:
    """Takes everything for a plate but the places in `signs`."""

    def __init__(self, *signs) -> None:
        self.signs, self.asked = signs, []

    def weigh(self, pixels, corners):
        self.asked.append(corners)
        return LEAST - 1 if corners in self.signs else LEAST + 1


class Several:
    """Says one spelling of any frames, and keeps what it heard."""

    def __init__(self, spelling=None) -> None:
        self.spelling, self.heard = spelling, []

    def together(self, looks):
        self.heard.append(list(looks))
        return self.spelling


def engine(finder, reader, teller=None, verifier=None, several=None):
    return OwnEngine(finder, reader, teller or Teller(), verifier or Verifier(), several or Several())


def recognise(finder, reader, teller=None, picture=STREET, verifier=None):
    return engine(finder, reader, teller, verifier).recognise(picture)


def test_a_clear_plate_is_looked_at_once():
    reader = Reader([spelling("7ABC123", 0.995)])
    (reading,) = recognise(Finder(PLATE), reader, Teller("CA", 0.97))
    assert (reading.text, reading.state, reading.state_confidence) == ("7ABC123", "CA", 0.97)
    assert (reading.corners, reading.engine) == (PLATE, OwnEngine.name)
    assert [each.text for each in reading.characters] == list("7ABC123")
    assert (reader.looked, reader.looked_again) == ([(PLATE,)], [])


def test_all_plates_are_first_looked_at_together_and_only_the_unclear_ones_again():
    reader = Reader([spelling("7ABC123", CLEAR), spelling("8XYZ999", CLEAR - 0.01)], [spelling("8XYZ999", 0.9)] * 4)
    found = recognise(Finder(PLATE, OTHER), reader)
    assert [each.text for each in found] == ["7ABC123", "8XYZ999"]
    assert reader.looked == [(PLATE, OTHER)]
    assert reader.looked_again == [OTHER]


def test_the_looks_at_an_unclear_plate_vote():
    reader = Reader([spelling("7A8C123", 0.5, ("7ABC123", 0.3))], [spelling("7ABC123", 0.8)] * 3 + [spelling("7A8C123", 0.6)])
    (reading,) = recognise(Finder(PLATE), reader)
    assert reading.text == "7ABC123"
    assert [each.text for each in reading.candidates] == ["7A8C123"]


def test_looks_that_agree_are_trusted_more_than_looks_that_do_not():
    agreeing = Reader([spelling("7ABC123", 0.8)], [spelling("7ABC123", 0.8)] * 4)
    parted = Reader([spelling("7ABC123", 0.8)], [spelling("7ABC123", 0.8), *(spelling(f"7ABC12{n}", 0.8) for n in (4, 5, 6))])
    (sure,), (unsure,) = recognise(Finder(PLATE), agreeing), recognise(Finder(PLATE), parted)
    assert sure.confidence > unsure.confidence


@pytest.mark.parametrize("confidence", [0.3, 0.5, 0.6, 0.9, 0.98, 0.999, 1.0])
@pytest.mark.parametrize("left", [0.1, 0.999, 1.0])
def test_candidates_together_never_exceed_what_the_text_leaves(confidence, left):
    rest = (1 - confidence) * left
    look = spelling("7ABC123", confidence, *((f"7ABC12{n}", rest / 4) for n in range(4, 8)))
    (reading,) = recognise(Finder(PLATE), Reader([look], [look] * 4))
    assert reading.text == "7ABC123"
    assert sum(each.confidence for each in reading.candidates) <= 1 - reading.confidence + 1e-9
    assert all(each.confidence <= reading.confidence for each in reading.candidates)


def test_a_plate_that_is_too_small_is_unreadable_for_that_reason_and_not_looked_at():
    low = ((10.0, 10.0), (60.0, 10.0), (60.0, 10.0 + LOWEST_PIXELS - 1), (10.0, 10.0 + LOWEST_PIXELS - 1))
    reader = Reader([spelling("7ABC123", 0.999)])
    reading, poor = recognise(Finder(low, PLATE), reader)
    assert reading.text == "7ABC123"
    assert isinstance(poor, Unreadable)
    assert "too small" in poor.because
    assert poor.corners == low
    assert reader.looked == [(PLATE,)]


@pytest.mark.parametrize(
    "corners",
    [
        ((50.0, 50.0),) * 4,
        ((10.0, 10.0), (60.0, 10.0), (10.0, 40.0), (60.0, 40.0)),
        ((float("nan"), 10.0), (60.0, 10.0), (60.0, 40.0), (10.0, 40.0)),
    ],
    ids=["all in one place", "crossed over", "no number"],
)
def test_corners_that_go_round_nothing_are_unreadable_and_stop_nothing_else(corners):
    reading, poor = recognise(Finder(corners, PLATE), Reader([spelling("7ABC123", 0.999)]))
    assert reading.text == "7ABC123"
    assert (poor.because, poor.corners) == ("Something like a plate is there, and its four corners cannot be told.", None)


@pytest.mark.parametrize(
    "look", [spelling("", 0.999), spelling("7", 0.999), spelling("7ABC123", 0.01), spelling("Q", 0.2, ("QA", 0.1))]
)
def test_what_cannot_be_told_is_unreadable_and_its_state_is_not_asked_for(look):
    teller = Teller("CA", 0.99)
    scattered = [spelling(f"{n}{look.text}", 0.01) for n in range(4)] if look.confidence < 0.1 else [look] * 4
    (poor,) = recognise(Finder(PLATE), Reader([look], scattered), teller)
    assert isinstance(poor, Unreadable)
    assert (poor.because, poor.corners) == ("The characters are too unclear to tell.", PLATE)
    assert teller.asked == []


def test_a_sign_that_reads_like_a_plate_is_unreadable_for_that_reason_and_its_state_is_not_asked_for():
    teller, verifier = Teller("CA", 0.99), Verifier(OTHER)
    reading, poor = recognise(
        Finder(PLATE, OTHER), Reader([spelling("7ABC123", 0.999), spelling("49094", 0.999)]), teller, verifier=verifier
    )
    assert (reading.text, reading.corners) == ("7ABC123", PLATE)
    assert isinstance(poor, Unreadable)
    assert (poor.because, poor.corners) == ("It looks more like a sign or a number than like a plate.", OTHER)
    assert [each.text for each in poor.candidates] == ["49094"]  # it may be a plate all the same: a person sees what it says
    assert (teller.asked, verifier.asked) == ([PLATE], [PLATE, OTHER])


def test_what_cannot_be_read_anyway_is_not_asked_whether_it_is_a_plate():
    verifier = Verifier(PLATE)
    (poor,) = recognise(Finder(PLATE), Reader([spelling("", 0.999)], [spelling("", 0.999)] * 4), verifier=verifier)
    assert (poor.because, verifier.asked) == ("The characters are too unclear to tell.", [])


def test_a_whole_picture_that_looks_like_a_sign_shows_no_plate():
    crop = Picture("crop.jpg", np.zeros((80, 160, 3), dtype=np.uint8))
    edge = ((0.0, 0.0), (160.0, 0.0), (160.0, 80.0), (0.0, 80.0))
    assert recognise(Finder(), Reader([spelling("49094", 0.999)]), picture=crop, verifier=Verifier(edge)) == ()


def test_a_picture_that_is_one_plate_is_read_as_a_whole_when_nothing_is_found():
    crop = Picture("crop.jpg", np.zeros((80, 160, 3), dtype=np.uint8))
    reader = Reader([spelling("7ABC123", 0.999)])
    (reading,) = recognise(Finder(), reader, Teller("NY", 0.95), crop)
    assert (reading.text, reading.state) == ("7ABC123", "NY")
    assert reading.corners == ((0.0, 0.0), (160.0, 0.0), (160.0, 80.0), (0.0, 80.0))
    assert len(reader.looked) == 1


@pytest.mark.parametrize(
    "look", [spelling("7ABC123", 0.3), spelling("", 0.999), spelling("7", 0.999)], ids=["unclear", "nothing", "one character"]
)
def test_a_whole_picture_that_does_not_read_clearly_shows_no_plate(look):
    assert recognise(Finder(), Reader([look], [look] * 4)) == ()


@pytest.mark.parametrize(("width", "height"), [(640, 90), (90, 100), (40, 8), (1, 1)])
def test_a_picture_that_has_not_the_shape_of_a_plate_is_not_taken_for_one(width, height):
    reader = Reader([spelling("7ABC123", 0.999)])
    assert recognise(Finder(), reader, picture=Picture("odd.jpg", np.zeros((height, width, 3), dtype=np.uint8))) == ()
    assert reader.looked == []


def test_where_something_was_found_the_whole_picture_is_not_tried():
    reader = Reader([spelling("", 0.999)])
    (poor,) = recognise(Finder(PLATE), reader)
    assert isinstance(poor, Unreadable)
    assert reader.looked == [(PLATE,)]


def test_a_plate_the_finder_is_surer_of_is_trusted_more():
    finder = Finder(PLATE, OTHER)
    finder.found = (finder.found[0], replace(finder.found[1], confidence=0.4))
    sure, unsure = recognise(finder, Reader([spelling("7ABC123", 0.99)]))
    assert sure.confidence > unsure.confidence


def test_the_height_of_a_plate_is_the_mean_of_its_two_sides():
    assert height_of(((0.0, 0.0), (50.0, 0.0), (50.0, 30.0), (0.0, 10.0))) == 20.0
    assert height_of(PLATE) == Box.around(PLATE).height


def test_every_answer_is_a_reading_or_says_why_not():
    looks = [spelling("7ABC123", 0.999), spelling("", 0.9)]
    found = recognise(Finder(PLATE, OTHER), Reader(looks, [spelling("", 0.9)] * 4))
    assert [type(each) for each in found] == [Reading, Unreadable]


def test_without_its_model_files_it_is_unavailable_with_the_command_to_run(monkeypatch, tmp_path):
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    for name in ("finder", "refiner", "reader", "state", "verifier"):
        monkeypatch.setitem(weights.DIGESTS, name, "0" * 64)
    with pytest.raises(Unavailable, match="pip install"):
        open_engine()


def canvas(level):
    return np.full((48, 160), level, np.uint8)


def test_a_reading_keeps_what_its_first_look_saw():
    first = replace(spelling("7ABC123", 0.6), canvas=canvas(7))
    (reading,) = recognise(Finder(PLATE), Reader([first], [replace(first, canvas=canvas(9))] * 4))
    assert reading.canvas is first.canvas


def test_frames_of_one_plate_are_seen_at_once():
    looks = [Reading("7ABC128", 0.6, None, None, PLATE, (), (), "platewarden 1", canvas=canvas(1))] * 2
    several = Several(spelling("7ABC123", 0.95))
    assert engine(Finder(), Reader([]), several=several).together(looks) is several.spelling
    assert several.heard == [looks]
