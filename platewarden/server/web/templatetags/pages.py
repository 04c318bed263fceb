"""What the pages need to say things the department's way: US dates with the zone, states by name, fields, icons.

Notable choices: a time is shown in the current time zone (the web process activates the department's); the widget of a
form field gets its classes here, so that forms stay plain; a read and a listed plate are laid side by side character
by character, so that a doubt can be seen and not only read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import zip_longest
from typing import Any

from django import template
from django.forms import BoundField
from django.template import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from platewarden.plate.text import STATES
from platewarden.policy.clauses import Clause
from platewarden.policy.glossary import meaning_of
from platewarden.server.clock import now

register = template.Library()

COMPASS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")
SURE, UNSURE = 0.95, 0.80  # a character above is drawn as sure, below as doubtful


@register.filter
def stamp(at: datetime | None) -> str:
    """11/23/2026 15:17:18 CST."""
    return timezone.localtime(at).strftime("%m/%d/%Y %H:%M:%S %Z") if at else "never"


@register.filter
def stamp_short(at: datetime | None) -> str:
    """11/23/2026 15:17 CST."""
    return timezone.localtime(at).strftime("%m/%d/%Y %H:%M %Z") if at else "never"


@register.filter
def hour(at: datetime | None) -> str:
    """15:17:18 CST."""
    return timezone.localtime(at).strftime("%H:%M:%S %Z") if at else "never"


@register.filter
def day(on: date | datetime | None) -> str:
    """11/23/2026."""
    if on is None:
        return "none"
    return (timezone.localtime(on) if isinstance(on, datetime) else on).strftime("%m/%d/%Y")


@register.filter
def iso(at: datetime | None) -> str:
    """For a `datetime` attribute, where the page's own script reads it."""
    return at.isoformat() if at else ""


@register.filter
def ago(at: datetime | None) -> str:
    """How long since: 12 s, 3 min, 2 h, 5 d."""
    return spell((now() - at).total_seconds()) if at else "never"


@register.filter
def spell(seconds: float | timedelta) -> str:
    """A duration in its largest whole unit."""
    left = max(0, int(seconds.total_seconds() if isinstance(seconds, timedelta) else seconds))
    for size, name in ((86400, "d"), (3600, "h"), (60, "min")):
        if left >= 2 * size or (size == 60 and left >= size):
            return f"{left // size} {name}"
    return f"{left} s"


@register.filter
def percent(share: float | None) -> str:
    """0.934 -> 93."""
    return "" if share is None else str(int(share * 100))


@register.filter
def likely(candidates: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
    """The candidates that a page would not show as 0 %."""
    return [(text, share) for text, share in candidates or () if int(share * 100) >= 1]


@register.filter
def level(share: float | None) -> str:
    """A confidence in a word, for people who do not see colour."""
    if share is None:
        return "unknown"
    return "sure" if share >= SURE else "fair" if share >= UNSURE else "doubtful"


@register.filter
def state_name(code: str | None) -> str:
    """IL -> Illinois; nothing read stays nothing read."""
    return STATES.get(code, code) if code else "State not read"


@register.filter
def words(name: str) -> str:
    """stolen_vehicle -> Stolen vehicle."""
    plain = str(name).replace("_", " ").replace("-", " ")
    return plain[:1].upper() + plain[1:]


@register.filter
def compass(degrees: float | None) -> str:
    """A heading as people say it."""
    return "" if degrees is None else COMPASS[round(degrees / 45) % 8]


@register.filter
def hex_short(raw: bytes | memoryview | None) -> str:
    """The first digits of a digest, enough to compare by eye."""
    return bytes(raw).hex()[:16] if raw else ""


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A symbol of the design system; with a label it is read aloud, without one it is decoration."""
    href = static("vendor/uswds/img/sprite.svg")
    if label:
        return format_html('<svg class="usa-icon" role="img" aria-label="{}"><use href="{}#{}"></use></svg>', label, href, name)
    return format_html('<svg class="usa-icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>', href, name)


@register.simple_tag
def means(word: str) -> str:
    """The glossary's sentence for a word, as hover text."""
    return meaning_of(word)


@register.simple_tag(takes_context=True)
def clause(context: Context, name: str) -> str:
    """The department's number for a clause, for example 427.4(f)."""
    shell = context.get("shell")
    department = shell["department"] if isinstance(shell, dict) else getattr(shell, "department", None)
    return str(department.number_of(Clause(name))) if department else ""


@register.inclusion_tag("web/components/field.html")
def field(bound: BoundField, hint: str = "", optional: bool = False, extra: str = "", label: str = "") -> dict[str, Any]:  # noqa: FBT001, FBT002 a template's words
    """One form field with label, hint, error and the right classes, whatever its widget."""
    kind = _kind(bound)
    attributes: dict[str, str | bool] = {}
    if kind in ("text", "select", "textarea", "file"):
        look = {"text": "usa-input", "select": "usa-select", "textarea": "usa-textarea", "file": "pw-file"}[kind]
        attributes["class"] = " ".join(filter(None, (look, "usa-input--error" if bound.errors else "", extra)))
    hint = hint or str(bound.help_text)
    described = [f"{bound.auto_id}_helptext"] if hint else []
    described += [f"{bound.auto_id}_error"] if bound.errors else []
    if described:
        attributes["aria-describedby"] = " ".join(described)
    return {
        "field": bound,
        "label": label or bound.label,
        "kind": kind,
        "hint": hint,
        "optional": optional,
        "widget": bound.as_widget(attrs=attributes) if "class" in attributes else "",
    }


def _kind(bound: BoundField) -> str:
    name = type(bound.field.widget).__name__
    if name in ("RadioSelect", "CheckboxSelectMultiple"):
        return "choices"
    if name == "CheckboxInput":
        return "tick"
    if name in ("Select", "NullBooleanSelect", "SelectMultiple"):
        return "select"
    return {"Textarea": "textarea", "ClearableFileInput": "file", "FileInput": "file"}.get(name, "text")


@dataclass(frozen=True)
class Cell:
    """One place of a plate: what was read, how surely, what is listed."""

    read: str
    confidence: float | None
    listed: str

    @property
    def differs(self) -> bool:
        return bool(self.listed) and self.listed not in ("?", "*") and self.read != self.listed

    @property
    def open(self) -> bool:
        return self.listed in ("?", "*")

    @property
    def bar(self) -> int:
        """Height of the bar out of 24."""
        return 0 if self.confidence is None else max(2, round(self.confidence * 24))

    @property
    def bar_top(self) -> int:
        return 24 - self.bar


@register.simple_tag
def side_by_side(read: str, characters: Sequence[float | tuple[str, float]] | None, listed: str = "") -> tuple[Cell, ...]:
    """Read and listed plate in cells. A pattern with `*` is spread so that its known ends stand under theirs."""
    known: list[float | None] = [each[1] if isinstance(each, tuple) else each for each in characters or ()]
    known += [None] * (len(read) - len(known))
    return tuple(
        Cell(seen or "", sure, wanted or "")
        for seen, sure, wanted in zip_longest(read, known[: len(read)], _spread(listed or "", len(read)))
    )


def _spread(listed: str, length: int) -> str:
    if listed.count("*") != 1:
        return listed
    head, tail = listed.split("*")
    return head + "*" * max(0, length - len(head) - len(tail)) + tail


@register.filter
def joined(names: Iterable[str]) -> str:
    """Names in one line, each with a capital."""
    return ", ".join(words(name) for name in sorted(names))
