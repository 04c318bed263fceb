"""Which lines of text in a picture are plates.

A text reader finds every line there is: the plate, the state's name above it, the dealer's frame, the maker's badge, a shop
sign, the date that the camera burnt in. Each rule here says why a line is not a plate, in one sentence; a line that no rule
speaks against is one.

Notable choices:

- US plates first: four to nine characters, letters and digits mixed. Digits alone may be a plate, a date or a year may not.
- Letters alone are a plate in company: a state's name stands above or below, smaller. Without company only when nothing else in
  the picture is a plate, the line is clear, and it stands below the upper third, where shop signs are.
  Known gap: a sign low in the picture can still be taken for a vanity plate; a plate of one to three characters is not seen.
- A date is known by its punctuation, by eight or more digits, and by a year in front.
- What has the shape of a plate but is too poor to be told is kept as unreadable, and says why.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import resources

from platewarden.plate.likeness import fold
from platewarden.plate.text import STATES
from platewarden.recognition.decode import Spelling
from platewarden.recognition.result import Box, Corners

__all__ = ["Line", "angle", "choose", "could_be_a_plate", "join", "measure", "too_poor", "why_not"]

SHORTEST, LONGEST = 4, 10
LOWEST_PIXELS = 9.0
LEAST_CONFIDENCE = 0.1
CLEAR = 0.8
UPPER_THIRD = 0.33
STEEPEST_DEGREES = 40.0

MONTHS = "JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|SEPT|OCT|NOV|DEC"

_WORDS = [
    word
    for line in (resources.files("platewarden.recognition") / "words.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
    for word in line.split()
]
_FOLDED_STATES = frozenset(fold("".join(filter(str.isalpha, name.upper()))) for name in STATES.values())
_FOLDED_WORDS = frozenset(fold(word) for word in _WORDS) | _FOLDED_STATES
_DATE = re.compile(
    r"(19|20)\d\d\s*[-/.:]\s*[01]?\d\b|\b[0-3]?\d\s*[-/.]\s*[0-3]?\d\s*[-/.]\s*(19|20)?\d\d|\d{1,2}:\d\d|\d\s*[AP]\.?M\b"
)
_WEB = re.compile(r"WWW|\.COM|\.NET|\.ORG|\.GOV|@|HTTP|/{2}", re.IGNORECASE)
_YEAR_OR_MONTH = re.compile(rf"((19|20)\d\d)|({MONTHS})\d{{0,4}}|\d{{0,2}}({MONTHS})")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text: where it stands, how the reader wrote it, and what it spells in the alphabet of plates."""

    corners: Corners
    written: str
    spelling: Spelling

    @property
    def text(self) -> str:
        return self.spelling.text


def measure(corners: Corners) -> tuple[float, float]:
    """Length and height of a line in pixels, along and across its text."""
    top_left, top_right, bottom_right, bottom_left = corners
    return (
        (math.dist(top_left, top_right) + math.dist(bottom_left, bottom_right)) / 2,
        (math.dist(top_left, bottom_left) + math.dist(top_right, bottom_right)) / 2,
    )


def angle(corners: Corners) -> float:
    """How far a line is tilted, in degrees; 0 is level."""
    (x, y), (x2, y2) = corners[0], corners[1]
    return math.degrees(math.atan2(y2 - y, x2 - x))


def could_be_a_plate(corners: Corners) -> bool:
    """By shape alone, before a character is read: wider than high, not a thread, not a speck, not on its side."""
    length, height = measure(corners)
    return height >= LOWEST_PIXELS * 0.6 and 1.1 <= length / max(height, 1.0) <= 14.0 and abs(angle(corners)) <= STEEPEST_DEGREES


def choose(lines: Sequence[Line], height: int) -> list[Line]:
    """The lines of a picture of that height that are plates."""
    possible = [line for line in lines if not why_not(line)]
    plates = [line for line in possible if any(map(str.isdigit, line.text)) or _has_company(line, lines)]
    return plates or [line for line in possible if _is_vanity(line, height)]


def why_not(line: Line) -> str | None:
    """Why this line by itself is no plate, in one sentence; None if nothing speaks against it."""
    return next((because for is_so, because in _BY_ITSELF if is_so(line)), None)


def too_poor(line: Line) -> str | None:
    """Why a line that has the shape of a plate cannot be told, or None."""
    _, height = measure(line.corners)
    if height < LOWEST_PIXELS:
        return f"The characters are only {height:.0f} pixels high."
    if line.spelling.confidence < LEAST_CONFIDENCE:
        return "The characters are too unclear to tell."
    return None


def join(lines: Sequence[Line]) -> list[Corners]:
    """Places to look at as one: pieces of one row that stand as close as the two halves of a plate do."""
    return [
        (left.corners[0], right.corners[1], right.corners[2], left.corners[3])
        for left in lines
        for right in lines
        if left is not right and _continues(left, right)
    ]


def _continues(left: Line, right: Line) -> bool:
    height, other = measure(left.corners)[1], measure(right.corners)[1]
    gap = math.dist(_middle(left.corners[1], left.corners[2]), _middle(right.corners[0], right.corners[3]))
    ahead = right.corners[0][0] - left.corners[1][0] > -0.5 * height
    level = abs(_middle(left.corners[1], left.corners[2])[1] - _middle(right.corners[0], right.corners[3])[1]) < 0.3 * height
    alike = 0.7 < height / max(other, 1.0) < 1.4
    short = 2 <= len(left.text) + len(right.text) <= LONGEST and left.text and right.text
    return bool(ahead and level and alike and short and gap < 1.3 * max(height, other))


def _middle(one: tuple[float, float], two: tuple[float, float]) -> tuple[float, float]:
    return (one[0] + two[0]) / 2, (one[1] + two[1]) / 2


def _has_company(line: Line, others: Sequence[Line]) -> bool:
    """Whether a state's name stands above or below."""
    return any(_names_a_state(other) and _stands_over_or_under(other, line) for other in others)


def _is_vanity(line: Line, height: int) -> bool:
    clear = len(line.text) > SHORTEST and line.spelling.confidence >= CLEAR
    return clear and Box.around(line.corners).centre[1] > UPPER_THIRD * height


def _is_date(line: Line) -> bool:
    digits_alone = line.text.isdigit() and len(line.text) >= 8
    return bool(digits_alone or _DATE.search(line.written.upper()) or re.fullmatch(r"(19|20)\d{6,12}", line.text))


def _is_in_small_letters(line: Line) -> bool:
    small = sum(map(str.islower, line.written))
    return small >= 3 and small > sum(map(str.isalpha, line.text)) / 2 and sum(map(str.isdigit, line.text)) < 2


def _is_too_wide_or_narrow(line: Line) -> bool:
    length, height = measure(line.corners)
    return not 0.22 <= length / max(height, 1.0) / len(line.text) <= 1.5


def _is_word(line: Line) -> bool:
    """A listed word, or one of five letters or more that differs from it in one place."""
    folded = fold(line.text)
    if sum(map(str.isdigit, line.text)) > 1 and line.text not in _WORDS:
        return False
    return any(folded == word or (len(word) >= 6 and _nearly(folded, word)) for word in _FOLDED_WORDS)


def _names_a_state(line: Line) -> bool:
    folded = fold(line.text)
    return any(name in folded or (len(name) >= 6 and _nearly(folded, name)) for name in _FOLDED_STATES)


def _nearly(one: str, two: str) -> bool:
    """Equal but for one character that is different, missing or too much."""
    if abs(len(one) - len(two)) > 1:
        return False
    shorter, longer = sorted((one, two), key=len)
    at = next((i for i, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter))
    return shorter[at:] == longer[at + 1 :] or shorter[at + 1 :] == longer[at + 1 :]


def _stands_over_or_under(small: Line, large: Line) -> bool:
    """Whether one line stands close over or under another, not taller, and over its width."""
    height = measure(large.corners)[1]
    one, two = Box.around(small.corners), Box.around(large.corners)
    beside = min(one.x + one.width, two.x + two.width) - max(one.x, two.x)
    apart = abs(one.centre[1] - two.centre[1])
    return beside > 0.3 * min(one.width, two.width) and 0.3 * height < apart < 2.0 * height and one.height < 1.3 * two.height


_BY_ITSELF: tuple[tuple[Callable[[Line], object], str], ...] = (
    (_is_date, "It is a date."),
    (lambda line: not SHORTEST <= len(line.text) <= LONGEST, f"A plate has {SHORTEST} to {LONGEST} characters."),
    (lambda line: _YEAR_OR_MONTH.fullmatch(line.text), "It is a year or a month, as on a sticker."),
    (lambda line: _WEB.search(line.written), "It is an address on the web."),
    (_is_in_small_letters, "It is written in small letters."),
    (_is_word, "It is a word that stands on cars and signs."),
    (_is_too_wide_or_narrow, "Its characters are not as wide as those of a plate."),
)
