"""The department's policy in force: the newest edition whose day has come, parsed. Rules ask it; settings never hold what it says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache

from platewarden.policy.department import Department, load_department
from platewarden.policy.refusal import Unavailable
from platewarden.server.clock import now
from platewarden.server.people.models import PolicyEdition


@lru_cache(maxsize=8)
def _parsed(_number: int, text: str) -> Department:
    return load_department(text=text)


_of_this_page: ContextVar[list[Department] | None] = ContextVar("_of_this_page", default=None)


@contextmanager
def one_edition() -> Iterator[None]:
    """Within, everything goes by one edition, which is asked for once: a page is made in there."""
    _of_this_page.set([])
    try:
        yield
    finally:
        _of_this_page.set(None)


def department() -> Department:
    """The edition in force. Unavailable before the department was set up."""
    asked = _of_this_page.get()
    if asked:
        return asked[0]
    edition = PolicyEdition.objects.in_force(now())
    if edition is None:
        raise Unavailable("The department is not set up yet. Run `platewarden setup`.")
    found = _parsed(edition.number, edition.text)
    if asked is not None:
        asked.append(found)
    return found


def store_first_edition(text: str, *, signed_by: str) -> PolicyEdition:
    """Stores the department's file as edition 1; repeating it returns the edition there is."""
    known = load_department(text=text)
    edition, _ = PolicyEdition.objects.get_or_create(
        number=1,
        defaults={
            "text": text,
            "schedule": known.retention_days,
            "in_force_at": now(),
            "signed_by": signed_by,
        },
    )
    return edition
