"""The forms for a request that came in, for finding one, and for the decision."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from platewarden.plate.text import PlateText
from platewarden.policy.refusal import Malformed
from platewarden.server.people.editions import department
from platewarden.server.release.grant import Circle, Covered, must_cover
from platewarden.server.release.models import COMPELS, AgencyKind, Basis
from platewarden.server.release.rules import LARGEST_LETTER, NewRequest
from platewarden.server.retention.forms import HoldFields
from platewarden.server.retention.hold import LARGEST_RADIUS_M
from platewarden.server.retention.models import Ground, Hold

_MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local", "step": "60"}, format="%Y-%m-%dT%H:%M")
_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


class ReceiveForm(HoldFields):
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

    permit = forms.FileField(
        label="The instrument itself",
        required=False,
        help_text="Only from anybody but an agency: the order, statute or consent, PDF, up to 10 MB",
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf"}),
        error_messages={"empty": "The file is empty."},
    )

    def __init__(self, *args: Any, holds: Iterable[Hold] = (), **kwargs: Any) -> None:
        super().__init__(*args, holds=holds, **kwargs)
        prohibited = [(each, each.capitalize()) for each in department().prohibited_purposes]
        self.fields["prohibited"].choices = [("", "No"), *prohibited]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        given["to_hold"] = None
        try:
            if given.get("basis") in COMPELS:
                ground = Ground.DISCOVERY if given["basis"] == Basis.DISCOVERY else Ground.LAWFUL
                given["to_hold"] = self.to_hold(given, ground, f"{given.get('agency', '')}, {given.get('instrument', '')}")
        except Malformed as error:
            self.add_error("hold_plate" if given.get("hold_plate") else None, error.message)
        return given

    def clean_letter(self) -> bytes:
        return _content(self.cleaned_data["letter"], "The letter")

    def clean_permit(self) -> bytes | None:
        given = self.cleaned_data["permit"]
        return _content(given, "The instrument") if given else None

    def new(self) -> NewRequest:
        given = {name: value for name, value in self.cleaned_data.items() if not name.startswith("hold_")}
        given["agency_kind"], given["basis"] = AgencyKind(given["agency_kind"]), Basis(given["basis"])
        given["agency_state"] = given["agency_state"].upper()
        given["hold"] = self.holds.get(given["hold"])
        return NewRequest(**given)


def _content(given: Any, what: str) -> bytes:
    if given.size > LARGEST_LETTER:
        raise forms.ValidationError(f"{what} is larger than 10 MB. Attach a smaller copy.")
    content = given.read()
    assert isinstance(content, bytes)
    return content


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


class NameForm(forms.Form):
    """Which reads the approval covers: vehicles, or a place, within a time."""

    vehicles = forms.CharField(
        label="Vehicles",
        max_length=300,
        required=False,
        help_text="Whole plates, with commas between them. Empty for a place",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    lat = forms.FloatField(label="Latitude", required=False, min_value=-90, max_value=90)
    lon = forms.FloatField(label="Longitude", required=False, min_value=-180, max_value=180)
    radius_m = forms.FloatField(label="Within metres", required=False, min_value=1, max_value=LARGEST_RADIUS_M)
    since = forms.DateTimeField(
        label="From",
        widget=_MOMENT,
        input_formats=_FORMATS,
        error_messages={"required": "Say from when the approval covers reads."},
    )
    until = forms.DateTimeField(
        label="To", widget=_MOMENT, input_formats=_FORMATS, error_messages={"required": "Say until when the approval covers reads."}
    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                given["covered"] = self._covered(given)
                must_cover(given["covered"])
            except Malformed as error:
                self.add_error("vehicles" if given["vehicles"] else None, error.message)
        return given

    def _covered(self, given: dict[str, Any]) -> Covered:
        place = (given["lat"], given["lon"], given["radius_m"])
        if None in place and any(each is not None for each in place):
            raise Malformed("Give latitude, longitude and the distance around it in metres.")
        words = [each for each in given["vehicles"].split(",") if each.strip()]
        return Covered(
            given["since"],
            given["until"],
            tuple(PlateText.parse(each) for each in words),
            None if None in place else Circle(*place),
        )


class FulfilForm(forms.Form):
    """The key of the agency, and until when it stands."""

    recipient = forms.CharField(
        label="The agency's public key",
        max_length=2000,
        help_text="Begins with age1. Take it from their letter, or have it read to you by telephone",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "pw-mono"}),
        error_messages={"required": "Enter the agency's public key."},
    )
    expires_on = forms.DateField(
        label="Its last day", required=False, widget=forms.DateInput(attrs={"type": "date"}), help_text="When the agency states one"
    )


class HandOverForm(forms.Form):
    """Who takes it, and which way it goes."""

    to_whom = forms.CharField(
        label="Handed to", max_length=100, error_messages={"required": "Enter the name of the person who takes it."}
    )
    way = forms.CharField(
        label="Which way",
        max_length=200,
        help_text="For example: on a stick, in person; or their evidence portal",
        error_messages={"required": "Say which way it goes."},
    )
