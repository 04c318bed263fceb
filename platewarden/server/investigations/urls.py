from django.urls import path

from platewarden.server.investigations import views

app_name = "investigations"
urlpatterns = [
    path("", views.incidents, name="incidents"),
    path("new/", views.incident_new, name="incident_new"),
    path("roads.json", views.roads, name="roads"),
    path("cosigns/", views.cosigns, name="cosigns"),
    path("cosigns/<int:cosign_id>/asked/", views.cosign_asked, name="cosign_asked"),
    path("cosigns/<int:cosign_id>/sign/", views.cosign_sign, name="cosign_sign"),
    path("cosigns/<int:cosign_id>/refuse/", views.cosign_refuse, name="cosign_refuse"),
    path("<int:incident_id>/", views.incident, name="incident"),
    path("<int:incident_id>/around/", views.around, name="around"),
    path("<int:incident_id>/around/file/", views.export, name="export"),
    path("<int:incident_id>/cosign/", views.ask_cosign, name="ask_cosign"),
    path("<int:incident_id>/watch/", views.watch, name="watch"),
    path("<int:incident_id>/decide/", views.decide, name="decide"),
    path("<int:incident_id>/cars/", views.cars, name="cars"),
    path("<int:incident_id>/cars/ask/", views.ask_cars, name="ask_cars"),
    path("<int:incident_id>/cars/<int:task_id>/withdraw/", views.withdraw_car, name="withdraw_car"),
    path("<int:incident_id>/coverage/", views.coverage, name="coverage"),
    path("<int:incident_id>/coverage/again/", views.coverage_again, name="coverage_again"),
    path("<int:incident_id>/close/", views.close, name="close"),
]
