"""Enrolment: a unit asks with the key it made; a member compares the fingerprint and approves; revoking ends it at once."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import IntegrityError, transaction

from platewarden.exchange.enrolment import EnrolmentGrant, EnrolmentRequest
from platewarden.exchange.seal import SealingKey, SigningKey, fingerprint, key_id_of
from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, Refusal, Refused, Stale, Unknown
from platewarden.server.clock import now
from platewarden.server.equipment.models import AskState, EnrolmentAsk, Unit, UnitState
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer, record
from platewarden.server.people.models import Member
from platewarden.server.people.rules import may_do

WAITING_AT_MOST = 50
REVOKED = Refusal(Clause.SUPERVISOR_MANAGES, "This unit's enrolment was revoked. Bring it to the office.")
NOT_ENROLLED = Refusal(
    Clause.SUPERVISOR_MANAGES, "This unit is not enrolled. Run `platewarden unit enrol` and ask the office to approve it."
)
TURNED_DOWN = Refusal(Clause.SUPERVISOR_MANAGES, "The office refused to enrol this unit. Ask the supervisor.")


def office_signing_key() -> SigningKey:
    return SigningKey.load(settings.CONFIG.data / "secrets" / "office-signing.key")


def office_sealing_key() -> SealingKey:
    return SealingKey.load(settings.CONFIG.data / "secrets" / "office-sealing.key")


def ask(request: EnrolmentRequest) -> bytes | None:
    """A unit asks, or asks again. The signed grant once approved, None while it waits; Refused when turned down or revoked."""
    key_id = key_id_of(request.signing_public)
    if unit := Unit.objects.filter(key_id=key_id).first():
        if unit.state == UnitState.REVOKED:
            raise Refused(REVOKED)
        return bytes(unit.grant)
    name = " ".join(request.name.split())
    if not name or len(name) > 60:
        raise Malformed("A unit needs a name of at most 60 characters.")
    known = EnrolmentAsk.objects.filter(key_id=key_id).first()
    if known is not None:
        if known.state == AskState.REFUSED:
            raise Refused(TURNED_DOWN)
        return None
    if EnrolmentAsk.objects.filter(state=AskState.WAITING).count() >= WAITING_AT_MOST:
        raise Refused(Refusal(Clause.SUPERVISOR_MANAGES, "Too many units wait for the office already. Ask again later."))
    try:
        with transaction.atomic():
            EnrolmentAsk.objects.create(
                name=name,
                signing_public=request.signing_public,
                key_id=key_id,
                fingerprint=fingerprint(request.signing_public),
                asked_at=now(),
            )
            record(
                Act.EQUIPMENT_ASKED,
                by=Signer(None, "a unit"),
                content={"name": name, "fingerprint": fingerprint(request.signing_public)},
            )
    except IntegrityError:
        return None  # the same unit asked twice in one moment
    return None


def decide(ask_id: int, *, approve: bool, by: Member) -> Unit | None:
    """Approves or refuses a waiting unit. Refuses without the duty; Stale when somebody decided first."""
    act = Act.EQUIPMENT_APPROVED if approve else Act.EQUIPMENT_REFUSED
    if refusal := may_do(by, act, now()):
        raise Refused(refusal)
    with transaction.atomic():
        waiting = EnrolmentAsk.objects.select_for_update().filter(pk=ask_id).first()
        if waiting is None:
            raise Unknown("No unit asks under this number. Look at the list of units again.")
        if waiting.state != AskState.WAITING:
            raise Stale(f"This request was decided already ({waiting.get_state_display().lower()}).")
        waiting.state = AskState.APPROVED if approve else AskState.REFUSED
        waiting.decided_at, waiting.decided_by = now(), str(by)
        waiting.save(update_fields=["state", "decided_at", "decided_by"])
        unit = _enrol(waiting, by) if approve else None
        record(
            act,
            by=Signer(by.number, by.name),
            about={"unit": unit.id if unit else None, "key": bytes(waiting.key_id).hex()},
            content={"name": waiting.name, "fingerprint": waiting.fingerprint},
        )
    return unit


def _enrol(waiting: EnrolmentAsk, by: Member) -> Unit:
    unit_id, at = uuid.uuid4(), now()
    key = office_signing_key()
    grant = EnrolmentGrant(
        unit_id=unit_id,
        unit_key_id=bytes(waiting.key_id),
        unit_name=waiting.name,
        office_signing_public=key.public_bytes,
        office_sealing_public=office_sealing_key().public_bytes,
        granted_at=at,
    )
    return Unit.objects.create(
        id=unit_id,
        name=waiting.name,
        signing_public=waiting.signing_public,
        key_id=waiting.key_id,
        grant=grant.signed(key),
        enrolled_at=at,
        enrolled_by=str(by),
    )


def revoke(unit_id: uuid.UUID, *, by: Member) -> None:
    """Ends a unit's enrolment at once. Repeating it changes nothing; Unknown when there is no such unit."""
    if refusal := may_do(by, Act.EQUIPMENT_REVOKED, now()):
        raise Refused(refusal)
    if not Unit.objects.filter(pk=unit_id).exists():
        raise Unknown("There is no such unit. Look at the list again.")
    with transaction.atomic():
        revoked = Unit.objects.filter(pk=unit_id, state=UnitState.ENROLLED).update(
            state=UnitState.REVOKED, revoked_at=now(), revoked_by=str(by)
        )
        if revoked:
            record(Act.EQUIPMENT_REVOKED, by=Signer(by.number, by.name), about={"unit": unit_id})


def enrolled_unit(key_id: bytes) -> Unit:
    """The unit of a key. Refused when it is unknown or revoked."""
    return _enrolled(Unit.objects.filter(key_id=key_id).first())


def still_enrolled(key_id: bytes) -> Unit:
    """The same once more, in the transaction that keeps something of it: a revocation waits for that one, or this waits for it and refuses."""
    return _enrolled(Unit.objects.select_for_update(no_key=True).filter(key_id=key_id).first())


def _enrolled(unit: Unit | None) -> Unit:
    if unit is None:
        raise Refused(NOT_ENROLLED)
    if unit.state == UnitState.REVOKED:
        raise Refused(REVOKED)
    return unit
