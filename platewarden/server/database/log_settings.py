"""The database's log carries no plate: which settings that takes, and whether they are in force.

By default PostgreSQL writes the statement that failed, the row that was a duplicate and the value that couldn't be read
into its log, where no purge reaches them. Sessions of our roles therefore log no errors at all (`log_min_messages=log`:
an error such as “invalid input syntax for type uuid: "..."” quotes what it was given); the error still reaches the
program, which says it without the plate. The server's own work (recovery, checkpoints, autovacuum) is logged as usual.

Known gap: an extension that logs statements (auto_explain) is refused here by its setting, others aren't known.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import psycopg

from platewarden.policy.refusal import Unavailable

__all__ = ["ROLE_LOG_SETTINGS", "SERVER_LOG_SETTINGS", "check_log_settings"]

SERVER_LOG_SETTINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
        "log_statement": "none",
        "log_duration": "off",
        "log_min_duration_statement": "-1",
        "log_min_duration_sample": "-1",
        "log_transaction_sample_rate": "0",
    }
)

ROLE_LOG_SETTINGS: Final[Mapping[str, str]] = MappingProxyType({**SERVER_LOG_SETTINGS, "log_min_messages": "log"})

_ALSO_FINE: Final[Mapping[str, frozenset[str]]] = MappingProxyType({"log_min_messages": frozenset({"log", "fatal", "panic"})})


def check_log_settings(conn: psycopg.Connection[Any]) -> None:
    """Refuses a database in whose log a plate could land. Asked with a session of one of our own roles."""
    rows = conn.execute(
        "select name, setting from pg_catalog.pg_settings where name = any(%s)",
        [[*ROLE_LOG_SETTINGS, "auto_explain.log_min_duration"]],
    )
    in_force = {str(name): str(setting) for name, setting in rows.fetchall()}
    wrong = [
        f"{name} = {wanted}"
        for name, wanted in ROLE_LOG_SETTINGS.items()
        if in_force.get(name) not in (_ALSO_FINE.get(name) or {wanted})
    ]
    if in_force.get("auto_explain.log_min_duration", "-1") != "-1":
        wrong.append("auto_explain.log_min_duration = -1")
    if wrong:
        raise Unavailable(
            "The database would write plates into its own log, where no purge reaches them. Have its administrator set, "
            f"for the roles of this database or in postgresql.conf: {'; '.join(wrong)}. Then start again."
        )
