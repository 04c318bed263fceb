"""How the policy stands: every clause, and behind each what keeps it and what was counted. Counted anew for each page; the ledger itself is
recomputed once a day, and what was found then is shown.
"""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Refused, Unknown
from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.people.models import Member
from platewarden.server.people.rules import may_do
from platewarden.server.people.training import today
from platewarden.server.proof.check import LEDGER, LEDGER_SENTENCE, Checked, Row, State, check_quickly
from platewarden.server.proof.models import DaysCheck, Sharing, YearTold
from platewarden.server.proof.papers import policy_pdf
from platewarden.server.proof.rules import may_see
from platewarden.server.proof.sharing import said_in
from platewarden.server.proof.site import INDEX, STYLE, index_html, page_of, site_of, style_css, zip_of
from platewarden.server.proof.year import first_year, keep_year, years_over

DAYS_SHOWN = 30


def _may_see(request: HttpRequest) -> None:
    assert isinstance(request.user, Member)
    if refusal := may_see(request.user, now()):
        raise Refused(refusal)


def _ledger_of(kept: DaysCheck | None) -> Row:
    """What the last day's check found of the ledger."""
    rows = [row for each in json.loads(kept.text)["clauses"] for row in each["rows"] if row["name"] == LEDGER] if kept else []
    if not rows:
        return Row(LEDGER, LEDGER_SENTENCE, 0, 0, 0, (), "Wait for the day's check, or run `platewarden ledger verify`.")
    known = {field.name for field in fields(Row)}
    return Row(**{name: value for name, value in rows[0].items() if name in known} | {"records": tuple(rows[0]["records"])})


def _days() -> list[DaysCheck]:
    return list(DaysCheck.objects.order_by("-day")[:DAYS_SHOWN])


def says_why(each: Checked) -> Row | None:
    """The row that says why a clause stands as it does; of one that is kept, what was counted."""
    alike = [row for row in each.rows if row.state is each.state]
    counted = [row for row in alike if not row.is_mechanism]
    return next(iter(counted or alike), None)


@require_GET
def clauses(request: HttpRequest) -> HttpResponse:
    _may_see(request)
    days = _days()
    found = check_quickly(_ledger_of(days[0] if days else None))
    context = {
        "rows": [{"each": each, "said": says_why(each)} for each in found],
        "counts": [(state.value, sum(each.state is state for each in found)) for state in reversed(State)],
        "days": [_counts_then(kept) for kept in days],
        "at": now(),
    }
    return render(request, "proof/clauses.html", context)


@require_GET
def clauses_pdf(request: HttpRequest) -> HttpResponse:
    """The same on paper."""
    _may_see(request)
    days = _days()
    ledger = f"The ledger was last recomputed on {days[0].day:%m/%d/%Y}." if days else "The ledger was not recomputed yet."
    pdf = policy_pdf(check_quickly(_ledger_of(days[0] if days else None)), made_by=str(request.user), ledger=ledger)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="policy-{today(now())}.pdf"'
    return response


@require_GET
def clause(request: HttpRequest, name: str) -> HttpResponse:
    _may_see(request)
    if name not in {each.value for each in Clause}:
        raise Unknown("The policy has no such clause. Choose one of the list.")
    days = _days()
    found = next(each for each in check_quickly(_ledger_of(days[0] if days else None)) if each.clause.value == name)
    return render(request, "proof/clause.html", {"each": found, "days": [_state_then(kept, name) for kept in days], "at": now()})


def _counts_then(kept: DaysCheck) -> dict[str, Any]:
    counts = {state.replace(" ", "_"): number for state, number in json.loads(kept.text)["counts"].items()}
    return {"day": kept.day, "sha256": kept.sha256, **counts}


def _state_then(kept: DaysCheck, name: str) -> dict[str, Any]:
    state = next((each["state"] for each in json.loads(kept.text)["clauses"] if each["clause"] == name), State.NO_DATA.value)
    return {"day": kept.day, "state": state}


# What the public is told --------------------------------------------------------------------------------------------------

TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
}


@require_GET
def public(request: HttpRequest) -> HttpResponse:
    """Which years were told of, what can be fixed, and with whom data are shared, day by day."""
    _may_see(request)
    assert isinstance(request.user, Member)
    kept = {each.year: each for each in YearTold.objects.all()}
    statements = list(Sharing.objects.order_by("-day")[:DAYS_SHOWN])
    context = {
        "years": [{"year": year, "kept": kept.get(year)} for year in years_over()],
        "running": today(now()).year,
        "refusal": may_do(request.user, Act.PROOF_YEAR, now()),
        "statements": [{"day": each.day, "sha256": each.sha256, "said": said_in(each)} for each in statements],
    }
    return render(request, "proof/public.html", context)


@require_POST
def public_fix(request: HttpRequest, year: int) -> HttpResponse:
    assert isinstance(request.user, Member)
    keep_year(year, by=request.user)
    messages.success(request, f"The figures of {year} are fixed. They stand now, whatever becomes known later.")
    return redirect("proof:public")


@require_GET
def public_file(request: HttpRequest, year: int, name: str) -> HttpResponse:
    """A file of a year's page. Of a year that is not fixed the page alone, as a preview."""
    _may_see(request)
    if not first_year() <= year <= today(now()).year:
        raise Unknown(f"Nothing was counted in {year}.")
    if name == INDEX:
        content = index_html(page_of(year)).encode()
    elif name == STYLE:
        content = style_css().encode()
    elif (found := site_of(year).get(name)) is not None:
        content = found
    else:
        raise Unknown("The page has no such file.")
    return HttpResponse(content, content_type=TYPES[name.rpartition(".")[2]])


@require_GET
def public_zip(request: HttpRequest, year: int) -> HttpResponse:
    """Every file of the page, to be put onto the department's web server."""
    _may_see(request)
    response = HttpResponse(zip_of(year), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="platewarden-{year}.zip"'
    return response
