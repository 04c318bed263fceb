"""What changed between two editions makes the newer one of the older, byte for byte; whatever else it is, it opens nothing."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from platewarden.exchange.edition_delta import apply, delta
from platewarden.exchange.hotlist_edition import Approach, Category, Edition, EditionEntry, build
from platewarden.exchange.seal import SigningKey
from platewarden.exchange.wire import decode_body, encode_body
from platewarden.policy.refusal import Malformed, PlatewardenError, Tampered

KEY = SigningKey.generate()
AT = datetime(2026, 11, 29, 12, tzinfo=UTC)
TEXTS = ["AB12345", "AB12346", "A812345", "ZZ9", "7K4*", "?7B*"]


def entry(number: int) -> EditionEntry:
    text = TEXTS[number % len(TEXTS)]
    return EditionEntry(
        entry_id=uuid.UUID(int=number + 1),
        text=text,
        is_pattern="*" in text,
        state="IL" if number % 3 else None,
        category=Category.STOLEN_VEHICLE,
        approach=Approach.STOP,
        caution=False,
        urgent=False,
        expires_at=None,
        confidential="Gang file" if number % 7 == 0 else None,
    )


def edition(number: int, entries: set[int] | range) -> bytes:
    return build(number, AT, [entry(each) for each in entries], KEY)


@given(some.sets(some.integers(0, 60)), some.sets(some.integers(0, 60)))
def test_it_makes_the_newer_of_the_older_byte_for_byte(before, after):
    old, new = edition(1, before), edition(2, after)
    assert apply(old, delta(old, new)) == new


def test_a_list_with_one_change_is_a_small_change():
    old, new = edition(1, range(3000)), edition(2, set(range(3001)) - {77})
    changed = delta(old, new)
    assert len(changed) * 100 < len(new)
    assert Edition.open(apply(old, changed), {KEY.key_id: KEY.public_bytes}.get).count == 3000


def test_a_change_of_another_edition_is_refused():
    first, second, third = edition(1, range(9)), edition(2, range(10)), edition(3, range(11))
    with pytest.raises(Tampered, match="another hotlist edition"):
        apply(first, delta(second, third))


@given(some.integers(0, 10_000), some.integers(1, 255))
def test_a_changed_byte_opens_no_edition(at, flip):
    old, new = edition(1, range(20)), edition(2, set(range(25)) - {3, 4})
    raw = bytearray(delta(old, new))
    raw[at % len(raw)] ^= flip
    try:
        made = apply(old, bytes(raw))
        Edition.open(made, {KEY.key_id: KEY.public_bytes}.get)
    except PlatewardenError:
        return
    assert made == new  # a run may be spelled in two ways: what it makes is what counts


@pytest.mark.parametrize("name", ["base_sha256", "header", "plates", "patterns"])
def test_a_change_that_lacks_a_part_or_holds_more_is_malformed(name):
    old, new = edition(1, range(9)), edition(2, range(10))
    fields = decode_body(delta(old, new))
    for wrong in ({**fields, name: 7}, {key: value for key, value in fields.items() if key != name}, {**fields, "more": b""}):
        with pytest.raises(Malformed):
            apply(old, encode_body(wrong))
    for name in ("plates", "patterns"):
        with pytest.raises(Malformed, match="was cut"):
            apply(old, encode_body({**fields, name: b"\0\0\0\7"}))
        with pytest.raises(Malformed, match="was cut"):
            apply(old, encode_body({**fields, name: (10**6).to_bytes(4, "big") * 3}))
