"""The forms for a schedule and a hold."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django import forms

from platewarden.plate.pattern import PartialPlate
from platewarden.plate.text import PlateText
from platewarden.policy.refusal import Malformed
from platewarden.server.clock import now
from platewarden.server.people.editions import department
from platewarden.server.people.training import today
from platewarden.server.retention.hold import LARGEST_RADIUS_M, Named, NewHold, must_be_sound
from platewarden.server.retention.models import Ground, Hold, Kind, Scope

_MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local", "step": "60"}, format="%Y-%m-%dT%H:%M")
_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


class ScheduleForm(forms.Form):
    """Days for each kind, on what they rest, and from when."""

    because = forms.CharField(
        label="On what it rests",
        max_length=200,
        help_text="For example: records retention schedule, local records commission, 11/20/2026",
        error_messages={"required": "Say on what the new schedule rests."},
    )
    effective_on = forms.DateField(
        label="In force from",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": "Choose the day from which it is in force."},
    )

    def __init__(self, *args: Any, days: dict[str, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in Kind:
            self.fields[kind.value] = forms.IntegerField(
                label=kind.label,
                min_value=1,
                max_value=366 * 25,
                initial=days[kind.value],
                help_text=f"days; {days[kind.value]} now",
            )
        self.fields["effective_on"].help_text = f"Anything shorter only after {department().notice_days} days"

    def kinds(self) -> list[forms.BoundField]:
        return [self[kind.value] for kind in Kind]

    def days(self) -> dict[str, int]:
        return {kind.value: self.cleaned_data[kind.value] for kind in Kind}


class HoldForm(forms.Form):
    """Ground, authority, case, what it names, within which time, and when it is looked at again."""

    ground = forms.ChoiceField(label="Ground", choices=[("", "Choose one"), *Ground.choices])
    authority = forms.CharField(
        label="On whose word",
        max_length=200,
        help_text="For example: State's Attorney, Lake County, letter of 11/20/2026. Never a plate.",
    )
    reference = forms.CharField(label="Case or action number", max_length=60)
    scope = forms.ChoiceField(
        label="What it names", choices=[("", "Choose one"), *[each for each in Scope.choices if each[0] != "read"]]
    )
    plate = forms.CharField(
        label="Plate, or part of it",
        max_length=40,
        required=False,
        help_text="? for one character, * for any number; a partial plate holds every vehicle that answers it",
    )
    unit = forms.ChoiceField(label="Unit", required=False)
    lat = forms.FloatField(label="Latitude", required=False, min_value=-90, max_value=90)
    lon = forms.FloatField(label="Longitude", required=False, min_value=-180, max_value=180)
    radius_m = forms.FloatField(label="Within metres", required=False, min_value=1, max_value=LARGEST_RADIUS_M)
    since = forms.DateTimeField(label="From", required=False, widget=_MOMENT, input_formats=_FORMATS)
    until = forms.DateTimeField(
        label="To", required=False, widget=_MOMENT, input_formats=_FORMATS, help_text="It may lie in the future"
    )
    review_on = forms.DateField(label="Looked at again by", widget=forms.DateInput(attrs={"type": "date"}))
    read = forms.UUIDField(required=False, widget=forms.HiddenInput)
    captured = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, units: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, sentence in MISSING.items():
            self.fields[name].error_messages["required"] = sentence
        unit = self.fields["unit"]
        assert isinstance(unit, forms.ChoiceField)
        unit.choices = [("", "Choose one"), *units]
        self.fields["review_on"].initial = today(now()) + timedelta(days=department().hold_review_days)

    @property
    def names_a_read(self) -> bool:
        """Whether it came from one read's page: then that read is what it names."""
        return bool(self["read"].value())

    def full_clean(self) -> None:
        if self.names_a_read:
            self.fields["scope"].required = False
        super().full_clean()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors:
            try:
                new = self.hold()
            except Malformed as error:
                self.add_error(self._wrong_field(), error.message)
                return given
            if refusal := must_be_sound(new):
                self.add_error(None, department().say(refusal))
            words = "".join(each for each in new.authority.upper() if each.isalnum())
            if new.named.plate and new.named.plate in words:
                self.add_error(
                    "authority", "This names the plate. It is written in the ledger and on certificates: leave the plate out."
                )
        return given

    def _wrong_field(self) -> str | None:
        scope = self.cleaned_data.get("scope")
        return {"vehicle": "plate", "pattern": "plate", "unit": "unit", "place": "radius_m"}.get(scope or "")

    def hold(self) -> NewHold:
        """What was asked for. Malformed when what it names is not there."""
        given = self.cleaned_data
        named, since, until = self._named_read(given["read"]) if given.get("read") else self._named()
        return NewHold(
            ground=Ground(given["ground"]),
            authority=given["authority"],
            reference=given["reference"].strip().upper(),
            since=since,
            until=until,
            named=named,
            review_on=given["review_on"],
        )

    def _named_read(self, read_id: uuid.UUID) -> tuple[Named, datetime, datetime]:
        try:
            at = datetime.fromisoformat(self.cleaned_data["captured"])
        except ValueError as error:
            raise Malformed("This read has no moment. Open its page again and place the hold from there.") from error
        if at.tzinfo is None:
            raise Malformed("This read has no moment. Open its page again and place the hold from there.")
        return Named(Scope.READ, read_id=read_id), at, at + timedelta(microseconds=1)

    def _named(self) -> tuple[Named, datetime, datetime]:
        given = self.cleaned_data
        since, until = given.get("since"), given.get("until")
        if since is None or until is None:
            raise Malformed("Say from when and to when: a hold names a time.")
        scope = Scope(given["scope"])
        if scope in (Scope.VEHICLE, Scope.PATTERN):
            if not given["plate"]:
                raise Malformed("Enter the plate, or the part of it that is known.")
            if set(given["plate"]) & set("?*"):
                return Named(Scope.PATTERN, like=PartialPlate.parse(given["plate"]).like()), since, until
            return Named(Scope.VEHICLE, plate=PlateText.parse(given["plate"]).text), since, until
        if scope is Scope.UNIT:
            if not given["unit"]:
                raise Malformed("Choose the unit.")
            return Named(scope, unit_id=uuid.UUID(given["unit"])), since, until
        if None in (given["lat"], given["lon"], given["radius_m"]):
            raise Malformed("Give latitude, longitude and the distance around it in metres.")
        return Named(scope, lat=given["lat"], lon=given["lon"], radius_m=given["radius_m"]), since, until


MISSING = {
    "ground": "Choose why it may not be purged.",
    "authority": "Say on whose word it is held.",
    "reference": "Enter the case or action number.",
    "scope": "Choose what the hold names.",
    "review_on": "Choose the day by which it is looked at again.",
}


class ReviewForm(forms.Form):
    again_on = forms.DateField(label="Looked at again by", widget=forms.DateInput(attrs={"type": "date"}))


class ReleaseForm(forms.Form):
    because = forms.CharField(
        label="Why it ends",
        max_length=200,
        error_messages={"required": "Say why the hold ends."},
        help_text="For example: judgment of 11/20/2026, no appeal",
    )


def next_review() -> date:
    return today(now()) + timedelta(days=department().hold_review_days)


class HoldFields(forms.Form):
    """What a paper that comes in wants held from then on, or which hold stands already."""

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
    hold = forms.ChoiceField(label="A hold that stands already", required=False)

    def __init__(self, *args: Any, holds: Iterable[Hold] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.holds = {str(each.pk): each for each in holds}
        named = [(pk, f"{each.number}, {each.reference}") for pk, each in self.holds.items()]
        self.fields["hold"].choices = [("", "None"), *named]  # type: ignore[attr-defined]

    def to_hold(self, given: dict[str, Any], ground: Ground, authority: str) -> NewHold | None:
        """What is to be held; None when nothing of it was filled in, or a standing hold is chosen. Malformed when it says too little."""
        place = [given.get(name) for name in ("hold_lat", "hold_lon", "hold_radius_m")]
        plate, since, until = given.get("hold_plate"), given.get("hold_since"), given.get("hold_until")
        if given.get("hold") or not (plate or any(each is not None for each in place)):
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
            ground=ground,
            authority=authority,
            reference=given["hold_reference"].strip().upper(),
            since=since,
            until=until,
            named=named,
            review_on=next_review(),
        )
        if refusal := must_be_sound(new):
            raise Malformed(refusal.because)
        return new
