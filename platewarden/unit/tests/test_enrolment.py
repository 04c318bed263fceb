"""A unit's enrolment, over a real line."""

import pytest

from platewarden.exchange.seal import SigningKey
from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Refused, Stale, Tampered, Unavailable, Unknown
from platewarden.unit.config import UnitConfig, load_config
from platewarden.unit.enrolment import GRANT, KEY, SPOOL, enrol, load_enrolment
from platewarden.unit.link import Link
from platewarden.unit.spool import Spool
from platewarden.unit.testing import NOON, Office, serving


@pytest.fixture
def office():
    office = Office()
    with serving(office):
        yield office


def ask(data, office, *, fingerprint="", tries=1, said=None, pause=lambda _: None):
    config = UnitConfig(name="car 12", server=office.server, office=fingerprint or office.fingerprint)
    with Link(office.server, timeout_s=2) as link:
        return enrol(
            data, config, link, clock=lambda: NOON, pause=pause, tries=tries, say=(said if said is not None else []).append
        )


def test_an_approved_unit_has_its_own_key_the_offices_and_a_spool(tmp_path, office):
    data = tmp_path / "car"
    said = []
    enrolment = ask(data, office, fingerprint=office.fingerprint.upper().replace("-", " "), said=said)
    again = load_enrolment(data, load_config(data))
    assert (again.unit_id, again.office_sealing, again.key.key_id) == (
        enrolment.unit_id,
        office.sealing.public_bytes,
        enrolment.key.key_id,
    )
    assert (data / KEY).stat().st_mode & 0o777 == 0o600
    assert data.stat().st_mode & 0o777 == 0o700
    assert enrolment.find_key(office.key.key_id) == office.key.public_bytes
    assert enrolment.find_key(b"x" * 16) is None
    assert office.sealing.unseal(enrolment.seal(b"hello")) == b"hello"
    assert Spool.look(data / SPOOL)[0].unsent == 0
    assert "approve “car 12”" in said[0]


def test_it_waits_for_the_approval_and_asks_again(tmp_path, office):
    office.approve_all = False
    said, pauses = [], []

    def pause(seconds):
        pauses.append(seconds)
        office.approve_all = len(pauses) == 2

    assert ask(tmp_path, office, tries=5, said=said, pause=pause).unit_name == "car 12"
    assert pauses == [5.0, 5.0]
    assert said[1:] == ["Waiting for the office’s approval."] * 2


def test_not_approved_in_time_it_says_so_and_the_same_key_asks_again_later(tmp_path, office):
    office.approve_all = False
    with pytest.raises(Unavailable, match="has not approved “car 12” yet"):
        ask(tmp_path, office, tries=2)
    with pytest.raises(Unavailable, match="not enrolled yet"):
        load_enrolment(tmp_path, load_config(tmp_path))
    key = SigningKey.load(tmp_path / KEY).public_bytes
    office.approve_all = True
    assert ask(tmp_path, office).key.public_bytes == key


def test_a_refused_unit_is_told_so_with_the_clause(tmp_path, office):
    office.approve_all = False
    with pytest.raises(Unavailable):
        ask(tmp_path, office)
    office.refused.update(office.publics)
    with pytest.raises(Refused, match="The office refuses this unit: This unit was refused") as refused:
        ask(tmp_path, office)
    assert refused.value.clause is Clause.SUPERVISOR_MANAGES


def test_an_office_with_another_fingerprint_is_not_asked_at_all(tmp_path, office):
    with pytest.raises(Tampered, match="not the one that was given"):
        ask(tmp_path, office, fingerprint=Office().fingerprint)
    assert office.asked == ["/unit/v1/office"]
    assert not (tmp_path / GRANT).exists()


def test_a_grant_signed_by_another_key_is_not_believed(tmp_path, office):
    other = Office()
    other.publics = office.publics
    office.misbehave("/unit/v1/enrol", lambda _handler, body: other._enrol(body))
    with pytest.raises(Unknown, match="not known here"):
        ask(tmp_path, office)
    assert not (tmp_path / GRANT).exists()


def test_an_enrolled_unit_is_not_enrolled_over(tmp_path, office):
    ask(tmp_path, office)
    with pytest.raises(Stale, match="holds an enrolled unit"):
        ask(tmp_path, office)


def test_a_grant_by_another_office_than_the_pinned_one_stops_the_unit(tmp_path, office):
    ask(tmp_path, office)
    path = tmp_path / "unit.toml"
    path.write_text(path.read_text().replace(office.fingerprint, Office().fingerprint))
    with pytest.raises(Tampered, match="not the office pinned"):
        load_enrolment(tmp_path, load_config(tmp_path))


def test_no_answer_is_said_as_such(tmp_path, office):
    office.misbehave("/unit/v1/office", lambda _h, _b: None)
    with pytest.raises(Unavailable, match="does not answer"):
        ask(tmp_path, office)
