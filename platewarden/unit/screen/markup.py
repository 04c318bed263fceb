"""Markup that escapes by construction: text is text, and only `tag` makes tags."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Final, TypeAlias

__all__ = ["Html", "Inside", "join", "tag"]

_EMPTY: Final = frozenset({"br", "hr", "img", "input", "link", "meta"})


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


Inside: TypeAlias = "str | Html | Iterable[str | Html | None] | None"


def join(inside: Iterable[str | Html | None]) -> Html:
    """One after the other; plain text is escaped, None is nothing."""
    return Html("".join(each if isinstance(each, Html) else escape(each) for each in inside if each is not None))


def tag(element: str, /, *inside: Inside, **attributes: str | int | bool | None) -> Html:
    """An element. `class_` and `for_` lose the underscore, others turn it into a hyphen; False and None leave one out."""
    given = "".join(_attribute(each, value) for each, value in attributes.items())
    if element in _EMPTY:
        return Html(f"<{element}{given}>")
    held = "".join(join([each]) if each is None or isinstance(each, str) else join(each) for each in inside)
    return Html(f"<{element}{given}>{held}</{element}>")


def _attribute(name: str, value: str | int | bool | None) -> str:  # noqa: FBT001  an attribute without a value is written so
    if value is None or value is False:
        return ""
    spelled = name.removesuffix("_").replace("_", "-")
    return f" {spelled}" if value is True else f' {spelled}="{escape(str(value))}"'
