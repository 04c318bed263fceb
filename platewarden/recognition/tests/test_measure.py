import json
import math

import pytest

from platewarden.policy.refusal import Malformed
from platewarden.recognition.measure import TRUTH, Bin, Labels, Look, Marked, Plate, Share, bins_of, figures, load_labels, mark
from platewarden.recognition.result import Box, Reading, Unreadable

BOX = Box(100, 50, 80, 40)


def reading(text, confidence=0.9, box=BOX, state=None):
    x, y, right, below = box.x, box.y, box.x + box.width, box.y + box.height
    corners = ((x, y), (right, y), (right, below), (x, below))
    return Reading(text, confidence, state, 0.9 if state else None, corners, (), (), "test 1")


def moved(right, down):
    return Box(BOX.x + right, BOX.y + down, BOX.width, BOX.height)


def marked(label="ABC123", text="ABC123", confidence=0.9, **more):
    return Marked(
        **{"label": label, "label_state": None, "box": None, "text": text, "confidence": confidence, "state": None, "found": None}
        | more
    )


def seen(*answers, text="ABC123", state=None, box=BOX):
    (plate,) = mark(Labels("a.jpg", (Plate(text, state, box),)), answers, 1.0).plates
    return plate


def look(*plates, false_plates=None, cpu_ms=10.0):
    return Look("a.jpg", plates, false_plates, cpu_ms)


# What is true


def written(folder, *lines):
    (folder / TRUTH).write_text("\n".join(each if isinstance(each, str) else json.dumps(each) for each in lines) + "\n", "utf-8")
    return folder


def test_photographs_and_crops_may_stand_in_one_file(tmp_path):
    photograph = {
        "image": "b/1.jpg",
        "boxes": [[1, 2, 30, 10], [5, 6, 30, 10]],
        "plates": ["abc-123", None],
        "states": ["IL", None],
    }
    crop = {"image": "2.png", "state": "ak", "plate": "FUW 999", "note": "kept by others"}
    nothing = {"image": "3.png", "boxes": [], "plates": []}
    assert load_labels(written(tmp_path, "\ufeff" + json.dumps(photograph), "", crop, nothing)) == (
        Labels("b/1.jpg", (Plate("ABC123", "IL", Box(1, 2, 30, 10)), Plate(None, None, Box(5, 6, 30, 10)))),
        Labels("2.png", (Plate("FUW999", "AK", None),)),
        Labels("3.png", ()),
    )


@pytest.mark.parametrize(
    ("line", "because"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "not an object"),
        ({"plate": "ABC123"}, "name of a file"),
        ({"image": "../secret.jpg", "plate": "ABC123"}, "name of a file"),
        ({"image": "/etc/passwd", "plate": "ABC123"}, "name of a file"),
        ({"image": "a\0.jpg", "plate": "ABC123"}, "name of a file"),
        ({"image": "a.jpg"}, "neither"),
        ({"image": "a.jpg", "plate": ""}, "letters A-Z"),
        ({"image": "a.jpg", "plate": 7}, "letters A-Z"),
        ({"image": "a.jpg", "plate": "ÄBC123"}, "letters A-Z"),
        ({"image": "a.jpg", "plate": "ABC123", "state": "ZZ"}, "two-letter"),
        ({"image": "a.jpg", "boxes": [[1, 2, 3, 4]]}, "two lists of one length"),
        ({"image": "a.jpg", "boxes": [[1, 2, 3, 4]], "plates": []}, "two lists of one length"),
        ({"image": "a.jpg", "boxes": [[1, 2, 3, 4]], "plates": ["A1"], "states": []}, "as long as"),
        ({"image": "a.jpg", "boxes": [[1, 2, 3]], "plates": ["A1"]}, "four numbers"),
        ('{"image": "a.jpg", "boxes": [[1, 2, 3, NaN]], "plates": ["A1"]}', "four numbers"),
        ({"image": "a.jpg", "boxes": [[1, 2, 0, 4]], "plates": ["A1"]}, "no width"),
        ({"image": "first.jpg", "plate": "ABC123"}, "earlier line"),
    ],
)
def test_a_malformed_line_is_refused_by_its_number_and_the_plate_is_not_repeated(tmp_path, line, because):
    with pytest.raises(Malformed, match=rf"truth\.jsonl, line 3: .*{because}") as refused:
        load_labels(written(tmp_path, {"image": "first.jpg", "plate": "ABC123"}, "", line))
    assert refused.value.message.endswith("Correct that line.")
    assert "BC123" not in refused.value.message


def test_a_folder_that_cannot_be_measured_on_is_refused(tmp_path):
    with pytest.raises(Malformed, match="not a folder"):
        load_labels(tmp_path / "none")
    with pytest.raises(Malformed, match=r"no truth\.jsonl that can be read \(No such file"):
        load_labels(tmp_path)
    with pytest.raises(Malformed, match="no lines"):
        load_labels(written(tmp_path, ""))
    (tmp_path / TRUTH).write_bytes(b"\xff\xfe\xff")
    with pytest.raises(Malformed, match="not UTF-8"):
        load_labels(tmp_path)


# What was read


@pytest.mark.parametrize(
    ("right", "down", "counts"),
    [(0, 0, True), (59, 0, True), (61, 0, False), (-59, 29, True), (-61, 0, False), (0, 31, False)],
)
def test_a_reading_counts_when_its_centre_lies_in_the_box_with_a_quarter_of_margin(right, down, counts):
    assert (seen(reading("ABC123", box=moved(right, down))).text == "ABC123") is counts


def test_the_surest_reading_in_the_box_counts_and_other_cars_do_not():
    elsewhere = reading("ZZZ999", 0.99, moved(500, 0))
    assert seen(elsewhere, reading("ABC123", 0.8), reading("ABC128", 0.7, moved(20, 0))).is_right
    assert not seen(elsewhere, reading("ABC123", 0.7), reading("ABC128", 0.8, moved(20, 0))).is_right
    assert seen(elsewhere).text is None


def test_on_a_crop_the_surest_reading_counts_wherever_it_lies():
    plate = seen(reading("JAN26", 0.4, moved(900, 900)), reading("ABC123", 0.6, moved(-99, 0), "IL"), state="IL", box=None)
    assert (plate.text, plate.confidence, plate.state, plate.found) == ("ABC123", 0.6, "IL", None)


@pytest.mark.parametrize(
    ("label", "text", "exact", "right", "characters"),
    [
        ("AB0123", "AB0123", True, True, 1.0),
        ("AB0123", "ABO123", False, True, 1.0),
        ("ABO123", "AB0123", False, True, 1.0),
        ("AB0123", "AB0128", False, False, 5 / 6),
        ("AB0123", "XAB0123", False, False, 5 / 6),
        ("AB0123", "B0123", False, False, 5 / 6),
        ("AB", "XYZXYZ", False, False, 0.0),
        ("AB0123", None, False, False, 0.0),
        (None, "AB0123", False, False, 0.0),
    ],
)
def test_o_and_0_are_folded_for_right_and_not_for_exact(label, text, exact, right, characters):
    plate = marked(label, text)
    assert (plate.is_exact, plate.is_right) == (exact, right)
    assert math.isclose(plate.characters, characters)


def test_a_plate_is_found_by_more_than_half_of_overlap_among_the_first_three_answers():
    far = [reading("A1", 0.9, moved(400, each * 90)) for each in range(3)]
    poor = Unreadable("The characters are too unclear to tell.", reading("X", box=moved(10, 0)).corners)
    assert seen(*far[:2], poor).found
    assert not seen(*far, poor).found
    assert not seen(reading("A1", box=moved(30, 0))).found, "50 of 110"
    assert not seen(Unreadable("The picture is dark.")).found
    assert seen(poor).text is None


def test_a_reading_where_there_is_no_plate_is_a_false_plate():
    assert mark(Labels("a.jpg", ()), (reading("SALE50"), Unreadable("Too unclear.")), 1.0).false_plates == 1
    assert mark(Labels("a.jpg", (Plate("ABC123", None, BOX),)), (reading("SALE50", box=moved(300, 0)),), 1.0).false_plates is None


def test_a_look_survives_its_way_through_a_pipe():
    one = look(seen(reading("ABC123", 0.123456789)), marked(text=None, confidence=0.0), cpu_ms=0.5)
    through = Look.from_json(json.loads(json.dumps(one.as_json())))
    assert figures("a", [through]) == figures("a", [one])
    assert through.image == one.image


# Figures


def test_every_figure_of_a_small_set_comes_out_as_by_hand():
    looks = [
        look(marked(confidence=0.95, state="IL", label_state="IL"), cpu_ms=10),
        look(marked("AB0123", "ABO123", 0.85, state="IN", label_state="IL"), cpu_ms=20),
        look(marked(text="ABC128", confidence=0.75, label_state="IL", found=True), cpu_ms=90),
        look(marked(text=None, confidence=0.0, label_state="IL", found=False), marked(label=None, found=True), cpu_ms=20),
        look(false_plates=2, cpu_ms=10),
    ]
    told = figures("test 1", looks, left_out=1, peak_rss_mb=100.0)
    assert (told.pictures, told.left_out, told.plates, told.peak_rss_mb) == (5, 1, 4, 100.0)
    assert (told.exact, told.right, told.wrong, told.abstained) == (Share(1, 4), Share(2, 4), Share(1, 4), Share(1, 4))
    assert told.found == Share(2, 3)
    assert math.isclose(told.characters, (1 + 1 + 5 / 6 + 0) / 4)
    assert (told.state_precision, told.state_coverage) == (Share(1, 2), Share(2, 4))
    assert (told.without_a_plate, told.false_plates) == (1, 2)
    assert (told.cpu_ms_median, told.cpu_ms_mean) == (20, 30)
    assert (told.coverage, told.accepted_from) == (Share(2, 4), 0.85)
    assert math.isclose(told.calibration_error, (0.05 + 0.15 + 0.75) / 3)


def test_coverage_goes_on_past_a_wrong_one_when_enough_right_ones_follow():
    surest_is_wrong = [marked(text="X1", confidence=0.99)]
    enough = surest_is_wrong + [marked(confidence=0.9 - each / 1000) for each in range(99)]
    assert figures("a", [look(*enough)]).coverage == Share(100, 100)
    assert figures("a", [look(*enough[:-1])]).coverage == Share(0, 99)


def test_coverage_takes_readings_of_one_confidence_together():
    same = [marked(confidence=0.9), marked(text="X1", confidence=0.9), marked(confidence=0.95)]
    told = figures("a", [look(*same)])
    assert (told.coverage, told.accepted_from) == (Share(1, 3), 0.95)


def test_bins_hold_both_ends_and_a_plate_that_was_not_read_is_in_none():
    held = bins_of([marked(confidence=1.0), marked(confidence=0.92), marked(text="X1", confidence=0.0), marked(text=None)])
    assert [each.count for each in held] == [1, 2]
    assert held[0] == Bin(1, 0.0, 0.0)
    assert math.isclose(held[1].confidence, 0.96)


@pytest.mark.parametrize(("count", "of", "low", "high"), [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605)])
def test_the_interval_is_wilsons_as_newcombe_prints_it(count, of, low, high):
    assert tuple(round(each, 4) for each in Share(count, of).interval) == (low, high)


def test_an_interval_stays_between_0_and_1():
    assert Share(0, 10).interval[0] == 0.0
    assert math.isclose(Share(10, 10).interval[1], 1.0)
    assert Share(10, 10).interval[1] <= 1.0
    assert (Share(0, 0).share, Share(0, 0).interval) == (None, None)


def test_figures_of_nothing_are_none_and_go_through_json():
    told = json.loads(json.dumps(figures("a", []).as_json()))
    assert (told["pictures"], told["characters"], told["calibration_error"], told["cpu_ms_mean"], told["found"]) == (0, *[None] * 4)
    assert told["exact"] == {"count": 0, "of": 0, "share": None, "interval": None}
