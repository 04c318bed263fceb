"""The server's own log names no plate and no secret: not in a line, not in its arguments, not in a traceback."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from platewarden.server.web.logs import JsonLines, NoPlates, without_plates


def written(message: str, *arguments: object, error: BaseException | None = None) -> dict[str, str]:
    """The line as the server's handler writes it."""
    trace = None
    if error is not None:
        try:
            raise error
        except type(error):
            trace = sys.exc_info()
    record = logging.LogRecord("platewarden.test", logging.ERROR, __file__, 1, message, arguments, trace)
    assert NoPlates().filter(record)
    return json.loads(JsonLines().format(record))


@pytest.mark.parametrize(
    "text",
    [
        "read AB12345 came in",
        "AB12345",
        "the plate AB12345.",
        "the plate (AB12345), then another",
        "plate=AB12345",
        "'AB12345'",
        '{"plate": "AB12345"}',
        "Key (plate, captured_at)=(AB12345, 2026-11-23 22:00:00+00) already exists.",
        "IL-AB12345",
        "IL/AB12345",
        "/reads/AB12345/",
        "7ABC123; 1AB2345",
        "AB12345\nAB12345",
    ],
)
def test_a_plate_is_taken_out(text):
    said = written(text)["said"]
    assert not any(plate in said for plate in ("AB12345", "7ABC123", "1AB2345"))
    assert "[taken out]" in said


def test_it_is_taken_out_of_arguments_too():
    said = written("%s at %s", "AB12345", {"plate": "XY98765"})["said"]
    assert "AB12345" not in said
    assert "XY98765" not in said


def test_it_is_taken_out_of_tracebacks_and_their_causes():
    error = ValueError("bad value “AB12345”")
    error.__cause__ = KeyError("XY98765")
    line = written("it failed", error=error)
    assert "ValueError" in line["trace"]
    assert "KeyError" in line["trace"]
    assert "AB12345" not in line["trace"]
    assert "XY98765" not in line["trace"]


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("password=hunter2", "hunter2"),
        ("Password: hunter2", "hunter2"),
        ("{'password': 'two words'}", "two words"),
        ('{"token": "abc def"}', "abc def"),
        ("secret = s3cr3t", "s3cr3t"),
        ("Cookie: sessionid=abcdefgh", "abcdefgh"),
        ("sessionid=q9w8e7; person=00aa11", "q9w8e7"),
        ("the key was " + "0a" * 32, "0a0a"),
        ("open_access('\\x" + "0b" * 32 + "'::bytea)", "0b0b"),
    ],
)
def test_a_secret_is_taken_out(text, secret):
    said = written(text)["said"]
    assert secret not in said
    assert "[taken out]" in said


@pytest.mark.parametrize(
    "text",
    [
        "the listening connection is lost; trying again in 0.2 s",
        "unit door /unit/v1/reports: 503 Unavailable",
        "ledger.seal failed for the 3. time; trying again",
        "read 6f1f6f52-7c1e-5d1c-9a57-0d9d1f4c2b11 was kept",
        "at 2026-11-23T22:41:07.123+00:00",
        "version 5.2.1",
        "GET /alerts/12/ 404",
    ],
)
def test_what_is_no_plate_stays_readable(text):
    assert without_plates(text) == text


def test_a_line_is_one_json_object_with_its_moment():
    line = written("two\nlines")
    assert line["level"] == "error"
    assert line["where"] == "platewarden.test"
    assert line["at"].endswith("+00:00")


def test_the_servers_handler_has_the_filter():
    from django.conf import settings

    handlers = settings.LOGGING["handlers"]
    assert set(settings.LOGGING["root"]["handlers"]) == set(handlers)
    assert all("no_plates" in handler["filters"] and handler["formatter"] == "line" for handler in handlers.values())
