import dataclasses
from datetime import UTC, datetime

import pytest

from platewarden.exchange.contact import Contact, Orders
from platewarden.policy.refusal import Malformed

AT = datetime(2026, 1, 2, tzinfo=UTC)
CONTACT = Contact(bytes(16), AT, bytes(16), 0, 0, 0, 0)
ORDERS = Orders(AT, bytes(16), 0, 0, AT)


def test_both_come_back_as_they_were():
    assert Contact.from_body(CONTACT.to_body()) == CONTACT
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
    ],
)
def test_it_refuses_what_no_contact_has(changed):
    with pytest.raises(Malformed):
        dataclasses.replace(CONTACT, **changed)


@pytest.mark.parametrize("changed", [{"nonce": b""}, {"hotlist_edition": -1}, {"office_at": datetime(1960, 1, 1, tzinfo=UTC)}])
def test_it_refuses_what_no_orders_have(changed):
    with pytest.raises(Malformed):
        dataclasses.replace(ORDERS, **changed)
