"""What every page shows around its own content: department, member, duties, session, purpose, what waits."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

import platewarden
from platewarden.policy.department import Department
from platewarden.server.access.dormant import dormant_members
from platewarden.server.access.factor_reset import waiting
from platewarden.server.access.lockout import failures_since, locks
from platewarden.server.access.purpose import StatedPurpose, stated_purpose
from platewarden.server.access.session import IDLE
from platewarden.server.alerts.models import Alert
from platewarden.server.alerts.rules import sees_silent
from platewarden.server.audits.follow_up import asked_of
from platewarden.server.audits.models import Audit
from platewarden.server.audits.plan import waiting_change
from platewarden.server.audits.rules import may_decide_plan, may_see
from platewarden.server.clock import now
from platewarden.server.equipment.models import AskState, EnrolmentAsk
from platewarden.server.hotlists.models import Bolo, BoloState
from platewarden.server.investigations.canvass import waiting_for
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.read import sign_ins_of
from platewarden.server.people.editions import department
from platewarden.server.people.models import Duty, Member
from platewarden.server.people.rules import DUTIES
from platewarden.server.retention.models import ChangeState, ScheduleChange
from platewarden.server.retention.purge import days_overdue
from platewarden.server.retention.schedule import may_decide


class Shell:
    """Asked by the base template, piece by piece; nothing is looked up that is not shown."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.office_at = now()
        self.version = platewarden.__version__
        user = getattr(request, "user", None)
        self.member = user if isinstance(user, Member) else None

    @cached_property
    def department(self) -> Department:
        return department()

    @property
    def member_name(self) -> str:
        return self.member.name if self.member else ""

    @property
    def member_number(self) -> str:
        return self.member.number if self.member else ""

    @cached_property
    def duties(self) -> frozenset[str]:
        return self.member.duties_on(self.office_at) if self.member else frozenset()

    @property
    def duties_line(self) -> str:
        return ", ".join(sorted(Duty(duty).label for duty in self.duties)) or "no duty today"

    @property
    def idle_until(self) -> datetime | None:
        last = self.request.session.get("last_input_at") if self.member else None
        return datetime.fromtimestamp(last, UTC) + IDLE if last else None

    @property
    def touch_url(self) -> str:
        return reverse("access:touch")

    @cached_property
    def _sign_ins(self) -> list[datetime]:
        return sign_ins_of(self.member.number) if self.member else []

    @property
    def last_sign_in_at(self) -> datetime | None:
        """The sign-in before this one."""
        return self._sign_ins[1] if len(self._sign_ins) > 1 else None

    @property
    def failed_since(self) -> int:
        since = self.last_sign_in_at or self.office_at - timedelta(days=30)
        return failures_since(self.member.number, since) if self.member else 0

    @property
    def purpose(self) -> StatedPurpose | None:
        return stated_purpose(self.request) if self.member else None

    @cached_property
    def waiting(self) -> dict[str, int]:
        """What waits for this member, by their duties: what their menu does not show is not counted."""
        member = self.member
        if not member:
            return {}
        alerts = Alert.objects.open()
        sets: dict[str, QuerySet[Any]] = {
            "alerts": alerts if sees_silent(self.duties) else alerts.filter(silent=False),
            "cosigns": waiting_for(member),
            "answers": asked_of(member).unanswered(),
        }
        if self._may(Act.EQUIPMENT_APPROVED):
            sets["units"] = EnrolmentAsk.objects.filter(state=AskState.WAITING)
        if self._may(Act.HOTLISTS_BOLO_DECIDED):  # a number would tell patrol of a silent one
            sets["bolos"] = Bolo.objects.filter(state=BoloState.WAITING).exclude(author_number=member.number)
        if is_shown_audits := may_see(member, self.office_at) is None:
            is_auditor = Duty.AUDITOR.value in self.duties
            sets["audits"] = Audit.objects.open() if is_auditor else Audit.objects.late(self.office_at)
        found = counted(sets)
        if is_shown_audits:
            found["audits"] += self._plan_to_sign(member)
        if self._may(Act.PEOPLE_UNLOCK):
            found["locked_out"] = len(dormant_members()) + len(locks()) + len(waiting())
        return found | {"retention": self._retention(member)}

    def _may(self, act: Act) -> bool:
        """By duty: what of the day's work a menu shows."""
        return bool(self.duties & {duty.value for duty in DUTIES[act]})

    def _plan_to_sign(self, member: Member) -> bool:
        change = waiting_change()
        return change is not None and may_decide_plan(change, member, self.office_at) is None

    def _retention(self, member: Member) -> int:
        """Days that are overdue, and a schedule that this member may sign."""
        change = ScheduleChange.objects.filter(state=ChangeState.WAITING).first()
        return len(days_overdue()) + (change is not None and may_decide(change, member) is None)


def counted(sets: dict[str, QuerySet[Any]]) -> dict[str, int]:
    """How many are in each, in one statement."""
    found = dict.fromkeys(sets, 0)
    asked: dict[str, str] = {}
    values: list[Any] = []
    for name, each in sets.items():
        with suppress(EmptyResultSet):  # one that is known to be empty has no statement
            question, given = each.order_by().values("pk").query.sql_with_params()
            asked[name] = f"(select count(*) from ({question}) as them)"  # noqa: S608 - the statement of a set of ours
            values += given
    with connection.cursor() as cursor:
        cursor.execute(f"select {', '.join(asked.values())}", values)
        return found | dict(zip(asked, cursor.fetchone(), strict=True))


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context processor."""
    return {"shell": Shell(request)}
