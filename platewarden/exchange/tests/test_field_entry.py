"""A plate that was typed in the car: a query, or a BOLO by voice."""

import dataclasses
import uuid
from datetime import UTC, datetime

import pytest

from platewarden.exchange.field_entry import FieldAct, FieldEntry
from platewarden.exchange.hotlist_edition import Category
from platewarden.policy.refusal import Malformed

AT = datetime(2026, 1, 2, tzinfo=UTC)
QUERY = FieldEntry(
    bytes(16), 1, uuid.UUID(int=1), FieldAct.QUERY, "ABC1234", "IL", None, "", 2, "routine-patrol", "", uuid.UUID(int=2), "4417", AT
)
VOICE = dataclasses.replace(QUERY, act=FieldAct.VOICE, text="AB?1*", category=Category.WANTED_VEHICLE, reason="robbery", found=0)


@pytest.mark.parametrize("entry", [QUERY, VOICE], ids=["query", "voice"])
def test_an_entry_comes_back_as_it_was(entry):
    assert FieldEntry.from_body(entry.to_body()) == entry


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": "  "},
        {"category": None},
        {"text": "A*"},
        {"text": "abc1234"},
        {"state": "XX"},
        {"purpose": ""},
        {"member": ""},
        {"found": -1},
        {"reference": "a\nb"},
        {"reason": "x" * 501},
    ],
)
def test_it_refuses_an_entry_by_voice_that_lacks_what_it_needs(wrong):
    with pytest.raises(Malformed):
        dataclasses.replace(VOICE, **wrong)


def test_a_query_has_no_category():
    with pytest.raises(Malformed):
        dataclasses.replace(QUERY, category=Category.WANTED_VEHICLE)
