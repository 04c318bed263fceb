"""The office's nonces: its own, fresh, and no one else's."""

from datetime import timedelta

import pytest

from platewarden.policy.refusal import Stale
from platewarden.server.clock import now
from platewarden.server.unit_api import nonces
from platewarden.server.unit_api.nonces import give_nonce, given_at


def test_it_says_when_it_was_given_out():
    before = now()
    assert before - timedelta(seconds=1) < given_at(give_nonce()) <= now()


@pytest.mark.parametrize("wrong", [b"", bytes(24), bytes(8)])
def test_one_that_was_not_given_out_here_is_stale(wrong):
    with pytest.raises(Stale, match="does not repeat a nonce"):
        given_at(wrong)


@pytest.mark.parametrize("later", [timedelta(minutes=2), timedelta(minutes=-2)])
def test_one_of_another_time_is_stale(monkeypatch, later):
    nonce = give_nonce()
    monkeypatch.setattr(nonces, "now", lambda: now() + later)
    with pytest.raises(Stale, match="old nonce"):
        given_at(nonce)
