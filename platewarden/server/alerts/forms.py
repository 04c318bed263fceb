"""The card's two forms, verification and disposition, and the correction of a reading. Times are the department's own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms

from platewarden.plate.text import STATES, PlateText
from platewarden.policy.correction import Misread, WrongEntry
from platewarden.policy.refusal import Malformed
from platewarden.policy.verification import Answered, EyeSaw, Ground, Outcome
from platewarden.server.alerts.correct import Said
from platewarden.server.alerts.models import StateAsk
from platewarden.server.alerts.verify import Checked
from platewarden.server.clock import now
from platewarden.server.people.editions import department

MISSING = {
    "characters": "Compare the characters and tap one.",
    "state": "Compare the state and tap one.",
    "vehicle": "Compare the vehicle and tap one.",
    "source": "Name the official database that was asked.",
    "reference": "Enter the reference that the return carries.",
    "answer": "Choose what the official database answered.",
    "returned_at": "Enter the time of the return, such as 14:05.",
}
TYPED = ("source", "reference", "answer", "returned_at")


class VerificationForm(forms.Form):
    """Three taps, then the return: the state system's own, or a typed one. The time is 24-hour; a time later than now is yesterday's."""

    characters = forms.ChoiceField(label="Characters", choices=EyeSaw.choices(), widget=forms.RadioSelect)
    state = forms.ChoiceField(label="State", choices=EyeSaw.choices(), widget=forms.RadioSelect)
    vehicle = forms.ChoiceField(label="Vehicle", choices=EyeSaw.choices(), widget=forms.RadioSelect)
    source = forms.CharField(label="Official database", max_length=40, initial="LEADS")
    reference = forms.RegexField(
        label="Reference of the return",
        regex=r"^[A-Za-z0-9/ -]{3,40}$",
        max_length=40,
        error_messages={"invalid": "Letters, digits, hyphens and slashes only, 3 to 40 of them."},
    )
    answer = forms.ChoiceField(label="What it answered", choices=Answered.choices(), widget=forms.RadioSelect)
    returned_at = forms.TimeField(
        label="Time of the return",
        widget=forms.TimeInput(attrs={"placeholder": "14:05", "inputmode": "numeric", "autocomplete": "off"}),
        input_formats=["%H:%M", "%H:%M:%S"],
    )
    note = forms.CharField(label="Note", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    by_return = forms.IntegerField(min_value=1, required=False)  # the number of the state system's question; empty: typed

    def __init__(self, *args: Any, alert_id: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, sentence in MISSING.items():
            self.fields[name].error_messages["required"] = sentence
        self.alert_id = alert_id
        if self.data.get("by_return"):  # its own source, reference, answer and time count, and no typed ones
            for name in TYPED:
                self.fields[name].required = False

    def clean_by_return(self) -> StateAsk | None:
        number = self.cleaned_data["by_return"]
        if number is None:
            return None
        ask = StateAsk.objects.select_related("source", "returned").filter(pk=number, alert_id=self.alert_id).first()
        if ask is None:
            raise forms.ValidationError("That return is not this alert's. Look at the alert again.")
        return ask

    def checked(self) -> Checked:
        given = self.cleaned_data
        if given["by_return"]:
            seen = {name: EyeSaw(given[name]) for name in ("characters", "state", "vehicle")}
            return Checked.by_return(given["by_return"], **seen, note=given["note"])
        return Checked(
            characters=EyeSaw(given["characters"]),
            state=EyeSaw(given["state"]),
            vehicle=EyeSaw(given["vehicle"]),
            source=given["source"],
            reference=given["reference"],
            answer=Answered(given["answer"]),
            returned_at=self._moment(),
            note=given["note"],
        )

    def _moment(self) -> datetime:
        """The latest moment that the typed time can have been: today's, else yesterday's; in the hour that comes twice, the second."""
        zone, typed, soon = department().time_zone, self.cleaned_data["returned_at"], now() + timedelta(minutes=2)
        today = now().astimezone(zone).date()
        possible = [
            datetime.combine(day, typed.replace(fold=fold), zone).astimezone(UTC)
            for day in (today + timedelta(days=1), today, today - timedelta(days=1))
            for fold in (1, 0)
        ]
        at = next(each for each in possible if each <= soon)
        # A time given to the minute lies up to 59 s back.
        last_second = at + timedelta(seconds=59)
        return last_second if typed.second == 0 and last_second <= now() else at


class AskForm(forms.Form):
    """The state that the plate shows: the state system is asked about a plate of one state."""

    state = forms.ChoiceField(label="State on the plate", choices=[("", "Choose one"), *STATES.items()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].error_messages["required"] = "Choose the state that the plate shows."


class ReviewForm(forms.Form):
    """What the supervisor finds of an outcome without a confirming return."""

    in_order = forms.ChoiceField(
        label="It was", choices=[("yes", "In order"), ("no", "Not in order: to be followed up")], widget=forms.RadioSelect
    )
    because = forms.CharField(label="What the review found", min_length=8, max_length=500)


class NoteForm(forms.Form):
    """What the agency of a wrong entry is told."""

    wrong = forms.ChoiceField(label="What is wrong with the entry", choices=WrongEntry.choices(), widget=forms.RadioSelect)
    words = forms.CharField(
        label="What was found",
        min_length=8,
        max_length=500,
        help_text="As the agency will read it. Nothing of where or when the vehicle was read: that leaves only through a release.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["wrong"].error_messages["required"] = "Choose what is wrong with the entry."
        self.fields["words"].error_messages["required"] = "Say in a sentence what was found."


class NoteSentForm(forms.Form):
    """How a correction note was sent."""

    way = forms.CharField(label="How it was sent", min_length=3, max_length=60, help_text="Such as: by mail, by fax to the desk")


class NoteAcknowledgedForm(forms.Form):
    """That the agency took a correction note in."""

    reference = forms.CharField(label="Their reference, or who acknowledged it", min_length=2, max_length=40)


class NoNoteForm(forms.Form):
    """Why an agency is told nothing."""

    because = forms.CharField(label="Why it needs no note", min_length=8, max_length=300)


class StopsForm(forms.Form):
    """A file of stops from the dispatch system."""

    file = forms.FileField(label="Stops from dispatch", help_text="CSV: number, at, plate, state, unit. One stop a line.")


class DispositionForm(forms.Form):
    """An outcome of the closed list; for enforcement, on what it rests."""

    outcome = forms.ChoiceField(label="What came of it", choices=Outcome.choices(), widget=forms.RadioSelect)
    ground = forms.ChoiceField(label="It rests on", choices=[("", "Choose one"), *Ground.choices()], required=False)
    because = forms.CharField(label="Because", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class CorrectionForm(forms.Form):
    """What the plate in the picture reads. `saw` is the number of the newest correction that the page showed."""

    plate = forms.CharField(
        label="The plate reads",
        max_length=40,
        help_text="Every character of the picture, as it is embossed.",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autofocus": True, "autocapitalize": "characters"}
        ),
    )
    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[("", "Not to be read in the picture"), *((code, name) for code, name in STATES.items())],
    )
    because = forms.ChoiceField(label="What was wrong", choices=Misread.choices(), widget=forms.RadioSelect)
    words = forms.CharField(label="In your words", required=False, max_length=200)
    saw = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    back = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)  # the alert from which it was opened

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["plate"].error_messages["required"] = "Type what the plate reads."
        self.fields["because"].error_messages["required"] = "Choose what was wrong."
        because = self.fields["because"]
        if isinstance(because, forms.ChoiceField) and str((self.data or self.initial).get("saw", 0)) == "0":
            because.choices = [each for each in Misread.choices() if each[0] != Misread.CORRECTION]

    def clean_plate(self) -> PlateText:
        try:
            return PlateText.parse(self.cleaned_data["plate"])
        except Malformed as error:
            raise forms.ValidationError(error.message) from error

    def said(self) -> Said:
        given = self.cleaned_data
        return Said(given["plate"], given["state"] or None, Misread(given["because"]), given["words"])


class TakeBackForm(forms.Form):
    """The corrections of a reading are taken back."""

    words = forms.CharField(label="Why, in your words", required=False, max_length=200)
    saw = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def said(self) -> Said:
        return Said(None, None, Misread.CORRECTION, self.cleaned_data["words"])
