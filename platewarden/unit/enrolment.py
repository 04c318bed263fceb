"""Enrolment: this unit makes its own key, asks the office, and is told yes by a person there.

The key never leaves the unit. The office's key is not believed because it answers at the right address, but because its
fingerprint is the one that a person at the office read out; from then on, nothing signed by another key is believed.

Order: make the key (0600) if there is none; compare the office's fingerprint; write `unit.toml`; ask, and ask again until
the office has decided; make the spool; write the signed grant. A unit without the grant is not enrolled, so a cut anywhere
is mended by asking again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from platewarden.exchange.enrolment import EnrolmentGrant, EnrolmentRequest
from platewarden.exchange.seal import SigningKey, fingerprint, key_id_of, open_message, seal_to
from platewarden.exchange.wire import Kind, decode_body
from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, Refusal, Refused, Stale, Tampered, Unavailable
from platewarden.unit.config import UnitConfig, write_config
from platewarden.unit.editions import replace_file
from platewarden.unit.link import Link, Reply
from platewarden.unit.spool import Spool

__all__ = ["GRANT", "KEY", "OFFICE", "SPOOL", "Enrolment", "enrol", "load_enrolment"]

KEY = "unit.key"
GRANT = "office.grant"
OFFICE = "office.pub"
SPOOL = "spool"


@dataclass(frozen=True)
class Enrolment:
    """An enrolled unit: its own key, and the two keys of the office that it believes and seals to."""

    key: SigningKey
    unit_id: UUID
    unit_name: str
    office_signing: bytes
    office_sealing: bytes
    office_key_id: bytes

    def find_key(self, key_id: bytes) -> bytes | None:
        """The one signer this unit believes."""
        return self.office_signing if key_id == self.office_key_id else None

    def seal(self, raw: bytes) -> bytes:
        """So that only the office can open it."""
        return seal_to(self.office_sealing, raw)


def load_enrolment(data: Path, config: UnitConfig) -> Enrolment:
    """The enrolment of this data folder; the grant is checked against the pinned office each time."""
    if not (data / GRANT).exists() or not (data / KEY).exists():
        raise Unavailable("This unit is not enrolled yet. Run: platewarden unit enrol --help")
    raw = (data / GRANT).read_bytes()
    office = (data / OFFICE).read_bytes()
    if not _is(office, config.office):
        raise Tampered(f"{OFFICE} is not the office pinned in unit.toml. Stop, and tell the Administrative Supervisor.")
    return _enrolment(raw, SigningKey.load(data / KEY), office)


def enrol(
    data: Path,
    config: UnitConfig,
    link: Link,
    *,
    clock: Callable[[], datetime],
    pause: Callable[[float], None],
    tries: int,
    say: Callable[[str], None],
) -> Enrolment:
    """Ask the office until it has decided, at most `tries` times, five seconds apart."""
    if (data / GRANT).exists():
        raise Stale("This data folder holds an enrolled unit. Use another --data, or run the unit that is here.")
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    data.chmod(0o700)
    key = _own_key(data)
    office = _pinned(link.get("/unit/v1/office"), config)
    write_config(data, config)
    say(f"This unit’s key is {fingerprint(key.public_bytes)}. At the office: compare it, and approve “{config.name}”.")
    for left in reversed(range(tries)):
        reply = link.post("/unit/v1/enrol", EnrolmentRequest(config.name, key.public_bytes, clock()).signed(key))
        if reply.is_yes:
            return _granted(data, reply.body, key, office)
        _go_on_waiting(reply, say)
        if left:
            pause(5.0)
    raise Unavailable(f"The office has not approved “{config.name}” yet. Run the same command again once it has.")


def _own_key(data: Path) -> SigningKey:
    if (data / KEY).exists():
        return SigningKey.load(data / KEY)
    key = SigningKey.generate()
    key.save(data / KEY)
    return key


def _pinned(reply: Reply, config: UnitConfig) -> bytes:
    if not reply.is_yes:
        raise Unavailable(reply.sentence or "The office does not answer. Try again in a moment.")
    public = decode_body(reply.body).get("signing_public")
    if not isinstance(public, bytes) or len(public) != 32:
        raise Malformed("The office’s answer holds no key. Is the server’s address right?")
    if not _is(public, config.office):
        raise Tampered(
            f"The office that answers has the fingerprint {fingerprint(public)}, not the one that was given. "
            "Stop: ask the office to read its fingerprint out again, and check the address."
        )
    return public


def _go_on_waiting(reply: Reply, say: Callable[[str], None]) -> None:
    if reply.status == 403:
        because = f"The office refuses this unit: {reply.sentence} Ask the Administrative Supervisor."
        raise Refused(Refusal(reply.clause or Clause.SUPERVISOR_MANAGES, because))
    if reply.status == 400:
        raise Malformed(f"The office cannot take this enrolment: {reply.sentence}")
    if reply.status == 409:
        raise Stale(f"The office takes this enrolment for an old one: {reply.sentence} Check this machine’s clock.")
    say("Waiting for the office’s approval." if reply.status == 202 else reply.sentence)


def _granted(data: Path, raw: bytes, key: SigningKey, office: bytes) -> Enrolment:
    enrolment = _enrolment(raw, key, office)
    Spool.create(data / SPOOL)
    replace_file(data / OFFICE, office)
    replace_file(data / GRANT, raw)
    return enrolment


def _enrolment(raw: bytes, key: SigningKey, office: bytes) -> Enrolment:
    key_id = key_id_of(office)
    opened = open_message(raw, Kind.ENROLMENT_GRANT, lambda asked: office if asked == key_id else None)
    grant = EnrolmentGrant.from_body(opened.body)
    if grant.office_signing_public != office:
        raise Tampered(
            "The office’s grant names another key than the one that signed it. Stop, and tell the Administrative Supervisor."
        )
    if grant.unit_key_id != key.key_id:
        raise Tampered("The office’s grant is another unit’s. Stop, and tell the Administrative Supervisor.")
    return Enrolment(key, grant.unit_id, grant.unit_name, office, grant.office_sealing_public, key_id)


def _is(public: bytes, told: str) -> bool:
    """Whether a key has the fingerprint that was read out: case, spaces and hyphens do not matter to people."""
    return _plain(fingerprint(public)) == _plain(told)


def _plain(text: str) -> str:
    return "".join(each for each in text.lower() if each.isalnum())
