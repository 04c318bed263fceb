"""The nearest crossing, from a road file of three streets."""

import json

import pytest

from platewarden.policy.refusal import Malformed, Unavailable
from platewarden.unit.streets import Streets

CSV = """name,lat,lon
Main St,42.1800,-87.8100
Main St,42.1800,-87.8000
Main St,42.1800,-87.7900
2nd Ave,42.1850,-87.8000
2nd Ave,42.1800,-87.8000
2nd Ave,42.1750,-87.8000
Lake Rd,42.2500,-87.7000
Lake Rd,42.2600,-87.7000
"""


def geojson():
    lines = {
        "Main St": [[-87.81, 42.18], [-87.80, 42.18], [-87.79, 42.18]],
        "2nd Ave": [[-87.80, 42.185], [-87.80, 42.18], [-87.80, 42.175]],
    }
    features = [
        {"type": "Feature", "properties": {"name": name}, "geometry": {"type": "LineString", "coordinates": points}}
        for name, points in lines.items()
    ]
    features.append({"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [0, 0]}})
    return json.dumps({"type": "FeatureCollection", "features": features})


@pytest.mark.parametrize("text", [CSV, geojson()])
def test_the_nearest_crossing_the_street_or_nothing(tmp_path, text):
    path = tmp_path / "roads"
    path.write_text(text)
    streets = Streets.load(path)
    assert streets.crossing(42.1803, -87.8003) == "2nd Ave & Main St"
    assert streets.crossing(42.1802, -87.8060) == "near Main St"
    assert streets.crossing(42.1900, -87.9000) is None


def test_a_street_far_from_its_points_is_still_found(tmp_path):
    path = tmp_path / "roads"
    path.write_text(CSV)
    assert Streets.load(path).crossing(42.2551, -87.7001) == "near Lake Rd"


def test_the_pieces_around_a_place_are_given_to_be_drawn(tmp_path):
    path = tmp_path / "roads"
    path.write_text(CSV)
    streets = Streets.load(path)
    assert ((42.18, -87.81), (42.18, -87.80)) in streets.within(42.18, -87.80, 500.0)
    assert len(streets.within(42.18, -87.80, 2000.0)) == 4
    assert len(streets.within(42.18, -87.80, 90_000.0)) == 5
    assert streets.within(42.0, -87.0, 100.0) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "name,lat,lon"),
        ("street,x,y\na,1,2\n", "name,lat,lon"),
        ("name,lat,lon\n", "holds no street"),
        ("name,lat,lon\nMain St,north,2\n", "roads”, 2: “north, 2” is not a place"),
        ("name,lat,lon\nMain St,142,2\n", "is not a place"),
        ("{", "is not GeoJSON"),
        ('{"features": [{"properties": {"name": "a"}, "geometry": 1}]}', "is not GeoJSON"),
        ('{"features": []}', "holds no street"),
    ],
)
def test_a_road_file_that_is_none_is_refused_with_the_reason(tmp_path, text, says):
    path = tmp_path / "roads"
    path.write_text(text)
    with pytest.raises(Malformed, match=says):
        Streets.load(path)


def test_a_road_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(Unavailable, match="Copy it anew"):
        Streets.load(tmp_path / "roads")
