from django.urls import path

from platewarden.server.retention import views

app_name = "retention"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("clock/", views.confirm_clock, name="confirm_clock"),
    path("schedule/new/", views.schedule_new, name="schedule_new"),
    path("schedule/<int:change_id>/", views.schedule_change, name="schedule_change"),
    path("schedule/<int:change_id>/sign/", views.schedule_sign, name="schedule_sign"),
    path("schedule/<int:change_id>/refuse/", views.schedule_refuse, name="schedule_refuse"),
    path("holds/", views.holds, name="holds"),
    path("holds/new/", views.hold_new, name="hold_new"),
    path("holds/<int:hold_id>/", views.hold, name="hold"),
    path("holds/<int:hold_id>/names/", views.hold_names, name="hold_names"),
    path("holds/<int:hold_id>/review/", views.hold_review, name="hold_review"),
    path("holds/<int:hold_id>/release/", views.hold_release, name="hold_release"),
    path("certificates/<int:number>/", views.certificate, name="certificate"),
    path("certificates/<int:number>/file/", views.certificate_file, name="certificate_file"),
]
