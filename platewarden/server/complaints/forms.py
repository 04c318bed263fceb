"""The forms for a complaint that came in, for what was found out, and for the decision."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from platewarden.policy.refusal import Malformed
from platewarden.server.alerts.models import Alert
from platewarden.server.audits.models import Sheet
from platewarden.server.complaints.models import About, ComplaintOutcome
from platewarden.server.complaints.rules import Links, NewComplaint
from platewarden.server.people.models import Member
from platewarden.server.release.rules import LARGEST_LETTER
from platewarden.server.retention.forms import HoldFields
from platewarden.server.retention.models import Ground

_SHEET = re.compile(r"A-?0*(\d{1,9})\s*/\s*(\d{1,6})", re.IGNORECASE)
SAID = forms.Textarea(attrs={"rows": 4})


class LinkForm(HoldFields):
    """Whom it is about, and to which alert, look and finding it belongs."""

    members = forms.CharField(
        label="Members it is about", max_length=200, required=False, help_text="Their numbers, with commas between them"
    )
    alert = forms.IntegerField(label="Alert", required=False, min_value=1, max_value=2**31, help_text="Its number, from its page")
    look_line = forms.IntegerField(
        label="Look", required=False, min_value=1, max_value=2**62, help_text="The line of the ledger that tells of it"
    )
    sheet = forms.CharField(label="Finding of an audit", max_length=30, required=False, help_text="For example: A-0004/12")

    def __init__(self, *args: Any, sees_silent: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sees_silent = sees_silent

    def clean_members(self) -> tuple[Member, ...]:
        numbers = [each.strip().upper() for each in self.cleaned_data["members"].split(",") if each.strip()]
        found = {each.number: each for each in Member.objects.filter(number__in=numbers)}
        if unknown := [each for each in numbers if each not in found]:
            raise forms.ValidationError(f"There is no member {unknown[0][:12]}. Enter numbers such as 1042.")
        return tuple(found.values())

    def clean_alert(self) -> Alert | None:
        number = self.cleaned_data["alert"]
        if number is None:
            return None
        found = Alert.objects.filter(pk=number).first()
        if found is None or (found.silent and not self.sees_silent):
            raise forms.ValidationError("There is no such alert. Its number stands on its page.")
        return found

    def clean_sheet(self) -> Sheet | None:
        words = self.cleaned_data["sheet"].strip()
        if not words:
            return None
        named = _SHEET.fullmatch(words)
        found = Sheet.objects.filter(audit_id=int(named[1]), position=int(named[2])).first() if named else None
        if found is None:
            raise forms.ValidationError("There is no such look in an audit. Enter audit and look, such as A-0004/12.")
        return found

    def links(self) -> Links:
        given = self.cleaned_data
        return Links(given["members"], given["alert"], given["look_line"], given["sheet"], self.holds.get(given["hold"]))


class ReceiveForm(LinkForm):
    """Who complains, of what, in their words."""

    about = forms.ChoiceField(
        label="What it is about",
        choices=[("", "Choose one"), *About.choices],
        error_messages={"required": "Choose what it is about."},
    )
    came_on = forms.DateField(
        label="Came on",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": "Enter the day on which it came."},
    )
    complainant = forms.CharField(
        label="Who complains", max_length=120, error_messages={"required": "Enter the name of who complains."}
    )
    contact = forms.CharField(label="Where they are reached", max_length=200, required=False, help_text="Address for the answer")
    words = forms.CharField(
        label="What they say",
        max_length=4000,
        widget=SAID,
        help_text="In their words",
        error_messages={"required": "Write down what they say."},
    )
    letter = forms.FileField(
        label="Their letter",
        required=False,
        help_text="PDF, up to 10 MB; none when it was told at the desk",
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf"}),
        error_messages={"empty": "The file is empty."},
    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        given["to_hold"] = None
        try:
            given["to_hold"] = self.to_hold(given, Ground.BELIEF, f"complaint that came on {given.get('came_on') or ''}")
        except Malformed as error:
            self.add_error("hold_plate" if given.get("hold_plate") else None, error.message)
        return given

    def clean_letter(self) -> bytes | None:
        given = self.cleaned_data["letter"]
        if not given:
            return None
        if given.size > LARGEST_LETTER:
            raise forms.ValidationError("The letter is larger than 10 MB. Attach a smaller copy.")
        content = given.read()
        assert isinstance(content, bytes)
        return content

    def new(self) -> NewComplaint:
        given = self.cleaned_data
        return NewComplaint(
            about=About(given["about"]),
            came_on=given["came_on"],
            complainant=given["complainant"],
            contact=given["contact"],
            words=given["words"],
            letter=given["letter"],
            links=self.links(),
            to_hold=given["to_hold"],
        )


class DecideForm(forms.Form):
    """What was found, why, and the answer."""

    outcome = forms.ChoiceField(
        label="What was found",
        choices=ComplaintOutcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what was found."},
    )
    because = forms.CharField(
        label="Why, and what follows",
        max_length=500,
        min_length=8,
        help_text="For the file",
        error_messages={"required": "Say in a few words why.", "min_length": "Say in a few words why."},
    )
    answer = forms.CharField(
        label="Answer to who complained",
        max_length=4000,
        min_length=8,
        widget=SAID,
        error_messages={"required": "Write the answer.", "min_length": "Write the answer."},
    )
