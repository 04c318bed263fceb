import dataclasses
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platewarden.exchange.receipt import Outcome, Receipt, ReceiptItem, Stream
from platewarden.policy.refusal import Malformed

AT = datetime(2026, 1, 2, tzinfo=UTC)
RECEIPT = Receipt(bytes(16), (ReceiptItem("read", 1, bytes(32), Outcome.KEPT),), AT)

items = st.builds(
    ReceiptItem,
    st.sampled_from(["read", "journal", "field"]),
    st.integers(1, 2**53),
    st.binary(min_size=32, max_size=32),
    st.sampled_from(Outcome),
)


@given(st.lists(items, max_size=5), st.datetimes(datetime(1970, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_receipt_comes_back_as_it_was(found, at):
    receipt = Receipt(bytes(16), tuple(found), at)
    assert Receipt.from_body(receipt.to_body()) == receipt


def test_the_words_of_an_outcome_stay_what_they_are():
    assert [each.value for each in Outcome] == ["kept", "already_kept", "expired", "clock"]
    assert [each.value for each in Stream] == ["read", "journal", "tombstone", "field"]


@pytest.mark.parametrize("item", [("picture", 1, bytes(32)), ("read", 0, bytes(32)), ("read", 1, bytes(31))])
def test_it_refuses_an_item_that_names_no_message(item):
    with pytest.raises(Malformed):
        ReceiptItem(*item, Outcome.KEPT)


@pytest.mark.parametrize(
    "changed",
    [{"unit_key_id": b""}, {"items": RECEIPT.items * 10_001}, {"received_at": datetime(2026, 1, 1)}],  # noqa: DTZ001
)
def test_it_refuses_what_no_receipt_has(changed):
    with pytest.raises(Malformed):
        dataclasses.replace(RECEIPT, **changed)
