"""Units: who waits to be enrolled, who is, and how each one is doing."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from platewarden.exchange.seal import fingerprint
from platewarden.policy.refusal import Refused
from platewarden.server.clock import now
from platewarden.server.equipment.deploy import may_answer, order, withdraw
from platewarden.server.equipment.enrol import decide, office_signing_key, revoke
from platewarden.server.equipment.forms import DeploymentForm
from platewarden.server.equipment.models import AskState, Deployment, EnrolmentAsk, LateReport, Unit, UnitState
from platewarden.server.equipment.signed_on import signed_on_twice
from platewarden.server.ledger.acts import Act
from platewarden.server.people.editions import department
from platewarden.server.people.models import Duty, Member
from platewarden.server.people.rules import may_do
from platewarden.server.people.training import today


def _member(request: HttpRequest) -> Member:
    assert isinstance(request.user, Member)
    return request.user


@require_GET
def units(request: HttpRequest) -> HttpResponse:
    at, hours = now(), department().transfer_deadline_hours
    enrolled = list(Unit.objects.order_by("state", "name"))
    context = {
        "waiting": EnrolmentAsk.objects.filter(state=AskState.WAITING).order_by("asked_at"),
        "units": enrolled,
        "late": {unit.pk for unit in enrolled if unit.state == UnitState.ENROLLED and unit.is_late(at, hours)},
        "deadline_hours": hours,
        "late_reports": LateReport.objects.select_related("unit").order_by("-pk")[:50],
        "twice": signed_on_twice(),
        "orders": [
            {"order": each, "refusal": may_answer(each.member)}
            for each in Deployment.objects.filter(withdrawn_at=None).select_related("unit", "member").order_by("review_on")
        ],
        "order_refusal": may_do(_member(request), Act.EQUIPMENT_DEPLOYED, at),
        "today": today(at),
        "office_fingerprint": fingerprint(office_signing_key().public_bytes),
        "refusal": may_do(_member(request), Act.EQUIPMENT_APPROVED, at),
        "now": at,
    }
    return render(request, "equipment/units.html", context)


@require_POST
def approve(request: HttpRequest, request_id: int) -> HttpResponse:
    unit = decide(request_id, approve=True, by=_member(request))
    messages.success(request, f"{unit} is enrolled. It learns so at its next contact.")
    return redirect("equipment:units")


@require_POST
def refuse(request: HttpRequest, request_id: int) -> HttpResponse:
    decide(request_id, approve=False, by=_member(request))
    messages.success(request, "The request was refused. The unit learns so at its next contact.")
    return redirect("equipment:units")


@require_POST
def revoke_unit(request: HttpRequest, unit_id: uuid.UUID) -> HttpResponse:
    revoke(unit_id, by=_member(request))
    messages.success(request, "The unit's enrolment is revoked. Nothing it sends is taken from now on.")
    return redirect("equipment:units")


@require_http_methods(["GET", "POST"])
def deployment_new(request: HttpRequest) -> HttpResponse:
    member = _member(request)
    if refusal := may_do(member, Act.EQUIPMENT_DEPLOYED, now()):
        raise Refused(refusal)
    at = now()
    operators = [each for each in Member.objects.filter(is_active=True).order_by("number") if Duty.OPERATOR in each.duties_on(at)]
    form = DeploymentForm(
        request.POST or None,
        units=[(str(each.pk), each.name) for each in Unit.objects.filter(state=UnitState.ENROLLED).order_by("name")],
        operators=[(each.number, str(each)) for each in operators],
        purposes=[(name, each.label) for name, each in department().purposes.items() if each.number != "action"],
    )
    if request.method == "POST" and form.is_valid():
        given = order(form.order(), by=member)
        messages.success(request, f"{given.unit} has its order. It goes there with the next roster.")
        return redirect("equipment:units")
    return render(request, "equipment/deployment_new.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
def deployment_withdraw(request: HttpRequest, order_id: int) -> HttpResponse:
    withdraw(order_id, by=_member(request))
    messages.success(request, "The order is withdrawn. The post ends with the next roster that reaches it.")
    return redirect("equipment:units")
