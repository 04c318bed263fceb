"""After that the data is purged."""

from __future__ import annotations

from platewarden.server.people.testing import AUDITOR, OPERATOR, SUPERVISOR
from platewarden.server.retention.testing import day_ago, keep_past, open_past, purge_now
from tests.clauses.conftest import text_of


def test_a_read_past_its_schedule_is_gone_and_nobody_finds_it(office):
    open_past(office.database, 31)
    car = office.car()
    with office.as_role("ingest"):
        keep_past(car, "AB12345", 31)
    purge_now(office)
    asked = {"plate": "AB12345", "span": "dates", "since": day_ago(40), "until": day_ago(20)}
    assert "Nothing is kept for this" in text_of(office.browser(OPERATOR).post("/reads/search/", asked))
    assert office.ask_owner("select count(*) from plates.reads") == [(0,)]


def test_what_a_member_said_of_a_reading_goes_with_it(office):
    open_past(office.database, 31)
    car = office.car()
    with office.as_role("ingest"):
        kept = keep_past(car, "AB12345", 31)
    browser = office.browser(OPERATOR)
    given = {"plate": "XY98765", "state": "", "because": "characters", "words": "it says XY98765", "saw": "0"}
    assert browser.post(f"/alerts/correct/{kept.read_id}/{kept.report.captured_at.isoformat()}/", given).status_code == 302
    assert office.ask_owner("select count(*) from plates.correction") == [(1,)]
    purge_now(office)
    for table in ("correction", "correction_held", "plate_seen", "gathered", "access_terms", "ledger_content"):
        assert office.ask_owner(f"select count(*) from plates.{table} t where t::text like '%%XY98765%%'") == [(0,)], table


def test_what_should_be_gone_and_is_not_is_red_on_the_first_page(office):
    open_past(office.database, 40)
    car = office.car()
    with office.as_role("ingest"):
        keep_past(car, "AB12345", 40)
    assert "of data are past their schedule and not purged" in text_of(office.browser(SUPERVISOR).get("/"))
    purge_now(office)
    assert "past their schedule" not in text_of(office.browser(SUPERVISOR).get("/"))


def test_every_purge_has_a_signed_certificate_that_the_auditor_can_take_along(office):
    certificate = purge_now(office)
    answer = office.browser(AUDITOR).get(f"/retention/certificates/{certificate.pk}/file/")
    assert answer.content.decode().startswith("platewarden purge certificate v1\n")
    assert "attachment" in answer["Content-Disposition"]
