from django.urls import path

from platewarden.server.ledger import views

app_name = "ledger"
urlpatterns = [path("mine/", views.mine, name="mine")]
