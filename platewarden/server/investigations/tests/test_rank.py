from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platewarden.plate.pattern import parse_pattern
from platewarden.server.investigations.rank import Scene, Seen, ranked

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
SCENE = Scene(NOON, timedelta(minutes=5), 100.0, state="IL", colour="white", kind="car")
PATTERN = parse_pattern("*7K3*")


def seen(plate, *, minutes=3, metres=400.0, **other):
    return Seen(plate, other.pop("state", "IL"), NOON + timedelta(minutes=minutes), metres, **other)


def plates(rows):
    return [row.plate for row in rows]


def test_what_answers_stands_before_what_answers_only_by_an_error():
    rows = ranked(PATTERN, SCENE, [seen("AB7W3C"), seen("AB7K3C"), seen("XYZ999")])
    assert plates(rows) == ["AB7K3C", "AB7W3C"]
    assert rows[0].reasons[0] == "Answers *7K3* as it was read."
    assert rows[1].reasons[0].startswith("Answers *7K3* only if: ")


def test_of_two_that_answer_the_nearer_one_stands_first_and_says_where():
    rows = ranked(PATTERN, SCENE, [seen("A7K3", metres=3000.0, minutes=20), seen("B7K3", metres=300.0)])
    assert plates(rows) == ["B7K3", "A7K3"]
    assert rows[0].reasons[-1] == "Read 300 m from the scene 3 minutes after it."
    assert rows[1].reasons[-1] == "Read 3.0 km from the scene 20 minutes after it."


def test_whoever_was_too_far_away_goes_to_the_end_and_is_not_hidden():
    rows = ranked(
        PATTERN, SCENE, [seen("A7K3", metres=200.0), seen("A7K3", metres=40_000.0, minutes=-6), seen("B7W3", metres=900.0)]
    )
    assert plates(rows) == ["B7W3", "A7K3"]
    assert rows[1].reasons[-1] == "Read 40.0 km from the scene 6 minutes before it: too far away to have been at the scene."
    assert rows[1].reads == 2


def test_the_vehicle_counts_where_a_camera_knew_it():
    described = seen("A7K3", colour="white", kind="car")
    other = seen("B7K3", colour="red", kind="truck", state="WI")
    unknown = seen("C7K3", state=None)
    rows = ranked(PATTERN, SCENE, [other, unknown, described])
    assert plates(rows) == ["A7K3", "C7K3", "B7K3"]
    assert "State IL, as described; colour white, as described; kind of vehicle car, as described." in rows[0].reasons
    assert rows[1].vehicle_part == 0
    assert "State WI, described as IL; colour red, described as white; kind of vehicle truck, described as car." in rows[2].reasons


def test_a_colour_easily_taken_for_another_counts_for_nothing():
    row = ranked(PATTERN, Scene(NOON, colour="white"), [seen("A7K3", colour="silver")])[0]
    assert (row.vehicle_part, row.reasons[1]) == (0, "Colour silver, easily taken for white.")


def test_an_unsure_reading_counts_less():
    rows = ranked(PATTERN, SCENE, [seen("A7K3", reading_confidence=0.3), seen("B7K3", reading_confidence=0.95)])
    assert plates(rows) == ["B7K3", "A7K3"]
    assert rows[1].reasons[0] == "Answers *7K3* as it was read; the reading is 30% sure."


def test_without_a_pattern_it_ranks_by_vehicle_and_way():
    rows = ranked(None, SCENE, [seen("AAA", metres=2000.0), seen("BBB", metres=50.0, minutes=0)])
    assert plates(rows) == ["BBB", "AAA"]
    assert rows[0].reasons == ("State IL, as described.", "Read 50 m from the scene at its time.")


def test_a_read_without_a_place_says_so():
    assert ranked(PATTERN, Scene(NOON), [seen("A7K3", metres=None)])[0].reasons[-1] == "Read without a place."


def test_nothing_seen_is_an_empty_list():
    assert ranked(PATTERN, SCENE, []) == []


@given(
    st.lists(
        st.tuples(
            st.text(alphabet="A7K3", min_size=1, max_size=6),
            st.integers(-600, 600),
            st.none() | st.floats(0, 50_000),
            st.floats(0, 1),
            st.sampled_from([None, "white", "red"]),
        ),
        max_size=12,
    )
)
@settings(max_examples=60)
def test_the_score_is_the_sum_of_its_parts_in_falling_order_whatever_order_the_reads_came_in(drawn):
    reads = [
        seen(plate, minutes=minutes, metres=metres, reading_confidence=sure, colour=colour)
        for plate, minutes, metres, sure, colour in drawn
    ]
    rows = ranked(PATTERN, SCENE, reads)
    assert rows == ranked(PATTERN, SCENE, reads[::-1]) or len({(each.plate, each.at) for each in reads}) < len(reads)
    for row in rows:
        assert row.score == pytest.approx(row.plate_part + row.vehicle_part + row.way_part)
        assert all(reason.endswith(".") and reason[0].isupper() for reason in row.reasons)
    assert [row.score for row in rows] == sorted((row.score for row in rows), reverse=True)
    assert len({row.plate for row in rows}) == len(rows)
