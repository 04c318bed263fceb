from django.urls import path

from platewarden.server.reads import views

app_name = "reads"
urlpatterns = [
    path("search/", views.look_for, name="search"),
    path("search/file/", views.export, name="export"),
    path("<uuid:read_id>/<str:captured>/", views.read, name="read"),
]
