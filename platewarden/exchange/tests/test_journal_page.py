import dataclasses
import uuid
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platewarden.exchange.journal_page import ACTS, JournalLine, JournalPage
from platewarden.policy.refusal import Malformed

AT = datetime(2026, 1, 2, tzinfo=UTC)
PAGE = JournalPage(bytes(16), 1, (JournalLine(AT, "117", "alert.shown", uuid.UUID(int=1)),))

lines = st.builds(
    JournalLine,
    st.datetimes(datetime(1970, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.none() | st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=60),
    st.sampled_from(sorted(ACTS)),
    st.none() | st.uuids(),
    st.sampled_from(["routine-patrol", "criminal-investigation"]),
    st.none() | st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=60),
)


@given(st.lists(lines, min_size=1, max_size=5), st.integers(1, 2**53))
def test_a_page_comes_back_as_it_was(found, sequence):
    page = JournalPage(bytes(range(16)), sequence, tuple(found))
    assert JournalPage.from_body(page.to_body()) == page


@pytest.mark.parametrize("line", [("117", "reads.search"), ("", "alert.shown"), ("1\n2", "alert.shown"), ("x" * 61, "alert.shown")])
def test_it_refuses_a_line_that_no_journal_has(line):
    with pytest.raises(Malformed):
        JournalLine(AT, *line, None)


@pytest.mark.parametrize("stated", [("", None), ("x" * 61, None), ("a\nb", None), ("routine-patrol", ""), (None, "2A-1123")])
def test_it_refuses_a_purpose_or_a_number_that_nobody_can_state(stated):
    with pytest.raises(Malformed):
        JournalLine(AT, "117", "shift.sign_on", None, *stated)


@pytest.mark.parametrize("changed", [{"unit_key_id": b""}, {"sequence": 0}, {"lines": ()}, {"lines": PAGE.lines * 10_001}])
def test_it_refuses_what_no_page_has(changed):
    with pytest.raises(Malformed):
        dataclasses.replace(PAGE, **changed)
