"""The forms for a member: enrolment, a duty, a training, an authorization."""

from __future__ import annotations

from datetime import timedelta

from django import forms

from platewarden.server.clock import now
from platewarden.server.people.models import Duty
from platewarden.server.people.training import today

GIVEN = [each for each in Duty.choices if each[0] != Duty.SUPERVISOR.value]
_DAY = forms.DateInput(attrs={"type": "date"})


class EnrolForm(forms.Form):
    """Number, name, and the duties from the first day."""

    number = forms.CharField(
        label="Member number",
        max_length=12,
        help_text="Capital letters, digits, hyphens. Never given twice.",
        error_messages={"required": "Enter the member number."},
    )
    name = forms.CharField(
        label="Name", max_length=80, help_text="As it stands in the ledger", error_messages={"required": "Enter the name."}
    )
    duties = forms.MultipleChoiceField(
        label="Duties",
        choices=GIVEN,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "usa-checkbox__input"}),
        help_text="More can be given later",
    )

    def clean_number(self) -> str:
        number: str = self.cleaned_data["number"]
        return number.strip().upper()


class DutyForm(forms.Form):
    duty = forms.ChoiceField(label="Duty", choices=[("", "Choose one"), *GIVEN], error_messages={"required": "Choose the duty."})


class TrainingForm(forms.Form):
    """A department-approved course that was completed."""

    course = forms.CharField(
        label="Course",
        max_length=120,
        help_text="As the department approved it",
        error_messages={"required": "Name the course that was completed."},
    )
    completed_on = forms.DateField(
        label="Completed on", widget=_DAY, error_messages={"required": "Enter the day it was completed."}
    )
    expires_on = forms.DateField(label="Last valid day", widget=_DAY, error_messages={"required": "Enter its last valid day."})

    @classmethod
    def fresh(cls) -> TrainingForm:
        day = today(now())
        return cls(initial={"completed_on": day, "expires_on": day + timedelta(days=365)})


class TrainingFileForm(forms.Form):
    """A CSV file of completed trainings."""

    file = forms.FileField(
        label="CSV file",
        help_text="Columns: member, course, completed_on, expires_on",
        error_messages={"required": "Choose the file.", "empty": "The file is empty. Choose another one."},
    )


class PolicyTextForm(forms.Form):
    """The next text of the written policy, and its first day."""

    text = forms.CharField(
        label="The whole text",
        widget=forms.Textarea(attrs={"rows": 18}),
        help_text="Plain text, as it was issued. It is kept word for word and never changed",
        error_messages={"required": "Enter the text."},
    )
    in_force_on = forms.DateField(label="First day", widget=_DAY, error_messages={"required": "Choose its first day."})


class DayForm(forms.Form):
    """A day whose policy is asked for."""

    on = forms.DateField(
        label="In force on", widget=_DAY, error_messages={"invalid": "This is no day. Choose one.", "required": "Choose a day."}
    )


class AuthorizationForm(forms.Form):
    """Leave to see what one confidential source says."""

    source = forms.CharField(
        label="Source", max_length=60, help_text="As the hot lists name it", error_messages={"required": "Name the source."}
    )
    reason = forms.CharField(label="Why", max_length=200, error_messages={"required": "Say why the member needs this source."})
    until_on = forms.DateField(label="Last day", widget=_DAY, error_messages={"required": "Choose the last day."})
