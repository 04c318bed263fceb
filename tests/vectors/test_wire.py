"""The contract between car and office: every vector decodes, and encodes again to the same bytes."""

import json
from contextlib import suppress

import pytest

from platewarden.exchange.enrolment import EnrolmentRequest
from platewarden.exchange.hotlist_edition import Edition, build
from platewarden.exchange.read_report import ReadReport
from platewarden.exchange.wire import Kind, decode_body, encode_body, message_length, open_envelope
from platewarden.policy.refusal import Malformed, Tampered, Unknown
from tests.vectors import make

NAMES = sorted(make.vectors())
MESSAGES = sorted(make.MESSAGES)


def vector(name):
    return (make.FOLDER / f"{name}.bin").read_bytes()


def signed(name):
    """A vector without the pictures that ride behind it."""
    return vector(name)[: message_length(vector(name))]


def from_body(name, body):
    behind = vector(name)[len(signed(name)) :]
    return type(make.MESSAGES[name][0]).from_body(body, *([behind] if behind else []))


def test_every_kind_has_a_vector():
    assert {open_envelope(signed(name)).kind for name in MESSAGES} | {Kind.HOTLIST_EDITION} == set(Kind)
    assert {path.stem for path in make.FOLDER.glob("*.bin")} == {*NAMES, "sealed_read_report"}
    assert {path.stem for path in make.FOLDER.glob("*.json")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_made_today_is_what_was_made_then(name):
    assert make.vectors()[name] == vector(name)


@pytest.mark.parametrize("name", NAMES)
def test_the_words_beside_a_vector_are_its_own(name):
    assert json.loads((make.FOLDER / f"{name}.json").read_text("utf-8")) == make.in_words(vector(name))


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_decodes_and_encodes_to_the_same_bytes(name):
    message, key = make.MESSAGES[name]
    raw = vector(name)
    decoded, opened = type(message).verified(raw, make.KEYS.get)
    assert opened.key_id == key.key_id
    assert decoded == message
    assert decoded.to_body() == opened.body
    assert decoded.signed(key) == raw


def test_the_request_opens_with_the_key_it_brings():
    assert EnrolmentRequest.opened(vector("enrolment_request")) == make.MESSAGES["enrolment_request"][0]


@pytest.mark.parametrize("form", ["bytes", "file"])
def test_the_edition_opens_and_holds_its_entries(form):
    path = make.FOLDER / "hotlist_edition.bin"
    edition = Edition.open(path if form == "file" else path.read_bytes(), make.KEYS.get)
    assert (edition.number, edition.made_at, edition.count) == (3, make.AT, len(make.EDITION_ENTRIES))
    entries = list(edition.entries())
    assert {entry.entry_id: entry for entry in entries} == {entry.entry_id: entry for entry in make.EDITION_ENTRIES}
    assert build(edition.number, edition.made_at, reversed(entries), make.OFFICE) == path.read_bytes()


def test_the_sealed_report_opens_for_the_office():
    raw = make.OFFICE_SEALING.unseal(vector("sealed_read_report"))
    assert raw == vector("read_report")
    assert ReadReport.verified(raw, make.KEYS.get)[0] == make.REPORT


def opened(name, raw):
    if name == "hotlist_edition":
        return list(Edition.open(raw, make.KEYS.get).entries())
    return type(make.MESSAGES[name][0]).verified(raw, make.KEYS.get)[0]


@pytest.mark.parametrize("name", NAMES)
def test_a_changed_byte_anywhere_is_refused(name):
    raw = vector(name)
    for at in range(len(raw)):
        for flip in (1 << at % 8, 0xFF):
            changed = raw[:at] + bytes([raw[at] ^ flip]) + raw[at + 1 :]
            with pytest.raises((Malformed, Tampered, Unknown)) as refused:
                opened(name, changed)
            assert refused.value.message.endswith(".")


@pytest.mark.parametrize("name", NAMES)
def test_a_cut_or_a_longer_message_is_refused(name):
    raw = vector(name)
    for changed in (*(raw[:at] for at in range(len(raw))), raw + b"\0", raw + raw):
        with pytest.raises((Malformed, Tampered)):
            opened(name, changed)


@pytest.mark.parametrize("name", MESSAGES)
def test_a_changed_body_is_malformed_or_means_exactly_what_it_spells(name):
    """Even the holder of a key can't send a body that a side takes for another than it is."""
    body = open_envelope(signed(name)).body
    for at in range(len(body)):
        for flip in (1 << at % 8, 0x20, 0xFF):
            changed = body[:at] + bytes([body[at] ^ flip]) + body[at + 1 :]
            with suppress(Malformed, Tampered):
                assert from_body(name, changed).to_body() == changed


@pytest.mark.parametrize("name", MESSAGES)
def test_a_missing_and_an_unknown_field_are_refused_by_name(name):
    fields = decode_body(open_envelope(signed(name)).body)
    for field in fields:
        with pytest.raises(Malformed, match=field):
            from_body(name, encode_body({other: value for other, value in fields.items() if other != field}))
    with pytest.raises(Malformed, match="surprise"):
        from_body(name, encode_body({**fields, "surprise": 1}))


WRONG = [None, True, -1, 2**62, 0.5, "", "x" * 70, "\x00", b"", bytes(70), [], [1], [[]], [None], {}, {"a": 1}]


@pytest.mark.parametrize("name", MESSAGES)
def test_a_field_of_another_kind_is_refused_or_means_what_it_says(name):
    fields = decode_body(open_envelope(signed(name)).body)
    for field in fields:
        for wrong in WRONG:
            body = encode_body({**fields, field: wrong})
            with suppress(Malformed, Tampered):
                assert from_body(name, body).to_body() == body


def test_a_changed_sealed_byte_anywhere_is_refused():
    sealed = vector("sealed_read_report")
    for at in range(len(sealed)):
        changed = sealed[:at] + bytes([sealed[at] ^ (1 << at % 8)]) + sealed[at + 1 :]
        with pytest.raises((Malformed, Tampered)):
            make.OFFICE_SEALING.unseal(changed)
    for cut in range(len(sealed)):
        with pytest.raises((Malformed, Tampered)):
            make.OFFICE_SEALING.unseal(sealed[:cut])
