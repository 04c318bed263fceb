"""The forms say what is missing, each at its field."""

from __future__ import annotations

import pytest

from platewarden.server.evidence.book import NewBooking
from platewarden.server.evidence.forms import BookingForm, DestroyForm, ReturnForm, TransferForm


@pytest.mark.parametrize("form", [BookingForm, TransferForm, ReturnForm, DestroyForm])
def test_an_empty_form_says_at_each_field_what_to_do(form):
    given = form({})
    assert not given.is_valid()
    for name, said in given.errors.items():
        assert said[0].endswith("."), name
        assert "required" not in said[0]


def test_a_whole_form_is_a_booking():
    form = BookingForm({"item_number": "HP-26-0934", "medium_serial": "4C53", "place": "shelf 4"})
    assert form.is_valid()
    assert form.booking() == NewBooking("HP-26-0934", "4C53", "", "shelf 4")
