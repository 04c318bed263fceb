"""The pages: from an open incident to vehicles around it, with every refusal and emptiness said."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from platewarden.server.clock import now
from platewarden.server.investigations.models import Cosign, Incident, Kind
from platewarden.server.investigations.testing import opened, spot
from platewarden.server.people.editions import department
from platewarden.server.people.testing import AUDITOR, DESIGNEE, OPERATOR, SUPERVISOR, UNTRAINED


def page_of(answer, status=200):
    assert answer.status_code == status, answer.content.decode()[:600]
    return answer.content.decode()


@pytest.fixture
def rosa(office):
    return office.browser(OPERATOR)


@pytest.fixture
def incident(office):
    return opened(office)


def test_with_nothing_open_it_says_what_to_do(office, rosa):
    assert "No incident is open" in page_of(rosa.get("/incidents/"))
    assert (
        "Open an incident"
        not in page_of(office.browser(AUDITOR).get("/incidents/")).split("</nav>")[-1].split("<main")[-1].split("pw-empty")[0]
    )


def test_it_is_opened_on_a_form_and_listed(office, rosa):
    local = timezone.localtime(now(), department().time_zone)
    given = {
        "number": "26-004117",
        "kind": "shooting",
        "address": "Central Ave & Second St",
        "lat": "42.1817",
        "lon": "-87.8003",
        "radius_m": "800",
        "since": f"{local - timedelta(minutes=30):%Y-%m-%dT%H:%M}",
        "until": f"{local - timedelta(minutes=10):%Y-%m-%dT%H:%M}",
        "has_partial": "on",
    }
    assert "Enter the case number" in page_of(rosa.post("/incidents/new/", given | {"number": ""}), 422)
    page = page_of(rosa.post("/incidents/new/", given, follow=True))
    assert "Incident 26-004117 is open" in page
    assert "Canvass: decide" in page
    assert "open or was closed already" in page_of(rosa.post("/incidents/new/", given), 422)
    assert "Canvass undecided" in page_of(rosa.get("/incidents/"))
    assert Incident.objects.get().kind == Kind.SHOOTING


def test_whoever_is_not_trained_sees_nothing(office, incident):
    answer = office.browser(UNTRAINED).get(f"/incidents/{incident.pk}/")
    assert answer.status_code == 403


def test_counted_then_shown_with_reasons_and_the_same_search(office, rosa, incident):
    car = office.car()
    office.receive(car, "7B34AB", at=incident.at, place=spot(100))
    office.receive(car, "KL9001", at=incident.at, place=spot(100))
    search = {"plate": "7b?4*", "radius_m": "400", "wider_min": "5"}
    page = page_of(rosa.post(f"/incidents/{incident.pk}/around/", search | {"act": "count"}))
    assert "This would show 1 read of 1 vehicle" in page
    assert "7B34AB" not in page
    page = page_of(rosa.post(f"/incidents/{incident.pk}/around/", search | {"act": "show"}))
    assert "1 vehicle around" in page
    assert "7B34AB" in page
    assert "KL9001" not in page
    assert "100 m from the scene" in page
    assert "7B34AB" not in page.split('id="map-data"')[1].split("</script>")[0]  # the map's data carries no plate


def test_nothing_around_is_said_and_a_wrong_plate_stands_at_its_field(rosa, incident):
    assert "No vehicle was read there then" in page_of(rosa.post(f"/incidents/{incident.pk}/around/", {"act": "count"}))
    assert "No vehicle was read there then" in page_of(rosa.post(f"/incidents/{incident.pk}/around/", {"act": "show"}))
    page = page_of(rosa.post(f"/incidents/{incident.pk}/around/", {"plate": "<b>", "act": "count"}), 422)
    assert "&lt;b&gt;" in page


def test_a_look_around_asks_for_a_purpose_first(office, incident):
    browser = office.browser(OPERATOR, purpose=None)
    answer = browser.post(f"/incidents/{incident.pk}/around/", {"act": "count"})
    assert answer.status_code in (302, 403)
    assert not [line for line in office.ledger() if line[0] == "investigations.count"]


def test_a_wide_search_is_asked_for_and_co_signed_on_pages(office, rosa, incident):
    with office.database.connect("postgres") as conn:
        conn.execute("alter table office.people_policyedition disable trigger user")
        conn.execute(
            "update office.people_policyedition set text = regexp_replace(text, 'cosign_above_vehicles = [0-9]+', 'cosign_above_vehicles = 1')"
        )
    car = office.car()
    for text in ("AAA111", "BBB222"):
        office.receive(car, text, at=incident.at, place=spot())
    answer = rosa.post(f"/incidents/{incident.pk}/around/", {"act": "show"})
    assert "co-signs it first" in page_of(answer, 403)
    page = page_of(rosa.post(f"/incidents/{incident.pk}/around/", {"act": "count"}))
    assert "Ask a colleague" in page
    count_id = page.split('name="count_id" value="')[1].split('"')[0]
    asked = {"count_id": count_id, "vehicles": "2", "because": "two cars left together"}
    assert "A colleague was asked" in page_of(rosa.post(f"/incidents/{incident.pk}/cosign/", asked, follow=True))
    assert rosa.post(f"/incidents/{incident.pk}/cosign/", asked | {"because": ""}).status_code == 400
    cosign = Cosign.objects.get()
    luis = office.browser(DESIGNEE)
    assert "two cars left together" in page_of(luis.get("/incidents/cosigns/"))
    assert "500 m around" in page_of(luis.post(f"/incidents/cosigns/{cosign.pk}/asked/"))
    assert "Co-signed" in page_of(luis.post(f"/incidents/cosigns/{cosign.pk}/sign/", follow=True))
    assert luis.post(f"/incidents/cosigns/{cosign.pk}/refuse/").status_code == 409
    assert "2 vehicles around" in page_of(rosa.post(f"/incidents/{incident.pk}/around/", {"act": "show"}))
    assert "count the same again" in page_of(rosa.get(f"/incidents/{incident.pk}/"))


def test_a_co_sign_that_is_not_there_is_unknown(office):
    assert office.browser(DESIGNEE).post("/incidents/cosigns/7/sign/").status_code == 404
    assert office.browser(DESIGNEE).post("/incidents/cosigns/7/refuse/").status_code == 404
    assert office.browser(DESIGNEE).get("/incidents/7/").status_code == 404


def test_a_watch_a_decision_and_the_end_are_written_on_its_page(office, rosa):
    incident = opened(office, kind=Kind.ROBBERY, has_partial=True)
    where = f"/incidents/{incident.pk}/"
    assert "Enter what was seen" in page_of(rosa.post(where + "watch/", {"plate": ""}), 422)
    given = {"plate": "7b?4*", "state": "IL", "category": "wanted_vehicle", "reason": "left a robbery, two in the car"}
    assert "in a few words" in page_of(rosa.post(where + "watch/", given | {"reason": "why"}), 422)
    assert "waits for a second member" in page_of(rosa.post(where + "watch/", given, follow=True))
    assert "in a few words" in page_of(rosa.post(where + "decide/", {"ordered": "yes", "because": "yes"}), 422)
    assert page_of(rosa.post(where + "decide/", {}), 422)
    assert "decision is written down" in page_of(
        rosa.post(where + "decide/", {"ordered": "no", "because": "no plates there"}, follow=True)
    )
    assert "in a few words" in page_of(rosa.post(where + "close/", {"because": "ok"}), 422)
    assert "Say how it ended" in page_of(rosa.post(where + "close/", {}), 422)
    assert "its watches have ended" in page_of(
        rosa.post(where + "close/", {"because": "vehicle found, driver charged"}, follow=True)
    )
    assert "closed" in page_of(rosa.get("/incidents/?closed=1&before=abc"))
    assert "vehicle found" in page_of(rosa.get(where))


def test_a_late_partial_plate_is_amber(office, rosa):
    incident = opened(office, has_partial=True)
    with office.database.connect("postgres") as conn:
        conn.execute("update office.investigations_incident set partial_at = partial_at - interval '25 hours'")
    assert "Partial plate not entered" in page_of(rosa.get("/incidents/"))
    assert "nobody has entered it" in page_of(rosa.get(f"/incidents/{incident.pk}/"))


def test_the_roads_are_the_departments_file_or_none(office, rosa):
    assert json.loads(rosa.get("/incidents/roads.json").content) == {"type": "FeatureCollection", "features": []}
    path = settings.CONFIG.data / "roads.geojson"
    path.write_text('{"type": "FeatureCollection", "features": [1]}')
    try:
        assert json.loads(b"".join(rosa.get("/incidents/roads.json").streaming_content))["features"] == [1]
    finally:
        path.unlink()


def test_home_and_the_list_count_what_waits(office, rosa):
    opened(office, kind=Kind.HOMICIDE)
    page = page_of(office.browser(SUPERVISOR).get("/"))
    assert "1 need a decision or a watch" in page
