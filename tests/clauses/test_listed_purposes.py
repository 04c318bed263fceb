"""Plates are converted for the listed official purposes, such as stolen vehicles and missing persons."""

from __future__ import annotations

from platewarden.exchange.hotlist_edition import Category, Edition
from platewarden.server.alerts.models import Alert
from platewarden.server.equipment.enrol import office_signing_key
from platewarden.server.hotlists.models import Bolo
from platewarden.server.hotlists.publish import edition_bytes, make_edition_if_asked
from platewarden.server.hotlists.testing import HEADER, list_in_force
from platewarden.server.people.testing import OPERATOR
from tests.clauses.conftest import text_of


def test_nothing_is_looked_for_without_a_purpose_of_the_list(enter_bolo):
    answer = enter_bolo("AB12345", category="unpaid_debt")
    assert answer.status_code == 422
    assert not Bolo.objects.exists()


def test_every_purpose_of_the_list_can_be_looked_for(office):
    page = text_of(office.browser(OPERATOR).get("/lists/bolos/new/"))
    for category in Category:
        assert category.value.replace("_", " ").capitalize() in page


def test_nobody_puts_a_plate_on_the_list_alone(office, enter_bolo):
    enter_bolo("AB12345", approved_by=None)
    answer = enter_bolo.decide(OPERATOR)
    assert answer.status_code == 403
    assert Bolo.objects.get().state == "waiting"
    office.receive(office.car(), "AB12345", state="IL", state_confidence=0.9)
    assert office.ask_owner("select count(*) from plates.hit") == [(0,)], "what waits is not looked for"


def test_a_bolo_ends(enter_bolo):
    answer = enter_bolo("AB12345", expires_on="2031-01-01")
    assert answer.status_code == 400
    assert "at most 30 days" in text_of(answer)
    assert not Bolo.objects.exists()


def test_each_purpose_goes_from_a_list_by_the_edition_to_a_card_with_its_own_instruction(office):
    said = {
        category: f"{category.value.replace('_', ' ')}: call the desk and say {number}" for number, category in enumerate(Category)
    }
    rows = [f"AB777{number},IL,{each},SV-{number},{said[each]}" for number, each in enumerate(Category)]
    list_in_force(*rows, header=HEADER + ",instructions")
    with office.as_role("purge"):
        edition = make_edition_if_asked()
    key = office_signing_key()
    carried = {each.text: each for each in Edition.open(edition_bytes(edition), {key.key_id: key.public_bytes}.get).entries()}
    car, rosa = office.car(), office.browser(OPERATOR)
    for number, category in enumerate(Category):
        assert carried[f"AB777{number}"].category == category
        office.receive(car, f"AB777{number}", state="IL", state_confidence=0.9)
        page = text_of(rosa.get(f"/alerts/{Alert.objects.latest('pk').pk}/"))
        assert category.value.replace("_", " ").capitalize() in page
        assert said[category] in page
