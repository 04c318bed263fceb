import json

import numpy as np
import pytest

from platewarden.demo.scenes import draw_scene, write_scenes


def test_the_same_seed_draws_the_same_picture():
    assert draw_scene("7ABC123", "CA", 7).jpeg == draw_scene("7ABC123", "CA", 7).jpeg
    assert draw_scene("7ABC123", "CA", 7).jpeg != draw_scene("7ABC123", "CA", 8).jpeg


@pytest.mark.parametrize("dusk", [False, True])
def test_the_plate_lies_where_the_scene_says(dusk):
    scene = draw_scene("7ABC123", "CA", 4, dusk=dusk)
    picture = scene.picture("x")
    assert (picture.width, picture.height) == (1280, 720)
    box = scene.plate
    inside = picture.pixels[round(box.y) + 4 : round(box.y + box.height) - 4, round(box.x) + 4 : round(box.x + box.width) - 4]
    around = picture.pixels[round(box.y) - 6 : round(box.y) - 1, round(box.x) : round(box.x + box.width)]
    assert np.median(inside) > np.median(around) + 40
    assert inside.std() > 30


def test_dusk_is_darker_than_day():
    day, dusk = (draw_scene("7ABC123", None, 2, dusk=dusk).picture().pixels.mean() for dusk in (False, True))
    assert dusk < day - 40


def test_a_folder_of_scenes_holds_the_truth_and_tells_no_plate_in_its_names(tmp_path):
    written = write_scenes(tmp_path / "scenes", [("7ABC123", "CA"), ("BQR418", None)], seed=5)
    rows = [json.loads(each) for each in (tmp_path / "scenes" / "truth.jsonl").read_text().splitlines()]
    assert [path.name for path in written] == [row["image"] for row in rows] == ["0001.jpg", "0002.jpg"]
    assert [(row["plates"], row["states"]) for row in rows] == [(["7ABC123"], ["CA"]), (["BQR418"], [None])]
    assert all(len(row["boxes"][0]) == 4 for row in rows)
