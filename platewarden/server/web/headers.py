"""Around every page: no caching of what was shown, no devices, one edition of the policy, its time zone."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from platewarden.server.people.editions import department, one_edition

PERMISSIONS = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()"
WITHOUT_DATABASE = "/watch/"
"""What monitoring asks is answered also while the database is not there."""


class Headers:
    """The middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with one_edition():
            if not request.path.startswith(WITHOUT_DATABASE):
                timezone.activate(department().time_zone)
            response = self.get_response(request)
        if not request.path.startswith("/static/"):
            response.setdefault("Cache-Control", "no-store")
        response["Permissions-Policy"] = PERMISSIONS
        return response
