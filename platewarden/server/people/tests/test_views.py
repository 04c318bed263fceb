"""The page of members: duties, and until when each is trained."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

from platewarden.server.clock import now
from platewarden.server.people.testing import LAPSED, OPERATOR, OUTSIDER, SUPERVISOR, UNTRAINED, train
from platewarden.server.people.training import today


def rows(office) -> dict[str, str]:
    """The page's rows by member number, as they are read."""
    page = office.browser(SUPERVISOR).get("/people/").content.decode()
    found = [" ".join(unescape(re.sub(r"<[^>]*>", " ", row)).split()) for row in re.findall(r"<tr.*?</tr>", page, re.DOTALL)]
    return {number: row for row in found for number in office.handed if number in row}


def test_it_lists_everybody_with_their_duties(office):
    listed = rows(office)
    assert set(listed) == set(office.handed)
    assert "Investigator, Operator" in listed[OPERATOR]
    assert "Operator" not in listed[OUTSIDER]


def test_it_says_whose_training_is_missing_over_or_about_to_end(office):
    assert "Not trained" in rows(office)[UNTRAINED]
    train(office.member(UNTRAINED), until=today(now()) + timedelta(days=30))
    listed = rows(office)
    assert "Training over" in listed[LAPSED]
    assert "Ends soon" in listed[UNTRAINED]
    assert "Trained" in listed[OPERATOR]


def test_the_last_day_of_a_training_still_counts(office):
    train(office.member(UNTRAINED), until=today(now()))
    assert office.browser(UNTRAINED).get("/").status_code == 200


def test_it_changes_nothing(office):
    assert office.browser(SUPERVISOR).post("/people/").status_code == 405
