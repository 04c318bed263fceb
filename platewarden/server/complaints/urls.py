from django.urls import path

from platewarden.server.complaints import views

app_name = "complaints"
urlpatterns = [
    path("", views.complaints_on_file, name="on_file"),
    path("new/", views.new, name="new"),
    path("<int:complaint_id>/", views.complaint, name="complaint"),
    path("<int:complaint_id>/show/", views.show, name="show"),
    path("<int:complaint_id>/letter/", views.letter, name="letter"),
    path("<int:complaint_id>/link/", views.link_found, name="link"),
    path("<int:complaint_id>/decide/", views.decided, name="decided"),
    path("<int:complaint_id>/answer.pdf", views.answer, name="answer"),
]
