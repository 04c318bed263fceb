"""The department's policy in force: the newest edition whose day has come, parsed. Rules ask it; settings never hold what it says."""

from __future__ import annotations

from functools import lru_cache

from platewarden.policy.department import Department, load_department
from platewarden.policy.refusal import Unavailable
from platewarden.server.clock import now
from platewarden.server.people.models import PolicyEdition


@lru_cache(maxsize=8)
def _parsed(_number: int, text: str) -> Department:
    return load_department(text=text)


def department() -> Department:
    """The edition in force. Unavailable before the department was set up."""
    edition = PolicyEdition.objects.in_force(now())
    if edition is None:
        raise Unavailable("The department is not set up yet. Run `platewarden setup`.")
    return _parsed(edition.number, edition.text)


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
