"""What was wrong: with a reading that is corrected, the same in the car and at the office; and with an entry that its agency should correct."""

from __future__ import annotations

from platewarden.policy.verification import Listed

__all__ = ["Misread", "WrongEntry"]


class Misread(Listed):
    """What was wrong with a reading, or with the correction that is taken back."""

    CHARACTERS = "characters", "Characters were misread"
    STATE = "state", "The state was misread"
    HIDDEN = "hidden", "The plate is dirty, bent or partly hidden"
    NO_PLATE = "no plate", "Another text in the picture was taken for the plate"
    CORRECTION = "correction", "The earlier correction was wrong"


class WrongEntry(Listed):
    """What is wrong with an entry of a list, as its agency is told."""

    OLD = "old", "The entry is out of date: cancelled, or the vehicle or plate was recovered"
    CHARACTERS = "characters", "A character of the plate is wrong in the entry"
    STATE = "state", "The entry names the wrong state, or none"
    VEHICLE = "vehicle", "The plate belongs to another vehicle than the entry describes"
