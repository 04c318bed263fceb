"""The passphrase: from the key store, to a member at a time, written down, and gone with the medium."""

from __future__ import annotations

import re

import pytest
from django.conf import settings

from platewarden.policy.refusal import Refused, Unknown
from platewarden.server.evidence.passphrase import destroy_key, passphrase_of, show_passphrase
from platewarden.server.evidence.testing import packed
from platewarden.server.people.testing import OPERATOR, SUPERVISOR


@pytest.fixture
def made(office, hold, medium):
    return packed(office, hold, medium)


def test_it_is_160_bits_as_a_clerk_types_them_and_stays_the_same(office, hold, made, medium):
    passphrase = passphrase_of(made)
    assert re.fullmatch(r"([A-Z2-7]{4}-){7}[A-Z2-7]{4}", passphrase)
    assert passphrase == passphrase_of(made)
    assert passphrase != passphrase_of(packed(office, hold, medium))


def test_it_stands_nowhere_but_wrapped_in_the_key_store(made, medium, office):
    passphrase = passphrase_of(made).encode()
    files = [*settings.CONFIG.data.rglob("*"), *medium.iterdir()]
    assert not [each for each in files if each.is_file() and passphrase in each.read_bytes()]
    assert (settings.CONFIG.data / "keys" / "evidence" / f"{made.access_id}.key").is_file()


def test_showing_it_is_written_down_first(office, made):
    assert show_passphrase(made, by=office.member(SUPERVISOR)) == passphrase_of(made)
    assert office.ledger()[-1] == ("evidence.passphrase", SUPERVISOR)


def test_whoever_lacks_the_duty_is_not_shown_it(office, made):
    with pytest.raises(Refused):
        show_passphrase(made, by=office.member(OPERATOR))
    assert ("evidence.passphrase", OPERATOR) not in office.ledger()


def test_a_destroyed_key_has_none_and_destroying_it_again_changes_nothing(made, office):
    destroy_key(made)
    destroy_key(made)
    with pytest.raises(Unknown, match="was destroyed"):
        show_passphrase(made, by=office.member(SUPERVISOR))
    assert ("evidence.passphrase", SUPERVISOR) not in office.ledger()


def test_an_unfinished_package_has_nothing_to_open(office, made):
    made.state = "making"
    with pytest.raises(Unknown, match="never finished"):
        show_passphrase(made, by=office.member(SUPERVISOR))
