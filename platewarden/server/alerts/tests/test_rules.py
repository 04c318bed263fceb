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


def test_the_offices_columns_take_the_lists_that_cars_know():
    from platewarden.policy.verification import Answered, EyeSaw, Ground, Outcome
    from platewarden.server.alerts.models import Disposition, Verification

    lists = {"characters": EyeSaw, "state": EyeSaw, "vehicle": EyeSaw, "answer": Answered}
    for name, listed in lists.items():
        assert Verification._meta.get_field(name).choices == listed.choices()
    for name, listed in {"outcome": Outcome, "ground": Ground}.items():
        assert Disposition._meta.get_field(name).choices == listed.choices()
