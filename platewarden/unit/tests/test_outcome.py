"""What is done about an alert in the car: the office's rule, offline, kept before the card changes."""

from datetime import timedelta

import pytest

from platewarden.policy.refusal import Malformed, Refused, Stale, Unavailable
from platewarden.policy.verification import Answered, EyeSaw, Ground, Outcome
from platewarden.unit.board import Board
from platewarden.unit.outcome import Outcomes, may_dispose
from platewarden.unit.screen.testing import alert_of
from platewarden.unit.testing import NOON, Office, car_12, entry, serving
from platewarden.unit.tests.test_watch import SHIFT


@pytest.fixture
def car(tmp_path):
    office = Office()
    with serving(office), car_12(tmp_path, office) as car:
        yield car


@pytest.fixture
def outcomes(car):
    made = Outcomes(Board(), car.spool, car.enrolment.key)
    made.board.take(alert_of(entry("7ABC123"), "7ABC123", "IL", at=NOON))
    return made


def verified(outcomes, answer=Answered.CONFIRMS):
    outcomes.compare(1, characters=EyeSaw.SAME)
    outcomes.compare(1, state=EyeSaw.SAME)
    return outcomes.verify(1, answer=answer, source="radio", words="active", by=SHIFT, at=NOON)


def test_enforcement_rests_on_a_confirming_return_or_a_stated_reason(outcomes):
    card = outcomes.board.card(1)
    assert "on this alert alone" in may_dispose(card, Outcome.STOP, Ground.VERIFIED, "").because
    assert may_dispose(verified(outcomes), Outcome.STOP, Ground.VERIFIED, "") is None
    assert may_dispose(card, Outcome.STOP, Ground.INDEPENDENT, "Ran a red light.") is None
    assert may_dispose(card, Outcome.MISREAD, "", "") is None


def test_the_last_return_made_here_is_the_one_that_counts(outcomes):
    verified(outcomes)
    verified(outcomes, Answered.NOT_CONFIRMED)
    with pytest.raises(Refused):
        outcomes.dispose(1, outcome=Outcome.STOP, ground=Ground.VERIFIED, because="", by=SHIFT, at=NOON)


def test_each_act_is_one_message_of_the_field_stream_and_goes_up_before_reads(car, outcomes):
    car.keep_read()
    verified(outcomes)
    outcomes.dispose(1, outcome=Outcome.STOP, ground=Ground.VERIFIED, because="", by=SHIFT, at=NOON)
    assert [(each.stream, each.sequence) for each in car.spool.outgoing()] == [("field", 1), ("field", 2), ("read", 1)]
    car.transfer.round()
    assert [each.sequence for each in car.office.field] == [1, 2]
    assert car.spool.counts().unsent == 0


def test_what_the_spool_did_not_keep_did_not_happen(car, outcomes, monkeypatch):
    outcomes.compare(1, characters=EyeSaw.SAME, state=EyeSaw.SAME)

    def broken(*_, **__):
        raise Unavailable

    monkeypatch.setattr(car.spool, "keep", broken)
    with pytest.raises(Unavailable):
        outcomes.verify(1, answer=Answered.PENDING, source="", words="", by=SHIFT, at=NOON)
    with pytest.raises(Unavailable):
        outcomes.dispose(1, outcome=Outcome.MISREAD, ground="", because="", by=SHIFT, at=NOON)
    assert outcomes.board.card(1).returned == ()
    assert outcomes.board.card(1).is_open


def test_three_taps_in_their_order_and_nothing_after_the_end(outcomes):
    with pytest.raises(Malformed, match="two taps"):
        outcomes.verify(1, answer=Answered.PENDING, source="", words="", by=SHIFT, at=NOON)
    verified(outcomes)
    assert not outcomes.again(1).is_compared
    outcomes.dispose(1, outcome=Outcome.MISREAD, ground="", because="", by=SHIFT, at=NOON)
    with pytest.raises(Stale):
        outcomes.compare(1, characters=EyeSaw.SAME)


def test_what_is_done_is_said_of_every_sighting_and_a_later_one_is_verified_with_the_disposition(car, outcomes):
    again = [alert_of(entry("7ABC123"), "7ABC123", "IL", at=NOON + timedelta(minutes=at)) for at in (1, 2)]
    outcomes.board.take(again[0])
    verified(outcomes)
    outcomes.board.take(again[1])
    outcomes.dispose(1, outcome=Outcome.STOP, ground=Ground.VERIFIED, because="", by=SHIFT, at=NOON)
    car.transfer.round()
    moments = [[(each.captured_at - NOON) // timedelta(minutes=1) for each in said.sightings] for said in car.office.field]
    assert moments == [[0, 1], [2], [0, 1, 2]]
    assert [said.returned is not None for said in car.office.field] == [True, True, False]
    assert car.office.field[1].returned == car.office.field[0].returned
