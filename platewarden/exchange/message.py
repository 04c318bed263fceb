"""What every message has in common: its kind, one body, one signature; and the strict reader of a body's fields."""

from __future__ import annotations

import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, NoReturn, Self, TypeVar

from platewarden.exchange.seal import FindKey, Opened, SigningKey, open_message, sign_message
from platewarden.exchange.wire import Kind, decode_body, from_microseconds
from platewarden.policy.refusal import Malformed

__all__ = ["Fields", "Message", "must"]

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


def must(holds: object, sentence: str) -> None:
    """Refuse as Malformed what does not hold."""
    if not holds:
        raise Malformed(sentence)


class Message(ABC):
    """A frozen message. Its checks stand in `__post_init__`, so what was made and what was decoded obey the same."""

    kind: ClassVar[Kind]

    @abstractmethod
    def to_body(self) -> bytes:
        """The one body of this message."""

    @classmethod
    @abstractmethod
    def from_body(cls, body: bytes) -> Self:
        """The message of a body. Malformed when a field is unknown, missing, or not what it must be."""

    def signed(self, key: SigningKey) -> bytes:
        """This message, signed."""
        return sign_message(self.kind, self.to_body(), key)

    @classmethod
    def verified(cls, raw: bytes, find_key: FindKey) -> tuple[Self, Opened]:
        """The message of signed bytes, once the signature holds. Refused as `open_message` and `from_body` refuse."""
        opened = open_message(raw, cls.kind, find_key)
        return cls.from_body(opened.body), opened


class Fields:
    """Takes the fields out of a map, each once and of its kind; `done` refuses what nobody asked for."""

    def __init__(self, found: object, what: str) -> None:
        must(isinstance(found, dict), f"A {what} is not a map. Send it as it was signed.")
        assert isinstance(found, dict)
        self._left: dict[str, Any] = dict(found)
        self._what = what

    @classmethod
    def of(cls, body: bytes, kind: Kind) -> Fields:
        return cls(decode_body(body), kind.words)

    def text(self, name: str) -> str:
        return self._take(name, str)

    def octets(self, name: str) -> bytes:
        return self._take(name, bytes)

    def integer(self, name: str) -> int:
        return self._take(name, int)

    def number(self, name: str) -> float:
        return self._take(name, float)

    def flag(self, name: str) -> bool:
        return self._take(name, bool)

    def moment(self, name: str) -> datetime:
        return from_microseconds(self._take(name, int))

    def day(self, name: str) -> date:
        given = self._take(name, str)
        try:
            found = date.fromisoformat(given)
        except ValueError:
            self._refuse(name)
        if found.isoformat() != given:
            self._refuse(name)
        return found

    def uuid(self, name: str) -> uuid.UUID:
        given = self._take(name, bytes)
        if len(given) != 16:
            self._refuse(name)
        return uuid.UUID(bytes=given)

    def word(self, name: str, words: type[E]) -> E:
        given = self._take(name, str)
        if given not in {each.value for each in words}:
            self._refuse(name)
        return words(given)

    def optional(self, name: str, take: Callable[[str], T]) -> T | None:
        """None where the field is null; a field that is left out is still refused."""
        if name in self._left and self._left[name] is None:
            del self._left[name]
            return None
        return take(name)

    def each(self, name: str, *, at_most: int) -> Iterator[Fields]:
        """The maps of an array."""
        for found in self._array(name, at_most):
            yield Fields(found, f"{self._what}'s “{name}”")

    def numbers(self, name: str, *, at_most: int) -> tuple[float, ...]:
        return tuple(self._is(name, each, float) for each in self._array(name, at_most))

    def texts(self, name: str, *, at_most: int) -> tuple[str, ...]:
        return tuple(self._is(name, each, str) for each in self._array(name, at_most))

    def inner(self, name: str) -> Fields:
        return Fields(self._take(name, dict), f"{self._what}'s “{name}”")

    def done(self) -> None:
        """Refuse what is left."""
        if self._left:
            unknown = min(self._left)[:30]
            raise Malformed(
                f"The {self._what} has a field “{unknown}” that this side does not know. Bring both sides to the same version."
            )

    def _array(self, name: str, at_most: int) -> list[Any]:
        found: list[Any] = self._take(name, list)
        if len(found) > at_most:
            raise Malformed(f"The {self._what} has {len(found)} of “{name}”; the most is {at_most}. Send less at once.")
        return found

    def _take(self, name: str, kind: type[T]) -> T:
        if name not in self._left:
            raise Malformed(f"The {self._what} lacks the field “{name}”. Send it as it was signed.")
        return self._is(name, self._left.pop(name), kind)

    def _is(self, name: str, found: object, kind: type[T]) -> T:
        if type(found) is not kind:
            self._refuse(name)
        return found

    def _refuse(self, name: str) -> NoReturn:
        raise Malformed(f"The {self._what}'s “{name}” is not what it must be. Send it as it was signed.")
