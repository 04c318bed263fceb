"""Pairing a laptop: who may, what is written and in which order, and what stays when it is cut in the middle."""

import stat
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key, pkcs12

from platewarden.policy.refusal import Malformed, Refused, Unavailable, Unknown
from platewarden.unit import pairing as pairings
from platewarden.unit.pairing import DAYS, FILE, end, is_believed, load, pair, settle
from platewarden.unit.shift import Stated
from platewarden.unit.testing import KEY, NOON, SECRET, Office, car_12, member, serving


@pytest.fixture
def car(tmp_path):
    office = Office()
    office.publish_roster(2, [member(), member("2280", "Officer Udo Untrained", trained_until=None)])
    (tmp_path / "stick").mkdir()
    with serving(office), car_12(tmp_path / "car", office) as car:
        car.transfer.contact()
        yield car


def paired(car, laptop="patrol 7", *, number="4417", secret=SECRET, key=KEY, to=None, network="10.20.0.1:8431"):
    return pair(
        car.data,
        replace(car.config, car_network=network),
        car.roster,
        Stated(number, secret, "", key=key),
        laptop=laptop,
        to=to or car.data.parent / "stick",
        at=car.clock(),
        journal=car.journal,
        spool=car.spool,
    )


def lines(car):
    return [(str(act), who) for act, who in car.spool.rows("select act, member from journal_line order by number")]


def test_it_hands_out_one_certificate_and_keeps_nothing_that_could_make_another(car):
    made, before, handed = paired(car)
    assert before is None
    assert load(car.data) == made
    assert (made.laptop, made.member, made.address, made.until) == (
        "patrol 7",
        "4417",
        "10.20.0.1:8431",
        NOON + timedelta(days=DAYS),
    )
    key, certificate, (authority,) = pkcs12.load_key_and_certificates(handed.key_file.read_bytes(), handed.passphrase.encode())
    assert handed.authority_file.read_bytes() == authority.public_bytes(pairings.serialization.Encoding.PEM)
    certificate.verify_directly_issued_by(authority)
    held = (car.data / FILE).read_bytes()
    of_unit, also_authority = x509.load_pem_x509_certificates(held)
    assert also_authority == authority
    of_unit.verify_directly_issued_by(authority)
    public = load_pem_private_key(held[held.index(b"-----BEGIN") :], None).public_key()
    assert public == of_unit.public_key()
    assert public not in [authority.public_key(), key.public_key()]
    assert held.count(b"PRIVATE KEY-----") == 2
    assert authority.extensions.get_extension_for_class(x509.NameConstraints).critical
    assert stat.S_IMODE((car.data / FILE).stat().st_mode) == 0o600
    assert handed.passphrase not in repr(handed)
    with pytest.raises(ValueError, match="password"):
        pkcs12.load_key_and_certificates(handed.key_file.read_bytes(), b"wrong")


def test_the_journal_has_it_before_it_counts(car, monkeypatch):
    def cut(*_):
        raise Unavailable("The power went.")

    monkeypatch.setattr(pairings, "replace_file", cut)
    with pytest.raises(Unavailable):
        paired(car)
    assert load(car.data) is None
    settle(car.data, at=NOON, journal=car.journal, spool=car.spool)
    settle(car.data, at=NOON, journal=car.journal, spool=car.spool)
    assert lines(car) == [("laptop.paired", "4417"), ("laptop.unpaired", None)]


def test_the_second_laptop_takes_the_place_of_the_first(car):
    first, _, _ = paired(car)
    second, before, _ = paired(car, "patrol 9")
    assert (before, load(car.data)) == (first, second)
    assert (is_believed(first, car.spool), is_believed(second, car.spool)) == (False, True)
    assert lines(car) == [("laptop.paired", "4417"), ("laptop.unpaired", "4417"), ("laptop.paired", "4417")]


def test_it_is_ended_at_once_and_only_once(car):
    made, _, _ = paired(car)
    assert end(car.data) == made
    assert load(car.data) is None
    with pytest.raises(Unknown, match="No laptop is paired"):
        end(car.data)
    settle(car.data, at=NOON, journal=car.journal, spool=car.spool)
    assert lines(car)[-1] == ("laptop.unpaired", None)


@pytest.mark.parametrize(
    ("stated", "clause"),
    [
        ({"number": "2280"}, "training-before-use"),
        ({"number": "9999"}, "access-documented"),
        ({"secret": "wrong"}, "access-documented"),
        ({"key": b""}, "access-documented"),
    ],
)
def test_whoever_may_not_operate_the_unit_pairs_nothing(car, stated, clause):
    with pytest.raises(Refused) as refused:
        paired(car, **stated)
    assert refused.value.clause.value == clause
    assert load(car.data) is None
    assert list((car.data.parent / "stick").iterdir()) == []
    number = stated.get("number", "4417")
    assert lines(car) == [("laptop.pair_refused", None if number == "9999" else number)]


def test_without_a_roster_nobody_pairs(tmp_path):
    office = Office()
    (tmp_path / "stick").mkdir()
    with serving(office), car_12(tmp_path / "car", office) as car, pytest.raises(Unavailable, match="no roster yet"):
        paired(car)


def test_what_is_missing_is_said_before_anybody_is_asked(car, tmp_path):
    with pytest.raises(Malformed, match="names no address of the car’s network"):
        paired(car, network="")
    with pytest.raises(Malformed, match="name of a laptop"):
        paired(car, " ")
    with pytest.raises(Unavailable, match="is no folder"):
        paired(car, to=tmp_path / "nowhere")
    assert lines(car) == []


def test_files_that_cannot_be_written_pair_nothing_and_end_nothing(car, monkeypatch):
    first, _, _ = paired(car)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pairings, "put", full)
    with pytest.raises(Unavailable, match="Nothing was paired"):
        paired(car, "patrol 9")
    assert load(car.data) == first
    assert lines(car) == [("laptop.paired", "4417")]


def test_a_damaged_file_is_said_and_can_be_ended(car):
    paired(car)
    (car.data / FILE).write_bytes(b"\xffgarbage")
    with pytest.raises(Malformed, match="no laptop is answered"):
        load(car.data)
    assert end(car.data) is None
    assert load(car.data) is None
