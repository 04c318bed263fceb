"""How common the layouts of serials are: `DLLLDDD` is a digit, three letters, three digits. A fact of the states, no network.

The reader learnt on drawn plates of which two in five follow no state's layout, so that it would not lean on them. On the road
nine in ten do. What it says is weighed by how much commoner, or rarer, a text's layout is there: where a character could be a
letter or a digit, the layout often tells; where the picture is clear, it changes nothing.

Notable choices:

- By layout only, and by the two letters that states leave out; never by state, and never by a plate's own text.
- A reading gains at most a half by it, and loses at most to a quarter, to less with an I or a Q: a vanity plate that is clearly
  read stays read.
- Shares are drawn from the designs in `lab/designs.py` by `lab/layouts.py`. That nine in ten follow one is set, not fitted: motor
  vehicle administrators count about one vanity plate in twenty-five, and not every design is in the table.
"""

from __future__ import annotations

from collections.abc import Mapping

from platewarden.recognition.decode import NEGLIGIBLE, Spelling
from platewarden.recognition.result import Candidate

__all__ = ["as_on_the_road", "layout", "weighed"]

DRAWN, ON_THE_ROAD = 0.6, 0.9
"""Share of US plates that follow a layout of the table: of those the reader learnt on, and of those it meets."""
US, OTHERS = 0.76, 0.24
"""How much of what the reader learnt on is from the United States, and from elsewhere."""
SKIPPED, SELDOM = "IQ", 0.3
"""Letters that most states leave out of the serials they issue, so that nobody takes them for 1 and 0; and how much seldomer than
among what was learnt on each of them is met there. O is left out too, and is 0 to the rest of recognition."""
LENGTHS = {2: 0.02, 3: 0.05, 4: 0.08, 5: 0.14, 6: 0.30, 7: 0.34, 8: 0.07}
"""Of the serials that follow no layout."""


def layout(text: str) -> str:
    """Letter or digit, place by place."""
    return "".join("D" if each.isdigit() else "L" for each in text)


def as_on_the_road(spelling: Spelling) -> Spelling:
    """The same texts, weighed for the road; another of them may now be the likeliest. Characters are kept only with their text."""
    if not spelling.text:
        return spelling
    chances = {spelling.text: spelling.confidence} | {each.text: each.confidence for each in spelling.candidates}
    ranked = sorted(weighed(chances).items(), key=lambda pair: (-pair[1], pair[0]))
    (text, sure), *others = ranked
    return Spelling(
        text,
        sure,
        spelling.characters if text == spelling.text else (),
        tuple(Candidate(other, chance) for other, chance in others if chance >= NEGLIGIBLE),
        by_layout=True,
    )


def weighed(chances: Mapping[str, float], *, back: bool = False) -> dict[str, float]:
    """Texts with their probabilities, weighed for the road; `back` takes that weight out again. Together they never exceed 1."""
    powers = {text: sure * _commoner(text) ** (-1 if back else 1) for text, sure in chances.items()}
    whole = sum(powers.values()) + max(0.0, 1.0 - sum(chances.values()))
    return {text: min(1.0, power / whole) for text, power in powers.items()}


def _commoner(text: str) -> float:
    """How much commoner a text's layout is on the road than it was among the plates that were learnt on."""
    shape = layout(text)
    listed, other = UNITED_STATES.get(shape, 0.0), LENGTHS.get(len(shape), 1e-4) * 0.5 ** len(shape)
    foreign = OTHERS * ELSEWHERE.get(shape, 0.0)
    issued = ON_THE_ROAD * listed * SELDOM ** sum(text.count(each) for each in SKIPPED)
    road = US * (issued + (1 - ON_THE_ROAD) * other) + foreign
    return road / (US * (DRAWN * listed + (1 - DRAWN) * other) + foreign)


# fmt: off
UNITED_STATES = {
    "LLLDDD": 0.1300, "DDDLLL": 0.1194, "LLLDDDD": 0.0977, "DDDD": 0.0419, "LLDDDD": 0.0383, "DDDDDD": 0.0335, "LLLLLL": 0.0263,
    "DDDDD": 0.0245, "DDDDLL": 0.0242, "DLLDDD": 0.0211, "LDDDDD": 0.0210, "LLLLDD": 0.0201, "LLDDDDD": 0.0187,
    "LDDDDDD": 0.0171, "LLLLL": 0.0162, "DDDDDL": 0.0156, "DDLDDD": 0.0133, "DDDDDDD": 0.0131, "DLLDDDD": 0.0127,
    "LLDDD": 0.0123, "DDDDDDL": 0.0116, "DDDDL": 0.0112, "LDDDD": 0.0111, "LLLDDL": 0.0109, "LDDDDL": 0.0107, "DLLLDDD": 0.0106,
    "DDDLL": 0.0097, "LDDDLL": 0.0091, "DLDDDDD": 0.0087, "LLLL": 0.0078, "LLDLDL": 0.0075, "LLLLLD": 0.0064, "DLLLDD": 0.0060,
    "LLLLLLL": 0.0059, "DLDDDD": 0.0058, "DDLDDDD": 0.0056, "DDLLDD": 0.0055, "DDDL": 0.0055, "DDLLD": 0.0049, "LLL": 0.0045,
    "LLLLLLD": 0.0045, "LDLLLL": 0.0045, "DLLLLL": 0.0045, "LLLLDL": 0.0045, "LLDDDL": 0.0043, "DLDDLD": 0.0042,
    "LLDDLL": 0.0040, "DDDDDLL": 0.0038, "LDDDDDL": 0.0036, "DLDLL": 0.0036, "LDLDDD": 0.0036, "LDDLLL": 0.0035,
    "DDLLLD": 0.0032, "LLDLDDD": 0.0031, "DLDDDDL": 0.0031, "DDDLDD": 0.0031, "LLDD": 0.0030, "DLDDD": 0.0030, "DDD": 0.0029,
    "DLLDLD": 0.0027, "LLLDD": 0.0024, "DDLLDDD": 0.0024, "DDLLL": 0.0022, "DLLLLD": 0.0021, "LLDDDDL": 0.0021, "DLLDD": 0.0021,
    "DDLL": 0.0019, "DDDDLLL": 0.0018, "DDDLD": 0.0017, "DDLDDDL": 0.0017, "LLDDL": 0.0016, "LDDD": 0.0015, "DDLDLDD": 0.0015,
    "LLDDDDDD": 0.0015, "DDLLLL": 0.0014, "LLDLDD": 0.0011, "DDDLLD": 0.0011, "DDLD": 0.0010, "LDDDDDDL": 0.0010,
    "DLDD": 0.0010, "DDLDDLD": 0.0009, "DDLDD": 0.0009, "LDDLL": 0.0008, "DDDLDDD": 0.0008, "DDDDDDDL": 0.0008,
    "DLLDDDL": 0.0007, "LLDDDLLL": 0.0007, "DLDDDL": 0.0006, "DLLLD": 0.0006, "LDDLD": 0.0006, "DLDDL": 0.0005, "LDDDL": 0.0005,
    "DDDDDDLL": 0.0004, "DLDDLLL": 0.0004, "DLDDLDL": 0.0004, "DDLDLLD": 0.0004, "LLDDDLL": 0.0004, "LDDDDLL": 0.0004,
    "DDLDDDDD": 0.0003, "LDDDLDD": 0.0003, "DLDLDD": 0.0003, "LLLLD": 0.0003, "LLLD": 0.0003, "LLLLLDD": 0.0003,
    "LDDLDD": 0.0003, "LLDDLLL": 0.0003, "DLDLD": 0.0002, "DLLL": 0.0002, "LLLDDDDD": 0.0002, "LLLDLLL": 0.0002,
    "LDLDLLL": 0.0002, "LLLDLDL": 0.0002, "LDLDLDL": 0.0002, "DLLDLLL": 0.0002, "DDLDLLL": 0.0002, "DLLDLDL": 0.0002,
    "LLLDLL": 0.0002, "LDLDLL": 0.0002, "DLLDLL": 0.0002, "LLLDLD": 0.0002, "DLDL": 0.0002,
}
ELSEWHERE = {
    "LLLDDDD": 0.2917, "LLDDDLL": 0.1362, "LLLDDD": 0.0817, "LLDDLLL": 0.0545, "LLDDDDD": 0.0545, "LLDDDDLL": 0.0272,
    "LDDLLL": 0.0272, "DDDLLL": 0.0272, "DLDDDDD": 0.0272, "DLLDDDD": 0.0272, "LLLLLDDD": 0.0272, "LLLLDDD": 0.0272,
    "LDDDDD": 0.0272, "DDLLDD": 0.0272, "DDDDLLL": 0.0272, "LLDDDD": 0.0272, "LDDDLL": 0.0272, "LLLLLDD": 0.0272,
    "LLLLDDDD": 0.0272,
}
# fmt: on
