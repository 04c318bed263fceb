"""A year as the public is told of it: counted rightly, small counts left out, fixed once by who may, and never of a year that is not over."""

from __future__ import annotations

import hashlib
import json
import threading

import pytest
from django.db import connections

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Refused
from platewarden.server.clock import now
from platewarden.server.people.testing import AUDITOR, DESIGNEE, OPERATOR, SUPERVISOR
from platewarden.server.people.training import today
from platewarden.server.proof.models import YearTold
from platewarden.server.proof.testing import year_ago
from platewarden.server.proof.year import first_year, keep_year, must_be_over, tables_in, tables_of, years_over


def this_year() -> int:
    return today(now()).year


def by_name(tables):
    return {each.name: each for each in tables}


def alerts_of(office, *, right: int, wrong: int, waiting: int) -> None:
    """Alerts that a superuser writes: made up whole, to have many."""
    with office.database.connect("postgres") as root:
        root.execute("set session_replication_role = replica")
        root.execute(
            "with raised as (insert into office.alerts_alert (hit_id, read_id, captured_at, unit_id, raised_at, tier, urgent, silent, state,"
            " acknowledged_by, rematched_by, rematched_because) select gen_random_uuid(), gen_random_uuid(), now(), gen_random_uuid(), now(), 'full',"
            " false, false, case when n <= %s then 'disposed' else 'raised' end, '', '', '' from generate_series(1, %s) n returning id)"
            " insert into office.alerts_disposition (alert_id, at, by, outcome, ground, for_review)"
            " select id, now(), '', case when row_number() over () <= %s then 'stop made' else 'misread' end, '', false from raised limit %s",
            [right + wrong, right + wrong + waiting, right, right + wrong],
        )


def test_it_counts_what_happened_and_tells_no_small_count(busy_office):
    tables = by_name(tables_of(this_year()))
    assert tables["units"].total == "2"
    assert tables["reads"].total == "fewer than 5"
    ((agencies,),) = busy_office.ask_owner("select count(*) from office.release_releasereceipt")
    assert agencies == 1
    assert "agencies" not in tables, "one release: which agency had it is not told"
    for each in tables.values():
        if each.name not in ("units", "audits"):
            assert not {"1", "2", "3", "4"} & {each.total, *(count for _, count in each.rows)}, each
    assert tables["audits"].rows == (("Signed off", "1"), ("In time", "1"))


def test_large_counts_are_told_with_how_often_alerts_were_wrong(office):
    alerts_of(office, right=50, wrong=10, waiting=7)
    tables = by_name(tables_of(this_year()))
    assert tables["alerts"].total == "67"
    assert dict(tables["alerts"].rows) == {
        "Closed, not found wrong": "50",
        "Closed, found wrong": "10",
        "Not closed by a member": "7",
    }
    assert tables["alerts"].notes == ("Of closed alerts 16.7% were found wrong (95 % interval 9.3% to 28.0%).",)
    assert dict(tables["wrong"].rows)["Misread"] == "10"
    assert dict(tables["verified"].rows) == {"Yes": "0", "No": "67"}


def test_where_few_were_wrong_neither_their_number_nor_the_rate_comes_out(office):
    alerts_of(office, right=50, wrong=2, waiting=60)
    tables = by_name(tables_of(this_year()))
    assert tables["alerts"].total == "112"
    assert "wrong" not in tables
    assert tables["alerts"].notes == ()
    assert sum(int(count) for _, count in tables["alerts"].rows) == 112
    assert {name: count for name, count in tables["alerts"].rows if "together" in name}.keys() <= {
        "Closed, not found wrong; Closed, found wrong (together)",
        "Closed, found wrong; Not closed by a member (together)",
    }


def test_a_year_is_fixed_once_and_stands(office):
    year_ago(office)
    year = this_year() - 1
    assert year in years_over()
    kept = keep_year(year, by=office.member(SUPERVISOR))
    assert keep_year(year, by=office.member(DESIGNEE)).pk == kept.pk, "asked again, it is what stands"
    assert kept.made_by_number == SUPERVISOR
    assert kept.sha256 == hashlib.sha256(kept.text.encode()).hexdigest()
    assert by_name(tables_in(kept.text)).keys() >= {"units", "reads", "alerts", "searches", "requests", "holds", "audits"}
    ((number, body),) = office.ask_owner("select member_number, body from office.ledger_leaf where act = 'proof.year'")
    assert number == SUPERVISOR
    assert json.loads(body)["about"] == {"year": year, "sha256": kept.sha256}
    with office.database.connect("owner") as owner, pytest.raises(Exception, match="append-only"):
        owner.execute("update office.proof_yeartold set text = ''")


def test_of_two_at_once_one_fixes_it(office):
    year_ago(office)
    year, made, ready = this_year() - 1, [], threading.Barrier(2)
    members = [office.member(SUPERVISOR), office.member(DESIGNEE)]

    def fix(member) -> None:
        ready.wait()
        made.append(keep_year(year, by=member).sha256)
        connections.close_all()

    threads = [threading.Thread(target=fix, args=[each]) for each in members]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(made) == 2
    assert len(set(made)) == 1
    assert YearTold.objects.count() == 1
    assert len(office.ask_owner("select from office.ledger_leaf where act = 'proof.year'")) == 1


@pytest.mark.parametrize("number", [OPERATOR, AUDITOR])
def test_nobody_else_fixes_it(office, number):
    year_ago(office)
    with pytest.raises(Refused):
        keep_year(this_year() - 1, by=office.member(number))
    assert not YearTold.objects.exists()


def test_a_year_that_is_not_over_and_one_before_the_first_are_refused(office):
    for year, said in ((this_year(), "is not over"), (this_year() + 1, "is not over"), (first_year() - 1, "Nothing was counted")):
        refusal = must_be_over(year)
        assert refusal.clause is Clause.PRIVACY_RECOGNIZED
        assert said in refusal.because
        with pytest.raises(Refused, match=said):
            keep_year(year, by=office.member(SUPERVISOR))
    assert years_over() == []
