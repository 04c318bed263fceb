from django.urls import path

from platewarden.server.hotlists import views

app_name = "hotlists"
urlpatterns = [
    path("", views.lists, name="lists"),
    path("load/", views.load, name="load"),
    path("reports/<int:report_id>.csv", views.report, name="report"),
    path("publish/", views.publish, name="publish"),
    path("sources/new/", views.source_new, name="source_new"),
    path("sources/<int:source_id>/", views.source, name="source"),
    path("sources/<int:source_id>/exclude/", views.source_exclude, name="source_exclude"),
    path("sources/<int:source_id>/take-up/", views.source_take_up, name="source_take_up"),
    path("sources/asked/<int:ask_id>/sign/", views.source_sign, name="source_sign"),
    path("sources/asked/<int:ask_id>/refuse/", views.source_refuse, name="source_refuse"),
    path("bolos/", views.bolos, name="bolos"),
    path("bolos/new/", views.bolo_new, name="bolo_new"),
    path("bolos/new/alike/", views.bolo_alike, name="bolo_alike"),
    path("bolos/<uuid:entry_id>/approve/", views.bolo_approve, name="bolo_approve"),
    path("bolos/<uuid:entry_id>/refuse/", views.bolo_refuse, name="bolo_refuse"),
    path("bolos/<uuid:entry_id>/extend/", views.bolo_extend, name="bolo_extend"),
    path("bolos/<uuid:entry_id>/withdraw/", views.bolo_withdraw, name="bolo_withdraw"),
    path("loads/<int:load_id>/back/", views.back, name="back"),
    path("loads/back/<int:ask_id>/sign/", views.back_sign, name="back_sign"),
    path("loads/back/<int:ask_id>/refuse/", views.back_refuse, name="back_refuse"),
]
