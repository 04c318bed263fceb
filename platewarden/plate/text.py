"""The text of a plate in its normal form, and the state that issued it.

The normal form is 1 to 12 characters of A-Z and 0-9. Spaces, hyphens and dots are dropped and letters made upper-case;
anything else, accents included, is refused: what we can't write down exactly we can't match exactly. Messages never
repeat the plate, for they may end in a log.

Codes of states and territories: USPS Publication 28, appendix B. Provinces: Canada Post's two letters. Mexico is one
code for the country. No two of them share a code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from platewarden.policy.refusal import Malformed

__all__ = ["CHARACTERS", "LONGEST", "STATES", "PlateText", "State", "must_be_state", "normal_form", "parse_state"]

State: TypeAlias = str
"""A two-letter code of `STATES`. A state that was not read or not stated is None, never a guess."""

CHARACTERS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_KNOWN_CHARACTERS: Final = frozenset(CHARACTERS)
LONGEST: Final = 12

_DROPPED: Final = str.maketrans("", "", " -.")
_RAW_LIMIT: Final = 64

STATES: Final[dict[State, str]] = {
    "AL": "Alabama",
    "AK": "Alaska",
    "AZ": "Arizona",
    "AR": "Arkansas",
    "CA": "California",
    "CO": "Colorado",
    "CT": "Connecticut",
    "DE": "Delaware",
    "DC": "District of Columbia",
    "FL": "Florida",
    "GA": "Georgia",
    "HI": "Hawaii",
    "ID": "Idaho",
    "IL": "Illinois",
    "IN": "Indiana",
    "IA": "Iowa",
    "KS": "Kansas",
    "KY": "Kentucky",
    "LA": "Louisiana",
    "ME": "Maine",
    "MD": "Maryland",
    "MA": "Massachusetts",
    "MI": "Michigan",
    "MN": "Minnesota",
    "MS": "Mississippi",
    "MO": "Missouri",
    "MT": "Montana",
    "NE": "Nebraska",
    "NV": "Nevada",
    "NH": "New Hampshire",
    "NJ": "New Jersey",
    "NM": "New Mexico",
    "NY": "New York",
    "NC": "North Carolina",
    "ND": "North Dakota",
    "OH": "Ohio",
    "OK": "Oklahoma",
    "OR": "Oregon",
    "PA": "Pennsylvania",
    "RI": "Rhode Island",
    "SC": "South Carolina",
    "SD": "South Dakota",
    "TN": "Tennessee",
    "TX": "Texas",
    "UT": "Utah",
    "VT": "Vermont",
    "VA": "Virginia",
    "WA": "Washington",
    "WV": "West Virginia",
    "WI": "Wisconsin",
    "WY": "Wyoming",
    "AS": "American Samoa",
    "GU": "Guam",
    "MP": "Northern Mariana Islands",
    "PR": "Puerto Rico",
    "VI": "U.S. Virgin Islands",
    "AB": "Alberta",
    "BC": "British Columbia",
    "MB": "Manitoba",
    "NB": "New Brunswick",
    "NL": "Newfoundland and Labrador",
    "NT": "Northwest Territories",
    "NS": "Nova Scotia",
    "NU": "Nunavut",
    "ON": "Ontario",
    "PE": "Prince Edward Island",
    "QC": "Quebec",
    "SK": "Saskatchewan",
    "YT": "Yukon",
    "MX": "Mexico",
}

_NOT_KNOWN: Final = frozenset({"", "?", "??", "UNKNOWN", "UNK"})


def normal_form(raw: str, *, also: str = "") -> str:
    """Upper-case, without spaces, hyphens and dots; Malformed at the first character that is not A-Z, 0-9 or in `also`."""
    if len(raw) > _RAW_LIMIT:
        raise Malformed(f"A plate has at most {LONGEST} characters; this text has {len(raw)}. Give the plate alone.")
    text = raw.translate(_DROPPED)
    if text.isascii() and text.isalnum():  # nearly every row of a list
        return text.upper()
    for character in text:
        if not (character.isascii() and character.isalnum()) and character not in also:
            shown = character if character.isprintable() else f"U+{ord(character):04X}"
            raise Malformed(f"A plate has only the letters A-Z and digits; “{shown}” is neither. Give the plate as it is embossed.")
    return text.upper()


@dataclass(frozen=True, slots=True)
class PlateText:
    """A whole plate in its normal form."""

    text: str

    def __post_init__(self) -> None:
        if not 1 <= len(self.text) <= LONGEST or not _KNOWN_CHARACTERS.issuperset(self.text):
            raise Malformed(f"A plate has 1 to {LONGEST} characters of A-Z and 0-9. Give the plate as it is embossed.")

    @classmethod
    def parse(cls, raw: str) -> PlateText:
        """The normal form of what a person or a file wrote. Refused: nothing left, over 12 characters, anything but A-Z and 0-9."""
        return cls(normal_form(raw))

    def __str__(self) -> str:
        return self.text


def parse_state(raw: str) -> State | None:
    """A state's code, or None where the writer says that it isn't known ("", "unknown", "??"). Refused: a code nobody listed."""
    code = raw.strip().upper()
    if code in _NOT_KNOWN:
        return None
    if code not in STATES:
        raise Malformed(f"“{raw[:20]}” is not the two-letter code of a state. Give one such as IL, or write “unknown”.")
    return code


def must_be_state(state: State | None) -> None:
    """Refuse a state that is neither None nor listed."""
    if state is not None and state not in STATES:
        raise Malformed("The state is not a listed two-letter code. Send one such as IL, or none.")
