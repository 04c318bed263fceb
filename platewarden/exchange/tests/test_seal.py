import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platewarden.exchange.seal import (
    SealingKey,
    SigningKey,
    digest,
    fingerprint,
    key_id_of,
    open_message,
    seal_to,
    sign_message,
)
from platewarden.exchange.wire import MAX_MESSAGE, Kind, encode_body, open_envelope
from platewarden.policy.refusal import Malformed, Stale, Tampered, Unavailable, Unknown

UNIT = SigningKey.from_seed(b"u" * 32)
OTHER = SigningKey.from_seed(b"o" * 32)
OFFICE = SealingKey.from_seed(b"s" * 32)
BODY = encode_body({"a": 1})


def find_unit(key_id):
    return UNIT.public_bytes if key_id == UNIT.key_id else None


def test_a_signed_message_opens_and_says_who_signed_it():
    raw = sign_message(Kind.CONTACT, BODY, UNIT)
    opened = open_message(raw, Kind.CONTACT, find_unit)
    assert (opened.body, opened.key_id, opened.digest) == (BODY, UNIT.key_id, digest(raw))
    assert sign_message(Kind.CONTACT, BODY, UNIT) == raw


def test_it_refuses_a_key_that_nobody_knows():
    with pytest.raises(Unknown):
        open_message(sign_message(Kind.CONTACT, BODY, OTHER), Kind.CONTACT, find_unit)


def test_it_refuses_a_message_of_another_kind():
    with pytest.raises(Malformed, match="journal page"):
        open_message(sign_message(Kind.JOURNAL_PAGE, BODY, UNIT), Kind.CONTACT, find_unit)


def test_it_refuses_a_signature_made_for_another_kind():
    raw = sign_message(Kind.JOURNAL_PAGE, BODY, UNIT)
    with pytest.raises(Tampered):
        open_message(raw[:4] + bytes([Kind.CONTACT]) + raw[5:], Kind.CONTACT, find_unit)


def test_it_refuses_a_signature_over_the_body_alone():
    raw = sign_message(Kind.CONTACT, BODY, UNIT)
    with pytest.raises(Tampered):
        open_message(raw[:-64] + UNIT.sign(BODY), Kind.CONTACT, find_unit)
    with pytest.raises(Tampered):
        open_message(raw[:-64] + UNIT.sign(raw[:-64]), Kind.CONTACT, find_unit)


def test_it_refuses_a_message_that_borrows_a_key_id():
    raw = sign_message(Kind.CONTACT, BODY, OTHER)
    with pytest.raises(Tampered):
        open_message(raw[:5] + UNIT.key_id + raw[21:], Kind.CONTACT, find_unit)


@pytest.mark.parametrize("public", [OTHER.public_bytes, b"", bytes(32)])
def test_it_refuses_to_verify_with_another_key_than_the_message_names(public):
    with pytest.raises(Tampered):
        open_message(sign_message(Kind.CONTACT, BODY, UNIT), Kind.CONTACT, lambda _: public)


def test_nothing_is_parsed_before_the_signature_holds():
    raw = sign_message(Kind.CONTACT, b"not CBOR at all", UNIT)
    assert open_message(raw, Kind.CONTACT, find_unit).body == b"not CBOR at all"
    with pytest.raises(Tampered):
        open_message(raw[:-1] + bytes([raw[-1] ^ 1]), Kind.CONTACT, find_unit)


@given(st.binary(max_size=150))
def test_any_bytes_are_refused(raw):
    for start in (b"", b"PW\x01\x01\x08" + UNIT.key_id):
        with pytest.raises((Malformed, Tampered, Unknown)):
            open_message(start + raw, Kind.CONTACT, find_unit)


def test_a_key_id_is_the_start_of_the_digest_of_the_public_key():
    assert UNIT.key_id == key_id_of(UNIT.public_bytes) == digest(UNIT.public_bytes)[:16]
    assert open_envelope(sign_message(Kind.CONTACT, BODY, UNIT)).key_id == UNIT.key_id


def test_a_fingerprint_can_be_said_over_the_phone():
    said = fingerprint(UNIT.public_bytes)
    assert [len(group) for group in said.split("-")] == [4, 4, 4, 4, 4]
    assert not set(said) & set("ILOU")
    assert said == said.upper()
    assert fingerprint(bytes(32)) == "CSM7-NBFR-CAYQ-EV4F-R65R"
    assert len({fingerprint(bytes([number]) * 32) for number in range(50)}) == 50


def test_what_is_sealed_opens_for_the_office_only():
    sealed = seal_to(OFFICE.public_bytes, b"a read")
    assert OFFICE.unseal(sealed) == b"a read"
    assert b"a read" not in sealed
    assert seal_to(OFFICE.public_bytes, b"a read") != sealed
    with pytest.raises(Tampered):
        SealingKey.generate().unseal(sealed)


@pytest.mark.parametrize("sealed", [b"", b"PS\x01\x01", bytes(60), b"PS\x02\x01" + bytes(60), b"PS\x01\x02" + bytes(60)])
def test_it_refuses_what_was_never_sealed(sealed):
    with pytest.raises(Malformed):
        OFFICE.unseal(sealed)


@given(st.binary(max_size=150))
def test_any_sealed_bytes_are_refused(raw):
    for start in (b"", b"PS\x01\x01" + OFFICE.public_bytes):
        with pytest.raises((Malformed, Tampered)):
            OFFICE.unseal(start + raw)


def test_it_refuses_to_seal_to_no_key_or_too_much():
    for public in (b"", bytes(31), bytes(32)):
        with pytest.raises(Malformed):
            seal_to(public, b"a read")
    with pytest.raises(Malformed):
        seal_to(OFFICE.public_bytes, bytes(MAX_MESSAGE + 1))


@pytest.mark.parametrize("kind", [SigningKey, SealingKey])
def test_a_key_is_kept_in_a_file_that_only_its_owner_reads(kind, tmp_path):
    key = kind.generate()
    key.save(tmp_path / "a.key")
    assert (tmp_path / "a.key").stat().st_mode & 0o777 == 0o600
    assert kind.load(tmp_path / "a.key").public_bytes == key.public_bytes
    assert [path.name for path in tmp_path.iterdir()] == ["a.key"]


def test_a_key_file_is_never_overwritten(tmp_path):
    UNIT.save(tmp_path / "a.key")
    with pytest.raises(Stale):
        OTHER.save(tmp_path / "a.key")
    assert SigningKey.load(tmp_path / "a.key").key_id == UNIT.key_id
    assert [path.name for path in tmp_path.iterdir()] == ["a.key"]


def test_a_cut_while_saving_leaves_the_next_try_free(tmp_path):
    (tmp_path / "a.key.new").write_bytes(b"half a k")
    UNIT.save(tmp_path / "a.key")
    assert SigningKey.load(tmp_path / "a.key").key_id == UNIT.key_id


def test_it_refuses_a_key_file_that_others_may_read(tmp_path):
    UNIT.save(tmp_path / "a.key")
    (tmp_path / "a.key").chmod(0o640)
    with pytest.raises(Unavailable, match="600"):
        SigningKey.load(tmp_path / "a.key")


def test_it_refuses_a_file_that_holds_another_key_or_none(tmp_path):
    OFFICE.save(tmp_path / "sealing.key")
    UNIT.save(tmp_path / "signing.key")
    (tmp_path / "rubbish.key").write_bytes(os.urandom(100))
    (tmp_path / "rubbish.key").chmod(0o600)
    with pytest.raises(Malformed):
        SigningKey.load(tmp_path / "sealing.key")
    with pytest.raises(Malformed):
        SealingKey.load(tmp_path / "signing.key")
    with pytest.raises(Malformed):
        SigningKey.load(tmp_path / "rubbish.key")
    with pytest.raises(Unavailable):
        SigningKey.load(tmp_path / "none.key")
    with pytest.raises(Unavailable):
        UNIT.save(tmp_path / "no folder" / "a.key")


def test_a_key_does_not_show_itself():
    assert repr(UNIT) == "SigningKey()"
    assert repr(OFFICE) == "SealingKey()"
