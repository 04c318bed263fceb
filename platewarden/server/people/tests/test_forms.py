"""The forms say what is missing, each at its field; the supervisor's seat is not among the duties that are given."""

from __future__ import annotations

import pytest

from platewarden.server.people.forms import AuthorizationForm, DutyForm, EnrolForm, TrainingForm


@pytest.mark.parametrize("form", [EnrolForm, DutyForm, TrainingForm, AuthorizationForm])
def test_an_empty_form_says_at_each_field_what_to_do(form):
    given = form({})
    assert not given.is_valid()
    assert all(said[0].endswith(".") and "required" not in said[0] for said in given.errors.values())


def test_a_number_is_written_in_capitals():
    form = EnrolForm({"number": " hp-12 ", "name": "Iris Chan"})
    assert form.is_valid()
    assert form.cleaned_data["number"] == "HP-12"


def test_the_seat_is_not_given_like_a_duty():
    assert not DutyForm({"duty": "supervisor"}).is_valid()
    assert not EnrolForm({"number": "1", "name": "Iris Chan", "duties": ["supervisor"]}).is_valid()


def test_a_fresh_training_form_is_for_today_and_a_year(office):
    form = TrainingForm.fresh()
    assert (form.initial["expires_on"] - form.initial["completed_on"]).days == 365
