"""How the file of a source is laid out, as a small mapping file of the department says (TOML).

Three kinds of extract come apart by it: delimited text, lines of fixed width, and a ZIP of such files (an extract of a national
system comes as a dozen). Without one, a list is the department's own CSV, whose first line names the columns.

::

    encoding = "cp1252"            # utf-8 when nothing is said
    kind = "fixed"                 # or "delimited", with delimiter = "|"
    header = 1                     # lines before the first entry; for named columns the last of them names them
    trailer = 1                    # lines after the last one
    date = "%Y%m%d"                # how its dates are written
    made = {line = 1, from = 5, to = 16, date = "%Y%m%d%H%M"}

    [[file]]
    name = "vehicle.txt"           # only where the extract is a ZIP
    [file.field]
    plate = {from = 1, to = 10}
    state = {from = 11, to = 12, words = {XX = "unknown"}}
    category = {always = "stolen_vehicle"}
    reference = {column = "CASE NO"}   # delimited: a name, or a number from 1

Source of the sizes: NCIC's extract for plate readers draws on 13 files and comes twice a day; its layout is not public.
"""

from __future__ import annotations

import codecs
import csv
import io
import tomllib
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final, TypeVar

from platewarden.policy.refusal import Malformed

T = TypeVar("T")

NEEDED: Final = ("plate", "state", "category", "reference")
DATES: Final = ("expires", "effective")
KNOWN: Final = (*NEEDED, "reason", "approach", "caution", "urgent", "vehicle", "instructions", *DATES)
MOST_BYTES: Final = 512 * 2**20
"""A list of a million entries takes about a fifth of it."""


@dataclass(frozen=True)
class Fault:
    """What is wrong on which line, in which file of a ZIP; line 1 is the first. Never what stands there: it may be a plate."""

    line: int
    sentence: str
    file: str = ""

    def __str__(self) -> str:
        return f"{self.file + ', ' if self.file else ''}line {self.line}: {self.sentence}"


class Broken(Malformed):
    """The file cannot be read on from here."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


@dataclass(frozen=True)
class Row:
    """One line of a list, its fields by our names. `given` is None where the number of fields is not the header's."""

    file: str
    line: int
    given: dict[str, str] | None


@dataclass(frozen=True)
class Place:
    """Where a field stands: a column by name or number from 1, characters from-to (from 1, both counted), or always the same."""

    column: str | int | None = None
    start: int = 0
    end: int = 0
    always: str | None = None
    words: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """One file of an extract. Without a name the extract is that file."""

    name: str
    fields: dict[str, Place]


@dataclass(frozen=True)
class Layout:
    kind: str
    encoding: str
    delimiter: str
    header: int
    trailer: int
    date: str
    made: tuple[int, int, int, str] | None
    """Line, first and last character, and form of the moment the list was made."""
    parts: tuple[Part, ...]

    @property
    def is_zip(self) -> bool:
        return bool(self.parts[0].name)

    def rows(self, content: bytes, *, without: Sequence[str] = ()) -> Iterator[Row]:
        """The lines of a list, those of excluded files left out. Broken where it cannot be read on."""
        for name, part, raw in self._files(content, without):
            for line, given in self._lines(_decoded(raw, self.encoding, name), part, name):
                yield Row(name, line, given)

    def made_at(self, content: bytes, *, without: Sequence[str] = ()) -> str:
        """When the list says it was made, as it writes it; empty where the layout names no place for it."""
        if self.made is None:
            return ""
        line, start, end, _ = self.made
        for name, _part, raw in self._files(content, without):
            found = next(islice(io.StringIO(_decoded(raw, self.encoding, name)), line - 1, None), "")
            return found.rstrip("\r\n")[start - 1 : end].strip()
        return ""

    def _files(self, content: bytes, without: Sequence[str]) -> Iterator[tuple[str, Part, bytes]]:
        if not self.is_zip:
            yield "", self.parts[0], content
            return
        known = {part.name: part for part in self.parts}
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                inside = {each.filename: each for each in packed.infolist() if not each.is_dir()}
                left = MOST_BYTES
                for name in inside:
                    if name not in known:
                        raise Broken(Fault(1, "this ZIP holds a file that the source's layout does not name", name[:40]))
                for name, part in known.items():
                    if name in without:
                        continue
                    if name not in inside:
                        raise Broken(Fault(1, "this file of the extract is missing", name))
                    with packed.open(inside[name]) as file:
                        raw = file.read(left + 1)
                    left -= len(raw)
                    if left < 0:
                        raise Broken(Fault(1, f"the files of this ZIP are larger than {MOST_BYTES >> 20} MB together", name))
                    yield name, part, raw
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
            raise Broken(Fault(1, "this is not a ZIP that can be opened: it is damaged, encrypted or of another kind")) from error

    def _lines(self, text: str, part: Part, name: str) -> Iterator[tuple[int, dict[str, str] | None]]:
        lines = self._split(text, name)
        columns: list[str] = []
        for _ in range(self.header):
            columns = next(lines, (0, []))[1]
        at = _placed(part, columns, name)
        for line, cells in _but_the_last(lines, self.trailer):
            if cells == [""] or not cells:
                continue
            yield line, _given(cells, at, len(columns))

    def _split(self, text: str, name: str) -> Iterator[tuple[int, list[str]]]:
        if self.kind == "fixed":
            yield from ((line, [each.rstrip("\r\n")]) for line, each in enumerate(io.StringIO(text, newline="\n"), 1))
            return
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=self.delimiter, strict=True)
        try:
            for cells in reader:
                yield reader.line_num, cells
        except csv.Error as error:
            raise Broken(Fault(reader.line_num, f"this is not a CSV line ({error})", name)) from error


def _but_the_last(lines: Iterator[T], count: int) -> Iterator[T]:
    kept: list[T] = []
    for each in lines:
        kept.append(each)
        if len(kept) > count:
            yield kept.pop(0)


def _decoded(raw: bytes, encoding: str, name: str) -> str:
    try:
        text = raw.decode("utf-8-sig" if codecs.lookup(encoding).name == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise Broken(Fault(line, f"the file is not {encoding.upper()} text here; save it in that encoding", name)) from error
    if "\0" in text:
        raise Broken(Fault(text[: text.index("\0")].count("\n") + 1, "the file holds a zero byte; it is not text", name))
    if not text.strip():
        raise Broken(Fault(1, "the file is empty", name))
    return text


def _placed(part: Part, columns: list[str], name: str) -> dict[str, Place]:
    """Named columns as numbers. Broken where the header lacks one."""
    numbered = {}
    for field_name, place in part.fields.items():
        numbered[field_name] = place
        if isinstance(place.column, str):
            if columns.count(place.column) != 1:
                how = "is missing" if place.column not in columns else "is named twice"
                raise Broken(Fault(1, f"the column “{place.column}” {how}", name))
            numbered[field_name] = Place(column=columns.index(place.column) + 1, words=place.words)
    return numbered


def _given(cells: list[str], at: dict[str, Place], columns: int) -> dict[str, str] | None:
    if columns > 1 and len(cells) != columns:
        return None
    given = {}
    for name, place in at.items():
        if place.always is not None:
            raw = place.always
        elif place.column is not None:
            if int(place.column) > len(cells):
                return None
            raw = cells[int(place.column) - 1].strip()
        else:
            raw = cells[0][place.start - 1 : place.end].strip()
        given[name] = place.words.get(raw, raw)
    return given


def own_layout(content: bytes) -> Layout:
    """The layout of the department's own CSV, from its header: UTF-8, the first line names the columns. Broken by its faults."""
    try:
        columns = next(csv.reader(io.StringIO(_decoded(content, "utf-8", ""), newline=""), strict=True))
    except csv.Error as error:
        raise Broken(Fault(1, f"this is not a CSV line ({error})")) from error
    if missing := [each for each in NEEDED if each not in columns]:
        raise Broken(Fault(1, f"the column {' and '.join(missing)} is missing; the first line names the columns"))
    if unknown := [at for at, each in enumerate(columns, 1) if each not in KNOWN]:
        raise Broken(Fault(1, f"column {unknown[0]} has a name that is not known; known are {', '.join(KNOWN)}"))
    if len(set(columns)) != len(columns):
        raise Broken(Fault(1, "a column is named twice"))
    part = Part("", {name: Place(column=name) for name in columns})
    return Layout("delimited", "utf-8", ",", 1, 0, "", None, (part,))


def parse_layout(text: str) -> Layout:
    """A layout from its file. Malformed, with what to correct, when it is not one."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Malformed(f"The layout is not TOML ({error}). Correct it.") from error
    kind = _take(raw, "kind", str)
    if kind not in ("delimited", "fixed"):
        raise Malformed("A layout's kind is “delimited” or “fixed”. Correct it.")
    encoding = _take(raw, "encoding", str, "utf-8")
    try:
        codecs.lookup(encoding)
        "".encode(encoding)
    except (LookupError, ValueError) as error:
        raise Malformed(f"“{encoding[:30]}” is not an encoding of text that is known. Write utf-8, cp1252 or another.") from error
    delimiter = _take(raw, "delimiter", str, ",")
    if len(delimiter) != 1 or delimiter in '\r\n"' or (not delimiter.isprintable() and delimiter != "\t"):
        raise Malformed("A layout's delimiter is one character, such as | or \\t. Correct it.")
    header, trailer = _take(raw, "header", int, 0), _take(raw, "trailer", int, 0)
    if not (0 <= header <= 100 and 0 <= trailer <= 100):
        raise Malformed("A layout skips 0 to 100 lines at its head and its end. Correct header or trailer.")
    date = _form(_take(raw, "date", str, "%Y-%m-%d"))
    made = _made(_take(raw, "made", dict, {}))
    files = _take(raw, "file", list, [])
    _done(raw, "the layout")
    parts = tuple(_part(each, kind, header) for each in files)
    if not parts:
        raise Malformed("A layout describes at least one [[file]]. Add it.")
    names = [part.name for part in parts]
    if len(parts) > 1 and ("" in names or len(set(names)) != len(names)):
        raise Malformed("Where a layout describes several files, each has its own name. Add it.")
    return Layout(kind, encoding, delimiter, header, trailer, date, made, parts)


def _part(raw: Any, kind: str, header: int) -> Part:
    if not isinstance(raw, dict):
        raise Malformed("A [[file]] of a layout is a table. Correct it.")
    name = _take(raw, "name", str, "")
    fields = {key: _place(key, value, kind, header) for key, value in _take(raw, "field", dict, {}).items()}
    _done(raw, "a [[file]]")
    if missing := [each for each in NEEDED if each not in fields]:
        raise Malformed(f"The layout does not say where {' and '.join(missing)} stands. Add it to [file.field].")
    if unknown := [each for each in fields if each not in KNOWN]:
        raise Malformed(f"“{unknown[0][:30]}” is not a field of an entry. Known are {', '.join(KNOWN)}.")
    return Part(name, fields)


def _place(name: str, raw: Any, kind: str, header: int) -> Place:
    if not isinstance(raw, dict):
        raise Malformed(f"Where {name} stands is a table, such as {{from = 1, to = 10}}. Correct it.")
    given = dict(raw)
    words = given.pop("words", {})
    if not isinstance(words, dict) or not all(isinstance(each, str) for each in words.values()):
        raise Malformed(f"The words of {name} say what each of them means, as text. Correct them.")
    match given:
        case {"always": str(always), **rest} if not rest and not words:
            return Place(always=always)
        case {"column": str(column), **rest} if not rest and kind == "delimited" and header:
            return Place(column=column, words=words)
        case {"column": int(column), **rest} if not rest and kind == "delimited" and 1 <= column <= 1000:
            return Place(column=column, words=words)
        case {"from": int(start), "to": int(end), **rest} if not rest and kind == "fixed" and 1 <= start <= end <= 10_000:
            return Place(start=start, end=end, words=words)
    how = "{from = 1, to = 10}" if kind == "fixed" else "{column = 3} or, with a header, {column = “NAME”}"
    raise Malformed(f"In a {kind} layout {name} stands at {how}, or is {{always = “…”}}. Correct it.")


def _made(raw: dict[str, Any]) -> tuple[int, int, int, str] | None:
    if not raw:
        return None
    match raw:
        case {"line": int(line), "from": int(start), "to": int(end), "date": str(form), **rest} if (
            not rest and 1 <= line <= 100 and 1 <= start <= end <= 10_000
        ):
            return line, start, end, _form(form)
    raise Malformed("A layout's made is {line = 1, from = 5, to = 16, date = “%Y%m%d%H%M”}. Correct it.")


def _form(form: str) -> str:
    if "%z" in form.lower():
        raise Malformed("Times of a list are of the department's own zone. Leave %z out of the form.")
    try:
        again = datetime.strptime(datetime(2031, 12, 30, tzinfo=UTC).strftime(form), form).replace(tzinfo=UTC)
    except ValueError as error:
        raise Malformed(f"“{form[:30]}” is not a form of a date. Write it like %Y%m%d.") from error
    if (again.month, again.day) != (12, 30):
        raise Malformed(f"“{form[:30]}” does not name the day, the month and the year. Write it like %Y%m%d.")
    return form


def _take(raw: dict[str, Any], name: str, kind: type[T], default: T | None = None) -> T:
    value = raw.pop(name, default)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise Malformed(f"The layout's “{name}” is missing, or not of its kind. Correct it.")
    return value


def _done(raw: dict[str, Any], where: str) -> None:
    if raw:
        raise Malformed(f"“{next(iter(raw))[:30]}” is nothing that {where} says. Take it out.")
