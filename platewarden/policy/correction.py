"""Why a reading is corrected: the closed list, the same in the car and at the office."""

from __future__ import annotations

from platewarden.policy.verification import Listed

__all__ = ["Misread"]


class Misread(Listed):
    """What was wrong with a reading, or with the correction that is taken back."""

    CHARACTERS = "characters", "Characters were misread"
    STATE = "state", "The state was misread"
    HIDDEN = "hidden", "The plate is dirty, bent or partly hidden"
    NO_PLATE = "no plate", "Another text in the picture was taken for the plate"
    CORRECTION = "correction", "The earlier correction was wrong"
