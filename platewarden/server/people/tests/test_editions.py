"""The department's policy in its numbered editions."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from platewarden.policy.department import load_department
from platewarden.policy.refusal import Malformed, Unavailable
from platewarden.server.clock import now
from platewarden.server.people.editions import department, one_edition, store_first_edition
from platewarden.server.people.models import PolicyEdition


def test_the_newest_edition_is_the_one_that_is_asked(office):
    assert department().bolo_longest_days == load_department().bolo_longest_days
    text = load_department().text.replace(f"bolo_longest_days = {department().bolo_longest_days}", "bolo_longest_days = 3")
    with office.as_role("owner"):
        PolicyEdition.objects.create(number=2, text=text, schedule={}, in_force_at=now() - timedelta(1), signed_by="two")
    assert department().bolo_longest_days == 3


def test_an_edition_whose_day_has_not_come_is_not_asked_yet(office):
    text = load_department().text.replace(f"bolo_longest_days = {department().bolo_longest_days}", "bolo_longest_days = 3")
    with office.as_role("owner"):
        PolicyEdition.objects.create(number=2, text=text, schedule={}, in_force_at=now() + timedelta(1), signed_by="two")
    assert department().bolo_longest_days == load_department().bolo_longest_days


def test_setup_stores_edition_one_once(office):
    with office.as_role("owner"):
        first = PolicyEdition.objects.get(number=1)
        assert store_first_edition(first.text + "\n# other\n", signed_by="somebody else").pk == first.pk
    assert PolicyEdition.objects.get().text == first.text


def test_it_refuses_a_file_that_is_not_the_departments_and_stores_nothing(office):
    with office.as_role("owner"):
        PolicyEdition.objects.all().delete()
        with pytest.raises(Malformed):
            store_first_edition("name = 1", signed_by="setup")
        assert not PolicyEdition.objects.exists()


def test_without_an_edition_it_says_what_to_run(office):
    with office.as_role("owner"):
        PolicyEdition.objects.all().delete()
        with pytest.raises(Unavailable, match="platewarden setup"):
            department()


def test_a_page_goes_by_one_edition_and_the_next_page_asks_anew(office):
    with CaptureQueriesContext(connection) as asked, one_edition():
        first = department()
        assert department() is first
        text = first.text.replace(f"bolo_longest_days = {first.bolo_longest_days}", "bolo_longest_days = 3")
        with office.as_role("owner"):
            PolicyEdition.objects.create(number=2, text=text, schedule={}, in_force_at=now() - timedelta(1), signed_by="two")
        assert department() is first
    assert sum("people_policyedition" in each["sql"] and each["sql"].startswith("SELECT") for each in asked.captured_queries) == 1
    assert department().bolo_longest_days == 3
    with one_edition():
        assert department().bolo_longest_days == 3
