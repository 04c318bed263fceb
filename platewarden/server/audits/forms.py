"""The forms of audits: a judgement, an answer, what came of it, the signature, and other figures for the plan."""

from __future__ import annotations

from typing import Any

from django import forms

from platewarden.policy.department import AUDITS
from platewarden.server.audits.models import CaseAnswer, SheetJudgement
from platewarden.server.audits.review import Verdict

YES_NO = [("yes", "Yes"), ("no", "No")]
CHOOSE = {"required": "Choose an answer."}
FIGURES = {
    "audit_every_days": "An audit every so many days",
    "audit_sign_days": "Signed off within so many days",
    "audit_answer_days": "A finding answered within so many days",
    "audit_random_looks": "Looks drawn with equal chances",
    "audit_weighted_looks": "Looks drawn by weight",
    "audit_many_looks": "“Many looks that day”: from how many on",
    "audit_weight_tripped": "Weight: tripped a wire",
    "audit_weight_many_looks": "Weight: many looks that day",
    "audit_weight_no_case": "Weight: names no case",
    "audit_weight_off_shift": "Weight: patrol, signed on to no unit",
    "audit_weight_untrained": "Weight: untrained that day",
}


def _radio(label: str, choices: list[tuple[str, str]], help_text: str = "") -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, help_text=help_text, error_messages=CHOOSE)


class JudgeForm(forms.Form):
    """Four answers, what was found, and whether the member is asked."""

    case_exists = _radio("Does the case exist?", list(CaseAnswer.choices), "Looked up in the case system, by its number")
    purpose_fits = _radio("Does the purpose fit what was asked?", YES_NO)
    right_person = _radio("Was it for this member to look?", YES_NO, "On that shift, on that case")
    judgement = _radio("Judgement", list(SheetJudgement.choices))
    finding = forms.CharField(
        label="What was found",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="When it is a finding. Name no plate here: it stays for good",
    )
    needs_answer = forms.BooleanField(label="Ask the member about it; it stays open until answered", required=False)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("judgement") == SheetJudgement.FINDING and len(given.get("finding", "").strip()) < 8:
            self.add_error("finding", "Say in a few words what you found.")
        return given

    def verdict(self) -> Verdict:
        given = self.cleaned_data
        return Verdict(
            CaseAnswer(given["case_exists"]),
            given["purpose_fits"] == "yes",
            given["right_person"] == "yes",
            SheetJudgement(given["judgement"]),
            given["finding"],
            given["needs_answer"],
        )


class WordsForm(forms.Form):
    """A few words: an answer, what came of a finding, or what an audit showed."""

    words = forms.CharField(
        max_length=1000,
        min_length=8,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Name no plate here",
        error_messages={"required": "Say it in a few words.", "min_length": "Say it in a few words."},
    )

    def __init__(self, *args: Any, label: str = "In a few words", longest: int = 1000, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["words"]
        assert isinstance(field, forms.CharField)
        field.label, field.max_length = label, longest


class PlanForm(forms.Form):
    """Other figures for the plan, and why."""

    because = forms.CharField(
        label="Why", max_length=200, min_length=8, error_messages={"required": "Say why.", "min_length": "Say why in a few words."}
    )

    def __init__(self, *args: Any, figures: dict[str, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in FIGURES.items():
            self.fields[name] = forms.IntegerField(
                label=label, min_value=1, max_value=AUDITS[name], initial=figures[name], help_text=f"{figures[name]} now"
            )

    def plan(self) -> list[forms.BoundField]:
        return [self[name] for name in FIGURES]

    def figures(self) -> dict[str, int]:
        return {name: self.cleaned_data[name] for name in FIGURES}
