"""Dictionary tokens of a plate, so that a database index can answer a partial plate.

Kinds, each one `int` of at most 31 bits, the same for ever (they lie in indexes):

====  ===========================  ==========================
kind  token                        payload
====  ===========================  ==========================
0     i-th character from the left   i * 36 + character
1     i-th character from the right  i * 36 + character
2     bigram `AB`                    A * 36 + B
3     skip-gram `A?B`                A * 36 + B
4     trigram `ABC`                  (A * 36 + B) * 36 + C
====  ===========================  ==========================

token = kind << 20 | payload; a character is its place in `0-9A-Z`. A plate that answers a pattern has all the pattern's
tokens; the reverse is not so, therefore the database compares with LIKE after it.

Known gap: a pattern whose known characters float two or more places apart (`*7??B*`) has no token; only LIKE narrows it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from platewarden.plate.text import CHARACTERS, LONGEST
from platewarden.policy.refusal import Malformed

__all__ = ["AT_MOST", "anywhere", "pattern_tokens", "rarest", "tokens"]

AT_MOST = 4
"""So many tokens of a pattern are sent: more cost the index 10-15 ms and narrow nothing (storage.md, 3.3)."""

_LEFT, _RIGHT, _BIGRAM, _SKIP, _TRIGRAM = range(5)
_NUMBER = {character: number for number, character in enumerate(CHARACTERS)}
_WEIGHT = {_TRIGRAM: 2, _BIGRAM: 1, _SKIP: 1, _LEFT: 0, _RIGHT: 0}


@dataclass(frozen=True, slots=True)
class _Gram:
    """A token, and which characters of the pattern it says something about."""

    kind: int
    token: int
    covers: tuple[int, ...]
    letters: int


def tokens(text: str) -> tuple[int, ...]:
    """All tokens of a whole plate, sorted, each once."""
    return tuple(sorted({gram.token for gram in _grams(text)}))


def pattern_tokens(pattern: str) -> tuple[int, ...]:
    """All tokens that every plate answering the pattern has, sorted, each once."""
    return tuple(sorted({gram.token for gram in _grams(pattern)}))


def rarest(pattern: str) -> tuple[int, ...]:
    """At most four tokens that narrow the most: trigrams, then pairs, then anchored characters, none that adds no character."""
    left = sorted(set(_grams(pattern)), key=lambda gram: (-_WEIGHT[gram.kind], -gram.letters, gram.token, gram.covers))
    chosen: list[int] = []
    covered: set[int] = set()
    while len(chosen) < AT_MOST:
        useful = [gram for gram in left if not covered.issuperset(gram.covers)]
        if not useful:
            break
        heaviest = [gram for gram in useful if _WEIGHT[gram.kind] == _WEIGHT[useful[0].kind]]
        best = max(heaviest, key=lambda gram: len(set(gram.covers) - covered))
        chosen.append(best.token)
        covered.update(best.covers)
    return tuple(dict.fromkeys(chosen))


def anywhere(character: str) -> tuple[int, ...]:
    """Tokens of which a plate has at least one exactly when it has the character, wherever it stands."""
    return tuple(_LEFT << 20 | at * 36 + _NUMBER[character] for at in range(LONGEST))


def _grams(pattern: str) -> Iterator[_Gram]:
    """Each token of a pattern; a whole plate is a pattern without `?` and `*`."""
    if not set(pattern) <= set(CHARACTERS) | set("?*"):
        raise Malformed("Only A-Z, 0-9, ? and * have tokens. Give the normal form of the plate or pattern.")
    first_run, last_run = pattern.find("*"), pattern.rfind("*")
    for at, character in enumerate(pattern):
        if character not in _NUMBER:
            continue
        if first_run < 0 or at < first_run:
            yield _gram(pattern, _LEFT, at * 36 + _NUMBER[character], at)
        if at > last_run:
            yield _gram(pattern, _RIGHT, (len(pattern) - 1 - at) * 36 + _NUMBER[character], at)
        yield from _from(pattern, at)


def _from(pattern: str, at: int) -> Iterator[_Gram]:
    a, b, c = (_NUMBER.get(each) for each in pattern[at : at + 3].ljust(3, "*"))
    if a is None:
        return
    if b is not None:
        yield _gram(pattern, _BIGRAM, a * 36 + b, at, at + 1)
    if c is not None and pattern[at + 1] != "*":
        yield _gram(pattern, _SKIP, a * 36 + c, at, at + 2)
    if b is not None and c is not None:
        yield _gram(pattern, _TRIGRAM, (a * 36 + b) * 36 + c, at, at + 1, at + 2)


def _gram(pattern: str, kind: int, payload: int, *covers: int) -> _Gram:
    return _Gram(kind, kind << 20 | payload, covers, sum(pattern[at].isalpha() for at in covers))
