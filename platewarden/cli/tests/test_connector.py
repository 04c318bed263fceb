"""connector simulate: a server of its own, without a data folder, until it is stopped."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_it_says_what_to_write_and_answers_until_it_is_stopped(told):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [sys.executable, "-m", "platewarden", "connector", "simulate", "--kind", "recovered", "--port", str(port)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        said_first = [running.stdout.readline() for _ in range(3)]
        asked = json.dumps({"version": 1, "ask": "a", "plate": "AB12345", "state": "IL"}).encode()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/ask", asked, timeout=10) as reply:
            said = json.load(reply)
        running.send_signal(told)
        try:
            _, aside = running.communicate(timeout=20)
        finally:
            running.kill()
    assert said_first == ["[state_system]\n", f'url = "http://127.0.0.1:{port}/ask"\n', 'source = "LEADS"\n']
    assert (said["answer"], said["plate"]) == ("recovered", "AB12345")
    assert running.returncode == 0
    assert "AB12345" not in aside


def test_an_answer_that_it_does_not_know_is_refused():
    words = [sys.executable, "-m", "platewarden", "connector", "simulate", "--kind", "maybe"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "“maybe” is no answer that it knows" in done.stderr
