"""The simulated state system answers as it was told, or at random from all kinds, the same again with the same seed."""

from __future__ import annotations

import json

from platewarden.server.alerts.simulated import ANSWERS, KINDS, MISHAPS, Simulated, answer, simulated


def test_all_kinds_come_up_and_the_same_seed_gives_the_same_again():
    with simulated(seed=7) as one, simulated(seed=7) as other, simulated(seed=8) as third:
        drawn = [one.next_kind() for _ in range(400)]
        assert drawn == [other.next_kind() for _ in range(400)]
        assert drawn != [third.next_kind() for _ in range(400)]
    assert set(drawn) == set(KINDS) == {*ANSWERS, *MISHAPS}


def test_it_listens_on_this_machine_only_and_keeps_no_log_of_plates(capfd):
    from platewarden.server.alerts.state_system import put
    from platewarden.server.alerts.tests.test_state_system import question, system

    with simulated(kind="no record") as state:
        assert state.server_address[0] == "127.0.0.1"
        put(system(state.url), question(), "")
    assert "AB12345" not in "".join(capfd.readouterr())
    assert issubclass(type(state), Simulated)


def test_an_answer_names_what_it_was_asked():
    said = json.loads(answer("recovered", {"ask": "a", "plate": "P1", "state": "WI"}))
    assert (said["ask"], said["plate"], said["state"], said["answer"]) == ("a", "P1", "WI", "recovered")
