"""This shift's alerts, grouped; nothing of them outlives the shift."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest

from platewarden.exchange.alert_outcome import Disposed
from platewarden.exchange.contact import Withdrawn
from platewarden.policy.correction import Misread
from platewarden.policy.refusal import Unknown
from platewarden.policy.verification import EyeSaw, Outcome
from platewarden.unit.board import WITH_PICTURES, Board
from platewarden.unit.screen.testing import alert_of
from platewarden.unit.testing import NOON, entry

PLATE, URGENT = entry("7ABC123"), entry("XR4444", urgent=True)


def alert(looked_for=PLATE, text="7ABC123", s=0, **changes):
    return replace(alert_of(looked_for, text, "IL", at=NOON + timedelta(seconds=s)), **changes)


def test_one_plate_of_one_entry_is_one_card_with_a_count_and_the_newest_sighting():
    board = Board()
    board.take(alert())
    board.take(alert(s=5))
    (card,) = board.open()
    assert (card.count, card.first_at, card.alert.captured_at) == (2, NOON, NOON + timedelta(seconds=5))
    assert board.rung == 2


def test_a_closed_card_stays_closed_and_the_next_sighting_is_a_new_card():
    board = Board()
    first = board.take(alert())
    board.put(replace(first, disposed=Disposed(Outcome.MISREAD, None, "")))
    second = board.take(alert(s=9))
    assert second.number != first.number
    assert [each.number for each in board.open()] == [second.number]
    assert [each.number for each in board.all()] == [second.number, first.number]


def test_the_pressing_come_first_then_the_newest():
    board = Board()
    for looked_for, text, s in ((PLATE, "7ABC123", 0), (URGENT, "XR4444", 1), (entry("AB12345"), "AB12345", 9)):
        board.take(alert(looked_for, text, s))
    assert [each.alert.text for each in board.open()] == ["XR4444", "AB12345", "7ABC123"]
    assert board.rung_pressing is False


def test_what_is_done_does_not_undo_a_sighting_that_came_meanwhile():
    board = Board()
    card = board.take(alert())
    board.take(alert(s=7))
    board.put(replace(card, characters=EyeSaw.SAME))
    held = board.card(card.number)
    assert (held.characters, held.count, held.alert.captured_at) == (EyeSaw.SAME, 2, NOON + timedelta(seconds=7))


def test_what_came_while_a_card_was_closed_stands_on_a_new_one():
    board = Board()
    card = board.take(alert())
    board.take(alert(s=7))
    board.put(replace(card, disposed=Disposed(Outcome.MISREAD, None, "")))
    (new,) = board.open()
    assert (new.number, new.count, [each.captured_at for each in new.sightings]) == (2, 1, [NOON + timedelta(seconds=7)])
    assert [each.captured_at for each in board.card(card.number).sightings] == [NOON]


def test_a_card_knows_its_sightings_in_order_and_no_moment_twice():
    board = Board()
    for s in (5, 0, 9, 5):
        card = board.take(alert(s=s))
    assert (card.count, [each.captured_at for each in card.sightings]) == (4, [NOON + timedelta(seconds=s) for s in (0, 5, 9)])


def test_what_was_put_aside_comes_back_with_the_next_sighting():
    board = Board()
    board.put(replace(board.take(alert()), is_aside=True))
    assert board.open() == []
    board.take(alert(s=3))
    assert len(board.open()) == 1


def test_an_unknown_number_is_unknown_and_sign_off_empties_all():
    board = Board()
    card = board.take(alert())
    board.empty()
    with pytest.raises(Unknown):
        board.card(card.number)
    assert board.all() == []


def test_old_cards_lose_their_pictures():
    board = Board()
    for n in range(WITH_PICTURES + 2):
        text = f"AB{n:05}"
        board.take(alert(entry(text), text, n, plate_picture=b"x"))
    assert sum(each.alert.plate_picture is not None for each in board.all()) == WITH_PICTURES


def gone(card, *, s=0, looked_for=PLATE):
    """The office withdrew the alert of a read that lies some seconds after the sighting's first frame."""
    read = uuid.uuid4()
    at = card.alert.captured_at + timedelta(seconds=s)
    return Withdrawn(read, uuid.uuid5(read, str(looked_for.entry_id)), at, Misread.CHARACTERS)


def test_a_card_whose_sightings_are_all_withdrawn_closes_with_the_sentence_and_opens_again():
    board = Board()
    card = board.take(alert())
    (closed,) = board.withdraw([gone(card, s=3)])
    assert not closed.is_open
    assert "Characters were misread. Do not act" in closed.withdrawn
    assert board.open() == []
    assert board.withdraw([gone(card, s=3)]) == []
    (back,) = board.withdraw([])
    assert back.is_open
    assert [each.number for each in board.open()] == [card.number]


def test_a_card_with_a_sighting_that_stands_stays_open_and_one_of_another_entry_is_not_meant():
    board = Board()
    card = board.take(alert())
    assert board.withdraw([gone(card, looked_for=URGENT)]) == []
    assert board.withdraw([gone(card, s=121)]) == []
    board.take(alert(s=60))
    assert board.withdraw([gone(card, s=1)]) == []
    (closed,) = board.withdraw([gone(card, s=1), gone(card, s=61)])
    assert not closed.is_open


def test_what_somebody_closed_keeps_what_came_of_it():
    board = Board()
    card = board.take(alert())
    board.put(replace(card, disposed=Disposed(Outcome.MISREAD, None, "")))
    assert board.withdraw([gone(card)]) == []
