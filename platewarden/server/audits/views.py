"""Audits: the list with what is due, open and late; one audit; one sheet; the plan; and what auditors ask of a member.

Managers see states and dates. Sheets and findings are the auditors'; a member sees what is asked about their own looks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, Refused, Unknown
from platewarden.server.access.views import needs_purpose
from platewarden.server.audits import plan
from platewarden.server.audits.follow_up import answer, asked_of, close
from platewarden.server.audits.forms import FIGURES, JudgeForm, PlanForm, WordsForm
from platewarden.server.audits.models import Audit, Sheet
from platewarden.server.audits.papers import training_pdf, yearly_pdf
from platewarden.server.audits.report import COLUMNS, SMALL, AuditRow, as_csv, rows_of, sums, trained_rows
from platewarden.server.audits.review import access_to_look, audited_look, judge
from platewarden.server.audits.rules import may_close, may_decide_plan, may_judge, may_see, may_sign
from platewarden.server.audits.sign_off import sign_off
from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.people.editions import department
from platewarden.server.people.models import Member
from platewarden.server.people.rules import may_do
from platewarden.server.people.training import before_training, today

ON_A_PAGE = 60
PLOT_WIDTH, PLOT_HEIGHT = 840, 150
NO_AUDIT = "There is no such audit. Look at the list again."


def _member(request: HttpRequest) -> Member:
    assert isinstance(request.user, Member)
    return request.user


def _is_auditor(request: HttpRequest) -> bool:
    return may_do(_member(request), Act.AUDITS_JUDGE, now()) is None


@require_GET
def audits(request: HttpRequest) -> HttpResponse:
    """What is due, what is open, what is late, and which findings stay open."""
    member, at = _member(request), now()
    if refusal := may_see(member, at):
        raise Refused(refusal)
    coming = plan.next_audit()
    rows = [
        {
            "audit": each,
            "late": each.is_late(at),
            "drawn": each.sheets.count(),
            "judged": each.sheets.filter(judged_at__isnull=False).count(),
        }
        for each in Audit.objects.order_by("-pk")[:ON_A_PAGE]
    ]
    unsettled = list(Sheet.objects.unsettled().select_related("audit").order_by("follow_up_by")) if _is_auditor(request) else []
    context = {
        "rows": rows,
        "coming": coming,
        "overdue": coming is not None and coming.due_at < at,
        "late": Audit.objects.late(at).count(),
        "unsettled": [{"sheet": each, "overdue": each.is_overdue(today(at))} for each in unsettled],
        "is_auditor": _is_auditor(request),
        "auditors": plan.auditors(at),
        "figures": department().audits,
        "change": plan.waiting_change(),
        "year": today(at).year,
    }
    return render(request, "audits/audits.html", context)


@require_GET
def audit(request: HttpRequest, audit_id: int) -> HttpResponse:
    return _audit_page(request, _audit(audit_id))


@require_POST
def signed(request: HttpRequest, audit_id: int) -> HttpResponse:
    found, form = _audit(audit_id), WordsForm(request.POST, label="What the audit showed")
    if not form.is_valid():
        return _audit_page(request, found, form=form)
    sign_off(request, found, form.cleaned_data["words"])
    messages.success(request, f"{found} is signed off in your name.")
    return redirect("audits:audit", found.pk)


@require_GET
def sheet(request: HttpRequest, audit_id: int, position: int) -> HttpResponse:
    return _sheet_page(request, _sheet(request, audit_id, position))


@require_POST
@needs_purpose
def show(request: HttpRequest, audit_id: int, position: int) -> HttpResponseBase:
    """The same page with what the look asked for: a look of its own."""
    found = _sheet(request, audit_id, position)
    access = access_to_look(request, found)
    return _sheet_page(request, found, shown=audited_look(access))


@require_POST
def judged(request: HttpRequest, audit_id: int, position: int) -> HttpResponse:
    found, form = _sheet(request, audit_id, position), JudgeForm(request.POST)
    if form.is_valid():
        try:
            judge(request, found, form.verdict())
        except (Malformed, Refused) as error:
            form.add_error(None, error.message)
    if form.errors:
        return _sheet_page(request, found, judge_form=form)
    messages.success(request, f"Look {found.position} of {found.audit} is judged.")
    following = found.audit.sheets.filter(judged_at=None).exclude(member_number=_member(request).number).first()
    return redirect("audits:sheet", found.audit_id, following.position) if following else redirect("audits:audit", found.audit_id)


@require_POST
def closed(request: HttpRequest, audit_id: int, position: int) -> HttpResponse:
    found = _sheet(request, audit_id, position)
    form = WordsForm(request.POST, label="What came of it", longest=500, auto_id="close_%s")
    if not form.is_valid():
        return _sheet_page(request, found, close_form=form)
    close(request, found, form.cleaned_data["words"])
    messages.success(request, "The finding is closed.")
    return redirect("audits:sheet", found.audit_id, found.position)


@before_training
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """What auditors ask of this member, whatever their duty or training."""
    return _mine_page(request)


@before_training
@require_POST
def answered(request: HttpRequest, sheet_id: int) -> HttpResponse:
    found = asked_of(_member(request)).filter(pk=sheet_id).first()
    if found is None:
        raise Unknown("Nothing of that number is asked of you. Look at the list again.")
    form = WordsForm(request.POST, label="Your answer", auto_id=f"sheet{sheet_id}_%s")
    if not form.is_valid():
        return _mine_page(request, wrong=(sheet_id, form))
    answer(request, found, form.cleaned_data["words"])
    messages.success(request, "Your answer is on the sheet.")
    return redirect("audits:mine")


@require_http_methods(["GET", "POST"])
def plan_now(request: HttpRequest) -> HttpResponse:
    """The plan in force, a change that waits, and the form for another."""
    member, at = _member(request), now()
    if refusal := may_see(member, at):
        raise Refused(refusal)
    form = PlanForm(request.POST or None, figures=department().audits)
    if request.method == "POST" and form.is_valid():
        try:
            plan.ask(request, form.figures(), because=form.cleaned_data["because"])
        except Malformed as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "The change waits for a second member.")
            return redirect("audits:plan")
    change = plan.waiting_change()
    standing = department().audits
    changes = [(FIGURES[name], standing[name], figure) for name, figure in change.figures.items()] if change else []
    context = {
        "form": form,
        "change": change,
        "changes": changes,
        "decide_refusal": may_decide_plan(change, member, at) if change else None,
    }
    return render(request, "audits/plan.html", context, status=422 if form.errors else 200)


@require_POST
def plan_sign(request: HttpRequest, change_id: int) -> HttpResponse:
    number = plan.decide(request, change_id, sign=True)
    messages.success(request, f"The plan is signed: edition {number} of the policy. The next audit opens by it.")
    return redirect("audits:plan")


@require_POST
def plan_refuse(request: HttpRequest, change_id: int) -> HttpResponse:
    plan.decide(request, change_id, sign=False)
    messages.success(request, "The change was refused. The plan stays as it is.")
    return redirect("audits:plan")


@require_GET
def report(request: HttpRequest, year: int) -> HttpResponse:
    """A year of audits with its plot: what can be handed out."""
    _must_see(request, year)
    at = now()
    rows, people = rows_of(year, at), trained_rows(at)
    context = {
        "year": year,
        "earlier": year - 1 if rows_of(year - 1, at) else None,
        "later": year + 1 if rows_of(year + 1, at) else None,
        "rows": rows,
        "columns": [label for _, label in COLUMNS],
        "sums": sums(rows),
        "bars": bars(rows),
        "plot": {"width": PLOT_WIDTH, "height": PLOT_HEIGHT},
        "trained": sum(each.is_trained for each in people),
        "members": len(people),
    }
    return render(request, "audits/report.html", context)


@require_GET
def report_pdf(request: HttpRequest, year: int) -> HttpResponse:
    _must_see(request, year)
    return _file(yearly_pdf(yearly_facts(year, str(_member(request)))), "application/pdf", f"audits-{year}.pdf")


@require_GET
def report_csv(request: HttpRequest, year: int) -> HttpResponse:
    _must_see(request, year)
    return _file(as_csv(rows_of(year, now())).encode(), "text/csv; charset=utf-8", f"audits-{year}.csv")


@require_GET
def training(request: HttpRequest) -> HttpResponse:
    if refusal := may_see(_member(request), now()):
        raise Refused(refusal)
    return _file(training_pdf(training_facts(str(_member(request)))), "application/pdf", "training.pdf")


def _must_see(request: HttpRequest, year: int) -> None:
    if refusal := may_see(_member(request), now()):
        raise Refused(refusal)
    if not 2000 <= year <= 2200:
        raise Unknown("There is no report of that year. Choose another one.")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@dataclass(frozen=True)
class Bar:
    """An audit in the plot: the share of its drawn looks with a finding, a small one as if it were five."""

    row: AuditRow
    x: float
    width: float
    height: float

    @property
    def y(self) -> float:
        return round(PLOT_HEIGHT - self.height, 1)

    @property
    def title(self) -> str:
        return f"{self.row.number}: {self.row.said('findings')} of {self.row.counts['drawn']} drawn looks"


def bars(rows: list[AuditRow]) -> list[Bar]:
    step = PLOT_WIDTH / max(len(rows), 12)
    made = []
    for n, row in enumerate(rows):
        findings = row.counts["findings"]
        share = min(1.0, (max(findings, SMALL) if findings else 0) / max(row.counts["drawn"], 1))
        made.append(Bar(row, round(n * step + 2, 1), round(step - 4, 1), round(share * PLOT_HEIGHT, 1)))
    return made


def yearly_facts(year: int, made_by: str) -> dict[str, Any]:
    """What the yearly report says."""
    here, at = department(), now()
    rows = rows_of(year, at)
    return {
        "department": here.name,
        "year": year,
        "clause": here.number_of(Clause.AUDITS),
        "sentence": Clause.AUDITS.sentence,
        "made_on": f"{today(at):%m/%d/%Y}",
        "made_by": made_by,
        "due": len(rows),
        "late": sum(row.is_late for row in rows),
        "columns": [label for _, label in COLUMNS],
        "rows": [
            {
                "number": row.number,
                "since": f"{row.since:%m/%d/%Y}",
                "until": f"{row.until:%m/%d/%Y}",
                "signed": (f"{row.signed_on:%m/%d/%Y}" if row.signed_on else "not yet") + (", late" if row.is_late else ""),
                "cells": row.cells,
            }
            for row in rows
        ],
        "sums": sums(rows),
    }


def training_facts(made_by: str) -> dict[str, Any]:
    """What the certificate of training says."""
    here, at = department(), now()
    people = trained_rows(at)
    return {
        "department": here.name,
        "clause": here.number_of(Clause.TRAINING_BEFORE_USE),
        "sentence": Clause.TRAINING_BEFORE_USE.sentence,
        "made_on": f"{today(at):%m/%d/%Y}",
        "made_by": made_by,
        "members": len(people),
        "trained": sum(each.is_trained for each in people),
        "rows": [
            {
                "number": each.number,
                "name": each.name,
                "duties": each.duties,
                "until": "none"
                if each.trained_until is None
                else f"{'' if each.is_trained else 'ended '}{each.trained_until:%m/%d/%Y}",
            }
            for each in people
        ],
    }


def _audit(audit_id: int) -> Audit:
    found = Audit.objects.filter(pk=audit_id).first()
    if found is None:
        raise Unknown(NO_AUDIT)
    return found


def _sheet(request: HttpRequest, audit_id: int, position: int) -> Sheet:
    if refusal := may_do(_member(request), Act.AUDITS_JUDGE, now()):
        raise Refused(refusal)
    found = Sheet.objects.select_related("audit").filter(audit_id=audit_id, position=position).first()
    if found is None:
        raise Unknown(NO_AUDIT)
    return found


def _has_errors(more: dict[str, Any]) -> bool:
    return any(each.errors for each in more.values() if isinstance(each, forms.Form))


def _audit_page(request: HttpRequest, found: Audit, **more: Any) -> HttpResponse:
    member, at = _member(request), now()
    if refusal := may_see(member, at):
        raise Refused(refusal)
    is_auditor = _is_auditor(request)
    sheets = list(found.sheets.all())
    context: dict[str, Any] = {
        "audit": found,
        "late": found.is_late(at),
        "sheets": sheets if is_auditor else [],
        "drawn": len(sheets),
        "judged": sum(each.judged_at is not None for each in sheets),
        "findings": sum(each.judgement == "finding" for each in sheets),
        "is_auditor": is_auditor,
        "sign_refusal": may_sign(found, member, at),
        "form": WordsForm(label="What the audit showed"),
    }
    return render(request, "audits/audit.html", context | more, status=422 if _has_errors(more) else 200)


def _sheet_page(request: HttpRequest, found: Sheet, **more: Any) -> HttpResponse:
    member, at = _member(request), now()
    context: dict[str, Any] = {
        "sheet": found,
        "audit": found.audit,
        "purpose": department().purposes.get(found.purpose),
        "act": Act(found.act),
        "before": found.position - 1 if found.position > 1 else None,
        "after": found.position + 1 if found.audit.sheets.filter(position=found.position + 1).exists() else None,
        "overdue": found.is_overdue(today(at)),
        "judge_refusal": may_judge(found, member, at),
        "close_refusal": may_close(found, member, at),
        "is_own": found.member_number == member.number,
        "judge_form": JudgeForm(),
        "close_form": WordsForm(label="What came of it", longest=500, auto_id="close_%s"),
        "shown": None,
    }
    return render(request, "audits/sheet.html", context | more, status=422 if _has_errors(more) else 200)


def _mine_page(request: HttpRequest, wrong: tuple[int, WordsForm] | None = None) -> HttpResponse:
    at = now()
    rows = [
        {
            "sheet": each,
            "act": Act(each.act),
            "purpose": department().purposes.get(each.purpose),
            "overdue": each.is_overdue(today(at)),
            "form": wrong[1] if wrong and wrong[0] == each.pk else WordsForm(label="Your answer", auto_id=f"sheet{each.pk}_%s"),
        }
        for each in asked_of(_member(request))[:ON_A_PAGE]
    ]
    return render(request, "audits/mine.html", {"rows": rows}, status=422 if wrong else 200)
