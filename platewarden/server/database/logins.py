"""Which of a process's logins does what: passwords and second factors are the sign-in role's, never the pages' own.

SQL that is injected into a page runs as the application's login. That login may neither change a member's password nor read or
write a second factor, so it cannot put its own in another member's place.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings


def sign_in_alias() -> str:
    """The connection of the sign-in role in this process; where a process has one login only, that one."""
    return "login" if "login" in settings.DATABASES else "default"


class SignInTables:
    """The router: second factors are read and written by the sign-in role."""

    def db_for_read(self, model: Any, **_hints: Any) -> str | None:
        return sign_in_alias() if model._meta.app_label == "mfa" else None  # noqa: SLF001  Django's documented way

    db_for_write = db_for_read

    def allow_relation(self, _one: Any, _other: Any, **_hints: Any) -> bool:
        """It is one database under two logins."""
        return True
