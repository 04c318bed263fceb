"""Every address, asked by every member of the cast: who gets in, who is refused. The table is committed; a new address needs its rows.

The office is a busy one, so that what an address names is there; each member gets a copy of it, so that nobody meets what another one did.
A form is posted empty. `open`: answered, or asked for what is missing in the form before it is asked whose it is; `refused`: 403; `none`: no such thing, or not yours to know;
`later`: not to be had yet; `sign in`: sent to sign-in. What may be seen on an open page is a matter of its own tests.

Written anew, for a reader to judge, by `PLATEWARDEN_TABLE=write python -m pytest tests/house/test_truth_table.py -k says`;
`PLATEWARDEN_TABLE=missing` asks for the rows of new addresses only, which takes a minute.
"""

from __future__ import annotations

import csv
import inspect
import os
import time
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.db import connections
from django.urls import URLPattern, URLResolver, get_resolver

from platewarden.server.access.models import Rule, Tripped
from platewarden.server.clock import now
from platewarden.server.database.testing import Database
from platewarden.server.equipment.models import Unit
from platewarden.server.hotlists.models import Bolo
from platewarden.server.ledger.write import CONSOLE
from platewarden.server.people.assign import assign
from platewarden.server.people.enrol import enrol_member
from platewarden.server.people.models import Duty
from platewarden.server.people.testing import AUDITOR, DESIGNEE, LAPSED, LIST_MANAGER, OUTSIDER, SEED, SUPERVISOR, UNTRAINED, train
from platewarden.server.people.training import today
from platewarden.server.proof.testing import busy
from platewarden.server.web.testing import office_on

TABLE = Path(__file__).with_name("truth_table.csv")
# Each with one duty; who sits on the seat, and who holds none, is of the cast.
ONE_DUTY = {
    "1201": Duty.OPERATOR,
    "1202": Duty.INVESTIGATOR,
    "1203": Duty.DISPATCHER,
    "1204": Duty.RECORDS_CLERK,
    "1205": Duty.CUSTODIAN,
}
CAST = {
    "nobody": None,
    "untrained": UNTRAINED,
    "no duty": OUTSIDER,
    "operator": "1201",
    "investigator": "1202",
    "dispatcher": "1203",
    "list manager": LIST_MANAGER,
    "records clerk": "1204",
    "custodian": "1205",
    "auditor": AUDITOR,
    "designee": DESIGNEE,
    "supervisor": SUPERVISOR,
}
# What ends the session that asks.
ENDS = {"account_logout", "access:lock", "access:end_mine", "account_inactive"}


def patterns(resolver: URLResolver | None = None, before: str = "", space: str = "") -> Iterator[tuple[str, str, URLPattern]]:
    for each in (resolver or get_resolver("platewarden.server.urls")).url_patterns:
        if isinstance(each, URLResolver):
            yield from patterns(each, before + str(each.pattern), f"{each.namespace}:" if each.namespace else space)
        else:
            yield f"{space}{each.name}", before + str(each.pattern), each


def methods(view: object) -> list[str]:
    """GET and POST, or the one that its decorator keeps it to."""
    while view is not None:
        allowed = inspect.getclosurevars(view).nonlocals.get("request_method_list") if inspect.isfunction(view) else None
        if allowed is not None:
            return [method for method in ("GET", "POST") if method in allowed]
        view = getattr(view, "__wrapped__", None)
    return ["GET", "POST"]


def rows_to_ask() -> list[tuple[str, str, str, list[str]]]:
    """Name, method, address with its places, their names."""
    return [
        (name, method, address, list(pattern.pattern.converters))
        for name, address, pattern in patterns()
        for method in methods(pattern.callback)
    ]


@pytest.fixture(scope="module")
def busy_with_every_duty(cluster) -> Iterator[str]:
    with office_on(cluster) as own:
        busy(own)
        with own.as_role("owner"):
            for number, duty in ONE_DUTY.items():
                member, _ = enrol_member(number=number, name=f"Only {duty.label}", by=CONSOLE)
                assign(member, duty, by=CONSOLE)
                train(member, until=today(now()) + timedelta(days=300))
                TOTP.activate(member, SEED)
            _tripped(own)
        for alias in ("default", "login"):
            connections[alias].close()  # nobody may be in a template that is copied
        cluster.copy(own.database.name, "platewarden_every_duty")
    return "platewarden_every_duty"


def _tripped(office) -> None:
    """One of the looks is to be judged."""
    access, number, name = office.ask_owner("select access_id, member_number, member_name from office.access_record limit 1")[0]
    Tripped.objects.create(
        at=now(), rule=Rule.SAME_PLATE, access_id=access, member_number=number, member_name=name, count=4, to_auditor=False
    )


def places(office) -> dict[str, str]:
    """What stands in an address, by the name of its place: things that are there."""
    read, at = office.ask_owner("select read_id, captured_at from plates.reads order by captured_at desc limit 1")[0]
    return {
        "read_id": str(read),
        "captured": at.isoformat(),
        "unit_id": str(Unit.objects.values_list("pk", flat=True)[0]),
        "entry_id": str(Bolo.objects.values_list("entry_id", flat=True)[0]),
        "tripped_id": str(Tripped.objects.earliest("pk").pk),
        "number": LAPSED,
        "name": "purge",
        "year": str(now().year),
    }


def fill(address: str, names: list[str], given: dict[str, str]) -> str:
    for name in names:
        before, _, rest = address.partition("<")
        _, _, after = rest.partition(">")
        kind = rest.partition(":")[0]
        address = before + given.get(name, str(uuid.UUID(int=12)) if kind == "uuid" else "1") + after
    return "/" + address


def word(answer) -> str:
    if answer.status_code == 500:
        return "failed"
    if answer.status_code == 302 and answer["Location"].startswith("/sign-in/"):
        return "sign in"
    return {403: "refused", 404: "none", 503: "later"}.get(answer.status_code, "open")


def column(office, number: str | None, wanted: list[tuple[str, str, str, list[str]]]) -> dict[tuple[str, str], str]:
    """What one member is answered everywhere: first what is looked at, then what is done."""
    given, found = places(office), {}
    browser, sealed_at = office.browser(number), time.monotonic()
    for name, method, address, names in sorted(wanted, key=lambda row: row[1]):
        if time.monotonic() - sealed_at > 2:  # looks are refused while a line waits for the sealer too long
            office.seal()
            sealed_at = time.monotonic()
        answer = browser.generic(method, fill(address, names, given), content_type="application/x-www-form-urlencoded")
        found[name, method] = word(answer)
        if answer.streaming:
            answer.close()
        if name in ENDS:
            browser = office.browser(number)
    return found


def asked(cluster, template: str, wanted: list[tuple[str, str, str, list[str]]]) -> dict[tuple[str, str], list[str]]:
    """What every member is answered at these addresses, in the cast's order."""
    columns = []
    for number in CAST.values():
        name = f"{template}_{next(cluster.numbers)}"
        cluster.copy(template, name)
        with office_on(cluster, Database(cluster, name)) as own:
            columns.append(column(own, number, wanted))
    return {(name, method): [each[name, method] for each in columns] for name, method, _, _ in wanted}


def committed() -> list[list[str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_every_address_stands_in_the_table_and_nothing_else_does() -> None:
    assert [row[:2] for row in committed()[1:]] == [[name, method] for name, method, _, _ in rows_to_ask()]
    assert committed()[0] == ["address", "method", *CAST]


def test_the_table_says_what_nobody_may_doubt() -> None:
    """Read from the table alone: what a change of it would have to explain."""
    head, *rows = committed()
    answers = {(row[0], row[1]): dict(zip(head[2:], row[2:], strict=True)) for row in rows}
    for (name, _method), by in answers.items():
        if by["nobody"] != "sign in":
            assert name.startswith(("account_", "mfa_", "watch:", "web:")), name
    judged = answers["audits:judge", "POST"]
    assert {who for who, said in judged.items() if said == "open"} <= {"auditor"}
    for method, address in (("POST", "access:judge"), ("GET", "access:asked")):
        assert {who for who, said in answers[address, method].items() if said == "open"} == {"auditor", "designee", "supervisor"}
    for act in ("people:give", "people:relieve", "people:enrol"):
        assert {who for who, said in answers[act, "POST"].items() if said == "open"} == {"supervisor"}


@pytest.mark.slow
def test_every_address_answers_every_member_as_the_table_says(cluster, busy_with_every_duty) -> None:
    how, rows = os.environ.get("PLATEWARDEN_TABLE"), rows_to_ask()
    known = {(name, method): answers for name, method, *answers in committed()[1:]} if how == "missing" else {}
    known |= asked(cluster, busy_with_every_duty, [row for row in rows if row[:2] not in known])
    found = [["address", "method", *CAST], *([name, method, *known[name, method]] for name, method, _, _ in rows)]
    if how:
        with TABLE.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(found)
    wrong = [(now_said, was_said) for now_said, was_said in zip(found, committed(), strict=True) if now_said != was_said]
    assert wrong == []
    assert not [row for row in found if "failed" in row]
