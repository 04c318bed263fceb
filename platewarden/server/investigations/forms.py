"""The forms of an incident and of what is looked for around it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms

from platewarden.exchange.hotlist_edition import Category
from platewarden.plate.pattern import Pattern, parse_pattern
from platewarden.plate.text import STATES
from platewarden.policy.refusal import Malformed
from platewarden.server.clock import now
from platewarden.server.hotlists.entry import plate_or_pattern
from platewarden.server.investigations.canvass import SCENES, Scene, Search
from platewarden.server.investigations.incident import LARGEST_RADIUS_M, NewIncident, must_be_sound
from platewarden.server.investigations.models import Incident, Kind
from platewarden.server.investigations.task import Near
from platewarden.server.people.editions import department

_MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local", "step": "60"}, format="%Y-%m-%dT%H:%M")
_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
_PLATE = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
_ANY_STATE = ("", "Any, or not seen")


class IncidentForm(forms.Form):
    """Number, kind, place with area, time with what is not known about it, the vehicle as described."""

    number = forms.CharField(label="Case number", max_length=40, error_messages={"required": "Enter the case number."})
    kind = forms.ChoiceField(
        label="What happened", choices=[("", "Choose one"), *Kind.choices], error_messages={"required": "Choose what happened."}
    )
    address = forms.CharField(
        label="Place",
        max_length=120,
        help_text="As people say it: Central Ave & Second St",
        error_messages={"required": "Say where."},
    )
    lat = forms.FloatField(
        label="Latitude", min_value=-90, max_value=90, error_messages={"required": "Click the map, or enter it."}
    )
    lon = forms.FloatField(
        label="Longitude", min_value=-180, max_value=180, error_messages={"required": "Click the map, or enter it."}
    )
    radius_m = forms.IntegerField(label="Within metres", min_value=50, max_value=LARGEST_RADIUS_M, initial=1000)
    corners = forms.CharField(required=False, max_length=10_000, widget=forms.HiddenInput)
    since = forms.DateTimeField(label="Not before", widget=_MOMENT, input_formats=_FORMATS)
    until = forms.DateTimeField(label="Not after", widget=_MOMENT, input_formats=_FORMATS)
    vehicle = forms.CharField(
        label="The vehicle, as described",
        max_length=200,
        required=False,
        help_text="Make, colour, damage; never the plate: what is known of that is entered as a watch",
    )
    is_major = forms.BooleanField(label="A major incident", required=False)
    has_partial = forms.BooleanField(label="A witness remembers part of the plate", required=False)

    def clean_corners(self) -> list[list[float]] | None:
        given = self.cleaned_data["corners"]
        if not given:
            return None
        try:
            return [[float(lon), float(lat)] for lon, lat in json.loads(given)]
        except (ValueError, TypeError) as error:
            raise forms.ValidationError("The drawn area cannot be read. Draw it again.") from error

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and (refusal := must_be_sound(self.incident())):
            self.add_error(None, department().say(refusal))
        return given

    def incident(self) -> NewIncident:
        given = self.cleaned_data
        return NewIncident(
            number=given["number"].strip().upper(),
            kind=Kind(given["kind"]),
            address=" ".join(given["address"].split()),
            lat=given["lat"],
            lon=given["lon"],
            radius_m=given["radius_m"],
            since=given["since"],
            until=given["until"],
            vehicle=given["vehicle"].strip(),
            is_major=given["is_major"],
            has_partial=given["has_partial"],
            corners=given["corners"],
        )


class AroundForm(forms.Form):
    """What is asked around an incident: part of a plate if there is one, how much wider, and near which other incidents too."""

    plate = forms.CharField(
        label="Plate, or part of it",
        max_length=40,
        required=False,
        widget=_PLATE,
        help_text="? for one character, * for any number, [0O] for one of these, {7K4} for these in any order; empty: every vehicle",
    )
    loosely = forms.BooleanField(
        label="Also where one character may be wrong",
        required=False,
        initial=True,
        help_text="Misread by a camera, or remembered wrongly; such vehicles stand below the others",
    )
    state = forms.ChoiceField(
        label="Issuing state", required=False, choices=[_ANY_STATE, *sorted(STATES.items(), key=lambda s: s[1])]
    )
    radius_m = forms.IntegerField(
        label="Within metres", required=False, min_value=50, max_value=LARGEST_RADIUS_M, help_text="Empty: the incident's own area"
    )
    wider_min = forms.IntegerField(
        label="Minutes before and after", required=False, min_value=0, max_value=24 * 60, initial=0, help_text="Beyond its time"
    )
    others = forms.MultipleChoiceField(
        label="Also seen near",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=f"At most {SCENES - 1} other incidents",
    )

    def __init__(self, *args: Any, incident: Incident, near: Sequence[Incident], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.incident, self.near = incident, {str(each.pk): each for each in near}
        others = self.fields["others"]
        assert isinstance(others, forms.MultipleChoiceField)
        others.choices = [
            (pk, f"{each.number}, {each.get_kind_display().lower()}, {each.address}") for pk, each in self.near.items()
        ]

    def clean_plate(self) -> Pattern | None:
        given = self.cleaned_data["plate"].strip()
        try:
            return parse_pattern(given) if given else None
        except Malformed as error:
            raise forms.ValidationError(error.message) from error

    def clean_others(self) -> list[Incident]:
        chosen = [self.near[pk] for pk in self.cleaned_data["others"]]
        if len(chosen) > SCENES - 1:
            raise forms.ValidationError(f"Choose at most {SCENES - 1} other incidents.")
        return chosen

    def search(self) -> Search:
        given = self.cleaned_data
        wider = timedelta(minutes=given["wider_min"] or 0)
        return Search(
            incident_id=self.incident.pk,
            scenes=tuple(
                Scene.of(each, radius_m=given["radius_m"], since=each.since - wider, until=each.until + wider)
                for each in [self.incident, *given["others"]]
            ),
            partial=given["plate"],
            state=given["state"] or None,
            is_loose=given["loosely"],
        )


class WatchForm(forms.Form):
    """Part of a plate, to be looked for until the incident is closed."""

    plate = forms.CharField(
        label="Plate, or part of it", max_length=40, widget=_PLATE, error_messages={"required": "Enter what was seen of it."}
    )
    state = forms.ChoiceField(
        label="Issuing state", required=False, choices=[_ANY_STATE, *sorted(STATES.items(), key=lambda s: s[1])]
    )
    category = forms.ChoiceField(
        label="Looked for as",
        choices=[(each.value, each.value.replace("_", " ").capitalize()) for each in Category],
        initial=Category.WANTED_VEHICLE.value,
    )
    reason = forms.CharField(
        label="Why, in a sentence", max_length=300, error_messages={"required": "Say why it is looked for: it stands on the alert."}
    )
    once = forms.UUIDField(required=False, initial=uuid.uuid4, widget=forms.HiddenInput)
    """Of this form alone: sent a second time, it begins no second watch."""

    def clean_plate(self) -> str:
        try:
            return plate_or_pattern(self.cleaned_data["plate"])[0]
        except Malformed as error:
            raise forms.ValidationError(error.message) from error


class DecisionForm(forms.Form):
    """Whether a major incident is canvassed."""

    ordered = forms.ChoiceField(
        label="Canvass",
        widget=forms.RadioSelect,
        choices=[("yes", "Ordered"), ("no", "None")],
        error_messages={"required": "Choose one of the two."},
    )
    because = forms.CharField(
        label="By whom, or why not", max_length=200, error_messages={"required": "Say who ordered it, or why there is none."}
    )


class CloseForm(forms.Form):
    because = forms.CharField(
        label="How it ended",
        max_length=200,
        help_text="For example: vehicle found, driver charged",
        error_messages={"required": "Say how it ended."},
    )


class CosignForm(forms.Form):
    """Why a colleague should co-sign a wide search."""

    count_id = forms.UUIDField(widget=forms.HiddenInput)
    vehicles = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    because = forms.CharField(
        label="Why so many have to be seen",
        max_length=200,
        error_messages={"required": "Say why so many vehicles have to be seen."},
    )


class TaskForm(forms.Form):
    """Which cars are asked to drive the area, until when, and what they are to look for."""

    units = forms.TypedMultipleChoiceField(
        label="Cars, the nearest first",
        coerce=uuid.UUID,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one car."},
    )
    until = forms.DateTimeField(
        label="Until",
        widget=_MOMENT,
        input_formats=_FORMATS,
        help_text="Their way is recorded until then, or until they are done",
        error_messages={"required": "Say until when."},
    )
    instruction = forms.CharField(
        label="What they are asked",
        max_length=200,
        required=False,
        help_text="Which streets, what to look for; never a plate: that is a watch",
    )

    def __init__(self, *args: Any, near: Sequence[Near], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = self.fields["units"]
        assert isinstance(units, forms.TypedMultipleChoiceField)
        units.choices = [(str(each.unit.pk), _said_of(each)) for each in near]


class WithdrawForm(forms.Form):
    because = forms.CharField(label="Why", max_length=200, error_messages={"required": "Say in a few words why it is withdrawn."})


def _said_of(near: Near) -> str:
    """Car 12, 800 m away 2 min ago, crewed."""
    crew = "somebody is signed on" if near.is_crewed else "nobody is signed on"
    if near.metres is None or near.unit.place_at is None:
        return f"{near.unit.name}, place not known, {crew}"
    far = f"{near.metres / 1000:.1f} km" if near.metres >= 950 else f"{round(near.metres, -1):.0f} m"
    minutes = max(0, int((now() - near.unit.place_at).total_seconds() // 60))
    return f"{near.unit.name}, {far} away {f'{minutes} min ago' if minutes else 'just now'}, {crew}"
