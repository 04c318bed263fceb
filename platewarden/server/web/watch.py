"""What the department's own monitoring asks: is this process there, would it answer a look, how is the server.

No plate, no member, no case. The figures are for whoever brings the token in `secrets/watch.token`; for anybody else there is
no such page. Format: Prometheus text; moments as seconds since 1970.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from platewarden.policy.refusal import Unavailable
from platewarden.server.clock import now
from platewarden.server.status import red, refuses_because, status_now

TOKEN: Final = "watch.token"  # noqa: S105 - a file's name
registry = CollectorRegistry()
ProcessCollector(registry=registry)
seconds = Histogram(
    "platewarden_page_seconds",
    "Time from a request to its answer in this process, by page.",
    ["page", "status"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0),
    registry=registry,
)


class Stopwatch:
    """The middleware: how long each page took, by its name and never by its address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        if match := request.resolver_match:
            seconds.labels(match.view_name, f"{response.status_code // 100}xx").observe(time.perf_counter() - began)
        return response


class Facts(Collector):
    """The figures of `status_now`, asked when somebody wants them."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """One gauge a figure, one a job, and how many things are red."""
        facts = status_now()
        jobs = GaugeMetricFamily("platewarden_job_done_at", "When each job of the worker was last done.", labels=["job"])
        for name, done_at in facts["jobs_done_at"].items():
            jobs.add_metric([name], done_at.timestamp())
        yield jobs
        yield GaugeMetricFamily(
            "platewarden_red", "What somebody has to look at: `platewarden status` says it.", len(red(facts, now()))
        )
        about = GaugeMetricFamily("platewarden_version", "1, with what is installed.", labels=["platewarden", "postgresql"])
        about.add_metric([facts.pop("version"), facts.pop("postgresql")], 1)
        yield about
        for name, fact in facts.items():
            if (value := _number(fact)) is not None:
                yield GaugeMetricFamily(f"platewarden_{name}", name.replace("_", " ").capitalize() + ".", value)

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing beforehand: it would ask the database while the program starts."""
        return []


def _number(fact: Any) -> float | None:
    if isinstance(fact, datetime):
        return fact.timestamp()
    return float(fact) if isinstance(fact, int) else None


registry.register(Facts())


@require_safe
@login_not_required
def live(_request: HttpRequest) -> HttpResponse:
    """204: this process answers."""
    return HttpResponse(status=204)


@require_safe
@login_not_required
def ready(_request: HttpRequest) -> HttpResponse:
    """200 when a look would be answered, 503 with the reason when it would be refused: a load balancer asks elsewhere then."""
    try:
        because = refuses_because()
    except Error:
        because = "The database does not answer."
    return HttpResponse(f"{because or 'ready'}\n", status=503 if because else 200, content_type="text/plain; charset=utf-8")


@require_safe
@login_not_required
def figures(request: HttpRequest) -> HttpResponse:
    """Everything that is counted, in Prometheus' text."""
    try:
        token = settings.CONFIG.read_secret(TOKEN)
    except Unavailable as error:
        raise Http404 from error
    if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), b"Bearer " + token.strip()):
        raise Http404
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
