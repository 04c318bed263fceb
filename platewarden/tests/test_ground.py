"""Places as metres: the same way back, the lengths that an atlas gives, and areas with corners that lie anywhere."""

import math

import pytest

from platewarden.ground import apart_m, is_within, lat_lon, xy

HERE = (42.1817, -87.8003)


def test_a_hundredth_of_a_degree_is_what_an_atlas_says():
    assert xy(*HERE, HERE[0] + 0.01, HERE[1]) == pytest.approx((0, 1112), abs=1)
    assert xy(*HERE, HERE[0], HERE[1] + 0.01) == pytest.approx((824, 0), abs=1)
    assert apart_m(*HERE, HERE[0] + 0.01, HERE[1] + 0.01) == pytest.approx(math.hypot(1112, 824), abs=1)


@pytest.mark.parametrize("at", [(0.0, 0.0), (800.0, -40.0), (-3000.0, 2500.0)])
def test_there_and_back(at):
    assert xy(*HERE, *lat_lon(*HERE, at)) == pytest.approx(at, abs=0.01)


def test_at_the_pole_nothing_is_divided_by_nothing():
    assert all(map(math.isfinite, lat_lon(90.0, 0.0, (100.0, 100.0))))


@pytest.mark.parametrize(
    ("at", "is_in"), [((5, 5), True), ((15, 5), False), ((5, 15), False), ((-1, 5), False), ((8, 8), False), ((2, 8), True)]
)
def test_an_area_with_a_corner_cut_out(at, is_in):
    corner_cut_out = [(0, 0), (10, 0), (10, 6), (6, 6), (6, 10), (0, 10)]
    assert is_within(corner_cut_out, at) is is_in
    assert is_within(corner_cut_out[::-1], at) is is_in
