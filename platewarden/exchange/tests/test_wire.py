import math
from datetime import UTC, datetime, timedelta, timezone

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platewarden.exchange.wire import (
    DEEPEST,
    HEADER_BYTES,
    MAX_MESSAGE,
    Envelope,
    Kind,
    decode_body,
    encode_body,
    from_microseconds,
    message_length,
    microseconds,
    open_envelope,
)
from platewarden.policy.refusal import Malformed

plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.binary(max_size=20)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), inner, max_size=4)
    ),
    max_leaves=15,
)
bodies = st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), plain, max_size=5)


@given(bodies)
def test_a_body_decodes_to_what_was_encoded(fields):
    body = encode_body(fields)
    assert decode_body(body) == fields
    assert encode_body(dict(reversed(fields.items()))) == body


@given(st.binary(max_size=200))
@settings(max_examples=500)
def test_any_bytes_are_a_body_in_its_one_spelling_or_malformed(raw):
    try:
        fields = decode_body(raw)
    except Malformed as refused:
        assert refused.message.endswith(".")  # noqa: PT017
    else:
        assert encode_body(fields) == raw


@given(bodies, st.data())
@settings(max_examples=300)
def test_any_changed_byte_of_a_body_is_another_body_or_malformed(fields, data):
    body = encode_body(fields)
    at = data.draw(st.integers(0, len(body) - 1))
    changed = body[:at] + bytes([body[at] ^ data.draw(st.integers(1, 255))]) + body[at + 1 :]
    try:
        assert encode_body(decode_body(changed)) == changed
    except Malformed as refused:
        assert refused.message.endswith(".")  # noqa: PT017


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xa0\xa0",  # two maps
        b"\xa0\x00",  # a byte after the end
        b"\x80",  # an array
        b"\x01",
        b"\xa1\x01\x02",  # a key that is not text
        b"\xa1\x41a\x02",
        b"\xa2\x61a\x01\x61a\x01",  # a key twice
        b"\xa2\x61b\x01\x61a\x01",  # keys out of order
        b"\xbf\x61a\x01\xff",  # indefinite lengths
        b"\xa1\x61a\x9f\x01\xff",
        b"\xa1\x61a\x5f\x41a\xff",
        b"\xa1\x61a\x18\x01",  # an integer longer than it need be
        b"\xa1\x61a\x1b\x00\x00\x00\x00\x00\x00\x00\x01",
        b"\xa1\x61a\xfb\x3f\xf8\x00\x00\x00\x00\x00\x00",  # 1.5 in eight bytes
        b"\xa1\x61a\xf9\x7e\x00",  # not a number
        b"\xa1\x61a\xf9\x7c\x00",  # infinity
        b"\xa1\x61a\xf7",  # undefined
        b"\xa1\x61a\xf0",  # a simple value nobody defined
        b"\xa1\x61a\x1b\xff\xff\xff\xff\xff\xff\xff\xff",  # over 63 bits
        b"\xa1\x61a\x61\xff",  # not UTF-8
        b"\xa1\x61a\x9b\xff\xff\xff\xff\xff\xff\xff\xff",  # an array of more than there is
        b"\xa1\x61a\x5b\x7f\xff\xff\xff\xff\xff\xff\xff",
    ],
)
def test_it_refuses_what_is_not_the_one_spelling(raw):
    with pytest.raises(Malformed):
        decode_body(raw)


@pytest.mark.parametrize("tag", [*range(41), 43000, 100, 256, 258, 260, 261, 1004, 55799, 2**32])
def test_it_refuses_every_tag_before_looking_at_what_is_tagged(tag):
    huge = b"\x82\x1a\x7f\xff\xff\xff\x01"  # as a bigfloat, gigabytes
    head = cbor2.dumps(cbor2.CBORTag(tag, 0))[:-1]
    for content in (huge, b"\x00", b"\x61a"):
        with pytest.raises(Malformed):
            decode_body(b"\xa1\x61a" + head + content)


def test_it_refuses_nesting_without_end():
    for raw in (b"\xa1\x61a" + b"\x81" * 100_000, b"\xa1\x61a" * 1000 + b"\x00"):
        with pytest.raises(Malformed):
            decode_body(raw)
    nested = 0
    for _ in range(DEEPEST - 1):
        nested = [nested]
    assert decode_body(encode_body({"a": nested})) == {"a": nested}
    with pytest.raises(Malformed):
        encode_body({"a": [nested]})


@pytest.mark.parametrize(
    "value", [math.nan, math.inf, 2**63, -(2**63) - 1, object(), {1: 2}, {1}, datetime.now(UTC), 1j, bytearray(b"a"), "\ud800"]
)
def test_it_encodes_only_what_the_wire_has(value):
    with pytest.raises(Malformed):
        encode_body({"a": value})


def test_it_refuses_a_body_over_the_limit():
    with pytest.raises(Malformed):
        encode_body({"a": bytes(MAX_MESSAGE)})
    with pytest.raises(Malformed):
        decode_body(bytes(MAX_MESSAGE + 1))
    with pytest.raises(Malformed):
        open_envelope(b"PW" + bytes(MAX_MESSAGE))


def test_the_envelope_stays_what_it_is():
    raw = Envelope(Kind.CONTACT, bytes(range(16)), b"\xa0", b"s" * 64).to_bytes()
    assert raw == b"PW\x05\x01\x08" + bytes(range(16)) + b"\x00\x00\x00\x01" + b"\xa0" + b"s" * 64
    assert open_envelope(raw) == Envelope(Kind.CONTACT, bytes(range(16)), b"\xa0", b"s" * 64)
    assert message_length(raw + b"more") == message_length(raw[:HEADER_BYTES]) == len(raw)
    assert open_envelope(memoryview(raw)).body == b"\xa0"


@pytest.mark.parametrize(
    ("at", "byte", "said"),
    [
        (0, 0, "not a message"),
        (2, 1, "version 1"),
        (2, 6, "version 6"),
        (3, 2, "suite 2"),
        (4, 0, "kind 0"),
        (4, 10, "kind 10"),
        (24, 2, "length"),
    ],
)
def test_it_says_what_is_unknown(at, byte, said):
    raw = Envelope(Kind.CONTACT, bytes(16), b"\xa0", b"s" * 64).to_bytes()
    with pytest.raises(Malformed, match=said):
        open_envelope(raw[:at] + bytes([byte]) + raw[at + 1 :])


@given(st.binary(max_size=200))
def test_any_bytes_are_an_envelope_or_malformed(raw):
    for given_ in (raw, b"PW\x01\x01" + raw):
        try:
            assert open_envelope(given_).to_bytes() == given_
        except Malformed as refused:
            assert refused.message.endswith(".")  # noqa: PT017


@pytest.mark.parametrize("start", [b"", b"PX" + bytes(40), b"PW\x01\x01\x04" + bytes(16) + b"\xff\xff\xff\xff"])
def test_a_length_is_only_believed_of_a_message(start):
    with pytest.raises(Malformed):
        message_length(start)


@given(st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 30), timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5))])))  # noqa: DTZ001
def test_a_time_comes_back_to_the_microsecond(moment):
    try:
        assert from_microseconds(microseconds(moment)) == moment
    except Malformed:
        assert microseconds(moment) < 0


@pytest.mark.parametrize("value", [-1, 253402300800 * 10**6, 2**62])
def test_it_refuses_a_time_before_1970_or_after_9999(value):
    with pytest.raises(Malformed):
        from_microseconds(value)


def test_it_refuses_a_time_without_its_zone():
    with pytest.raises(Malformed):
        microseconds(datetime(2026, 1, 1))  # noqa: DTZ001
