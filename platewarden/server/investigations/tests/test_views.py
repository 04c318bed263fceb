"""The pages: from an open incident to vehicles around it, with every refusal and emptiness said."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from platewarden.exchange.task_answer import Said
from platewarden.server.clock import now
from platewarden.server.equipment.models import Unit
from platewarden.server.investigations.models import Cosign, Incident, Kind
from platewarden.server.investigations.testing import answered, asked, drove, opened, spot
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
    assert "major incident waits for a decision on a canvass" in page


def until(minutes=60):
    return f"{timezone.localtime(now(), department().time_zone) + timedelta(minutes=minutes):%Y-%m-%dT%H:%M}"


def test_a_car_is_asked_answers_and_its_way_is_a_look(office, rosa, incident):
    where = f"/incidents/{incident.pk}/"
    assert "No car is enrolled" in page_of(rosa.get(where))
    car = office.car()
    page = page_of(rosa.get(where))
    assert "No car was asked" in page
    assert "Car 12, place not known, nobody is signed on" in page
    given = {"units": [str(car.unit.pk)], "until": until(), "instruction": "alleys too"}
    assert "Choose at least one car" in page_of(rosa.post(where + "cars/ask/", given | {"units": []}), 422)
    assert "within a day" in page_of(rosa.post(where + "cars/ask/", given | {"until": until(60 * 30)}), 422)
    page = page_of(rosa.post(where + "cars/ask/", given, follow=True))
    assert "Asked: Car 12" in page
    assert "Not in touch yet" in page
    assert "asked already" in page_of(rosa.post(where + "cars/ask/", given), 422)
    with office.as_role("owner"):
        Unit.objects.update(task_sheet=1)
    part = page_of(rosa.get(where + "cars/"))
    assert "On its screen, no answer yet" in part
    assert "<h1" not in part
    (task,) = incident.tasks.all()
    answered(office, car, task, Said.ACCEPTED)
    drove(office, car, task, (0, -40), (0, -20), (0, 0), (0, 20), at=now() + timedelta(seconds=9))
    assert "Driving" in page_of(rosa.get(where + "cars/"))
    looks = [act for act, _ in office.ledger()].count("investigations.coverage")
    page = page_of(rosa.post(where + "coverage/"))
    assert "No road is known in this area" in page
    assert "data-look" in page
    assert "Car 12" in page
    data = json.loads(page.split('id="map-data" type="application/json">')[1].split("</script>")[0])
    assert len(data["tracks"][0]) == 4
    assert "<h1" not in page_of(rosa.post(where + "coverage/again/"))
    assert [act for act, _ in office.ledger()].count("investigations.coverage") == looks + 2
    assert rosa.get(where + "coverage/").status_code == 405
    assert office.browser(AUDITOR).post(where + "coverage/").status_code == 403
    assert office.browser(OPERATOR, purpose=None).post(where + "coverage/").status_code == 302
    assert page_of(rosa.post(where + f"cars/{task.pk}/withdraw/", {"because": ""}), 400)
    assert page_of(rosa.post(where + "cars/99/withdraw/", {"because": "found already"}), 404)
    page = page_of(rosa.post(where + f"cars/{task.pk}/withdraw/", {"because": "found already"}, follow=True))
    assert "not asked any more" in page
    assert "Withdrawn" in page
    assert rosa.post(where + f"cars/{task.pk}/withdraw/", {"because": "found already"}).status_code == 409


def test_streets_that_were_driven_and_not_are_said_street_by_street(office, rosa, incident):
    def road(name, *points):
        line = [[spot(*point).lon, spot(*point).lat] for point in points]
        return {"type": "Feature", "properties": {"name": name}, "geometry": {"type": "LineString", "coordinates": line}}

    car = office.car()
    (task,) = asked(office, incident, car)
    answered(office, car, task, Said.ACCEPTED)
    drove(office, car, task, *((0, east) for east in range(-500, 501, 20)), at=now() + timedelta(seconds=104))
    roads = settings.CONFIG.data / "roads.geojson"
    roads.write_text(
        json.dumps(
            {
                "type": "FeatureCollection",
                "features": [road("Central <Ave>", (0, -900), (0, 900)), road("Second St", (-900, 0), (900, 0))],
            }
        )
    )
    try:
        page = page_of(rosa.post(f"/incidents/{incident.pk}/coverage/"))
    finally:
        roads.unlink()
    assert "50 %" in page
    listed = page.split("Streets not covered")[1]
    assert "Second St" in listed
    assert "Central" not in listed
    assert "within 25 m" in page


def test_whoever_may_not_ask_sees_why(office, incident):
    office.car()
    page = page_of(office.browser(DESIGNEE).get(f"/incidents/{incident.pk}/"))
    assert "Ask cars to drive it" in page
    robbery = opened(office, "26-004119", kind=Kind.ROBBERY)
    assert "Write down who orders it" in page_of(office.browser(DESIGNEE).get(f"/incidents/{robbery.pk}/"))
    answer = office.browser(DESIGNEE).post(f"/incidents/{robbery.pk}/cars/ask/", {"units": [], "until": ""})
    assert "Write down who orders it" in page_of(answer, 403)


def test_a_canvass_is_taken_along_with_its_reasons_as_a_look_of_its_own(office, rosa, incident):
    car = office.car()
    office.receive(car, "7B34AB", at=incident.at, place=spot(100))
    office.receive(car, "KL9001", at=incident.at, place=spot(120))
    search = {"plate": "7b?4*", "radius_m": "400", "wider_min": "5"}
    page = page_of(rosa.post(f"/incidents/{incident.pk}/around/", search | {"act": "show"}))
    assert f'action="/incidents/{incident.pk}/around/file/"' in page
    file = rosa.post(f"/incidents/{incident.pk}/around/file/", search | {"form": "csv"})
    (row,) = csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"), newline=""))
    assert (row["plate"], row["unit"], row["shown_to"]) == ("7B34AB", "Car 12", "Rosa Vega, 1042")
    assert "100 m from the scene" in row["why"]
    paper = rosa.post(f"/incidents/{incident.pk}/around/file/", search | {"form": "pdf"})
    assert paper.content.startswith(b"%PDF")
    assert [act for act, _ in office.ledger()][-4:] == ["investigations.canvass", "reads.export"] * 2
    assert rosa.post(f"/incidents/{incident.pk}/around/file/", {"plate": "<b>", "form": "csv"}).status_code == 400


def test_a_wide_canvass_is_not_taken_along_without_its_co_sign(office, rosa, incident):
    car = office.car()
    for n in range(department().investigations["cosign_above_vehicles"] + 1):
        office.receive(car, f"KL9{n:03}", at=incident.at, place=spot(100))
    office.seal()
    answer = rosa.post(f"/incidents/{incident.pk}/around/file/", {"form": "csv"})
    assert answer.status_code == 403
    assert b"KL9001" not in answer.content
    assert "reads.export" not in [act for act, _ in office.ledger()]


WATCH = {"plate": "7b?4*", "state": "", "category": "wanted_vehicle", "reason": "left a robbery, two in the car"}


def test_a_watch_is_run_at_once_over_what_is_kept_as_a_look_of_its_own(office, rosa, incident):
    car = office.car()
    office.receive(car, "7B34AB")  # far from the incident, and without a place
    office.receive(car, "KL9001")
    page = page_of(rosa.post(f"/incidents/{incident.pk}/watch/", WATCH))
    assert "Kept already for" in page
    assert "waits for a second member" in page
    assert "7B34AB" in page
    assert "KL9001" not in page
    assert [act for act, _ in office.ledger()][-2:] == ["investigations.watch", "reads.pattern"]
    page = page_of(rosa.post(f"/incidents/{incident.pk}/watch/", WATCH | {"plate": "KL9001"}))
    assert "1 read of" in page
    assert [act for act, _ in office.ledger()][-2:] == ["investigations.watch", "reads.search"]


def test_a_watch_whose_page_is_asked_for_again_is_not_begun_again(office, rosa, incident):
    office.receive(office.car(), "7B34AB")
    form = page_of(rosa.get(f"/incidents/{incident.pk}/"))
    once = re.search(r'name="once" value="([0-9a-f-]{36})"', form)
    for _ in range(2):
        page = page_of(rosa.post(f"/incidents/{incident.pk}/watch/", WATCH | {"once": once[1]}, follow=True))
    assert "stands already" in page
    assert incident.watches.count() == 1


def test_without_a_purpose_the_watch_stands_and_it_is_said_that_nothing_was_looked_through(office, incident):
    office.receive(office.car(), "7B34AB")
    page = page_of(office.browser(OPERATOR, purpose=None).post(f"/incidents/{incident.pk}/watch/", WATCH, follow=True))
    assert "not looked through" in page
    assert "State your purpose" in page
    assert "7B34AB" not in page
    assert incident.watches.count() == 1
    assert [act for act, _ in office.ledger()][-1] == "investigations.watch"
