"""What the operator is told, and what never."""

import io
import json
from datetime import timedelta

import pytest

from platewarden.exchange.hotlist_edition import Approach, Category
from platewarden.plate.match import Answer, Confusion, Doubt, Tier
from platewarden.unit.alarm import VERIFY, Alarm, Alert
from platewarden.unit.testing import NOON, entry

FULL = Answer(Tier.FULL)


def alert(answer=FULL, *, stale=False, **changes):
    return Alert(entry("7ABC123", **changes), answer, "7ABC123", "IL", "front", NOON, 12, timedelta(hours=50), stale)


def test_every_alert_ends_with_verify_before_acting():
    for approach in (Approach.STOP, Approach.DO_NOT_STOP, Approach.NOTIFY):
        assert alert(approach=approach).sentences()[-1] == VERIFY


def test_an_entry_that_says_do_not_stop_begins_with_that_and_never_asks_for_a_stop():
    lines = alert(approach=Approach.DO_NOT_STOP, caution=True).sentences()
    assert lines[0].startswith("DO NOT STOP")
    assert lines[1].startswith("CAUTION")
    assert not any("asks for a stop" in line for line in lines)


def test_each_doubt_is_said_and_confusable_characters_are_named():
    doubts = (Doubt.CONFUSABLE, Doubt.STATE_UNREAD, Doubt.STATE_NOT_LISTED, Doubt.CANDIDATE, Doubt.PATTERN, Doubt.LOW_CONFIDENCE)
    lines = alert(Answer(Tier.POSSIBLE, doubts, (Confusion(2, "B", "8"),))).sentences()
    assert any(line.startswith("POSSIBLE HIT 7ABC123 (IL): stolen vehicle") for line in lines)
    assert "Doubt: character 3 may be 8, was read as B." in lines
    assert sum(line.startswith("Doubt:") for line in lines) == len(doubts)


@pytest.mark.parametrize("doubt", Doubt)
def test_no_doubt_is_left_without_words(doubt):
    answer = Answer(Tier.POSSIBLE, (doubt,), (Confusion(0, "0", "O"),) if doubt is Doubt.CONFUSABLE else ())
    assert alert(answer).doubts()


def test_an_old_hot_list_is_said():
    assert "STALE: hot list 12 is 2 days old." in alert(stale=True).sentences()
    assert not any("STALE" in line for line in alert().sentences())


def test_a_silent_entry_shows_nothing():
    screen = io.StringIO()
    assert not Alarm(screen).show(alert(approach=Approach.SILENT, category=Category.ELECTRONIC_SURVEILLANCE))
    assert screen.getvalue() == ""


def test_it_shows_in_words_with_a_bell_for_the_urgent():
    screen = io.StringIO()
    assert Alarm(screen).show(alert(urgent=True))
    assert screen.getvalue().startswith("\aFULL HIT 7ABC123")


def test_it_shows_one_json_object_a_line_to_a_program():
    screen = io.StringIO()
    alarm = Alarm(screen, as_json=True)
    alarm.show(alert(approach=Approach.NOTIFY))
    alarm.say("Recording has stopped.")
    shown, said = map(json.loads, screen.getvalue().splitlines())
    assert (shown["tier"], shown["category"], shown["approach"]) == ("full", "stolen_vehicle", "notify")
    assert shown["say"][-1] == VERIFY
    assert said == {"say": "Recording has stopped."}
