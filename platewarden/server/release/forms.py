"""The forms for a request that came in, for finding one, and for the decision."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from platewarden.plate.pattern import PartialPlate
from platewarden.plate.text import PlateText
from platewarden.policy.refusal import Malformed
from platewarden.server.people.editions import department
from platewarden.server.release.grant import Circle, Covered, must_cover
from platewarden.server.release.models import COMPELS, AgencyKind, Basis
from platewarden.server.release.rules import LARGEST_LETTER, NewRequest
from platewarden.server.retention.forms import next_review
from platewarden.server.retention.hold import LARGEST_RADIUS_M, Named, NewHold, must_be_sound
from platewarden.server.retention.models import Ground, Hold, Scope

_MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local", "step": "60"}, format="%Y-%m-%dT%H:%M")
_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


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
    hold_plate = forms.CharField(
        label="Hold this vehicle",
        max_length=40,
        required=False,
        help_text="Plate, or part of it with ? and *. Empty for a place",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    hold_lat = forms.FloatField(label="Latitude", required=False, min_value=-90, max_value=90)
    hold_lon = forms.FloatField(label="Longitude", required=False, min_value=-180, max_value=180)
    hold_radius_m = forms.FloatField(label="Within metres", required=False, min_value=1, max_value=LARGEST_RADIUS_M)
    hold_since = forms.DateTimeField(label="From", required=False, widget=_MOMENT, input_formats=_FORMATS)
    hold_until = forms.DateTimeField(
        label="To", required=False, widget=_MOMENT, input_formats=_FORMATS, help_text="It may lie in the future"
    )
    hold_reference = forms.CharField(
        label="Our case or action number", max_length=60, required=False, help_text="Under which the hold stands"
    )
    hold = forms.ChoiceField(label="Or a hold that stands already", required=False)
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

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        given["to_hold"] = None
        try:
            given["to_hold"] = self._to_hold(given)
        except Malformed as error:
            self.add_error("hold_plate" if given.get("hold_plate") else None, error.message)
        return given

    def _to_hold(self, given: dict[str, Any]) -> NewHold | None:
        """What is to be held; None when nothing of it was filled in, or a standing hold is chosen."""
        place = [given.get(name) for name in ("hold_lat", "hold_lon", "hold_radius_m")]
        plate, since, until = given.get("hold_plate"), given.get("hold_since"), given.get("hold_until")
        if given.get("basis") not in COMPELS or given.get("hold") or not (plate or any(each is not None for each in place)):
            return None
        if since is None or until is None:
            raise Malformed("Say from when and to when: a hold names a time.")
        if bool(plate) == (None not in place):
            raise Malformed("A hold names a vehicle, or a place with the metres around it: one of the two.")
        if plate and set(plate) & set("?*"):
            named = Named(Scope.PATTERN, like=PartialPlate.parse(plate).like())
        elif plate:
            named = Named(Scope.VEHICLE, plate=PlateText.parse(plate).text)
        else:
            named = Named(Scope.PLACE, lat=place[0], lon=place[1], radius_m=place[2])
        new = NewHold(
            ground=Ground.DISCOVERY if given["basis"] == Basis.DISCOVERY else Ground.LAWFUL,
            authority=f"{given.get('agency', '')}, {given.get('instrument', '')}",
            reference=given["hold_reference"].strip().upper(),
            since=since,
            until=until,
            named=named,
            review_on=next_review(),
        )
        if refusal := must_be_sound(new):
            raise Malformed(refusal.because)
        return new

    def clean_letter(self) -> bytes:
        given = self.cleaned_data["letter"]
        if given.size > LARGEST_LETTER:
            raise forms.ValidationError("The letter is larger than 10 MB. Attach a smaller copy.")
        content = given.read()
        assert isinstance(content, bytes)
        return content

    def new(self) -> NewRequest:
        given = {name: value for name, value in self.cleaned_data.items() if not name.startswith("hold_")}
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
