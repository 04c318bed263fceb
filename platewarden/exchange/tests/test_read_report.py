import dataclasses
import math
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platewarden.exchange.read_report import Across, Along, CarHit, NoPlace, Passing, Picture, Place, ReadReport
from platewarden.exchange.seal import SigningKey, digest, open_message
from platewarden.exchange.wire import Kind
from platewarden.plate.match import Candidate, Doubt, Tier
from platewarden.plate.text import CHARACTERS, STATES
from platewarden.policy.refusal import Malformed, Tampered

UNIT = SigningKey.from_seed(b"u" * 32)
PICTURE = Picture("plate", "image/jpeg", b"JPEG!")
REPORT = ReadReport(
    unit_key_id=UNIT.key_id,
    sequence=1,
    captured_at=datetime(2026, 1, 2, tzinfo=UTC),
    passing=Passing.at(datetime(2026, 1, 2, tzinfo=UTC)),
    camera="front",
    text="ABC123",
    state="IL",
    state_confidence=0.5,
    confidence=1,
    characters=(),
    candidates=(),
    corners=None,
    place=None,
    no_place=NoPlace.FEW_SATELLITES,
    engine="rapidocr",
    member=None,
    shift_id=None,
    hotlist_edition=0,
    hits=(),
    pictures=(),
)

sure = st.floats(0, 1)
plates = st.text(alphabet=CHARACTERS, min_size=1, max_size=12)
names = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=60)
numbers = st.floats(allow_nan=False, allow_infinity=False)
points = st.tuples(numbers, numbers)


@st.composite
def reports(draw):
    text = draw(plates)
    state = draw(st.none() | st.sampled_from(sorted(STATES)))
    captured_at = draw(st.datetimes(datetime(1970, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001
    along, across = draw(st.none() | st.sampled_from(Along)), draw(st.none() | st.sampled_from(Across))
    passing = Passing(
        captured_at - timedelta(seconds=draw(st.integers(0, 80_000))),
        captured_at + timedelta(seconds=draw(st.integers(0, 80_000))),
        along,
        across,
        draw(st.none() | st.floats(0, 360, exclude_max=True)) if along or across else None,
    )
    crossings = st.none() | st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=130)
    place = draw(
        st.none()
        | st.builds(Place, st.floats(-90, 90), st.floats(-180, 180), st.floats(0, 1e6), st.none() | st.floats(0, 360), st.floats(0, 1e6), crossings)
    )  # fmt: skip
    return ReadReport(
        unit_key_id=draw(st.binary(min_size=16, max_size=16)),
        sequence=draw(st.integers(1, 2**53)),
        captured_at=captured_at,
        passing=passing,
        camera=draw(names),
        text=text,
        state=state,
        state_confidence=draw(sure) if state else None,
        confidence=draw(sure),
        characters=draw(st.just(()) | st.lists(sure, min_size=len(text), max_size=len(text)).map(tuple)),
        candidates=draw(st.lists(st.builds(Candidate, plates, sure), max_size=3).map(tuple)),
        corners=draw(st.none() | st.tuples(points, points, points, points)),
        place=place,
        no_place=draw(st.sampled_from(NoPlace)) if place is None else None,
        engine=draw(names),
        member=draw(st.none() | names),
        shift_id=draw(st.none() | st.uuids()),
        hotlist_edition=draw(st.integers(0, 2**53)),
        hits=draw(st.lists(st.builds(CarHit, st.uuids(), st.sampled_from(Tier), st.lists(st.sampled_from(Doubt), max_size=4).map(tuple)), max_size=3).map(tuple)),
        pictures=draw(st.sampled_from([(), (Picture("plate", "image/jpeg", b"\xff\xd8"),), (Picture("overview", "image/jpeg", b"a"), Picture("plate", "image/jpeg", b"b"))])),
    )  # fmt: skip


@given(reports())
def test_a_report_comes_back_as_it_was(report):
    again = ReadReport.from_body(report.to_body(), b"".join(each.content for each in report.pictures))
    assert again == report
    assert again.to_body() == report.to_body()
    assert again.read_id == report.read_id


def test_whole_numbers_are_spelled_like_any_other():
    assert ReadReport.from_body(REPORT.to_body()).to_body() == dataclasses.replace(REPORT, confidence=1.0).to_body()


def test_a_read_is_known_by_who_made_it_and_its_number():
    assert REPORT.read_id == dataclasses.replace(REPORT, text="XYZ").read_id
    assert REPORT.read_id == uuid.UUID("5eb97837-021f-546b-8bcb-dd30b66d9d4d")
    others = {
        REPORT.read_id,
        dataclasses.replace(REPORT, sequence=2).read_id,
        dataclasses.replace(REPORT, unit_key_id=bytes(16)).read_id,
    }
    assert len(others) == 3


def test_a_signed_report_opens():
    raw = REPORT.signed(UNIT)
    report, opened = ReadReport.verified(raw, lambda _: UNIT.public_bytes)
    assert report == REPORT
    assert opened.digest == digest(raw)


def test_what_is_signed_says_nothing_of_a_picture_but_its_digest_and_can_be_checked_without_it():
    report = dataclasses.replace(REPORT, pictures=(PICTURE,))
    _, opened = ReadReport.verified(report.signed(UNIT), lambda _: UNIT.public_bytes)
    assert PICTURE.content not in opened.signed
    assert report.signed(UNIT) == opened.signed + PICTURE.content
    assert open_message(opened.signed, Kind.READ_REPORT, lambda _: UNIT.public_bytes).body == report.to_body()


@pytest.mark.parametrize(
    ("carried", "error", "because"),
    [
        (b"", Malformed, "without a picture"),
        (b"jpeg!", Tampered, "not the one that was signed"),
        (b"jpeg", Malformed, "without a picture"),
        (b"JPEG!!", Malformed, "more than the pictures"),
    ],
)
def test_a_picture_that_is_not_the_one_named_is_refused(carried, error, because):
    report = dataclasses.replace(REPORT, pictures=(PICTURE,))
    raw = report.signed(UNIT).removesuffix(PICTURE.content) + carried
    with pytest.raises(error, match=because):
        ReadReport.verified(raw, lambda _: UNIT.public_bytes)


@pytest.mark.parametrize(
    "changed",
    [
        {"unit_key_id": bytes(15)},
        {"sequence": 0},
        {"sequence": -1},
        {"captured_at": datetime(2026, 1, 2)},  # noqa: DTZ001
        {"captured_at": datetime(1969, 1, 2, tzinfo=UTC)},
        {"camera": ""},
        {"camera": "x" * 61},
        {"camera": "a\nb"},
        {"text": ""},
        {"text": "abc"},
        {"text": "ABCDEFGHIJKLM"},
        {"state": "ZZ"},
        {"state": None},
        {"state_confidence": None},
        {"state_confidence": 1.5},
        {"confidence": -0.1},
        {"confidence": math.nan},
        {"characters": (0.5,)},
        {"characters": (0.5,) * 5 + (2.0,)},
        {"candidates": (Candidate("ABÖ", 0.5),)},
        {"candidates": (Candidate("AB", 7.0),)},
        {"corners": ((0, 0), (1, 1), (2, 2), (3, math.inf))},
        {"engine": ""},
        {"member": ""},
        {"hotlist_edition": -1},
        {"no_place": None},
        {"place": Place(42.0, -87.8, 3.0, None, 0.0)},
        {"passing": Passing.at(datetime(2026, 1, 3, tzinfo=UTC))},
        {"pictures": (Picture("plate", "image/jpeg", b"a"), Picture("plate", "image/jpeg", b"b"))},
    ],
)
def test_it_refuses_what_no_read_has(changed):
    with pytest.raises(Malformed) as refused:
        dataclasses.replace(REPORT, **changed)
    assert refused.value.message.endswith(".")


@pytest.mark.parametrize("place", [(91, 0, 1, None, 0), (0, 181, 1, None, 0), (math.nan, 0, 1, None, 0), (0, 0, -1, None, 0), (0, 0, 1, 361, 0), (0, 0, 1, None, -1), (0, 0, math.inf, None, 0)])  # fmt: skip
def test_it_refuses_a_place_that_is_none(place):
    with pytest.raises(Malformed):
        Place(*place)


@pytest.mark.parametrize("crossing", ["", "x" * 131, "Main St\n& 2nd Ave"])
def test_it_refuses_a_crossing_that_nobody_can_say(crossing):
    with pytest.raises(Malformed, match="crossing"):
        Place(42.0, -87.8, 3.0, None, 0.0, crossing)


@pytest.mark.parametrize(
    "passing",
    [
        {"ended_at": datetime(2025, 1, 2, tzinfo=UTC)},
        {"began_at": datetime(1969, 1, 2, tzinfo=UTC)},
        {"travel_deg": 90.0},
        {"along": Along.AWAY, "travel_deg": 360.0},
        {"along": Along.AWAY, "travel_deg": math.nan},
        {"across": Across.LEFT, "travel_deg": -1.0},
    ],
)
def test_it_refuses_a_passage_that_none_is(passing):
    with pytest.raises(Malformed):
        dataclasses.replace(Passing.at(datetime(2026, 1, 2, tzinfo=UTC)), **passing)


@pytest.mark.parametrize("picture", [("side", "image/jpeg", b"a"), ("plate", "image/png", b"a"), ("plate", "image/jpeg", b"")])
def test_it_refuses_a_picture_of_another_kind(picture):
    with pytest.raises(Malformed):
        Picture(*picture)
