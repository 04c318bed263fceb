"""Who sees silent alerts."""

from __future__ import annotations

import pytest

from platewarden.server.alerts.rules import SEE_SILENT, sees_silent
from platewarden.server.people.models import Duty


@pytest.mark.parametrize("duty", list(Duty))
def test_silent_entries_are_for_those_who_run_them_and_never_for_patrol_alone(duty):
    assert sees_silent(frozenset({duty.value})) is (duty in SEE_SILENT)
    assert duty in SEE_SILENT or duty not in {Duty.SUPERVISOR, Duty.DESIGNEE, Duty.INVESTIGATOR}


def test_patrol_sees_none_and_an_investigator_on_patrol_does():
    assert not sees_silent(frozenset())
    assert not sees_silent(frozenset({"operator", "dispatcher"}))
    assert sees_silent(frozenset({"operator", "investigator"}))


def test_the_offices_lists_are_those_that_cars_know():
    from platewarden.policy import verification as shared
    from platewarden.server.alerts import models

    for ours, theirs in (("Seen", "EyeSaw"), ("Return", "Answered"), ("Outcome", "Outcome"), ("Ground", "Ground")):
        pairs = [(each.value, each.label) for each in getattr(shared, theirs)]
        assert sorted(pairs) == sorted(getattr(models, ours).choices)
    assert {each.value for each in shared.ENFORCEMENT} == {each.value for each in models.ENFORCEMENT}
