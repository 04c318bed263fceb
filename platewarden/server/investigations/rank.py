"""Which of the vehicles seen around a scene is likeliest the one that was there: ranked, each with its reasons in plain words.

Three parts, each a natural logarithm, added: the plate (what the witness remembers of it, `plate/likelihood.py`), the vehicle (state,
colour, kind, where a camera knew them), and the way (could it have been at the scene then, and how near was it seen). What is not known
counts for nothing, either way. A plate read far away at the time of the scene is not taken out, for a plate can be misread or copied;
it goes to the end, and the row says so.

The constants are assumptions, fixed before the bench was first run and not fitted to it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from platewarden.plate.likelihood import likelihood
from platewarden.plate.pattern import Pattern

FASTEST_M_S: Final = 33.0
"""Nobody gets across town faster: 120 km/h as the crow flies."""
NEAR_M: Final = 800.0
NEAR_S: Final = 600.0
IMPOSSIBLE: Final = -9.0
MISREAD_LOG: Final = -9.0
"""The plate's part where the reading itself was wrong."""
SAME: Final = {"state": 0.9, "colour": 0.75, "kind": 0.85}
"""How often witness and camera agree on the vehicle that it was."""
BY_CHANCE: Final = {"state": 0.5, "colour": 0.2, "kind": 0.4}
"""And on any other one."""
ALIKE: Final = (
    frozenset({"white", "silver", "grey"}),
    frozenset({"grey", "black"}),
    frozenset({"black", "blue"}),
    frozenset({"brown", "gold", "beige"}),
    frozenset({"red", "orange"}),
)
_WORDS: Final = {"state": "state", "colour": "colour", "kind": "kind of vehicle"}


@dataclass(frozen=True, slots=True)
class Seen:
    """One read of one plate. `metres` from the scene, None where the read has no place; the rest None where no camera knew it."""

    plate: str
    state: str | None
    at: datetime
    metres: float | None
    reading_confidence: float = 1.0
    colour: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """What happened when: `at`, give or take `give_or_take`, within `radius_m` of the place; and what is known of the vehicle."""

    at: datetime
    give_or_take: timedelta = timedelta(minutes=10)
    radius_m: float = 100.0
    state: str | None = None
    colour: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Ranked:
    """One plate in its place: the parts of its score, a sentence for each, and the read that says most about where it was."""

    plate: str
    score: float
    plate_part: float
    vehicle_part: float
    way_part: float
    reasons: tuple[str, ...]
    nearest: Seen
    reads: int


def ranked(pattern: Pattern | None, scene: Scene, seen: Iterable[Seen]) -> list[Ranked]:
    """One row a plate, likeliest first. Left out: plates that the pattern can not mean. Without a pattern, by vehicle and way alone."""
    by_plate: defaultdict[str, list[Seen]] = defaultdict(list)
    for each in seen:
        by_plate[each.plate].append(each)
    rows = [row for plate, reads in by_plate.items() if (row := _row(pattern, scene, plate, reads)) is not None]
    return sorted(rows, key=lambda row: (-row.score, row.plate))


def _row(pattern: Pattern | None, scene: Scene, plate: str, reads: list[Seen]) -> Ranked | None:
    by_text = _of_plate(pattern, plate, max(each.reading_confidence for each in reads))
    if by_text is None:
        return None
    vehicle, vehicle_says = _of_vehicle(scene, reads)
    way, way_says, nearest = _of_way(scene, reads)
    text, text_says = by_text
    return Ranked(
        plate=plate,
        score=text + vehicle + way,
        plate_part=text,
        vehicle_part=vehicle,
        way_part=way,
        reasons=tuple(says for says in (text_says, vehicle_says, way_says) if says),
        nearest=nearest,
        reads=len(reads),
    )


def _of_plate(pattern: Pattern | None, plate: str, confidence: float) -> tuple[float, str] | None:
    if pattern is None:
        return 0.0, ""
    found = likelihood(pattern, plate)
    if found is None:
        return None
    sure = min(max(confidence, 0.0), 1.0)
    log = math.log(sure * math.exp(found.log) + (1 - sure) * math.exp(min(found.log, MISREAD_LOG)) + 1e-12)
    says = f"Answers {pattern} only if: {'; '.join(found.reasons)}" if found.reasons else f"Answers {pattern} as it was read"
    return log, f"{says}; the reading is {sure:.0%} sure." if sure < 1 else f"{says}."


def _of_vehicle(scene: Scene, reads: list[Seen]) -> tuple[float, str]:
    """Each thing by the surest read that knows it."""
    part, says = 0.0, []
    for name, word in _WORDS.items():
        told = getattr(scene, name)
        known = [each for each in reads if getattr(each, name) is not None]
        if told is None or not known:
            continue
        saw = getattr(max(known, key=lambda each: (each.reading_confidence, each.at)), name)
        if saw == told:
            part += math.log(SAME[name] / BY_CHANCE[name])
            says.append(f"{word} {saw}, as described")
        elif name == "colour" and any({saw, told} <= group for group in ALIKE):
            says.append(f"{word} {saw}, easily taken for {told}")
        else:
            part += math.log((1 - SAME[name]) / (1 - BY_CHANCE[name]))
            says.append(f"{word} {saw}, described as {told}")
    text = "; ".join(says)
    return part, f"{text[0].upper()}{text[1:]}." if text else ""


def _of_way(scene: Scene, reads: list[Seen]) -> tuple[float, str, Seen]:
    placed = [each for each in reads if each.metres is not None]
    if not placed:
        return 0.0, "Read without a place.", min(reads, key=lambda each: (_gap_s(scene, each), each.at))
    elsewhere = [each for each in placed if _needs_s(scene, each) > _gap_s(scene, each)]
    nearest = max(placed, key=lambda each: (_nearness(scene, each), each.at))
    if elsewhere:
        least = min(elsewhere, key=lambda each: (_gap_s(scene, each) - _needs_s(scene, each), each.at))
        return IMPOSSIBLE, f"Read {_where(least)} {_when(scene, least)}: too far away to have been at the scene.", least
    return _nearness(scene, nearest), f"Read {_where(nearest)} {_when(scene, nearest)}.", nearest


def _beyond_m(scene: Scene, read: Seen) -> float:
    return max((read.metres or 0.0) - scene.radius_m, 0.0)


def _needs_s(scene: Scene, read: Seen) -> float:
    """The shortest time between the scene and the read."""
    return _beyond_m(scene, read) / FASTEST_M_S


def _gap_s(scene: Scene, read: Seen) -> float:
    """The longest time that can lie between what happened and the read."""
    return abs(read.at - scene.at).total_seconds() + scene.give_or_take.total_seconds()


def _nearness(scene: Scene, read: Seen) -> float:
    """0 at the scene and in its time; falls slowly, for a vehicle seen an hour later or two miles off may still be the one."""
    late_s = max(abs(read.at - scene.at).total_seconds() - scene.give_or_take.total_seconds(), 0.0)
    return -math.log1p((_beyond_m(scene, read) / NEAR_M) ** 2) - math.log1p((late_s / NEAR_S) ** 2) / 2


def _where(read: Seen) -> str:
    metres = read.metres or 0.0
    return f"{metres:.0f} m from the scene" if metres < 1000 else f"{metres / 1000:.1f} km from the scene"


def _when(scene: Scene, read: Seen) -> str:
    minutes = round((read.at - scene.at).total_seconds() / 60)
    if minutes == 0:
        return "at its time"
    many = "minute" if abs(minutes) == 1 else "minutes"
    return f"{abs(minutes)} {many} {'after' if minutes > 0 else 'before'} it"
