from django.urls import path

from platewarden.server.people import views

app_name = "people"
urlpatterns = [path("", views.members, name="members")]
