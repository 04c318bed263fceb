"""The forms for a booking and for what becomes of an item."""

from __future__ import annotations

from django import forms

from platewarden.server.evidence.book import NewBooking


class BookingForm(forms.Form):
    """Item number, medium, marking, place."""

    item_number = forms.CharField(
        label="Item number",
        max_length=40,
        help_text="As the evidence room gave it, such as HP-26-0934",
        error_messages={"required": "Enter the item number that the evidence room gave."},
    )
    medium_serial = forms.CharField(
        label="Serial number of the medium",
        max_length=60,
        help_text="As it is printed on it",
        error_messages={"required": "Enter the serial number that is printed on the medium."},
    )
    marking = forms.CharField(label="Marking", max_length=200, required=False, help_text="What was written or stuck onto it")
    place = forms.CharField(
        label="Kept in",
        max_length=100,
        help_text="For example: property room, shelf 4",
        error_messages={"required": "Say where it is kept."},
    )

    def booking(self) -> NewBooking:
        given = self.cleaned_data
        return NewBooking(given["item_number"], given["medium_serial"], given["marking"], given["place"])


class TransferForm(forms.Form):
    """From one hand to another, and why."""

    from_whom = forms.CharField(label="From", max_length=100, error_messages={"required": "Say whose hand gave it."})
    to_whom = forms.CharField(label="To", max_length=100, error_messages={"required": "Say whose hand took it."})
    because = forms.CharField(
        label="Why",
        max_length=200,
        help_text="For example: shown to the State's Attorney",
        error_messages={"required": "Say why."},
    )


class ReturnForm(forms.Form):
    """To whom it went for good, and on what that rests."""

    to_whom = forms.CharField(label="Returned to", max_length=100, error_messages={"required": "Say to whom it was returned."})
    because = forms.CharField(
        label="On what it rests",
        max_length=150,
        help_text="For example: order of the circuit court, 12/01/2026",
        error_messages={"required": "Say on what that rests."},
    )


class DestroyForm(forms.Form):
    """How it was destroyed, and on what that rests."""

    because = forms.CharField(
        label="How, and on what it rests",
        max_length=200,
        help_text="For example: shredded before two witnesses, order of 12/01/2026",
        error_messages={"required": "Say how it was destroyed and on what that rests."},
    )
