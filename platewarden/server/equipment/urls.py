from django.urls import path

from platewarden.server.equipment import views

app_name = "equipment"
urlpatterns = [
    path("", views.units, name="units"),
    path("requests/<int:request_id>/approve/", views.approve, name="approve"),
    path("requests/<int:request_id>/refuse/", views.refuse, name="refuse"),
    path("deployments/new/", views.deployment_new, name="deployment_new"),
    path("deployments/<int:order_id>/withdraw/", views.deployment_withdraw, name="deployment_withdraw"),
    path("<uuid:unit_id>/revoke/", views.revoke_unit, name="revoke"),
]
