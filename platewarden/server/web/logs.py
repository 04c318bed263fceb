"""The server's own log: one JSON object a line, for machines. It names no plate; the ledger is something else.

Anything that looks like a plate is taken out of every line, arguments and tracebacks included, before it is written.
"""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime

# Four to eight capital letters and digits with at least one of each, standing alone: the shape of most plates. Not a part
# of a moment (2026-11-23T22) or of a version (1.2B34); at the end of a sentence, after a state or a slash it still is one.
PLATE_LIKE = re.compile(r"(?<!\w)(?<!\w\.)(?<!\d-)(?=[A-Z0-9]*[A-Z])(?=[A-Z0-9]*[0-9])[A-Z0-9]{4,8}(?!\w|\.\w)")
SECRET_LIKE = re.compile(r"(?i)(password|secret|token|cookie|key|sessionid|person)(['\"]?\s*[=:]\s*)(\"[^\"]*\"|'[^']*'|\S+)")
# What a cookie or a key looks like: long hexadecimal. (A uuid has hyphens.)
KEY_LIKE = re.compile(r"(?<!\w)(?:\\+x)?[0-9a-fA-F]{40,}(?!\w)")


def without_plates(text: str) -> str:
    """The text with whatever could be a plate or a secret taken out."""
    without = SECRET_LIKE.sub(r"\1\2[taken out]", PLATE_LIKE.sub("[taken out]", text))
    return KEY_LIKE.sub("[taken out]", without)


class NoPlates(logging.Filter):
    """Takes plates out of a record's message and arguments."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = without_plates(record.getMessage()), ()
        return True


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "where": record.name,
            "said": record.getMessage(),
        }
        if record.exc_info:
            line["trace"] = without_plates(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)
