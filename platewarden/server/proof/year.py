"""What the public is told of a year: units, reads, alerts and how often they were wrong, searches, releases, holds, audits.

Counted by the database in one statement; small counts are left out before anything is kept (`small.py`). A year is fixed once, when it is
over, and stands for ever with its digest in the ledger: the difference of two tables of a year would tell of the days between. Of a year
that is not over there is a preview for who may fix it, and nothing to give away.

Units and audits are told as they are: they are the department's own doing and point at nobody. No plate, search, case or person's name is
in it; agencies that were handed something are named.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import IntegrityError, connection, transaction

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Refusal, Refused
from platewarden.server.alerts.quality import WRONG, Rate
from platewarden.server.clock import now
from platewarden.server.complaints.models import About
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer, record
from platewarden.server.people.editions import department
from platewarden.server.people.models import Member, PolicyEdition
from platewarden.server.people.rules import may_do
from platewarden.server.people.training import today
from platewarden.server.proof.models import YearTold
from platewarden.server.proof.small import FEWER, Told, told
from platewarden.server.release.models import RequestState
from platewarden.server.retention.models import Ground, Kind

RIGHT, WAS_WRONG, OPEN = "Closed, not found wrong", "Closed, found wrong", "Not closed by a member"
HANDED_OVER = "Handed over"


@dataclass(frozen=True)
class Table:
    """One table as it is told: what is counted, its total, and its parts under a heading (none where there is nothing to part)."""

    name: str
    title: str
    total: str
    heading: str
    rows: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]


def tables_of(year: int) -> list[Table]:
    """What would be told of a year by what is known now. Each call draws its lots anew."""
    counts = _counted(year)
    alerts = _alerts(counts)
    wrong = alerts[0].alone(WAS_WRONG)
    requests = told(_requests(counts))
    audits, searches = counts["audits"], counts["searches"]
    made = [
        _open("units", "Units in service at some time of the year", counts["units"]),
        _table("reads", "Plates read and kept", told({"": counts["reads"]})),
        _table("alerts", "Alerts", alerts[0], "What became of them", _rate(alerts[0])),
        _table("verified", "Alerts, by verification", alerts[1], "Verified through the official database"),
    ]
    if wrong is not None:
        made.append(_table("wrong", "Alerts found wrong", told(_wrong(counts)), "Why"))
    labels = {name: purpose.label for name, purpose in department().purposes.items()}
    made += [
        _table(
            "searches",
            "Looks at reads by members",
            told({label: searches.get(name, 0) for name, label in labels.items()} | _others(searches, labels)),
            "Purpose",
        ),
        _table("requests", "Written requests of others for data", requests, "What became of them"),
    ]
    if requests.alone(HANDED_OVER):
        made.append(_table("agencies", "Releases to agencies", told(counts["agencies"]), "Agency"))
    return [
        *made,
        _table("complaints", "Complaints about the readers and their data", told(_labelled(About, counts["complaints"])), "About"),
        _table("holds", "Holds that were placed", told(_labelled(Ground, counts["holds"])), "Ground"),
        _table("purged", "Rows purged at the end of their time", told(_labelled(Kind, counts["purged"])), "Kind of data"),
        _open("audits", "Audits of looks that were due", audits["due"], ("Signed off", audits["signed"]), ("In time", audits["in_time"])),
        _table(
            "judged",
            "Looks judged in audits",
            told({"In order": counts["judged"].get("in order", 0), "A finding": counts["judged"].get("finding", 0)}),
            "Judgement",
        ),
    ]  # fmt: skip


def keep_year(year: int, *, by: Member) -> YearTold:
    """Fixes what the public is told of a year. Refused before the year is over, of a year before the department's policy was in force here,
    and to others than supervisor or designee. Asked again it returns what stands, whoever asks.
    """
    if refusal := may_do(by, Act.PROOF_YEAR, now()):
        raise Refused(refusal)
    if refusal := must_be_over(year):
        raise Refused(refusal)
    if standing := YearTold.objects.filter(year=year).first():
        return standing
    text = json.dumps(said_of(year, tables_of(year)), sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    try:
        with transaction.atomic():
            kept = YearTold.objects.create(
                year=year, made_at=now(), made_by=by.name, made_by_number=by.number, text=text, sha256=digest
            )
            record(Act.PROOF_YEAR, by=Signer(by.number, by.name), about={"year": year, "sha256": digest})
    except IntegrityError:
        return YearTold.objects.get(year=year)
    return kept


def must_be_over(year: int) -> Refusal | None:
    """Refuses a year that is not over, and one in which nothing could be counted."""
    if year >= today(now()).year:
        return Refusal(
            Clause.PRIVACY_RECOGNIZED,
            f"The year {year} is not over. Its figures are fixed once, from January of {year + 1} on: figures of a part of it would tell of single days.",
        )
    if year < first_year():
        return Refusal(Clause.PRIVACY_RECOGNIZED, f"Nothing was counted in {year}. The first year here is {first_year()}.")
    return None


def first_year() -> int:
    """The year in which the department's policy came into force here."""
    first = PolicyEdition.objects.order_by("number").values_list("in_force_at", flat=True).first()
    return today(first or now()).year


def years_over() -> list[int]:
    """The years that can be fixed or are, newest first."""
    return list(range(today(now()).year - 1, first_year() - 1, -1))


def said_of(year: int, tables: list[Table]) -> dict[str, Any]:
    """What is kept: the tables, and by whose policy."""
    here = department()
    return {
        "department": here.name,
        "policy": here.policy_number,
        "year": year,
        "tables": [{**vars(each), "rows": [list(row) for row in each.rows], "notes": list(each.notes)} for each in tables],
    }


def tables_in(text: str) -> list[Table]:
    """The tables of a year that is kept."""
    return [
        Table(**{**each, "rows": tuple(map(tuple, each["rows"])), "notes": tuple(each["notes"])})
        for each in json.loads(text)["tables"]
    ]


# Counting -----------------------------------------------------------------------------------------------------------------


def _counted(year: int) -> dict[str, Any]:
    zone = department().time_zone
    since, until = (datetime(each, 1, 1, tzinfo=zone).astimezone(UTC) for each in (year, year + 1))
    with connection.cursor() as cursor:
        cursor.execute("select office.public_counts(%s, %s)", [since, until])
        found = cursor.fetchone()[0]
    counts: dict[str, Any] = json.loads(found) if isinstance(found, str) else found
    return counts


def _alerts(counts: dict[str, Any]) -> tuple[Told, Told]:
    """All alerts by what became of them, and by whether they were verified."""
    alerts = counts["alerts"]
    total, wrong = sum(alerts.values()), sum(_wrong(counts).values())
    still_open = alerts.get("open", 0) + alerts.get("ended", 0)
    return (
        told({RIGHT: total - wrong - still_open, WAS_WRONG: wrong, OPEN: still_open}),
        told({"Yes": counts["verified"], "No": total - counts["verified"]}),
    )


def _wrong(counts: dict[str, Any]) -> dict[str, int]:
    alerts = counts["alerts"]
    return {each.label: alerts.get(each.value, 0) for each in WRONG} | {
        "Withdrawn: the reading was corrected": alerts.get("withdrawn", 0)
    }


def _rate(alerts: Told) -> tuple[str, ...]:
    """How often closed alerts were wrong, where both counts are told."""
    right, wrong = alerts.alone(RIGHT), alerts.alone(WAS_WRONG)
    if right is None or wrong is None:
        return ()
    rate = Rate(wrong, right + wrong)
    if rate.share is None or rate.interval is None:
        return ()
    low, high = rate.interval
    return (f"Of closed alerts {rate.share:.1%} were found wrong (95 % interval {low:.1%} to {high:.1%}).",)


def _requests(counts: dict[str, Any]) -> dict[str, int]:
    found = counts["requests"]
    return {HANDED_OVER: found.get("handed over", 0)} | {
        label: found.get(value, 0) for value, label in ((each.value, str(each.label)) for each in RequestState)
    }


def _others(searches: dict[str, int], labels: dict[str, str]) -> dict[str, int]:
    """Purposes of an earlier edition of the policy."""
    others = sum(count for name, count in searches.items() if name not in labels)
    return {"A purpose of an earlier policy": others} if others else {}


def _labelled(words: Any, found: dict[str, int]) -> dict[str, int]:
    return {str(each.label): found.get(each.value, 0) for each in words}


# Telling ------------------------------------------------------------------------------------------------------------------


def _open(name: str, title: str, total: int, *rows: tuple[str, int]) -> Table:
    return Table(name, title, f"{total:,}", "Of these" if rows else "", tuple((label, f"{count:,}") for label, count in rows), ())


def _table(name: str, title: str, counted: Told, heading: str = "", notes: tuple[str, ...] = ()) -> Table:
    total = FEWER if counted.total is None else f"{counted.total:,}"
    if not heading:
        return Table(name, title, total, "", (), notes)
    rows = tuple(("; ".join(names) + (" (together)" if len(names) > 1 else ""), f"{count:,}") for names, count in counted.parts)
    if not counted.parts and counted.total != 0:
        notes = (*notes, "The parts are left out: some are too small to be told.")
    return Table(name, title, total, heading, rows, notes)


__all__ = [
    "Table",
    "first_year",
    "keep_year",
    "must_be_over",
    "said_of",
    "tables_in",
    "tables_of",
    "years_over",
]
