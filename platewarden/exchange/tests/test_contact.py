import dataclasses
import uuid
from datetime import UTC, datetime

import pytest

from platewarden.exchange.contact import MOST_WITHDRAWN, ClockState, Contact, Orders, Withdrawn
from platewarden.exchange.track_page import Spot
from platewarden.policy.correction import Misread
from platewarden.policy.refusal import Malformed

AT = datetime(2026, 1, 2, tzinfo=UTC)
SPOT = Spot(AT, 42.1817, -87.8003, 4.0)
CONTACT = Contact(bytes(16), AT, bytes(16), 0, 0, 0, 0, bytes(24), 1, AT, ClockState.OFFICE, 2, SPOT)
GONE = Withdrawn(uuid.UUID(int=7), uuid.UUID(int=8), AT, Misread.CHARACTERS)
ORDERS = Orders(AT, bytes(16), 0, 0, AT, 30, 24, 2, 3, (GONE,))


def test_both_come_back_as_they_were():
    assert Contact.from_body(CONTACT.to_body()) == CONTACT
    assert Contact.from_body(dataclasses.replace(CONTACT, spot=None).to_body()).spot is None
    assert Orders.from_body(ORDERS.to_body()) == ORDERS


@pytest.mark.parametrize(
    "changed",
    [
        {"unit_key_id": b""},
        {"at": datetime(2026, 1, 1)},  # noqa: DTZ001
        {"nonce": bytes(15)},
        {"nonce": bytes(65)},
        {"spooled": -1},
        {"last_sequence": 2**60},
        {"office_nonce": bytes(15)},
        {"lowest_unsent": -1},
        {"task_sheet": -1},
        {"unsent_since": datetime(2026, 1, 1)},  # noqa: DTZ001
    ],
)
def test_it_refuses_what_no_contact_has(changed):
    with pytest.raises(Malformed):
        dataclasses.replace(CONTACT, **changed)


@pytest.mark.parametrize(
    "changed",
    [
        {"nonce": b""},
        {"hotlist_edition": -1},
        {"office_at": datetime(1960, 1, 1, tzinfo=UTC)},
        {"retention_days": 0},
        {"deadline_hours": 0},
        {"task_sheet": -1},
        {"hold_notice": -1},
        {"withdrawn": (GONE,) * (MOST_WITHDRAWN + 1)},
    ],
)
def test_it_refuses_what_no_orders_have(changed):
    with pytest.raises(Malformed):
        dataclasses.replace(ORDERS, **changed)
