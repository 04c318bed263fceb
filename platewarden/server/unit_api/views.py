"""What cars say, and what the office answers. A message is opened with the key of an enrolled unit before it is read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from platewarden.exchange.alert_outcome import AlertOutcome
from platewarden.exchange.contact import Contact, Orders
from platewarden.exchange.enrolment import EnrolmentRequest
from platewarden.exchange.field_entry import FieldEntry
from platewarden.exchange.journal_page import JournalPage
from platewarden.exchange.message import Message
from platewarden.exchange.read_report import ReadReport
from platewarden.exchange.receipt import Outcome, Receipt, ReceiptItem, Stream
from platewarden.exchange.seal import Opened
from platewarden.exchange.task_answer import TaskAnswer
from platewarden.exchange.tombstone import Tombstone
from platewarden.exchange.track_page import TrackPage
from platewarden.exchange.wire import MAX_MESSAGE, Kind, encode_body, open_envelope
from platewarden.policy.refusal import Malformed, Stale, Tampered, Unavailable
from platewarden.server.alerts.from_car import take, withdrawn_of
from platewarden.server.alerts.hits import raise_alerts
from platewarden.server.clock import now
from platewarden.server.equipment import enrol
from platewarden.server.equipment.models import Unit
from platewarden.server.equipment.tombstones import keep_tombstone
from platewarden.server.hotlists.publish import changes_since, edition_bytes, newest_edition
from platewarden.server.investigations import task
from platewarden.server.people.editions import department
from platewarden.server.people.models import RosterIssue
from platewarden.server.reads import intake
from platewarden.server.retention.for_units import keep_if_held, notice_number, notice_of
from platewarden.server.unit_api.journal import write_page
from platewarden.server.unit_api.nonces import give_nonce, given_at
from platewarden.server.unit_api.typed import write_typed

BYTES = "application/octet-stream"
CONTACT_FIELDS = (
    *("last_contact_at", "last_nonce_at", "drift_s", "clock", "hotlist_edition", "roster_edition"),
    *("spooled", "last_sequence", "lowest_unsent", "unsent_since", "task_sheet", "lat", "lon", "place_at"),
)


def answer(raw: bytes) -> HttpResponse:
    return HttpResponse(raw, content_type=BYTES)


def _posted(request: HttpRequest) -> bytes:
    said = request.headers.get("Content-Length", "")
    if said.isdecimal() and int(said) > MAX_MESSAGE:
        raise TooLarge
    raw = request.body
    if len(raw) > MAX_MESSAGE:  # a message that came in chunks says no length
        raise TooLarge
    return raw


class TooLarge(Malformed):
    """The message is larger than the office takes. Send smaller pictures."""

    status = 413


M = TypeVar("M", bound=Message)
F = TypeVar("F", AlertOutcome, FieldEntry, TaskAnswer)


def _opened(request: HttpRequest, raw: bytes, kind: type[M]) -> tuple[M, Opened, Unit]:
    """The message, verified, with its unit. Refused for unknown and revoked units; Tampered on a bad signature."""
    found: list[Unit] = []

    def find_key(key_id: bytes) -> bytes:
        found.append(enrol.enrolled_unit(key_id))
        request.unit = found[0]  # type: ignore[attr-defined]  # for the translator: whose message it was said to be
        return bytes(found[0].signing_public)

    message, opened = kind.verified(raw, find_key)
    if getattr(message, "unit_key_id", None) != opened.key_id:
        raise Tampered("This message names another unit than the one whose key signed it. Tell the Administrative Supervisor.")
    return message, opened, found[0]


def _unsealed(request: HttpRequest) -> bytes:
    return enrol.office_sealing_key().unseal(_posted(request))


@require_GET
def office(_request: HttpRequest) -> HttpResponse:
    """The office's public keys. The unit compares the fingerprint that it was given out of band."""
    return answer(
        encode_body(
            {"signing_public": enrol.office_signing_key().public_bytes, "sealing_public": enrol.office_sealing_key().public_bytes}
        )
    )


@require_GET
def nonce(_request: HttpRequest) -> HttpResponse:
    """What the next contact of a unit repeats. Not signed: a false one is worth nothing to whoever made it."""
    return answer(encode_body({"nonce": give_nonce()}))


@csrf_exempt
@require_POST
def ask_enrolment(request: HttpRequest) -> HttpResponse:
    """A unit asks to be enrolled, signed with the key it asks for. 202 while it waits."""
    raw = _posted(request)
    asked = EnrolmentRequest.opened(raw)
    grant = enrol.ask(asked)
    return answer(grant) if grant is not None else HttpResponse(b"", status=202, content_type=BYTES)


def _contact(request: HttpRequest) -> tuple[Contact, Unit]:
    """A contact with a nonce newer than every earlier one of this unit. Stale otherwise: it is a replay, and changes nothing.

    The unit's own clock decides nothing here; how far it is off is measured, at accepted contacts only.
    """
    said, _, unit = _opened(request, _posted(request), Contact)
    nonce_at = given_at(said.office_nonce)
    with transaction.atomic():
        unit = Unit.objects.select_for_update().get(pk=unit.pk)
        if unit.last_nonce_at is not None and nonce_at <= unit.last_nonce_at:
            raise Stale("This contact repeats a nonce that this unit has used. Ask for a new one; a replay is refused.")
        unit.last_contact_at, unit.last_nonce_at = now(), nonce_at
        unit.drift_s, unit.clock = (said.at - now()) / timedelta(seconds=1), said.clock.value
        unit.hotlist_edition, unit.roster_edition, unit.spooled = said.hotlist_edition, said.roster_edition, said.spooled
        unit.last_sequence, unit.lowest_unsent, unit.unsent_since = said.last_sequence, said.lowest_unsent, said.unsent_since
        unit.task_sheet, spot = said.task_sheet, said.spot
        unit.lat, unit.lon, unit.place_at = (spot.lat, spot.lon, now() - (said.at - spot.at)) if spot else (None, None, None)
        unit.save(update_fields=CONTACT_FIELDS)
    return said, unit


@csrf_exempt
@require_POST
def contact(request: HttpRequest) -> HttpResponse:
    """A unit says what it holds; the office says what it should."""
    said, unit = _contact(request)
    edition, roster = newest_edition(), RosterIssue.objects.order_by("-number").first()
    orders = Orders(
        at=now(),
        nonce=said.nonce,
        hotlist_edition=edition.number if edition else 0,
        roster_edition=roster.number if roster else 0,
        office_at=now(),
        retention_days=department().retention_days["reads"],
        deadline_hours=department().transfer_deadline_hours,
        task_sheet=task.sheet_number(unit),
        hold_notice=notice_number(unit),
        withdrawn=withdrawn_of(unit),
    )
    return answer(orders.signed(enrol.office_signing_key()))


@csrf_exempt
@require_POST
def hotlist(request: HttpRequest) -> HttpResponse:
    """The newest edition, as its file."""
    _contact(request)
    edition = newest_edition()
    if edition is None:
        raise Unavailable("There is no hotlist edition yet.")
    return answer(edition_bytes(edition))


@csrf_exempt
@require_POST
def hotlist_changes(request: HttpRequest) -> HttpResponse:
    """What turns the edition that the unit holds into the newest, step by step."""
    held, _ = _contact(request)
    return answer(encode_body({"steps": changes_since(held.hotlist_edition)}))


@csrf_exempt
@require_POST
def roster(request: HttpRequest) -> HttpResponse:
    """The newest roster."""
    _contact(request)
    issue = RosterIssue.objects.order_by("-number").first()
    if issue is None:
        raise Unavailable("There is no roster yet.")
    return answer(bytes(issue.message))


@csrf_exempt
@require_POST
def tasks(request: HttpRequest) -> HttpResponse:
    """The canvass tasks that stand for this unit."""
    _, unit = _contact(request)
    sheet = task.sheet_of(unit)
    if sheet is None:
        raise Unavailable("This unit was never asked to drive a canvass.")
    return answer(sheet.signed(enrol.office_signing_key()))


@csrf_exempt
@require_POST
def holds(request: HttpRequest) -> HttpResponse:
    """Of which hours this unit keeps its reads beyond the retention."""
    _, unit = _contact(request)
    notice = notice_of(unit)
    if notice is None:
        raise Unavailable("Nothing was ever held for this unit.")
    return answer(notice.signed(enrol.office_signing_key()))


@csrf_exempt
@require_POST
def reports(request: HttpRequest) -> HttpResponse:
    """A read comes in: kept with its hits in one transaction, then receipted. The receipt is signed after the commit.

    One whose day has ended is kept only if a hold names it.
    """
    report, opened, unit = _opened(request, _unsealed(request), ReadReport)
    outcome = intake.answer_for_resend(opened.key_id, Stream.READ, report.sequence, opened.digest)
    late = intake.day_is_open(report.captured_at) if outcome is None else None
    if late is Outcome.EXPIRED and keep_if_held(report, unit, opened):
        outcome = Outcome.KEPT
    elif late is not None:
        is_new = intake.list_late(unit, report, opened.digest, late)
        outcome = late if is_new else intake.answer_for_resend(opened.key_id, Stream.READ, report.sequence, opened.digest)
    if outcome is None:
        pictures = intake.keep_pictures(report, unit)
        with transaction.atomic():
            is_new = intake.keep(report, unit, opened, pictures)
            if is_new:
                raise_alerts(report, unit)
        outcome = Outcome.KEPT if is_new else intake.answer_for_resend(opened.key_id, Stream.READ, report.sequence, opened.digest)
    assert outcome is not None
    return _receipt(opened, Stream.READ, report.sequence, outcome)


@csrf_exempt
@require_POST
def journal(request: HttpRequest) -> HttpResponse:
    """A page of who looked at what on the mobile workstation: into the ledger, line by line, once."""
    page, opened, unit = _opened(request, _unsealed(request), JournalPage)
    outcome = intake.answer_for_resend(opened.key_id, Stream.JOURNAL, page.sequence, opened.digest)
    if outcome is None:
        with transaction.atomic():
            is_new = intake.note_received(opened.key_id, Stream.JOURNAL, page.sequence, opened.digest, Outcome.KEPT)
            if is_new:
                write_page(page, unit)
        outcome = Outcome.KEPT if is_new else intake.answer_for_resend(opened.key_id, Stream.JOURNAL, page.sequence, opened.digest)
    assert outcome is not None
    return _receipt(opened, Stream.JOURNAL, page.sequence, outcome)


@csrf_exempt
@require_POST
def tombstones(request: HttpRequest) -> HttpResponse:
    """What ended in a unit past retention, undelivered: kept for the gap report, with its ledger line."""
    said, opened, unit = _opened(request, _unsealed(request), Tombstone)
    return _receipt(opened, Stream.TOMBSTONE, said.sequence, keep_tombstone(said, unit, opened.digest))


@csrf_exempt
@require_POST
def field(request: HttpRequest) -> HttpResponse:
    """What a member did, typed or said in a car, and where a canvass was driven; each once."""
    raw = _unsealed(request)
    match open_envelope(raw).kind:
        case Kind.ALERT_OUTCOME:
            return _done_once(*_opened(request, raw, AlertOutcome), take)
        case Kind.TASK_ANSWER:
            return _done_once(*_opened(request, raw, TaskAnswer), task.take_answer)
        case Kind.TRACK_PAGE:
            return _driven(*_opened(request, raw, TrackPage))
    return _done_once(*_opened(request, raw, FieldEntry), write_typed)


def _done_once(said: F, opened: Opened, unit: Unit, keep: Callable[[F, Unit], object]) -> HttpResponse:
    outcome = intake.answer_for_resend(opened.key_id, Stream.FIELD, said.sequence, opened.digest)
    if outcome is None:
        with transaction.atomic():
            is_new = intake.note_received(opened.key_id, Stream.FIELD, said.sequence, opened.digest, Outcome.KEPT)
            if is_new:
                keep(said, unit)
        outcome = Outcome.KEPT if is_new else intake.answer_for_resend(opened.key_id, Stream.FIELD, said.sequence, opened.digest)
    assert outcome is not None
    return _receipt(opened, Stream.FIELD, said.sequence, outcome)


def _driven(page: TrackPage, opened: Opened, unit: Unit) -> HttpResponse:
    """A piece of a track: kept once, or freed as expired where nothing of it lies within its task."""
    outcome = intake.answer_for_resend(opened.key_id, Stream.FIELD, page.sequence, opened.digest)
    if outcome is None:
        with transaction.atomic():
            outcome = Outcome.KEPT if task.keep_track(page, unit) else Outcome.EXPIRED
            is_new = intake.note_received(opened.key_id, Stream.FIELD, page.sequence, opened.digest, outcome)
            transaction.set_rollback(not is_new)  # the same page, a moment ago: kept by then
        outcome = outcome if is_new else intake.answer_for_resend(opened.key_id, Stream.FIELD, page.sequence, opened.digest)
    assert outcome is not None
    return _receipt(opened, Stream.FIELD, page.sequence, outcome)


def _receipt(opened: Opened, stream: Stream, sequence: int, outcome: Outcome) -> HttpResponse:
    item = ReceiptItem(stream=stream, sequence=sequence, digest=opened.digest, outcome=outcome)
    receipt = Receipt(unit_key_id=opened.key_id, items=(item,), received_at=now())
    return answer(receipt.signed(enrol.office_signing_key()))
