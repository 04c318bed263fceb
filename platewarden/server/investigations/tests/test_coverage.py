"""Tracks over roads: what was driven, what was not, street by street; crossing a street does not cover it."""

from __future__ import annotations

import dataclasses
import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings

from platewarden.policy.refusal import Refused
from platewarden.server.clock import now
from platewarden.server.investigations import coverage
from platewarden.server.investigations.canvass import Scene
from platewarden.server.investigations.coverage import Spot, Track, access_to_tracks, cover, roads_of_department, tracks
from platewarden.server.investigations.testing import CENTRAL, asked, drove, opened, spot
from platewarden.server.people.testing import AUDITOR, OPERATOR
from platewarden.server.retention.testing import request_of

AT = datetime(2026, 3, 2, 18, tzinfo=UTC)
SCENE = Scene(*CENTRAL, 300, None, AT, AT + timedelta(minutes=5))


def line(*points):
    """Metres north and east of Central Ave, as a road or a drawn area has them."""
    return [(spot(*point).lon, spot(*point).lat) for point in points]


CENTRAL_AVE = ("Central Ave", line((0, -1000), (0, 1000)))
SECOND_ST = ("Second St", line((-1000, 0), (1000, 0)))
FIRST_ST = ("First St", line((-1000, 200), (1000, 200)))
ROADS = [CENTRAL_AVE, SECOND_ST, FIRST_ST]


def track(*points, every_s=2.0, accuracy_m=4.0, task_id=1):
    spots = tuple(
        Spot(AT + timedelta(seconds=every_s * each), spot(*point).lat, spot(*point).lon, accuracy_m)
        for each, point in enumerate(points)
    )
    return Track(task_id, uuid.UUID(int=task_id), spots)


def straight(north, *, since=-300, until=300, **how):
    return track(*((north, east) for east in range(since, until + 1, 20)), **how)


def by_name(found):
    """Metres of each street, all and driven; to a piece at either end."""
    return {each.name: (pytest.approx(each.metres, abs=26), pytest.approx(each.driven_m, abs=26)) for each in found.streets}


def test_nothing_driven_covers_nothing_and_only_the_area_counts():
    found = cover(SCENE, [], ROADS)
    assert by_name(found) == {"Central Ave": (600, 0), "Second St": (600, 0), "First St": (450, 0)}
    assert (found.share, found.driven) == (0, [])
    assert [each.name for each in found.not_covered][-1] == "First St", "the most left first"
    assert len(found.not_covered) == 3


def test_a_street_that_was_driven_is_covered_and_those_it_crosses_are_not():
    found = cover(SCENE, [straight(10)], ROADS)
    assert by_name(found) == {"Central Ave": (600, 600), "Second St": (600, 0), "First St": (450, 0)}
    assert found.share == pytest.approx(100 * 600 / 1650, abs=1)
    assert [each.name for each in found.not_covered] == ["Second St", "First St"]
    assert len(found.driven) == 1, "pieces that follow one another are one line"


def test_half_a_street_is_half_covered_and_two_cars_add_up():
    west, east = straight(0, until=0), straight(0, since=0, task_id=2)
    assert by_name(cover(SCENE, [west], ROADS))["Central Ave"] == (600, 310)
    assert by_name(cover(SCENE, [west, east], ROADS))["Central Ave"] == (600, 600)


@pytest.mark.parametrize(
    "driven",
    [
        straight(40),  # another road, 40 metres away
        straight(0, every_s=30.0),  # what lies between is not known
        straight(0, accuracy_m=80.0),  # not sure enough
        track((0, 0)),
        track((0, 0), (0, 0), (0, 0)),  # it stood
    ],
)
def test_what_is_not_known_to_be_driven_is_not_covered(driven):
    assert by_name(cover(SCENE, [driven], ROADS))["Central Ave"] == (600, 0)


def test_a_spot_that_is_not_sure_breaks_the_way():
    whole = straight(0)
    spots = [dataclasses.replace(each, accuracy_m=90.0) if at == 15 else each for at, each in enumerate(whole.spots)]
    assert [len(run) for run in dataclasses.replace(whole, spots=tuple(spots)).runs()] == [15, 15]


def test_of_a_drawn_area_its_own_shape_counts():
    corners = [list(each) for each in line((-100, -100), (-100, 100), (100, 100), (100, -100))]
    found = cover(dataclasses.replace(SCENE, corners=corners), [straight(0)], ROADS)
    assert by_name(found) == {"Central Ave": (200, 200), "Second St": (200, 0)}


def test_without_roads_no_share_is_said():
    found = cover(SCENE, [straight(0)], [])
    assert (found.share, found.metres, found.streets) == (None, 0, [])


def geojson(*features):
    return json.dumps({"type": "FeatureCollection", "features": list(features)})


def road(name, shape, coordinates):
    return {"type": "Feature", "properties": {"name": name}, "geometry": {"type": shape, "coordinates": coordinates}}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (geojson(road("Central Ave", "LineString", CENTRAL_AVE[1])), ["Central Ave"]),
        (geojson(road(None, "MultiLineString", [CENTRAL_AVE[1], FIRST_ST[1]])), [coverage.NO_NAME, coverage.NO_NAME]),
        (geojson(road("a park", "Point", [0, 0]), {"type": "Feature", "geometry": None}), []),
        ("not json", []),
        ('{"features": 7}', []),
        (geojson(road("x", "LineString", [["a", "b"]])), []),
        ("[]", []),
    ],
)
def test_the_department_s_roads_or_none(office, text, names):
    path = settings.CONFIG.data / coverage.ROADS
    path.write_text(text)
    try:
        coverage._roads.cache_clear()
        assert [name for name, _ in roads_of_department()] == names
    finally:
        path.unlink()
    assert roads_of_department() == []


def test_looking_at_tracks_is_an_access_of_its_own_by_members_with_the_duty(office):
    car, incident = office.car(), opened(office)
    (task,) = asked(office, incident, car)
    drove(office, car, task, (0, -40), (0, -20), (0, 0), (0, 20), at=now() + timedelta(seconds=9))
    drove(office, car, task, (0, 40), (0, 60), at=now() + timedelta(seconds=13))
    asked(office, opened(office, "26-004118"), car)
    access = access_to_tracks(request_of(office, OPERATOR), incident)
    (found,) = tracks(access)
    assert office.ledger()[-1] == ("investigations.coverage", OPERATOR)
    assert (found.task_id, found.unit_id, len(found.spots)) == (task.pk, car.unit.pk, 6)
    assert list(found.spots) == sorted(found.spots, key=lambda each: each.at)
    assert by_name(cover(Scene.of(incident), [found], ROADS))["Central Ave"][1] == 140
    with pytest.raises(Refused):
        access_to_tracks(request_of(office, AUDITOR), incident)
