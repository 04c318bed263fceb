"""Breaches of the policy as somebody who rules the database would make them: each drawn from the policy's own text, with random members,
times, amounts and camouflage. It knows the tables and nothing of how `platewarden check` measures them.

A breach says which clauses it breaks, what the check has to name, and which others may turn red with it. One that the check cannot see names
the row of the table in `docs/reference/check.md` that says why.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from platewarden.policy.clauses import Clause

EVERY = frozenset(Clause)
PURPOSES = ("criminal-investigation", "missing-person", "stolen-property", "warrant")
LOOKED = ("operator", "investigator", "dispatcher", "list manager", "designee")


@dataclass(frozen=True)
class Breach:
    """What was done: any of `turns` is red or at risk for it and names a record that begins with `record`."""

    turns: frozenset[Clause]
    record: str
    also: frozenset[Clause] = frozenset()
    unseen: str = ""


class Hand:
    """A superuser's hand, and the dice that lead it."""

    def __init__(self, execute: Callable[[str, list[Any]], list[tuple[Any, ...]]], random: Random) -> None:
        self._execute = execute
        self.dice = random
        self.at = datetime.now(UTC)

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        return self._execute(statement, list(values))

    def one(self, statement: str, *values: Any) -> Any:
        return self.rows(statement, *values)[0][0]

    def any(self, statement: str, *values: Any) -> Any:
        """The first column of one of the rows, by the dice."""
        return self.dice.choice(sorted(row[0] for row in self.rows(statement, *values)))

    def line(self, act: str, number: str | None, about: dict[str, Any], content: Any = None, purpose: str = "") -> int:
        """A line of the ledger, written as the program writes it."""
        name = self.rows("select name from office.people_member where number = %s", number)
        said = json.dumps(content) if content is not None else None
        made = self.one(
            "select office.ledger_write(%s, %s, %s, %s, %s::jsonb, %s::jsonb)",
            *(act, number, name[0][0] if name else "Somebody", purpose, json.dumps(about, default=str), said),
        )
        return int(made)

    def case(self) -> str:
        return f"26-{self.dice.randrange(100000):06}"

    def plate(self) -> str:
        return "".join(self.dice.choices("ABCDEFGHKLMNPRSTUVXYZ", k=2)) + f"{self.dice.randrange(100000):05}"

    def member(self, *duties: str, trained: bool = True) -> tuple[int, str]:
        """A member taken on in good order, a few minutes ago."""
        number = f"3{self.dice.randrange(10**8):08}"
        since = self.at - timedelta(seconds=self.dice.randrange(120, 240))
        pk = self.one(
            "insert into office.people_member (password, number, name, is_active, joined_at) values ('!', %s, %s, true, %s) returning id",
            *(number, f"Member {number}", since),
        )
        self.line("people.enrol", "1001", {"member": number})
        for duty in duties:
            self.one(
                "insert into office.people_assignment (member_id, duty, given_by, since_at) values (%s, %s, '1001', %s) returning id",
                *(pk, duty, since),
            )
            self.line("people.assign", "1001", {"member": number, "duty": duty})
        if trained:
            self.training(
                pk, number, entered=since, completed=self.at.date() - timedelta(days=9), expires=self.at.date() + timedelta(days=90)
            )
        return pk, number

    def training(self, pk: int, number: str, *, entered: datetime, completed: date, expires: date, by: str | None = "1001") -> int:
        words = {"course": "ALPR", "completed_on": completed.isoformat(), "expires_on": expires.isoformat()}
        self.line("people.training", by, {"member": number}, words)
        made = self.one(
            "insert into office.people_completion (member_id, course, completed_on, expires_on, approved_by, entered_at)"
            " values (%s, 'ALPR', %s, %s, '1001', %s) returning id",
            *(pk, completed, expires, entered),
        )
        return int(made)

    def look(
        self,
        pk: int,
        number: str,
        *,
        purpose: str = "criminal-investigation",
        reference: str | None = None,
        act: str = "reads.search",
        ago: float = 0.0,
        line: int | None = None,
    ) -> str:
        """A look written past the desk, whole: record, line, question."""
        access, opened = uuid.uuid4(), self.at - timedelta(seconds=ago)
        reference = self.case() if reference is None else reference
        terms = {"plate": self.plate(), "span": "all"}
        if line is None:
            line = self.line(act, number, {"access": str(access)}, {"reference": reference, "terms": terms}, purpose)
        name = self.rows("select name from office.people_member where number = %s", number)
        self.rows(
            "insert into office.access_record values (%s, 'platewarden_app', pg_current_xact_id(), %s, %s, %s, %s, %s, %s, %s, %s)"
            " returning leaf_id",
            *(access, opened, opened + timedelta(minutes=5), pk, number, name[0][0] if name else "Somebody", purpose, act, line),
        )
        self.rows(
            "insert into plates.access_terms values (%s, %s, %s, %s::jsonb) returning access_id",
            *(access, opened, reference, json.dumps(terms)),
        )
        return f"ledger line {line}"


KINDS: dict[str, Callable[[Hand], Breach]] = {}
ON_A_COPY: set[str] = set()
"""Those whose trace another connection has to see: they are committed."""


def kind(make: Callable[[Hand], Breach]) -> Callable[[Hand], Breach]:
    KINDS[make.__name__] = make
    return make


def on_a_copy(make: Callable[[Hand], Breach]) -> Callable[[Hand], Breach]:
    ON_A_COPY.add(make.__name__)
    return kind(make)


def turned(*clauses: Clause, record: str, also: tuple[Clause, ...] | frozenset[Clause] = ()) -> Breach:
    return Breach(frozenset(clauses), record, frozenset(also) | frozenset(clauses))


def unseen(why: str) -> Breach:
    return Breach(frozenset(), "", frozenset(), why)


def innocent(hand: Hand) -> None:
    """What breaks nothing, so that breaches do not stand alone."""
    pk, number = hand.member(hand.dice.choice(("operator", "investigator")))
    for _ in range(hand.dice.randrange(3)):
        hand.look(pk, number, purpose=hand.dice.choice(PURPOSES))


# 427.4(a), 427.4(b), 427.6(a), 427.6(b): looks ---------------------------------------------------------------------------


@kind
def a_look_by_an_untrained_member(hand: Hand) -> Breach:
    pk, number = hand.member("operator", trained=False)
    how, day = hand.dice.choice(("never", "ended", "not yet", "entered afterwards")), hand.at.date()
    if how == "ended":
        hand.training(
            pk, number, entered=hand.at - timedelta(minutes=2), completed=day - timedelta(days=400), expires=day - timedelta(days=2)
        )
    elif how == "not yet":
        hand.training(
            pk, number, entered=hand.at - timedelta(minutes=2), completed=day + timedelta(days=2), expires=day + timedelta(days=99)
        )
    elif how == "entered afterwards":
        hand.training(pk, number, entered=hand.at, completed=day - timedelta(days=2), expires=day + timedelta(days=99))
    return turned(Clause.TRAINING_BEFORE_USE, record=hand.look(pk, number, ago=30))


@kind
def a_look_for_no_purpose(hand: Hand) -> Breach:
    pk, number = hand.member("investigator")
    said = hand.dice.choice(
        ("", "curiosity", "Criminal-Investigation", "criminal investigation", "warrants", "press", "a neighbour")
    )
    return turned(Clause.NO_UNAUTHORIZED_PURPOSE, record=hand.look(pk, number, purpose=said))


@kind
def a_look_without_a_case(hand: Hand) -> Breach:
    pk, number = hand.member("operator")
    said = hand.dice.choice(("", "because", "26-", "26-4117", "2026-004117", "26-004117x", "x26-004117", "26 004117", "AA-26-031"))
    return turned(Clause.LEGITIMATE_PURPOSE, record=hand.look(pk, number, purpose=hand.dice.choice(PURPOSES), reference=said))


@kind
def a_patrol_without_a_shift(hand: Hand) -> Breach:
    pk, number = hand.member("operator")
    said = hand.dice.choice(("", "tonight", "2A1123", "123A-1123", "2a-1123", "26-004117"))
    return turned(Clause.PATROL_AND_INVESTIGATION, record=hand.look(pk, number, purpose="routine-patrol", reference=said))


@kind
def a_look_by_nobody(hand: Hand) -> Breach:
    if hand.dice.random() < 0.5:
        return turned(
            Clause.OFFICIAL_USE_ONLY, record=hand.look(10**6 + hand.dice.randrange(10**6), f"7{hand.dice.randrange(10**6)}")
        )
    pk, _ = hand.member("operator")  # in the name of somebody who is none
    return turned(Clause.OFFICIAL_USE_ONLY, record=hand.look(pk, f"7{hand.dice.randrange(10**6)}"))


@kind
def a_look_without_the_duty(hand: Hand) -> Breach:
    how = hand.dice.choice(("none", "another", "ended"))
    pk, number = hand.member(*(() if how == "none" else ("records clerk",) if how == "another" else ("operator",)))
    if how == "ended":
        hand.rows(
            "update office.people_assignment set until_at = %s where member_id = %s returning id",
            *(hand.at - timedelta(seconds=60), pk),
        )
        hand.line("people.relieve", "1001", {"member": number, "duty": "operator"})
    return turned(Clause.ASSIGNED_MEMBERS, record=hand.look(pk, number))


@kind
def a_look_under_another_line(hand: Hand) -> Breach:
    pk, number = hand.member("operator")
    line = hand.any("select leaf_id from office.ledger_leaf where act in ('people.assign', 'access.sign_in', 'reads.search')")
    return turned(Clause.ACCESS_DOCUMENTED, record=hand.look(pk, number, line=line))


@kind
def a_look_that_was_erased(hand: Hand) -> Breach:
    line = hand.any("select leaf_id from office.access_record")
    (access,) = hand.rows("delete from office.access_record where leaf_id = %s returning access_id", line)[0]
    if hand.dice.random() < 0.7:
        hand.rows("delete from plates.access_terms where access_id = %s returning 1", access)
        hand.rows("delete from office.access_shown where access_id = %s returning 1", access)
    return turned(Clause.ACCESS_DOCUMENTED, record=f"ledger line {line}")


@kind
def a_look_that_was_rewritten(hand: Hand) -> Breach:
    line = hand.any("select leaf_id from office.access_record where act = 'reads.search'")
    how = hand.dice.choice(
        (
            "purpose = 'missing-person'",
            "purpose = 'warrant'",
            "member_name = 'Somebody Else'",
            "act = 'reads.look'",
            "member_id = (select id from office.people_member where number = '1002'), member_number = '1002', member_name = 'Luis Ortega'",
        )
    )
    hand.rows(f"update office.access_record set {how} where leaf_id = %s returning 1", line)
    return turned(
        Clause.ACCESS_DOCUMENTED, record=f"ledger line {line}", also=(Clause.LEGITIMATE_PURPOSE, Clause.PATROL_AND_INVESTIGATION)
    )


@kind
def a_look_that_was_moved_in_time(hand: Hand) -> Breach:
    line = hand.any("select leaf_id from office.access_record where act = 'reads.search'")
    back = timedelta(minutes=hand.dice.randrange(10, 19))
    (access,) = hand.rows(
        "update office.access_record set opened_at = opened_at - %s where leaf_id = %s returning access_id", back, line
    )[0]
    if hand.dice.random() < 0.7 and hand.at.hour > 0:
        hand.rows("update plates.access_terms set opened_at = opened_at - %s where access_id = %s returning 1", back, access)
    return turned(
        Clause.ACCESS_DOCUMENTED, record=f"ledger line {line}", also=(Clause.TRAINING_BEFORE_USE, Clause.ASSIGNED_MEMBERS)
    )


@kind
def a_question_that_was_changed(hand: Hand) -> Breach:
    access, line = hand.dice.choice(
        hand.rows("select access_id::text, leaf_id from office.access_record where act = 'reads.search' order by 2")
    )
    if hand.dice.random() < 0.5:
        what: tuple[str, Any] = ("terms = terms || %s::jsonb", json.dumps({"plate": hand.plate()}))
    else:
        what = ("reference = %s", hand.case())
    hand.rows(f"update plates.access_terms set {what[0]} where access_id = %s returning 1", what[1], access)
    return turned(Clause.ACCESS_DOCUMENTED, record=f"ledger line {line}", also=(Clause.PATROL_AND_INVESTIGATION,))


@kind
def what_was_asked_is_gone_too_early(hand: Hand) -> Breach:
    line = hand.any("select leaf_id from plates.ledger_content")
    hand.rows("delete from plates.ledger_content where leaf_id = %s returning 1", line)
    return turned(Clause.RETENTION_SCHEDULE, record="ledger contents of ", also=(Clause.ACCESS_DOCUMENTED,))


@kind
def a_tripped_look_that_nobody_else_judged(hand: Hand) -> Breach:
    pk, number = hand.member("operator")
    hand.look(pk, number)
    access = hand.one("select access_id from office.access_record where member_id = %s", pk)
    how = hand.dice.choice(("never", "by oneself", "unsaid", "unknown"))
    at = hand.at - timedelta(days=hand.dice.randrange(8, 30)) if how == "never" else hand.at
    judged = {"by oneself": number, "unsaid": "1001"}.get(how)
    made = hand.one(
        "insert into office.access_tripped (at, rule, access_id, member_number, member_name, count, to_auditor, judged_at, judged_by, judgement, note)"
        " values (%s, 'same plate', %s, %s, '', 4, false, %s, %s, %s, '') returning id",
        *(at, access, number, hand.at if judged else None, f"{judged} X" if judged else "", "in order" if judged else ""),
    )
    if how != "unknown":
        hand.line("access.tripped", None, {"tripped": made, "rule": "same plate"})
    if how == "by oneself":
        hand.line("access.judge", number, {"tripped": made, "judgement": "in order"})
    return turned(Clause.LEGITIMATE_PURPOSE, record=f"tripped look {made}")


@kind
def a_tripped_look_that_was_erased(hand: Hand) -> Breach:
    made = hand.dice.randrange(500, 10**6)
    hand.line("access.tripped", None, {"tripped": made, "rule": "same plate"})
    return turned(Clause.LEGITIMATE_PURPOSE, record=f"tripped look {made}")


@kind
def a_wide_search_signed_by_who_asked(hand: Hand) -> Breach:
    _, number = hand.member("investigator")
    how = hand.dice.choice(("oneself", "unsaid"))
    made = hand.one(
        "insert into office.investigations_cosign (incident_id, count_id, vehicles, because, asked_at, asked_by, asked_by_number, state,"
        " decided_at, decided_by) values (1, gen_random_uuid(), %s, 'x', now(), %s, %s, 'signed', now(), %s) returning id",
        *(hand.dice.randrange(201, 4000), f"{number} X", number, f"{number} X" if how == "oneself" else "1001 Dana Whitfield"),
    )
    hand.line("investigations.cosign_ask", number, {"cosign": made})
    if how == "oneself":
        hand.line("investigations.cosign", number, {"cosign": made, "signed": True})
    return turned(Clause.LEGITIMATE_PURPOSE, record=f"wide search {made}")


# 427.3, 427.4(d), 427.4(e): members, training, duties --------------------------------------------------------------------


@kind
def a_training_that_nobody_entered(hand: Hand) -> Breach:
    how, day = hand.dice.choice(("no line", "by oneself", "by an operator", "another's line")), hand.at.date()
    pk, number = hand.member("operator", trained=how == "another's line")
    expires = day + timedelta(days=hand.dice.randrange(20, 700))
    if how in ("no line", "another's line"):
        made = hand.one(
            "insert into office.people_completion (member_id, course, completed_on, expires_on, approved_by, entered_at)"
            " values (%s, 'ALPR', %s, %s, '1001 Dana Whitfield', %s) returning id",
            *(pk, day - timedelta(days=1), expires, hand.at - timedelta(seconds=hand.dice.choice((0, 3600)))),
        )
    else:
        by = number if how == "by oneself" else "1042"
        made = hand.training(pk, number, entered=hand.at, completed=day - timedelta(days=1), expires=expires, by=by)
    return turned(Clause.TRAINING_BEFORE_USE, record=f"training {made}")


@kind
def a_training_that_was_stretched(hand: Hand) -> Breach:
    made = hand.any("select id from office.people_completion")
    hand.rows(
        "update office.people_completion set expires_on = expires_on + %s::int where id = %s returning 1",
        hand.dice.randrange(1, 900),
        made,
    )
    return turned(Clause.TRAINING_BEFORE_USE, record=f"training {made}")


@kind
def a_shift_by_an_untrained_member(hand: Hand) -> Breach:
    number = hand.dice.choice(("1077", "1078"))
    made = hand.one(
        "insert into office.equipment_signedon (unit_id, shift_id, member_number, since_at)"
        " select id, gen_random_uuid(), %s, now() from office.equipment_unit order by name limit 1 returning id",
        number,
    )
    return turned(Clause.TRAINING_BEFORE_USE, record=f"sign-on {made}")


@kind
def a_shift_for_no_purpose(hand: Hand) -> Breach:
    line = hand.line("unit.sign_on", "1042", {}, purpose=hand.dice.choice(("", "an errand", "patrol", "Routine-Patrol")))
    return turned(Clause.LAW_ENFORCEMENT_BUSINESS, record=f"ledger line {line}")


@kind
def a_duty_that_nobody_gave(hand: Hand) -> Breach:
    pk, number = hand.member()
    duty, how = (
        hand.dice.choice((*LOOKED, "records clerk", "system custodian")),
        hand.dice.choice(("no line", "an operator", "oneself", "earlier")),
    )
    made = hand.one(
        "insert into office.people_assignment (member_id, duty, given_by, since_at) values (%s, %s, '1001 Dana Whitfield', %s) returning id",
        *(pk, duty, hand.at - timedelta(days=hand.dice.randrange(1, 300) if how == "earlier" else 0)),
    )
    if how != "no line":
        hand.line(
            "people.assign", {"an operator": "1042", "oneself": number, "earlier": "1001"}[how], {"member": number, "duty": duty}
        )
    return turned(Clause.ASSIGNED_MEMBERS, record=f"duty {made}")


@kind
def a_duty_that_was_taken_and_stands(hand: Hand) -> Breach:
    made, number, duty = hand.dice.choice(
        hand.rows(
            "select a.id, m.number, a.duty from office.people_assignment a join office.people_member m on m.id = a.member_id"
            " where a.duty <> 'supervisor' order by 1"
        )
    )
    if hand.dice.random() < 0.5:
        hand.line("people.relieve", "1001", {"member": number, "duty": duty})
        return turned(Clause.ASSIGNED_MEMBERS, record=f"duty {made}")
    hand.line("people.leave", "1001", {"member": number})
    return turned(Clause.ASSIGNED_MEMBERS, record=hand.dice.choice((f"duty {made}", f"member {number}")))


@kind
def an_auditor_who_also_looks(hand: Hand) -> Breach:
    _, number = hand.member("auditor", hand.dice.choice(LOOKED))
    return turned(Clause.ASSIGNED_MEMBERS, Clause.AUDITS, record=f"member {number}")


@kind
def a_member_that_nobody_enrolled(hand: Hand) -> Breach:
    number = f"9{hand.dice.randrange(10**6):06}"
    hand.rows(
        "insert into office.people_member (password, number, name, is_active, joined_at) values ('!', %s, 'X', %s, now()) returning id",
        *(number, hand.dice.random() < 0.8),
    )
    return turned(Clause.ASSIGNED_MEMBERS, record=f"member {number}")


@kind
def an_authorization_that_nobody_gave(hand: Hand) -> Breach:
    _, number = hand.member("operator")
    how = hand.dice.choice(("no line", "an operator", "oneself", "longer", "withdrawn"))
    until = hand.at + timedelta(days=hand.dice.randrange(2, 300))
    made = hand.one(
        "insert into office.people_authorization (member_id, source, reason, given_by, since_at, until_at, withdrawn_by)"
        " values (%s, 'State stolen vehicles', 'works these cases', '1001', %s, %s, '') returning id",
        *(number, hand.at, until),
    )
    said = (until - timedelta(days=30 if how == "longer" else 0)).date().isoformat()
    if how != "no line":
        by = {"an operator": "1042", "oneself": number}.get(how, "1001")
        hand.line("people.authorize", by, {"member": number, "source": "State stolen vehicles", "until": said})
    if how == "withdrawn":
        hand.line("people.withdraw", "1001", {"member": number, "source": "State stolen vehicles"})
    return turned(Clause.CONFIDENTIAL_DATA, record=f"authorization {made}")


@kind
def a_stop_on_a_confidential_alert(hand: Hand) -> Breach:
    made = hand.one(
        "select d.id from office.alerts_disposition d join office.alerts_alert a on a.id = d.alert_id where a.source_id is not null"
    )
    hand.rows("delete from office.people_authorization returning 1")
    return turned(Clause.CONFIDENTIAL_DATA, record=f"disposition {made}")


@kind
def a_source_without_an_owner_or_secret(hand: Hand) -> Breach:
    how = hand.dice.choice(("owner = ''", "owner = 'A friend'", "is_confidential = false", "age_limit_hours = 9999"))
    made = hand.one(f"update office.hotlists_source set {how} where name = 'State stolen vehicles' returning id")
    return turned(Clause.CONFIDENTIAL_DATA, record=f"source {made}")


# 427.3: equipment, lists -------------------------------------------------------------------------------------------------


@kind
def a_unit_that_nobody_enrolled(hand: Hand) -> Breach:
    how = hand.dice.choice(("an operator", "no line", "revoked"))
    unit = hand.any("select id::text from office.equipment_unit")
    if how == "an operator":
        hand.rows("update office.equipment_unit set enrolled_by = '1042 Rosa Vega' where id = %s returning 1", unit)
    elif how == "no line":
        unit = str(uuid.uuid4())
        hand.rows(
            "insert into office.equipment_unit select (jsonb_populate_record(u, jsonb_build_object('id', %s::text, 'name', %s::text,"
            " 'key_id', '\\x' || md5(%s::text)))).* from office.equipment_unit u order by u.name limit 1 returning 1",
            *(unit, f"Car {hand.dice.randrange(99, 999)}", unit),
        )
    else:
        hand.line("equipment.revoked", "1001", {"unit": unit})
    return turned(Clause.SUPERVISOR_MANAGES, record=f"unit {unit}")


@kind
def a_revoked_unit_that_is_heard(hand: Hand) -> Breach:
    unit = hand.any("select id::text from office.equipment_unit")
    ago = hand.at - timedelta(hours=hand.dice.randrange(1, 90))
    hand.rows(
        "update office.equipment_unit set state = 'revoked', revoked_at = %s, revoked_by = '1001', last_contact_at = %s where id = %s returning 1",
        *(ago, ago + timedelta(minutes=5), unit),
    )
    hand.line("equipment.revoked", "1001", {"unit": unit})
    return turned(Clause.SUPERVISOR_MANAGES, record=f"unit {unit}")


@kind
def a_post_without_a_sound_order(hand: Hand) -> Breach:
    how = hand.dice.choice(("an operator", "no line", "review moved", "review past", "withdrawn", "erased"))
    unit = hand.any("select id::text from office.equipment_unit")
    by = "1042" if how == "an operator" else "1001"
    review = hand.at.date() + timedelta(days=-hand.dice.randrange(2, 60) if how == "review past" else 30)
    made = hand.one(
        "insert into office.equipment_deployment (unit_id, member_id, place, purpose, reference, ordered_by, ordered_on, ordered_at, review_on,"
        " withdrawn_by) select %s, id, 'a corner', 'routine-patrol', '2A-1123', %s, current_date, now(), %s, '' from office.people_member"
        " where number = '1042' returning id",
        *(unit, f"{by} X", review),
    )
    if how != "no line":
        said = review - timedelta(days=hand.dice.randrange(1, 90) if how == "review moved" else 0)
        hand.line("equipment.deployed", by, {"unit": unit, "order": made, "member": "1042", "review_on": said.isoformat()})
    if how == "withdrawn":
        hand.line("equipment.deployment_ended", "1001", {"unit": unit, "order": made})
    if how == "erased":
        hand.rows("delete from office.equipment_deployment where id = %s returning 1", made)
    return turned(Clause.SUPERVISOR_MANAGES, record=f"deployment order {made}")


@kind
def a_bolo_of_one_member(hand: Hand) -> Breach:
    made = hand.any("select id from office.hotlists_bolo where state = 'approved'")
    how = hand.dice.choice(
        (
            "decided_by = author",
            "decided_by = ''",
            "decided_by = '1042 Rosa Vega'",
            "author_number = '1042', author = '1042 Rosa Vega'",
        )
    )
    hand.rows(f"update office.hotlists_bolo set {how} where id = %s returning 1", made)
    return turned(Clause.LISTED_PURPOSES, record=f"BOLO {made}")


@kind
def a_bolo_that_does_not_end(hand: Hand) -> Breach:
    made = hand.any("select id from office.hotlists_bolo where state = 'approved'")
    longer = timedelta(days=hand.dice.choice((1, 2, 20, 400)))
    hand.rows("update office.hotlists_bolo set expires_at = expires_at + %s where id = %s returning 1", longer, made)
    if hand.dice.random() < 0.5:
        hand.rows(
            "insert into office.hotlists_bolostep (at, by, what, expires_at, bolo_id) select now(), '1002 Luis Ortega', 'extended', expires_at, id"
            " from office.hotlists_bolo where id = %s returning 1",
            made,
        )
    return turned(Clause.LISTED_PURPOSES, record=f"BOLO {made}")


@kind
def a_bolo_that_was_withdrawn(hand: Hand) -> Breach:
    made, entry = hand.dice.choice(
        hand.rows("select id, entry_id::text from office.hotlists_bolo where state = 'approved' order by 1")
    )
    hand.line("hotlists.withdraw", "1001", {"entry": entry, "how": "cancelled"})
    return turned(Clause.LISTED_PURPOSES, record=f"BOLO {made}")


@kind
def a_list_that_nobody_loaded(hand: Hand) -> Breach:
    load = hand.one("update office.hotlists_load set digest = sha256(%s::bytea) returning number", hand.plate().encode())
    return turned(Clause.LISTED_PURPOSES, record=f"load {load}")


@kind
def an_old_list_put_back_by_one(hand: Hand) -> Breach:
    made = hand.one(
        "insert into office.hotlists_backask (load_id, asked_by, asked_by_number, asked_at, state, decided_by, decided_at)"
        " select id, '1050 Tom Okafor', '1050', now(), 'signed', %s, now() from office.hotlists_load returning id",
        hand.dice.choice(("1050 Tom Okafor", "")),
    )
    return turned(Clause.LISTED_PURPOSES, record=f"list put back {made}")


# 427.4(c), 427.4(f), 427.5: incidents, stops, storage --------------------------------------------------------------------


@kind
def a_stop_without_a_confirming_return(hand: Hand) -> Breach:
    made, alert = hand.rows("select id, alert_id from office.alerts_disposition where ground = 'verified'")[0]
    how = hand.dice.choice(("none", "answer = 'does not confirm'", "characters = 'different'", "by = '1077 Ben Adler'"))
    if how == "none":
        hand.rows("delete from office.alerts_verification where alert_id = %s returning 1", alert)
        return turned(Clause.VERIFY_BEFORE_ENFORCEMENT, record=f"disposition {made}")
    changed = hand.one(f"update office.alerts_verification set {how} where alert_id = %s returning id", alert)
    record = f"verification {changed}" if "by" in how else f"disposition {made}"
    return turned(Clause.VERIFY_BEFORE_ENFORCEMENT, record=record)


@kind
def a_stop_that_was_rewritten(hand: Hand) -> Breach:
    made = hand.one("select id from office.alerts_disposition where ground = 'verified'")
    how = hand.dice.choice(
        ("outcome = 'no action'", "outcome = 'arrest'", "ground = 'impracticable', for_review = true", "by = '1002 Luis Ortega'")
    )
    hand.rows(f"update office.alerts_disposition set {how} where id = %s returning 1", made)
    return turned(Clause.VERIFY_BEFORE_ENFORCEMENT, record=f"disposition {made}")


@kind
def an_outcome_that_nobody_else_reviewed(hand: Hand) -> Breach:
    made = hand.one("select id from office.alerts_disposition where for_review")
    how = hand.dice.choice(("never", "oneself", "an operator", "turned", "hidden"))
    if how == "never":
        hand.rows("delete from office.alerts_dispositionreview returning 1")
        hand.rows(
            "update office.alerts_disposition set at = at - %s where id = %s returning 1",
            timedelta(days=hand.dice.randrange(8, 99)),
            made,
        )
    elif how == "hidden":
        hand.rows("update office.alerts_disposition set for_review = false where id = %s returning 1", made)
    else:
        what = {
            "oneself": "by = '1042 Rosa Vega'",
            "an operator": "by = '1077 Ben Adler'",
            "turned": "is_in_order = not is_in_order",
        }[how]
        hand.rows(f"update office.alerts_dispositionreview set {what} returning 1")
    return turned(Clause.VERIFY_BEFORE_ENFORCEMENT, record=f"disposition {made}")


@kind
def a_major_incident_without_a_canvass(hand: Hand) -> Breach:
    how = hand.dice.choice(("undecided", "not major", "turned", "erased"))
    if how == "undecided":
        hand.rows(
            "update office.investigations_incident set canvass_ordered = null, opened_at = opened_at - %s where id = 1 returning 1",
            timedelta(hours=hand.dice.randrange(25, 900)),
        )
    elif how == "erased":
        hand.rows("delete from office.investigations_incident where id = 1 returning 1")
    else:
        what = "is_major = false" if how == "not major" else "canvass_ordered = true"
        hand.rows(f"update office.investigations_incident set {what} where id = 1 returning 1")
    return turned(Clause.CANVASS, record="incident 1")


@kind
def a_partial_plate_that_nobody_entered(hand: Hand) -> Breach:
    if hand.dice.random() < 0.5:
        hand.rows(
            "update office.investigations_incident set partial_at = now() - %s where id = 2 returning 1",
            timedelta(hours=hand.dice.randrange(25, 900)),
        )
    else:
        hand.rows("update office.investigations_incident set partial_at = null where id = 2 returning 1")
    return turned(Clause.PARTIAL_PLATES, Clause.CANVASS, record="incident 2")


@kind
def a_unit_that_keeps_its_reads(hand: Hand) -> Breach:
    unit = hand.any("select id::text from office.equipment_unit")
    how = hand.dice.choice(("unsent_since", "tampered_at"))
    hand.rows(
        f"update office.equipment_unit set {how} = now() - %s where id = %s returning 1",
        *(timedelta(hours=hand.dice.randrange(25, 2000)), unit),
    )
    return turned(Clause.TRANSFER_TO_STORAGE, record=f"unit {unit}")


# 427.5: retention, purge, holds, evidence --------------------------------------------------------------------------------

_OLD = (
    # parent, kind, days of the schedule, clauses. Contents of lines have the same days as questions; the ledger's reader beside would wait for theirs.
    ("reads", "reads", 30, (Clause.PURGE, Clause.PRIVACY_RECOGNIZED)),
    ("reads", "pictures", 30, (Clause.PRIVACY_RECOGNIZED, Clause.PURGE)),
    ("reads", "overview_pictures", 14, (Clause.PRIVACY_RECOGNIZED,)),
    ("hit", "alerts", 30, (Clause.PURGE,)),
    ("access_terms", "search_terms", 365, (Clause.PURGE,)),
)


@kind
def data_older_than_its_schedule(hand: Hand) -> Breach:
    parent, what, days, clauses = hand.dice.choice(_OLD)
    least, most = days + 4, 38 if what == "overview_pictures" else days + 300
    gone = {row[0] for row in hand.rows("select day from office.gone")}
    day = next(each for _ in range(99) if (each := hand.at.date() - timedelta(days=hand.dice.randrange(least, most))) not in gone)
    hand.rows("set local role platewarden_owner")
    hand.rows("select plates.make_span(%s, %s)", day, [parent])
    hand.rows("reset role")
    also = (Clause.PRIVACY_RECOGNIZED, Clause.PURGE)
    return turned(clauses[0], record=f"{what} of {day}", also=also)


@kind
def a_schedule_that_one_person_changed(hand: Hand) -> Breach:
    name, days = hand.dice.choice(
        (("overview_pictures", 14), ("pictures", 30), ("reads", 30), ("alerts", 30), ("search_terms", 365))
    )
    new = days + hand.dice.randrange(1, 900)
    hand.rows(
        "update office.people_policyedition set schedule = schedule || jsonb_build_object(%s::text, %s::int) where number = 1 returning 1",
        *(name, new),
    )
    if hand.dice.random() < 0.5:  # in the text too
        hand.rows(
            "update office.people_policyedition set text = regexp_replace(text, '(?n)^(' || %s || ' *= *)[0-9]+', '\\1' || %s::int) returning 1",
            *(name, new),
        )
    also = (Clause.PRIVACY_RECOGNIZED, Clause.PURGE)
    return turned(Clause.RETENTION_SCHEDULE, record="policy edition 1", also=also)


@kind
def an_edition_that_one_person_signed(hand: Hand) -> Breach:
    how = hand.dice.choice(("nobody", "one", "other days", "a plan"))
    hand.rows(
        "insert into office.people_policyedition (number, text, schedule, in_force_at, signed_by)"
        " select 2, text, schedule, now(), '1001 and 1002' from office.people_policyedition where number = 1 returning 1"
    )
    if how in ("one", "other days"):
        change = hand.one(
            "insert into office.retention_schedulechange (days, text, on_edition, because, asked_by, asked_by_number, asked_at, effective_at, state,"
            " decided_by, decided_at, edition) select '{}', text, 1, 'x', '1002', '1002', now(), now(), 'signed', '1001', now(), 2"
            " from office.people_policyedition where number = 1 returning id"
        )
        hand.line("retention.schedule", "1002", {"change": change, "days": {"reads": 3} if how == "other days" else {}})
        hand.line(
            "retention.schedule_decided", "1002" if how == "one" else "1001", {"change": change, "signed": True, "edition": 2}
        )
    if how == "a plan":
        change = hand.one(
            "insert into office.audits_planchange (figures, on_edition, because, asked_by, asked_by_number, asked_by_auditor, asked_at, state,"
            " decided_by, decided_at, edition) values ('{}', 1, 'x', '1090', '1090', true, now(), 'signed', '1090', now(), 2) returning id"
        )
        hand.line("audits.plan_decided", "1090", {"change": change, "signed": True, "edition": 2})
    return turned(Clause.RETENTION_SCHEDULE, record="policy edition 2")


@kind
def a_day_purged_too_early(hand: Hand) -> Breach:
    day = hand.at.date() - timedelta(days=hand.dice.randrange(2, 13))
    line = hand.line("retention.purge", None, {"purge": 1, "kind": "reads", "day": day.isoformat(), "purged": 0})
    hand.rows(
        "insert into office.retention_chunk (kind, day, schedule_days, at, purged, spared, spared_by, unreadable, keys, leaf_id, purge_id)"
        " values ('reads', %s, 30, now(), 0, 0, '[]', 0, '[]', %s, 1) returning 1",
        *(day, line),
    )
    return turned(Clause.RETENTION_SCHEDULE, record=f"purge 1, reads of {day}")


@kind
def a_purge_that_was_never_told(hand: Hand) -> Breach:
    how = hand.dice.choice(("certificate gone", "certificate changed", "chunk gone", "chunk changed", "day ended by hand"))
    if how == "certificate gone":
        hand.rows("delete from office.retention_certificate returning 1")
        return turned(Clause.PURGE, record="purge 1")
    if how == "certificate changed":
        hand.rows("update office.retention_certificate set purged = purged + %s returning 1", hand.dice.randrange(1, 99))
        return turned(Clause.PURGE, record="certificate 1")
    if how == "day ended by hand":
        day = hand.at.date() - timedelta(days=hand.dice.randrange(400, 900))
        hand.rows("insert into office.gone (kind, day) values ('reads', %s) returning 1", day)
        return turned(Clause.PURGE, record=f"reads of {day}")
    what, day = hand.dice.choice(hand.rows("select kind, day from office.retention_chunk where day is not null order by 1"))
    if how == "chunk gone":
        hand.rows("delete from office.retention_chunk where kind = %s and day = %s returning 1", what, day)
    else:
        hand.rows("update office.retention_chunk set purged = purged + 1 where kind = %s and day = %s returning 1", what, day)
    return turned(Clause.PURGE, record=f"purge 1, {what} of {day}")


@kind
def reads_kept_for_no_hold(hand: Hand) -> Breach:
    day = hand.at - timedelta(days=hand.dice.randrange(70, 900))
    hand.rows(
        "insert into plates.reads_held select (jsonb_populate_record(r, jsonb_build_object('plate', %s::text, 'captured_at', %s::timestamptz,"
        " 'began_at', %s::timestamptz, 'ended_at', %s::timestamptz,"
        " 'read_id', gen_random_uuid()))).* from plates.reads r limit 1 returning 1",
        *(hand.plate(), day, day, day),
    )
    return turned(Clause.PURGE, record=f"held reads of {day.date()}")


@kind
def a_hold_that_is_none(hand: Hand) -> Breach:
    how = hand.dice.choice(
        (
            "names nothing",
            "no authority",
            "another authority",
            "another ground",
            "review moved",
            "review past",
            "erased",
            "released",
            "no line",
        )
    )
    if how == "names nothing":
        hand.rows("delete from plates.hold_scope where hold_id = 1 returning 1")
    elif how == "no authority":
        hand.rows("alter table office.retention_hold drop constraint hold_has_an_authority")
        hand.rows("update office.retention_hold set authority = ' ', ground = '' where id = 1 returning 1")
    elif how == "erased":
        hand.rows("delete from office.retention_hold where id = 1 returning 1")
        hand.rows("delete from plates.hold_scope where hold_id = 1 returning 1")
    elif how == "released":
        by = hand.one("select placed_by_number from office.retention_hold where id = 1")
        hand.rows(
            "update office.retention_hold set released_at = now(), released_by = '1001 Dana Whitfield', released_because = 'over' where id = 1"
            " returning 1"
        )
        if hand.dice.random() < 0.5:
            hand.line("retention.release", by, {"hold": 1})
    elif how == "no line":
        made = hand.one(
            "insert into office.retention_hold (ground, authority, reference, scope, since, until, placed_by, placed_by_number, placed_at, reads,"
            " alerts, review_on, book_by, reviewed_by, released_by, released_because) select ground, authority, reference, scope, since, until,"
            " placed_by, placed_by_number, now(), 0, 0, review_on, book_by, '', '', '' from office.retention_hold returning id"
        )
        hand.rows(
            "insert into plates.hold_scope (hold_id, since, until, plate) values (%s, now(), now(), %s) returning 1",
            made,
            hand.plate(),
        )
        return turned(Clause.HOLD, record=f"hold H-{made:05}")
    else:
        what = {
            "another authority": "authority = 'Circuit Court'",
            "another ground": "ground = 'civil action'",
            "review moved": f"review_on = review_on + {hand.dice.randrange(310, 999)}",
            "review past": f"review_on = current_date - {hand.dice.randrange(2, 99)}",
        }[how]
        hand.rows(f"update office.retention_hold set {what} where id = 1 returning 1")
    return turned(Clause.HOLD, record="hold H-00001")


@kind
def held_reads_that_nobody_books(hand: Hand) -> Breach:
    if hand.dice.random() < 0.5:
        hand.rows(
            "update office.retention_hold set book_by = current_date - %s::int where id = 1 returning 1", hand.dice.randrange(2, 99)
        )
        return turned(Clause.BOOKED_EVIDENCE, record="hold H-00001")
    hand.rows("update office.retention_hold set book_by = book_by + %s::int where id = 1 returning 1", hand.dice.randrange(3, 999))
    return turned(Clause.HOLD, record="hold H-00001")


@kind
def a_package_that_was_never_booked(hand: Hand) -> Breach:
    made = hand.one(
        "insert into office.evidence_package (access_id, since, until, made_by, made_by_number, made_at, reads, state, written_at, sha512, hold_id)"
        " values (gen_random_uuid(), now() - interval '9 days', now(), '1002', '1002', now(), 1, %s, now(), %s, 1) returning id",
        *(hand.dice.choice(("booked", "returned", "destroyed")), "0" * 128),
    )
    if hand.dice.random() < 0.5:
        hand.rows(
            "insert into office.evidence_booking (package_id, item_number, medium_serial, marking, place, booked_by, booked_by_number, booked_at,"
            " ended_by, ended_because) values (%s, 'I-1', 'S-1', 'm', 'p', '1002', '1002', now(), '', '') returning 1",
            made,
        )
    return turned(Clause.BOOKED_EVIDENCE, record=f"package E-{made:05}")


@kind
def a_booking_that_was_erased(hand: Hand) -> Breach:
    made = hand.dice.randrange(100, 9999)
    hand.line("evidence.book", "1002", {"package": made, "hold": 1, "item": "I-1", "medium": "S-1"})
    return turned(Clause.BOOKED_EVIDENCE, record=f"package E-{made:05}")


# 427.6(c): audits ----------------------------------------------------------------------------------------------------------


@kind
def an_audit_that_is_late(hand: Hand) -> Breach:
    if hand.dice.random() < 0.5:
        hand.rows(
            "update office.audits_audit set signed_at = null, signed_by_number = '', signed_by = '', sign_by = now() - %s returning 1",
            timedelta(hours=hand.dice.randrange(1, 900)),
        )
        return turned(Clause.AUDITS, record="audit A-0001")
    days = timedelta(days=hand.dice.randrange(31, 300))
    hand.rows("update office.audits_audit set since = since - %s, due_at = due_at - %s returning 1", days, days)
    return turned(Clause.AUDITS, record="the audit due on ")


@kind
def an_audit_that_was_rewritten(hand: Hand) -> Breach:
    what = hand.dice.choice(
        (
            "delete from office.audits_sheet returning 1",
            "delete from office.audits_audit returning 1",
            "update office.audits_audit set seed = repeat('0', 64) returning 1",
            "update office.audits_audit set looks = looks - 1 returning 1",
            "update office.audits_audit set signed_by_number = '1042' returning 1",
            "update office.audits_audit set signed_by_number = '1001' returning 1",
            "update office.audits_audit set rules = rules || '{\"audit_random_looks\": 1}' returning 1",
        )
    )
    hand.rows(what)
    return turned(Clause.AUDITS, record="audit A-0001")


@kind
def a_finding_that_disappeared(hand: Hand) -> Breach:
    position = hand.any("select position from office.audits_sheet")
    what = hand.dice.choice(
        (
            "delete from office.audits_sheet where position = %s returning 1",
            "update office.audits_sheet set judged_by_number = '1001' where position = %s returning 1",
            "update office.audits_sheet set case_exists = 'unknown' where position = %s returning 1",
            "update office.audits_sheet set right_person = not right_person where position = %s returning 1",
            "update office.audits_sheet set answered_at = now(), follow_up_by = current_date, judgement = 'finding', finding = 'x' where position = %s returning 1",
        )
    )
    hand.rows(what, position)
    return turned(Clause.AUDITS, record="audit A-0001" if what.startswith("delete") else f"audit A-0001, look {position}")


# 427.7: release ------------------------------------------------------------------------------------------------------------


@kind
def a_request_without_one_of_the_three(hand: Hand) -> Breach:
    request, column = hand.dice.randrange(1, 4), hand.dice.choice(("agency", "requester", "purpose"))
    what = hand.dice.choice((" ", "\t", "Elsewhere", "a robbery of our own county, and more"))
    hand.rows(f"update office.release_releaserequest set {column} = %s where id = %s returning 1", what, request)
    return turned(Clause.WRITTEN_REQUEST, record=f"request R-{request:05}")


@kind
def a_request_with_another_letter(hand: Hand) -> Breach:
    request, letter = hand.dice.randrange(1, 4), f"%PDF-1.7 {hand.plate()}".encode()
    hand.rows("update plates.release_paper set letter = %s where request_id = %s returning 1", letter, request)
    if hand.dice.random() < 0.6:
        hand.rows(
            "update office.release_releaserequest set letter_sha256 = encode(sha256(%s), 'hex') where id = %s returning 1",
            letter,
            request,
        )
    return turned(Clause.WRITTEN_REQUEST, record=f"request R-{request:05}")


@kind
def a_request_decided_by_nobody(hand: Hand) -> Breach:
    how = hand.dice.choice(("no line", "an operator", "who took it in", "other way", "again"))
    if how == "other way":
        hand.rows("update office.release_releaserequest set state = 'denied' where id = 1 returning 1")
        also: frozenset[Clause] = frozenset({Clause.RELEASE_TO_AGENCIES})
        return turned(Clause.RELEASE_REVIEWED, record="request R-00001", also=also)
    if how == "again":
        hand.line("release.decide", "1001", {"request": 2, "approved": False, "narrowed": False})
        return turned(Clause.RELEASE_REVIEWED, record="request R-00002")
    by = {"an operator": "1042", "who took it in": "1002", "no line": "1001"}[how]
    if how == "who took it in":
        hand.rows("alter table office.release_releaserequest drop constraint release_reviewed_by_another_member")
    hand.rows(
        "update office.release_releaserequest set state = %s, decided_by_number = %s, decided_by = %s, decided_at = now(),"
        " decided_because = 'in order' where id = 2 returning 1",
        *(hand.dice.choice(("approved", "denied")), by, by),
    )
    if how != "no line":
        hand.line("release.decide", by, {"request": 2, "approved": True, "narrowed": False})
    return turned(Clause.RELEASE_REVIEWED, record="request R-00002")


@kind
def a_request_that_waits_too_long(hand: Hand) -> Breach:
    hand.rows(
        "update office.release_releaserequest set due_on = current_date - %s::int where id = 2 returning 1",
        hand.dice.randrange(2, 400),
    )
    return turned(Clause.RELEASE_REVIEWED, record="request R-00002")


@kind
def a_newspapers_request_taken_for_the_polices(hand: Hand) -> Breach:
    how = hand.dice.choice(("waiting", "as police", "approved"))
    if how == "waiting":
        hand.rows("update office.release_releaserequest set state = 'waiting' where id = 3 returning 1")
    elif how == "as police":
        hand.rows(
            "update office.release_releaserequest set state = 'waiting', agency_kind = 'law enforcement' where id = 3 returning 1"
        )
    else:
        hand.rows("alter table office.release_releaserequest drop constraint release_only_to_agencies")
        hand.rows(
            "update office.release_releaserequest set agency_kind = %s where id = 1 returning 1",
            hand.dice.choice(("private", "other government", "person")),
        )
        return turned(Clause.RELEASE_TO_AGENCIES, record="request R-00001")
    return turned(Clause.REFERRED_TO_RECORDS, record="request R-00003", also=(Clause.RELEASE_REVIEWED,))


@kind
def a_release_of_something_else(hand: Hand) -> Breach:
    what = hand.dice.choice(
        (
            "update office.release_releasereceipt set sha256 = repeat('a', 64) returning 1",
            "update office.release_releasepackage set sha256 = repeat('b', 64) returning 1",
            "update office.release_releasepackage set recipient = 'age1stranger' returning 1",
            "update office.release_releasepackage set reads = reads + 9 returning 1",
            "update office.release_releasereceipt set handed_by_number = '1042' returning 1",
            "update office.release_releasepackage set sealed_at = null returning 1",
        )
    )
    hand.rows(what)
    return turned(Clause.RELEASE_TO_AGENCIES, record="request R-00001")


@kind
def a_release_whose_reads_nobody_named(hand: Hand) -> Breach:
    what = hand.dice.choice(("named_by_number = '1002'", "named_by_number = '1042'", "reads = reads + 1"))
    hand.rows(f"update office.release_releasegrant set {what} returning 1")
    return turned(Clause.RELEASE_REVIEWED, record="request R-00001", also=(Clause.RELEASE_TO_AGENCIES,))


@kind
def a_file_of_releases_with_a_gap(hand: Hand) -> Breach:
    how, request = hand.dice.choice(("receipt", "letter", "request")), hand.dice.randrange(2, 4)
    if how == "receipt":
        hand.rows("delete from office.release_releasereceipt returning 1")
        return turned(Clause.RELEASE_ON_FILE, record="request R-00001")
    if how == "request":
        hand.rows("delete from office.release_releaserequest where id = %s returning 1", request)
    hand.rows("delete from plates.release_paper where request_id = %s returning 1", request)
    return turned(
        Clause.RELEASE_ON_FILE, record=f"request R-{request:05}", also=(Clause.REFERRED_TO_RECORDS, Clause.WRITTEN_REQUEST)
    )


@kind
def a_sharing_statement_that_was_changed(hand: Hand) -> Breach:
    what = hand.dice.choice(
        (
            "update office.proof_sharing set note = replace(note, 'has standing', 'had standing') returning 1",
            "delete from office.proof_sharing returning 1",
            "update office.proof_sharing set sha256 = repeat('0', 64) returning 1",
        )
    )
    hand.rows(what)
    return turned(Clause.RELEASE_TO_AGENCIES, record="sharing statement of ")


# 427.2, 427.6: safeguards --------------------------------------------------------------------------------------------------


@kind
def a_text_of_the_policy_past_the_ledger(hand: Hand) -> Breach:
    number = hand.dice.randrange(1, 90)
    if hand.dice.random() < 0.5:
        hand.line("people.policy", "1001", {"text": number, "digest": "0" * 64, "in_force_on": "2026-01-01"})
    else:
        hand.rows(
            "insert into office.people_policytext (number, text, digest, in_force_on, entered_by, entered_at)"
            " values (%s, 'x', 'x', '2099-01-01', '1001', now()) returning 1",
            number,
        )
    return turned(Clause.LEGITIMATE_PURPOSE, record=f"policy text {number}")


@kind
def a_days_check_that_was_changed(hand: Hand) -> Breach:
    day = hand.at.date() - timedelta(days=hand.dice.randrange(1, 90))
    if hand.dice.random() < 0.5:
        hand.line("proof.day", None, {"day": day.isoformat(), "sha256": "0" * 64})
    else:
        hand.rows(
            "insert into office.proof_dayscheck (day, made_at, text, sha256) values (%s, now(), '{}', %s) returning 1",
            day,
            "0" * 64,
        )
    return turned(Clause.SAFEGUARDED, record=f"check of {day}", also=(Clause.RELEASE_TO_AGENCIES,))


@kind
def a_public_year_that_was_changed(hand: Hand) -> Breach:
    year = hand.dice.randrange(2001, 2024)
    hand.rows(
        "insert into office.proof_yeartold (year, made_at, made_by, made_by_number, text, sha256) values (%s, now(), '1001', '1001', '{}', %s)"
        " returning 1",
        *(year, "0" * 64),
    )
    if hand.dice.random() < 0.5:
        hand.line("proof.year", "1001", {"year": year, "sha256": "f" * 64})
    return turned(Clause.PRIVACY_RECOGNIZED, record=f"year {year}")


@kind
def a_right_that_nobody_listed(hand: Hand) -> Breach:
    table = hand.dice.choice(
        ("plates.reads", "plates.hit", "plates.hash_key", "office.access_record", "plates.release_paper", "office.looked_at")
    )
    whom = hand.dice.choice(("platewarden_app", "platewarden_login", "public"))
    right = hand.dice.choice(("select", "insert", "delete"))
    hand.rows(f"grant {right} on {table} to {whom}")
    return Breach(EVERY, f"right {table} {right}", EVERY)


@kind
def a_safeguard_that_is_off(hand: Hand) -> Breach:
    table, name = hand.dice.choice(  # of the ledger's own tables, whose reader beside would wait for ever, test_check has them
        hand.rows(
            "select n.nspname || '.' || c.relname, t.tgname from pg_trigger t join pg_class c on c.oid = t.tgrelid"
            " join pg_namespace n on n.oid = c.relnamespace where not t.tgisinternal and n.nspname = 'office' and c.relname not like 'ledger_%%' order by 1, 2"
        )
    )
    hand.rows(f"drop trigger {name} on {table}" if hand.dice.random() < 0.5 else f"alter table {table} disable trigger {name}")
    return Breach(EVERY, f"trigger {table} {name}", EVERY)


@kind
def a_function_with_other_powers(hand: Hand) -> Breach:
    name = hand.dice.choice(("office.decide_release(bytea, bigint, boolean, text, text)", "office.sign_audit(bytea, bigint, text)"))
    hand.rows(f"alter function {name} {hand.dice.choice(('security invoker', 'owner to platewarden_app'))}")
    return Breach(EVERY, f"function {name.partition('(')[0]}", EVERY)


# 427.6(a): the ledger. Its own text is compared on a connection of its own: these are committed, on a copy. ----------------


@on_a_copy
def a_trimmed_ledger(hand: Hand) -> Breach:
    how = hand.dice.choice(("newest", "any", "checkpoint"))
    if how == "checkpoint":
        hand.rows(
            "delete from office.ledger_checkpoint where tree_size = (select max(tree_size) from office.ledger_checkpoint) returning 1"
        )
    else:
        line = (
            hand.one("select max(leaf_id) from office.ledger_leaf")
            if how == "newest"
            else hand.any("select leaf_id from office.ledger_leaf")
        )
        for table in ("ledger_leaf", "ledger_sealed") if hand.dice.random() < 0.5 else ("ledger_leaf",):
            hand.rows(f"delete from office.{table} where leaf_id = %s returning 1", line)
    return Breach(frozenset({Clause.ACCESS_DOCUMENTED}), "", EVERY)


@on_a_copy
def a_reordered_ledger(hand: Hand) -> Breach:
    a, b = hand.dice.sample([row[0] for row in hand.rows("select leaf_id from office.ledger_sealed order by 1")], 2)
    if hand.dice.random() < 0.5:
        for now, then in ((a, -1), (b, a), (-1, b)):
            hand.rows("update office.ledger_sealed set leaf_id = %s where leaf_id = %s returning 1", then, now)
    else:
        hand.rows(
            "update office.ledger_leaf l set (at, act, member_number, body, leaf_hash) = (select o.at, o.act, o.member_number, o.body, o.leaf_hash"
            " from office.ledger_leaf o where o.leaf_id = case l.leaf_id when %s then %s else %s end) where l.leaf_id in (%s, %s) returning 1",
            *(a, b, a, a, b),
        )
    return Breach(frozenset({Clause.ACCESS_DOCUMENTED}), "", EVERY)


@on_a_copy
def a_rewritten_line(hand: Hand) -> Breach:
    line = hand.any(
        "select leaf_id from office.ledger_leaf where act like 'reads.%%' or act like 'release.%%' or act = 'alerts.dispose'"
    )
    how = hand.dice.choice(("body", "body and hash", "act", "member", "time", "content"))
    what = {
        "body": "update office.ledger_leaf set body = replace(body, 'criminal', 'personal') || ' ' where leaf_id = %s returning 1",
        "body and hash": "update office.ledger_leaf set body = body || ' ', leaf_hash = sha256('\\x00'::bytea || convert_to(body || ' ', 'UTF8'))"
        " where leaf_id = %s returning 1",
        "act": "update office.ledger_leaf set act = 'access.sign_in' where leaf_id = %s returning 1",
        "member": "update office.ledger_leaf set member_number = '1099' where leaf_id = %s returning 1",
        "time": "update office.ledger_leaf set at = at - interval '1 minute' where leaf_id = %s returning 1",
        "content": "update plates.ledger_content set body = replace(body, '26-', '25-') || ' ' where leaf_id = %s returning 1",
    }[how]
    hand.rows(what, line)
    return Breach(frozenset({Clause.ACCESS_DOCUMENTED}), "", EVERY)


@on_a_copy
def a_line_that_was_slipped_in(hand: Hand) -> Breach:
    line = hand.line(
        hand.dice.choice(("release.decide", "people.training", "audits.sign")), "1001", {"request": 2, "member": "1077", "audit": 1}
    )
    hand.rows("delete from office.ledger_unsealed where leaf_id = %s returning 1", line)
    return Breach(frozenset({Clause.ACCESS_DOCUMENTED}), "", EVERY)


# What the check cannot see -----------------------------------------------------------------------------------------------


@kind
def a_look_past_the_program(hand: Hand) -> Breach:
    hand.rows("select plate from plates.reads where plate = %s", hand.plate())
    return unseen("A question that a superuser asks the database by hand")


@kind
def a_look_forged_whole(hand: Hand) -> Breach:
    pk, number = hand.rows("select id, number from office.people_member where number = '1042'")[0]
    hand.look(pk, number, purpose=hand.dice.choice(PURPOSES))
    return unseen("An act forged whole in a member's name, with its line")


@kind
def a_case_that_does_not_exist(hand: Hand) -> Breach:
    pk, number = hand.member("investigator")
    hand.look(pk, number, reference=hand.case())
    return unseen("A case number that is well written and no case")


@kind
def a_read_taken_out(hand: Hand) -> Breach:
    hand.rows("delete from plates.reads where read_id = (select read_id from plates.reads order by read_id limit 1) returning 1")
    return unseen("One read, or one alert's words, taken out or changed by hand")


@kind
def a_count_of_what_was_shown(hand: Hand) -> Breach:
    hand.rows("update office.access_shown set shown = shown + %s returning 1", hand.dice.randrange(1, 99))
    return unseen("How many rows a look was shown")


@kind
def a_hold_that_names_less(hand: Hand) -> Breach:
    hand.rows("update plates.hold_scope set until = until - interval '1 hour' returning 1")
    return unseen("What a hold names, made narrower by hand")


@kind
def a_sign_in_that_nobody_made(hand: Hand) -> Breach:
    hand.rows(
        "insert into office.signed_in (cookie_sha256, member_id, member_number, member_name, until_at) values (sha256(%s::bytea), 1, '1001', 'X',"
        " now()) returning 1",
        hand.plate().encode(),
    )
    return unseen("A sign-in put into the table by hand, until it is used")
