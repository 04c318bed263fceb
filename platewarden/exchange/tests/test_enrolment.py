import dataclasses
import uuid
from datetime import UTC, datetime

import pytest

from platewarden.exchange.enrolment import EnrolmentGrant, EnrolmentRequest
from platewarden.exchange.seal import SigningKey, sign_message
from platewarden.exchange.wire import Kind, encode_body
from platewarden.policy.refusal import Malformed, Tampered

AT = datetime(2026, 1, 2, tzinfo=UTC)
UNIT = SigningKey.from_seed(b"u" * 32)
OTHER = SigningKey.from_seed(b"o" * 32)
REQUEST = EnrolmentRequest("car 12", UNIT.public_bytes, AT)
GRANT = EnrolmentGrant(uuid.UUID(int=1), UNIT.key_id, "car 12", OTHER.public_bytes, bytes(32), AT)


def test_a_request_opens_with_the_key_it_brings():
    assert EnrolmentRequest.opened(REQUEST.signed(UNIT)) == REQUEST


def test_it_refuses_a_request_for_somebody_elses_key():
    with pytest.raises(Malformed):
        EnrolmentRequest.opened(REQUEST.signed(OTHER))


def test_it_refuses_a_request_that_was_changed():
    raw = bytearray(REQUEST.signed(UNIT))
    raw[raw.index(b"car 12") + 5] = ord("3")
    with pytest.raises(Tampered):
        EnrolmentRequest.opened(bytes(raw))


def test_it_refuses_another_message_as_a_request():
    with pytest.raises(Malformed):
        EnrolmentRequest.opened(sign_message(Kind.CONTACT, REQUEST.to_body(), UNIT))
    with pytest.raises(Malformed):
        EnrolmentRequest.opened(sign_message(Kind.ENROLMENT_REQUEST, encode_body({}), UNIT))


def test_both_come_back_as_they_were():
    assert EnrolmentRequest.from_body(REQUEST.to_body()) == REQUEST
    assert EnrolmentGrant.from_body(GRANT.to_body()) == GRANT


@pytest.mark.parametrize("changed", [{"name": ""}, {"name": "  "}, {"name": "a\nb"}, {"name": "x" * 61}, {"signing_public": b""}])
def test_it_refuses_what_no_request_has(changed):
    with pytest.raises(Malformed):
        dataclasses.replace(REQUEST, **changed)


@pytest.mark.parametrize(
    "changed", [{"unit_name": ""}, {"unit_key_id": b""}, {"office_signing_public": b""}, {"office_sealing_public": b""}]
)
def test_it_refuses_what_no_grant_has(changed):
    with pytest.raises(Malformed):
        dataclasses.replace(GRANT, **changed)
