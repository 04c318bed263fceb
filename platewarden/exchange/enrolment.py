"""Enrolment: up, a unit asks with the key it made; down, the office's grant.

The request is the one message that brings its own key: it proves that whoever asks holds the key it asks for, and nothing
more. That it is car 12 who asks, a person at the office decides who compares the fingerprint. That the grant is the office's,
the unit knows by the office's fingerprint, which a person gave it; that it is its own, by its key's id in it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from platewarden.exchange.message import Fields, Message, must
from platewarden.exchange.seal import key_id_of, open_message
from platewarden.exchange.wire import Kind, encode_body, from_microseconds, microseconds, open_envelope
from platewarden.policy.refusal import Malformed

__all__ = ["EnrolmentGrant", "EnrolmentRequest"]


@dataclass(frozen=True)
class EnrolmentRequest(Message):
    """A unit asks to be enrolled under a name, with its own public key; signed with that key."""

    kind: ClassVar[Kind] = Kind.ENROLMENT_REQUEST

    name: str
    signing_public: bytes
    made_at: datetime

    def __post_init__(self) -> None:
        _must_be_name(self.name)
        must(len(self.signing_public) == 32, "A unit's public key has 32 bytes. Send it as it was made.")
        from_microseconds(microseconds(self.made_at))

    @classmethod
    def opened(cls, raw: bytes) -> EnrolmentRequest:
        """The request of signed bytes, checked with the key it brings. Tampered when the signature isn't that key's."""
        envelope = open_envelope(raw)
        must(envelope.kind is cls.kind, "This message is not an enrolment request. Send it to the right door.")
        brought = cls.from_body(envelope.body)
        if key_id_of(brought.signing_public) != envelope.key_id:
            raise Malformed(
                "The enrolment request is signed with another key than the one it brings. Sign it with the unit's own key."
            )
        open_message(raw, cls.kind, lambda _: brought.signing_public)
        return brought

    def to_body(self) -> bytes:
        return encode_body({"name": self.name, "signing_public": self.signing_public, "made_at": microseconds(self.made_at)})

    @classmethod
    def from_body(cls, body: bytes) -> EnrolmentRequest:
        fields = Fields.of(body, cls.kind)
        request = cls(name=fields.text("name"), signing_public=fields.octets("signing_public"), made_at=fields.moment("made_at"))
        fields.done()
        return request


@dataclass(frozen=True)
class EnrolmentGrant(Message):
    """The office's yes: what the unit is called there, and the two keys of the office."""

    kind: ClassVar[Kind] = Kind.ENROLMENT_GRANT

    unit_id: uuid.UUID
    unit_key_id: bytes
    unit_name: str
    office_signing_public: bytes
    office_sealing_public: bytes
    granted_at: datetime

    def __post_init__(self) -> None:
        must(len(self.unit_key_id) == 16, "A unit's key id has 16 bytes. Send it as it was signed.")
        _must_be_name(self.unit_name)
        for public in (self.office_signing_public, self.office_sealing_public):
            must(len(public) == 32, "A public key of the office has 32 bytes. Send it as it was made.")
        from_microseconds(microseconds(self.granted_at))

    def to_body(self) -> bytes:
        return encode_body(
            {
                "unit_id": self.unit_id.bytes,
                "unit_key_id": self.unit_key_id,
                "unit_name": self.unit_name,
                "office_signing_public": self.office_signing_public,
                "office_sealing_public": self.office_sealing_public,
                "granted_at": microseconds(self.granted_at),
            }
        )

    @classmethod
    def from_body(cls, body: bytes) -> EnrolmentGrant:
        fields = Fields.of(body, cls.kind)
        grant = cls(
            unit_id=fields.uuid("unit_id"),
            unit_key_id=fields.octets("unit_key_id"),
            unit_name=fields.text("unit_name"),
            office_signing_public=fields.octets("office_signing_public"),
            office_sealing_public=fields.octets("office_sealing_public"),
            granted_at=fields.moment("granted_at"),
        )
        fields.done()
        return grant


def _must_be_name(name: str) -> None:
    must(
        len(name.strip()) > 0 and len(name) <= 60 and name.isprintable(),
        "A unit's name has 1 to 60 printable characters. Give it one.",
    )
