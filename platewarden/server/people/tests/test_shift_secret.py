"""Handing out a shift secret, and the key that goes with it."""

from __future__ import annotations

import pytest

from platewarden.exchange.shift_key import key_of
from platewarden.exchange.shift_secret import secret_fits
from platewarden.policy.refusal import Malformed, Unavailable
from platewarden.server.ledger.write import Signer
from platewarden.server.people.enrol import leave
from platewarden.server.people.shift_secret import ShiftCredentials, hand_out, write_key_file
from platewarden.server.people.testing import OPERATOR, SUPERVISOR

DANA = Signer(SUPERVISOR, "Dana Whitfield")


def test_a_new_secret_counts_and_the_one_before_no_longer(office):
    before, given = office.handed[OPERATOR], ShiftCredentials.new()
    hand_out(office.member(OPERATOR), given, by=DANA)
    verifier = bytes(office.member(OPERATOR).shift_verifier)
    assert secret_fits(given.secret, verifier, given.key)
    assert not secret_fits(given.secret, verifier)
    assert not secret_fits(before.shift_secret, verifier, before.shift_key)
    assert office.ledger()[-1] == ("people.shift_secret", SUPERVISOR)


def test_what_was_handed_out_is_kept_nowhere_and_shown_by_accident_nowhere(office):
    given = ShiftCredentials.new()
    hand_out(office.member(OPERATOR), given, by=DANA)
    row = str(office.ask_owner("select * from office.people_member where number = %s", OPERATOR))
    assert given.secret not in row
    assert given.key.hex() not in row
    assert given.secret not in repr(given)


def test_who_left_gets_none(office):
    rosa = office.member(OPERATOR)
    leave(rosa, by=DANA)
    lines = len(office.ledger())
    with pytest.raises(Malformed, match="no longer a member"):
        hand_out(rosa, ShiftCredentials.new(), by=DANA)
    assert len(office.ledger()) == lines
    assert office.member(OPERATOR).shift_verifier is None


def test_the_key_file_is_written_whole_and_replaces_the_one_before(tmp_path):
    first, second = ShiftCredentials.new(), ShiftCredentials.new()
    for given in (first, second):
        path = write_key_file(tmp_path, "1042", given.key)
        assert key_of("1042", path.read_bytes()) == given.key
    assert [each.name for each in tmp_path.iterdir()] == ["platewarden-shift-1042.key"]
    assert path.stat().st_mode & 0o077 == 0


def test_a_stick_that_is_not_there_is_said(tmp_path):
    with pytest.raises(Unavailable, match="Plug it in"):
        write_key_file(tmp_path / "none", "1042", bytes(16))
