"""The forms that ask for a purpose, for a judgement of a look, for a plate that is protected, and for a lost second factor."""

from __future__ import annotations

from typing import Any

from django import forms

from platewarden.plate.text import PlateText
from platewarden.policy.refusal import Malformed
from platewarden.server.access.models import Judgement
from platewarden.server.people.editions import department
from platewarden.server.people.models import Member


class PurposeForm(forms.Form):
    """Which of the department's purposes, and its number. The number's shape is asked of the policy, not of the form."""

    purpose = forms.ChoiceField(label="Purpose", widget=forms.RadioSelect)
    reference = forms.CharField(label="Case, action or shift number", max_length=40, required=False)
    next = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["purpose"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(name, purpose.label) for name, purpose in department().purposes.items()]

    def clean(self) -> dict[str, Any]:
        """Asks the policy the same question as the act, so that the page can answer beside the field."""
        given = super().clean() or {}
        purpose = department().purposes.get(given.get("purpose", ""))
        reference = str(given.get("reference", "")).strip().upper()
        if purpose and (refusal := purpose.may_carry(reference)):
            self.add_error("reference", refusal.because)
        return given


class ResetForm(forms.Form):
    """A colleague's lost second factor."""

    number = forms.CharField(label="Member number", max_length=12, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    because = forms.CharField(
        label="What happened, and how you made sure that it is they who ask",
        min_length=8,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_number(self) -> str:
        number = str(self.cleaned_data["number"]).strip().upper()
        if not Member.objects.filter(number=number, is_active=True).exists():
            raise forms.ValidationError("There is no such member who may sign in. Look at the number again.")
        return number


class JudgementForm(forms.Form):
    """Whether a look was in order, and on what that rests."""

    judgement = forms.ChoiceField(
        label="Judgement", choices=[("", "Choose one"), *Judgement.choices], error_messages={"required": "Choose your judgement."}
    )
    note = forms.CharField(
        label="On what it rests",
        min_length=8,
        max_length=300,
        help_text="For example: case confirmed with Det. Novak by telephone",
        error_messages={
            "required": "Say on what your judgement rests.",
            "min_length": "Say it in a few words, such as who confirmed the case.",
        },
    )


class ProtectForm(forms.Form):
    """A plate onto the list that nobody can read, or off it."""

    plate = forms.CharField(
        label="Plate",
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Enter the plate."},
    )
    on = forms.ChoiceField(label="What", choices=[("on", "Protect it"), ("off", "Protect it no more")])

    def clean_plate(self) -> PlateText:
        try:
            return PlateText.parse(self.cleaned_data["plate"])
        except Malformed as error:
            raise forms.ValidationError(error.message) from error
