"""What is held for a unit: hours, and nothing that would say why."""

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from platewarden.exchange.hold_notice import LONGEST, SPANS_AT_MOST, HoldNotice, Span
from platewarden.exchange.wire import decode_body
from platewarden.policy.refusal import Malformed

AT = datetime(2026, 4, 2, 3, tzinfo=UTC)
SPAN = Span(AT, AT + timedelta(hours=2), AT + timedelta(days=30))
NOTICE = HoldNotice(bytes(16), 3, AT, (SPAN,))


def test_it_comes_back_as_it_was_and_says_hours_alone():
    for notice in (NOTICE, dataclasses.replace(NOTICE, spans=())):
        assert HoldNotice.from_body(notice.to_body()) == notice
    assert set(decode_body(NOTICE.to_body())["spans"][0]) == {"since", "until", "stands_until"}


@pytest.mark.parametrize(
    "changed", [{"unit_key_id": b""}, {"number": 0}, {"number": 2**60}, {"spans": (SPAN,) * (SPANS_AT_MOST + 1)}]
)
def test_it_refuses_what_no_notice_says(changed):
    with pytest.raises(Malformed):
        dataclasses.replace(NOTICE, **changed)


@pytest.mark.parametrize("until", [AT, AT - timedelta(hours=1), AT + LONGEST + timedelta(seconds=1)])
def test_hours_have_an_end_and_are_few(until):
    with pytest.raises(Malformed):
        dataclasses.replace(SPAN, until=until)
