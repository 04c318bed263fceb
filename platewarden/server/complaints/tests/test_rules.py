"""What makes a complaint one."""

from __future__ import annotations

from datetime import date

import pytest

from platewarden.server.clock import now
from platewarden.server.complaints.rules import may_receive
from platewarden.server.complaints.testing import new_complaint
from platewarden.server.people.testing import DESIGNEE
from platewarden.server.people.training import today


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"complainant": " x "}, "who complains"),
        ({"words": "no"}, "of what"),
        ({"came_on": date(2999, 1, 1)}, "lies in the future"),
        ({"letter": b"GIF89a"}, "not a whole PDF"),
    ],
)
def test_it_says_who_and_what_and_when(office, changes, words):
    refusal = may_receive(new_complaint(**changes), office.member(DESIGNEE), now(), today(now()))
    assert words in refusal.because


def test_a_whole_one_is_taken_in(office):
    assert may_receive(new_complaint(), office.member(DESIGNEE), now(), today(now())) is None
