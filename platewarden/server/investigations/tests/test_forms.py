"""Forms: what is wrong stands at its field, in a sentence; what is right becomes an incident or a search."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from platewarden.server.clock import now
from platewarden.server.equipment.models import Unit
from platewarden.server.investigations.forms import (
    AroundForm,
    CloseForm,
    CosignForm,
    DecisionForm,
    IncidentForm,
    TaskForm,
    WatchForm,
    WithdrawForm,
)
from platewarden.server.investigations.task import cars_near
from platewarden.server.investigations.testing import opened, spot
from platewarden.server.people.editions import department


def filled(**changes):
    local = timezone.localtime(now(), department().time_zone)
    facts = {
        "number": "26-004117",
        "kind": "hit and run",
        "address": "Central Ave & Second St",
        "lat": "42.18",
        "lon": "-87.8",
        "radius_m": "500",
        "since": f"{local - timedelta(minutes=30):%Y-%m-%dT%H:%M}",
        "until": f"{local - timedelta(minutes=20):%Y-%m-%dT%H:%M}",
    }
    return IncidentForm({**facts, **changes})


def test_an_incident_as_it_is_filled_in(office):
    with timezone.override(department().time_zone):
        form = filled(number=" 26-004117 ", address="Central  Ave")
        assert form.is_valid(), form.errors
        made = form.incident()
    assert (made.number, made.address, made.until - made.since) == ("26-004117", "Central Ave", timedelta(minutes=10))
    assert made.corners is None


@pytest.mark.parametrize(
    ("changed", "field", "says"),
    [
        ({"number": ""}, "number", "Enter the case number"),
        ({"lat": "", "lon": "-87.8"}, "lat", "Click the map"),
        ({"lat": "142"}, "lat", "90"),
        ({"radius_m": "20"}, "radius_m", "50"),
        ({"corners": "[[1,2"}, "corners", "cannot be read"),
        ({"corners": '[["a","b"]]'}, "corners", "cannot be read"),
        ({"corners": "[[-87.8,42.1],[-87.79,42.1]]"}, "__all__", "3 to 100"),
        ({"number": "my neighbour"}, "__all__", "no case number"),
    ],
)
def test_what_is_wrong_stands_at_its_field(office, changed, field, says):
    with timezone.override(department().time_zone):
        form = filled(**changed)
        assert not form.is_valid()
    assert says in str(form.errors[field])


def test_a_search_takes_the_incidents_area_or_another_and_time_around_it(office):
    incident = opened(office, corners=[[-87.80, 42.18], [-87.79, 42.18], [-87.79, 42.19]])
    other = opened(office, "26-004118")
    form = AroundForm({"plate": "7b?4*", "wider_min": "10", "others": [str(other.pk)]}, incident=incident, near=[other])
    assert form.is_valid(), form.errors
    search = form.search()
    assert [scene.corners for scene in search.scenes] == [incident.corners, None]
    assert search.scenes[0].since == incident.since - timedelta(minutes=10)
    assert search.partial.pattern == "7B?4*"
    narrow = AroundForm({"radius_m": "200"}, incident=incident, near=[])
    assert narrow.is_valid()
    assert (narrow.search().scenes[0].radius_m, narrow.search().scenes[0].corners) == (200, None)


@pytest.mark.parametrize("plate", ["*", "?" * 13, "7B; drop table", "A" * 200, "<script>"])
def test_a_plate_that_is_none_is_refused_in_a_sentence(office, plate):
    form = AroundForm({"plate": plate}, incident=opened(office), near=[])
    assert not form.is_valid()
    assert "plate" in form.errors


def test_another_incident_is_one_of_those_that_stand(office):
    form = AroundForm({"others": ["99"]}, incident=opened(office), near=[])
    assert not form.is_valid()


def test_the_small_forms_say_what_is_missing():
    assert "Enter what was seen" in str(WatchForm({}).errors["plate"])
    assert "two known characters" in str(WatchForm({"plate": "*"}).errors["plate"]) or "known" in str(
        WatchForm({"plate": "*"}).errors["plate"]
    )
    assert "Choose one of the two" in str(DecisionForm({}).errors["ordered"])
    assert "how it ended" in str(CloseForm({}).errors["because"])
    assert "so many" in str(CosignForm({}).errors["because"])


def test_cars_are_named_with_how_far_they_were_and_when(office):
    incident, cars = opened(office), [office.car(f"Car {each}") for each in (3, 4, 5)]
    with office.as_role("owner"):
        for car, metres, minutes in zip(cars, (1800, 240, 0), (2, 0, 90), strict=True):
            at = now() - timedelta(minutes=minutes, seconds=5)
            Unit.objects.filter(pk=car.unit.pk).update(lat=spot(metres).lat, lon=spot(metres).lon, place_at=at)
    form = TaskForm(near=cars_near(incident))
    assert [label for _, label in form.fields["units"].choices] == [
        "Car 4, 240 m away just now, nobody is signed on",
        "Car 3, 1.8 km away 2 min ago, nobody is signed on",
        "Car 5, place not known, nobody is signed on",
    ]
    wrong = TaskForm({"units": ["of somebody else"], "until": "soon"}, near=cars_near(incident))
    assert set(wrong.errors) == {"units", "until"}
    assert set(TaskForm({}, near=[]).errors) == {"units", "until"}
    assert not WithdrawForm({"because": ""}).is_valid()
