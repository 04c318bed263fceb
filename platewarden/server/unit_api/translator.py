"""The one translator of this door: our errors become a status and one sentence, in deterministic CBOR.

A message that contradicts an earlier one, or its own signature, is recorded when it names an enrolled unit; bytes that name
nobody are not, or a stranger could fill the ledger.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import DatabaseError, DataError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, RawPostDataException

from platewarden.exchange.wire import encode_body
from platewarden.policy.refusal import Malformed, PlatewardenError, Refused, Tampered, Unavailable
from platewarden.server.clock import now
from platewarden.server.equipment.models import Unit
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer, record

log = logging.getLogger("platewarden.unit_api")
TAMPERED_STATUS = 422
DATABASE_AWAY = "The office's database does not answer right now. Nothing was lost; send it again in a moment."
NO_COLUMN = "The message holds a figure that is too large or too small to be kept. Tell the Administrative Supervisor."


class Translator:
    """The middleware: nothing else stands between the server and the views."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response["Cache-Control"] = "no-store"
        response["X-Content-Type-Options"] = "nosniff"
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, OperationalError | InterfaceError):
            error = Unavailable(DATABASE_AWAY)
        if isinstance(error, DataError):  # told so, the unit lays it aside; as our own failure it would be sent for ever
            error = Malformed(NO_COLUMN)
        if isinstance(error, RawPostDataException):
            return said(400, "The message broke off. Send it again.", None)
        if not isinstance(error, PlatewardenError):
            return None
        clause = error.clause.value if isinstance(error, Refused) else None
        status = TAMPERED_STATUS if isinstance(error, Tampered) else error.status
        if isinstance(error, Tampered):
            _record(request, error)
        log.warning("unit door %s: %s %s", request.path, status, type(error).__name__)
        return said(status, error.message, clause)


def _record(request: HttpRequest, error: Tampered) -> None:
    unit = getattr(request, "unit", None)
    if unit is None:
        return
    try:
        Unit.objects.filter(pk=unit.pk).update(tampered_at=now())
        record(
            Act.READS_TAMPERED,
            by=Signer(None, "the unit's door"),
            about={"unit": unit.id, "where": request.path},
            content={"because": error.message},
        )
    except DatabaseError:
        log.exception("a tampered message could not be recorded")


def said(status: int, sentence: str, clause: str | None) -> HttpResponse:
    return HttpResponse(encode_body({"error": sentence, "clause": clause}), status=status, content_type="application/octet-stream")
