"""The approved request is retained on file."""

from __future__ import annotations

import psycopg
import pytest

from platewarden.server.people.testing import SUPERVISOR
from platewarden.server.release.testing import LETTER, received
from tests.clauses.conftest import text_of

DECISION = {"decision": "approve", "because": "one vehicle, one robbery"}


def test_an_approved_request_is_found_again_with_its_letter(office):
    made = received(office)
    browser = office.browser(SUPERVISOR)
    browser.post(f"/release/{made.pk}/decide/", DECISION)
    assert made.number in text_of(browser.post("/release/", {"words": "lakeside"}))
    assert browser.post(f"/release/{made.pk}/letter/").content == LETTER


def test_not_even_the_owner_of_the_database_deletes_it(office):
    received(office)
    with office.database.connect("owner") as owner, pytest.raises(psycopg.Error):
        owner.execute("delete from office.release_releaserequest")
