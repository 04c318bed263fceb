import dataclasses
from datetime import date

import pytest

from platewarden.exchange.deployment_order import DeploymentOrder
from platewarden.exchange.message import Fields
from platewarden.policy.refusal import Malformed

ORDER = DeploymentOrder(
    number=7,
    unit_key_id=b"a key of sixteen",
    member="117",
    place="Park Avenue at Sheridan Road",
    purpose="stolen-property",
    reference="26-004117",
    ordered_by="1001 Dana Whitfield",
    ordered_on=date(2026, 1, 1),
    review_on=date(2026, 2, 1),
)


def test_it_comes_back_as_it_was():
    assert DeploymentOrder.taken(Fields(ORDER.to_map(), "roster edition")) == ORDER


def test_a_field_that_nobody_knows_is_refused():
    with pytest.raises(Malformed, match="does not know"):
        DeploymentOrder.taken(Fields({**ORDER.to_map(), "tours": 3}, "roster edition"))


@pytest.mark.parametrize(
    "changed",
    [
        {"number": 0},
        {"unit_key_id": b"short"},
        {"member": ""},
        {"place": "x" * 201},
        {"purpose": ""},
        {"reference": "a\nb"},
        {"ordered_by": ""},
        {"review_on": date(2025, 12, 31)},
    ],
)
def test_it_refuses_what_no_order_says(changed):
    with pytest.raises(Malformed):
        dataclasses.replace(ORDER, **changed)
