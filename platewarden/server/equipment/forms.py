"""The form for a deployment order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from platewarden.policy.clauses import Clause
from platewarden.server.equipment.deploy import LONGEST_DAYS, NewOrder, may_order
from platewarden.server.people.editions import department

Choices = Sequence[tuple[str, str]]
MISSING = {
    "unit": "Choose the unit.",
    "member": "Choose who answers for the post.",
    "place": "Say where the post stands.",
    "purpose": "Choose what it runs for.",
    "review_on": "Choose the day by which it is reviewed.",
}


class DeploymentForm(forms.Form):
    """Unit, who answers for it, place, purpose with its number, review."""

    unit = forms.ChoiceField(label="Unit")
    member = forms.ChoiceField(label="Who answers for it", help_text="An operator; the post stops when they may no longer operate")
    place = forms.CharField(label="Where it stands", max_length=200, help_text="For example: Park Avenue at Sheridan Road")
    purpose = forms.ChoiceField(label="What it runs for")
    reference = forms.CharField(label="Case number", max_length=60, required=False, help_text="As the purpose asks for it")
    review_on = forms.DateField(
        label="Reviewed by",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=f"The last day on which it runs without a new order; at most {LONGEST_DAYS} days from now",
    )

    def __init__(self, *args: Any, units: Choices, operators: Choices, purposes: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, sentence in MISSING.items():
            self.fields[name].error_messages["required"] = sentence
        for name, choices in (("unit", units), ("member", operators), ("purpose", purposes)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", "Choose one"), *choices]

    def clean(self) -> dict[str, Any]:
        """What the policy refuses stands on the form, which keeps what was filled in."""
        if not self.errors and (refusal := may_order(self.order())):
            self.add_error("reference" if refusal.clause is Clause.LEGITIMATE_PURPOSE else None, department().say(refusal))
        return self.cleaned_data

    def order(self) -> NewOrder:
        given = self.cleaned_data
        return NewOrder(
            unit_id=given["unit"],
            member=given["member"],
            place=given["place"],
            purpose=given["purpose"],
            reference=given["reference"].strip(),
            review_on=given["review_on"],
        )
