"""Cars cut out of photographs: which ones, how much of them, in which order, and what a broken folder is told."""

import json

import numpy as np
import pytest
from PIL import Image

from platewarden.demo.photographed import CarPhotograph, by_light, car_photographs, in_turn
from platewarden.demo.street import Street
from platewarden.policy.refusal import Malformed, Unavailable
from platewarden.recognition.result import Box


def photograph(folder, name, *, light=120, boxes=((600, 400, 100, 22),), plates=("B21GSB",)):
    Image.new("RGB", (1280, 720), (light, light, light)).save(folder / name)
    return json.dumps({"image": name, "boxes": boxes, "plates": plates})


def written(folder, *rows):
    (folder / "boxes.jsonl").write_text("\n".join(rows))
    return folder


def test_a_car_is_cut_out_around_its_plate_with_a_soft_edge(tmp_path):
    (one,) = car_photographs(written(tmp_path, photograph(tmp_path, "a.jpg")))
    car = one.car()
    assert car.pixels.shape == (350, 420, 4)
    assert (car.plate.x, car.plate.y, car.plate.width) == (160.0, 219.0, 100.0)
    cover = car.pixels[..., 3]
    assert (cover[0].max(), cover[:, 0].max(), cover[175, 210]) == (0, 0, 255)
    assert (car.pixels[..., :3] <= cover[..., None]).all()


def test_at_the_photographs_edge_the_cut_ends_with_it(tmp_path):
    (one,) = car_photographs(written(tmp_path, photograph(tmp_path, "a.jpg", boxes=((10, 690, 100, 22),))))
    car = one.car()
    assert (car.pixels.shape[:2], car.plate.x) == ((249, 270), 10.0)


def test_small_plates_unread_ones_and_two_in_one_cut_are_left_out(tmp_path):
    folder = written(
        tmp_path,
        photograph(tmp_path, "a.jpg", boxes=((100, 400, 47, 12), (600, 400, 100, 22)), plates=("B1AAA", None)),
        photograph(tmp_path, "b.jpg", boxes=((600, 400, 100, 22), (760, 380, 60, 14)), plates=("B2BBB", None)),
        photograph(tmp_path, "c.jpg", boxes=((200, 400, 60, 14), (900, 400, 60, 14)), plates=("B3CCC", "B4DDD")),
    )
    assert [each.text for each in car_photographs(folder)] == ["B3CCC", "B4DDD"]


@pytest.mark.parametrize("line", ["{", "[]", '{"image": "a.jpg"}', '{"image": "a.jpg", "boxes": [[1, 2, 3]], "plates": ["B1"]}'])
def test_a_line_that_is_none_is_named_by_its_number(tmp_path, line):
    with pytest.raises(Malformed, match="Line 2 of"):
        car_photographs(written(tmp_path, photograph(tmp_path, "a.jpg"), line))


def test_a_folder_without_truth_or_without_a_car_is_refused(tmp_path):
    with pytest.raises(Unavailable, match=r"holds no boxes\.jsonl"):
        car_photographs(tmp_path)
    with pytest.raises(Malformed, match="names no car"):
        car_photographs(written(tmp_path, photograph(tmp_path, "a.jpg", plates=(None,))))


def test_a_name_in_the_truth_leads_to_no_other_folder(tmp_path):
    line = photograph(tmp_path, "a.jpg").replace('"a.jpg"', '"../../a.jpg"')
    (one,) = car_photographs(written(tmp_path, line))
    assert one.picture == tmp_path / "a.jpg"


def test_the_same_plate_does_not_come_again_soon(tmp_path):
    cars = [CarPhotograph(tmp_path / f"{at}.jpg", Box(0, 0, 80, 20), f"B{at % 20}") for at in range(100)]
    order = in_turn(cars, 60, 7)
    assert len({each.picture for each in order}) == 60
    texts = [each.text for each in order]
    assert all(text not in texts[max(0, at - 12) : at] for at, text in enumerate(texts))
    assert order == in_turn(cars, 60, 7)


def test_the_lighter_half_is_for_the_day(tmp_path):
    rows = [photograph(tmp_path, f"{light}.jpg", light=light) for light in (20, 200, 90, 150)]
    light, dark = by_light(car_photographs(written(tmp_path, *rows)))
    assert ([each.picture.stem for each in light], [each.picture.stem for each in dark]) == (["200", "150"], ["90", "20"])


def test_a_street_of_photographs_shakes_and_its_exposure_changes(tmp_path):
    cars = car_photographs(written(tmp_path, photograph(tmp_path, "a.jpg")))
    street = Street(3, seconds=9.0, fps=2, photographs=cars)
    pictures = list(street.frames())
    (passing,) = street.passings
    assert (passing.text, passing.photograph) == ("B21GSB", cars[0])
    assert passing.readable
    sky = [picture[:60, :200].mean() for picture in pictures]
    assert max(sky) - min(sky) > 20
    assert not np.array_equal(pictures[4][:, :200], pictures[6][:, :200])
