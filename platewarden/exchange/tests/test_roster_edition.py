import dataclasses
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platewarden.exchange.roster_edition import RosterEdition, RosterMember
from platewarden.exchange.tests.test_deployment_order import ORDER
from platewarden.policy.refusal import Malformed

AT = datetime(2026, 1, 2, tzinfo=UTC)
VERIFIER = b"\x01" + bytes(48)
MEMBER = RosterMember("117", "Pat Operator", ("operator",), date(2026, 12, 31), VERIFIER)
ROSTER = RosterEdition(1, AT, AT + timedelta(days=14), 0, "the policy", (MEMBER,), (ORDER,))

names = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=60)
members = st.builds(
    RosterMember,
    names,
    names,
    st.lists(names, max_size=3).map(tuple),
    st.none() | st.dates(),
    st.binary(min_size=48, max_size=48).map(b"\x01".__add__),
)


@given(st.lists(members, max_size=4, unique_by=lambda member: member.number), st.integers(1, 2**53), st.integers(0, 2**53))
def test_a_roster_comes_back_as_it_was(found, number, policy):
    roster = RosterEdition(number, AT, AT, policy, "the policy", tuple(found), (ORDER,))
    assert RosterEdition.from_body(roster.to_body()) == roster


@pytest.mark.parametrize(
    "changed",
    [
        {"number": ""},
        {"name": ""},
        {"name": "a\tb"},
        {"duties": ("",)},
        {"duties": ("operator",) * 101},
        {"verifier": b"office password"},
    ],
)
def test_it_refuses_what_no_member_has(changed):
    with pytest.raises(Malformed):
        dataclasses.replace(MEMBER, **changed)


@pytest.mark.parametrize(
    "changed",
    [
        {"number": 0},
        {"policy_edition": -1},
        {"policy": ""},
        {"policy": "x" * 200_001},
        {"valid_until": AT - timedelta(seconds=1)},
        {"members": (MEMBER, MEMBER)},
        {"orders": (ORDER, dataclasses.replace(ORDER, number=2))},
    ],
)
def test_it_refuses_what_no_roster_has(changed):
    with pytest.raises(Malformed):
        dataclasses.replace(ROSTER, **changed)


def test_a_unit_finds_its_own_order_and_no_other():
    assert ROSTER.order_of(ORDER.unit_key_id) is ORDER
    assert ROSTER.order_of(bytes(16)) is None
