"""A canvass area in words and as a drawing."""

import pytest

from platewarden.exchange.read_report import Place
from platewarden.unit.screen.area import drawn, lies
from platewarden.unit.streets import Streets
from platewarden.unit.testing import canvass_task

TASK = canvass_task()
CORNERS = ((-87.81, 42.18), (-87.79, 42.18), (-87.80, 42.19))


def place(north_m=0.0, east_m=0.0):
    return Place(42.1817 + north_m / 111_320, -87.8003 + east_m / 82_490, 4.0, None, 0.5)


@pytest.mark.parametrize(
    ("here", "said"),
    [
        (None, "This unit does not know where it is."),
        (place(), "You are in the area."),
        (place(499), "You are in the area."),
        (place(-600), "600 m to the north, to its middle."),
        (place(0, 2000), "2.0 km to the west, to its middle."),
        (place(-1000, -1000), "1.4 km to the north-east, to its middle."),
    ],
)
def test_where_it_lies_is_said_as_on_the_radio(here, said):
    assert lies(TASK, here) == said


def test_of_a_drawn_area_its_own_shape_counts():
    drawn_area = canvass_task(corners=CORNERS)
    assert lies(drawn_area, place(0, 0)) == "You are in the area."
    assert lies(drawn_area, place(600, 600)) != "You are in the area."


def test_it_is_drawn_with_streets_the_way_and_the_car(tmp_path):
    bare = drawn(TASK, None, [], None)
    assert 'class="area"' in bare
    assert 'class="car"' not in bare
    assert 'class="way"' not in bare
    roads = tmp_path / "roads.csv"
    roads.write_text("name,lat,lon\nCentral Ave,42.1817,-87.8100\nCentral Ave,42.1817,-87.7900\n")
    whole = drawn(TASK, place(9000, 0), [place(), place(100)], Streets.load(roads))
    for part in ("area", "roads", "way", "car"):
        assert f'class="{part}"' in whole
    assert 'cy="-583"' in whole, "a car that is far stands at the edge"
    assert "0,0 0,-100" in whole
