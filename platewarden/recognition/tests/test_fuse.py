import itertools
import random

import pytest

from platewarden.recognition.decode import MOST_CANDIDATES, Spelling, agree
from platewarden.recognition.fuse import fuse
from platewarden.recognition.layouts import as_on_the_road
from platewarden.recognition.result import Candidate, Character, Reading

CORNERS = ((0.0, 0.0), (100.0, 0.0), (100.0, 30.0), (0.0, 30.0))


def look(text, confidence, *candidates) -> Spelling:
    return Spelling(text, confidence, tuple(Character(c, 0.9) for c in text), tuple(Candidate(t, sure) for t, sure in candidates))


def test_one_frame_says_what_it_says():
    only = look("7ABC123", 0.9, ("7A8C123", 0.05))
    fused = fuse([only])
    assert (fused.text, fused.characters) == ("7ABC123", only.characters)
    assert [each.text for each in fused.candidates][:1] == ["7A8C123"]


def test_no_frame_and_frames_that_saw_nothing_spell_nothing():
    assert fuse([]) == Spelling("", 0.0, (), ())
    assert fuse([look("", 0.99), look("", 0.5)]) == Spelling("", 0.0, (), ())


def test_frames_that_saw_nothing_do_not_speak_against_one_that_saw_a_plate():
    alone, among = fuse([look("7ABC123", 0.9)]), fuse([look("7ABC123", 0.9), *[look("", 0.9)] * 5])
    assert among.text == alone.text == "7ABC123"


def test_frames_that_agree_are_surer_together_than_any_of_them():
    fused = fuse([look("7ABC123", 0.7, ("7A8C123", 0.2))] * 6)
    assert fused.text == "7ABC123"
    assert fused.confidence > 0.8


def test_nothing_makes_it_more_than_half_as_sure_as_the_clearest_frame_leaves_open():
    for count, sure in itertools.product((2, 10, 60), (0.3, 0.6, 0.9, 0.99)):
        assert fuse([look("7ABC123", sure)] * count).confidence <= 1 - (1 - sure) / 2 + 1e-9


def test_frames_that_are_each_wrong_in_another_place_agree_on_what_none_says_loudest():
    frames = [look(wrong, 0.5, ("7ABC123", 0.1)) for wrong in ("1ABC123", "7A8C123", "7ABG123", "7ABC173", "7ABC12")]
    assert agree([*frames, look("1ABC123", 0.5)]).text == "1ABC123"  # the plain vote counts two against one
    assert fuse([*frames, look("1ABC123", 0.5)]).text == "7ABC123"


def test_a_character_that_was_lost_in_most_frames_is_found_again():
    frames = [look("7ABC12", 0.4, ("7ABC123", 0.35))] * 2 + [look("7ABC123", 0.8)] + [look("ABC123", 0.4, ("7ABC123", 0.3))] * 2
    assert fuse(frames).text == "7ABC123"


def test_many_poor_frames_do_not_outvote_one_clear_one():
    rng = random.Random(427)
    poor = [look("".join(rng.choice("ACD8GH2") for _ in range(4)), 0.02) for _ in range(11)]
    assert fuse([look("7ABC123", 0.97), *poor]).text == "7ABC123"


def test_frames_that_all_say_something_else_leave_it_unsure():
    fused = fuse([look("7ABC123", 0.2), look("XKL99", 0.2), look("4410TT", 0.2), look("ZZ1", 0.2)])
    assert fused.confidence < 0.5


def test_o_and_0_are_one_text_while_texts_are_compared():
    frames = [look("AO12", 0.45, ("A012", 0.4)), look("A012", 0.45, ("AO12", 0.4)), look("AD12", 0.6, ("AO12", 0.2))]
    fused = fuse([*frames, look("A012", 0.5, ("AD12", 0.45))])
    assert fused.text == "A012"
    assert {"AO12", "AD12"} <= {each.text for each in fused.candidates}


def test_characters_that_cameras_confuse_part_frames_less_than_others_do():
    alike = fuse([look("AB8", 0.6), look("ABB", 0.6), look("AB8", 0.6)])
    apart = fuse([look("AB8", 0.6), look("ABK", 0.6), look("AB8", 0.6)])
    told = {each.text: each.confidence for each in (*alike.candidates, *apart.candidates)}
    assert (alike.text, apart.text) == ("AB8", "AB8")
    assert told["ABB"] > told["ABK"]


def test_the_order_of_the_frames_does_not_matter():
    frames = [look("7ABC123", 0.6, ("7A8C123", 0.3)), look("7A8C123", 0.5), look("1ABC123", 0.4, ("7ABC123", 0.2))]
    answers = [fuse(list(order)) for order in itertools.permutations(frames)]
    assert {each.text for each in answers} == {answers[0].text}
    assert [each.confidence for each in answers] == pytest.approx([answers[0].confidence] * len(answers))


@pytest.mark.parametrize("seed", range(20))
def test_text_and_candidates_together_never_exceed_certainty(seed):
    rng = random.Random(seed)
    frames = []
    for _ in range(rng.randint(1, 14)):
        texts = list({"".join(rng.choice("AB80O1") for _ in range(rng.randint(0, 5))) for _ in range(6)})
        shares = sorted((rng.random() for _ in texts), reverse=True)
        whole = sum(shares) / rng.random()
        text, *others = zip(texts, (share / whole for share in shares), strict=True)
        frames.append(look(*text, *((t, sure) for t, sure in others if t)))
    fused = fuse(frames)
    sure = [each.confidence for each in fused.candidates]
    assert 0.0 <= fused.confidence <= 1.0
    assert fused.confidence + sum(sure) <= 1.0 + 1e-9
    assert sure == sorted(sure, reverse=True)
    assert len(sure) <= MOST_CANDIDATES
    assert all(each.text and each.text != fused.text for each in fused.candidates)
    assert "".join(each.text for each in fused.characters) in {"", fused.text}


@pytest.mark.parametrize("confidence", [0.0, 1.0])
def test_a_frame_that_is_certain_or_worthless_breaks_nothing(confidence):
    fused = fuse([look("7ABC123", confidence), look("7ABC124", confidence), look("7ABC123", 0.5)])
    assert fused.text == "7ABC123"
    assert 0.0 <= fused.confidence <= 1.0


def test_readings_are_taken_as_they_come_from_an_engine():
    reading = Reading("7ABC123", 0.9, "CA", 0.95, CORNERS, (Candidate("7A8C123", 0.05),), (), "an engine 1")
    fused = fuse([reading, reading])
    assert fused.text == "7ABC123"
    assert fused.characters == ()  # this engine tells none


def test_a_minute_of_frames_costs_less_than_a_second():
    frames = [look(f"7ABC1{n % 100:02}", 0.3, *((f"{m}ABC1{n % 100:02}", 0.05) for m in range(8))) for n in range(600)]
    assert fuse(frames).text


def said_on_the_road(text, sure, *others):
    return as_on_the_road(Spelling(text, sure, (), tuple(Candidate(each, chance) for each, chance in others)))


def test_how_common_a_layout_is_counts_once_and_not_once_a_frame():
    vanity, listed = "ABC12I4", "ABC1214"
    frames = [said_on_the_road(vanity, 0.65, (listed, 0.3)) for _ in range(10)]
    assert fuse(frames).text == vanity


def test_a_fused_text_is_weighed_by_its_layout_when_its_frames_were():
    one = said_on_the_road("MHGV4L", 0.48, ("MH6V4L", 0.42))
    assert fuse([one]).text == one.text == "MH6V4L"
    assert fuse([one]).by_layout
