"""The form that asks for a purpose."""

from __future__ import annotations

from typing import Any

from django import forms

from platewarden.server.people.editions import department


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
