import pytest

from platewarden.recognition.choose import Line, choose, could_be_a_plate, join, too_poor, why_not
from platewarden.recognition.decode import ALPHABET, Spelling


def line(
    written: str, x: float = 500, y: float = 400, height: float = 30, length: float | None = None, confidence: float = 0.95
) -> Line:
    text = "".join(each for each in written.upper() if each in ALPHABET)
    length = length if length is not None else height * 0.62 * max(len(text), 1)
    corners = ((x, y), (x + length, y), (x + length, y + height), (x, y + height))
    return Line(corners, written, Spelling(text, confidence, (), ()))


def chosen(*lines: Line, height: int = 720) -> list[str]:
    return [each.text for each in choose(lines, height)]


@pytest.mark.parametrize(
    "written",
    ["7ABC123", "ABC-1234", "ABC 123", "1234 AB", "K8 4021", "12345", "ZG 1234-AB", "7TRR812", "KA05MG1909", "S1234"],
)
def test_it_takes_what_is_written_like_a_plate(written):
    assert why_not(line(written)) is None
    assert len(chosen(line(written))) == 1


@pytest.mark.parametrize(
    ("written", "because"),
    [
        ("20140502", "date"),
        ("2014-05-02", "date"),
        ("2014/05/02 12:41", "date"),
        ("05/02/2014", "date"),
        ("5.2.14", "date"),
        ("12:41:07", "date"),
        ("20140502124107", "date"),
        ("4 PM", "date"),
        ("2014", "year"),
        ("JUN 16", "year"),
        ("AB1", "characters"),
        ("ABC12345678", "characters"),
        ("CARS@4U", "web"),
        ("CAR4.COM", "web"),
        ("Tevan Nu4", "small letters"),
        ("CALIFORNIA", "word"),
        ("TEXA5", "word"),
        ("WASHINGT0N", "word"),
        ("NEW YORK", "word"),
        ("FLORIOA", "word"),
        ("TOYOTA", "word"),
        ("POLICE", "word"),
        ("Sunshine State", "characters"),
    ],
)
def test_it_says_why_a_line_is_no_plate(written, because):
    assert because in (why_not(line(written)) or "")


def test_a_camera_date_beside_a_plate_is_left_out():
    assert chosen(line("20140502", x=20, y=690), line("7ABC123")) == ["7ABC123"]


def test_it_finds_several_plates_in_one_picture():
    assert chosen(line("7ABC123", x=100), line("BQR 418", x=800)) == ["7ABC123", "BQR418"]


def test_letters_alone_are_a_plate_under_a_states_name():
    state = line("FLORIDA", y=376, height=14, x=540)
    assert chosen(line("MELLOYL"), state) == ["MELLOYL"]
    assert chosen(line("MELLOYL"), state, line("7ABC123", x=900)) == ["MELLOYL", "7ABC123"]


def test_letters_alone_are_no_plate_beside_a_real_one():
    assert chosen(line("MELLOYL"), line("7ABC123", x=900)) == ["7ABC123"]


def test_letters_alone_are_a_plate_where_nothing_else_is_and_no_sign_hangs():
    assert chosen(line("MELLOYL", y=500)) == ["MELLOYL"]
    assert chosen(line("MELLOYL", y=60)) == []
    assert chosen(line("MELLOYL", y=500, confidence=0.5)) == []
    assert chosen(line("EXIT", y=500)) == []


def test_a_thread_a_speck_and_a_line_on_its_side_are_not_looked_at():
    assert could_be_a_plate(line("7ABC123").corners)
    assert not could_be_a_plate(line("7ABC123", length=900).corners)
    assert not could_be_a_plate(line("7ABC123", height=4).corners)
    assert not could_be_a_plate(((0, 0), (20, 100), (0, 104), (-20, 4)))
    assert not could_be_a_plate(line("7ABC123", length=20).corners)


def test_characters_much_wider_than_a_plates_are_not_one():
    assert why_not(line("7AB1", length=30 * 4 * 2)) is not None


def test_what_is_too_small_or_too_unclear_says_so():
    assert too_poor(line("7ABC123")) is None
    assert "8 pixels" in (too_poor(line("7ABC123", height=8)) or "")
    assert "unclear" in (too_poor(line("7ABC123", confidence=0.05)) or "")


def test_two_halves_of_a_row_are_also_looked_at_as_one():
    left, right = line("ZG", x=100, length=40), line("1234AB", x=165, length=120)
    (whole,) = join([left, right])
    assert whole == ((100, 400), (285, 400), (285, 430), (100, 430))
    assert join([left, line("1234AB", x=400, length=120)]) == []
    assert join([left, line("1234AB", x=165, y=440, length=120)]) == []
    assert join([left, line("CALIFORNIA", x=165)]) == []
