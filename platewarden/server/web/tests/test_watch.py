"""What the department's monitoring is told: alive, ready or why not, figures for the token; never a plate, a member or a case."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.db import connections

from platewarden.server.alerts.testing import alert_of
from platewarden.server.people.testing import OPERATOR
from platewarden.server.proof.testing import worker_was_round

LOOK = {"span": "all", "plate": "CD54321"}


def figures(office, token: str | None = None):
    asked = settings.CONFIG.read_secret("watch.token").decode().strip() if token is None else token
    return office.browser().get("/watch/figures", headers={"Authorization": f"Bearer {asked}"})


def of(answer) -> dict[str, float]:
    lines = [line for line in answer.content.decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def test_a_process_that_answers_says_so_to_anybody(office):
    answer = office.browser().get("/watch/live")
    assert (answer.status_code, answer.content) == (204, b"")


def test_it_is_ready_while_a_look_would_be_answered_and_says_why_not(office):
    browser = office.browser()
    assert browser.get("/watch/ready").status_code == 200
    with office.database.connect("postgres") as superuser:
        superuser.execute("insert into office.ledger_unsealed values (-1, clock_timestamp() - interval '11 s')")
    answer = browser.get("/watch/ready")
    assert (answer.status_code, answer.content) == (503, b"The ledger is not being sealed.\n")


def test_without_a_database_it_lives_and_is_not_ready(office, monkeypatch):
    browser = office.browser()
    login = connections["default"]
    login.close()
    monkeypatch.setitem(login.settings_dict, "PORT", 1)
    assert browser.get("/watch/live").status_code == 204
    answer = browser.get("/watch/ready")
    assert (answer.status_code, answer.content) == (503, b"The database does not answer.\n")


@pytest.mark.parametrize("token", ["", "x", "🚓"])
def test_without_the_token_there_is_no_such_page(office, token):
    assert figures(office, token).status_code == 404
    assert office.browser(OPERATOR).get("/watch/figures").status_code == 404
    assert office.browser().post("/watch/figures").status_code in (403, 405)


def test_a_token_that_others_may_read_opens_nothing(office):
    path = settings.CONFIG.data / "secrets" / "watch.token"
    assert figures(office).status_code == 200
    token = path.read_text().strip()
    path.chmod(0o644)
    try:
        assert figures(office, token).status_code == 404
    finally:
        path.chmod(0o600)


def test_the_figures_count_and_name_nothing_that_was_seen(office):
    alert_of(office)
    browser = office.browser(OPERATOR, purpose=("criminal-investigation", "26-004117"))
    assert browser.post("/reads/search/", LOOK).status_code == 200
    assert of(figures(office))["platewarden_red"] == 1
    worker_was_round(office)
    answer = figures(office)
    assert answer["Content-Type"].startswith("text/plain; version=")
    told = of(answer)
    assert told["platewarden_red"] == 0
    assert told["platewarden_alerts_open"] == 1
    assert told["platewarden_units_enrolled"] == 1
    assert told["platewarden_ledger_sealed"] == told["platewarden_ledger_leaves"] > 0
    assert told["platewarden_disk_bytes"] > told["platewarden_disk_free_bytes"] > 0
    assert told['platewarden_job_done_at{job="ledger.seal"}'] > 1e9
    assert told['platewarden_page_seconds_count{page="reads:search",status="2xx"}'] >= 1
    text = answer.content.decode()
    for seen in ("AB12345", "CD54321", "26-004117", "Rosa", "Car 12", OPERATOR):
        assert not re.search(rf"\b{seen}\b", text), seen


def test_a_silent_hit_moves_no_figure(office):
    before = of(figures(office))["platewarden_alerts_open"]
    alert = alert_of(office)
    with office.database.connect("owner") as owner:
        owner.execute("update office.alerts_alert set silent = true where id = %s", [alert.pk])
    assert of(figures(office))["platewarden_alerts_open"] == before
