"""The unit's door. Exempt from sign-in: units prove themselves by signature."""

from django.urls import path

from platewarden.server.unit_api import views

urlpatterns = [
    path("unit/v1/office", views.office),
    path("unit/v1/nonce", views.nonce),
    path("unit/v1/enrol", views.ask_enrolment),
    path("unit/v1/contact", views.contact),
    path("unit/v1/hotlist", views.hotlist),
    path("unit/v1/hotlist/changes", views.hotlist_changes),
    path("unit/v1/roster", views.roster),
    path("unit/v1/tasks", views.tasks),
    path("unit/v1/holds", views.holds),
    path("unit/v1/reports", views.reports),
    path("unit/v1/journal", views.journal),
    path("unit/v1/tombstones", views.tombstones),
    path("unit/v1/field", views.field),
]
