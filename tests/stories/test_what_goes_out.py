"""Whatever the department gives to outsiders is searched byte by byte for everything that was seeded: plates, parts of them, cases, people, pictures.

Searched in all the forms in which a word could hide: as it is, in both UTF-16, base64 at each of its three places, hex, quoted for addresses and JSON; in members of
ZIPs, in streams and texts of PDFs. That the search finds what is there is shown first.
"""

from __future__ import annotations

import base64
import io
import json
import re
import urllib.parse
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest

from platewarden.server.clock import now
from platewarden.server.ledger.publish import publish
from platewarden.server.people.models import Member
from platewarden.server.people.testing import SUPERVISOR
from platewarden.server.people.training import today
from platewarden.server.proof.bundle import write_bundle
from platewarden.server.proof.day import keep_today
from platewarden.server.proof.papers import policy_pdf
from platewarden.server.proof.sharing import state_today
from platewarden.server.proof.site import site_of, zip_of
from platewarden.server.proof.testing import busy_last_year, checked
from platewarden.server.proof.year import keep_year
from platewarden.server.web.testing import Office

PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"RIFF", b"/9j/", b"iVBORw0KGgo", b"ffd8ff", b"89504e47", b"data:image")
# Texts of rows that hold a plate, a part of one, a case, a shift, a person or what a letter said.
SEEDED = (
    "select plate from plates.reads union select plate from plates.hit union select listed_text from plates.hit",
    "select text from plates.hotlist_entry union select reference from plates.hotlist_entry union select reason from plates.hotlist_entry",
    "select reference from plates.access_terms",
    "select value from plates.access_terms, jsonb_each_text(terms) where key in ('plate', 'pattern')",
    "select number from office.investigations_incident union select address from office.investigations_incident",
    "select vehicle from office.investigations_incident union select canvass_because from office.investigations_incident",
    "select requester from office.release_releaserequest union select purpose from office.release_releaserequest",
    "select reference from office.release_releaserequest union select decided_because from office.release_releaserequest",
    "select asked from plates.release_paper union select to_whom from office.release_releasereceipt union select way from office.release_releasereceipt",
    "select authority from office.retention_hold union select reference from office.retention_hold",
    "select plate from plates.hold_scope union select summary from office.audits_audit union select finding from office.audits_sheet",
    "select body from plates.alert_note union select reference from office.alerts_verification",
    "select name from office.people_member",
)


def forms(word: str) -> Iterator[tuple[str, bytes]]:
    """A word as it could stand in a file. Those that have no small letters of their own are compared in small ones."""
    raw = word.encode()
    yield "as it is", raw.lower()
    yield "UTF-16", word.lower().encode("utf-16-le")
    yield "UTF-16, other way", word.lower().encode("utf-16-be")
    yield "hex", raw.hex().encode()
    yield "quoted", urllib.parse.quote(word).lower().encode()
    yield "JSON", json.dumps(word)[1:-1].lower().encode()


def in_base64(word: str) -> Iterator[bytes]:
    """The part of its base64 that does not depend on what stands around it, for each place in a group of three."""
    for place in range(3):
        coded = base64.b64encode(b"\0" * place + word.encode())
        inner = coded[(0, 2, 3)[place] : 8 * (place + len(word.encode())) // 6]
        if len(inner) >= 6:
            yield inner


def texts_of(pdf: bytes) -> Iterator[bytes]:
    """Every stream of a PDF, decompressed, and what its pages read as."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        for thing in opened.objects:
            if isinstance(thing, pikepdf.Stream):
                yield thing.read_bytes()
        for page in opened.pages:
            fonts = {name: _meant(font) for name, font in (page.resources.get("/Font") or {}).items()}
            meant, said = {}, []
            for step in pikepdf.parse_content_stream(page):
                if str(step.operator) == "Tf":
                    meant = fonts[str(step.operands[0])]
                elif str(step.operator) in ("Tj", "TJ"):
                    parts = step.operands[0] if str(step.operator) == "TJ" else step.operands
                    codes = b"".join(bytes(each) for each in parts if isinstance(each, pikepdf.String))
                    said += [meant.get(codes[at : at + 2], "") for at in range(0, len(codes), 2)]
            yield "".join(said).encode()
        yield str(opened.docinfo).encode()


def _meant(font: pikepdf.Object) -> dict[bytes, str]:
    """What a font's glyphs mean, by its own table."""
    table = bytes(font["/ToUnicode"].read_bytes()).decode("latin-1")
    found: dict[bytes, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for code, text in re.findall(r"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]+)>", block):
            found[bytes.fromhex(code)] = bytes.fromhex(text).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, last, text in re.findall(r"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]{4})>", block):
            for n in range(int(first, 16), int(last, 16) + 1):
                found[n.to_bytes(2, "big")] = chr(int(text, 16) + n - int(first, 16))
    return found


def layers(content: bytes) -> Iterator[bytes]:
    """A file, and everything that is packed in it."""
    yield content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as bag:
            for name in bag.namelist():
                yield name.encode()
                yield from layers(bag.read(name))
    elif content.startswith(b"%PDF"):
        yield from texts_of(content)


def found_in(content: bytes, words: set[str]) -> set[str]:
    """Which of these words stand in a file, in any form."""
    found = set()
    for layer in layers(content):
        small = layer.lower()
        found |= {
            word
            for word in words
            if any(form in small for _, form in forms(word)) or any(part in layer for part in in_base64(word))
        }
    return found


def seeded(office: Office) -> set[str]:
    told = {text.strip() for question in SEEDED for (text,) in office.ask_owner(question) if text}
    return {text for text in told if len(text) >= 4}


@pytest.fixture
def given_out(busy_office: Office, tmp_path: Path) -> tuple[set[str], dict[str, bytes]]:
    """What was seeded, and every file that an outsider may be given, by its name."""
    words = seeded(busy_office)
    with busy_office.as_role("purge"):
        keep_today()
    busy_office.seal()
    with busy_office.as_role("purge"):
        state_today()
        write_bundle(tmp_path / "bundle")
    pdf = policy_pdf(list(checked(busy_office).values()), made_by="the office", ledger="It was recomputed today.")
    busy_last_year(busy_office)
    year = today(now()).year - 1
    keep_year(year, by=Member.objects.get(number=SUPERVISOR))
    busy_office.seal()
    with busy_office.as_role("purge"):
        publish(tmp_path / "published")
    files = {f"year/{name}": content for name, content in site_of(year).items()} | {"year.zip": zip_of(year), "policy.pdf": pdf}
    for folder in ("bundle", "published"):
        files |= {str(path.relative_to(tmp_path)): path.read_bytes() for path in (tmp_path / folder).rglob("*") if path.is_file()}
    return words, files


def test_the_search_finds_a_word_in_every_form() -> None:
    word, bag = "CD54321", io.BytesIO()
    hidden = {
        "plain": b"x cd54321 y",
        "wide": b"\1" + word.encode("utf-16-le"),
        "hex": b"00" + word.encode().hex().upper().encode() + b"00",
        **{f"base64 {n}": base64.b64encode(b"?" * n + word.encode() + b"????") for n in range(7)},
    }
    for name, content in hidden.items():
        assert found_in(content, {word, "ZZ99999"}) == {word}, name
    with zipfile.ZipFile(bag, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a/b.txt", f"the car {word} and more")
    assert found_in(bag.getvalue(), {word}) == {word}


def test_nothing_that_was_seeded_is_in_what_the_department_gives_out(given_out: tuple[set[str], dict[str, bytes]]) -> None:
    words, files = given_out
    assert {"AB12345", "CD54321", "EF65432", "26-004117", "26-004118", "2A-1123", "LS-26-0417"} <= words
    assert len(words) > 30
    assert {"policy.pdf", "year.zip", "bundle/table.json", "bundle/statement.txt", "published/checkpoint"} <= set(files)
    assert len(files) > 35
    assert found_in(files["policy.pdf"], {"Highland Park Police Department"}), "the page's text is read"
    for name, content in files.items():
        assert found_in(content, words) == set(), name
        for layer in layers(content):
            assert not [mark for mark in PICTURES if mark in layer], name
