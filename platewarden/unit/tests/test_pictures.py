"""The two pictures of a read."""

from io import BytesIO

import numpy as np
from PIL import Image

from platewarden.recognition.picture import Picture
from platewarden.unit import pictures


def seen(width, height):
    return Picture("a.jpg", np.zeros((height, width, 3), dtype=np.uint8))


def size(jpeg):
    with Image.open(BytesIO(jpeg)) as image:
        assert image.format == "JPEG"
        return image.size


def test_the_overview_is_made_smaller_and_never_larger():
    assert size(pictures.overview(seen(4000, 2000))) == (1280, 640)
    assert size(pictures.overview(seen(40, 20))) == (40, 20)


def test_the_plate_is_cut_out_with_a_little_around_it():
    corners = ((100.0, 100.0), (160.0, 100.0), (160.0, 130.0), (100.0, 130.0))
    assert size(pictures.plate(seen(400, 300), corners)) == (81, 51)


def test_the_plate_at_the_edge_stays_inside_the_picture():
    corners = ((-10.0, -5.0), (40.0, -5.0), (40.0, 25.0), (-10.0, 25.0))
    assert size(pictures.plate(seen(400, 300), corners)) == (51, 36)
    outside = tuple((x + 900, y) for x, y in corners)
    assert pictures.plate(seen(400, 300), outside) is None
