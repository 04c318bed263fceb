import dataclasses
import random
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platewarden.exchange.hotlist_edition import Approach, Category, Edition, EditionEntry, build
from platewarden.exchange.seal import SigningKey, sign_message
from platewarden.exchange.wire import Kind, encode_body
from platewarden.plate.likeness import fold
from platewarden.plate.pattern import PartialPlate
from platewarden.plate.text import CHARACTERS, STATES
from platewarden.policy.refusal import Malformed, Tampered, Unavailable, Unknown

AT = datetime(2026, 1, 2, tzinfo=UTC)
OFFICE = SigningKey.from_seed(b"o" * 32)
KEYS = {OFFICE.key_id: OFFICE.public_bytes}
ENTRY = EditionEntry(uuid.UUID(int=1), "ABC123", False, "IL", Category.STOLEN_VEHICLE, Approach.STOP, False, False, None)

plates = st.text(alphabet="AB80O1", min_size=1, max_size=4) | st.text(alphabet=CHARACTERS, min_size=1, max_size=12)
patterns = st.text(alphabet="AB8", min_size=2, max_size=4).map(lambda text: PartialPlate.parse("*".join(text) + "*").pattern)


@st.composite
def entries(draw):
    is_pattern = draw(st.booleans())
    return EditionEntry(
        entry_id=draw(st.uuids()),
        text=draw(patterns if is_pattern else plates),
        is_pattern=is_pattern,
        state=draw(st.none() | st.sampled_from(sorted(STATES))),
        category=draw(st.sampled_from(Category)),
        approach=draw(st.sampled_from(Approach)),
        caution=draw(st.booleans()),
        urgent=draw(st.booleans()),
        confidential=draw(st.none() | st.sampled_from(["Federal file", "State gang file"])),
        expires_at=draw(st.none() | st.datetimes(datetime(1970, 1, 2), timezones=st.just(UTC))),  # noqa: DTZ001
    )


lists = st.lists(entries(), max_size=12, unique_by=lambda entry: entry.entry_id)


def by_id(found):
    return sorted(found, key=lambda entry: entry.entry_id)


@given(lists, st.randoms(use_true_random=False))
def test_an_edition_holds_exactly_its_entries_in_any_order(found, chance):
    raw = build(5, AT, found, OFFICE)
    edition = Edition.open(raw, KEYS.get)
    assert (edition.number, edition.made_at, edition.count) == (5, AT, len(found))
    assert by_id(edition.entries()) == by_id(found)
    shuffled = list(found)
    chance.shuffle(shuffled)
    assert build(5, AT, shuffled, OFFICE) == raw


@given(lists, st.lists(plates, max_size=4))
def test_it_proposes_what_has_the_fold_and_every_pattern_that_a_fold_answers_and_nothing_else(found, texts):
    folds = {fold(text) for text in [*texts, *(entry.text for entry in found[:3] if not entry.is_pattern)]}
    proposed = Edition.open(build(1, AT, found, OFFICE), KEYS.get).proposals(folds)
    assert by_id(proposed) == by_id(
        entry
        for entry in found
        if (any(map(PartialPlate(fold(entry.text)).answers, folds)) if entry.is_pattern else fold(entry.text) in folds)
    )


def test_a_fold_given_twice_proposes_once():
    edition = Edition.open(build(1, AT, [ENTRY], OFFICE), KEYS.get)
    assert list(edition.proposals([fold("ABC123"), fold("A8C123")])) == [ENTRY]


def test_nothing_is_found_for_a_fold_that_no_plate_has():
    edition = Edition.open(build(1, AT, [ENTRY], OFFICE), KEYS.get)
    assert list(edition.proposals(["", "ÄÖÜ", "A" * 40, "A8C12", "A8C1234", "ABC123"])) == []


def test_a_file_is_answered_from_its_map(tmp_path):
    chance = random.Random(1)
    found = [
        dataclasses.replace(ENTRY, entry_id=uuid.UUID(int=number), text="".join(chance.choices(CHARACTERS, k=7)))
        for number in range(3000)
    ]
    (tmp_path / "a.edition").write_bytes(build(1, AT, found, OFFICE))
    edition = Edition.open(tmp_path / "a.edition", KEYS.get)
    (tmp_path / "a.edition").unlink()
    for entry in found:
        assert entry in list(edition.proposals([fold(entry.text)]))


def test_an_entry_names_its_confidential_source_and_the_header_names_each_once():
    found = [
        dataclasses.replace(ENTRY, entry_id=uuid.UUID(int=at), confidential=name) for at, name in enumerate(["B", None, "A", "B"])
    ]
    edition = Edition.open(build(1, AT, found, OFFICE), KEYS.get)
    assert edition.confidential == ("A", "B")
    assert by_id(edition.entries()) == found


def test_more_confidential_sources_than_a_byte_counts_are_refused():
    found = [dataclasses.replace(ENTRY, entry_id=uuid.UUID(int=at), confidential=f"file {at}") for at in range(256)]
    with pytest.raises(Malformed, match="at most 255"):
        build(1, AT, found, OFFICE)


def test_an_empty_edition_is_one_too(tmp_path):
    (tmp_path / "a.edition").write_bytes(build(1, AT, [], OFFICE))
    edition = Edition.open(tmp_path / "a.edition", KEYS.get)
    assert edition.count == 0
    assert list(edition.proposals(["A8C123"])) == []


def test_it_refuses_a_changed_cut_or_longer_file(tmp_path):
    raw = build(1, AT, [ENTRY, dataclasses.replace(ENTRY, text="XYZ", entry_id=uuid.UUID(int=2))], OFFICE)
    for changed in (raw[:-1], raw[:-42], raw + b"\0", raw + raw[-42:], raw[:-50] + bytes([raw[-50] ^ 1]) + raw[-49:]):
        (tmp_path / "a.edition").write_bytes(changed)
        for source in (changed, tmp_path / "a.edition"):
            with pytest.raises(Tampered):
                Edition.open(source, KEYS.get)


def test_it_refuses_an_office_that_nobody_knows():
    with pytest.raises(Unknown):
        Edition.open(build(1, AT, [ENTRY], SigningKey.from_seed(b"x" * 32)), KEYS.get)


@pytest.mark.parametrize("raw", [b"", b"PW", bytes(100), b"not an edition"])
def test_it_refuses_what_is_no_edition(raw, tmp_path):
    (tmp_path / "a.edition").write_bytes(raw)
    for source in (raw, tmp_path / "a.edition"):
        with pytest.raises(Malformed):
            Edition.open(source, KEYS.get)


def test_it_refuses_a_file_that_is_not_there(tmp_path):
    with pytest.raises(Unavailable):
        Edition.open(tmp_path / "none.edition", KEYS.get)


@given(st.binary(max_size=300))
def test_any_bytes_are_refused(raw):
    for start in (b"", b"PW\x01\x01\x04"):
        with pytest.raises((Malformed, Tampered, Unknown)):
            Edition.open(start + raw, KEYS.get)


@given(st.binary(min_size=42, max_size=42), st.binary(min_size=56, max_size=56))
@settings(max_examples=300)
def test_even_an_offices_broken_records_are_only_ever_malformed(plate, pattern):
    whole = build(1, AT, [ENTRY, dataclasses.replace(ENTRY, text="AB*", is_pattern=True)], OFFICE)[-98:]
    for body in (plate + whole[42:], whole[:42] + pattern, whole[:12] + plate[12:] + whole[42:]):
        edition = Edition.open(_signed(body), KEYS.get)
        try:
            found = [*edition.entries(), *edition.proposals(["A8C123"])]
        except Malformed as refused:
            assert refused.message.endswith(".")  # noqa: PT017
        else:
            assert len(found) >= 2


def _signed(body, **changed):
    import hashlib

    header = {
        "number": 1,
        "made_at": 0,
        "plates": 1,
        "patterns": 1,
        "confidential": ["A"],
        "body_sha256": hashlib.sha256(body).digest(),
    }
    return sign_message(Kind.HOTLIST_EDITION, encode_body({**header, **changed}), OFFICE) + body


@pytest.mark.parametrize(
    "changed",
    [
        {"number": 0},
        {"plates": -1},
        {"patterns": -1},
        {"made_at": -1},
        {"more": 1},
        {"confidential": ["B", "A"]},
        {"confidential": ["A", "A"]},
        {"confidential": [""]},
    ],
)
def test_it_refuses_what_no_header_has(changed):
    with pytest.raises(Malformed):
        Edition.open(_signed(bytes(98), **changed), KEYS.get)


@pytest.mark.parametrize("changed", [{"text": "abc"}, {"text": "A?C"}, {"text": "ABC*", "state": "ZZ", "is_pattern": True}, {"state": "ZZ"}, {"text": "A*", "is_pattern": True}, {"expires_at": datetime(2026, 1, 1)}])  # fmt: skip  # noqa: DTZ001
def test_it_refuses_what_no_entry_has(changed):
    with pytest.raises(Malformed):
        dataclasses.replace(ENTRY, **changed)


def test_it_refuses_an_edition_without_a_number():
    with pytest.raises(Malformed):
        build(0, AT, [], OFFICE)


def test_an_expiry_comes_back_to_the_microsecond():
    entry = dataclasses.replace(ENTRY, expires_at=AT + timedelta(microseconds=1))
    assert list(Edition.open(build(1, AT, [entry], OFFICE), KEYS.get).entries()) == [entry]
