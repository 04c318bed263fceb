"""The search form: a whole or a partial plate, and how far back."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms

from platewarden.plate.pattern import Pattern, is_partial, parse_pattern
from platewarden.plate.text import PlateText
from platewarden.policy.refusal import Malformed
from platewarden.server.clock import now
from platewarden.server.people.editions import department

SPANS = {"day": ("Last 24 hours", 1), "week": ("Last 7 days", 7), "all": ("All that is kept", 0), "dates": ("Between two dates", 0)}


class SearchForm(forms.Form):
    """Times are the department's own; dates are whole days of its zone."""

    plate = forms.CharField(
        label="Plate",
        max_length=40,
        help_text="The whole plate, or part of it: ? for one character, * for any number, [0O] for one of these, {7K4} for these in any order. Example: 7B?4*",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autofocus": True}),
    )
    span = forms.ChoiceField(label="Time", choices=[(name, label) for name, (label, _) in SPANS.items()], initial="week")
    since = forms.DateField(label="From", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label="To", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def clean_plate(self) -> PlateText | Pattern:
        given = self.cleaned_data["plate"]
        try:
            return parse_pattern(given) if is_partial(given) else PlateText.parse(given)
        except Malformed as error:
            raise forms.ValidationError(error.message) from error

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("span") == "dates":
            since, until = given.get("since"), given.get("until")
            if not since or not until:
                self.add_error("span", "Give both dates, or choose another time.")
            elif until < since:
                self.add_error("until", "This is before the first date. Swap the two.")
        return given

    def moments(self) -> tuple[datetime, datetime]:
        """From and to, aware. `all` goes back as far as the schedule keeps reads."""
        rules, given = department(), self.cleaned_data
        soon = now() + timedelta(minutes=10)
        if given["span"] == "dates":
            day = timedelta(days=1)
            return (
                datetime.combine(given["since"], time.min, rules.time_zone),
                datetime.combine(given["until"] + day, time.min, rules.time_zone),
            )
        days = SPANS[given["span"]][1] or rules.retention_days["reads"] + 1
        return now() - timedelta(days=days), soon
