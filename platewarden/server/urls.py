"""Where each page is. Every room has its own list."""

from django.urls import include, path

from platewarden.server.web import views, watch

handler404 = "platewarden.server.web.translator.not_found"
handler500 = "platewarden.server.web.translator.failed"

home = ([path("", views.home, name="home")], "web")

watched = (
    [
        path("live", watch.live, name="live"),
        path("ready", watch.ready, name="ready"),
        path("figures", watch.figures, name="figures"),
    ],
    "watch",
)

urlpatterns = [
    path("", include(home)),
    path("watch/", include(watched)),
    path("", include("platewarden.server.access.urls")),
    path("reads/", include("platewarden.server.reads.urls")),
    path("alerts/", include("platewarden.server.alerts.urls")),
    path("incidents/", include("platewarden.server.investigations.urls")),
    path("units/", include("platewarden.server.equipment.urls")),
    path("lists/", include("platewarden.server.hotlists.urls")),
    path("people/", include("platewarden.server.people.urls")),
    path("retention/", include("platewarden.server.retention.urls")),
    path("evidence/", include("platewarden.server.evidence.urls")),
    path("audits/", include("platewarden.server.audits.urls")),
    path("complaints/", include("platewarden.server.complaints.urls")),
    path("release/", include("platewarden.server.release.urls")),
    path("policy/", include("platewarden.server.proof.urls")),
    path("ledger/", include("platewarden.server.ledger.urls")),
]
