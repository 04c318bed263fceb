"""A plate typed in a car: a line by name and purpose, the plate only in what can be erased, once."""

from __future__ import annotations

import uuid

from platewarden.exchange.field_entry import FieldAct, FieldEntry
from platewarden.exchange.hotlist_edition import Category
from platewarden.exchange.receipt import Outcome
from platewarden.exchange.seal import seal_to
from platewarden.server.clock import now
from platewarden.server.equipment.enrol import office_sealing_key
from platewarden.server.people.testing import OPERATOR


def typed(car, **changes):
    facts = {
        "unit_key_id": car.key.key_id, "sequence": 1, "entry_id": uuid.UUID(int=5), "act": FieldAct.VOICE, "text": "AB?1234", "state": "IL",
        "category": Category.WANTED_VEHICLE, "reason": "armed robbery", "found": 0, "purpose": "routine-patrol", "reference": "2A-1123",
        "shift_id": uuid.UUID(int=7), "member": OPERATOR, "at": now(),
    }  # fmt: skip
    return seal_to(office_sealing_key().public_bytes, FieldEntry(**{**facts, **changes}).signed(car.key))


def test_a_bolo_by_voice_comes_in_once_with_its_plate_in_what_can_be_erased(office):
    car = office.car()
    sealed = typed(car)
    outcomes = [office.opened(office.post_to_door("field", sealed)).items[0].outcome for _ in range(2)]
    assert outcomes == [Outcome.KEPT, Outcome.ALREADY_KEPT]
    assert office.ledger()[-1] == ("unit.typed", OPERATOR)
    assert office.ask_owner("select count(*) from office.ledger_leaf where position('AB?1234' in body) > 0") == [(0,)]
    ((content,),) = office.ask_owner("select body::jsonb from plates.ledger_content where position('AB?1234' in body) > 0")
    assert (content["reason"], content["category"], content["reference"]) == ("armed robbery", "wanted_vehicle", "2A-1123")


def test_a_query_with_another_content_under_the_same_number_is_tampered(office):
    car = office.car()
    query = {"act": FieldAct.QUERY, "category": None, "reason": "", "text": "AB12345", "found": 1}
    assert office.post_to_door("field", typed(car, **query)).status_code == 200
    assert office.post_to_door("field", typed(car, **query, state=None)).status_code == 422
    stranger = office.post_to_door("field", typed(car, member="ZZ99", sequence=2))
    assert stranger.status_code == 200
    assert office.ledger()[-1] == ("unit.typed", None)
