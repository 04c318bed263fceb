"""The forms for a request that came in, for finding one, and for the decision."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from platewarden.server.people.editions import department
from platewarden.server.release.models import AgencyKind, Basis
from platewarden.server.release.rules import LARGEST_LETTER, NewRequest
from platewarden.server.retention.models import Hold


class ReceiveForm(forms.Form):
    """What the letter says, and the letter."""

    agency = forms.CharField(label="Agency", max_length=120, error_messages={"required": "Enter the name of the agency."})
    agency_kind = forms.ChoiceField(
        label="Kind of agency",
        choices=[("", "Choose one"), *AgencyKind.choices],
        error_messages={"required": "Choose what kind of agency it is."},
    )
    agency_state = forms.RegexField(
        label="Its state",
        regex=r"^[A-Za-z]{2}$",
        max_length=2,
        help_text="Two letters, such as IL",
        error_messages={"required": "Enter its state.", "invalid": "A state is two letters, such as IL."},
    )
    requester = forms.CharField(
        label="Person who asks", max_length=100, error_messages={"required": "Enter the name of the person who asks."}
    )
    purpose = forms.CharField(
        label="Intended purpose", max_length=300, error_messages={"required": "Enter the intended purpose that the letter states."}
    )
    prohibited = forms.ChoiceField(label="Is it for one of these?", required=False)
    basis = forms.ChoiceField(label="On what it rests", choices=Basis.choices)
    instrument = forms.CharField(
        label="Which order, subpoena or statute",
        max_length=200,
        required=False,
        help_text="With its date. Empty for an official law enforcement purpose",
    )
    reference = forms.CharField(label="Their case number", max_length=60, required=False)
    has_declaration = forms.BooleanField(
        label="A written declaration is attached that no prohibited purpose is served", required=False
    )
    hold = forms.ChoiceField(
        label="Hold", required=False, help_text="A court order, subpoena or discovery request needs one that stands"
    )
    asked = forms.CharField(
        label="What is asked for",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Which vehicle or place, from when to when",
        error_messages={"required": "Say which reads are asked for."},
    )
    letter = forms.FileField(
        label="The letter",
        help_text="PDF, up to 10 MB",
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf"}),
        error_messages={"required": "Attach the letter: a request is in writing.", "empty": "The file is empty."},
    )

    def __init__(self, *args: Any, holds: Iterable[Hold] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.holds = {str(each.pk): each for each in holds}
        named = [(pk, f"{each.number}, {each.reference}") for pk, each in self.holds.items()]
        prohibited = [(each, each.capitalize()) for each in department().prohibited_purposes]
        for field, first, choices in (("hold", "None", named), ("prohibited", "No", prohibited)):
            self.fields[field].choices = [("", first), *choices]  # type: ignore[attr-defined]

    def clean_letter(self) -> bytes:
        given = self.cleaned_data["letter"]
        if given.size > LARGEST_LETTER:
            raise forms.ValidationError("The letter is larger than 10 MB. Attach a smaller copy.")
        content = given.read()
        assert isinstance(content, bytes)
        return content

    def new(self) -> NewRequest:
        given = dict(self.cleaned_data)
        given["agency_kind"], given["basis"] = AgencyKind(given["agency_kind"]), Basis(given["basis"])
        given["agency_state"] = given["agency_state"].upper()
        given["hold"] = self.holds.get(given["hold"])
        return NewRequest(**given)


class FindForm(forms.Form):
    """Words of an agency, a person or a case number, and days."""

    words = forms.CharField(label="Agency, person or case number", max_length=100, required=False)
    since = forms.DateField(label="Received from", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label="Received until", required=False, widget=forms.DateInput(attrs={"type": "date"}))


class DecideForm(forms.Form):
    """Approve, approve for less, or deny; and why."""

    decision = forms.ChoiceField(
        label="Decision",
        choices=[("approve", "Approve"), ("narrow", "Approve for less"), ("deny", "Deny")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose approve, approve for less, or deny."},
    )
    only = forms.CharField(
        label="What of it is approved",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="When less than what was asked for",
    )
    because = forms.CharField(
        label="Why",
        max_length=300,
        min_length=8,
        error_messages={"required": "Say in a few words why.", "min_length": "Say in a few words why."},
    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("decision") == "narrow" and not given.get("only", "").strip():
            self.add_error("only", "Say what of it is approved.")
        return given
