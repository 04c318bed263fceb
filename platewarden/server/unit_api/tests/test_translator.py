"""Whatever goes wrong at the unit's door is a status and one sentence, in the wire's own form."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import HttpRequest, RawPostDataException

from platewarden.exchange.wire import decode_body
from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, Refusal, Refused, Stale, Tampered, Unavailable, Unknown
from platewarden.server.unit_api.translator import DATABASE_AWAY, Translator
from platewarden.server.unit_api.views import TooLarge

SENTENCE = "Something is not right. Do this."
CASES = [
    (Malformed(SENTENCE), 400, SENTENCE, None),
    (
        Refused(Refusal(Clause.SUPERVISOR_MANAGES, SENTENCE)),
        403,
        SENTENCE,
        "supervisor-manages",
    ),
    (Unknown(SENTENCE), 404, SENTENCE, None),
    (Stale(SENTENCE), 409, SENTENCE, None),
    (TooLarge(), 413, "The message is larger than the office takes. Send smaller pictures.", None),
    (Tampered(SENTENCE), 422, SENTENCE, None),
    (Unavailable(SENTENCE), 503, SENTENCE, None),
    (OperationalError("connection to /secret/place failed"), 503, DATABASE_AWAY, None),
    (InterfaceError("closed"), 503, DATABASE_AWAY, None),
    (RawPostDataException("x"), 400, "The message broke off. Send it again.", None),
]


@pytest.mark.parametrize(("error", "status", "sentence", "clause"), CASES)
def test_every_error_is_a_status_a_sentence_and_its_clause(error, status, sentence, clause):
    request = HttpRequest()
    request.path = "/unit/v1/reports"
    answer = Translator(lambda _: None).process_exception(request, error)
    assert answer.status_code == status
    assert decode_body(answer.content) == {"error": sentence, "clause": clause}
    assert answer["Content-Type"] == "application/octet-stream"


def test_what_nobody_foresaw_is_not_dressed_up():
    assert Translator(lambda _: None).process_exception(HttpRequest(), IntegrityError("x")) is None
