"""The screen is served on the loopback, and says so when it cannot be."""

import socket

import pytest

from platewarden.policy.refusal import Unavailable
from platewarden.unit.screen.serve import HOST, serving


def test_a_port_that_is_taken_is_said():
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        with pytest.raises(Unavailable, match="Choose another --screen"), serving(None, taken.getsockname()[1]):
            pass


def test_it_is_served_on_this_machine_only():
    assert HOST == "127.0.0.1"
