"""What stands in a source's list: entries, and the lines that are none. Nothing is written, and no fault repeats what stands on its line."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from platewarden.policy.refusal import Malformed
from platewarden.server.clock import now
from platewarden.server.hotlists.entry import NewEntry, Say, approach_of, category_of, plate_or_pattern, quiet, state_of
from platewarden.server.hotlists.layout import MOST_BYTES, Broken, Fault, Layout, Row, own_layout
from platewarden.server.people.editions import department

FAULTS_KEPT = 1000
SAID_EVERY = 10_000


@dataclass
class Parsed:
    """What stands in a list, and what is wrong with it."""

    entries: list[NewEntry] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    """The first 1,000."""
    lines: int = 0
    malformed: int = 0
    later: int = 0
    """Entries that take effect after now: left out until a later list says them again."""
    made_at: datetime | None = None
    is_broken: bool = False

    def breaks(self, fault: Fault) -> Parsed:
        self.is_broken = True
        self.faults.insert(0, fault)
        return self


def parse(content: bytes, *, author: str, layout: Layout | None = None, without: Sequence[str] = (), say: Say = quiet) -> Parsed:
    """The entries of a list and its faults. Without a layout it is the department's own CSV."""
    parsed = Parsed()
    if len(content) > MOST_BYTES:
        return parsed.breaks(Fault(1, f"the file is larger than {MOST_BYTES >> 20} MB"))
    try:
        layout = layout or own_layout(content)
        parsed.made_at = _made_at(layout, content, without)
        rows = _Rows(author, layout.date, parsed)
        for row in layout.rows(content, without=without):
            rows.take(row)
            if parsed.lines % SAID_EVERY == 0:
                say(parsed.lines)
    except Broken as broken:
        return parsed.breaks(broken.fault)
    if not parsed.lines:
        return parsed.breaks(Fault(1, "the list holds no entry"))
    return parsed


class _Rows:
    """Takes one row after the other: an entry, one that takes effect later, or a fault."""

    def __init__(self, author: str, form: str, into: Parsed) -> None:
        self._author = author
        self._form = form
        self._into = into
        self._known: dict[tuple[str, str, str | None], int] = {}
        self._at = now()

    def take(self, row: Row) -> None:
        into = self._into
        into.lines += 1
        try:
            entry, effective = self._entry(row)
        except Malformed as error:
            into.malformed += 1
            if len(into.faults) < FAULTS_KEPT:
                into.faults.append(Fault(row.line, error.message, row.file))
            return
        if effective and effective > self._at:
            into.later += 1
        else:
            into.entries.append(entry)

    def _entry(self, row: Row) -> tuple[NewEntry, datetime | None]:
        if row.given is None:
            raise Malformed("the number of fields differs from the header's")
        entry = _entry(row.given, self._author, self._form)
        effective = _moment(row.given.get("effective", ""), self._form, "effective", time())
        first = self._known.setdefault((row.file, entry.text, entry.state), row.line)
        if first != row.line:
            raise Malformed(f"the same plate and state stand on line {first} already")
        return entry, effective


def _made_at(layout: Layout, content: bytes, without: Sequence[str]) -> datetime | None:
    if layout.made is None:
        return None
    raw = layout.made_at(content, without=without)
    try:
        return datetime.strptime(raw, layout.made[3]).replace(tzinfo=department().time_zone)
    except ValueError as error:
        raise Broken(
            Fault(layout.made[0], "this line does not say when the list was made, as the source's layout tells it")
        ) from error


def _entry(given: dict[str, str], author: str, form: str) -> NewEntry:
    text, is_pattern = plate_or_pattern(given["plate"])
    reference = given["reference"]
    if not reference or len(reference) > 60:
        raise Malformed("the reference (case or source number) is missing or longer than 60 characters")
    return NewEntry(
        entry_id=uuid.uuid4(),
        text=text,
        is_pattern=is_pattern,
        state=state_of(given["state"]),
        category=category_of(given["category"]),
        approach=approach_of(given.get("approach", "")),
        caution=_yes(given.get("caution", ""), "caution"),
        urgent=_yes(given.get("urgent", ""), "urgent"),
        reason=_words(given.get("reason", ""), "reason", 500),
        reference=reference,
        author=author,
        expires_at=_moment(given.get("expires", ""), form, "expires", time(23, 59, 59)),  # a day is looked for to its end
        vehicle=_words(given.get("vehicle", ""), "vehicle", 120),
        instructions=_words(given.get("instructions", ""), "instructions", 300),
    )


def _words(raw: str, name: str, most: int) -> str:
    if len(raw) > most:
        raise Malformed(f"the {name} is longer than {most} characters")
    return raw


def _yes(raw: str, name: str) -> bool:
    if raw.lower() in ("", "no", "n", "0", "false"):
        return False
    if raw.lower() in ("yes", "y", "1", "true"):
        return True
    raise Malformed(f"{name} is neither; write yes or no")


def _moment(raw: str, form: str, name: str, clock: time) -> datetime | None:
    """A day, at that time of the department's clock, or a moment. By the layout's form, or as ISO 8601 where it has none."""
    if not raw:
        return None
    zone = department().time_zone
    if form:
        try:
            moment = datetime.strptime(raw, form).replace(tzinfo=zone)
        except ValueError as error:
            raise Malformed(f"{name} is not a date of the form that the source's layout tells") from error
        return moment if "%H" in form else datetime.combine(moment.date(), clock, zone)
    with contextlib.suppress(ValueError):
        return datetime.combine(date.fromisoformat(raw), clock, zone)
    try:
        moment = datetime.fromisoformat(raw)
    except ValueError as error:
        raise Malformed(f"{name} is not a date; write the day, such as 2026-12-31") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
