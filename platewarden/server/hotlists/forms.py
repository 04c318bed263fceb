"""The forms for a list and a BOLO."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from django import forms

from platewarden.exchange.hotlist_edition import Approach, Category
from platewarden.plate.text import STATES
from platewarden.policy.refusal import Malformed
from platewarden.server.hotlists.entry import NewEntry, plate_or_pattern
from platewarden.server.hotlists.layout import MOST_BYTES, parse_layout
from platewarden.server.hotlists.models import Source, Step
from platewarden.server.hotlists.source import LONGEST_AGE_HOURS, Described
from platewarden.server.people.editions import department

UNKNOWN = "unknown"
MOST_LAYOUT_BYTES = 64 << 10
MISSING = {
    "plate": "Enter the plate as it is embossed, or the part of it that is known.",
    "state": "Choose the issuing state, or “Unknown” if nobody saw it.",
    "category": "Choose why the vehicle is looked for.",
    "reference": "Enter the case number.",
    "reason": "Say in a sentence why it is looked for: it stands on the alert.",
    "expires_on": "Choose the last day it is looked for.",
}


class LoadForm(forms.Form):
    """The list of one source."""

    source = forms.CharField(label="Source", max_length=60, help_text="For example: State stolen vehicles")
    file = forms.FileField(
        label="File", help_text="As the source's layout says; else a CSV in UTF-8 whose first line names the columns"
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(
                f"The file is larger than {MOST_BYTES >> 20} MB. Load it at the server, or split the extract."
            )
        return file


class SourceForm(forms.Form):
    """What is said of a source. `saw` is what was said of it when the page was made (source.said_of)."""

    name = forms.CharField(label="Name of the source", max_length=60, help_text="For example: State stolen vehicles")
    owner = forms.CharField(label="Owner", max_length=100, help_text="The agency or desk that answers for it")
    confidential = forms.ChoiceField(
        label="Its alerts are shown",
        choices=[
            ("no", "To every member with the duty"),
            ("yes", "To members who are authorized for it; to others “contact dispatch” (confidential)"),
        ],
        widget=forms.RadioSelect,
    )
    age_limit_hours = forms.IntegerField(
        label="Age limit, in hours",
        required=False,
        min_value=1,
        max_value=LONGEST_AGE_HOURS,
        help_text="A list that is older is STALE on its alerts; empty for no limit",
    )
    inbox = forms.SlugField(
        label="Inbox",
        required=False,
        max_length=40,
        help_text="Folder under inbox/ in the data folder; lists put there are loaded by themselves. Small letters, digits, hyphens",
    )
    layout = forms.FileField(
        label="Layout", required=False, help_text="TOML, how its extract is laid out; without one, the department's own CSV"
    )
    without_layout = forms.BooleanField(label="Take the layout away: it comes as the department's own CSV", required=False)
    saw = forms.CharField(max_length=16, widget=forms.HiddenInput)

    def __init__(self, *args: Any, source: Source | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.source = source
        self.fields["name"].error_messages["required"] = "Name the source, as its lists are loaded under."
        self.fields["owner"].error_messages["required"] = "Name the agency or desk that owns the source."
        self.fields["confidential"].error_messages["required"] = "Say whether the source is confidential."
        if source is not None:
            del self.fields["name"]
        if source is None or not source.layout:
            del self.fields["without_layout"]

    def clean_layout(self) -> str:
        file = self.cleaned_data["layout"]
        if file is None:
            return self.source.layout if self.source else ""
        if file.size > MOST_LAYOUT_BYTES:
            raise forms.ValidationError("A layout has at most 64 kB. Choose the layout, not the list.")
        try:
            text = str(file.read().decode("utf-8"))
            parse_layout(text)
        except UnicodeDecodeError as error:
            raise forms.ValidationError("The layout is not text in UTF-8. Choose the layout, not the list.") from error
        except Malformed as error:
            raise forms.ValidationError(error.message) from error
        return text

    def described(self) -> Described:
        given = self.cleaned_data
        return Described(
            owner=given["owner"],
            is_confidential=given["confidential"] == "yes",
            layout="" if given.get("without_layout") else given["layout"],
            age_limit_hours=given["age_limit_hours"],
            inbox=given["inbox"],
        )


class ExcludeForm(forms.Form):
    """A file of an extract that is not loaded, and why."""

    file = forms.ChoiceField(label="File")
    because = forms.CharField(label="Why this department does not load it", min_length=8, max_length=300)

    def __init__(self, *args: Any, files: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["file"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "Choose one"), *((each, each) for each in files)]
        field.error_messages["required"] = field.error_messages["invalid_choice"] = "Choose a file of the source's layout."
        self.fields["because"].error_messages["required"] = "Say in a few words why this file is not loaded."


class BoloForm(forms.Form):
    """Plate or part of it, state or a stated "unknown", category, case, reason, how to act, until when."""

    plate = forms.CharField(label="Plate, or part of it", max_length=40, help_text="? for one character, * for any number")
    state = forms.ChoiceField(
        label="Issuing state",
        choices=[
            ("", "Choose one"),
            (UNKNOWN, "Unknown: alerts are possible hits only"),
            *sorted(STATES.items(), key=lambda each: each[1]),
        ],
    )
    category = forms.ChoiceField(
        label="Category",
        choices=[("", "Choose one"), *((each.value, each.value.replace("_", " ").capitalize()) for each in Category)],
    )
    reference = forms.CharField(label="Case number", max_length=40)
    reason = forms.CharField(label="Why it is looked for", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    vehicle = forms.CharField(
        label="Vehicle", max_length=120, required=False, help_text="Make, color, what stands out: it is compared on the alert"
    )
    instructions = forms.CharField(
        label="To the officer", max_length=300, required=False, help_text="Such as: child on board, call the desk first"
    )
    approach = forms.ChoiceField(
        label="How to act",
        choices=[(each.value, each.value.replace("_", " ").capitalize()) for each in Approach],
        initial=Approach.STOP.value,
    )
    caution = forms.BooleanField(label="Armed and dangerous: caution", required=False)
    urgent = forms.BooleanField(label="Urgent: verify within minutes", required=False)
    expires_on = forms.DateField(
        label="Ends on", widget=forms.DateInput(attrs={"type": "date"}), help_text="The last day it is looked for"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, sentence in MISSING.items():
            self.fields[name].error_messages["required"] = sentence

    def clean_plate(self) -> str:
        try:
            return plate_or_pattern(self.cleaned_data["plate"])[0]
        except Malformed as error:
            raise forms.ValidationError(error.message) from error

    def entry(self) -> NewEntry:
        """The entry, not yet in force. Its day ends at midnight of the department's zone."""
        given = self.cleaned_data
        text, is_pattern = plate_or_pattern(given["plate"])
        return NewEntry(
            entry_id=uuid.uuid4(),
            text=text,
            is_pattern=is_pattern,
            state=None if given["state"] == UNKNOWN else given["state"],
            category=Category(given["category"]),
            approach=Approach(given["approach"]),
            caution=given["caution"],
            urgent=given["urgent"],
            reason=given["reason"],
            reference=given["reference"],
            author="",
            expires_at=end_of(given["expires_on"]),
            vehicle=given["vehicle"],
            instructions=given["instructions"],
        )


class ExtendForm(forms.Form):
    """A later last day."""

    until = forms.DateField(label="Ends on", widget=forms.DateInput(attrs={"type": "date"}))


class WithdrawForm(forms.Form):
    """Why a BOLO ends now."""

    how = forms.ChoiceField(
        label="Why it ends", choices=[(each.value, each.label) for each in (Step.RECOVERED, Step.CANCELLED)], initial=Step.CANCELLED
    )
    because = forms.CharField(label="In a few words", max_length=200)


class BackForm(forms.Form):
    """What is wrong with the list in force."""

    because = forms.CharField(label="What is wrong with the list in force", max_length=200)


def end_of(day: date) -> datetime:
    """The last moment of a day, in the department's zone."""
    return datetime.combine(day, time(23, 59, 59), department().time_zone)
